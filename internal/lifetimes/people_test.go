package lifetimes

import (
	"strings"
	"testing"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/story"
)

// wholeStory is everything that happens in a world, as rehearse tells it. Also gets
// each event.
func (w *world) wholeStory(also ...func(simmac.Event)) string {
	m := simmac.New(w.Facts(simmac.Job{Label: id}))
	defer m.Close()
	l := life.New(m, id)
	if len(w.Settings) > 0 {
		_ = l.Settings(w.Settings) // a world that cannot be lived fails elsewhere
	}
	var b strings.Builder
	teller := story.Teller{Out: &b}
	m.Journal.Tell = func(e simmac.Event) {
		teller.Tell(e, m.Zone())
		for _, f := range also {
			f(e)
		}
	}
	w.Play(m, func(values map[string]any) { _ = l.Settings(values) })
	l.Run(w.LengthOrDefault())
	return b.String()
}

// Each scenario holds somebody who is easily overlooked: behind the login
// window or behind somebody else, just come, or with a strange user id.
func TestNobodyWhoIsThereIsOverlooked(t *testing.T) {
	tests := []struct {
		file string
		// removed tells whether the round comes to its end, and forced how
		// many restarts are forced.
		removed bool
		forced  int
		// says are in the story, in this order; never are not in it.
		says, never []string
	}{
		{file: "second-person-macos",
			says:  []string{"A fast user switch to grace", "Another person has come to the screen and is told first. The Mac is not restarted."},
			never: []string{"is lost"}},
		{file: "soft-restart-never-asked", removed: true, forced: 1,
			says:  []string{"Apple's tool has prepared the updates and restarts the Mac.", "TextEdit has unsaved work", "Apple's tool has not restarted the Mac.", "ada is asked to save", "restarted by force"},
			never: []string{"is lost"}},
		{file: "login-window", removed: true, forced: 1,
			says:  []string{"The login window is up, but 1 person is logged in behind it", "Installed Safari", "yuki is back", "The deadline has passed. Updates install in", "yuki is asked to save", "yuki has had 5 minutes to save", "by force"},
			never: []string{"is lost", "Nobody is logged in and", "Nobody is logged in, so"}},
		{file: "login-window-for-long", removed: true, forced: 1,
			says:  []string{"The restart waits for somebody at the screen, for 2 hours at most", "nobody has come to the screen for 2 hours", "Pages is lost"},
			never: []string{"Nobody is logged in and", "Nobody is logged in,"}},
		{file: "nobody-before-the-deadline", removed: true, forced: 1, says: []string{"Nobody is logged in. ", "(InstallWhenNobody)", "Installing macOS Tahoe"}},
		{file: "somebody-behind",
			says:  []string{"ada clicked Run Updates", "Installed Safari", "1 other person is logged in, and the deadline has not passed. The Mac is not restarted."},
			never: []string{"is lost", "by force"}},
		{file: "sleeps-while-saving", removed: true, forced: 1,
			says:  []string{"ada is asked to save", "falls asleep", "wakes", "TextEdit is open.", "ada has had 5 minutes to save", "by force"},
			never: []string{"is lost"}},
		{file: "closes-the-lid-while-saving", removed: true,
			says:  []string{"ada is asked to save", "falls asleep", "The Mac wakes without its display.", "The Mac is awake without its display, so nothing is shown, installed or restarted. The time to save has not passed.", "The Mac is not restarted."},
			never: []string{"is lost", "by force"}},
		{file: "stale-person",
			says: []string{"A fast user switch to grace", "Could not tell who is logged in", "macOS names grace, but has shown another session for 1", "Asking grace to run updates or to defer"}, never: []string{"Asking ada"}},
		{file: "guest", removed: true, forced: 1, says: []string{"Asking Guest to run", "unless Guest starts them earlier", "is asked to save", "has had 5 minutes to save", "by force"}, never: []string{"is lost", "Nobody is logged in, so"}},
		{file: "hidden-administrator", removed: true, forced: 1, says: []string{"Asking ladmin to run", "unless ladmin starts them earlier", "is asked to save", "has had 5 minutes to save", "by force"}, never: []string{"is lost", "Nobody is logged in, so"}},
		{file: "root", removed: true, forced: 1, says: []string{"Asking root to run", "unless root starts them earlier", "root is asked to save"}, never: []string{"Nobody is logged in, so"}},
		{file: "root-on-apple-silicon", says: []string{"root clicked Run Updates", "root is not asked for a password", "Opened Software Update for root"}, never: []string{"is lost", "by force", "types"}},
		{file: "setup-assistant", says: []string{"the Setup Assistant is on the screen"}, never: []string{"is lost", "Nobody is logged in, so", "Asking", "Installing"}},
		{file: "countdown-and-another", removed: true,
			says: []string{"unless ada starts them earlier", "A fast user switch to grace", "Another person has come to the screen. Nothing more is installed", "unless grace starts them earlier"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			w := readWorld(t, "testdata/people/"+tt.file+".json")
			g := w.run(t.Fatalf)
			told := w.wholeStory()
			if g.l.Removed != tt.removed || g.reached.kinds[simmac.RestartForced] != tt.forced {
				t.Errorf("the job is removed: %v; %d restarts were forced\n%s", g.l.Removed, g.reached.kinds[simmac.RestartForced], told)
			}
			rest := told
			for _, s := range tt.says {
				_, after, found := strings.Cut(rest, s)
				if !found {
					t.Fatalf("%q is not in the story, or too early\n%s", s, told)
				}
				rest = after
			}
			for _, s := range tt.never {
				if strings.Contains(told, s) {
					t.Errorf("%q is in the story\n%s", s, told)
				}
			}
		})
	}
}
