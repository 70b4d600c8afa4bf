package appkit

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"installordefer/prompt/fit"
)

// fixed is a block that is as high at every width.
func fixed(name string, gap, height float64, shrinks bool) block {
	return block{name: name, gap: gap, shrinks: shrinks, height: func(float64) float64 { return height }}
}

func TestAnOrdinaryDialogHasApplesMeasures(t *testing.T) {
	blocks := []block{fixed("heading", 0, 20, false), fixed("body", 6, 60, true)}
	buttons := []buttonSize{{name: "run", w: 110, h: 24}, {name: "defer", w: 84, h: 24}}
	l := arrange(540, 800, blocks, buttons, false)
	want := map[string]rect{
		"icon":    {20, 20, 64, 64},
		"heading": {100, 20, 420, 20},
		"body":    {100, 46, 420, 60},
		"run":     {314, 126, 110, 24},
		"defer":   {436, 126, 84, 24},
	}
	for name, r := range want {
		if l.rects[name] != r {
			t.Errorf("%s is at %v, not %v", name, l.rects[name], r)
		}
	}
	if l.size.w != 540 || l.size.h != 170 {
		t.Errorf("the window is %v", l.size)
	}
	if len(l.scrolls) > 0 && (l.scrolls["heading"] || l.scrolls["body"]) {
		t.Errorf("something scrolls: %v", l.scrolls)
	}
}

func TestButtonsThatDoNotFitLieOneBelowTheOther(t *testing.T) {
	l := arrange(540, 800, []block{fixed("heading", 0, 64, false)}, []buttonSize{{name: "run", w: 260, h: 24}, {name: "defer", w: 240, h: 24}}, false)
	want := map[string]rect{"defer": {20, 104, 500, 24}, "run": {20, 136, 500, 24}}
	for name, r := range want {
		if l.rects[name] != r {
			t.Errorf("%s is at %v, not %v", name, l.rects[name], r)
		}
	}
	if l.size.h != 180 {
		t.Errorf("the window is %v high", l.size.h)
	}
	if l := arrange(540, 800, nil, []buttonSize{{name: "run", w: 700, h: 24}}, false); l.rects["run"].w != 500 {
		t.Errorf("a button that is wider than the window is at %v", l.rects["run"])
	}
}

func TestTheLastLineOfATextIsNotOneWord(t *testing.T) {
	lines := func(length float64) func(float64) float64 {
		return func(width float64) float64 { return 16 * math.Ceil(length/width) }
	}
	for length, want := range map[float64]float64{300: 315, 430: 315, 700: 357, 800: 420, 850: 315, 1240: 420} {
		for _, rtl := range []bool{false, true} {
			b := block{name: "body", evens: true, height: lines(length)}
			r := arrange(540, 800, []block{b}, nil, rtl).rects["body"]
			x := 100.0
			if rtl {
				x = 540 - 100 - want
			}
			if r.w != want || r.x != x || r.h != lines(length)(420) {
				t.Errorf("a text that is %v long, right to left %v, is at %v", length, rtl, r)
			}
		}
	}
}

func TestTheWindowIsNeverLowerThanItsIcon(t *testing.T) {
	l := arrange(540, 800, []block{fixed("heading", 0, 20, false)}, []buttonSize{{name: "ok", w: 84, h: 24}}, false)
	if icon, ok := l.rects["icon"], l.rects["ok"]; ok.y < icon.y+icon.h {
		t.Errorf("the button at %v is beside the icon at %v", ok, icon)
	}
}

