package display

import (
	"encoding/binary"
	"image/color"
	"testing"
)

// dump writes an X window dump of one colour, as Xvfb does.
func dump(width, height int, c color.NRGBA) []byte {
	const header, colors = 160, 256
	data := make([]byte, header+12*colors+4*width*height)
	for i, v := range map[int]int{0: header, 1: 7, 4: width, 5: height, 11: 32, 12: 4 * width, 19: colors} {
		binary.BigEndian.PutUint32(data[4*i:], uint32(v))
	}
	for i := header + 12*colors; i < len(data); i += 4 {
		copy(data[i:], []byte{c.B, c.G, c.R, 0})
	}
	return data
}

func TestAWindowDumpIsReadWithItsColours(t *testing.T) {
	want := color.NRGBA{R: 10, G: 20, B: 30, A: 255}
	img, err := decodeXWD(dump(7, 5, want))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 7 || b.Dy() != 5 || img.NRGBAAt(6, 4) != want {
		t.Errorf("%v, %v", b, img.NRGBAAt(6, 4))
	}
}

func FuzzWindowDump(f *testing.F) {
	whole := dump(3, 3, color.NRGBA{})
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(whole[:50])
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := decodeXWD(data)
		if err == nil && 4*img.Bounds().Dx()*img.Bounds().Dy() > len(data) {
			t.Errorf("a picture of %v out of %d bytes", img.Bounds(), len(data))
		}
	})
}
