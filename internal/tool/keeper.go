package tool

// A Keeper makes lines and a result of the pieces of output that a program
// writes. It runs nothing: whoever runs the program, on a Mac or on a simulated
// one, gives it what comes. The zero Keeper is ready.
type Keeper struct {
	// Whole is set where nobody takes lines.
	Whole bool

	// Of stdout and stderr.
	splitters [2]splitter
	kept      [2]output
	lines     []Line // that nobody has taken yet
}

// Take takes a piece of one output stream. It keeps no part of data.
func (k *Keeper) Take(stderr bool, data []byte) {
	i := stream(stderr)
	k.kept[i].add(data)
	k.splitters[i].take(data, k.taker(stderr))
}

// End says that nothing more comes, so that a last line without an end is one.
func (k *Keeper) End() {
	for _, stderr := range []bool{false, true} {
		k.splitters[stream(stderr)].end(k.taker(stderr))
	}
}

// Lines returns the lines that have come since the last call, in the order of
// their arrival.
func (k *Keeper) Lines() []Line {
	lines := k.lines
	k.lines = nil
	return lines
}

// Result returns what was kept of the whole run, with the exit status of its
// program.
func (k *Keeper) Result(exitCode int) Result {
	return Result{
		Stdout:   k.kept[0].bytes(),
		Stderr:   k.kept[1].bytes(),
		Cut:      k.kept[0].left > 0 || k.kept[1].left > 0 || k.splitters[0].cut || k.splitters[1].cut,
		ExitCode: exitCode,
	}
}

// taker is who gets the lines of a stream; nil is nobody.
func (k *Keeper) taker(stderr bool) func(text []byte) {
	if k.Whole {
		return nil
	}
	return func(text []byte) { k.lines = append(k.lines, Line{Stderr: stderr, Text: text}) }
}

func stream(stderr bool) int {
	if stderr {
		return 1
	}
	return 0
}
