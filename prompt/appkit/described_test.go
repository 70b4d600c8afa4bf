package appkit_test

import (
	"testing"
	"time"

	"installordefer/prompt"
	"installordefer/prompt/appkit"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

// TestEveryWindowIsWhatIsDescribed asks the toolkit itself for what each control
// says, the key that presses it, and where Tab goes from it.
func TestEveryWindowIsWhatIsDescribed(t *testing.T) {
	for _, s := range examples.States {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			d := state(s.Name)
			d.Help = "https://help.example.com"
			w := appear(t, d)
			w.holds(false)
			w.Kill()
		})
	}
}

// holds compares the window with its description.
func (s *screen) holds(stacked bool) {
	s.t.Helper()
	parts := appkit.Describe(s.dialog, words.For(words.Person{}, s.dialog).Page(words.Opening(s.dialog)), stacked)
	window, _ := s.Place("window")
	floor := window.Y - window.H/2
	for _, p := range parts {
		got, ok := s.Place(p.Name)
		if !ok {
			s.t.Errorf("there is no %s", p.Name)
			continue
		}
		if text := got.Text; p.Text != "" && text != p.Text && p.Name != "clock" {
			s.t.Errorf("%s says %q, want %q", p.Name, text, p.Text)
		}
		if got.Key != p.Key || p.Next != "" && got.Next != p.Next { // a text has a next one, too, and is passed over
			s.t.Errorf("%s is pressed by %q and followed by %q, want %q and %q", p.Name, got.Key, got.Next, p.Key, p.Next)
		}
		if got.Label != "" && p.Label != "" && got.Label != p.Label {
			s.t.Errorf("%s is called %q, want %q", p.Name, got.Label, p.Label)
		}
		if left, right := got.X-got.W/2, got.X+got.W/2; left < window.X-window.W/2 || right > window.X+window.W/2 || got.Y+got.H/2 > window.Y+window.H/2 {
			s.t.Errorf("%s at %+v reaches out of the window %+v", p.Name, got, window)
		}
		if top := got.Y - got.H/2; top < floor-1 && !stacked {
			s.t.Errorf("%s is read after what begins below it, at %d", p.Name, floor)
		} else {
			floor = top
		}
	}
}

func TestTabAndSpacePressWhatTheyReach(t *testing.T) {
	press := func(d prompt.Dialog, keys ...string) *screen {
		s := show(t, d)
		for _, key := range keys {
			s.must(s.Key(key))
			time.Sleep(100 * time.Millisecond) // each is a press of its own
		}
		return s
	}
	press(runOrDefer(), "Tab", "space").answers(prompt.ResultRun)
	press(runOrDefer(), "Tab", "Tab", "space").answers(prompt.ResultDefer)
	press(runOrDefer(), "space", "Return").answers(prompt.ResultDefer) // nothing had the keyboard
	long := saying(runOrDefer(), prompt.Texts{Run: "Die Aktualisierungen jetzt installieren", Defer: "Später daran erinnern, wenn es besser passt"})
	press(long, "Tab", "space").answers(prompt.ResultDefer) // it is the upper one
}

func TestTheHelpButtonOpensTheHelpPageAndTheDialogStays(t *testing.T) {
	s := show(t, state("help"))
	s.must(s.Click("help"))
	s.must(s.Event("opens https://help.example.com/updates"))
	window, _ := s.Place("window")
	help, _ := s.Place("help")
	if help.X > window.X-window.W/4 || help.W != help.H {
		t.Errorf("the help button is at %+v in %+v", help, window)
	}
	s.must(s.Key("Return"))
	s.answers(prompt.ResultDefer)
}

func TestStackedButtonsAreWhatIsDescribedToo(t *testing.T) {
	d := saying(state("help"), prompt.Texts{Run: "Die Aktualisierungen jetzt installieren", Defer: "Später daran erinnern, wenn es besser passt"})
	s := show(t, d)
	s.keepPicture("")
	s.holds(true)
	s.inOrder("heading", "body", "updates", "defer", "run", "help")
}
