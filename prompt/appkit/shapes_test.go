package appkit_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/toolchain/display"
	"installordefer/internal/toolchain/icon"
	"installordefer/prompt"
)

// inOrder checks that the controls lie inside the window, and below one
// another in the order of their names.
func (s *screen) inOrder(names ...string) {
	s.t.Helper()
	w, _ := s.Place("window")
	floor := w.Y - w.H/2
	for _, name := range names {
		p, ok := s.Place(name)
		if !ok {
			s.t.Errorf("there is no %q", name)
			continue
		}
		if p.X-p.W/2 < w.X-w.W/2 || p.X+p.W/2 > w.X+w.W/2 || p.Y+p.H/2 > w.Y+w.H/2 {
			s.t.Errorf("%q reaches out of the window: %+v in %+v", name, p, w)
		}
		if top := p.Y - p.H/2; top < floor {
			s.t.Errorf("%q begins at %d, above the end of what is before it at %d", name, top, floor)
		}
		floor = p.Y + p.H/2
	}
	if w.X-w.W/2 < 0 || w.Y-w.H/2 < 0 || w.X+w.W/2 > 1280 || w.Y+w.H/2 > 800 {
		s.t.Errorf("the window reaches out of the screen: %+v", w)
	}
}

func TestVeryLongTextsScrollAndEverythingStaysInTheWindow(t *testing.T) {
	d := withChoices(runOrDefer())
	d = saying(d, prompt.Texts{
		Heading: strings.Repeat("Updates of extraordinary importance are available for this Mac ", 3),
		Body:    strings.Repeat("Your organization has a great deal to say about these updates, and says it all here. ", 60),
		Run:     "Install everything now and restart when it is done",
	})
	s := show(t, d)
	s.keepPicture("")
	s.inOrder("heading", "updates", "note 1", "choice", "defer", "run")
	s.must(s.Key("Next")) // Page Down
	s.must(s.Event("scrolled"))
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)
}

func TestButtonsWithLongTitlesLieOneBelowTheOther(t *testing.T) {
	s := show(t, saying(runOrDefer(), prompt.Texts{
		Run:   "Die Aktualisierungen jetzt installieren",
		Defer: "Später daran erinnern, wenn es besser passt",
	}))
	s.keepPicture("")
	s.inOrder("heading", "body", "updates", "defer", "run")
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)
}

func TestVeryShortTextsDo(t *testing.T) {
	s := show(t, saying(prompt.Dialog{Kind: prompt.RunOrDefer, Language: "en",
		Choices: []prompt.Choice{{For: time.Hour, Until: time.Date(2026, 1, 1, 10, 0, 0, 0, berlin)}}},
		prompt.Texts{Heading: "x", Body: "y", Run: "R", Defer: "D"}))
	s.keepPicture("")
	s.inOrder("heading", "body", "run")
	if p, _ := s.Place("run"); p.W < 80 {
		t.Errorf("a button is only %d wide", p.W)
	}
	s.must(s.Click("defer"))
	s.answers(prompt.ResultDefer)
}

func TestAnUpdateWithAVeryLongNameIsShownWhole(t *testing.T) {
	d := runOrDefer()
	d.Updates = append(d.Updates, prompt.Item{Name: "Command Line Tools for Xcode, with everything that has ever been part of them and a good deal more 27.1", SizeKiB: 900_000, Restart: true})
	s := show(t, d)
	s.keepPicture("")
	first, _ := s.Place("update 1")
	if last, _ := s.Place("last update"); last.H < 2*first.H-4 {
		t.Errorf("the long name is %d high, a short one %d", last.H, first.H)
	}
	s.inOrder("heading", "body", "updates", "run")
	s.must(s.Click("defer"))
	s.answers(prompt.ResultDefer)
}

func TestFortyUpdatesScroll(t *testing.T) {
	d := runOrDefer()
	d.Updates = nil
	for i := range 40 {
		d.Updates = append(d.Updates, prompt.Item{Name: fmt.Sprintf("Printer Drivers for Model %d 5.1", i+1), SizeKiB: int64(i) * 1000})
	}
	s := show(t, d)
	s.keepPicture("")
	s.inOrder("heading", "body", "updates", "run")
	before, _ := s.Place("last update")
	for range 12 {
		s.must(s.Key("Next"))
	}
	list, _ := s.Place("updates")
	s.must(s.Text("last update", func(string) bool {
		// Called with the lock held: only the place that came with the text.
		return true
	}))
	for range 200 {
		if p, _ := s.Place("last update"); p.Y < before.Y && p.Y < list.Y+list.H/2 {
			s.must(s.Click("defer"))
			s.answers(prompt.ResultDefer)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	last, _ := s.Place("last update")
	t.Errorf("Page Down did not bring the last update into the list: it is at %d, the list ends at %d", last.Y, list.Y+list.H/2)
}

func TestAnEmojiHeadingAndARightToLeftOne(t *testing.T) {
	d := runOrDefer()
	d = saying(d, prompt.Texts{Heading: "🚀 Updates are available ✨"})
	s := show(t, d)
	s.keepPicture("emoji-")
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)

	d = withChoices(runOrDefer())
	d.Language = "he"
	s = show(t, d)
	s.keepPicture("hebrew-")
	run, _ := s.Place("run")
	later, _ := s.Place("defer")
	w, _ := s.Place("window")
	if later.X > run.X || later.X > w.X {
		t.Errorf("the default button is at %d and the other at %d: not mirrored", later.X, run.X)
	}
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)
}

