package tool

// A keeper makes lines and a result of the pieces of output.
type keeper struct {
	command Command
	guard   *guard
	each    func(Line)

	// Of stdout and stderr.
	lines [2]splitter
	kept  [2]output
}

func (k *keeper) take(p piece) {
	i := 0
	if p.stderr {
		i = 1
	}
	k.kept[i].add(p.data)
	progress := k.command.Progress == nil
	k.lines[i].take(p.data, func(text []byte) {
		progress = k.line(Line{Stderr: p.stderr, Text: text}) || progress
	})
	if progress {
		k.guard.progressed()
	}
}

// end passes on the last lines, which have no end of their own.
func (k *keeper) end() {
	for i, stderr := range []bool{false, true} {
		k.lines[i].end(func(text []byte) { k.line(Line{Stderr: stderr, Text: text}) })
	}
}

// line passes a line on and reports whether it is progress.
func (k *keeper) line(l Line) bool {
	progress := k.command.Progress != nil && k.command.Progress(l)
	if k.each != nil {
		k.each(l)
	}
	return progress
}

func (k *keeper) result(code int) Result {
	return Result{
		Stdout:   k.kept[0].bytes(),
		Stderr:   k.kept[1].bytes(),
		Cut:      k.kept[0].left > 0 || k.kept[1].left > 0 || k.lines[0].cut || k.lines[1].cut,
		ExitCode: code,
	}
}
