// Package fit tells, without a screen, whether the texts of a dialog fit its
// window. lint says so of an administrator's texts, and a test of all texts in
// all languages.
//
// What must hold here: a text that fits by this table fits on a Mac. The widths
// are those of Inter, which is a little wider than the font of macOS, and where
// a letter is not in the table it counts as a wide one of its script. A text
// that does not fit may do on a Mac after all.
package fit

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"installordefer/prompt/words"
)

// The measures of a window in points, where texts have the size that they have
// on a Mac: its width, and that of the texts in it.
const (
	Window = 540
	Column = 420
)

const (
	button    = Window - 2*margin - bezel // the room for a title where the button takes the whole width
	margin    = 20                        // between the window's edge and the buttons
	bezel     = 48                        // what a button is wider than its title, at most
	least     = 84                        // a button's width
	buttonGap = 12
	arrows    = 45 // what a menu is wider than its title, with the gap before it
	rowInset  = 20 // what a row of the list is wider than its texts

	// How much there may be on the smallest screen of a Mac, 1024 by 640.
	headingLines = 2
	bodyLines    = 20
	noteLines    = 4
)

// A font is one of those that the dialogs use.
type font struct {
	size float64
	bold bool
}

var (
	headingFont = font{size: 15, bold: true}
	textFont    = font{size: 13}
	noteFont    = font{size: 12}
	detailsFont = font{size: 11}
)

// A Misfit is a text that does not fit.
type Misfit struct {
	// Text is the text as it is shown.
	Text string
	// Why says in words what it would need, and what there is.
	Why string
}

// Misfits returns the texts of a dialog that do not fit its window.
func Misfits(p words.Page) []Misfit {
	var out []Misfit
	add := func(text, format string, args ...any) { out = append(out, Misfit{text, fmt.Sprintf(format, args...)}) }
	if n := lines(p.Heading, Column, headingFont); n > headingLines {
		add(p.Heading, "a heading of about %d lines will not fit; there is room for %d", n, headingLines)
	}
	if n := lines(p.Body, Column, textFont); n > bodyLines {
		add(p.Body, "a text of about %d lines will not fit a small screen, which has room for %d", n, bodyLines)
	}
	for _, note := range append([]string{p.Progress, p.Wrong, p.PasswordLabel}, p.Notes...) {
		if n := lines(note, Column, noteFont); n > noteLines {
			add(note, "a line in small letters that takes about %d lines; there is room for %d", n, noteLines)
		}
	}
	for _, title := range []string{p.Run, p.Defer} {
		if w := width(title, textFont); w > button {
			add(title, "about %.0f points will not fit a button, which has room for %d", w, button)
		}
	}
	for _, item := range p.Menu {
		if w := width(p.MenuTitle, textFont) + width(item, textFont) + arrows; w > Column {
			add(item, "a menu of about %.0f points will not fit its line, which has %d", w, Column)
		}
	}
	for _, item := range p.Items {
		if w := width(item.Details, detailsFont) + rowInset; w > Column {
			add(item.Details, "about %.0f points will not fit the list, which has %d", w, Column)
		}
	}
	return out
}

// Stacks tells whether the buttons of a dialog have to lie one below the other.
func Stacks(p words.Page) bool {
	row := 0.0
	for _, title := range []string{p.Run, p.Defer} {
		if title != "" {
			row += math.Max(width(title, textFont)+bezel, least) + buttonGap
		}
	}
	if p.Help != "" {
		row += 24 + buttonGap
	}
	return row-buttonGap > Window-2*margin
}

// lines is how many lines a text takes.
func lines(text string, room float64, f font) (n int) {
	if strings.TrimSpace(text) == "" {
		return 0
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		n += linesOf(paragraph, room, f)
	}
	return n
}

// linesOf is how many lines a paragraph takes: it breaks at blanks and between
// letters of East Asia, and within a word that is longer than a line.
func linesOf(paragraph string, room float64, f font) int {
	n, used := 1, 0.0
	for _, piece := range pieces(paragraph) {
		w := width(piece, f)
		if word := width(strings.TrimRight(piece, " "), f); used > 0 && used+word > room {
			n, used = n+1, 0
		}
		for w > room { // a word that no line holds
			n, w = n+1, w-room
		}
		used += w
	}
	return n
}

// pieces cuts a paragraph where a line may end. A blank belongs to what is
// before it.
func pieces(paragraph string) []string {
	var all []string
	begin := 0
	for i, r := range paragraph {
		if next := i + len(string(r)); r == ' ' || isWide(r) {
			all = append(all, paragraph[begin:next])
			begin = next
		}
	}
	return append(all, paragraph[begin:])
}

// isWide tells whether a letter is as wide as it is high.
func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || 0x3000 <= r && r <= 0x303f || 0xff00 <= r && r <= 0xff60
}

// width is the width of a text on one line, in points.
func width(text string, f font) float64 {
	sum := 0
	for _, r := range text {
		sum += advance(r)
	}
	w := float64(sum) * f.size / 1000
	if f.bold {
		w *= bolder
	}
	return math.Ceil(w)
}
