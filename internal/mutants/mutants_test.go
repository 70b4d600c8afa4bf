package mutants

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A mutant is a mistake that somebody has made.
type mutant struct {
	// name says what went wrong in the field, and where it was met.
	name string
	// file is changed in one place, from old to new.
	file, old, new string
	// run is the test, or the tests, that must fail, in pkg.
	pkg, run string
}

// A deferral that outlasts the deadline (nudge 218) is not among them: three
// places keep it from happening, and no single mistake brings it back.
var mutants = []mutant{
	{"a check that failed counts as no updates, and enforcement ends (install-or-defer 54, 68; super 119)",
		"deferral/change.go", "	case Unknown:\n		s.LastCheck.Failed++\n		return s\n	case None:", "	case Unknown, None:",
		"./deferral", "TestARestartIsFollowedByACheck"},
	{"an empty answer counts as no updates (install-or-defer 18)",
		"softwareupdate/scope.go", "l.Outcome != Updates || l.Partial", "false",
		"./softwareupdate", "."},
	{"an update that never installs restarts the Mac for ever (install-or-defer, defect 6)",
		"deferral/decide.go", "restartsMost = 3", "restartsMost = 3000",
		"./deferral", "TestWhatIsDecidedAboutARestart"},
	{"a restart is forced that was never asked for softly (install-or-defer, defect 14)",
		"deferral/decide.go", "step.Kind == StepSoft && !step.Asked", "false",
		"./deferral", "TestWhatIsDecidedAboutARestart"},
	{"a clock set back gains time (install-or-defer, defect 33)",
		"deferral/state.go", "min(s.ForcedAfter.Sub(now.Wall), s.Round.Allowed-s.Round.spent(now))", "s.ForcedAfter.Sub(now.Wall)",
		"./deferral", "TestSettingTheClockBackGainsNothing"},
	{"the workday shift moves a deadline without deferral (install-or-defer, defect 7b)",
		"deferral/deadline.go", " || s.maxDeferral() == 0", "",
		"./deferral", "TestADeadlineInTheWorkdayMovesToItsEnd"},
	{"hours 08 and 09 are octal numbers (install-or-defer, defect 7)",
		"deferral/settings_values.go", "strconv.ParseInt(s, 10, 64)", "strconv.ParseInt(s, 0, 64)",
		"./deferral", "."},
	{"somebody who cannot be seen is taken for nobody (Installomator 441)",
		"deferral/decide.go", "	case s.Facts.Unclear:", "	case false:",
		"./deferral", "TestWhatIsDecided"},
	{"a newer update starts the deadline anew (super 119)",
		"deferral/change.go", "		if !s.Active() {\n			s = s.begin(set, now, zone)\n		}", "		s = s.begin(set, now, zone)",
		"./deferral", "TestANewerUpdateInheritsTheDeadline"},
	{"one list without updates removes the job (install-or-defer 54)",
		"deferral/change.go", "newBuild || !first && (!sameBoot || since >= noneApart)", "newBuild || sameBoot || since >= 0",
		"./deferral", "TestWhatIsDecidedBeforeTheDeadline|TestARestartIsFollowedByACheck"},
	{"a new copy of the state is not made, and a lost file loses the deadline",
		"deferral/store.go", "s.Active() && !s.ForcedAfter.Equal(f.copied)", "false",
		"./deferral", "TestALostStateFileCostsNoDay"},
	{"macOS 27 is installed as a recommended update (install-or-defer 94, 102; nudge 430)",
		"softwareupdate/scope.go", "case upgrade && !s.AllowMajorUpgrades:", "case false:",
		"./softwareupdate", "."},
	{"everything is installed, not what was named (install-or-defer, defect 30)",
		"softwareupdate/install.go", `Args: []string{"--install"}}`, `Args: []string{"--install", "--all"}}`,
		"./softwareupdate", "."},
	{"Recommended: NO counts as recommended (install-or-defer, defect 10)",
		"softwareupdate/detail.go", `u.Recommended = strings.EqualFold(value, "YES")`, "u.Recommended = true",
		"./softwareupdate", "."},
	{"rubbish from the dialog counts as consent (install-or-defer, defect 11)",
		"prompt/judge.go", "	case code != exitCode:", "	case false && code != exitCode:",
		"./prompt", "."},
	{"an answer to another dialog counts",
		"prompt/judge.go", `	case w.ID != d.ID || d.ID == "":`, "	case false:",
		"./prompt", "."},
	{"a click faster than a person can read counts (install-or-defer 1.10)",
		"prompt/judge.go", "	case after < TooFast:", "	case false:",
		"./prompt", "."},
	{"a program that hangs is waited for (munki 1124)",
		"internal/tool/child.go", "syscall.SIGKILL", "syscall.SIGCONT",
		"./internal/tool", "Ends|Hang|Kill|End"},
}

// TestEveryMistakeOfTheFieldIsCaught reports k of k.
func TestEveryMistakeOfTheFieldIsCaught(t *testing.T) {
	if os.Getenv("TEST_FAST") != "" || testing.Short() {
		t.Skip("left out: builds the tests once for each mistake; make test has it")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	caught := 0
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			if m.survives(t, root) {
				t.Errorf("nothing notices: %s in %s", m.new, m.file)
				return
			}
			caught++
		})
	}
	t.Logf("%d of %d mistakes are caught", caught, len(mutants))
}

// survives runs the tests with the mistake in, and tells whether they pass.
func (m mutant) survives(t *testing.T, root string) bool {
	path := filepath.Join(root, m.file)
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.old); n < 1 {
		t.Fatalf("%s no longer has %q: write the mistake anew", m.file, m.old)
	}
	dir := t.TempDir()
	changed := filepath.Join(dir, "changed.go")
	if err := os.WriteFile(changed, []byte(strings.ReplaceAll(string(source), m.old, m.new)), 0o644); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	test := func(args ...string) ([]byte, error) {
		cmd := exec.Command("go", append([]string{"test", "-vet=off", "-short", "-timeout=60s", "-overlay=" + list}, args...)...)
		cmd.Dir = root
		return cmd.CombinedOutput()
	}
	if out, err := test("-run=^$", m.pkg); err != nil {
		t.Fatalf("the mistake does not even build:\n%s", out)
	}
	_, err = test("-failfast", "-run="+m.run, m.pkg)
	return err == nil
}
