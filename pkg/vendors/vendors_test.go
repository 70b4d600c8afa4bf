package vendors

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/statusfile"
)

const id = "com.example.updates"

// deadline is noon, three days from today.
func deadline() time.Time {
	return time.Now().UTC().Truncate(24 * time.Hour).Add(3*24*time.Hour + 12*time.Hour)
}

func due() statusfile.Status {
	return statusfile.Status{
		Identifier: id, Version: "1.2.3", Word: statusfile.Deferred, WaitingFor: "end of the deferral", Deadline: deadline(), Deferrals: 3,
		LastError: `The tool said "Can’t connect" & <no> more, C:\path.`, Written: time.Now().Add(-time.Hour),
	}
}

// mac is a folder that stands for a Mac, with a status or without one.
func mac(t *testing.T, s *statusfile.Status) string {
	t.Helper()
	dir := t.TempDir()
	folder := filepath.Join(dir, "Library/Application Support")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if s != nil {
		if err := os.WriteFile(filepath.Join(folder, id+".status.plist"), s.Encode(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs a script on a Mac with one shell. The programs of macOS are those of
// this computer, or stand in the folder.
func run(t *testing.T, shell, dir, text string) string {
	t.Helper()
	text = strings.ReplaceAll(text, "'/Library", "'"+dir+"/Library")
	text = strings.ReplaceAll(text, "/Library/Preferences", dir+"/Library/Preferences")
	for _, name := range []string{"sed", "date", "defaults", "plutil"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			if path, err = exec.LookPath(name); err != nil {
				continue
			}
		}
		text = strings.NewReplacer("/usr/bin/"+name+" ", path+" ", "/bin/"+name+" ", path+" ").Replace(text)
	}
	file := filepath.Join(dir, "script")
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(shell, file).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s", shell, err, out)
	}
	return string(out)
}

// shells are those that are here: sh on a Mac is bash or zsh.
func shells(t *testing.T) []string {
	t.Helper()
	var here []string
	for _, name := range []string{"sh", "bash", "dash", "zsh"} {
		if path, err := exec.LookPath(name); err == nil {
			here = append(here, path)
		}
		if testing.Short() && len(here) > 0 {
			break
		}
	}
	if len(here) == 0 {
		t.Fatal("there is no shell")
	}
	return here
}

func TestAttributesShowTheStatus(t *testing.T) {
	t.Parallel()
	busy, current := due(), statusfile.Status{Word: statusfile.Current, Version: "1.2.3", Build: "25G229", Written: deadline()}
	late := due()
	late.Deadline = deadline().Add(-5 * 24 * time.Hour)
	iso, plain := deadline().Format(time.RFC3339), deadline().Format(time.DateTime)
	for _, c := range []struct {
		name, vendor, file string
		status             *statusfile.Status
		want               string
	}{
		{"the word", "jamf", "status.sh", &busy, "<result>deferred</result>\n"},
		{"the word, with nothing around it", "intune", "status.sh", &busy, "deferred\n"},
		{"a job that is gone", "jamf", "status.sh", &current, "<result>current</result>\n"},
		{"no job", "jamf", "status.sh", nil, "<result>not installed</result>\n"},
		{"no job, for Intune", "intune", "status.sh", nil, "not installed\n"},
		{"a date", "jamf", "deadline.sh", &busy, "<result>" + plain + "</result>\n"},
		{"a date in the form of ISO", "intune", "deadline.sh", &busy, iso + "\n"},
		{"no date", "jamf", "deadline.sh", &current, "<result></result>\n"},
		{"days to come", "jamf", "days-left.sh", &busy, "<result>3</result>\n"},
		{"days gone", "intune", "days-left.sh", &late, "-2\n"},
		{"no days", "intune", "days-left.sh", &current, "\n"},
		{"a count", "intune", "deferrals.sh", &busy, "3\n"},
		{"a text with everything", "jamf", "last-error.sh", &busy, "<result>The tool said \"Can’t connect\" &amp; &lt;no&gt; more, C:\\path.</result>\n"},
		{"a text with everything, bare", "intune", "last-error.sh", &busy, "The tool said \"Can’t connect\" & <no> more, C:\\path.\n"},
		{"nothing on a Mac without a job", "intune", "last-error.sh", nil, "\n"},
	} {
		for _, shell := range shells(t) {
			if got := run(t, shell, mac(t, c.status), text(t, c.vendor, c.file)); got != c.want {
				t.Errorf("%s, %s: %q, want %q", c.name, filepath.Base(shell), got, c.want)
			}
		}
	}
}

func text(t *testing.T, vendor, file string) string {
	t.Helper()
	all, err := Snippets(vendor, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.File == file {
			return s.Text
		}
	}
	t.Fatalf("%s has no %s", vendor, file)
	return ""
}

func TestTheDayOfADateIsCounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"2026-12-01", "2026-11-30", 1}, {"2027-01-01", "2026-12-31", 1}, {"2028-03-01", "2028-02-28", 2}, {"2027-03-01T09:00:00Z", "2027-02-28", 1},
		{"2026-08-09", "2026-08-08", 1}, {"2100-03-01", "2100-02-28", 1}, {"2026-11-23", "2026-11-30", -7}, {"2027-11-30", "2026-11-30", 365},
	} {
		for _, with := range shells(t) {
			got := run(t, with, t.TempDir(), shell+"\necho $(($(day "+c.a+") - $(day "+c.b+")))\n")
			if strings.TrimSpace(got) != fmt.Sprint(c.want) {
				t.Errorf("%s: from %s to %s it is %s, want %d", filepath.Base(with), c.b, c.a, got, c.want)
			}
		}
	}
}

