package launchd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestAHelperWithUnsafeFilesIsNotAskedForItsSignature(t *testing.T) {
	h := newMac(t)
	h.TeamID = "ABCDE12345"
	chmod(t, h.Helper(), 0o777)
	if _, err := h.CheckHelper(context.Background()); !errors.Is(err, ErrUnsafe) {
		t.Errorf("got %v", err)
	}
	if lines := h.Runner.(*fakeRunner).lines(); len(lines) > 0 {
		t.Errorf("it ran %q", lines)
	}
}

func TestAVersionFileThatCannotBeReadIsAnError(t *testing.T) {
	h := newMac(t)
	put(t, h.versionFile(), "rubbish", 0o644)
	if m, err := h.Machine(); err == nil {
		t.Errorf("got %+v", m)
	}
}

func TestAnUnknownStepOfARemovalIsAnError(t *testing.T) {
	h := newMac(t)
	if err := h.do(context.Background(), Step{Act: BootOut + 1}, Removal{}); err == nil || !strings.Contains(err.Error(), "unknown step") {
		t.Errorf("got %v", err)
	}
}

func TestAHelperWhoseAppIsGoneIsNotInstalled(t *testing.T) {
	h := newMac(t)
	if err := os.RemoveAll(h.HelperApp()); err != nil {
		t.Fatal(err)
	}
	if err := h.checkHelperFiles(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "not installed") {
		t.Errorf("got %v", err)
	}
}