// logo writes a picture of one colour.
func logo(t *testing.T, c color.Color) string {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 128, 128))
	for i := range 128 * 128 {
		img.Set(i%128, i/128, c)
	}
	name := filepath.Join(t.TempDir(), "logo.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	return name
}

// iconColor is the colour in the middle of the icon as the screen shows it.
func (s *screen) iconColor() color.NRGBA {
	s.t.Helper()
	img, err := s.Picture()
	s.must(err)
	p, _ := s.Place("icon")
	return color.NRGBAModel.Convert(img.At(p.X+12, p.Y+12)).(color.NRGBA)
}

func TestTheLogoIsTheAdministrators(t *testing.T) {
	d := runOrDefer()
	d.Logo = logo(t, color.NRGBA{R: 200, G: 30, B: 90, A: 255})
	s := show(t, d)
	s.keepPicture("")
	if c := s.iconColor(); c.R < 180 || c.G > 60 {
		t.Errorf("the icon is %v and not the logo's colour", c)
	}
	s.must(s.Key("Return"))
	s.answers(prompt.ResultDefer)
}

func TestAMissingOrBrokenLogoGivesWayToTheIcon(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.png")
	whole, err := icon.PNG(64)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, whole[:200], 0o644); err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(dir, "garbage.icns")
	if err := os.WriteFile(garbage, []byte("icns, but not really"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(dir, "missing.png"), broken, garbage, dir} {
		d := runOrDefer()
		d.Logo = name
		s := show(t, d)
		if c := s.iconColor(); c.B < 180 || c.R > 120 {
			t.Errorf("%s: the icon is %v and not our own", filepath.Base(name), c)
		}
		if name != garbage && !strings.Contains(s.Log(), "logo") {
			t.Errorf("%s: nobody is told that the logo is not shown: %q", filepath.Base(name), s.Log())
		}
		s.must(s.Key("Return"))
		s.answers(prompt.ResultDefer)
	}
}

func TestTheTextStaysTrueWhileTheDialogIsOpen(t *testing.T) {
	s := show(t, saying(withChoices(runOrDefer()), prompt.Texts{Body: "You have about %DEFER_HOURS%."}))
	s.says("heading", "^Updates are due Thursday at 18:40$")
	s.says("body", "about 2 days")
	window, _ := s.Place("window")
	left := 90 * time.Minute
	s.tell(prompt.Change{TimeLeft: &left})
	s.says("heading", "^Updates are due today at 18:40$")
	s.says("defer", "^Remind Me at 18:40$") // not past the deadline
	s.says("body", "about 90 minutes")
	s.inOrder("heading", "body", "updates", "choice", "run")
	if grown, _ := s.Place("window"); grown.Y-grown.H/2 != window.Y-window.H/2 {
		t.Errorf("the window went from %+v to %+v; it should keep its upper edge", window, grown)
	}
	s.must(s.Click("run"))
	s.answers(prompt.ResultRun)
}

func TestDarkLooksAreDark(t *testing.T) {
	brightness := func(looks string) int {
		s := show(t, runOrDefer(), "INSTALL_OR_DEFER_APPEARANCE="+looks)
		s.keepPicture(looks + "-")
		img, err := s.Picture()
		s.must(err)
		r, _, _, _ := img.At(img.Bounds().Min.X+8, img.Bounds().Max.Y-8).RGBA()
		s.Kill()
		return int(r >> 8)
	}
	if light, dark := brightness("light"), brightness("dark"); light < 200 || dark > 80 {
		t.Errorf("the ground is %d in light and %d in dark", light, dark)
	}
}

func TestTheDialogGrowsWithThePersonsTextSize(t *testing.T) {
	height := func(size int) int {
		s := appearOn(t, display.Options{FontSize: size}, withChoices(runOrDefer()))
		s.must(s.Event("armed"))
		s.keepPicture(fmt.Sprint(size, "-points-"))
		s.inOrder("heading", "body", "updates", "choice", "run")
		s.must(s.Click("run"))
		s.answers(prompt.ResultRun)
		h, _ := s.Place("body")
		return h.H
	}
	if small, large := height(13), height(22); large < small*3/2 {
		t.Errorf("the text is %d high at 13 points and %d at 22", small, large)
	}
}
