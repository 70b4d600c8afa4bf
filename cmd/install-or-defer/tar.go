package main

import (
	"bytes"
	"fmt"
	"time"
)

// An archive is a tar file. It is written by hand because a library would be a
// fortieth of this program.
type archive struct {
	bytes.Buffer
	at time.Time
}

// tarBlock is what everything in a tar file is rounded up to.
const tarBlock = 512

// add adds a file that only its owner may read. A name has at most 99 bytes.
func (a *archive) add(name string, data []byte) {
	header := make([]byte, tarBlock)
	put := func(at int, text string) { copy(header[at:], text) }
	put(0, name)
	put(100, "0000600\x000000000\x000000000\x00")
	put(124, fmt.Sprintf("%011o\x00%011o\x00", len(data), a.at.Unix()))
	put(148, "        ") // stands for the sum while it is reckoned
	put(156, "0")
	put(257, "ustar\x0000")
	sum := 0
	for _, b := range header {
		sum += int(b)
	}
	put(148, fmt.Sprintf("%06o\x00 ", sum))
	a.Write(header)
	a.Write(data)
	a.Write(make([]byte, (tarBlock-len(data)%tarBlock)%tarBlock))
}

// end ends the archive.
func (a *archive) end() []byte {
	a.Write(make([]byte, 2*tarBlock))
	return a.Bytes()
}
