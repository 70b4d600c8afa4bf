package tool

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// split passes the pieces through a splitter.
func split(pieces ...string) (lines []string, cut bool) {
	var s splitter
	keep := func(b []byte) { lines = append(lines, string(b)) }
	for _, p := range pieces {
		s.take([]byte(p), keep)
	}
	s.end(keep)
	return lines, s.cut
}

func TestALineEndsAtNewlineCarriageReturnOrBoth(t *testing.T) {
	for _, test := range []struct {
		name   string
		pieces []string
		want   []string
	}{
		{"nothing", nil, nil},
		{"empty pieces", []string{"", ""}, nil},
		{"newlines", []string{"a\nb\n"}, []string{"a", "b"}},
		{"a last line without end", []string{"a\nb"}, []string{"a", "b"}},
		{"an empty line", []string{"a\n\nb\n"}, []string{"a", "", "b"}},
		{"carriage returns", []string{"10%\r20%\r"}, []string{"10%", "20%"}},
		{"both", []string{"a\r\nb\r\n"}, []string{"a", "b"}},
		{"both, cut apart", []string{"a\r", "\nb\r", "\n"}, []string{"a", "b"}},
		{"newline before carriage return", []string{"a\n\rb"}, []string{"a", "", "b"}},
		{"two carriage returns and a newline", []string{"a\r\r\nb"}, []string{"a", "", "b"}},
		{"only ends", []string{"\r\n\n\r"}, []string{"", "", ""}},
		{"a line in pieces", []string{"Downloa", "ding: 1", "8.00%\r"}, []string{"Downloading: 18.00%"}},
		{"a character cut apart", []string{"macOS\xc2", "\xa0Tahoe\n"}, []string{"macOS\u00a0Tahoe"}},
		{"other control characters stay", []string{"a\x00\x0b\x0c\x85b\n"}, []string{"a\x00\x0b\x0c\x85b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, cut := split(test.pieces...)
			if !slices.Equal(got, test.want) || cut {
				t.Errorf("got %q, cut %v, want %q", got, cut, test.want)
			}
		})
	}
}

func TestACarriageReturnEndsItsLineAtOnce(t *testing.T) {
	var got []string
	var s splitter
	s.take([]byte("Downloading: 18.00%\r"), func(b []byte) { got = append(got, string(b)) })
	if len(got) != 1 {
		t.Errorf("got %q before the next byte came, want one line", got)
	}
}

func TestALongLineIsCutAndSaysSo(t *testing.T) {
	whole := strings.Repeat("x", MaxLine)
	if lines, cut := split(whole+"\n", "next\n"); !slices.Equal(lines, []string{whole, "next"}) || cut {
		t.Errorf("a line of exactly MaxLine: %d lines, cut %v", len(lines), cut)
	}
	lines, cut := split(whole, "y", "z\nnext\n")
	if !slices.Equal(lines, []string{whole, "next"}) || !cut {
		t.Errorf("a longer line: %d lines, cut %v", len(lines), cut)
	}
}

func TestALineBelongsToItsReceiver(t *testing.T) {
	p := []byte("first\nsecond\n")
	var lines [][]byte
	var s splitter
	s.take(p, func(b []byte) { lines = append(lines, b) })
	clear(p)
	s.take([]byte("overwrite\n"), func(b []byte) { lines = append(lines, append(b, "longer"...)) })
	if string(lines[0]) != "first" || string(lines[1]) != "second" {
		t.Errorf("got %q after the buffers were used again", lines)
	}
}

// FuzzLines checks that the pieces do not matter and that nothing gets lost.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"", "a\nb\r\nc\rd", "\r\n\r\n", "\n\r\r\n", "Downloading: 12.30%\r\x00\xff\xc2\xa0"} {
		f.Add([]byte(seed), uint8(1))
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		var pieces []string
		for piece := range slices.Chunk(data, int(size)+1) {
			pieces = append(pieces, string(piece))
		}
		got, _ := split(pieces...)

		unix := bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
		want := strings.Split(string(unix), "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q in pieces of %d: got %q, want %q", data, int(size)+1, got, want)
		}
	})
}
