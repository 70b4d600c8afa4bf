package lifetimes

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
)

// In each scenario the helper has opened its dialogs, and nobody could see them.
func TestADialogThatIsNotOnTheScreenDoesNotCount(t *testing.T) {
	for _, tt := range []struct {
		file string
		// never installs anything; or not before first.
		never bool
		first time.Duration
		says  []string
	}{
		{file: "never-shown", never: true, says: []string{"the prompt never came to the screen, so nobody was asked", "The deadline has passed", "the prompt never came to the screen, so nobody was asked"}},
		{file: "stopped-for-ever", first: 100 * time.Minute},
		// The first prompt that she sees gives half an hour of notice.
		{file: "shown-at-last", first: 2*time.Hour + 40*time.Minute, says: []string{"never came to the screen", "unless ada starts them earlier", "The countdown of 10 minutes has ended"}},
		{file: "display-off", first: time.Hour + 38*time.Minute, says: []string{"The display is off.", "The display is on."}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			w := readWorld(t, "testdata/sight/"+tt.file+".json")
			first := forever
			w.run(t.Fatalf)
			told := w.wholeStory(func(e simmac.Event) {
				if e.Kind == simmac.ToolRan && strings.Contains(e.Text, "--install") {
					first = min(first, e.At)
				}
			})
			if tt.never != (first == forever) || first < tt.first || !tt.never && first > tt.first+15*time.Minute {
				t.Errorf("the first installation begins after %v, want %v\n%s", first, tt.first, told)
			}
			rest := told
			for _, s := range tt.says {
				_, after, found := strings.Cut(rest, s)
				if !found {
					t.Fatalf("%q is not in the story, or too early\n%s", s, told)
				}
				rest = after
			}
		})
	}
}
