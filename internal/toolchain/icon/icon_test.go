package icon

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"testing"
)

func TestTheICNSFileHoldsEachSizeOnceAndNothingElse(t *testing.T) {
	data, err := ICNS()
	if err != nil {
		t.Fatal(err)
	}
	if string(data[:4]) != "icns" || int(binary.BigEndian.Uint32(data[4:])) != len(data) {
		t.Fatalf("the head is %q with %d bytes of %d", data[:4], binary.BigEndian.Uint32(data[4:]), len(data))
	}
	seen := map[string]bool{}
	for rest := data[8:]; len(rest) > 0; {
		kind, size := string(rest[:4]), int(binary.BigEndian.Uint32(rest[4:]))
		if size < 8 || size > len(rest) || seen[kind] {
			t.Fatalf("%q with %d bytes of %d, seen before: %v", kind, size, len(rest), seen[kind])
		}
		seen[kind] = true
		img, err := png.Decode(bytes.NewReader(rest[8:size]))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for _, want := range icnsTypes {
			if want.kind == kind && (img.Bounds().Dx() != want.size || img.Bounds().Dy() != want.size) {
				t.Errorf("%s is %v, not %d pixels", kind, img.Bounds(), want.size)
			}
		}
		rest = rest[size:]
	}
	if len(seen) != len(icnsTypes) {
		t.Errorf("%d pictures, not %d", len(seen), len(icnsTypes))
	}
}

func TestTheIconIsRoundedOnATransparentGround(t *testing.T) {
	img := Draw(128)
	if a := img.NRGBAAt(0, 0).A; a != 0 {
		t.Errorf("the corner has opacity %d", a)
	}
	if c := img.NRGBAAt(64, 110); c.A != 255 || c.B < 200 {
		t.Errorf("the ground is %v", c)
	}
	if c := img.NRGBAAt(64, 60); c.R < 240 || c.G < 240 {
		t.Errorf("the hand is %v and not white", c)
	}
}
