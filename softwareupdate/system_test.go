package softwareupdate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/clock"
	"installordefer/internal/tool"
	"installordefer/internal/volume"
)

// onDisk returns a tool that runs a shell script in place of Apple's updater,
// with the real runner. The script finds its arguments in "$@".
func onDisk(t *testing.T, script string) *Tool {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[tool.Path]string{
		tool.SoftwareUpdate: script,
		tool.Caffeinate:     `shift; program=$1; shift; exec "` + root + `$program" "$@"`,
	} {
		file := filepath.Join(root, string(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := clock.System()
	return &Tool{Runner: &tool.System{Volume: volume.In(root), Clock: c}, Clock: c, OS: version(t, "26.6")}
}

func TestARealProcessIsReadOnBothStreams(t *testing.T) {
	l := onDisk(t, `test "$*" = --list || exit 9
printf 'Software Update Tool\n\nFinding available software\n'
printf 'No new software available.\n' >&2
exit 1`).List(context.Background())
	if l.Outcome != None {
		t.Errorf("got %+v", l)
	}
	l = onDisk(t, "printf '"+strings.ReplaceAll(banner+search+found+offers[0].body(", "), "\n", `\n`)+"'").List(context.Background())
	if len(l.Updates) != 2 {
		t.Errorf("got %+v", l)
	}
}

func TestARealProcessGetsLabelAndPasswordUnchanged(t *testing.T) {
	label := Label("macOS\u00a0Tahoe\u00a0 26.7 $(x) 'y' -25G229 ")
	updater := onDisk(t, `test "$#" = 6 && test "$1" = --install && test "$2" = "$(printf 'macOS\302\240Tahoe\302\240 26.7 $(x) '"'y'"' -25G229 ')" || exit 9
test "$4 $5 $6" = "--user ada --stdinpass" || exit 8
read -r secret
test "$secret" = "s3 cret'" || { printf 'Failed to authenticate\n'; exit 1; }
printf 'Downloading macOS Tahoe 26.7\n\n'
for n in 0.10 60.00 100.00; do printf '\rDownloading: %s%%' $n; done
printf '\nDownloaded: macOS Tahoe 26.7\n'`)
	var got []string
	done, err := install(t.Context(), updater, Install{Labels: []Label{label}, Owner: "ada", Password: []byte("s3 cret'")}, func(p Progress) {
		if p.Label != label {
			t.Errorf("progress of %q", p.Label)
		}
		got = append(got, p.Phase.String())
	})
	if err != nil || !done.Staged {
		t.Fatalf("got %+v, %v", done, err)
	}
	if diff := cmp.Diff([]string{"downloading", "downloading", "downloading", "preparing", "staged"}, got); diff != "" {
		t.Errorf("phases (-want +got):\n%s", diff)
	}
	_, err = install(t.Context(), updater, Install{Labels: []Label{label}, Owner: "ada", Password: []byte("wrong")})
	var f *Failure
	if !errors.As(err, &f) || f.Kind != FailurePassword {
		t.Errorf("got %v", err)
	}
}
