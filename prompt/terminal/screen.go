package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A screen keeps lines on a terminal up to date.
type screen struct {
	out  io.Writer
	live bool
	size func() (width, height int)

	lines []string // what is drawn
}

func (s *screen) width() int {
	w, _ := s.size()
	return w
}

// draw shows lines in the place of those shown before.
func (s *screen) draw(lines []string) error {
	same := 0
	for same < len(lines) && same < len(s.lines) && lines[same] == s.lines[same] {
		same++
	}
	if same == len(lines) && same == len(s.lines) {
		return nil
	}
	var b strings.Builder
	switch _, height := s.size(); {
	case s.lines == nil:
		same = 0
		b.WriteString("\n")
	case s.live && len(s.lines)-same < height:
		if up := len(s.lines) - same; up > 0 { // 0 would mean 1
			fmt.Fprintf(&b, "\x1b[%dA", up)
		}
		b.WriteString("\r\x1b[J")
	case s.live: // what has changed has left the screen
		same = 0
		b.WriteString("\n")
	default:
		return s.add(lines)
	}
	for _, l := range lines[same:] {
		b.WriteString(l + "\n")
	}
	s.lines = lines
	_, err := io.WriteString(s.out, b.String())
	return err
}

// add writes the lines that were not there before, for a screen on which
// nothing can be drawn again.
func (s *screen) add(lines []string) error {
	var b strings.Builder
	for _, l := range lines {
		if l != "" && !slices.Contains(s.lines, l) {
			b.WriteString(l + "\n")
		}
	}
	s.lines = lines
	_, err := io.WriteString(s.out, b.String())
	return err
}

// leave ends the dialog, with what was chosen.
func (s *screen) leave(chosen string) error {
	_, err := io.WriteString(s.out, margin+"> "+clean(chosen)+"\n")
	return err
}
