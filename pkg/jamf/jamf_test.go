package jamf

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/wake"
)

const id = "com.example.updates"

// result runs an attribute's script on a made-up Mac whose installed program
// is the given shell script; with "" nothing is installed.
func result(t *testing.T, a Attribute, program string) string {
	t.Helper()
	dir := t.TempDir()
	support := filepath.Join(dir, "Library/Application Support", id)
	if err := os.MkdirAll(support, 0o755); err != nil {
		t.Fatal(err)
	}
	if program != "" {
		if err := os.WriteFile(filepath.Join(support, "install-or-defer"), []byte("#!/bin/sh\n"+program), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sed, err := exec.LookPath("sed")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(a.Script(id)), "'/Library", "'"+dir+"/Library")
	text = strings.ReplaceAll(text, "/usr/bin/sed", sed)
	file := filepath.Join(dir, a.File)
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", file)
	cmd.Env = []string{"PATH=/nowhere"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s", a.File, err, out)
	}
	return string(out)
}

// status is a program that answers "status --json" as the real one does.
func status(t *testing.T, s wake.Status) string {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	return "[ \"$*\" = 'status --json' ] || exit 2\ncat() { while IFS= read -r line; do printf '%s\\n' \"$line\"; done; }\ncat <<'END'\n" + b.String() + "END\n"
}

func TestAttributesShowTheStatus(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 11, 24, 18, 0, 0, 0, time.FixedZone("CET", 3600))
	busy := wake.Status{
		Version: "1.2.3", State: "deferred", Deadline: &deadline, DeferralsUsed: 3,
		LastError: `The tool said "Can’t connect" & <no> more, C:\path.`,
		Updates:   []wake.StatusUpdate{{Name: "Safari 27.0"}},
	}
	utc := deadline.UTC()
	for name, c := range map[string]struct {
		program string
		want    [5]string
	}{
		"at work": {status(t, busy), [5]string{
			"deferred", "2026-11-24 18:00:00", "3",
			`The tool said "Can’t connect" &amp; &lt;no&gt; more, C:\path.`, "1.2.3",
		}},
		"in UTC":        {status(t, wake.Status{Version: "2", State: "due", Deadline: &utc}), [5]string{"due", "2026-11-24 17:00:00", "0", "", "2"}},
		"idle":          {status(t, wake.Status{Version: "2", State: "idle"}), [5]string{"idle", "", "0", "", "2"}},
		"not installed": {"", [5]string{"not installed", "", "", "", ""}},
		"broken":        {"exit 1\n", [5]string{"unknown", "", "", "", ""}},
	} {
		for i, a := range Attributes {
			if got, want := result(t, a, c.program), "<result>"+c.want[i]+"</result>\n"; got != want {
				t.Errorf("%s: %s: got %q, want %q", name, a.File, got, want)
			}
		}
	}
}

func TestAttributesAreCompleteAndPassShellcheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []string
	for _, a := range Attributes {
		text := string(a.Script(id))
		if strings.Contains(text, "@") || !strings.HasPrefix(text, "#!/bin/sh\n# Install or Defer: ") {
			t.Errorf("%s: something was not filled in:\n%s", a.File, text)
		}
		file := filepath.Join(dir, a.File)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	tool, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed (Debian package shellcheck)")
	}
	if out, err := exec.Command(tool, append(files, "attribute.sh")...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
