package profile

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A dict is a dictionary of a property list whose keys stay in their order.
type dict []pair

// A pair is one key of a dict. Its comment is written above it.
type pair struct {
	key     string
	value   any
	comment string
}

// encode writes a property list in XML. Values are dict, map[string]any, []any,
// string, int, bool and time.Time.
func encode(root dict, comment string) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n")
	writeComment(&b, "", comment)
	b.WriteString(`<plist version="1.0">` + "\n")
	writeValue(&b, "", root)
	b.WriteString("</plist>\n")
	return b.Bytes()
}

func writeValue(b *bytes.Buffer, indent string, value any) {
	switch v := value.(type) {
	case dict:
		writeDict(b, indent, v)
	case map[string]any:
		var d dict
		for _, key := range slices.Sorted(maps.Keys(v)) {
			d = append(d, pair{key: key, value: v[key]})
		}
		writeDict(b, indent, d)
	case []any:
		if len(v) == 0 {
			b.WriteString(indent + "<array/>\n")
			return
		}
		b.WriteString(indent + "<array>\n")
		for _, item := range v {
			writeValue(b, indent+"\t", item)
		}
		b.WriteString(indent + "</array>\n")
	case bool:
		fmt.Fprintf(b, "%s<%t/>\n", indent, v)
	case int:
		fmt.Fprintf(b, "%s<integer>%d</integer>\n", indent, v)
	case time.Time:
		fmt.Fprintf(b, "%s<date>%s</date>\n", indent, v.UTC().Format(time.RFC3339))
	case string:
		fmt.Fprintf(b, "%s<string>%s</string>\n", indent, escaped(v))
	default:
		panic(fmt.Sprintf("profile: a property list cannot hold %T", value))
	}
}

func writeDict(b *bytes.Buffer, indent string, d dict) {
	if len(d) == 0 {
		b.WriteString(indent + "<dict/>\n")
		return
	}
	b.WriteString(indent + "<dict>\n")
	for _, p := range d {
		writeComment(b, indent+"\t", p.comment)
		fmt.Fprintf(b, "%s\t<key>%s</key>\n", indent, escaped(p.key))
		writeValue(b, indent+"\t", p.value)
	}
	b.WriteString(indent + "</dict>\n")
}

func writeComment(b *bytes.Buffer, indent, comment string) {
	if comment == "" {
		return
	}
	for strings.Contains(comment, "--") { // would end the comment
		comment = strings.ReplaceAll(comment, "--", "- -")
	}
	lines := strings.Split(comment, "\n")
	for i := range lines {
		lines[i] = indent + "     " + lines[i]
	}
	b.WriteString(indent + "<!-- " + strings.TrimSpace(strings.Join(lines, "\n")) + " -->\n")
}

// escaped writes a text so that it reads back the same. Line breaks and
// quotation marks stay as they are, so that people can read it, too.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a strings.Builder does not fail
	}
	return strings.NewReplacer("&#xA;", "\n", "&#x9;", "\t", "&#34;", `"`, "&#39;", "'").Replace(b.String())
}
