package selfupdate

import (
	"fmt"
	"time"

	"howett.net/plist"

	"installordefer/internal/atomicfile"
	"installordefer/internal/logging"
)

// What came of the last offer, as launchd.Layout.SelfUpdateOutcome tells it.
const (
	isInstalling = "installing"
	isInstalled  = "installed"
	isRefused    = "refused"
	hasFailed    = "failed"
)

// An outcome is what everybody may read of the self-update. docs/siem.md lists its
// keys.
type outcome struct {
	Schema int `plist:"schema"`
	// Outcome is one of the words above; empty until there was an offer. Said says
	// it in a sentence.
	Outcome string `plist:"outcome,omitempty"`
	Said    string `plist:"said,omitempty"`
	// Package is the name of one that was refused, and Version what was tried,
	// where that could be told.
	Package string `plist:"package,omitempty"`
	Version string `plist:"version,omitempty"`
	At      string `plist:"at,omitempty"`
	// Problem is why nothing could be looked at, at the last attempt.
	Problem string `plist:"problem,omitempty"`
}

// maxOutcome is the size of the largest file that is read, in bytes.
const maxOutcome = 8 << 10

// brief bounds what comes from notes and tools.
func brief(text string) string { return fmt.Sprintf("%.300s", text) }

// tell writes down what came of an offer. An outcome that cannot be written stops
// nothing: the log has it too.
func (u *Updater) tell(o outcome) {
	o.Said, o.Package, o.Version = brief(o.Said), brief(o.Package), brief(o.Version)
	o.At = u.Now().UTC().Format(time.RFC3339)
	u.publish(o)
}

// tellProblem keeps what came of the last offer, and says beside it why nothing
// could be looked at, or that this is over.
func (u *Updater) tellProblem(err error) {
	o := u.told()
	problem := ""
	if err != nil {
		problem = brief(err.Error())
	}
	if o.Problem != problem {
		o.Problem = problem
		u.publish(o)
	}
}

// told is what was published last.
func (u *Updater) told() outcome {
	var o outcome
	data, err := atomicfile.Read(u.Host.SelfUpdateOutcome(), maxOutcome)
	if err != nil {
		return o
	}
	if _, err := plist.Unmarshal(data, &o); err != nil {
		return outcome{} // somebody has spoilt it: it is written again
	}
	return o
}

func (u *Updater) publish(o outcome) {
	o.Schema = 1
	data, err := plist.MarshalIndent(o, plist.XMLFormat, "\t")
	if err == nil {
		err = atomicfile.Write(u.Host.SelfUpdateOutcome(), append(data, '\n'), 0o644)
	}
	if err != nil {
		u.Log.Error(logging.SelfUpdate, "What came of the self-update could not be written for everybody to read, so status tells of an earlier one: %v", err)
	}
}
