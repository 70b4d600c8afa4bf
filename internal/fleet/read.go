// Package fleet makes of the statuses of many Macs what those who answer for
// them ask: how many comply, who is overdue, and what is in the way.
//
// What must hold here: the size of the fleet costs time and no memory. Macs are
// read one after the other and only counted; what is kept of single ones, as the
// list of those that are overdue longest, is bounded. A status that cannot be
// read is counted and named, and stops nothing: silence about a Mac would pass
// for compliance.
package fleet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"installordefer/internal/plist"
	"installordefer/internal/statusfile"
)

// A Mac is one Mac of the fleet.
type Mac struct {
	// Name is what the collection calls it: the name of a file, or a field of
	// a line.
	Name   string
	Status statusfile.Status
}

// A Taker takes what was read.
type Taker interface {
	Mac(m Mac) error
	// NoStatus takes where something stood that is not a status, and why.
	NoStatus(where string, why error)
}

// Read reads a folder of status files with all folders in it, one status file,
// or lines of JSON with one status each. The error is for what cannot be read at
// all, and for what the taker returns.
func Read(path string, t Taker) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return readFolder(path, t)
	}
	return readFile(path, nameOf(path), t)
}

// readFolder reads what a folder holds, in the order of the names, and the files
// that links lead to. Files of other kinds are left alone.
func readFolder(folder string, t Taker) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return nil
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".plist", ".json", ".jsonl", ".ndjson":
		default:
			return nil
		}
		switch info, err := os.Stat(path); {
		case err != nil:
			t.NoStatus(path, err)
		case !info.Mode().IsRegular():
			t.NoStatus(path, errors.New("it is no file"))
		default:
			return readFile(path, nameOf(path), t)
		}
		return nil
	})
}

// nameOf makes the name of a Mac of that of a file: collections name the files
// after the Macs, with or without what the file was called there.
func nameOf(path string) string {
	name := filepath.Base(path)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	return strings.TrimSuffix(name, ".status")
}

func readFile(path, name string, t Taker) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return ReadFrom(f, path, name, t)
}

// ReadFrom reads one status as a property list, or lines of JSON. Where is what
// the input is called, and name the Mac of a status that does not say.
func ReadFrom(r io.Reader, where, name string, t Taker) error {
	in := bufio.NewReaderSize(r, statusfile.MaxFile)
	start, err := in.Peek(64)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", where, err)
	}
	if mark := []byte("\ufeff"); bytes.HasPrefix(start, mark) {
		_, _ = in.Discard(len(mark)) // it has been peeked at
		start = start[len(mark):]
	}
	start = bytes.TrimLeft(start, " \t\r\n")
	if bytes.HasPrefix(start, []byte("<")) || bytes.HasPrefix(start, []byte("bplist00")) {
		return readPlist(in, where, name, t)
	}
	if bytes.HasPrefix(start, []byte("{\n")) || bytes.HasPrefix(start, []byte("{\r\n")) {
		return readObject(in, where, name, t)
	}
	return readLines(in, where, name, t)
}

// readObject reads one JSON object that is spread over several lines.
func readObject(in io.Reader, where, name string, t Taker) error {
	data, err := io.ReadAll(io.LimitReader(in, statusfile.MaxFile))
	if err != nil {
		return fmt.Errorf("read %s: %w", where, err)
	}
	var dict map[string]any
	if err := json.Unmarshal(data, &dict); err != nil {
		t.NoStatus(where, fmt.Errorf("no single JSON object, and no lines of them: %w", err))
		return nil
	}
	return take(dict, where, name, t)
}

func readPlist(in io.Reader, where, name string, t Taker) error {
	data, err := io.ReadAll(io.LimitReader(in, statusfile.MaxFile+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", where, err)
	}
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		t.NoStatus(where, err)
		return nil
	}
	return take(dict, where, name, t)
}

// errLong is about a line that is longer than a status can be.
var errLong = fmt.Errorf("the line is longer than %d bytes", statusfile.MaxFile)

// readLines reads lines of JSON.
func readLines(in *bufio.Reader, where, name string, t Taker) error {
	d := lines{in: in}
	for {
		line, err := d.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		at := fmt.Sprintf("%s, line %d", where, d.number)
		switch {
		case errors.Is(err, errLong):
			t.NoStatus(at, err)
			continue
		case err != nil:
			return fmt.Errorf("read %s: %w", at, err)
		case len(line) == 0:
			continue
		}
		var dict map[string]any
		if err := json.Unmarshal(line, &dict); err != nil {
			t.NoStatus(at, fmt.Errorf("no JSON object on one line: %w", err))
			continue
		}
		called := name
		if d.number > 1 || d.more() {
			called = fmt.Sprintf("%s:%d", name, d.number)
		}
		if err := take(dict, at, called, t); err != nil {
			return err
		}
	}
}

// take hands on what a dictionary holds. A field of the collection's own names
// the Mac better than the place where it stands.
func take(dict map[string]any, where, name string, t Taker) error {
	s, err := statusfile.FromDict(dict)
	if err == nil && !slices.Contains(statusfile.Words(), s.Word) {
		err = fmt.Errorf("its status is %q, which this program does not know", s.Word)
	}
	if err != nil {
		t.NoStatus(where, err)
		return nil
	}
	for _, field := range []string{"name", "hostname", "computer_name", "serial", "serial_number"} {
		if text, ok := dict[field].(string); ok && text != "" {
			name = text
			break
		}
	}
	return t.Mac(Mac{Name: name, Status: s})
}

// lines cuts an input into lines in bounded memory.
type lines struct {
	in     *bufio.Reader
	number int
}

// next returns the next line without its end and the blanks around it.
func (l *lines) next() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF) && len(line) == 0:
		return nil, io.EOF
	case errors.Is(err, bufio.ErrBufferFull):
		l.number++
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, errLong
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	}
	l.number++
	return bytes.TrimSpace(line), nil
}

// more tells whether anything follows.
func (l *lines) more() bool {
	_, err := l.in.Peek(1)
	return err == nil
}
