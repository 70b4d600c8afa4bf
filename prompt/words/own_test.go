package words_test

import (
	"strings"
	"testing"
	"time"

	"installordefer/prompt"
	"installordefer/prompt/words"
)

// own is a prompt with a body of the administrator's, and left until the
// deadline.
func own(body string, left time.Duration) prompt.Dialog {
	return prompt.Dialog{
		Kind: prompt.RunOrDefer, Own: map[string]prompt.Texts{"": {Body: body, Contact: "the help desk"}},
		Updates:  []prompt.Item{{Name: "macOS Tahoe 26.7", SizeKiB: -1, Restart: true}, {Name: "Safari 27.0", SizeKiB: -1}, {Name: "Safari 27.0", SizeKiB: -1}},
		Choices:  []prompt.Choice{{For: time.Hour}},
		Opened:   opened,
		Deadline: opened.Add(left), TimeLeft: max(left, 0),
	}
}

func TestPlaceholdersStandForFacts(t *testing.T) {
	tests := []struct{ language, text, want string }{
		{"en", "%UPDATE_LIST%", "macOS Tahoe 26.7 and Safari 27.0"},
		{"de", "%UPDATE_LIST%", "macOS Tahoe 26.7 und Safari 27.0"},
		{"en", "%DEADLINE_DATE%", "Friday, 27 November at 12:40"},
		{"en-US", "%DEADLINE_DATE%", "Friday, November 27 at 12:40 PM"},
		{"fr", "%DEADLINE_DATE%", "vendredi 27 novembre à 12:40"},
		{"en", "%SUPPORT_CONTACT%", "the help desk"},
		{"de", "%UPDATE_MECHANISM%", "Systemeinstellungen > Allgemein > Softwareupdate"},
		{"pl", "%DEFER_HOURS%", "3 dni"},
		{"ja", "%DEFER_HOURS%", "3日"},
		{"en", "a<<b>>c{{d}}", "abcd"},
	}
	for _, test := range tests {
		if got := page(own(test.text, 72*time.Hour), test.language).Body; got != test.want {
			t.Errorf("%s: %q becomes %q, want %q", test.language, test.text, got, test.want)
		}
	}
	old := own("%UPDATE_MECHANISM%", time.Hour)
	old.OSVersion = "12.7.6"
	if got := page(old, "en").Body; got != "System Preferences > Software Update" {
		t.Errorf("on macOS 12 updates are installed in %q", got)
	}
}

func TestDeferHoursBringsItsUnit(t *testing.T) {
	tests := []struct {
		text string
		left time.Duration
		want string
	}{
		{"after %DEFER_HOURS%.", 60 * time.Hour, "after 2 days."},
		{"after %DEFER_HOURS% hours.", 60 * time.Hour, "after 2 days."},
		{"after %DEFER_HOURS%", 72*time.Hour - 90*time.Minute, "after 3 days"},
		{"after %DEFER_HOURS%", 72*time.Hour - 2*time.Hour - time.Second, "after 2 days"},
		{"after %DEFER_HOURS%\nhours, say", 10 * time.Hour, "after 10 hours, say"},
		{"%DEFER_HOURS% hoursley", 10*time.Hour - 5*time.Minute - time.Second, "9 hours hoursley"},
		{"after %DEFER_HOURS% hours<<, and a restart>>.", 90 * time.Minute, "after 90 minutes, and a restart."},
		{"%DEFER_HOURS%", 2*time.Hour - 5*time.Second, "120 minutes"},
		{"%DEFER_HOURS%", 119 * time.Second, "2 minutes"},
		{"%DEFER_HOURS%", 61 * time.Second, "1 minute"},
		{"required after %DEFER_HOURS%.", time.Minute, "required very soon."},
		{"After %DEFER_HOURS%, it starts.", 0, "Very soon, it starts."},
		{"in %DEFER_HOURS%", 0, "in less than a minute"},
		{"hereafter %DEFER_HOURS%", 0, "hereafter less than a minute"},
		{"after %DEFER_HOURS%", -time.Hour, "very soon"},
	}
	for _, test := range tests {
		if got := page(own(test.text, test.left), "en").Body; got != test.want {
			t.Errorf("%q, %v left: %q, want %q", test.text, test.left, got, test.want)
		}
	}
}

