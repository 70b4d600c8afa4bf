package lifetimes

import (
	"bytes"
	"time"

	"installordefer/deferral"
	"installordefer/internal/plist"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/statusfile"
)

// statusTrue checks the status for machines when a wake has ended: it says what
// the state says, and was not written for nothing.
func (g *guard) statusTrue(st deferral.State, wake life.Wake) {
	disk := g.l.Mac.Disk()
	data, there := disk.Get(layout.StatusFile())
	before := g.idle.status
	if disk.Fault != simmac.DiskWorks || g.let(theDiskLies, g.lies) || g.let(theWakeDied, died(wake)) || g.let(aFaultHidIt, g.wake.faulty) || wake.Err != nil || g.let(anAdministratorMovesIt, g.wake.touched) {
		return // a deadline written by hand is settled by the next wake
	}
	now, err := g.status.read(data)
	if !there || err != nil {
		g.fail(30, "the status is there: %v, and cannot be read: %v", there, err)
		return
	}
	g.reached.named("status", string(now.Word))
	sameDate := now.Deadline.Equal(st.ForcedAfter) || g.let(appleDecides, now.Deadline.Equal(g.applesDate(st)))
	if st.Active() && (!sameDate || !now.DeferredUntil.Equal(st.DeferredUntil) || len(now.Updates) != len(st.Round.Updates)) {
		g.fail(30, "the status has the deadline %v, a deferral to %v and %d updates; the state %v, %v and %d", now.Deadline, now.DeferredUntil, len(now.Updates), st.ForcedAfter, st.DeferredUntil, len(st.Round.Updates))
	}
	held := now.Word == statusfile.Held && (g.onHold(g.l.Mac.Now().Wall) || st.Withheld != "")
	if !st.Active() && now.Word != statusfile.Unknown && now.Word != statusfile.Current && !held {
		g.fail(30, "no deadline runs, and the status is %s", now.Word)
	}
	if now.Word == statusfile.Current && !g.let(theRemovalHasBegun, g.removing) && (!st.Stays() || st.Withheld != "" || now.WaitingFor == "") {
		g.fail(30, "the job is here, nothing is proven, and the status is %s and waits for %q", now.Word, now.WaitingFor)
	}
	if bytes.Equal(before, data) || !g.idle.watched {
		return
	}
	was, err := readStatus(before)
	if err != nil {
		return
	}
	age := now.Written.Sub(was.Written)
	was.Written = now.Written
	if age > 0 && age < 24*time.Hour && bytes.Equal(was.Encode(), now.Encode()) {
		g.fail(30, "the status was written again after %v, and nothing had changed", age)
	}
}

// A statusRead keeps what the status said when it was last read: most wakes leave
// it as it is, and reading it costs more than they do.
type statusRead struct {
	data []byte
	is   statusfile.Status
	err  error
}

func (r *statusRead) read(data []byte) (statusfile.Status, error) {
	if r.data == nil || !bytes.Equal(r.data, data) {
		r.is, r.err = readStatus(data)
		r.data = bytes.Clone(data)
	}
	return r.is, r.err
}

func readStatus(data []byte) (statusfile.Status, error) {
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		return statusfile.Status{}, err
	}
	return statusfile.FromDict(dict)
}
