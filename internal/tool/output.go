package tool

import "fmt"

// An output keeps the first and the last half of MaxOutput bytes of a stream.
type output struct {
	head []byte
	// tail is a ring once it is full; next is where its oldest byte lies.
	tail []byte
	next int
	left int64 // bytes left out between the two
}

const half = MaxOutput / 2

func (o *output) add(p []byte) {
	if room := half - len(o.head); room > 0 {
		n := min(room, len(p))
		o.head = append(o.head, p[:n]...)
		p = p[n:]
	}
	if room := half - len(o.tail); room > 0 {
		n := min(room, len(p))
		o.tail = append(o.tail, p[:n]...)
		p = p[n:]
	}
	o.left += int64(len(p))
	for len(p) > 0 {
		n := copy(o.tail[o.next:], p)
		o.next = (o.next + n) % half
		p = p[n:]
	}
}

// bytes returns what was kept.
func (o *output) bytes() []byte {
	all := append([]byte(nil), o.head...)
	if o.left > 0 {
		all = fmt.Appendf(all, "\n[%d bytes were left out here]\n", o.left)
	}
	all = append(all, o.tail[o.next:]...)
	return append(all, o.tail[:o.next]...)
}
