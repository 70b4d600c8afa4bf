//go:build cgo && (darwin || gnustep)

package appkit

import (
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt/words"
)

const (
	rowInset  = 10  // between the list's edge and its texts
	rowGap    = 8   // between a name and the details beside it
	rowAir    = 10  // above and below a row's text, together
	rowsShown = 5.5 // a list that is longer scrolls, and half a row says so
)

// A row is one update in the list: its name, and what is known about it.
type row struct{ name, details appkit.TextField }

// detailsWidth is what the details need on one line; nothing when they are
// empty.
func (r row) detailsWidth() float64 {
	if r.details.StringValue() == "" {
		return 0
	}
	return lineWidth(r.details)
}

// stacks tells whether both do not fit beside each other.
func (r row) stacks(width float64) bool {
	return lineWidth(r.name)+rowGap+r.detailsWidth() > width-2*rowInset
}

// height is the height of the row.
func (r row) height(width float64) float64 {
	if !r.stacks(width) {
		return lineHeight(r.name) + rowAir
	}
	h := textHeight(r.name, width-2*rowInset) + rowAir
	if r.detailsWidth() > 0 {
		h += lineHeight(r.details)
	}
	return h
}

// place places the row with its lower edge at y.
func (r row) place(y, width float64, rtl bool) {
	inner, h := width-2*rowInset, r.height(width)
	if r.stacks(width) {
		nameHeight := textHeight(r.name, inner)
		r.name.SetFrame(box(rowInset, y+h-rowAir/2-nameHeight, inner, nameHeight))
		r.details.SetFrame(box(rowInset, y+rowAir/2, inner, lineHeight(r.details)))
		return
	}
	d := r.detailsWidth()
	n := inner - d - rowGap
	nameX, detailsX := float64(rowInset), width-rowInset-d
	if rtl {
		nameX, detailsX = width-rowInset-n, rowInset
	}
	nh, dh := lineHeight(r.name), lineHeight(r.details)
	r.name.SetFrame(box(nameX, y+(h-nh)/2, n, nh))
	r.details.SetFrame(box(detailsX, y+(h-dh)/2, d, dh))
}

// heightOf is the height of all rows.
func heightOf(rows []row, width float64) (all float64) {
	for _, r := range rows {
		all += r.height(width)
	}
	return all
}

// addList adds the updates, each with what is known about it.
func (s *session) addList(p part, updates []words.Item) {
	area := appkit.NewViewWithFrame(box(0, 0, 100, 100))
	area.Retain()
	var rows []row
	for _, u := range updates {
		r := row{newLabel(u.Name, systemFont(0, false), true), newLabel(u.Details, systemFont(-2, false), false)}
		s.alignFor(r.name)
		s.alignFor(r.details)
		area.AddSubview(r.name)
		area.AddSubview(r.details)
		rows = append(rows, r)
	}
	scroll := newScroll(area)
	label(scroll, p.label)
	frame := newFrame(scroll)
	most := (lineHeight(rows[0].name) + rowAir) * rowsShown
	s.add(element{
		block: block{name: p.name, gap: 12, shrinks: true, height: func(w float64) float64 { return min(heightOf(rows, w-2), most) + 2 }},
		view:  frame,
		inside: func(float64, float64) {
			inner := scroll.ContentSize()
			if scrolls := heightOf(rows, inner.Width) > inner.Height+1; scrolls != truth(scroll, "hasVerticalScroller") {
				scroll.SetHasVerticalScroller(scrolls)
				inner = scroll.ContentSize()
			}
			y := max(heightOf(rows, inner.Width), inner.Height)
			area.SetFrame(box(0, 0, inner.Width, y))
			for _, r := range rows { // from the top; AppKit counts upwards
				y -= r.height(inner.Width)
				r.place(y, inner.Width, s.rtl)
			}
			scrollTo(scroll, 0)
		},
	})
	s.lists = append(s.lists, scroll)
	s.watch(p.name, frame)
	s.watch("update 1", rows[0].name)
	s.watch("details 1", rows[0].details)
	s.watch("last update", rows[len(rows)-1].name)
}

// newFrame makes the box around a list: the colour of a text field's ground
// within a hair line. It keeps its content at its own size.
func newFrame(content appkit.IView) appkit.Box {
	const custom = 4
	b := appkit.NewBoxWithFrame(box(0, 0, 100, 100))
	b.Retain()
	objc.Call[objc.Void](b, objc.Sel("setTitlePosition:"), uint64(0))
	objc.Call[objc.Void](b, objc.Sel("setBoxType:"), uint64(custom))
	tell(b, "setBorderType:", uint64(appkit.LineBorder))
	tell(b, "setFillColor:", color("textBackgroundColor"))
	tell(b, "setBorderColor:", color("separatorColor", "gridColor"))
	tell(b, "setCornerRadius:", 6.0)
	tell(b, "setContentViewMargins:", foundation.Size{})
	b.SetContentView(content)
	return b
}

// makeScroll puts an element that has become too high into a scrolling area.
func (e *element) makeScroll(content appkit.View) {
	if e.inside != nil {
		return // it scrolls by itself
	}
	scroll := newScroll(e.view)
	scroll.SetHasVerticalScroller(true)
	content.AddSubview(scroll)
	e.scroll = &scroll
}

// fitInScroll makes the view in the scrolling area as high as it needs to be.
func (e *element) fitInScroll(width float64) {
	inner := e.scroll.ContentSize()
	h := max(e.height(inner.Width), inner.Height)
	e.view.SetFrame(box(0, 0, inner.Width, h))
	scrollTo(*e.scroll, 0)
}

// scrollBy scrolls what can be scrolled, by pages.
func (s *session) scrollBy(pages float64) {
	areas := s.lists
	for _, e := range s.elements {
		if e.scroll != nil {
			areas = append(areas, *e.scroll)
		}
	}
	for _, a := range areas {
		scrollTo(a, pages*0.9)
	}
	s.trace("scrolled")
}

// scrollTo scrolls an area by pages from where it is; 0 means to its top.
func scrollTo(area appkit.ScrollView, pages float64) {
	document := appkit.ViewFrom(get(area, "documentView").Ptr())
	seen, whole := area.DocumentVisibleRect(), document.Frame().Size.Height
	flipped := truth(document, "isFlipped")
	// top is what has been scrolled away above.
	top := seen.Origin.Y
	if !flipped {
		top = whole - seen.Origin.Y - seen.Size.Height
	}
	top += pages * seen.Size.Height
	if pages == 0 {
		top = 0
	}
	top = max(0, min(top, whole-seen.Size.Height))
	if !flipped {
		top = whole - top - seen.Size.Height
	}
	document.ScrollPoint(foundation.Point{Y: top})
}
