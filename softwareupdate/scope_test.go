package softwareupdate

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"installordefer/internal/golden"
	"installordefer/internal/macos"
)

func version(t *testing.T, s string) macos.Version {
	t.Helper()
	v, err := macos.ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEveryOfferIsJudgedForTheMacThatGotIt(t *testing.T) {
	var told strings.Builder
	for _, o := range offers {
		stdout, stderr := variants[0].write(o)
		s := Scope{OS: version(t, o.os)}
		verdicts := s.JudgeList(ParseList([]byte(stdout), []byte(stderr)))
		fmt.Fprintf(&told, "%s, macOS %s\n", o.name, o.os)
		for i, v := range verdicts {
			if v.InScope != o.entries[i].inScope {
				t.Errorf("%s: %s in scope: %v (%s)", o.name, v.Update.Label, v.InScope, v.Reason)
			}
			fmt.Fprintf(&told, "  %-5v %-20v %s\n        %s\n", v.InScope, v.Update.Kind(), v.Update.Label.Shown(), v.Reason)
		}
	}
	golden.Check(t, "testdata/judged.golden", told.String())
}

func TestAnUpgradeIsANewerMajorVersionOfMacOSOnly(t *testing.T) {
	tests := []struct {
		label, title, version string
		os                    string
		upgrade               bool
	}{
		{"macOS 27-26A428", "macOS 27", "27", "26.6", true},
		{"macOS 27-26A428", "macOS 27", "27", "27", false},
		{"macOS 27.0.1-26A434", "macOS 27.0.1", "27.0.1", "27.0", false},
		{"macOS Tahoe 26.7-25G229", "macOS Tahoe 26.7", "26.7", "26.6", false},
		{"macOS Tahoe 26.7-25G229", "macOS Tahoe 26.7", "26.7", "15.7", true},
		{"macOS\u00a027-26A428", "macOS\u00a027", "27", "26.6", true},
		{"Safari27.0TahoeAuto-27.0", "Safari", "27.0", "26.6", false},
		{"Command Line Tools for Xcode 27-27.0", "Command Line Tools for Xcode 27", "27.0", "26.6", false},
		{"macOS Catalina 10.15.7 Update-", "macOS Catalina 10.15.7 Update", "", "10.14.6", true},
		{"macOS Catalina 10.15.7 Update-", "macOS Catalina 10.15.7 Update", "", "10.15.4", false},
		{"macOS Big Sur 11.6-20G165", "macOS Big Sur 11.6", "11.6", "10.15.7", true},
		{"macOS Background Security Improvement (a)-25D771280a", "macOS Background Security Improvement (a)", "26.3.1 (a)", "26.3.1", false},
		{"macOS Background Security Improvement (a)-25D771280a", "macOS Background Security Improvement (a)", "", "26.3.1", false},
		{"047-12345", "macOS 27", "27", "26.6", true},
		{"macOS 27 Public Beta-6", "macOS 27 Public Beta", "5", "26.6", true},
		{"macOS 27 Public Beta-6", "Beta pública", "5", "26.6", true},
		{"macOS 26.7 Beta-3", "macOS 26.7 Beta", "3", "26.6", false},
		{"Actualización del sistema-26A428", "Actualización del sistema 27", "27", "26.6", true},
		{"Mejora de seguridad en segundo plano de macOS (a)-25D771280a", "Mejora de seguridad (a)", "26.3.1 (a)", "26.3.1", false},
		{"macOS 27-26A428", "macOS 27", "Beta", "26.6", true},
		{"macOS 27-26A428", "", "", "26.6", true},
	}
	for _, tt := range tests {
		u := Update{Label: Label(tt.label), Title: tt.title, Version: tt.version}
		upgrade, known := u.isUpgrade(version(t, tt.os))
		if !known || upgrade != tt.upgrade {
			t.Errorf("%q (%q) on %s: upgrade %v, known %v; want %v", tt.label, tt.version, tt.os, upgrade, known, tt.upgrade)
		}
	}
}

func TestWhatCannotBeToldIsLeftOutAndProvesNothing(t *testing.T) {
	macOS := Update{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Recommended: true, Action: ActionRestart}
	nameless := Update{Label: "macOS Update-", Title: "macOS Update", Recommended: true, Action: ActionRestart}
	beta := Update{Label: "macOS Catalina Developer Beta-6", Title: "macOS Catalina Public Beta", Version: "5", Recommended: true, Action: ActionRestart}
	incomplete := Update{Label: "macOS Tahoe 26.7-25G229", SizeKiB: -1, Incomplete: true}
	tests := []struct {
		name  string
		scope Scope
		u     Update
		says  string
	}{
		{"the Mac's version is unknown", Scope{}, macOS, "on this Mac is unknown"},
		{"the update's version is unknown", Scope{OS: version(t, "26.6")}, nameless, "its version is unknown"},
		{"the update's version cannot be", Scope{OS: version(t, "10.14.6")}, beta, "its version is unknown"},
		{"the details are missing", Scope{OS: version(t, "26.6")}, incomplete, "lacks the details"},
		{"the details are missing, upgrades allowed", Scope{OS: version(t, "26.6"), AllowMajorUpgrades: true}, incomplete, "lacks the details"},
	}
	for _, tt := range tests {
		v := tt.scope.judge(tt.u)
		if v.InScope || !v.Unsure || !strings.Contains(v.Reason, tt.says) {
			t.Errorf("%s: %+v", tt.name, v)
		}
		if tt.scope.NothingLeft(List{Outcome: Updates, Updates: []Update{tt.u}}) {
			t.Errorf("%s: taken as proof that nothing is left", tt.name)
		}
	}
	for _, s := range []Scope{{AllowMajorUpgrades: true}, {OS: version(t, "26.6")}} {
		if v := s.judge(macOS); !v.InScope {
			t.Errorf("%+v: %s", s, v.Reason)
		}
	}
	if v := (Scope{}).judge(Update{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", Recommended: true}); !v.InScope {
		t.Errorf("Safari needs no version of macOS: %s", v.Reason)
	}
}

func deferred(u Update) Update {
	u.Deferred = true
	return u
}

func TestWhatMDMDefersIsNamedAndNothingElse(t *testing.T) {
	s := Scope{OS: version(t, "26.6")}
	in := Update{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", Recommended: true}
	upgrade := Update{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Recommended: true, Action: ActionRestart}
	list := List{Outcome: Updates, Updates: []Update{deferred(in), deferred(upgrade)}}
	if got := s.Withheld(list); len(got) != 1 || got[0].Label != in.Label || !s.NothingButWithheld(list) {
		t.Errorf("withheld are %v", got)
	}
	nameless := Update{Label: "macOS-next", Title: "macOS next", Recommended: true, Action: ActionRestart}
	if list.Updates = append(list.Updates, deferred(nameless)); s.NothingButWithheld(list) {
		t.Error("what nobody can judge is settled because MDM defers it")
	}
}

func TestNothingIsLeftOnlyOnProof(t *testing.T) {
	s := Scope{OS: version(t, "26.6"), Ignore: []string{"Ignored*"}}
	out := Update{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Recommended: true, Action: ActionRestart}
	in := Update{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0", Recommended: true}
	for _, tt := range []struct {
		name string
		list List
		want bool
	}{
		{"Apple said so", List{Outcome: None}, true},
		{"the check failed", List{Outcome: Unknown}, false},
		{"all is out of scope", List{Outcome: Updates, Updates: []Update{out}}, true},
		{"an ignored one lacks details", List{Outcome: Updates, Updates: []Update{{Label: "Ignored-1", Incomplete: true}}}, true},
		{"MDM defers what would be in scope", List{Outcome: Updates, Updates: []Update{out, deferred(in)}}, false},
		{"MDM defers what would be out of scope", List{Outcome: Updates, Updates: []Update{deferred(out)}}, true},
		{"MDM defers what a pattern leaves alone", List{Outcome: Updates, Updates: []Update{deferred(Update{Label: "Ignored-1", Recommended: true})}}, true},
		{"something is in scope", List{Outcome: Updates, Updates: []Update{out, in}}, false},
		{"the list is partial", List{Outcome: Updates, Updates: []Update{out}, Partial: true}, false},
		{"a refused one would be in scope", List{Outcome: Updates, Updates: []Update{out}, Refused: []RefusedLabel{{Update: in}}}, false},
		{"a refused one is out of scope anyway", List{Outcome: Updates, Refused: []RefusedLabel{{Update: out}}}, true},
	} {
		if got := s.NothingLeft(tt.list); got != tt.want {
			t.Errorf("%s: nothing left is %v", tt.name, got)
		}
	}
}

func TestTheReasonNamesWhatDecided(t *testing.T) {
	u := Update{Label: "macOS 27-26A428", Title: "macOS 27", Version: "27", Recommended: true, Action: ActionRestart}
	tahoe := Update{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7", Action: ActionRestart}
	v26 := version(t, "26.6")
	for _, tt := range []struct {
		scope Scope
		u     Update
		in    bool
		says  []string
	}{
		{Scope{OS: v26}, u, false, []string{"macOS 26", "macOS 27", "AllowMajorUpgrades"}},
		{Scope{OS: v26, AllowMajorUpgrades: true}, u, true, []string{"recommends", "restart", "AllowMajorUpgrades is on"}},
		{Scope{OS: v26, AllowMajorUpgrades: true, Ignore: []string{"x", "macos 27*"}}, u, false, []string{"IgnoreUpdates", `"macos 27*"`}},
		{Scope{OS: v26, AllowMajorUpgrades: true, Only: []string{"Safari*"}}, u, false, []string{"OnlyUpdates"}},
		{Scope{OS: v26, AllowMajorUpgrades: true, Only: []string{"Safari*", "macOS*"}}, u, true, []string{"OnlyUpdates", `"macOS*"`}},
		{Scope{OS: v26}, Update{Label: "S-1", Action: ActionShutdown}, true, []string{"shut down"}},
		{Scope{OS: v26}, Update{Label: "S-1"}, false, []string{"neither"}},
		{Scope{OS: v26, Only: []string{"Safari*"}, Required: []macos.Version{version(t, "26.6.2")}}, tahoe, true, []string{"RequiredVersions"}},
		{Scope{OS: v26, Only: []string{"Safari*"}, Required: []macos.Version{version(t, "26.10")}}, tahoe, false, []string{"OnlyUpdates"}},
		{Scope{OS: v26, Only: []string{"Safari*"}, Required: []macos.Version{version(t, "26.6.2")}}, u, false, []string{"OnlyUpdates"}},
		{Scope{OS: v26, Ignore: []string{"macOS*"}, Required: []macos.Version{version(t, "26.6.2")}}, tahoe, false, []string{"IgnoreUpdates"}},
		{Scope{OS: v26}, Update{Label: "S-1", Recommended: true, Deferred: true}, false, []string{"MDM"}},
	} {
		v := tt.scope.judge(tt.u)
		if v.InScope != tt.in {
			t.Errorf("%+v in scope: %v", tt.scope, v.InScope)
		}
		for _, s := range tt.says {
			if !strings.Contains(v.Reason, s) {
				t.Errorf("reason %q does not say %q", v.Reason, s)
			}
		}
	}
}

func TestPatternsAreShellStyle(t *testing.T) {
	u := Update{Label: "macOS\u00a0Tahoe\u00a0 26.7-25G229", Title: "Wi-Fi/Bluetooth [beta] 更新 26.7"}
	for pattern, want := range map[string]bool{
		"*":                           true,
		"macOS Tahoe 26.7-25G229":     true,
		"macOS\u00a0Tahoe 26.7-*":     true,
		"macos  tahoe*":               true,
		"MACOS*":                      true,
		"Tahoe":                       false,
		"*Tahoe*":                     true,
		"macOS Tahoe 26.?-*":          true,
		"macOS Tahoe [0-9][0-9]*":     true,
		"macOS Tahoe [!0-9]*":         false,
		"macOS Tahoe [^a-z]*":         true,
		"Wi-Fi*":                      true,
		"Wi-Fi?Bluetooth*":            true,
		"*/*":                         true,
		"Wi-Fi[/]Bluetooth*":          true,
		`*\[beta\]*`:                  true,
		`*\[!beta\]*`:                 false,
		"*更?*":                        true,
		"macOS Tahoe 26.7":            false,
		"":                            false,
		"[":                           false,
		`macOS Tahoe 26.7-25G229\`:    false,
		"{macOS,Safari}*":             false,
		"$(reboot)":                   false,
		"macOS Tahoe 26.7-25G229 ":    true,
		"*********************macOS*": true,
	} {
		if _, got := matchAny([]string{pattern}, u); got != want {
			t.Errorf("pattern %q matches: %v, want %v", pattern, got, want)
		}
	}
}

func TestAnEscapedBracketIsNoSet(t *testing.T) {
	u := Update{Label: "x-1", Title: "Fonts [!new]"}
	if _, ok := matchAny([]string{`fonts \[!new\]`}, u); !ok {
		t.Error("the escaped pattern does not match")
	}
	if _, ok := matchAny([]string{`fonts [!new]`}, u); ok {
		t.Error("the set matches several characters")
	}
}

func TestABadPatternIsReportedAndLeftOut(t *testing.T) {
	u := Update{Label: "S-1", Title: "Safari", Recommended: true}
	s := Scope{Ignore: []string{"[", "Sa*"}, Only: []string{"[z-", " "}}
	problems := strings.Join(s.Problems(), "\n")
	for _, want := range []string{`IgnoreUpdates has the pattern "["`, `OnlyUpdates has the pattern "[z-"`, `OnlyUpdates has the pattern " "`, "OnlyUpdates has no usable pattern and counts as not set"} {
		if !strings.Contains(problems, want) {
			t.Errorf("the problems lack %q:\n%s", want, problems)
		}
	}
	if v := s.judge(u); v.InScope || !strings.Contains(v.Reason, `"Sa*"`) {
		t.Errorf("the good pattern does not count: %s", v.Reason)
	}
	s.Ignore = s.Ignore[:1]
	if v := s.judge(u); !v.InScope {
		t.Errorf("a setting with bad patterns only is not as if it were not set: %s", v.Reason)
	}
	if p := (Scope{Ignore: []string{"a*"}}).Problems(); p != nil {
		t.Errorf("problems without reason: %q", p)
	}
}

func TestKindsComeFromTheLabel(t *testing.T) {
	for _, tt := range []struct {
		label, title string
		action       Action
		kind         Kind
		owner        bool
	}{
		{"macOS Tahoe 26.7-25G229", "", ActionRestart, KindMacOS, true},
		{"macOS\u00a0Tahoe\u00a0 26.7-25G229", "macOS\u00a0Tahoe\u00a0 26.7", ActionRestart, KindMacOS, true},
		{"macOS 27-26A428", "macOS 27", ActionRestart, KindMacOS, true},
		{"OS X El Capitan Update-10.11.6", "OS X El Capitan 更新", ActionRestart, KindMacOS, true},
		{"Safari14.0MojaveAuto-10.14.6", "macOS Supplemental Update", ActionRestart, KindMacOS, true},
		{"macOS Security Response 13.3.1 (a)-22E772610a", "", ActionRestart, KindRapid, true},
		{"macOS Background Security Improvement (a)-25D771280a", "", ActionNone, KindRapid, true},
		{"Mejora de seguridad en segundo plano de macOS (a)-25D771280a", "", ActionNone, KindRapid, true},
		{"Sicherheitsverbesserung im Hintergrund (b)-25D771400b", "", ActionNone, KindRapid, true},
		{"macOS Ventura 13.3 Beta 3-22E5236f", "macOS Ventura 13.3 Beta 3", ActionRestart, KindMacOS, true},
		{"Système 26.7-25G229", "Système 26.7", ActionNone, KindMacOS, true},
		{"Safari27.0TahoeAuto-27.0", "Safari", ActionNone, KindSafari, false},
		{"Command Line Tools for Xcode-15.3", "Command Line Tools for Xcode", ActionNone, KindCommandLineTools, false},
		{"Command Line Tools (macOS Mojave version 10.14) for Xcode-10.3", "", ActionNone, KindCommandLineTools, false},
		{"RosettaUpdateAuto-1.0", "Rosetta", ActionNone, KindOther, false},
		{"SFSymbols-7.0", "SF Symbols", ActionNone, KindOther, false},
		{"Firmware-2.4", "Firmware", ActionRestart, KindOther, true},
	} {
		u := Update{Label: Label(tt.label), Title: tt.title, Action: tt.action}
		if u.Kind() != tt.kind || u.NeedsOwner() != tt.owner {
			t.Errorf("%s is %v and needs an owner: %v; want %v, %v", tt.label, u.Kind(), u.NeedsOwner(), tt.kind, tt.owner)
		}
	}
}

func TestTheBuildIsTheEndOfALabel(t *testing.T) {
	for label, want := range map[Label]string{
		"macOS Tahoe 26.7-25G229": "25G229", "macOS Ventura 13.3 Beta 3-22E5236f": "22E5236f",
		"macOS Security Response 13.3.1 (a)-22E772610a": "22E772610a",
		"Safari27.0TahoeAuto-27.0":                      "", "macOS Catalina 10.15.7 Update-": "", "BridgeOSUpdateCustomer": "", "": "",
	} {
		if got := label.Build(); got != want {
			t.Errorf("build of %q is %q, want %q", label, got, want)
		}
	}
}

func TestTheLowestMacOSListedIsTheBestGuess(t *testing.T) {
	for _, o := range offers {
		stdout, _ := variants[0].write(o)
		got := ParseList([]byte(stdout), nil).LowestMacOS()
		if got.Known() && got.Major().Compare(version(t, o.os).Major()) != 0 {
			t.Errorf("%s: guessed macOS %v", o.name, got)
		}
	}
}

// Only what is recommended or needs the Mac to go down is ever in scope, and
// nothing that is deferred, incomplete or, without leave, an upgrade.
func TestScopeHoldsForEveryUpdate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := Update{
			Label:       Label(rapid.SampledFrom([]string{"macOS 27-26A428", "macOS Tahoe 26.7-25G229", "Safari27.0TahoeAuto-27.0", "x"}).Draw(t, "label")),
			Version:     rapid.SampledFrom([]string{"", "26", "27", "27.1", "26.3 (a)", "?"}).Draw(t, "version"),
			Recommended: rapid.Bool().Draw(t, "recommended"),
			Action:      Action(rapid.IntRange(0, 2).Draw(t, "action")),
			Deferred:    rapid.Bool().Draw(t, "deferred"),
			Incomplete:  rapid.Bool().Draw(t, "incomplete"),
		}
		var s Scope
		if os := rapid.SampledFrom([]string{"", "26.6", "27"}).Draw(t, "os"); os != "" {
			s.OS, _ = macos.ParseVersion(os)
		}
		s.AllowMajorUpgrades = rapid.Bool().Draw(t, "upgrades")
		s.Ignore = rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "ignore")
		v := s.judge(u)
		upgrade, known := u.isUpgrade(s.OS)
		switch {
		case v.Reason == "":
			t.Fatal("no reason")
		case v.InScope && (u.Deferred || u.Incomplete || !u.Recommended && u.Action == ActionNone):
			t.Fatalf("in scope: %+v", u)
		case v.InScope && !s.AllowMajorUpgrades && (upgrade || !known):
			t.Fatalf("upgrade in scope: %+v", u)
		case v.InScope && v.Unsure:
			t.Fatal("in scope without being sure")
		}
	})
}

func TestAnUpdateOfMacOSLeadsToAVersion(t *testing.T) {
	for _, tt := range []struct {
		u    Update
		want string
	}{
		{Update{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7", Version: "26.7"}, "26.7"},
		{Update{Label: "macOS Tahoe 26.7-25G229", Title: "macOS Tahoe 26.7"}, "26.7"},
		{Update{Label: "macOS Security Response 13.3.1 (a)-22E772610a", Version: "13.3.1 (a)"}, "13.3.1 (a)"},
		{Update{Label: "Safari27.0TahoeAuto-27.0", Title: "Safari", Version: "27.0"}, "an unknown version"},
	} {
		if got := tt.u.LeadsTo(macos.Version{}).String(); got != tt.want {
			t.Errorf("%s leads to %s, want %s", tt.u.Label, got, tt.want)
		}
	}
}
