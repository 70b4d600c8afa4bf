package budget

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestADeferredWakeTakesFewInstructions counts what the program does, which is
// the same on every machine of a kind. Without valgrind nothing is counted.
func TestADeferredWakeTakesFewInstructions(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: valgrind is slow")
	}
	if _, err := exec.LookPath("valgrind"); err != nil {
		t.Skip("valgrind is not here, and it counts the instructions")
	}
	m := newMac(t)
	m.inRound(t, 30*time.Minute)
	least := 0
	for range 3 {
		if n := m.instructions(t); least == 0 || n < least {
			least = n
		}
	}
	t.Logf("%d instructions", least)
	if least > deferredInstructions {
		t.Errorf("it took %d instructions; the budget is %d", least, deferredInstructions)
	}
}

var guestInstructions = regexp.MustCompile(`guest instrs:\s*([\d,]+)`)

// instructions counts those of one wake, in the environment that launchd gives.
func (m *mac) instructions(t testing.TB) int {
	t.Helper()
	cmd := exec.Command("valgrind", "--tool=lackey", "--basic-counts=yes", rootJob(t), "--root", m.layout.Path())
	cmd.Env = m.environment(t)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found := guestInstructions.FindSubmatch(out)
	if found == nil {
		t.Fatalf("valgrind counts nothing: %s", out)
	}
	n, err := strconv.Atoi(strings.ReplaceAll(string(found[1]), ",", ""))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
