package launchd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/internal/tool"
)

func TestTheInstalledHelperPasses(t *testing.T) {
	h := newMac(t)
	note, err := h.CheckHelper(context.Background())
	if err != nil || !strings.Contains(note, "was not checked") {
		t.Errorf("%q, %v", note, err)
	}
	h.TeamID = "ABCDE12345"
	if note, err = h.CheckHelper(context.Background()); err != nil || note != "" {
		t.Errorf("%q, %v", note, err)
	}
}

func TestAHelperThatSomeoneCouldHaveReplacedIsNotStarted(t *testing.T) {
	tests := map[string]func(t *testing.T, h *Host){
		"a link": func(t *testing.T, h *Host) {
			relink(t, h.Helper(), helperName+" elsewhere")
		},
		"the group writes":    func(t *testing.T, h *Host) { chmod(t, h.Helper(), 0o775) },
		"everyone writes":     func(t *testing.T, h *Host) { chmod(t, h.Helper(), 0o757) },
		"no ordinary file":    func(t *testing.T, h *Host) { os.Remove(h.Helper()); os.Mkdir(h.Helper(), 0o755) },
		"the person's folder": func(t *testing.T, h *Host) { needRoot(t); os.Chown(filepath.Dir(h.Helper()), 501, 20) },
		"the person's app":    func(t *testing.T, h *Host) { needRoot(t); os.Chown(h.HelperApp(), 501, 20) },
		"the person's file":   func(t *testing.T, h *Host) { needRoot(t); os.Chown(h.Helper(), 501, 20) },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			h := newMac(t)
			spoil(t, h)
			if _, err := h.CheckHelper(context.Background()); !errors.Is(err, ErrUnsafe) {
				t.Errorf("%v", err)
			}
		})
	}
	eachSpoiled(t, func(l Layout) string { return filepath.Dir(l.Helper()) }, func(t *testing.T, h *Host) {
		if _, err := h.CheckHelper(context.Background()); err == nil {
			t.Error("it passed")
		}
	})
}

func TestAHelperThatCannotRunIsTold(t *testing.T) {
	h := newMac(t)
	chmod(t, h.Helper(), 0o700)
	if _, err := h.CheckHelper(context.Background()); err == nil || !strings.Contains(err.Error(), "cannot be started by everyone") {
		t.Error(err)
	}
	os.Remove(h.Helper())
	if _, err := h.CheckHelper(context.Background()); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestAWrongSignatureIsUnsafe(t *testing.T) {
	h := newMac(t)
	h.TeamID = "ABCDE12345"
	const codesign = "/usr/bin/codesign --verify --strict " + signedBy + " " + helperOnMac
	h.Runner = &fakeRunner{t: t, answers: map[string]tool.Result{codesign: {ExitCode: 3, Stderr: []byte("test-requirement: code failed to satisfy specified code requirement(s)\n")}}}
	if _, err := h.CheckHelper(context.Background()); !errors.Is(err, ErrUnsafe) || !strings.Contains(err.Error(), "failed to satisfy") {
		t.Error(err)
	}
	h.Runner = &fakeRunner{t: t, errs: map[string]error{codesign: tool.ErrNotStarted}}
	if _, err := h.CheckHelper(context.Background()); !errors.Is(err, tool.ErrNotStarted) {
		t.Error(err)
	}
	h.TeamID = `X" or anchor apple`
	if _, err := h.CheckHelper(context.Background()); err == nil {
		t.Error("a requirement of someone else's making was run")
	}
}
