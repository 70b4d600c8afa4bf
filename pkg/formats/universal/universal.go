// Package universal joins programs built for one processor each into a
// universal one, and takes universal ones apart.
//
// A universal file is a big-endian table in front of whole Mach-O files:
// magic, count, and for each slice its processor type and subtype, offset,
// size and alignment (as a power of two). Source: Apple's <mach-o/fat.h>.
package universal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// A CPU is a processor type as Mach-O numbers it.
type CPU uint32

// The processors that Macs have.
const (
	X86_64 CPU = 0x01000007
	ARM64  CPU = 0x0100000c
)

func (c CPU) String() string {
	switch c {
	case X86_64:
		return "x86_64"
	case ARM64:
		return "arm64"
	}
	return fmt.Sprintf("processor type %#x", uint32(c))
}

// align is the page size of the processor, as a power of two; the kernel maps
// a slice by whole pages.
func (c CPU) align() uint32 {
	if c == ARM64 {
		return 14
	}
	return 12
}

// A Slice is the program for one processor.
type Slice struct {
	CPU     CPU
	Subtype uint32
	Data    []byte
}

const (
	fatMagic   = 0xcafebabe // big endian
	machoMagic = 0xfeedfacf // 64 bit, little endian
	headerSize = 8
	archSize   = 20
	// maxSlices keeps Java class files, which share the magic number, from
	// being taken for programs: their count is a version of 45 or more.
	maxSlices = 8
)

// ErrNotUniversal says that a file is no universal program.
var ErrNotUniversal = errors.New("not a universal program")

// readSlice reads the processor from the header of a Mach-O file.
func readSlice(data []byte) (Slice, error) {
	if len(data) < 32 || binary.LittleEndian.Uint32(data) != machoMagic {
		return Slice{}, errors.New("not a 64-bit Mach-O program")
	}
	return Slice{
		CPU:     CPU(binary.LittleEndian.Uint32(data[4:])),
		Subtype: binary.LittleEndian.Uint32(data[8:]),
		Data:    data,
	}, nil
}

// Join makes a universal program of one program per processor.
func Join(programs ...[]byte) ([]byte, error) {
	var parts []Slice
	for i, p := range programs {
		s, err := readSlice(p)
		if err != nil {
			return nil, fmt.Errorf("program %d: %w", i+1, err)
		}
		parts = append(parts, s)
	}
	// By processor, as lipo orders them, whatever the order of the arguments.
	slices.SortFunc(parts, func(a, b Slice) int { return int(a.CPU) - int(b.CPU) })
	for i := 1; i < len(parts); i++ {
		if parts[i].CPU == parts[i-1].CPU {
			return nil, fmt.Errorf("two programs for %v", parts[i].CPU)
		}
	}
	if len(parts) == 0 || len(parts) > maxSlices {
		return nil, fmt.Errorf("%d programs cannot be joined", len(parts))
	}
	head := binary.BigEndian.AppendUint32(nil, fatMagic)
	head = binary.BigEndian.AppendUint32(head, uint32(len(parts)))
	var body bytes.Buffer
	start := headerSize + archSize*len(parts)
	for _, s := range parts {
		page := 1 << s.CPU.align()
		end := start + body.Len()
		body.Write(make([]byte, (page-end%page)%page))
		for _, v := range []uint32{uint32(s.CPU), s.Subtype, uint32(start + body.Len()), uint32(len(s.Data)), s.CPU.align()} {
			head = binary.BigEndian.AppendUint32(head, v)
		}
		body.Write(s.Data)
	}
	if int64(start)+int64(body.Len()) > 1<<32-1 {
		return nil, errors.New("the programs are too large to be joined")
	}
	return append(head, body.Bytes()...), nil
}

// Slices takes a universal program apart. The error wraps ErrNotUniversal if
// data is something else.
func Slices(data []byte) ([]Slice, error) {
	if len(data) < headerSize || binary.BigEndian.Uint32(data) != fatMagic {
		return nil, ErrNotUniversal
	}
	n := binary.BigEndian.Uint32(data[4:])
	if n == 0 || n > maxSlices || len(data) < headerSize+archSize*int(n) {
		return nil, fmt.Errorf("%w: a table of %d slices", ErrNotUniversal, n)
	}
	var out []Slice
	for i := range int(n) {
		arch := data[headerSize+archSize*i:]
		cpu := CPU(binary.BigEndian.Uint32(arch))
		offset, size := uint64(binary.BigEndian.Uint32(arch[8:])), uint64(binary.BigEndian.Uint32(arch[12:]))
		if offset+size > uint64(len(data)) {
			return nil, fmt.Errorf("the slice for %v ends outside the file", cpu)
		}
		s, err := readSlice(data[offset : offset+size])
		if err != nil {
			return nil, fmt.Errorf("the slice for %v: %w", cpu, err)
		}
		if s.CPU != cpu {
			return nil, fmt.Errorf("the slice for %v is a program for %v", cpu, s.CPU)
		}
		out = append(out, s)
	}
	return out, nil
}
