package tool

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
)

func TestOutputUpToTheBoundIsKeptWhole(t *testing.T) {
	all := numbered(MaxOutput)
	var o output
	for piece := range slices.Chunk(all, 1000) {
		o.add(piece)
	}
	if !bytes.Equal(o.bytes(), all) || o.left != 0 {
		t.Errorf("kept %d bytes of %d, left out %d", len(o.bytes()), len(all), o.left)
	}
}

func TestOfLongerOutputTheMiddleIsCutOut(t *testing.T) {
	for _, extra := range []int{1, 999, half, half + 1, 2*MaxOutput + 7} {
		all := numbered(MaxOutput + extra)
		for _, size := range []int{999, 32 << 10, half, half + 1, 4 * MaxOutput} {
			var o output
			for piece := range slices.Chunk(all, size) {
				o.add(piece)
			}
			want := append([]byte(nil), all[:half]...)
			want = fmt.Appendf(want, "\n[%d bytes were left out here]\n", extra)
			want = append(want, all[len(all)-half:]...)
			if !bytes.Equal(o.bytes(), want) {
				t.Errorf("%d bytes in pieces of %d: not the first and the last half", len(all), size)
			}
		}
	}
}

// numbered returns n bytes of which no two aligned groups of four are alike.
func numbered(n int) []byte {
	b := make([]byte, 0, n+4)
	for i := uint32(0); len(b) < n; i++ {
		b = binary.BigEndian.AppendUint32(b, i)
	}
	return b[:n]
}
