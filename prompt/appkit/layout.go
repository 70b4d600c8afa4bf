package appkit

import (
	"math"
	"slices"
	"unicode"
)

// The measures of a dialog in points, after Apple's own alerts.
const (
	margin     = 20 // between the window's edge and everything else
	iconSize   = 64
	iconGap    = 16 // between the icon and the texts
	buttonGap  = 12 // between two buttons
	stackGap   = 8  // between two buttons that lie one below the other
	buttonsGap = 20 // between the texts and the row of buttons
	leastText  = 56 // what a text that scrolls keeps of its height
)

// evened are the parts of the column that a text makes do with where it needs
// no more lines for it, so that its last line is not one word.
var evened = [...]float64{0.75, 0.85}

// A rect is a place in the window, counted from the upper left corner of its
// content downwards. (AppKit counts upwards; the flip is made in one place.)
type rect struct{ x, y, w, h float64 }

// A block is one element of the column of texts.
type block struct {
	name string
	// gap is the space above it.
	gap float64
	// height is the height that it needs at a width.
	height func(width float64) float64
	// shrinks says that it can scroll when there is no room for it whole.
	shrinks bool
	// evens says that it is a text whose lines are to be about as long as each
	// other.
	evens bool
}

// width is how much of the column the block takes.
func (b block) width(column float64) float64 {
	for _, part := range evened {
		if narrow := math.Floor(column * part); b.evens && b.height(narrow) <= b.height(column) {
			return narrow
		}
	}
	return column
}

// A layout is where everything goes.
type layout struct {
	size  struct{ w, h float64 }
	rects map[string]rect
	// scrolls names the blocks that got less than the height they need.
	scrolls map[string]bool
}

// A button is an element of the last row.
type buttonSize struct {
	name string
	w, h float64
	// aside is set for one that lies by itself, at the near edge.
	aside bool
}

// arrange lays a dialog out: icon beside the column of blocks, buttons below
// at the far end, the last one outermost, or one below the other where they do
// not fit. When it would be higher than most,
// the blocks that can scroll give way, the last one first. From right to left
// everything is mirrored.
func arrange(width, most float64, blocks []block, buttons []buttonSize, rightToLeft bool) layout {
	l := layout{rects: map[string]rect{}, scrolls: map[string]bool{}}
	l.rects["icon"] = rect{margin, margin, iconSize, iconSize}
	x := float64(margin + iconSize + iconGap)
	column := width - margin - x

	heights, total := make([]float64, len(blocks)), 0.0
	for i, b := range blocks {
		heights[i] = math.Ceil(b.height(b.width(column)))
		total += heights[i]
		if i > 0 {
			total += b.gap
		}
	}
	buttonsHeight := heightOfButtons(width, buttons)
	around := 2.0 * margin
	if buttonsHeight > 0 {
		around += buttonsGap + buttonsHeight
	}
	for i := len(blocks) - 1; i >= 0 && total+around > most; i-- {
		if keep := min(heights[i], leastText); blocks[i].shrinks && keep < heights[i] {
			less := min(heights[i]-keep, math.Ceil(total+around-most))
			heights[i] -= less
			total -= less
			l.scrolls[blocks[i].name] = less > 0
		}
	}

	y := float64(margin)
	for i, b := range blocks {
		if i > 0 {
			y += b.gap
		}
		l.rects[b.name] = rect{x, y, b.width(column), heights[i]}
		y += heights[i]
	}
	y = max(y, margin+iconSize)
	if buttonsHeight > 0 {
		y += buttonsGap
		l.placeButtons(width, y, buttons)
		y += buttonsHeight
	}
	l.size.w, l.size.h = width, y+margin
	if rightToLeft {
		for name, r := range l.rects {
			r.x = width - r.x - r.w
			l.rects[name] = r
		}
	}
	return l
}

// stacks tells whether the buttons do not fit beside each other.
func stacks(width float64, buttons []buttonSize) bool {
	row := -float64(buttonGap)
	for _, b := range buttons {
		row += b.w + buttonGap
	}
	return row > width-2*margin
}

// heightOfButtons is the height of the row of buttons, or of their stack.
func heightOfButtons(width float64, buttons []buttonSize) float64 {
	row, stack := 0.0, -float64(stackGap)
	for _, b := range buttons {
		row = max(row, b.h)
		stack += b.h + stackGap
	}
	if stacks(width, buttons) {
		return stack
	}
	return row
}

// placeButtons places the buttons from y on: in a row that ends at the far edge
// with the last of them, or in a stack that begins with the last, each as wide
// as the window lets it be. A title that is wider still ends in dots.
func (l *layout) placeButtons(width, y float64, buttons []buttonSize) {
	if stacks(width, buttons) {
		for _, b := range slices.Backward(buttons) {
			w := width - 2*margin
			if b.aside {
				w = min(w, b.w)
			}
			l.rects[b.name] = rect{margin, y, w, b.h}
			y += b.h + stackGap
		}
		return
	}
	row, right := heightOfButtons(width, buttons), width-margin
	for _, b := range slices.Backward(buttons) {
		if b.aside {
			l.rects[b.name] = rect{margin, y + row - b.h, b.w, b.h}
			continue
		}
		right -= b.w
		l.rects[b.name] = rect{right, y + row - b.h, b.w, b.h}
		right -= buttonGap
	}
}

// startsRightToLeft tells whether a text is read from right to left: by its
// first letter that has a direction, as the Unicode rules have it for a
// paragraph.
func startsRightToLeft(s string) bool {
	for _, r := range s {
		if unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko) && unicode.IsLetter(r) {
			return true
		}
		if unicode.IsLetter(r) {
			return false
		}
	}
	return false
}

// placeOn returns the upper left corner of a window on a screen's free part,
// both counted upwards as AppKit does: in the middle of the upper part, where
// an alert goes, or in the corner at the end of the line of reading.
func placeOn(screen rect, w, h float64, corner, rightToLeft bool) (x, y float64) {
	top := screen.y + screen.h
	switch {
	case !corner:
		return screen.x + (screen.w-w)/2, top - max((screen.h-h)/3, 0)
	case rightToLeft:
		return screen.x + margin, top - margin
	}
	return screen.x + screen.w - w - margin, top - margin
}
