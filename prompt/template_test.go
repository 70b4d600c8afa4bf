package prompt

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// facts are what the placeholders and sections of a test stand for.
type facts struct {
	Values        map[string]string
	Restart, Last bool
}

// someFacts are the facts of most tests.
func someFacts() facts {
	return facts{Restart: true, Values: map[string]string{
		"DEFER_HOURS":      "3 days",
		"DEADLINE_DATE":    "Tuesday, 24 November at 16:40",
		"UPDATE_MECHANISM": "System Settings > General > Software Update",
		"SUPPORT_CONTACT":  "the IT help desk",
		"UPDATE_LIST":      "macOS Tahoe 26.7 and Safari 27.0",
	}}
}

// render fills in a template and says what is the matter with it.
func render(text string, f facts) (string, []TemplateProblem) {
	return Expand(text, f.Restart, f.Last, func(before, name string) string { return before + f.Values[name] }), CheckTemplate(text)
}

func TestPlaceholdersAreReplacedWhereverTheyStand(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"nothing to replace":      {"Updates are available", "Updates are available"},
		"no text":                 {"", ""},
		"every one":               {"%UPDATE_LIST%|%DEADLINE_DATE%|%SUPPORT_CONTACT%|%UPDATE_MECHANISM%|%DEFER_HOURS%", "macOS Tahoe 26.7 and Safari 27.0|Tuesday, 24 November at 16:40|the IT help desk|System Settings > General > Software Update|3 days"},
		"twice on a line":         {"%SUPPORT_CONTACT%, %SUPPORT_CONTACT%", "the IT help desk, the IT help desk"},
		"on every line":           {"Ask %SUPPORT_CONTACT%.\nAsk %SUPPORT_CONTACT%.", "Ask the IT help desk.\nAsk the IT help desk."},
		"side by side":            {"%DEFER_HOURS%%DEFER_HOURS%", "3 days3 days"},
		"behind a per cent sign":  {"100%%DEFER_HOURS%", "100%3 days"},
		"behind an unknown one":   {"%NEWS%SUPPORT_CONTACT%", "%NEWSthe IT help desk"},
		"inside sections":         {"<<a {{%DEFER_HOURS%}} b>>", "a 3 days b"},
		"per cent signs stay":     {"50% off, 100 %, %d %s %", "50% off, 100 %, %d %s %"},
		"other signs stay":        {`Apple > App Store, <help@corp>, {beta}, A|B\C & D/E`, `Apple > App Store, <help@corp>, {beta}, A|B\C & D/E`},
		"three of them are one":   {"<<see <b>>> or {{see {b}}}", "see <b> or see {b}"},
		"a single one comes last": {"<<<b> x>>", "<b> x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, _ := render(test.text, someFacts()); got != test.want {
				t.Errorf("render(%q)\n got %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

func TestSectionsStayOrGo(t *testing.T) {
	tests := map[string]struct {
		text          string
		restart, last bool
		want          string
	}{
		"restart stays":             {"now<< and restart>>.", true, false, "now and restart."},
		"restart goes":              {"now<< and restart>>.", false, false, "now."},
		"defer stays":               {"{{You may defer. }}Then", false, false, "You may defer. Then"},
		"defer goes":                {"{{You may defer. }}Then", false, true, "Then"},
		"two on a line go":          {"a<<b>>c<<d>>e", false, false, "ace"},
		"what is between two stays": {"open<<, restart>>. If nothing is done, it installs<<, restarts>>.", false, false, "open. If nothing is done, it installs."},
		"with a sign at its end":    {"a<<see <b>>>c{{x {y}}}", false, true, "ac"},
		"over lines":                {"a\n<<b\nc>>\nd {{e\n\nf}} g", false, true, "a\n\nd  g"},
		"nested, both stay":         {"{{a <<b>> c}}", true, false, "a b c"},
		"nested, inner goes":        {"{{a <<b>> c}}", false, false, "a  c"},
		"nested, outer goes":        {"{{a <<b>> c}}d", true, true, "d"},
		"nested in its own kind":    {"<<a <<b>> c>>d", false, true, "d"},
		"nested in its own kind 2":  {"<<a <<b>> c>>d", true, true, "a b cd"},
		"empty":                     {"a<<>>{{}}b", true, false, "ab"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := someFacts()
			f.Restart, f.Last = test.restart, test.last
			got, problems := render(test.text, f)
			if got != test.want || problems != nil {
				t.Errorf("render(%q)\n got %q, %v\nwant %q", test.text, got, problems, test.want)
			}
		})
	}
}

func TestMarkersWithoutPartnerStayAndAreReported(t *testing.T) {
	tests := map[string]struct {
		text, want string
		problems   string
	}{
		"never closed":             {"a << b", "a << b", "line 1, column 3: <<: it opens a section that is never closed, and is shown as it is"},
		"never opened":             {"ä\nö }} b", "ä\nö }} b", "line 2, column 3: }}: it closes a section that was never opened, and is shown as it is"},
		"the wrong way round":      {">>a<<", ">>a<<", "line 1, column 1: >>: it closes a section that was never opened, and is shown as it is\nline 1, column 4: <<: it opens a section that is never closed, and is shown as it is"},
		"crossing":                 {"<<a {{b>> c}}", "a {{b c}}", "line 1, column 5: {{: it opens a section that is never closed, and is shown as it is\nline 1, column 12: }}: it closes a section that was never opened, and is shown as it is"},
		"one too many":             {"<<a>> b>>", "a b>>", "line 1, column 8: >>: it closes a section that was never opened, and is shown as it is"},
		"unknown placeholder":      {"%UPDATES%", "%UPDATES%", "line 1, column 1: %UPDATES%: there is no such placeholder, and it is shown as it is"},
		"placeholder in small":     {"a %update_list%", "a %update_list%", "line 1, column 3: %update_list%: placeholders are written in capitals; it is shown as it is"},
		"two unknown in a row":     {"%A%B%", "%A%B%", "line 1, column 1: %A%: there is no such placeholder, and it is shown as it is\nline 1, column 3: %B%: there is no such placeholder, and it is shown as it is"},
		"a word is no placeholder": {"50%off%", "50%off%", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, problems := render(test.text, someFacts())
			if got != test.want || lines(problems) != test.problems {
				t.Errorf("render(%q)\n got %q\n%s\nwant %q\n%s", test.text, got, lines(problems), test.want, test.problems)
			}
			if checked := CheckTemplate(test.text); lines(checked) != test.problems {
				t.Errorf("CheckTemplate(%q)\n got %s\nwant %s", test.text, lines(checked), test.problems)
			}
		})
	}
}

func lines(problems []TemplateProblem) string {
	var s []string
	for _, p := range problems {
		s = append(s, fmt.Sprintf("line %d, column %d: %s: %s", p.Line, p.Column, p.Text, p.Why))
	}
	return strings.Join(s, "\n")
}

func TestWhatIsFilledInIsNeverATemplate(t *testing.T) {
	values := []string{
		"%SUPPORT_CONTACT%", "%UPDATE_LIST%", "<<x>>", "{{x}}", ">>", "}}", "<<", "{{",
		"Wi-Fi/Bluetooth Update", "A & B", `\n \1 \\`, "https://help.corp/a?b=c&d=%20", "<help@corp>", "A|B {beta}",
		"$(reboot)", "`id`", "%!s(MISSING)", "%s%d%n", "macOS: the best, so far", "Mise à jour — 更新 🎉",
	}
	for _, v := range values {
		f := someFacts()
		f.Values = map[string]string{"SUPPORT_CONTACT": v, "UPDATE_LIST": v, "UPDATE_MECHANISM": v}
		got, problems := render("<<a>> %SUPPORT_CONTACT% {{b}} %UPDATE_LIST% c %UPDATE_MECHANISM%", f)
		want := "a " + v + " b " + v + " c " + v
		if got != want || problems != nil {
			t.Errorf("with the value %q\n got %q, %v\nwant %q", v, got, problems, want)
		}
	}
}

// balanced draws a template all of whose markers have partners.
func balanced(t *rapid.T, depth int) string {
	var b strings.Builder
	for range rapid.IntRange(0, 4).Draw(t, "pieces") {
		switch rapid.IntRange(0, 3).Draw(t, "piece") {
		case 0:
			b.WriteString(rapid.SampledFrom([]string{"a", " ", "\n", "ß", "5%", "x > y", "<b>", "{c} ", "|", `\`, "&/"}).Draw(t, "text"))
		case 1:
			b.WriteString("%" + rapid.SampledFrom(known).Draw(t, "placeholder") + "%")
		case 2:
			if depth > 0 {
				b.WriteString("<< " + balanced(t, depth-1) + " >>")
			}
		case 3:
			if depth > 0 {
				b.WriteString("{{ " + balanced(t, depth-1) + " }}")
			}
		}
	}
	return b.String()
}

func TestABalancedTemplateRendersWithoutMarkersAndOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := balanced(t, 3)
		f := someFacts()
		f.Restart, f.Last = rapid.Bool().Draw(t, "restart"), rapid.Bool().Draw(t, "last")
		got, problems := render(text, f)
		if problems != nil {
			t.Fatalf("%q: %v", text, problems)
		}
		for _, marker := range []string{"<<", ">>", "{{", "}}", "%UPDATE", "%DE", "%SUPPORT"} {
			if strings.Contains(got, marker) {
				t.Fatalf("%q gave %q, which holds %s", text, got, marker)
			}
		}
		if again, _ := render(got, f); again != got {
			t.Fatalf("%q gave %q, and that gave %q", text, got, again)
		}
	})
}

func TestAValueStandsInTheTextAsItIs(t *testing.T) {
	piece := rapid.SampledFrom([]string{"<<", ">>", "{{", "}}", "%", "UPDATE_LIST", "%DEFER_HOURS%", "after", " hours", "a", "\\1", "&", "/", "é"})
	rapid.Check(t, func(t *rapid.T) {
		value := "[" + strings.Join(rapid.SliceOf(piece).Draw(t, "value"), "") + "]"
		f := someFacts()
		f.Values["SUPPORT_CONTACT"] = value
		before, after := balanced(t, 2), balanced(t, 2)
		got, _ := render(before+"|%SUPPORT_CONTACT%|"+after, f)
		f.Values["SUPPORT_CONTACT"] = "[]"
		want, _ := render(before+"|%SUPPORT_CONTACT%|"+after, f)
		if want = strings.ReplaceAll(want, "[]", value); got != want {
			t.Fatalf("the value %q\n got %q\nwant %q", value, got, want)
		}
	})
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{"", "%", "%%", "<<a>>", "<<{{>>}}", "after %DEFER_HOURS% hours", "%UPDATE_LIST%<<>>", "<<<<<", "}}}}}", "after \u00a0\n%DEFER_HOURS%\xff"} {
		f.Add(s, "a", true, false)
	}
	f.Fuzz(func(t *testing.T, text, value string, restart, last bool) {
		got, problems := render(text, facts{Values: map[string]string{"SUPPORT_CONTACT": value, "UPDATE_LIST": value}, Restart: restart, Last: last})
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Text == "" || !strings.Contains(text, p.Text) {
				t.Errorf("the problem %+v is not in the text", p)
			}
		}
		if !strings.ContainsAny(text, "%<>{}") && got != text {
			t.Errorf("a text without signs changed from %q to %q", text, got)
		}
		if restart && !last && !strings.Contains(text, "%") {
			// Nothing goes but markers.
			strip := strings.NewReplacer("<", "", ">", "", "{", "", "}", "")
			if strip.Replace(got) != strip.Replace(text) {
				t.Errorf("%q became %q", text, got)
			}
		}
	})
}
