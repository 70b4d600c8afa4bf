package launchd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"installordefer/launchd/mac"
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

func TestAProfileThatAsksForAnAdministratorIsRead(t *testing.T) {
	h := newMac(t)
	if d, err := h.Declared(); err != nil || d.AdminByProfile {
		t.Errorf("without one: %+v, %v", d, err)
	}
	put(t, h.Path(mac.RestrictionsFile), `<plist version="1.0"><dict><key>restrict-software-update-require-admin-to-install</key><true/></dict></plist>`, 0o644)
	if d, err := h.Declared(); err != nil || !d.AdminByProfile {
		t.Errorf("with one: %+v, %v", d, err)
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

func TestAPropertyListInWhichNothingIsSetTellsNothing(t *testing.T) {
	const head = `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0">`
	if _, err := readPlist([]byte(head + "<dict/></plist>")); !errors.Is(err, errUnreadable) {
		t.Errorf("an empty one: %v", err)
	}
	if dict, err := readPlist([]byte(head + "<dict><key>a</key><true/></dict></plist>")); err != nil || dict["a"] != true {
		t.Errorf("%v, %v", dict, err)
	}
}

func TestAFileIsReadUpToItsBound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := readBounded(file, 5); err != nil || string(data) != "12345" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := readBounded(file, 4); err == nil {
		t.Error("a larger one is read")
	}
}
