package main

import (
	"strings"
	"testing"
)

func TestLintMeasuresWhatAnAdministratorWrites(t *testing.T) {
	for _, test := range []struct {
		key, language, text string
		problem, note       string
	}{
		{"DeferButtonLabel", "", "Later", "", ""},
		{"DeferButtonLabel", "", "Später daran erinnern, wenn es besser passt", "", "one below the other"},
		{"DeferButtonLabel", "de", strings.Repeat("W", 60), "will not fit a button", ""},
		{"DeferButtonLabel", "", strings.Repeat("i", 60), "", "one below the other, in cs"},
		{"MessageInstallHeading", "", strings.Repeat("Updates ", 8), "", ""},
		{"MessageInstallHeading", "", strings.Repeat("Updates ", 15), "a heading of about 3 lines will not fit", ""},
		{"MessageInstallHeading", "zh-Hans", strings.Repeat("更新", 26), "", ""},
		{"MessageInstallHeading", "zh-Hans", strings.Repeat("更新", 40), "a heading of about", ""},
		{"MessageInstallOrDeferHeading", "en", "The updates for this Mac have to be installed by %DEADLINE_DATE%", "", ""},
		{"MessageInstallOrDeferHeading", "de", "Diese Updates müssen auf diesem Mac bis spätestens %DEADLINE_DATE% installiert worden sein, sagt die IT", "a heading of about 3 lines", ""},
		{"MessageUpdating", "", strings.Repeat("x\n", 19) + "x", "", ""},
		{"MessageUpdating", "", strings.Repeat("x\n", 20) + "x", "a text of about 21 lines", ""},
		{"MessageUpdating", "hu", strings.Repeat("x\n", 20) + "x", "a text of about 21 lines", ""},
		{"SupportContact", "", "the help desk, extension 4357", "", ""},
		{"SupportContact", "", strings.Repeat("the help desk ", 14), "", ""},
	} {
		problem, note := measure(test.key, test.language, test.text)
		if !strings.Contains(problem, test.problem) || (problem == "") != (test.problem == "") || !strings.Contains(note, test.note) || (note == "") != (test.note == "") {
			t.Errorf("%s %s %.50q: %q, %q; want %q, %q", test.language, test.key, test.text, problem, note, test.problem, test.note)
		}
	}
}
