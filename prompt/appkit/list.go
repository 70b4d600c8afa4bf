//go:build cgo && (darwin || gnustep)

package appkit

import (
	"github.com/progrium/darwinkit/macos/appkit"
	"github.com/progrium/darwinkit/macos/foundation"
	"github.com/progrium/darwinkit/objc"

	"installordefer/prompt"
)

const (
	rowInset  = 10  // between the list's edge and its texts
	rowAir    = 10  // above and below a row's text, together
	rowsShown = 5.5 // a list that is longer scrolls, and half a row says so
)

// addList adds the updates, each with what is known about it.
func (s *session) addList(updates []prompt.Item) {
	rows := appkit.NewViewWithFrame(box(0, 0, 100, 100))
	rows.Retain()
	names, details := make([]appkit.TextField, len(updates)), make([]appkit.TextField, len(updates))
	for i, u := range updates {
		names[i] = newLabel(prompt.Name(u.Title, u.Version), systemFont(0, false), false)
		names[i].SetToolTip(text(prompt.Name(u.Title, u.Version)))
		details[i] = newLabel(u.Details(), systemFont(-2, false), false)
		details[i].SetTextColor(faintColor())
		s.alignFor(names[i])
		rows.AddSubview(names[i])
		rows.AddSubview(details[i])
	}
	rowHeight := lineHeight(names[0]) + rowAir
	whole := rowHeight * float64(len(updates))

	scroll := newScroll(rows)
	tell(scroll, "setAccessibilityLabel:", foundation.String_StringWithString("Updates"))
	frame := newFrame(scroll)
	s.add(element{
		block: block{name: "updates", gap: 12, shrinks: true, height: func(float64) float64 { return min(whole, rowHeight*rowsShown) + 2 }},
		view:  frame,
		inside: func(float64, float64) {
			inner := scroll.ContentSize()
			if scrolls := whole > inner.Height+1; scrolls != truth(scroll, "hasVerticalScroller") {
				scroll.SetHasVerticalScroller(scrolls)
				inner = scroll.ContentSize()
			}
			high := max(whole, inner.Height)
			rows.SetFrame(box(0, 0, inner.Width, high))
			for i := range updates {
				// Rows count from the top, AppKit from the bottom.
				s.placeRow(names[i], details[i], high-rowHeight*float64(i+1), inner.Width, rowHeight)
			}
			scrollTo(scroll, 0)
		},
	})
	s.lists = append(s.lists, scroll)
	s.watch("updates", frame)
	s.watch("update 1", names[0])
	s.watch("details 1", details[0])
	s.watch("last update", names[len(names)-1])
}

// placeRow gives the details what they need and the name the rest.
func (s *session) placeRow(name, details appkit.TextField, y, width, height float64) {
	d := 0.0
	if details.StringValue() != "" {
		d = min(lineWidth(details), width*0.6)
	}
	n := width - 2*rowInset - d - 8
	nameX, detailsX := float64(rowInset), width-rowInset-d
	if s.rtl {
		nameX, detailsX = width-rowInset-n, rowInset
	}
	nh, dh := lineHeight(name), lineHeight(details)
	name.SetFrame(box(nameX, y+(height-nh)/2, n, nh))
	details.SetFrame(box(detailsX, y+(height-dh)/2, d, dh))
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