// standIns are macOS's programs for property lists, by Python's library for them.
const standIns = `#!/usr/bin/env python3
import os, plistlib, sys
name, args = os.path.basename(sys.argv[0]), sys.argv[1:]
def load(path):
    try:
        with open(path + '.plist', 'rb') as f:
            return plistlib.load(f)
    except FileNotFoundError:
        return {}
if name == 'defaults' and args[0] == 'read':
    sys.exit(1)
if name == 'defaults':
    _, path, key, kind, value = args
    items = load(path)
    items[key] = int(value) if kind == '-int' else value
    with open(path + '.plist', 'wb') as f:
        plistlib.dump(items, f, fmt=plistlib.FMT_BINARY)
if name == 'plutil':
    items = load(args[2][:-len('.plist')])
    with open(args[2], 'wb') as f:
        plistlib.dump(items, f)
`

func TestMunkiGetsItsConditionsBesideThoseOfOthers(t *testing.T) {
	t.Parallel()
	python(t)
	s := due()
	dir := mac(t, &s)
	for _, name := range []string{"defaults", "plutil"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(standIns), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	items := filepath.Join(dir, "items")
	script := strings.ReplaceAll(text(t, "munki", "install_or_defer.sh"), "${folder:-/Library/Managed Installs}/ConditionalItems", items)
	ask := func(code string) string {
		out, err := exec.Command("python3", "-c", "import plistlib,sys; items=plistlib.load(open(sys.argv[1],'rb')) if len(sys.argv)>1 else {}\n"+code, items+".plist").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if out, err := exec.Command("python3", "-c", "import plistlib,sys; plistlib.dump({'of_another': 'kept'}, open(sys.argv[1],'wb'))", items+".plist").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, shell := range shells(t) {
		run(t, shell, dir, script)
		if got := ask("print(items['of_another'], items['install_or_defer_status'], items['install_or_defer_days_left'], items['install_or_defer_deferrals'])"); got != "kept deferred 3 3" {
			t.Errorf("%s: the conditions are %q", shell, got)
		}
	}
}

func python(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: it starts Python many times")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("no python3")
	}
}

// asked runs a query with SQLite over the table that osquery makes of a property
// list, as Python reads it.
func asked(t *testing.T, dir, sql string) string {
	t.Helper()
	const program = `import os, plistlib, sqlite3, sys
db = sqlite3.connect(':memory:')
db.execute('CREATE TABLE plist (path TEXT, key TEXT, subkey TEXT, value TEXT)')
path = '/Library/Application Support/com.example.updates.status.plist'
try:
    with open(sys.argv[1] + path, 'rb') as f:
        for k, v in plistlib.load(f).items():
            if not isinstance(v, (list, dict)):
                db.execute('INSERT INTO plist VALUES (?, ?, ?, ?)', (path, k, '', str(v)))
except FileNotFoundError:
    pass
for row in db.execute(sys.argv[2]):
    print('|'.join('' if v is None else str(v) for v in row))
`
	out, err := exec.Command("python3", "-c", program, dir, sql).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestQueriesGiveTheirAnswers(t *testing.T) {
	t.Parallel()
	python(t)
	busy, old, gone := due(), due(), statusfile.Status{Word: statusfile.Current, Written: deadline().Add(-90 * 24 * time.Hour)}
	old.Word, old.Written = statusfile.Overdue, time.Now().Add(-3*24*time.Hour)
	stands, silent := queries(id)[0].sql, queries(id)[1].sql
	for _, c := range []struct {
		name   string
		status *statusfile.Status
		sql    string
		begins string
	}{
		{"how it stands", &busy, stands, "deferred|end of the deferral|" + deadline().Format(time.RFC3339) + "|"},
		{"how a Mac stands that never had the job", nil, stands, "|||||||"},
		{"a Mac of which was heard is not silent", &busy, silent, ""},
		{"one of which was not heard is", &old, silent, "overdue|"},
		{"one that is current may be", &gone, silent, ""},
		{"the policy passes before the deadline", &busy, compliant(id), "1"},
		{"it passes for a job that is gone", &gone, compliant(id), "1"},
		{"it fails for what is overdue", &old, compliant(id), ""},
		{"it fails without a job", nil, compliant(id), ""},
	} {
		got := asked(t, mac(t, c.status), c.sql)
		if !strings.HasPrefix(got, c.begins) || c.begins == "" && got != "" {
			t.Errorf("%s: %q, want %q", c.name, got, c.begins)
		}
	}
}

// The page of the status shows queries of its own.
func TestTheQueriesOfThePageGiveTheirAnswers(t *testing.T) {
	t.Parallel()
	python(t)
	page, err := os.ReadFile("../../docs/siem.md")
	if err != nil {
		t.Fatal(err)
	}
	busy := due()
	dir := mac(t, &busy)
	asks := 0
	for block := range strings.SplitSeq(string(page), "\n\n") {
		if sql := strings.TrimSpace(block); strings.HasPrefix(sql, "SELECT") && strings.Contains(sql, "FROM plist") {
			asks++
			if got := asked(t, dir, strings.ReplaceAll(sql, "com.github.install-or-defer", id)); !strings.Contains(got, "deferred") {
				t.Errorf("%s\nsays %q", sql, got)
			}
		}
	}
	if asks != 2 {
		t.Errorf("the page has %d queries for osquery", asks)
	}
}

func TestPacksAreWhatTheirReadersTake(t *testing.T) {
	t.Parallel()
	var pack struct {
		Queries map[string]struct {
			Query    string
			Interval int
			Platform string
		}
	}
	if err := json.Unmarshal([]byte(text(t, "osquery", "install-or-defer.conf")), &pack); err != nil || len(pack.Queries) != 2 {
		t.Fatalf("%+v, %v", pack, err)
	}
	for name, q := range pack.Queries {
		if q.Platform != "darwin" || q.Interval == 0 || !strings.HasSuffix(q.Query, ";") {
			t.Errorf("%s is %+v", name, q)
		}
	}
	t.Run("Fleet's file is YAML", func(t *testing.T) {
		python(t)
		cmd := exec.Command("python3", "-c", "import sys\ntry:\n  import yaml\nexcept ImportError:\n  print('no yaml'); sys.exit()\nfor d in yaml.safe_load_all(sys.stdin): print(d['apiVersion'], d['kind'], d['spec']['platform'], d['spec']['query'][:8])")
		cmd.Stdin = strings.NewReader(text(t, "fleet", "install-or-defer.yml"))
		out, err := cmd.CombinedOutput()
		if got := string(out); err != nil || got != "no yaml\n" && got != "v1 query darwin SELECT (\nv1 query darwin SELECT (\nv1 policy darwin SELECT 1\n" {
			t.Errorf("%v: %s", err, got)
		}
	})
}

func TestSnippetsAreCompleteAndPassShellcheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []string
	for _, vendor := range Vendors() {
		all, err := Snippets(vendor, id)
		if err != nil || len(all) == 0 {
			t.Fatal(vendor, err)
		}
		for _, s := range all {
			if strings.Contains(s.Text, "@BUNDLE") || !strings.Contains(s.Text, id) || s.Runs != strings.HasPrefix(s.Text, "#!/bin/sh\n# Install or Defer: ") {
				t.Errorf("%s, %s: something was not filled in:\n%s", vendor, s.File, s.Text)
			}
			if s.Runs {
				file := filepath.Join(dir, vendor+"-"+s.File)
				if err := os.WriteFile(file, []byte(s.Text), 0o600); err != nil {
					t.Fatal(err)
				}
				files = append(files, file)
			}
		}
	}
	if _, err := Snippets("moon", id); err == nil || !strings.Contains(err.Error(), "jamf, intune") {
		t.Errorf("moon: %v", err)
	}
	tool, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed (Debian package shellcheck)")
	}
	if out, err := exec.Command(tool, files...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
