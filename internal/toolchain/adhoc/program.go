package adhoc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// A program is a thin Mach-O file that is to be signed.
type program struct {
	data  []byte // without the signature that it had; load commands are changed in place
	limit int    // where the signature begins
	page  uint64 // of the processor

	text      segment
	linkedit  int // where its load command stands
	signature int // where that of the signature stands, 0 if there is none
	commands  int // where the load commands end
	firstByte int // of a section: load commands end before it
}

// A segment is where a segment lies in the file.
type segment struct{ offset, size uint64 }

// Numbers of Mach-O files for Macs, which are little endian. Source:
// <mach-o/loader.h>.
const (
	magic64           = 0xfeedfacf
	typeExecute       = 2
	cpuARM64          = 0x0100000c
	headerSize        = 32
	loadSegment64     = 0x19
	loadCodeSignature = 0x1d
	segmentCommand    = 72
	sectionSize       = 80
	signatureCommand  = 16
)

var le = binary.LittleEndian

// readProgram finds what signing needs to know.
func readProgram(data []byte) (*program, error) {
	if len(data) < headerSize || le.Uint32(data) != magic64 || le.Uint32(data[12:]) != typeExecute {
		return nil, errors.New("not a 64-bit program for Macs")
	}
	p := &program{data: append([]byte(nil), data...), page: 0x1000, firstByte: len(data)}
	if le.Uint32(data[4:]) == cpuARM64 {
		p.page = 0x4000
	}
	count, end := int(le.Uint32(data[16:])), headerSize+int(le.Uint32(data[20:]))
	if end > len(data) {
		return nil, errors.New("its load commands are cut off")
	}
	at := headerSize
	for range count {
		if at+8 > end {
			return nil, errors.New("its load commands are cut off")
		}
		size := int(le.Uint32(data[at+4:]))
		if size < 8 || at+size > end {
			return nil, fmt.Errorf("it has a load command of %d bytes", size)
		}
		if err := p.command(at, size); err != nil {
			return nil, err
		}
		at += size
	}
	if p.commands = at; at != end {
		return nil, errors.New("its load commands do not end where they should")
	}
	return p, p.cut()
}

// command takes one load command.
func (p *program) command(at, size int) error {
	switch le.Uint32(p.data[at:]) {
	case loadSegment64:
		if size < segmentCommand {
			return fmt.Errorf("it has a segment of %d bytes", size)
		}
		p.segment(at, size)
	case loadCodeSignature:
		if size != signatureCommand {
			return fmt.Errorf("it has a signature command of %d bytes", size)
		}
		p.signature = at
	}
	return nil
}

func (p *program) segment(at, size int) {
	name, _, _ := strings.Cut(string(p.data[at+8:at+24]), "\x00")
	switch name {
	case "__TEXT":
		p.text = segment{le.Uint64(p.data[at+40:]), le.Uint64(p.data[at+48:])}
	case "__LINKEDIT":
		p.linkedit = at
	}
	for s := at + segmentCommand; s+sectionSize <= at+size; s += sectionSize {
		if offset := int(le.Uint32(p.data[s+48:])); offset > 0 {
			p.firstByte = min(p.firstByte, offset)
		}
	}
}

// cut takes the signature that there is off, and finds where the new one begins.
func (p *program) cut() error {
	if p.linkedit == 0 || p.text.size == 0 {
		return errors.New("it has no __TEXT or no __LINKEDIT segment")
	}
	offset, size := le.Uint64(p.data[p.linkedit+40:]), le.Uint64(p.data[p.linkedit+48:])
	end := offset + size
	if end < offset || end > uint64(len(p.data)) || end > 1<<31 {
		return errors.New("its __LINKEDIT segment ends behind the file")
	}
	if len(p.data)-int(end) >= signatureAlignment {
		return errors.New("something stands behind its __LINKEDIT segment")
	}
	if p.signature != 0 {
		begin := uint64(le.Uint32(p.data[p.signature+8:]))
		if begin < offset || begin > end {
			return errors.New("its signature is outside of its __LINKEDIT segment")
		}
		end = begin
	}
	p.limit = (int(end) + signatureAlignment - 1) / signatureAlignment * signatureAlignment
	p.data = append(p.data[:end:end], make([]byte, p.limit-int(end))...)
	return nil
}

// makeRoom changes the load commands for a signature of a size.
func (p *program) makeRoom(size int) error {
	if p.signature == 0 {
		if p.commands+signatureCommand > min(p.firstByte, p.limit) {
			return errors.New("there is no room for the load command of a signature")
		}
		p.signature = p.commands
		le.PutUint32(p.data[p.signature:], loadCodeSignature)
		le.PutUint32(p.data[p.signature+4:], signatureCommand)
		le.PutUint32(p.data[16:], le.Uint32(p.data[16:])+1)
		le.PutUint32(p.data[20:], le.Uint32(p.data[20:])+signatureCommand)
	}
	le.PutUint32(p.data[p.signature+8:], uint32(p.limit))
	le.PutUint32(p.data[p.signature+12:], uint32(size))
	filesize := uint64(p.limit+size) - le.Uint64(p.data[p.linkedit+40:])
	le.PutUint64(p.data[p.linkedit+48:], filesize)
	le.PutUint64(p.data[p.linkedit+32:], (filesize+p.page-1)/p.page*p.page)
	return nil
}
