package profile

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"

	"installordefer/internal/plist"
)

// MaxFile bounds the size of a file that is checked, in bytes. Profiles can
// bring fonts and certificates along; those with settings are small.
const MaxFile = 1 << 20

// The forms of a file that is checked.
const (
	formSettings = "settings"
	formProfile  = "profile"
	formSigned   = "signed profile"
	formJSON     = "settings in JSON"
	FormSchema   = "Jamf schema"
)

// A document is a file that has been read.
type document struct {
	form string
	root map[string]any
	// lines are the lines of keys by their path, where the form has lines.
	lines map[string]int
	// signed is the message that a signed profile came in.
	signed Signed
	// twice are the paths of keys that are there more than once.
	twice []string
}

// open reads a file by what it holds, whatever its name is.
func open(data []byte) (document, error) {
	if len(data) > MaxFile {
		return document{}, fmt.Errorf("the file is larger than %d bytes", MaxFile)
	}
	data = utf8Of(data)
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return document{}, errors.New("the file is empty")
	case trimmed[0] == '{':
		return openJSON(trimmed)
	case data[0] == asn1Sequence:
		signed, err := OpenSigned(data)
		if err != nil {
			return document{}, err
		}
		d, err := openPlist(signed.Content)
		if err != nil {
			return document{}, fmt.Errorf("what is signed: %w", err)
		}
		if d.form == formProfile {
			d.form = formSigned
		}
		d.signed = signed
		return d, nil
	}
	return openPlist(data)
}

func openPlist(data []byte) (document, error) {
	data = wholePlist(data)
	root, err := plist.Decode(data, MaxFile)
	if err != nil {
		return document{}, err
	}
	if _, ok := root["pfm_subkeys"]; ok {
		return document{}, errors.New("a preference manifest describes settings and holds none")
	}
	d := document{form: formSettings, root: root}
	if _, ok := root["PayloadContent"]; ok || root["PayloadType"] == "Configuration" {
		d.form = formProfile
	}
	if !bytes.HasPrefix(data, []byte("bplist")) {
		d.locate(data)
	}
	return d, nil
}

// openJSON reads settings, or a schema whose defaults are settings.
func openJSON(data []byte) (document, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	d := document{form: formJSON}
	if err := decoder.Decode(&d.root); err != nil {
		return document{}, fmt.Errorf("not JSON that can be used: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return document{}, errors.New("not JSON that can be used: something follows its end")
	}
	if _, ok := d.root["properties"].(map[string]any); ok {
		d.form = FormSchema
	}
	d.root = plain(d.root).(map[string]any)
	return d, nil
}

// plain turns the values of JSON into those of a property list, which has no
// null: a key without a value is not set.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // out of range is infinite, and refused as such
		return f
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		maps.DeleteFunc(v, func(_ string, value any) bool { return value == nil })
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// A level is a dictionary or a list while the lines of its keys are found.
type level struct {
	list bool
	path string
	next string // path of the value that comes next
	n    int
}

// locate finds the lines of all keys of a property list in XML, which has been
// read before and is therefore well formed.
func (d *document) locate(data []byte) {
	d.lines = map[string]int{}
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n")
	above := bytes.Count(data[:len(data)-len(trimmed)], []byte("\n"))
	decoder := xml.NewDecoder(bytes.NewReader(trimmed))
	levels := []level{{}}
	for {
		token, err := decoder.Token()
		if err != nil {
			return
		}
		line, _ := decoder.InputPos()
		top := &levels[len(levels)-1]
		switch e := token.(type) {
		case xml.StartElement:
			switch name := e.Name.Local; name {
			case "plist":
			case "key":
				var key string
				if decoder.DecodeElement(&key, &e) != nil {
					return
				}
				top.next = join(top.path, key)
				if d.lines[top.next] != 0 {
					d.twice = append(d.twice, top.next)
				}
				d.lines[top.next] = line + above
			case "dict", "array":
				at := top.step(d, line+above)
				levels = append(levels, level{list: name == "array", path: at, next: at})
			default:
				top.step(d, line+above)
			}
		case xml.EndElement:
			if name := e.Name.Local; name == "dict" || name == "array" {
				levels = levels[:len(levels)-1]
			}
		}
	}
}

// step returns the path of the value that begins, and notes the line of one in
// a list.
func (l *level) step(d *document, line int) string {
	if !l.list {
		return l.next
	}
	at := l.path + "[" + strconv.Itoa(l.n) + "]"
	l.n++
	d.lines[at] = line
	return at
}

// join returns the path of a key below another.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// place says where a path is, in words and as a line.
func (d document) place(path string) (string, int) {
	for at := path; at != ""; {
		if line := d.lines[at]; line > 0 {
			return fmt.Sprintf("line %d", line), line
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	if path == "" {
		return "the whole file", 0
	}
	return path, 0
}
