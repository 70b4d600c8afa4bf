package words

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// optional are the keys that only a language with a clock of twelve hours has.
var optional = []string{"time.12", "time.am", "time.pm"}

var braces = regexp.MustCompile(`\{[a-z]+\}`)

// placeholders returns what a text has filled in, each once and in order.
func placeholders(text string) []string {
	all := braces.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestCatalogues(t *testing.T) {
	entries, err := os.ReadDir("catalogues")
	if err != nil || len(entries) != len(rules) {
		t.Fatalf("%v, and %d catalogues for %d languages", err, len(entries), len(rules))
	}
	english := load(source)
	for _, language := range Languages() {
		c := load(language)
		if c.Language != language || c.Name == "" {
			t.Errorf("%s calls itself %q, %q", language, c.Language, c.Name)
		}
		for i, name := range append(c.Weekdays[:], c.Months[:]...) {
			if name == "" {
				t.Errorf("%s: weekday or month %d has no name", language, i)
			}
		}
		for key, want := range english.Texts {
			m, ok := c.Texts[key]
			if !ok {
				if !slices.Contains(optional, key) {
					t.Errorf("%s has no %q", language, key)
				}
				continue
			}
			holdTo(t, c, key, m, want)
		}
		for key := range c.Texts {
			if _, ok := english.Texts[key]; !ok {
				t.Errorf("%s has %q, which is no key", language, key)
			}
		}
	}
}

// holdTo checks the forms and the placeholders of a message against the
// English one.
func holdTo(t *testing.T, c *catalogue, key string, m, want message) {
	t.Helper()
	forms := []form{other}
	if len(want) > 1 {
		forms = rules[c.Language].forms
	}
	if got := slices.Sorted(maps.Keys(m)); !slices.Equal(got, slices.Sorted(slices.Values(forms))) {
		t.Errorf("%s: %s has the forms %v, want %v", c.Language, key, got, forms)
		return
	}
	for f, text := range m {
		if key != "sentence.gap" && (strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text && key != "list.comma") {
			t.Errorf("%s: %s is %q", c.Language, key, text)
		}
		must := placeholders(want[other])
		got := placeholders(text)
		if key == "button.open" || strings.HasPrefix(key, "date") || strings.HasPrefix(key, "time.") || slices.Equal(got, must) {
			continue
		}
		if key == "item.more" || len(numbers(c.Language, f)) > 1 && key != "wrong" || len(got) > 0 {
			t.Errorf("%s: %s (%s) has the placeholders %v, want %v: %s", c.Language, key, f, got, must, text)
		}
	}
}

// numbers returns the numbers up to 200 that take a form.
func numbers(language string, f form) []int64 {
	var all []int64
	for n := range int64(200) {
		if rules[language].of(n) == f {
			all = append(all, n)
		}
	}
	return all
}

// TestRulesAreThoseOfUnicode compares the table with an older edition of CLDR,
// in which Hebrew still had a form for whole tens.
func TestRulesAreThoseOfUnicode(t *testing.T) {
	names := map[plural.Form]form{plural.Other: other, plural.Zero: zero, plural.One: one, plural.Two: two, plural.Few: few, plural.Many: many}
	for name, r := range rules {
		for n := range int64(1001) {
			want := names[plural.Cardinal.MatchPlural(language.MustParse(name), int(n), 0, 0, 0, 0)]
			if name == "he" && want == many {
				want = other
			}
			if got := r.of(n); got != want {
				t.Errorf("%s: %d takes the form %s, want %s", name, n, got, want)
			}
			if !slices.Contains(r.forms, r.of(n)) {
				t.Errorf("%s: %d takes the form %s, which it does not list", name, n, r.of(n))
			}
		}
	}
}

// TestAppleIsCalledWhatAppleCallsIt holds the path to its last part, and the
// parts to Apple's own support pages, as far as those could be read.
func TestAppleIsCalledWhatAppleCallsIt(t *testing.T) {
	sure := map[string]string{
		"de": "Systemeinstellungen > Allgemein > Softwareupdate",
		"fr": "Réglages Système > Général > Mise à jour de logiciels",
		"it": "Impostazioni di Sistema > Generali > Aggiornamento Software",
		"ja": "システム設定 > 一般 > ソフトウェアアップデート",
		"ko": "시스템 설정 > 일반 > 소프트웨어 업데이트",
		"cs": "Nastavení systému > Obecné > Aktualizace softwaru",
	}
	for _, l := range Languages() {
		s := speech{load(l), ""}
		if !strings.HasSuffix(s.text("path"), " > "+s.text("app")) || !strings.HasSuffix(s.text("path.12"), " > "+s.text("app")) {
			t.Errorf("%s: %q and %q do not end with %q", l, s.text("path"), s.text("path.12"), s.text("app"))
		}
		if want := sure[l]; want != "" && s.text("path") != want {
			t.Errorf("%s: %q, want %q", l, s.text("path"), want)
		}
	}
}

func TestNothingIsLeftOpen(t *testing.T) {
	for _, l := range Languages() {
		for key, m := range load(l).Texts {
			for _, text := range m {
				if !utf8.ValidString(text) || strings.ContainsAny(text, "\n\t%") && key != "percent" {
					t.Errorf("%s: %s is %q", l, key, text)
				}
			}
		}
	}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		preferred, own []string
		want, wantOwn  string
	}{
		{nil, nil, "en", ""},
		{[]string{"de-DE"}, nil, "de", ""},
		{[]string{"de_CH.UTF-8"}, nil, "de", ""},
		{[]string{"tlh", "fr-CA"}, nil, "fr", ""},
		{[]string{"C"}, nil, "en", ""},
		{[]string{"zh-Hans-CN"}, nil, "zh-Hans", ""},
		{[]string{"zh-TW"}, nil, "zh-Hant", ""},
		{[]string{"zh-HK"}, nil, "zh-Hant", ""},
		{[]string{"zh"}, nil, "zh-Hans", ""},
		{[]string{"zh-Hant-TW"}, []string{"zh-Hant"}, "zh-Hant", "zh-Hant"},
		{[]string{"pt-PT"}, nil, "pt-BR", ""},
		{[]string{"no"}, nil, "nb", ""},
		{[]string{"iw-IL"}, nil, "he", ""},
		{[]string{"de-AT"}, []string{"de"}, "de", "de"},
		{[]string{"de-AT"}, []string{"de", "de-AT"}, "de", "de-AT"},
		{[]string{"sk", "cs", "en"}, []string{"sk", "en"}, "cs", "sk"},
		{[]string{"sk"}, []string{"sk"}, "en", "sk"},
		{[]string{"de", "en"}, []string{"en"}, "de", ""},
	}
	for _, test := range tests {
		s, own := choose(test.preferred, func(name string) bool { return slices.Contains(test.own, name) })
		if s.Language != test.want || own != test.wantOwn {
			t.Errorf("%v with own texts in %v: %s, %q, want %s, %q", test.preferred, test.own, s.Language, own, test.want, test.wantOwn)
		}
	}
}

func FuzzTag(f *testing.F) {
	for _, s := range []string{"de-DE", "zh-Hant-TW", "en_US.UTF-8", "", "-", "zh-", "x@y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, _ := choose([]string{s}, func(string) bool { return false }); c.catalogue == nil {
			t.Errorf("%q has no language", s)
		}
	})
}
