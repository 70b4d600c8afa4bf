package plist

import (
	"slices"
	"strings"
	"testing"
	"time"

	howett "howett.net/plist"
)

func xmlPlist(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n" +
		`<plist version="1.0">` + body + `</plist>` + "\n"
}

func TestDecode(t *testing.T) {
	body := "<dict><key>UpdateDelay</key><integer>60</integer></dict>"
	binary, err := howett.Marshal(map[string]any{"UpdateDelay": 60}, howett.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	for about, data := range map[string]string{
		"XML":                           xmlPlist(body),
		"XML after a byte order mark":   "\xEF\xBB\xBF" + xmlPlist(body),
		"XML after empty lines":         "\r\n \t" + xmlPlist(body),
		"XML with comments":             xmlPlist("<!-- <dict> -->" + body + "<!-- end -->"),
		"XML without the opening lines": "<plist>" + body + "</plist>",
		"binary":                        string(binary),
	} {
		dict, err := Decode([]byte(data), MaxFile)
		if err != nil || dict["UpdateDelay"] != uint64(60) {
			t.Errorf("%s: %v, %v", about, dict, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat("<array>", 40) + strings.Repeat("</array>", 40)
	for about, c := range map[string]struct{ data, want string }{
		"an empty file":              {"", "begins neither"},
		"blanks":                     {" \n\t ", "begins neither"},
		"zero bytes":                 {"\x00\x00\x00\x00", "begins neither"},
		"the old text format":        {"{ UpdateDelay = 60; }", "begins neither"},
		"JSON":                       {`{"UpdateDelay": 60}`, "begins neither"},
		"another XML file":           {"<?xml version='1.0'?><html></html>", "<html> at its root"},
		"an empty plist":             {xmlPlist(""), "no value"},
		"no element":                 {"<?xml version='1.0'?>", "no value"},
		"an array at the root":       {xmlPlist("<array/>"), "not a dictionary"},
		"a text at the root":         {xmlPlist("<string>x</string>"), "not a dictionary"},
		"two values":                 {xmlPlist("<dict/><dict/>"), "more than one value"},
		"two property lists":         {xmlPlist("<dict/>") + "<plist/>", "more than one value"},
		"a plist in a plist":         {xmlPlist("<plist><dict/></plist>"), "<plist> at its root"},
		"a cut file":                 {xmlPlist("<dict><key>a</key><integer>1</integer></dict>")[:200], "EOF"},
		"too deep":                   {xmlPlist("<dict><key>a</key>" + deep + "</dict>"), "nested deeper"},
		"text between":               {xmlPlist("<dict>oops<key>a</key><true/></dict>"), "text between"},
		"an element inside":          {xmlPlist("<dict><key>a</key><string>x<b/></string></dict>"), "<b> inside <string>"},
		"a key without a value":      {xmlPlist("<dict><key>a</key></dict>"), "a key without a value"},
		"a value without a key":      {xmlPlist("<dict><true/></dict>"), "a value without a key"},
		"two keys in a row":          {xmlPlist("<dict><key>a</key><key>b</key><true/></dict>"), "a key without a value"},
		"an unknown element":         {xmlPlist("<dict><key>a</key><null/></dict>"), "unknown element null"},
		"no number":                  {xmlPlist("<dict><key>a</key><integer>x</integer></dict>"), "invalid syntax"},
		"another encoding":           {"<?xml version='1.0' encoding='UTF-16'?><plist><dict/></plist>", "encoding"},
		"too large":                  {xmlPlist("<dict/>") + strings.Repeat(" ", MaxFile), "larger than"},
		"a bare binary head":         {"bplist00", "outside the file"},
		"binary of zeros":            {"bplist00" + strings.Repeat("\x00", 100), "outside the file"},
		"binary version 15":          {"bplist15" + strings.Repeat("\x00", 100), "begins neither"},
		"the same list many times":   {string(bomb()), "many times over"},
		"a list in itself":           {string(binaryPlistOf([]byte{0xD1, 1, 2}, []byte{0x51, 'a'}, []byte{0xA1, 2})), "nested deeper"},
		"more values than there are": {string(binaryPlistOf([]byte{0xD1, 1, 9}, []byte{0x51, 'a'})), "outside the file"},
		"a text past the end":        {string(binaryPlistOf([]byte{0x5F, 0x13, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFB})), "outside the file"},
		"a table beyond the file":    {trailer(func(t []byte) { t[30] = 0xFF }), "outside the file"},
		"offsets of no bytes":        {trailer(func(t []byte) { t[6] = 0 }), "outside the file"},
		"a root that is not there":   {trailer(func(t []byte) { t[23] = 9 }), "outside the file"},
		"an offset into the head":    {"bplist00\xD0\x00\x07" + trailer(func([]byte) {})[len("bplist00\xD0\x00\x08"):], "outside the file"},
		"an unknown type":            {string(binaryPlistOf([]byte{0x70})), "unknown type 0x70"},
		"a count that is no number":  {string(binaryPlistOf([]byte{0xDF, 0x51, 0})), "outside the file"},
		"a count that is cut off":    {string(binaryPlistOf([]byte{0xDF, 0x13, 0})), "outside the file"},
		"a number that is cut off":   {string(binaryPlistOf([]byte{0xD1, 1, 2}, []byte{0x51, 'a'}, []byte{0x13})), "outside the file"},
	} {
		dict, err := Decode([]byte(c.data), MaxFile)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want %q", about, dict, err, c.want)
		}
	}
}

// binaryPlistOf puts objects into a binary property list; the first is its
// root.
func binaryPlistOf(objects ...[]byte) []byte {
	data := []byte("bplist00")
	var table []byte
	for _, o := range objects {
		table = append(table, byte(len(data)>>8), byte(len(data)))
		data = append(data, o...)
	}
	at := len(data)
	data = append(data, table...)
	trailer := make([]byte, 32)
	trailer[6], trailer[7] = 2, 1
	trailer[15] = byte(len(objects))
	trailer[30], trailer[31] = byte(at>>8), byte(at)
	return append(data, trailer...)
}

// trailer returns an empty dictionary whose trailer was changed.
func trailer(change func([]byte)) string {
	data := binaryPlistOf([]byte{0xD0})
	change(data[len(data)-32:])
	return string(data)
}

// bomb returns lists of lists that would be 10^12 values when written out.
func bomb() []byte {
	objects := [][]byte{{0xD1, 1, 2}, {0x51, 'a'}}
	for i := range 12 {
		next := byte(i + 3)
		objects = append(objects, append([]byte{0xAA}, slices.Repeat([]byte{next}, 10)...))
	}
	return binaryPlistOf(append(objects, []byte{0x09})...)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(xmlPlist("<dict><key>UpdateDelay</key><integer>60</integer><key>a</key><array><real>1.5</real><data>AAAA</data><date>2026-01-01T00:00:00Z</date></array></dict>")))
	binary, _ := howett.Marshal(map[string]any{"a": []any{1, -1, 1.5, "x", "ü", true, []byte{1}, time.Unix(0, 0), map[string]any{}}}, howett.BinaryFormat)
	f.Add(binary)
	f.Add(bomb())
	f.Add([]byte("bplist00"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		dict, err := Decode(data, MaxFile)
		if (err == nil) != (dict != nil) {
			t.Errorf("values %v and error %v", dict, err)
		}
		if err != nil {
			return
		}
		again, err := Encode(dict)
		if err != nil {
			return // a UID, say, which the library only reads
		}
		if _, err := Decode(again, 2*MaxFile); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
