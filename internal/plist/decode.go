package plist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"

	"howett.net/plist"
)

// deepest is how deep the values of a property list may be nested. Settings
// need three levels and profiles eight.
const deepest = 32

// MaxFile bounds the size of a file of preferences that is read, in bytes.
const MaxFile = 64 << 10

// Why a file is no property list that can be used.
var (
	errNotAPlist = errors.New("not a property list in XML or binary form")
	errNotADict  = errors.New("not a dictionary at its root")
)

var (
	errTooDeep = fmt.Errorf("nested deeper than %d levels", deepest)
	errShared  = errors.New("it holds the same list or dictionary many times over")
	errNoValue = errors.New("a key without a value in a dictionary")
	errCut     = errors.New("a value lies outside the file: it is damaged or cut off")
)

// Decode reads a property list of at most most bytes, in XML or binary
// form, whose root is a dictionary. What it returns holds uint64, int64,
// float64, float32, bool, string, []byte, time.Time, []any and map[string]any.
//
// The library takes an empty file for an empty dictionary and any text for the
// old text format, and a file made for the purpose brings it down. So the form
// is checked first, and the library sees only what has the right one.
func Decode(data []byte, most int) (dict map[string]any, err error) {
	if len(data) > most {
		return nil, fmt.Errorf("larger than %d bytes", most)
	}
	if bytes.HasPrefix(data, []byte("bplist00")) {
		err = checkBinary(data)
	} else {
		// A byte order mark and empty lines before the start are the work of
		// text editors.
		data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n")
		err = checkXML(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotAPlist, err)
	}
	defer func() {
		// No file is known that gets here, past the checks. Should there be
		// one, it must not take the root job down.
		if r := recover(); r != nil {
			dict, err = nil, fmt.Errorf("%w: %v", errNotAPlist, r)
		}
	}()
	var root any
	if _, err := plist.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotAPlist, err)
	}
	dict, ok := root.(map[string]any)
	if !ok {
		return nil, errNotADict
	}
	return dict, nil
}

// An openElement is an element of XML whose end has not come yet.
type openElement struct {
	name string
	// keyed is true in a dictionary between a key and its value.
	keyed bool
}

// checkXML makes sure that data is one well-formed <plist> with one value, not
// nested too deep, and that dictionaries are pairs of keys and values.
func checkXML(data []byte) error {
	if !slices.ContainsFunc([]string{"<?xml", "<!DOCTYPE plist", "<plist"}, func(start string) bool {
		return bytes.HasPrefix(data, []byte(start))
	}) {
		return errors.New("it begins neither like XML nor like a binary property list")
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	open := []openElement{{}} // the file itself
	values := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		inside := &open[len(open)-1]
		switch e := token.(type) {
		case xml.StartElement:
			if err := inside.begin(e.Name.Local, len(open)-1, values); err != nil {
				return err
			}
			open = append(open, openElement{name: e.Name.Local})
		case xml.EndElement:
			if inside.keyed {
				return errNoValue
			}
			open = open[:len(open)-1]
			if len(open) <= 2 {
				values++
			}
		case xml.CharData:
			if !inside.leaf() && len(bytes.TrimSpace(e)) > 0 {
				return fmt.Errorf("text between the values: %.80q", bytes.TrimSpace(e))
			}
		}
	}
	if values != 2 {
		return errors.New("there is no value in it")
	}
	return nil
}

// begin says whether an element may begin inside another one that is nested
// depth levels deep, after so many values at the root.
func (o *openElement) begin(name string, depth, values int) error {
	switch {
	case depth > deepest:
		return errTooDeep
	case (depth == 0) != (name == "plist"):
		return fmt.Errorf("<%s> at its root, where one <plist> belongs", name)
	case depth <= 1 && values > 0:
		return errors.New("more than one value at its root")
	case o.leaf():
		return fmt.Errorf("<%s> inside <%s>", name, o.name)
	case o.name != "dict":
		return nil
	case o.keyed && name == "key":
		return errNoValue
	case !o.keyed && name != "key":
		return errors.New("a value without a key in a dictionary")
	}
	o.keyed = name == "key"
	return nil
}

