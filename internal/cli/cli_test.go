package cli

import (
	"bytes"
	"fmt"
	"github.com/spf13/pflag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestCommand(t *testing.T) {
	for _, c := range []struct {
		words, args, says string
	}{
		{"", "", ""},
		{"", "a", `unexpected argument "a"`},
		{"FILE", "", "the FILE is missing"},
		{"FILE", "a", ""},
		{"FILE", "a b", `unexpected argument "b"`},
		{"FILE...", "", "the FILE is missing"},
		{"FILE...", "a b", ""},
		{"[KEY...]", "", ""},
		{"[KEY...]", "a b", ""},
	} {
		t.Run(c.words+" of "+c.args, func(t *testing.T) {
			var stderr bytes.Buffer
			ran := false
			p := Program{Name: "program", Commands: []Command{{Name: "test", Words: c.words, Define: func(*pflag.FlagSet) Action {
				return func(Call) (int, error) { ran = true; return ExitOK, nil }
			}}}}
			code := p.Run(strings.Fields("test "+c.args), nil, io.Discard, &stderr)
			want := ""
			if c.says != "" {
				want = fmt.Sprintf("program test: %s\nRun \"program test --help\" for help.\n", c.says)
			}
			if stderr.String() != want || ran != (want == "") || (code == ExitUsage) != (want != "") {
				t.Errorf("exit code %d, ran %v, %q; want %q", code, ran, stderr.String(), want)
			}
		})
	}
}

func TestReadInput(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := iotest.ErrReader(io.ErrClosedPipe)
	for _, c := range []struct {
		name  string
		file  string
		stdin io.Reader
		most  int64
		want  string
		fails string
	}{
		{"reads a file", file, nil, 5, "12345", ""},
		{"reads the standard input", "-", strings.NewReader("abc"), 5, "abc", ""},
		{"refuses what is too long", file, nil, 4, "", "file has more than 4 bytes"},
		{"refuses what is too long on the standard input", "-", strings.NewReader("abc"), 2, "", "the standard input has more than 2 bytes"},
		{"says that there is no file", filepath.Join(dir, "none"), nil, 5, "", "no such file"},
		{"says that a folder is no file", dir, nil, 5, "", "is a directory"},
		{"says that the standard input broke", "-", broken, 5, "", "closed pipe"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadInput(c.file, c.stdin, c.most)
			if string(got) != c.want || (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got %q and %v, want %q and %q", got, err, c.want, c.fails)
			}
		})
	}
}
