package life

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"installordefer/internal/simmac"
)

// BenchmarkDeferredWake is one start of the job by launchd while the prompt
// is deferred: the commonest wake of all.
func BenchmarkDeferredWake(b *testing.B) {
	f := tahoe()
	f.Accounts[0].Apps = nil
	m := simmac.New(f)
	m.Journal.SkipAllBut()
	l := New(m, id)
	l.Profile([]byte(`<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
		<key>MaxDeferralTime</key><integer>31000000</integer><key>DeferralPeriod</key><integer>30000000</integer></dict></plist>`))
	l.Live(time.Hour) // found, downloaded, asked, deferred
	if l.Wakes < 3 {
		b.Fatal("the job does not live")
	}
	b.ReportAllocs()
	began := processorTime(b)
	for b.Loop() {
		if !m.WaitForStart(m.Elapsed() + time.Hour) {
			b.Fatal("launchd no longer starts the job")
		}
		l.wake()
	}
	// By the processor, which other work on the machine does not slow down.
	b.ReportMetric(float64(b.N)/(processorTime(b)-began).Seconds(), "wakes/s")
}

// processorTime is what this process has used of the processors, with what the
// runtime of Go does beside.
func processorTime(b *testing.B) time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
