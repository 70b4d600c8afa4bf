package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed catalogues/*.json
var files embed.FS

// source is the language that the texts are written in first, and that stands
// in where no other is to be had.
const source = "en"

// A catalogue holds the texts of one language.
type catalogue struct {
	// Language is its tag, as "pt-BR".
	Language string `json:"language"`
	// Name is what the language calls itself.
	Name string `json:"name"`
	// Unread says that no native speaker has read it.
	Unread bool `json:"unread,omitempty"`
	// RightToLeft says that the language is written from right to left.
	RightToLeft bool `json:"rightToLeft,omitempty"`
	// Weekdays, from Sunday, are in the form in which something happens on
	// that day; Months, from January, are in the form that follows a day.
	Weekdays [7]string  `json:"weekdays"`
	Months   [12]string `json:"months"`
	// Texts are the texts by key.
	Texts map[string]message `json:"texts"`
	// Regions are what some regions write differently.
	Regions map[string]map[string]message `json:"regions,omitempty"`
}

// A message is a text, or one for each plural form.
type message map[form]string

// UnmarshalJSON reads a text as the form other.
func (m *message) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*m = message{other: text}
		return nil
	}
	return json.Unmarshal(b, (*map[form]string)(m))
}

// Languages returns the tags of the catalogues in order.
func Languages() []string { return slices.Sorted(maps.Keys(rules)) }

// load reads the catalogue of a language, each at most once.
var load = func() func(language string) *catalogue {
	var mu sync.Mutex
	loaded := map[string]*catalogue{}
	return func(language string) *catalogue {
		mu.Lock()
		defer mu.Unlock()
		if loaded[language] == nil {
			loaded[language] = read(language)
		}
		return loaded[language]
	}
}()

// read reads the catalogue of a language. They are part of the program, so that
// one which cannot be read is a fault of the build.
func read(language string) *catalogue {
	c := &catalogue{}
	text, err := files.ReadFile("catalogues/" + language + ".json")
	if err == nil {
		err = json.Unmarshal(text, c)
	}
	if err != nil {
		panic(fmt.Sprintf("the catalogue %s: %v", language, err))
	}
	return c
}

// Unread returns the languages whose catalogue no native speaker has read.
func Unread() []string {
	return slices.DeleteFunc(Languages(), func(l string) bool { return !load(l).Unread })
}

// A speech is a catalogue for a region.
type speech struct {
	*catalogue
	region string
}

// find returns the message of a key.
func (s speech) find(key string) message {
	if m, ok := s.Regions[s.region][key]; ok {
		return m
	}
	return s.Texts[key]
}

// text returns the text of a key, with its placeholders filled in by pairs of
// name and value.
func (s speech) text(key string, pairs ...string) string {
	return fill(s.find(key)[other], pairs...)
}

// count returns the text of a key in the plural form of n, which stands in the
// text as {n}. None is below 0.
func (s speech) count(key string, n int64) string {
	n = max(n, 0)
	return fill(s.find(key)[rules[s.Language].of(n)], "n", strconv.FormatInt(n, 10))
}

// fill puts values, given as pairs of name and value, in the place of {name}.
func fill(text string, pairs ...string) string {
	if len(pairs) == 0 {
		return text
	}
	braced := make([]string, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		braced[i], braced[i+1] = "{"+pairs[i]+"}", pairs[i+1]
	}
	return strings.NewReplacer(braced...).Replace(text)
}

// sentences joins what is not empty, as sentences follow one another.
func (s speech) sentences(all ...string) string {
	all = slices.DeleteFunc(all, func(one string) bool { return one == "" })
	return strings.Join(all, s.text("sentence.gap"))
}

// list joins names as a sentence of the language does.
func (s speech) list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2:
		return s.text("list.two", "a", names[0], "b", names[1])
	}
	last := len(names) - 1
	return s.text("list.last", "a", strings.Join(names[:last], s.text("list.comma")), "b", names[last])
}

// isolate keeps a text from outside from turning the order of the words around
// it, where they run from right to left.
func (s speech) isolate(text string) string {
	if !s.RightToLeft || text == "" {
		return text
	}
	const first, end = "\u2068", "\u2069"
	return first + text + end
}
