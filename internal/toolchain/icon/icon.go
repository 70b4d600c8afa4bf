// Package icon draws the application's icon and writes it as macOS wants it.
// The drawing is a formula, so the icon's source is this file, and it is sharp
// at every size.
package icon

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// Draw draws the icon, size pixels along each side: an arrow that goes round
// most of a clock, on a rounded square with the margin of Apple's icons.
func Draw(size int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	// Each pixel is the mean of samples along both sides.
	samples := 4
	if size >= 512 {
		samples = 3
	}
	for y := range size {
		for x := range size {
			var sum shade
			for i := range samples * samples {
				u := (float64(x) + (float64(i%samples)+0.5)/float64(samples)) / float64(size)
				v := (float64(y) + (float64(i/samples)+0.5)/float64(samples)) / float64(size)
				sum = sum.plus(at(u, v))
			}
			img.SetNRGBA(x, y, sum.mean(samples*samples))
		}
	}
	return img
}

// A shade is a colour times its coverage.
type shade struct{ r, g, b, a float64 }

func (s shade) plus(t shade) shade { return shade{s.r + t.r, s.g + t.g, s.b + t.b, s.a + t.a} }

func (s shade) mean(n int) color.NRGBA {
	if s.a == 0 {
		return color.NRGBA{}
	}
	c := func(v float64) uint8 { return uint8(math.Round(255 * v / s.a)) }
	return color.NRGBA{c(s.r), c(s.g), c(s.b), uint8(math.Round(255 * s.a / float64(n)))}
}

// mix goes from one colour to the other as t goes from 0 to 1.
func mix(from, to shade, t float64) shade {
	t = max(0, min(1, t))
	m := func(a, b float64) float64 { return a + (b-a)*t }
	return shade{m(from.r, to.r), m(from.g, to.g), m(from.b, to.b), 1}
}

var (
	sky   = shade{0.30, 0.70, 1.00, 1}
	ocean = shade{0.02, 0.36, 0.90, 1}
	white = shade{1, 1, 1, 1}
)

// at is the icon at a point; both coordinates go from 0 to 1, v downwards.
func at(u, v float64) shade {
	x, y := u-0.5, v-0.5
	const half, exponent = 0.402, 5.0 // a square that is round all over
	edge := math.Pow(math.Abs(x)/half, exponent) + math.Pow(math.Abs(y)/half, exponent)
	if edge > 1 {
		return shadow(x, y)
	}
	if onMark(x, y) {
		return white
	}
	return mix(sky, ocean, (v-0.1)/0.8)
}

// shadow falls a little below the square.
func shadow(x, y float64) shade {
	d := math.Pow(math.Pow(math.Abs(x)/0.41, 5)+math.Pow(math.Abs(y-0.012)/0.41, 5), 0.2)
	a := max(0, 0.28*(1.035-d)/0.035)
	return shade{0, 0, 0, min(a, 0.28)}
}

// onMark tells whether a point lies on the white drawing: a ring that is open
// at the upper right and ends in an arrow head, and the two hands of a clock.
func onMark(x, y float64) bool {
	const radius, thick = 0.235, 0.021
	r, angle := math.Hypot(x, y), math.Atan2(x, -y) // clockwise from the top
	if angle < 0 {
		angle += 2 * math.Pi
	}
	const opens, closes = 0.20, 1.02 // the gap, in radians
	if math.Abs(r-radius) <= thick && (angle <= opens-0.2 || angle >= closes) {
		return true
	}
	// Round ends, and the head at the beginning of the gap.
	if roundEnd(x, y, radius, closes, thick) {
		return true
	}
	if onHead(x, y, radius) {
		return true
	}
	return onHand(x, y, 0, -0.122, thick*0.95) || onHand(x, y, 0.088, 0.052, thick*0.95)
}

func roundEnd(x, y, radius, angle, thick float64) bool {
	return math.Hypot(x-radius*math.Sin(angle), y+radius*math.Cos(angle)) <= thick
}

// onHead is the arrow head: it points clockwise at the top of the ring.
func onHead(x, y, radius float64) bool {
	const length, width = 0.092, 0.066
	along, across := x+0.012, y+radius
	return along >= 0 && along <= length && math.Abs(across) <= width*(1-along/length)
}

// onHand is a line from the middle to a point, with round ends.
func onHand(x, y, toX, toY, thick float64) bool {
	t := max(0, min(1, (x*toX+y*toY)/(toX*toX+toY*toY)))
	return math.Hypot(x-t*toX, y-t*toY) <= thick
}

// icnsTypes are the pictures of an .icns file that are PNG inside, with their
// sizes in pixels. The ones for Retina come beside the plain ones.
var icnsTypes = []struct {
	kind string
	size int
}{
	{"icp4", 16}, {"icp5", 32}, {"ic11", 32}, {"ic12", 64},
	{"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024},
}

// ICNS returns the icon as the content of an .icns file.
func ICNS() ([]byte, error) {
	pictures := map[int][]byte{}
	var body bytes.Buffer
	for _, t := range icnsTypes {
		if pictures[t.size] == nil {
			data, err := PNG(t.size)
			if err != nil {
				return nil, err
			}
			pictures[t.size] = data
		}
		body.WriteString(t.kind)
		binary.Write(&body, binary.BigEndian, uint32(8+len(pictures[t.size])))
		body.Write(pictures[t.size])
	}
	file := []byte("icns")
	file = binary.BigEndian.AppendUint32(file, uint32(8+body.Len()))
	return append(file, body.Bytes()...), nil
}

// PNG returns the icon as a PNG of that many pixels along each side.
func PNG(size int) ([]byte, error) {
	var data bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&data, Draw(size)); err != nil {
		return nil, fmt.Errorf("draw the icon at %d pixels: %w", size, err)
	}
	return data.Bytes(), nil
}
