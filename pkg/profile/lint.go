package profile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"installordefer/deferral/settings"
	"installordefer/pkg/foreign"
)

// A Finding is one problem in a file that administrators have made.
type Finding struct {
	// Place is the line, or the path of keys where a file has no lines.
	Place string `json:"place"`
	// Key is the setting or the key of the profile.
	Key string `json:"key"`
	// Value is what was found; empty where that says nothing.
	Value string `json:"value,omitempty"`
	// Reason says what is wrong, Repair what to do about it.
	Reason string `json:"reason"`
	Repair string `json:"repair"`

	line int // for sorting; 0 where there is none
}

// String returns the finding as two lines for people.
func (f Finding) String() string {
	what := f.Place + ": " + f.Key
	if strings.HasSuffix("."+f.Place, "."+f.Key) {
		what = f.Place
	}
	if f.Value != "" {
		what += " is " + f.Value
	}
	return fmt.Sprintf("%s: %s.\n    Repair: %s", what, f.Reason, f.Repair)
}

// A Report is what Lint says about one file.
type Report struct {
	// Form is what the file is: one of the constants.
	Form string `json:"form"`
	// Signer is who signed a signed profile, by the name in the certificate.
	Signer   string    `json:"signer,omitempty"`
	Findings []Finding `json:"problems"`
	// Openings are the next stretches in which due updates install by themselves, in
	// words; nil where that is at any hour.
	Openings []string `json:"openings,omitempty"`
	// Notes are worth knowing, and no problems.
	Notes []string `json:"notes,omitempty"`
}

// A Remark is something about a template, in words.
type Remark struct {
	// Text is the part of the template.
	Text string
	Why  string
}

// A Linter checks files for one identity.
type Linter struct {
	Identity
	// Template says what is the matter with the template of a message.
	Template func(text string) []Remark
	// Unread tells whether no native speaker has read the words of a language.
	Unread func(language string) bool
	// Speaks tells whether the dialogs have texts in a language, their own or
	// those of the languages in own.
	Speaks func(language string, own []string) bool
	// Measure says why a text of a key does not fit the dialogs, or what is worth
	// knowing about how it does; empty where there is nothing to say. Without a
	// language the text is for all of them.
	Measure func(key, language, text string) (problem, note string)
	// Missing says why a file that a setting names cannot be used on the Mac;
	// nil where there is no Mac to look at.
	Missing func(path string) error
	// Now is the time at the desk, by which dates have passed; zero where that
	// does not matter.
	Now time.Time
}

// Lint checks a file of settings: a property list, a profile, signed or not, a
// custom schema of Jamf Pro, or settings in JSON. What the root job would log
// about the settings is found here, and more. The error is for a file that
// cannot be read at all.
func (l Linter) Lint(data []byte) (Report, error) {
	d, err := open(data)
	if err != nil {
		return Report{}, err
	}
	c := checker{Linter: l, document: d, findings: []Finding{}}
	for _, path := range d.twice {
		c.add(path, path[strings.LastIndexByte(path, '.')+1:], "", "the key is there twice, and only one of its values is used", "Remove one of them.")
	}
	if err := d.signed.Err; err != nil {
		c.add("", "signature", "", err.Error(), "Sign the profile again.")
	}
	switch d.form {
	case formProfile, formSigned:
		c.profile()
	case FormSchema:
		c.schema()
	default:
		c.plain()
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return cmp.Compare(a.line, b.line) })
	return Report{Form: d.form, Signer: d.signed.Signer, Findings: c.findings, Openings: c.openings, Notes: c.notes}, nil
}

// plain checks a file that holds nothing but settings, be they of another tool.
func (c *checker) plain() {
	if other, ok := foreign.Recognise("", c.root); ok {
		c.foreign("", other)
		return
	}
	c.settings("", c.root)
}

// foreign says whose settings there are.
func (c *checker) foreign(path string, other foreign.Product) {
	c.add(path, cmp.Or(path, "settings"), "", "settings of "+other.Name+", which this job does not read",
		"install-or-defer-admin import translates what means the same here, and lists the rest.")
}

// A checker collects findings about one document.
type checker struct {
	Linter
	document
	findings []Finding
	openings []string
	notes    []string
}

func (c *checker) add(path, key, value, reason, repair string) {
	place, line := c.place(path)
	c.findings = append(c.findings, Finding{Place: onOneLine(place), Key: cmp.Or(onOneLine(key), `""`), Value: value, Reason: reason, Repair: repair, line: line})
}

// onOneLine writes a name that somebody else has chosen so that it stays on its
// line.
func onOneLine(name string) string {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return strconv.Quote(name)
	}
	return name
}

// settings checks the settings in values, which are found at path.
func (c *checker) settings(path string, values map[string]any) {
	set, sources, problems := settings.Read(settings.Layer{Name: given, Values: values})
	for _, p := range problems {
		key := p.Key
		if plain, err := strconv.Unquote(key); err == nil {
			key = plain
		}
		if _, known := settings.KeyNamed(key); !known && c.form == FormSchema {
			p.Value = "" // a schema has no value for it
		}
		c.add(join(path, key), p.Key, p.Value, p.Reason, p.Repair)
	}
	for _, k := range settings.Keys {
		if sources[k.Name] != given {
			continue
		}
		if v, err := k.Canonical(values[k.Name]); err == nil {
			c.advise(path, k, v)
		}
	}
	c.language(path, set)
	c.contradictions(path, set, sources)
	c.dates(path, set, sources)
	c.hours(path, set, sources)
}

