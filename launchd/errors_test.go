package launchd

import (
	"os"
	"strings"
	"testing"
)

const brokenDown = "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 7 [running]:\nmain.main()\n"

func TestTheLastWordsOfAWake(t *testing.T) {
	t.Run("are taken once, kept for root alone, and leave an empty file behind", func(t *testing.T) {
		h := newMac(t)
		// As launchd opens it, for a process that still runs.
		stream, err := os.OpenFile(h.ErrorFile(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Close()
		stream.WriteString(brokenDown)
		if peeked, err := h.PeekErrors(); peeked != brokenDown || err != nil {
			t.Errorf("a look shows %q, %v", peeked, err)
		}
		text, err := h.TakeErrors()
		if text != brokenDown || err != nil {
			t.Errorf("got %q, %v", text, err)
		}
		check(t, h.ErrorFile(), "")
		check(t, h.FormerErrors(), brokenDown)
		if text, err := h.TakeErrors(); text != "" || err != nil {
			t.Errorf("the second time: %q, %v", text, err)
		}
		// What comes now begins at the start of the file, not after a hole.
		stream.WriteString("fatal error: later\n")
		if text, err := h.TakeErrors(); text != "fatal error: later\n" || err != nil {
			t.Errorf("later: %q, %v", text, err)
		}
		check(t, h.FormerErrors(), "fatal error: later\n")
	})
	t.Run("cannot fill the disk", func(t *testing.T) {
		h := newMac(t)
		put(t, h.ErrorFile(), strings.Repeat("x", 10*maxErrors), 0o644)
		if text, err := h.TakeErrors(); len(text) != maxErrors || err != nil {
			t.Errorf("got %d bytes, %v", len(text), err)
		}
		check(t, h.ErrorFile(), "")
		check(t, h.FormerErrors(), strings.Repeat("x", maxErrors))
	})
}

func TestNoLastWords(t *testing.T) {
	t.Run("are none where there is no file or an empty one", func(t *testing.T) {
		h := newMac(t)
		if text, err := h.TakeErrors(); text != "" || err != nil {
			t.Errorf("got %q, %v", text, err)
		}
		put(t, h.ErrorFile(), "", 0o644)
		if text, err := h.TakeErrors(); text != "" || err != nil {
			t.Errorf("got %q, %v", text, err)
		}
		check(t, h.ErrorFile(), "")
		if have(t, h, h.FormerErrors()) != nil {
			t.Error("nothing was put aside")
		}
	})
	t.Run("lead nowhere by a link", func(t *testing.T) {
		h := newMac(t)
		target := h.Path("var/log/precious")
		put(t, target, "keep", 0o644)
		symlink(t, target, h.ErrorFile())
		if text, err := h.TakeErrors(); text != "" || err == nil {
			t.Errorf("got %q, %v", text, err)
		}
		if data, _ := os.ReadFile(target); string(data) != "keep" {
			t.Errorf("the file behind the link holds %q", data)
		}
	})
	t.Run("are empty, or put in one line", func(t *testing.T) {
		for text, want := range map[string]string{
			brokenDown: "panic: runtime error: index out of range [3] with length 3",
			"\n\ndyld[71]: Library not loaded\n  Referenced from\n":            "dyld[71]: Library not loaded",
			"runtime: out of memory\nfatal error: runtime: out of memory\n\nx": "fatal error: runtime: out of memory",
			"": "",
		} {
			if got := LastWords(text); got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	})
}

// check checks a file and that only its owner can read it.
func check(t *testing.T, path, want string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || string(data) != want {
		t.Errorf("%s holds %d bytes, %v, want %d", path, len(data), err, len(want))
		return
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", path, info.Mode(), err)
	}
}
