package softwareupdate

import (
	"context"
	"errors"
	"testing"
	"time"

	"installordefer/internal/tool"
)

func TestARunIsFollowedInTicks(t *testing.T) {
	steps := []printed{{0, banner + search}, {90 * time.Second, "Downloading macOS Tahoe 26.7\n"}, {time.Minute, "Downloaded: macOS Tahoe 26.7\n"}}
	begin := func(t *testing.T, p play) Run {
		run, err := newBench(t, "26.6", p).Download(context.Background(), Download{Label: tahoe})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	t.Run("a report ends a tick, and a quiet one brings none", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			run, began := begin(t, play{steps: steps}), time.Now()
			for _, want := range []struct {
				after   time.Duration
				reports int
				over    bool
			}{{0, 1, false}, {time.Minute, 0, false}, {90 * time.Second, 1, false}, {150 * time.Second, 1, false}, {150 * time.Second, 0, true}, {150 * time.Second, 0, true}} {
				reports, over := run.Wait(context.Background(), time.Minute)
				if took := time.Since(began); len(reports) != want.reports || over != want.over || took != want.after {
					t.Errorf("after %v: %v, over %v, want %+v", took, reports, over, want)
				}
			}
			if r, err := run.Result(); err != nil || !r.Staged || len(r.Done) != 1 {
				t.Errorf("reached %+v, %v", r, err)
			}
		})
	})
	t.Run("lines that report nothing end no tick", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			run, began := begin(t, play{steps: []printed{{40 * time.Second, "hm\n"}}, hangs: true}), time.Now()
			if reports, over := run.Wait(context.Background(), time.Minute); len(reports) > 0 || over || time.Since(began) != time.Minute {
				t.Errorf("after %v: %v, over %v", time.Since(began), reports, over)
			}
			run.Stop()
		})
	})
	t.Run("a wait that is cut short ends nothing", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			run := begin(t, play{steps: steps})
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			run.Wait(ctx, time.Minute)
			if reports, over := run.Wait(ctx, time.Minute); len(reports) > 0 || over {
				t.Errorf("%v, over %v", reports, over)
			}
			if r, err := toTheEnd(run, nil, nil); err != nil || !r.Staged {
				t.Errorf("reached %+v, %v", r, err)
			}
		})
	})
	t.Run("an updater that has said its last word is ended between two ticks", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			run, began := begin(t, play{stdout: systemDownload, hangs: true}), time.Now()
			for over := false; !over; {
				_, over = run.Wait(context.Background(), 7*time.Second)
			}
			if _, err := run.Result(); err != nil || time.Since(began) != lingerLimit {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
		})
	})
}

func TestARunIsStopped(t *testing.T) {
	for _, tt := range []struct {
		name   string
		play   play
		broken bool
		staged bool
	}{
		{"before it has done what was ordered", play{stdout: banner + search, hangs: true}, true, false},
		{"after it has", play{stdout: systemDownload, hangs: true}, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				run, err := newBench(t, "26.6", tt.play).Install(context.Background(), Install{Labels: []Label{tahoe}})
				if err != nil {
					t.Fatal(err)
				}
				run.Wait(context.Background(), time.Second)
				run.Stop()
				run.Stop()
				_, over := run.Wait(context.Background(), time.Hour)
				r, err := run.Result()
				if !over || errors.Is(err, tool.ErrStopped) != tt.broken || (err != nil) != tt.broken || r.Staged != tt.staged {
					t.Errorf("over %v, reached %+v, %v", over, r, err)
				}
			})
		})
	}
}
