package words

import (
	"slices"
	"strings"
)

// A tag is a language as macOS and the environment name it, taken apart:
// "zh-Hant-TW", "de_DE.UTF-8", "pt-BR".
type tag struct{ language, script, region string }

// parseTag takes a tag apart. What it does not know it leaves out.
func parseTag(s string) tag {
	s, _, _ = strings.Cut(s, ".")
	s, _, _ = strings.Cut(s, "@")
	var t tag
	for i, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '_' }) {
		switch {
		case i == 0:
			t.language = strings.ToLower(part)
		case len(part) == 4 && t.script == "":
			t.script = strings.ToUpper(part[:1]) + strings.ToLower(part[1:])
		case len(part) == 2 && t.region == "":
			t.region = strings.ToUpper(part)
		}
	}
	return t.today()
}

// today gives old names of languages their present one, and Chinese the script
// of its region.
func (t tag) today() tag {
	switch t.language {
	case "no", "nn":
		t.language = "nb"
	case "iw":
		t.language = "he"
	case "zh":
		if t.script == "" {
			t.script = "Hans"
			if slices.Contains([]string{"TW", "HK", "MO"}, t.region) {
				t.script = "Hant"
			}
		}
	}
	return t
}

// names returns what a language may be listed as, the closest first.
func (t tag) names() []string {
	var all []string
	for _, parts := range [][]string{{t.script, t.region}, {t.script}, {t.region}, nil} {
		name := t.language
		for _, p := range parts {
			if p != "" {
				name += "-" + p
			}
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// catalogueFor returns the tag of the catalogue for t, or nothing. Whoever
// reads the Portuguese of Portugal gets that of Brazil rather than English.
func (t tag) catalogueFor() string {
	if t.language == "pt" {
		return "pt-BR"
	}
	for _, name := range t.names() {
		if _, ok := rules[name]; ok {
			return name
		}
	}
	return ""
}

// Speaks tells whether dialogs have texts for a language: those of a catalogue,
// or an administrator's under one of the tags in own.
func Speaks(language string, own []string) bool {
	t := parseTag(language)
	return t.catalogueFor() != "" || slices.ContainsFunc(t.names(), func(name string) bool { return slices.Contains(own, name) })
}

// choose returns what a dialog speaks to somebody with these languages, the
// most preferred first, and the name under which the administrator has texts
// for them, if any. Such a language need not have a catalogue; the first one
// that has lends it the rest.
func choose(preferred []string, own func(name string) bool) (s speech, ownName string) {
	for _, p := range preferred {
		t := parseTag(p)
		if s.catalogue == nil && ownName == "" {
			if i := slices.IndexFunc(t.names(), own); i >= 0 {
				ownName = t.names()[i]
			}
		}
		if name := t.catalogueFor(); name != "" && s.catalogue == nil {
			s = speech{load(name), t.region}
		}
	}
	if s.catalogue == nil {
		s = speech{load(source), ""}
	}
	return s, ownName
}
