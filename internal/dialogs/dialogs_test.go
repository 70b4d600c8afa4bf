package dialogs

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/deferral/settings"
	"installordefer/prompt"
)

func TestOf(t *testing.T) {
	set := settings.Settings{
		Language: "de", MessagingLogo: "/logo.png", MessagingLogoDark: "/dark.png", HelpURL: "https://help.example.com",
		InstallButtonLabel: "Go", DeferButtonLabel: "Later", SupportContact: "1234",
		MessageInstallOrDeferHeading: "a", MessageInstallOrDefer: "b", MessageInstallHeading: "c", MessageInstall: "d",
		MessageUpdatingHeading: "e", MessageUpdating: "f", MessageInstallNowHeading: "g", MessageInstallNow: "h",
	}
	for kind, want := range map[prompt.Kind][2]string{
		prompt.RunOrDefer: {"a", "b"}, prompt.RunNow: {"c", "d"}, prompt.Updating: {"e", "f"},
		prompt.InstallNow: {"g", "h"}, prompt.Password: {"", ""},
	} {
		texts := prompt.Texts{Heading: want[0], Body: want[1], Run: "Go", Defer: "Later", Contact: "1234"}
		wanted := prompt.Dialog{Kind: kind, Language: "de", Logo: "/logo.png", LogoDark: "/dark.png", Help: "https://help.example.com", Own: map[string]prompt.Texts{"": texts}}
		if diff := cmp.Diff(wanted, Of(kind, set)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	set.Translations = settings.Translations{"de": {"MessageInstallHeading": "Jetzt", "MessageUpdating": "Gleich"}, "fr": {"MessageUpdating": "Bientôt"}}
	want := map[string]prompt.Texts{"": {Heading: "c", Body: "d", Run: "Go", Defer: "Later", Contact: "1234"}, "de": {Heading: "Jetzt"}}
	if diff := cmp.Diff(want, Of(prompt.RunNow, set).Own); diff != "" {
		t.Errorf("with translations (-want +got):\n%s", diff)
	}
	if d := Of(prompt.RunNow, settings.Defaults()); d.Own != nil {
		t.Errorf("by default a dialog has the texts %v", d.Own)
	}
}

func TestUsual(t *testing.T) {
	set := settings.Settings{DeferralPeriod: 4 * time.Hour}
	for _, test := range []struct {
		hours []time.Duration
		want  int
	}{{nil, 0}, {[]time.Duration{4}, 0}, {[]time.Duration{1, 4, 24}, 1}, {[]time.Duration{1, 2}, 0}} {
		var choices []prompt.Choice
		for _, h := range test.hours {
			choices = append(choices, prompt.Choice{For: h * time.Hour})
		}
		if got := Usual(choices, set); got != test.want {
			t.Errorf("of %v hours number %d is chosen, want %d", test.hours, got, test.want)
		}
	}
}
