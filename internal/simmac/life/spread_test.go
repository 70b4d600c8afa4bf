package life

import (
	"slices"
	"strings"
	"testing"

	"installordefer/internal/simmac/scenario"
)

// found returns the line of a story that says that updates were found.
func found(t *testing.T, story []string) string {
	t.Helper()
	i := slices.IndexFunc(story, func(l string) bool { return strings.Contains(l, "Updates were found.") })
	if i < 0 {
		t.Fatalf("nothing was found:\n%s", strings.Join(story, "\n"))
	}
	return story[i]
}

func TestTheFirstCheckWaitsForItsShareOfStartSpread(t *testing.T) {
	play := func(seed uint64, settings map[string]any, events ...scenario.Event) []string {
		s := decoded(t, "first-check")
		s.Seed = seed
		if len(events) > 0 {
			s.Events = events
		}
		return told(t, s, settings)
	}
	t.Run("and the deadline counts from it", func(t *testing.T) {
		inOrder(t, tell(t, "first-check"), []string{
			"2026-11-23 09:00:10 job The first check on this Mac comes at 2026-11-23 10:17:42 CET. (StartSpread)",
			"2026-11-23 09:20:00 Mac The Mac is shut down.",
			"2026-11-23 10:21:30 job It is time to check for updates. Checking for updates.",
			"2026-11-23 10:21:40 job Updates were found. Deadline: 2026-11-24 10:21:40 CET, in 1 day (MaxDeferralTime).",
			"2026-11-24 10:21:40 job The deadline has passed. Updates install in 10 minutes",
		})
	})
	t.Run("and with SkipDeferral there is no wait", func(t *testing.T) {
		story := play(8, map[string]any{"SkipDeferral": true, "StartSpread": 14400})
		if at := found(t, story); !strings.HasPrefix(at, "2026-11-23 09:00:") {
			t.Errorf("it checks at %s", at)
		}
	})
	t.Run("and a Mac without the answer checks at once", func(t *testing.T) {
		s := decoded(t, "first-check")
		s.Faults = []scenario.Fault{{Tool: "IOPlatformExpertDevice", Kind: "silent"}}
		inOrder(t, told(t, s, nil), []string{
			"2026-11-23 09:00:12 job (error) Could not tell which Mac this is, so the first check does not wait: the hardware UUID is not of the form that is known",
			"2026-11-23 09:00:22 job Updates were found.",
		})
	})
	t.Run("each Mac has a share of its own", func(t *testing.T) {
		seen := map[string]bool{}
		for seed := range uint64(6) {
			at := found(t, play(seed, nil))[:16]
			if seen[at] = true; at < "2026-11-23 09:00" || at > "2026-11-23 13:36" {
				t.Errorf("Mac %d checks at %s", seed, at)
			}
		}
		if len(seen) < 5 {
			t.Errorf("six Macs check at %v", seen)
		}
	})
}