func TestAMissingFactLeavesASentence(t *testing.T) {
	d := prompt.Dialog{Kind: prompt.Updating, Own: map[string]prompt.Texts{"": {Body: "%UPDATE_LIST%, %DEADLINE_DATE%, %SUPPORT_CONTACT%"}}}
	if got, want := page(d, "en").Body, "this Mac, the deadline, your IT department"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatComesFromOutsideIsNoTemplate(t *testing.T) {
	for _, v := range []string{"%UPDATE_LIST%", "<<x>>", "{{x}}", "{time}", "{app}", "%!s", "$(id)"} {
		d := own("%SUPPORT_CONTACT%|%UPDATE_LIST%", time.Hour)
		d.Own[""] = prompt.Texts{Body: d.Own[""].Body, Contact: v}
		d.Updates = []prompt.Item{{Name: v, SizeKiB: -1}}
		if got := page(d, "en").Body; got != v+"|"+v {
			t.Errorf("%q becomes %q", v, got)
		}
		d.Kind, d.Account = prompt.Password, v
		if p := page(d, "en"); !strings.Contains(p.Heading, v) || !strings.Contains(p.PasswordLabel, v) {
			t.Errorf("%q becomes %q, %q", v, p.Heading, p.PasswordLabel)
		}
	}
}

func TestOwnTexts(t *testing.T) {
	d := own("", 3*time.Hour)
	d.Own = map[string]prompt.Texts{
		"":   {Heading: "Please update", Run: "Go", Defer: "Not Now", Contact: "1234"},
		"de": {Heading: "Bitte aktualisieren bis %DEADLINE_DATE%"},
		"sk": {Heading: "Aktualizujte", Body: "Prosím."},
	}
	t.Run("win for every language that has no own", func(t *testing.T) {
		p := page(d, "fr")
		if p.Heading != "Please update" || p.Run != "Go" || p.Defer != "Not Now" || !strings.Contains(p.Body, "Lancez-les") {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("of a language give way only where it has none", func(t *testing.T) {
		p := page(d, "de-AT")
		if p.Heading != "Bitte aktualisieren bis Dienstag, 24. November um 15:40" || p.Run != "Go" {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("may be in a language that has no catalogue", func(t *testing.T) {
		p := page(d, "sk", "cs")
		if p.Heading != "Aktualizujte" || p.Body != "Prosím." || p.Language != "cs" {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("do not hide the deadline, or when the prompt comes back", func(t *testing.T) {
		p := page(d, "en")
		if notes := strings.Join(p.Notes, " "); notes != "Updates are due today at 15:40. For help, contact 1234. You are asked again today at 13:40." {
			t.Errorf("the notes are %q", notes)
		}
	})
	t.Run("give way to the language that the dialog asks for", func(t *testing.T) {
		d := d
		d.Language = "sv"
		if p := page(d, "de"); p.Language != "sv" || p.Heading != "Please update" {
			t.Errorf("got %+v", p)
		}
	})
}

func TestTheTextStaysTrueWhileItStandsThere(t *testing.T) {
	d := own("%DEFER_HOURS%", 26*time.Hour)
	s := words.For(words.Person{Languages: []string{"en"}}, d)
	m := words.Opening(d)
	if p := s.Page(m); p.Defer != "Remind Me at 13:40" || p.Heading != "Updates are due tomorrow at 14:40" {
		t.Errorf("as it opens: %+v", p)
	}
	m = m.With(prompt.Change{Passed: new(12 * time.Hour), TimeLeft: new(14 * time.Hour)})
	if p := s.Page(m); p.Defer != "Remind Me at 01:40" || p.Body != "14 hours" {
		t.Errorf("after twelve hours: %+v", p)
	}
	m = m.With(prompt.Change{Passed: new(25*time.Hour + 30*time.Minute), TimeLeft: new(30 * time.Minute)})
	if p := s.Page(m); p.Defer != "Remind Me at 14:40" || p.Heading != "Updates are due today at 14:40" {
		t.Errorf("half an hour before the deadline: %+v", p)
	}
	m = m.With(prompt.Change{Passed: new(27 * time.Hour), TimeLeft: new(time.Duration(0))})
	if p := s.Page(m); p.Heading != "Updates were due today at 14:40" {
		t.Errorf("after the deadline: %+v", p)
	}
}
