package driver

import (
	"image"
	"image/color"
	"math"
)

// Frame gives a picture of a window what macOS gives the window itself: round
// corners and a shadow, on a transparent ground. Scale is the number of pixels
// to a point.
func Frame(window image.Image, scale int) *image.NRGBA {
	const cornerPoints, shadowPoints, fallPoints, dark = 10, 22, 8, 0.5
	corner, shadow, fall := float64(cornerPoints*scale), float64(shadowPoints*scale), float64(fallPoints*scale)
	b := window.Bounds()
	w, h, room := b.Dx(), b.Dy(), int(shadow)+int(fall)
	out := image.NewNRGBA(image.Rect(0, 0, w+2*room, h+2*room))
	for y := range h + 2*room {
		for x := range w + 2*room {
			px, py := float64(x-room)+0.5, float64(y-room)+0.5
			below := dark * fade(outside(px, py-fall, float64(w), float64(h), corner)/shadow)
			c := color.NRGBA{A: uint8(255 * below)}
			// Half a pixel of either side of the edge is mixed.
			if covers := clamp(0.5 - outside(px, py, float64(w), float64(h), corner)); covers > 0 {
				r, g, bl, _ := window.At(b.Min.X+max(0, min(w-1, x-room)), b.Min.Y+max(0, min(h-1, y-room))).RGBA()
				a := covers + below*(1-covers)
				mix := func(v uint32) uint8 { return uint8(float64(v>>8) * covers / a) }
				c = color.NRGBA{mix(r), mix(g), mix(bl), uint8(255 * a)}
			}
			out.SetNRGBA(x, y, c)
		}
	}
	return out
}

// fade goes smoothly from 1 well inside, at -1, to 0 outside, at 1.
func fade(distance float64) float64 {
	t := clamp((1 - distance) / 2)
	return t * t * (3 - 2*t) * t
}

func clamp(v float64) float64 { return max(0, min(1, v)) }

// outside is the distance of a point from a rectangle with round corners,
// negative inside.
func outside(x, y, w, h, corner float64) float64 {
	dx, dy := math.Abs(x-w/2)-w/2+corner, math.Abs(y-h/2)-h/2+corner
	return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - corner
}
