package profile

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"installordefer/deferral/settings"
	"installordefer/pkg/foreign"
)

// A part of a profile is what one payload sets in one domain.
type part struct {
	at     string // where it stands
	domain string
	values map[string]any
}

// parts are what a profile sets, in its order: payloads of a domain's own type,
// and what stands below the domain and Forced, as Jamf Pro writes it. What has
// not the form of either is left out.
func (d document) parts() []part {
	content, _ := d.root["PayloadContent"].([]any)
	var all []part
	for i, item := range content {
		payload, _ := item.(map[string]any)
		at := fmt.Sprintf("PayloadContent[%d]", i)
		if kind := text(payload["PayloadType"]); kind != typeManaged {
			all = append(all, part{at, kind, payload})
			continue
		}
		domains, _ := payload["PayloadContent"].(map[string]any)
		for _, domain := range slices.Sorted(maps.Keys(domains)) {
			all = append(all, forcedParts(join(join(at, "PayloadContent"), domain), domain, domains[domain])...)
		}
	}
	return all
}

// forcedParts are what stands below one domain and Forced.
func forcedParts(at, domain string, value any) []part {
	content, _ := value.(map[string]any)
	forced, _ := content["Forced"].([]any)
	var all []part
	for i, item := range forced {
		entry, _ := item.(map[string]any)
		if values, ok := entry["mcx_preference_settings"].(map[string]any); ok {
			all = append(all, part{fmt.Sprintf("%s[%d].mcx_preference_settings", join(at, "Forced"), i), domain, values})
		}
	}
	return all
}

// Settings returns the settings that a Mac with the job id would use of a file: a
// property list, JSON, or a profile. Of a profile all payloads count, those for
// the domain of the job before those for the original's, which have the keys of
// the original only. Keys that belong to a profile or to the state are left out.
func Settings(id string, data []byte) (map[string]any, error) {
	d, err := open(data)
	if err != nil {
		return nil, err
	}
	values := d.root
	switch d.form {
	case FormSchema:
		return nil, errors.New("a schema describes settings and holds none")
	case formProfile, formSigned:
		if values, err = d.merged(id); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(values, func(key string, v any) bool {
		s, isText := v.(string)
		return strings.HasPrefix(key, "Payload") || slices.Contains(settings.StateKeys(), key) || isText && strings.TrimSpace(s) == ""
	})
	return values, nil
}

// merged puts what a profile sets for the job together: the first who has a key
// decides about it.
func (d document) merged(id string) (map[string]any, error) {
	values, found := map[string]any{}, false
	parts := d.parts()
	for i, domain := range append([]string{id}, settings.UpstreamIDs...) {
		if i > 0 && domain == id {
			continue // a package with the identifier of the original
		}
		for _, p := range parts {
			if p.domain != domain {
				continue
			}
			found = true
			for key, v := range p.values {
				if _, has := values[key]; !has && (domain == id || isUpstream(key)) {
					values[key] = v
				}
			}
		}
	}
	if !found {
		return nil, fmt.Errorf("the profile has no settings for %s%s", id, namesOf(parts))
	}
	return values, nil
}

// isUpstream tells whether the original had a key.
func isUpstream(key string) bool {
	return slices.ContainsFunc(settings.Keys, func(k settings.Key) bool { return k.Name == key && k.Upstream != "" })
}

// namesOf says what else a profile has, as the end of a sentence.
func namesOf(parts []part) string {
	var names []string
	for _, p := range parts {
		name := p.domain
		if other, ok := foreign.Recognise(p.domain, p.values); ok {
			name = other.Name
		}
		if name = onOneLine(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; it has some for " + strings.Join(names, ", ")
}

// wholePlist puts bare pairs of keys and values, which is what Intune takes, into
// the property list that a Mac makes of them. Lines stay where they are.
func wholePlist(data []byte) []byte {
	decoder := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))))
	for {
		token, err := decoder.Token()
		if err != nil {
			return data
		}
		if e, ok := token.(xml.StartElement); ok {
			if e.Name.Local != "key" {
				return data
			}
			return slices.Concat([]byte(`<plist version="1.0"><dict>`), data, []byte("</dict></plist>"))
		}
	}
}

// utf8Of returns a text in UTF-16 in UTF-8, and all else as it is.
func utf8Of(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	default:
		return data
	}
	units := make([]uint16, 0, len(data)/2)
	for at := 2; at+1 < len(data); at += 2 {
		units = append(units, order.Uint16(data[at:]))
	}
	text := string(utf16.Decode(units))
	head, rest, ok := strings.Cut(text, "?>")
	if ok && strings.HasPrefix(head, "<?xml") {
		// What it says of its letters is not so any more.
		head, _, _ = strings.Cut(head, " encoding")
		text = head + "?>" + rest
	}
	return []byte(text)
}
