package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Translations are texts of the dialogs in languages, by the tag of the language
// and, in each, by the name of the key that they stand in for.
type Translations map[string]map[string]string

// mostLanguages is how many languages Translations may hold.
const mostLanguages = 60

// Translatable returns the keys whose texts Translations can hold.
func Translatable() []Key {
	var out []Key
	for _, k := range Keys {
		if k.Template || k.translates {
			out = append(out, k)
		}
	}
	return out
}

// translations reads a dictionary of languages. A text that cannot be used is
// left out, and the language keeps the others.
func (k Key) translations(v any) (Translations, []string, string) {
	languages, ok := v.(map[string]any)
	switch {
	case !ok:
		return nil, nil, "not a dictionary of languages"
	case len(languages) > mostLanguages:
		return nil, nil, fmt.Sprintf("a dictionary of %d languages, more than %d", len(languages), mostLanguages)
	}
	out := Translations{}
	var left []string
	for _, tag := range slices.Sorted(maps.Keys(languages)) {
		texts, ok := languages[tag].(map[string]any)
		switch {
		case !isTag(tag):
			left = append(left, describe(tag)+" is not the tag of a language")
			continue
		case !ok:
			left = append(left, tag+" is not a dictionary of texts")
			continue
		}
		read, problems := translated(texts)
		for _, p := range problems {
			left = append(left, tag+": "+p)
		}
		if len(read) > 0 {
			out[tag] = read
		}
	}
	if len(out) == 0 && len(left) > 0 {
		return nil, nil, strings.Join(left, "; ")
	}
	return out, left, ""
}

// translated reads the texts of one language.
func translated(texts map[string]any) (read map[string]string, problems []string) {
	read = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		i := slices.IndexFunc(Translatable(), func(k Key) bool { return k.Name == name })
		if i < 0 {
			problems = append(problems, describe(name)+" is no text of a dialog")
			continue
		}
		value, _, reason := Translatable()[i].parse(texts[name])
		if text, ok := value.(string); reason == "" && ok {
			read[name] = text
			continue
		}
		problems = append(problems, name+" is "+reason)
	}
	return read, problems
}

// String names the languages, and how many texts there are in each.
func (t Translations) String() string {
	var parts []string
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		unit := "texts"
		if len(t[tag]) == 1 {
			unit = "text"
		}
		parts = append(parts, fmt.Sprintf("%s (%d %s)", tag, len(t[tag]), unit))
	}
	if len(parts) == 0 {
		return nothing
	}
	return strings.Join(parts, ", ")
}

// dictionary writes the translations as a property list holds them.
func (t Translations) dictionary() map[string]any {
	out := map[string]any{}
	for tag, texts := range t {
		d := map[string]any{}
		for name, text := range texts {
			d[name] = text
		}
		out[tag] = d
	}
	return out
}

// In returns settings with no texts but those that Translations hold for a
// language.
func (s Settings) In(language string) Settings {
	var out Settings
	for _, k := range Translatable() {
		if text, ok := s.Translations[language][k.Name]; ok {
			k.put(&out, text)
		}
	}
	return out
}