func TestAnythingFitsWithoutOverlapping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var blocks []block
		fixedHeight, shrinkable := 0.0, 0
		for i := range rapid.IntRange(1, 7).Draw(t, "blocks") {
			h := rapid.Float64Range(0, 3000).Draw(t, "height")
			shrinks := rapid.Bool().Draw(t, "shrinks")
			gap := rapid.Float64Range(0, 20).Draw(t, "gap")
			if !shrinks {
				h = min(h, 80)
				fixedHeight += h + 1
			} else {
				shrinkable++
			}
			fixedHeight += gap
			blocks = append(blocks, fixed(fmt.Sprint("block ", i), gap, h, shrinks))
		}
		var buttons []buttonSize
		aside := rapid.Bool().Draw(t, "a help button")
		for i := range rapid.IntRange(0, 4).Draw(t, "buttons") {
			buttons = append(buttons, buttonSize{fmt.Sprint("button ", i), rapid.Float64Range(84, 600).Draw(t, "width"), 24, i == 0 && aside})
		}
		most := rapid.Float64Range(300, 2000).Draw(t, "most")
		rtl := rapid.Bool().Draw(t, "right to left")
		l := arrange(540, most, blocks, buttons, rtl)

		var placed []rect
		for name, r := range l.rects {
			if r.x < 0 || r.y < 0 || r.x+r.w > l.size.w || r.y+r.h > l.size.h {
				t.Fatalf("%s at %v reaches out of %v", name, r, l.size)
			}
			for _, other := range placed {
				if r.x < other.x+other.w && other.x < r.x+r.w && r.y < other.y+other.h && other.y < r.y+r.h {
					t.Fatalf("%s at %v overlaps %v", name, r, other)
				}
			}
			placed = append(placed, r)
		}
		least := fixedHeight + float64(shrinkable)*leastText + 2*margin + buttonsGap + heightOfButtons(540, buttons) + iconSize
		if most >= least && l.size.h > most {
			t.Fatalf("the window is %v high, most was %v, and %v would do", l.size.h, most, least)
		}
		for _, b := range blocks {
			if l.scrolls[b.name] != (l.rects[b.name].h < math.Ceil(b.height(0))) {
				t.Fatalf("%s is %v high, needs %v, scrolls: %v", b.name, l.rects[b.name].h, b.height(0), l.scrolls[b.name])
			}
		}
		mirrored := arrange(540, most, blocks, buttons, !rtl)
		for name, r := range l.rects {
			if m := mirrored.rects[name]; m.y != r.y || m.w != r.w || m.h != r.h || m.x-(540-r.x-r.w) > 1e-9 || (540-r.x-r.w)-m.x > 1e-9 {
				t.Fatalf("%s is at %v, mirrored at %v", name, r, m)
			}
		}
	})
}

func TestTheFirstLetterSaysWhereReadingStarts(t *testing.T) {
	for s, want := range map[string]bool{
		"":                        false,
		"123 🚀":                   false,
		"Updates":                 false,
		"עדכונים":                 true,
		"🚀 26.7 تحديثات":          true,
		"macOS תוקן":              false,
		"(26.7) ܫܠܡܐ":             true,
		"日本語 עברית":               false,
		"\u05b0 vowel, no letter": false,
	} {
		if got := startsRightToLeft(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestTheWindowGoesWhereAnAlertGoesOnEachScreen(t *testing.T) {
	for _, c := range []struct {
		name        string
		screen      rect
		corner, rtl bool
		x, y        float64
	}{
		{"the first screen", rect{0, 0, 1280, 800}, false, false, 370, 800 - 200},
		{"a second one to its left, higher up", rect{-1920, 300, 1920, 1055}, false, false, -1920 + 690, 300 + 1055 - 285},
		{"one that is lower than the window", rect{0, 0, 800, 150}, false, false, 130, 150},
		{"the corner", rect{0, 0, 1280, 800}, true, false, 1280 - 540 - 20, 780},
		{"the corner, from right to left", rect{0, 0, 1280, 800}, true, true, 20, 780},
	} {
		if x, y := placeOn(c.screen, 540, 200, c.corner, c.rtl); x != c.x || y != c.y {
			t.Errorf("%s: %v, %v and not %v, %v", c.name, x, y, c.x, c.y)
		}
	}
}

func TestTheTableOfWidthsKnowsTheColumn(t *testing.T) {
	if got := arrange(fit.Window, 800, []block{fixed("body", 0, 20, false)}, nil, false).rects["body"].w; got != fit.Column {
		t.Errorf("the column is %v wide, and texts are measured for %v", got, fit.Column)
	}
}
