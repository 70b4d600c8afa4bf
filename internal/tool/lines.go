package tool

import "bytes"

// A splitter cuts a stream into lines at \n, \r and \r\n, whatever the pieces
// that the stream arrives in. A carriage return ends its line at once, so that
// progress is seen when it is made.
type splitter struct {
	// pending is the line that has not ended yet, up to MaxLine.
	pending []byte
	// afterCR is true when the last byte was a carriage return: a newline
	// that follows belongs to it.
	afterCR bool
	// started is true when the line that has not ended has a byte, kept or
	// left out.
	started bool
	// cut is true when a part of any line was left out.
	cut bool
}

// take passes the lines that end within p to line, which may keep them and may be
// nil, and keeps no part of p.
func (s *splitter) take(p []byte, line func([]byte)) {
	for len(p) > 0 {
		if s.afterCR && p[0] == '\n' {
			s.afterCR = false
			p = p[1:]
			continue
		}
		s.afterCR = false
		end := lineLength(p)
		s.add(p[:end])
		if end == len(p) {
			return
		}
		s.afterCR = p[end] == '\r'
		s.emit(line)
		p = p[end+1:]
	}
}

// lineLength returns how many bytes come before what ends a line.
func lineLength(p []byte) int {
	for i, c := range p {
		if c == '\n' || c == '\r' {
			return i
		}
	}
	return len(p)
}

// end passes on a last line that has no end of its own.
func (s *splitter) end(line func([]byte)) {
	if s.started {
		s.emit(line)
	}
}

func (s *splitter) add(p []byte) {
	s.started = s.started || len(p) > 0
	if room := MaxLine - len(s.pending); len(p) > room {
		s.cut = true
		p = p[:room]
	}
	s.pending = append(s.pending, p...)
}

func (s *splitter) emit(line func([]byte)) {
	if line != nil {
		line(bytes.Clone(s.pending))
	}
	s.pending = s.pending[:0]
	s.started = false
}
