package softwareupdate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/tool"
)

var (
	listing    = play{stdout: banner + search + found + offers[0].body(", ")}
	saysNone   = play{stdout: banner + search, stderr: nothingAvailable + "\n"}
	hangs      = play{stdout: banner, hangs: true}
	offline    = play{stdout: banner, stderr: "Can't connect to the Apple Software Update server, because you are not connected to the Internet.\n", exit: 1}
	printsNone = play{}
)

func TestACheckAsksOnceWhenItIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		play play
		want Outcome
	}{{listing, Updates}, {saysNone, None}} {
		inBubble(t, func(t *testing.T) {
			b := newBench(t, "26.6", tt.play)
			l := b.List(context.Background())
			if l.Outcome != tt.want {
				t.Errorf("outcome %v, want %v", l.Outcome, tt.want)
			}
			want := [][]string{{"/usr/sbin/softwareupdate", "--list"}}
			if diff := cmp.Diff(want, b.args()); diff != "" {
				t.Errorf("started (-want +got):\n%s", diff)
			}
			if c := b.runner.calls[0]; c.Limit != 180*time.Second || c.Stdin != nil || c.Terminal {
				t.Errorf("limit %v, standard input %q, terminal %v", c.Limit, c.Stdin, c.Terminal)
			}
		})
	}
}

func TestAnUnknownCheckIsTriedTwiceMore(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := newBench(t, "26.6", hangs, offline, listing)
		began := time.Now()
		if l := b.List(context.Background()); l.Outcome != Updates {
			t.Errorf("outcome %v, want updates of the third try", l.Outcome)
		}
		if took := time.Since(began); took != 180*time.Second+30*time.Second+60*time.Second {
			t.Errorf("it took %v", took)
		}
		log := strings.Join(b.log, "\n")
		if !strings.Contains(log, "it hung") || !strings.Contains(log, "tried again in 30 seconds") || !strings.Contains(log, "tried again in 1 minute") {
			t.Errorf("logged:\n%s", log)
		}
	})
}

func TestACheckThatFailsThreeTimesIsUnknown(t *testing.T) {
	tests := []struct {
		name string
		play play
		kind FailureKind
		says string
	}{
		{"hangs", hangs, FailureHung, "it hung and was ended"},
		{"hangs after it has listed", play{stdout: listing.stdout, hangs: true}, FailureHung, "it hung and was ended"},
		{"offline", offline, FailureNetwork, "cannot be reached"},
		{"prints nothing", printsNone, FailureUnknown, "neither a list nor"},
		{"is killed after saying none", play{stderr: nothingAvailable, exit: -1}, FailureUnknown, "ended from outside"},
		{"prints too much to tell", play{stderr: nothingAvailable, cut: true}, FailureUnknown, "more than can be kept"},
	}
	for _, tt := range tests {
		inBubble(t, func(t *testing.T) {
			b := newBench(t, "26.6", tt.play, tt.play, tt.play)
			l := b.List(context.Background())
			var f *Failure
			if l.Outcome != Unknown || len(l.Updates) > 0 || !errors.As(l.Err, &f) || f.Kind != tt.kind {
				t.Fatalf("%s: got %+v", tt.name, l)
			}
			if !strings.Contains(l.Err.Error(), tt.says) || !strings.Contains(l.Err.Error(), "Nothing is concluded") {
				t.Errorf("%s: error %q", tt.name, l.Err)
			}
			if len(b.runner.calls) != 3 {
				t.Errorf("%s: %d tries", tt.name, len(b.runner.calls))
			}
		})
	}
}

func TestAListThatIsCutIsPartial(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := listing
		p.cut = true
		l := newBench(t, "26.6", p).List(context.Background())
		if l.Outcome != Updates || !l.Partial || len(l.Warnings) == 0 {
			t.Errorf("got %+v", l)
		}
	})
}

func TestTheExitStatusDecidesNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, p := range []play{{stdout: listing.stdout, exit: 1}, {stderr: nothingAvailable, exit: 2}} {
			if l := newBench(t, "26.6", p).List(context.Background()); l.Outcome == Unknown {
				t.Errorf("exit status %d makes the list unknown: %v", p.exit, l.Err)
			}
		}
	})
}

func TestTheDaemonIsRestartedBefore13Point3Only(t *testing.T) {
	for os, want := range map[string]bool{"12.6.1": true, "13.2.1": true, "13.3": false, "13.3.1": false, "14.3": false, "14.4": false, "26.6": false, "27": false, "": false} {
		inBubble(t, func(t *testing.T) {
			plays := []play{offline, offline, offline}
			if want {
				plays = []play{offline, {exit: 0}, offline, {err: fmt.Errorf("%w: no such file", tool.ErrNotStarted)}, offline}
			}
			b := newBench(t, os, plays...)
			b.List(context.Background())
			kicked := 0
			for _, args := range b.args() {
				if cmp.Equal(args, []string{"/bin/launchctl", "kickstart", "-k", "system/com.apple.softwareupdated"}) {
					kicked++
				}
			}
			if kicked != map[bool]int{true: 2, false: 0}[want] {
				t.Errorf("macOS %q: restarted %d times", os, kicked)
			}
		})
	}
}

func TestAMissingUpdaterIsNotAskedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := newBench(t, "26.6", play{err: fmt.Errorf("%w: no such file", tool.ErrNotStarted)})
		if l := b.List(context.Background()); l.Outcome != Unknown || !errors.Is(l.Err, tool.ErrNotStarted) {
			t.Errorf("got %+v", l)
		}
	})
}

func TestACheckThatIsBrokenOffIsUnknown(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		b := newBench(t, "26.6", hangs)
		if l := b.List(ctx); l.Outcome != Unknown || !strings.Contains(l.Err.Error(), "broken off") {
			t.Errorf("got %+v", l)
		}
		ctx, cancel = context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		b = newBench(t, "26.6", offline)
		if l := b.List(ctx); l.Outcome != Unknown || len(b.runner.calls) != 1 {
			t.Errorf("it goes on after its end: %+v", l)
		}
	})
}

func TestAFailedCheckKeepsTheLastLines(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := play{stdout: manyLines(100), stderr: "the end\n"}
		l := newBench(t, "26.6", p, p, p).List(context.Background())
		var f *Failure
		if !errors.As(l.Err, &f) || len(f.Tail) != maxTail || f.Tail[maxTail-1] != "the end" {
			t.Errorf("got %+v", l.Err)
		}
	})
}
