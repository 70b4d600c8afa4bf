package statusfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"installordefer/internal/atomicfile"
)

// rewriteAfter is how old an unchanged file may grow: by its age a reader tells
// a job that is dead from a Mac on which nothing happens.
const rewriteAfter = 24 * time.Hour

// A Disk holds the file.
type Disk interface {
	// Read returns the file. One that is not there is fs.ErrNotExist.
	Read() ([]byte, error)
	// Write replaces it as a whole, for everybody to read.
	Write(data []byte) error
}

// Publish puts s where machines read it, unless that is what stands there, and
// was written less than a day ago. The time of writing is now.
func Publish(disk Disk, s Status, now time.Time) error {
	there, err := disk.Read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, atomicfile.ErrTooLarge) {
		return fmt.Errorf("read the status for machines: %w", err)
	}
	if s.Written = writtenIn(there); !s.Written.IsZero() {
		if age := now.Sub(s.Written); age >= 0 && age < rewriteAfter && bytes.Equal(s.Encode(), there) {
			return nil
		}
	}
	s.Written = now.Truncate(time.Second)
	if err := disk.Write(s.Encode()); err != nil {
		return fmt.Errorf("write the status for machines: %w", err)
	}
	return nil
}

// writtenIn returns when a file was written, and the zero time for one that
// this code has not written.
func writtenIn(data []byte) time.Time {
	t, err := time.Parse(time.RFC3339, valueIn(data, keyWritten))
	if err != nil {
		return time.Time{}
	}
	return t
}

// HistoryIn returns what a file says of the history, for a wake in which nothing
// has happened; zero and empty where it says nothing.
func HistoryIn(data []byte) (length int, sum string) {
	length, err := strconv.Atoi(valueIn(data, "historyLength"))
	if err != nil {
		return 0, ""
	}
	return length, valueIn(data, keyHistorySum)
}

// valueIn returns a text or a number as Encode has written it, without reading
// all of the property list: a wake that waits does that.
func valueIn(data []byte, key string) string {
	_, rest, _ := bytes.Cut(data, []byte("\t<key>"+key+"</key>\n\t<"))
	_, rest, _ = bytes.Cut(rest, []byte(">"))
	text, _, closed := bytes.Cut(rest, []byte("</"))
	if !closed {
		return ""
	}
	return string(text)
}

// A File is the Disk of a real Mac.
type File string

// Read reads the file without following links.
func (f File) Read() ([]byte, error) { return atomicfile.Read(string(f), MaxFile) }

// Write replaces the file. Everybody may read it, and only root write.
func (f File) Write(data []byte) error { return atomicfile.Write(string(f), data, 0o644) }
