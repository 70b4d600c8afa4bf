package main

import (
	"testing"
	"time"
)

func TestTakeTurn(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	first, err := takeTurn()
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	go func() {
		f, err := takeTurn()
		if err == nil {
			err = f.Close()
		}
		second <- err
	}()
	select {
	case err := <-second:
		t.Fatalf("two builds are under way at once: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	first.Close()
	if err := <-second; err != nil {
		t.Error(err)
	}
}