// given is the source of settings that the document has.
const given = "document"

// advise finds what the root job would use, but what is probably not meant.
func (c *checker) advise(path string, k settings.Key, value any) {
	at := join(path, k.Name)
	switch v := value.(type) {
	case bool:
		if v && k.Name == "SkipDeferral" {
			c.add(at, k.Name, "true", "meant for tests, because nobody can defer and the final countdown starts as soon as updates are found",
				"Remove it before the settings go to Macs that people work at.")
		}
	case string:
		c.adviseText(at, k, "", v)
		if k.Kind == settings.Tag && c.Unread != nil && c.Unread(v) {
			c.notes = append(c.notes, fmt.Sprintf("No native speaker has read the words of the dialogs in %s yet.", v))
		}
	case map[string]any:
		c.adviseTranslations(at, v)
	}
}

// language finds one that nobody would see.
func (c *checker) language(path string, set settings.Settings) {
	if set.Language == "" || c.Speaks == nil || c.Speaks(set.Language, slices.Collect(maps.Keys(set.Translations))) {
		return
	}
	c.add(join(path, "Language"), "Language", strconv.Quote(set.Language),
		"a language in which the dialogs have no texts, so that they speak the person's", "Give them texts in Translations, or remove it.")
}

// adviseTranslations looks at each text as it would at one for all languages,
// and for texts that only some languages have.
func (c *checker) adviseTranslations(at string, languages map[string]any) {
	for _, k := range settings.Translatable() {
		var with, without []string
		for _, tag := range slices.Sorted(maps.Keys(languages)) {
			text, ok := languages[tag].(map[string]any)[k.Name].(string)
			if !ok {
				without = append(without, tag)
				continue
			}
			with = append(with, tag)
			c.adviseText(join(join(at, tag), k.Name), k, tag, text)
		}
		if len(with) > 0 && len(without) > 0 {
			c.add(at, k.Name, "", "not in "+strings.Join(without, ", ")+", but in "+strings.Join(with, ", "), "Give it in each of the languages.")
		}
	}
}

func (c *checker) adviseText(at string, k settings.Key, language, text string) {
	switch {
	case k.Name == "SelfUpdateFolder":
		c.adviseFolder(at, k, text)
	case k.Kind == settings.Path:
		c.adviseLogo(at, k, text)
	case k.Template && c.Template != nil:
		for _, r := range c.Template(text) {
			repair := "Every << needs its >>, and every {{ its }}."
			if strings.Contains(r.Text, "%") {
				repair = "The placeholders are " + placeholders() + "."
			}
			c.add(at, k.Name, "", r.Text+": "+r.Why, repair)
		}
	case !k.Template:
		if marker := markerIn(text); marker != "" {
			c.add(at, k.Name, strconv.Quote(marker), "a placeholder or a section, which only the messages can have", "Remove it; it would be shown as it is.")
		}
	}
	if c.Measure == nil || k.Kind != settings.Text && k.Kind != settings.Body {
		return
	}
	switch problem, note := c.Measure(k.Name, language, text); {
	case problem != "":
		c.add(at, k.Name, "", problem, "Shorten it.")
	case note != "":
		c.notes = append(c.notes, at+" is "+note+".")
	}
}

// placeholders returns the names of the placeholders that are filled in.
func placeholders() string {
	var names []string
	for _, p := range settings.Placeholders {
		if strings.HasPrefix(p.Name, "%") {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// markerIn returns the first thing in a text that only templates can have.
func markerIn(text string) string {
	for _, p := range settings.Placeholders {
		for part := range strings.SplitSeq(p.Name, "…") {
			if strings.Contains(text, part) {
				return part
			}
		}
	}
	return ""
}

// contradictions finds settings that are right by themselves and not together.
func (c *checker) contradictions(path string, set settings.Settings, sources map[string]string) {
	if set.ManualUpdates && set.AppleSiliconPassword {
		c.add(join(path, "AppleSiliconPassword"), "AppleSiliconPassword", "true",
			"with ManualUpdates nothing is installed that the password would be asked for", "Remove one of the two.")
	}
	for _, p := range set.OnlyUpdates {
		if slices.Contains(set.IgnoreUpdates, p) {
			c.add(join(path, "OnlyUpdates"), "OnlyUpdates", strconv.Quote(p),
				"IgnoreUpdates has the same pattern, so that no update it matches is ever installed", "Remove it from one of the two.")
		}
	}
	if set.SkipDeferral {
		for _, key := range []string{"MaxDeferralTime", "WorkdayStartHour"} {
			if sources[key] == given {
				c.add(join(path, key), key, "", "without effect, because SkipDeferral sets the deadline to the first sighting", "Remove SkipDeferral, which is meant for tests, or "+key+".")
			}
		}
	}
}
