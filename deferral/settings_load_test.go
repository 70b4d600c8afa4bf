package deferral

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"howett.net/plist"
)

const testID = "com.example.updates"

// files is a disk: content by path; nil content cannot be read.
type files map[string]any

func (f files) read(path string) ([]byte, error) {
	content, ok := f[path]
	switch c := content.(type) {
	case nil:
		if ok {
			return nil, errors.New("input/output error")
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case string:
		return []byte(c), nil
	default:
		return plist.Marshal(c, plist.BinaryFormat)
	}
}

// loadLayers reads the layers of the program with the identifier id, the
// highest first, as ReadFiles does. A file that cannot be read is a problem and
// is left out.
func loadLayers(read func(path string) ([]byte, error), id string) ([]Layer, []Problem) {
	f := ReadFiles(read, id)
	return f.layers(), f.Problems()
}

func TestTheProfileIsReadOverTheOriginalsAndTheLocalPreferences(t *testing.T) {
	disk := files{
		"/Library/Managed Preferences/com.example.updates.plist":                      map[string]any{"UpdateDelay": 61},
		"/Library/Managed Preferences/com.github.wavebirddash.install-or-defer.plist": map[string]any{"UpdateDelay": 62, "DeferralPeriod": 3602},
		"/Library/Managed Preferences/com.github.mpanighetti.install-or-defer.plist":  map[string]any{"UpdateDelay": 63, "DeferralPeriod": 3603, "HardRestartDelay": 63},
		"/Library/Preferences/com.example.updates.plist":                              map[string]any{"HardRestartDelay": 64, "SupportContact": "four"},
		"/Library/Preferences/com.github.mpanighetti.install-or-defer.plist": map[string]any{"SupportContact": "five", "DeferButtonLabel": "five",
			"UpdatesForcedAfter": 1700000000, "UpdateList": "x", "InstallTogether": true},
	}
	layers, problems := loadLayers(disk.read, testID)
	set, sources, more := ReadSettings(layers...)
	if problems = append(problems, more...); len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	if set.UpdateDelay != 61*time.Second || set.DeferralPeriod != 3602*time.Second || set.HardRestartDelay != 63*time.Second ||
		set.SupportContact != "four" || set.DeferButtonLabel != "five" {
		t.Errorf("got %+v", set)
	}
	if set.InstallTogether {
		t.Error("a key that the original never had was read from its preferences")
	}
	if got := sources["DeferralPeriod"]; got != "profile for com.github.wavebirddash.install-or-defer" {
		t.Errorf("DeferralPeriod comes from %q", got)
	}
}

func TestAFileThatCannotBeReadIsReportedAndLeftOut(t *testing.T) {
	disk := files{
		ProfilePath(testID): nil,
		LocalPath(testID):   map[string]any{"UpdateDelay": 60},
	}
	disk[ProfilePath(UpstreamIDs[0])] = "half a file"
	layers, problems := loadLayers(disk.read, testID)
	if len(layers) != 1 || layers[0].Name != LocalLayer {
		t.Errorf("layers: %v", layers)
	}
	if len(problems) != 2 || problems[0].Key != ProfilePath(testID) || !strings.Contains(problems[0].Reason, "input/output error") {
		t.Errorf("problems: %v", problems)
	}
}

func TestTheOriginalsOwnIdentifierIsReadOnce(t *testing.T) {
	disk := files{ProfilePath(UpstreamIDs[1]): map[string]any{"InstallTogether": true}}
	layers, _ := loadLayers(disk.read, UpstreamIDs[1])
	if len(layers) != 1 || layers[0].Name != ProfileLayer || layers[0].Values["InstallTogether"] != true {
		t.Errorf("layers: %v", layers)
	}
}

func xmlPlist(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n" +
		`<plist version="1.0">` + body + `</plist>` + "\n"
}

func TestPropertyListsInXMLAndBinaryFormAreRead(t *testing.T) {
	body := "<dict><key>UpdateDelay</key><integer>60</integer></dict>"
	binary, err := plist.Marshal(map[string]any{"UpdateDelay": 60}, plist.BinaryFormat)
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
		l, err := DecodeLayer("profile", []byte(data))
		if err != nil || l.Values["UpdateDelay"] != uint64(60) || l.Name != "profile" {
			t.Errorf("%s: %v, %v", about, l, err)
		}
	}
}

func TestAValueThatNoSettingHasIsReadAndRefused(t *testing.T) {
	// A UID, which only archives of objects have.
	data := binaryPlistOf([]byte{0xD1, 1, 2}, append([]byte{0x5B}, "UpdateDelay"...), []byte{0x80, 60})
	l, err := DecodeLayer("profile", data)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, problems := ReadSettings(l); len(problems) != 1 || problems[0].Reason != "not a whole number" {
		t.Errorf("problems: %v", problems)
	}
}

func TestWhatIsNoPropertyListOfSettingsIsRefused(t *testing.T) {
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
		l, err := DecodeLayer("profile", []byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "read the profile") {
			t.Errorf("%s: %v, %v; want %q", about, l, err, c.want)
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

func FuzzDecodeLayer(f *testing.F) {
	f.Add([]byte(xmlPlist("<dict><key>UpdateDelay</key><integer>60</integer><key>a</key><array><real>1.5</real><data>AAAA</data><date>2026-01-01T00:00:00Z</date></array></dict>")))
	binary, _ := plist.Marshal(map[string]any{"a": []any{1, -1, 1.5, "x", "ü", true, []byte{1}, time.Unix(0, 0), map[string]any{}}}, plist.BinaryFormat)
	f.Add(binary)
	f.Add(bomb())
	f.Add([]byte("bplist00"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := DecodeLayer("profile", data)
		if err == nil && l.Values == nil || err != nil && l.Values != nil {
			t.Errorf("values %v and error %v", l.Values, err)
		}
	})
}

func FuzzReadSettings(f *testing.F) {
	for _, k := range Keys {
		for _, v := range []any{k.Example, "1", 0, -1, true, []any{"*", 1}} {
			data, err := plist.Marshal(map[string]any{k.Name: v}, plist.BinaryFormat)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte(xmlPlist("<dict><key>MaxDeferralTime</key><string>3600</string><key>DeferralPeriod</key><real>3600</real><key>EACH_DEFER</key><true/></dict>")))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := DecodeLayer("profile", data)
		if err != nil {
			return
		}
		set, sources, problems := ReadSettings(l)
		checkRead(t, set, sources, problems)
	})
}
