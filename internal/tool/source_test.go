package tool

import (
	"io"
	"os"
	"testing"
)

func TestASourceThatNeverEndsIsLeftBehindAfterTheStop(t *testing.T) {
	f, err := os.Open("/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSource(f, os.Pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	buf := make([]byte, 1000)
	if n, err := s.Read(buf); n != len(buf) || err != nil {
		t.Errorf("before the stop: %d, %v", n, err)
	}
	s.stop()
	n, err := io.Copy(io.Discard, s)
	if err != nil || n < maxLate || n > maxLate+64<<10 {
		t.Errorf("after the stop: %d bytes, %v", n, err)
	}
}
