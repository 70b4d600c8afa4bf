package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"installordefer/internal/simmac"
)

const appleSilicon = "apple silicon"

// quirks are the oddities of real Macs, by name.
var quirks = map[string]func(*simmac.Quirks){
	"hard spaces":                 func(q *simmac.Quirks) { q.HardSpaces = true },
	"noise":                       func(q *simmac.Quirks) { q.Noise = true },
	"noise on stdout":             func(q *simmac.Quirks) { q.Noise, q.NoiseOnStdout = true, true },
	"leading blank":               func(q *simmac.Quirks) { q.LeadingBlank = true },
	"comma only":                  func(q *simmac.Quirks) { q.Tail = 1 },
	"no tail":                     func(q *simmac.Quirks) { q.Tail = 2 },
	"hyphens":                     func(q *simmac.Quirks) { q.Hyphens = true },
	"errors on stderr":            func(q *simmac.Quirks) { q.ErrorsOnStderr = true },
	"events denied":               func(q *simmac.Quirks) { q.EventsDenied = true },
	"switch settles":              func(q *simmac.Quirks) { q.SwitchSettles = true },
	"veto ends":                   func(q *simmac.Quirks) { q.VetoEnds = true },
	"works outside":               func(q *simmac.Quirks) { q.WorksOutside = true },
	"nameless login":              func(q *simmac.Quirks) { q.LoginWindow = 1 },
	"no console key":              func(q *simmac.Quirks) { q.LoginWindow = 2 },
	"slow scan":                   func(q *simmac.Quirks) { q.SlowScan = 20 },
	"slow dialogs":                func(q *simmac.Quirks) { q.SlowDialogs = true },
	"only administrators install": func(q *simmac.Quirks) { q.AdminsInstall = true },
	"no bootstrap token":          func(q *simmac.Quirks) { q.NoBootstrapToken = true },
	"sleeps through":              func(q *simmac.Quirks) { q.SleepsThrough = true },
	"rejects passwords":           func(q *simmac.Quirks) { q.RejectsPasswords = true },
}

// The words that can stand in a field.
var (
	hardwares  = []string{"intel", appleSilicon}
	vaults     = []string{"on", "off", "encrypting", "decrypting"}
	networks   = []string{"up", "down", "captive"}
	actions    = []string{"restart", "shut down"}
	diskFaults = []string{"works", "full", "read-only", "broken", "tears", "forgets"}
	tempers    = words(simmac.Defers, simmac.Runs, simmac.Ignores, simmac.LogsOut, simmac.Kills, simmac.Freezes,
		simmac.Hasty, simmac.WorstMoment, simmac.Rubbish, simmac.Listed)
	acts = words(simmac.ActNothing, simmac.ActRun, simmac.ActDefer, simmac.ActLogOut, simmac.ActKill, simmac.ActFreeze,
		simmac.ActCrash, simmac.ActQuit, simmac.ActRubbish, simmac.ActDisagree, simmac.ActForeign, simmac.ActTwice,
		simmac.ActLastMoment, simmac.ActPassword, simmac.ActSleep, simmac.ActLock, simmac.ActSwitch, simmac.ActAside)
	courses = words(simmac.NeverInstalls, simmac.Lingers, simmac.Haunts, simmac.FailsAtDownload,
		simmac.FailsAtInstall, simmac.FailsFirst)
	faultKinds = words(simmac.FaultKinds...)
)

func words[T ~string](ts ...T) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = string(t)
	}
	return out
}

// ParseDuration reads a duration such as "3d", "90m" or "1d2h30m10s". It is
// not negative and at most MaxLength.
func ParseDuration(s string) (time.Duration, error) {
	text, days := s, 0
	if before, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseUint(before, 10, 16)
		if err != nil {
			return 0, noDuration(s)
		}
		text, days = after, int(n)
	}
	var d time.Duration
	if text != "" || days == 0 && !strings.HasPrefix(s, "0d") {
		var err error
		if d, err = time.ParseDuration(text); err != nil || strings.HasPrefix(text, "+") {
			return 0, noDuration(s)
		}
	}
	d += time.Duration(days) * 24 * time.Hour
	switch {
	case d < 0:
		return 0, fmt.Errorf("%q is negative", s)
	case d > time.Duration(MaxLength):
		return 0, fmt.Errorf("%q is longer than %v", s, MaxLength)
	}
	return d, nil
}

func noDuration(s string) error {
	return fmt.Errorf("%q is no duration; write it as \"30s\", \"90m\" or \"1d12h\"", s)
}

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(text []byte) error {
	t, err := ParseDuration(string(text))
	*d = Duration(t)
	return err
}

// MarshalText writes a duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