// leaf tells whether the element holds text and no other element.
func (o *openElement) leaf() bool {
	return !slices.Contains([]string{"", "plist", "dict", "array"}, o.name)
}

// A binaryPlist is a binary property list while its form is checked.
type binaryPlist struct {
	data               []byte
	offsetSize, refLen int
	objects, table     int
	// left is how many values may still be met.
	left int
}

// checkBinary makes sure that every value reachable from the root lies inside
// the file, that they are not nested too deep, and that there are not more of
// them than bytes. Only containers that stand in several places make more; no
// writer makes such files, and expanded they could fill any memory.
func checkBinary(data []byte) error {
	const header, trailer = 8, 32
	if len(data) < header+trailer {
		return errCut
	}
	t := data[len(data)-trailer:]
	b := binaryPlist{data: data, offsetSize: int(t[6]), refLen: int(t[7]), left: len(data)}
	if b.offsetSize < 1 || b.offsetSize > 8 || b.refLen < 1 || b.refLen > 8 {
		return errCut
	}
	objects, root, table := bigEndian(t[8:16]), bigEndian(t[16:24]), bigEndian(t[24:32])
	size := uint64(len(data))
	if objects > size || table > size || table <= header || table+objects*uint64(b.offsetSize) != size-trailer {
		return errCut
	}
	b.objects, b.table = int(objects), int(table)
	return b.check(root, 0)
}

// check follows one value.
func (b *binaryPlist) check(object uint64, depth int) error {
	if b.left--; b.left < 0 {
		return errShared
	}
	if depth > deepest {
		return errTooDeep
	}
	if object >= uint64(b.objects) {
		return errCut
	}
	entry := b.table + int(object)*b.offsetSize
	offset := bigEndian(b.data[entry : entry+b.offsetSize])
	if offset < 8 || offset >= uint64(b.table) {
		return errCut
	}
	at := int(offset)
	low := int(b.data[at] & 0x0F)
	switch b.data[at] >> 4 {
	case 0x0: // true, false and the like
		return nil
	case 0x1, 0x2, 0x3: // integer, real, date: 2^low bytes
		return b.inside(at+1, uint64(1)<<low, 1)
	case 0x8: // UID: low+1 bytes
		return b.inside(at+1, uint64(low)+1, 1)
	case 0x4, 0x5: // data, ASCII
		return b.checkCounted(at, 1, 0)
	case 0x6: // UTF-16
		return b.checkCounted(at, 2, 0)
	case 0xA: // array
		return b.checkCounted(at, b.refLen, depth+1)
	case 0xD: // dictionary: keys, then values
		return b.checkCounted(at, 2*b.refLen, depth+1)
	}
	return fmt.Errorf("a value of the unknown type 0x%02x", b.data[at])
}

// checkCounted follows a value that says how many units of size bytes it has.
// With a depth above 0 they are references to other values.
func (b *binaryPlist) checkCounted(at, size, depth int) error {
	count := uint64(b.data[at] & 0x0F)
	at++
	if count == 0x0F { // an integer follows
		if b.inside(at, 1, 1) != nil || b.data[at]>>4 != 0x1 || b.data[at]&0x0F > 3 {
			return errCut
		}
		length := 1 << (b.data[at] & 0x0F)
		if b.inside(at+1, uint64(length), 1) != nil {
			return errCut
		}
		count = bigEndian(b.data[at+1 : at+1+length])
		at += 1 + length
	}
	if err := b.inside(at, count, size); err != nil || depth == 0 {
		return err
	}
	for end := at + int(count)*size; at < end; at += b.refLen {
		if err := b.check(bigEndian(b.data[at:at+b.refLen]), depth); err != nil {
			return err
		}
	}
	return nil
}

// inside makes sure that count units of size bytes from at on lie before the
// table of offsets.
func (b *binaryPlist) inside(at int, count uint64, size int) error {
	if count > uint64(len(b.data)) || at+int(count)*size > b.table {
		return errCut
	}
	return nil
}

func bigEndian(bytes []byte) uint64 {
	var n uint64
	for _, c := range bytes {
		n = n<<8 | uint64(c)
	}
	return n
}
