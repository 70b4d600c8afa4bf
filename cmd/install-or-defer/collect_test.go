package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unpacked returns what an archive holds, by the names of its files.
func unpacked(t *testing.T, data []byte) map[string]string {
	t.Helper()
	files := map[string]string{}
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Mode != 0o600 || h.Typeflag != tar.TypeReg {
			t.Errorf("%s has mode %o and type %c", h.Name, h.Mode, h.Typeflag)
		}
		files[h.Name] = string(text)
	}
}

func TestArchive(t *testing.T) {
	a := archive{at: time.Unix(1_790_000_000, 0)}
	want := map[string]string{"empty": "", "short.txt": "a", "block": strings.Repeat("b", tarBlock), "more": strings.Repeat("c", tarBlock+1)}
	for _, name := range []string{"empty", "short.txt", "block", "more"} {
		a.add(name, []byte(want[name]))
	}
	data := a.end()
	if diff := cmp.Diff(want, unpacked(t, data)); diff != "" {
		t.Error(diff)
	}
	t.Run("the tar of this machine reads it, too", func(t *testing.T) {
		path, err := exec.LookPath("tar")
		if err != nil {
			t.Skip("there is no tar here")
		}
		cmd := exec.Command(path, "-tf", "-")
		cmd.Stdin = bytes.NewReader(data)
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "empty\nshort.txt\nblock\nmore\n" {
			t.Errorf("%s, %v", out, err)
		}
	})
}

func TestCollect(t *testing.T) {
	root := t.TempDir()
	if err := layMac(root, []string{"deferred"}); err != nil {
		t.Fatal(err)
	}
	declared := filepath.Join(root, "private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist")
	for path, text := range map[string]string{
		declared: `<?xml version="1.0"?><plist version="1.0"><dict><key>SUCorePersistedStatePolicyFields</key><dict><key>Declarations</key><dict><key>A</key><dict>` +
			`<key>TargetOSVersion</key><string>26.7</string><key>RMStoreDeclarationKey</key><string>opaque:U0VDUkVU</string></dict></dict></dict></dict></plist>`,
		filepath.Join(root, "private/var/log/install.log"): "the end of it\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	output := filepath.Join(t.TempDir(), "support.tar")
	if _, err := collect(root, output); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	files := unpacked(t, data)
	for name, says := range map[string]string{
		"status.txt": "Deadline:       2026-11-26", "explain.txt": "Gates: what can keep it", "settings.txt": "every setting has its default", "state.plist": "bplist00",
		"contents.txt": "hold.plist: not here: there is none\n", "install-log.txt": "the end of it", "declared.plist": "TargetOSVersion",
	} {
		if !strings.Contains(files[name], says) {
			t.Errorf("%s says %q, and not %q", name, files[name], says)
		}
	}
	if bytes.Contains(data, []byte("opaque")) || bytes.Contains(data, []byte("RMStore")) {
		t.Error("it holds the key of a declaration")
	}
	if info, err := os.Stat(output); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAnArchiveReplacesNothingAndFollowsNoLink(t *testing.T) {
	root, output := t.TempDir(), filepath.Join(t.TempDir(), "support.tar")
	if err := layMac(root, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(output, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "target")
	if err := os.Symlink(target, target+".tar"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{output, target + ".tar"} {
		if _, err := collect(root, path); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("root has written through a link: %v", err)
	}
}

func TestEverythingThatIsCollectedStandsOnThePageAboutPrivacy(t *testing.T) {
	page, err := os.ReadFile("../../docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := layMac(root, nil); err != nil {
		t.Fatal(err)
	}
	m, err := openMac(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(m.pieces(root), piece{name: "contents.txt"}) {
		if !strings.Contains(string(page), "`"+p.name+"`") {
			t.Errorf("docs/privacy.md does not list %s", p.name)
		}
	}
}
