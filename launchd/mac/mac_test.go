package mac

import (
	"os"
	"strings"
	"testing"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func version(t testing.TB, s string) macos.Version {
	t.Helper()
	v, err := macos.ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// file puts property list text for the declarations and the rules into a file
// as macOS writes it.
func file(policy string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>SUCorePersistedStateContentsType</key><string>SoftwareUpdateCorePersistedStateFile</string>
<key>SUCorePersistedStatePolicyFields</key><dict>` + policy + `</dict></dict></plist>`)
}

func declaration(id string, pairs ...string) string {
	var b strings.Builder
	b.WriteString("<key>" + id + "</key><dict>")
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteString("<key>" + pairs[i] + "</key>")
		if strings.HasPrefix(pairs[i+1], "<") {
			b.WriteString(pairs[i+1])
		} else {
			b.WriteString("<string>" + pairs[i+1] + "</string>")
		}
	}
	return b.String() + "</dict>"
}

func declarations(all ...string) string {
	return "<key>Declarations</key><dict>" + strings.Join(all, "") + "</dict>"
}

// written writes what is enforced in one line.
func written(d Declared) string {
	var parts []string
	for _, e := range d.Enforced {
		s := e.By.String()
		if e.Version.Known() {
			s += " " + e.Version.String()
		}
		if e.Build != "" {
			s += " " + e.Build
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

func TestWhatAppleEnforces(t *testing.T) {
	const when, what, build = "TargetLocalDateTime", "TargetOSVersion", "TargetBuildVersion"
	for _, tt := range []struct {
		name, policy, want string
	}{
		{name: "no key at all"},
		{name: "an empty dictionary", policy: "<key>Declarations</key><dict/>"},
		{"one", declarations(declaration("A", when, "2026-12-03T18:00:00", what, "26.6.2")), "2026-12-03T18:00:00 26.6.2"},
		{"every key that there can be", declarations(declaration("A", when, "2026-12-03T18:00:00", what, "26.6.2", build, "25G83", "DetailsURL", "https://example.com", "CompanyName", "Example Ltd",
			"RMStoreDeclarationKey", "com.apple/x:QUJD.NDg5", "AdditionalOptions", "<dict><key>x</key><true/></dict>")), "2026-12-03T18:00:00 26.6.2 25G83"},
		{"the earliest first, whatever its version", declarations(declaration("A", when, "2026-12-04T18:00:00", what, "26.6.2"), declaration("B", when, "2026-12-03T18:00:00", what, "27.0")),
			"2026-12-03T18:00:00 27.0; 2026-12-04T18:00:00 26.6.2"},
		{"of one date the lowest version by its numbers", declarations(declaration("A", when, "2026-12-03T18:00:00", what, "26.10"), declaration("B", when, "2026-12-03T18:00:00", what, "26.9")),
			"2026-12-03T18:00:00 26.9; 2026-12-03T18:00:00 26.10"},
		{"a plan that was issued twice", declarations(declaration("A", when, "2026-12-03T18:00:00", what, "26.6.2"), declaration("B", when, "2026-12-03T18:00:00", what, "26.6.2")), "2026-12-03T18:00:00 26.6.2"},
		{"a build alone", declarations(declaration("A", when, "2026-12-03T18:00:00", build, "25G83")), "2026-12-03T18:00:00 25G83"},
		{"a Background Security Improvement", declarations(declaration("A", when, "2026-12-03T18:00:00", what, "26.3.1 (a)")), "2026-12-03T18:00:00 26.3.1 (a)"},
		{"never what macOS found invalid", "<key>invalidDeclarations</key><dict>" + declaration("A", when, "2026-12-03T18:00:00", what, "26.6.2") + "</dict>", ""},
		{"not one without a date", declarations(declaration("A", what, "26.6.2")), ""},
		{"not one without a version and a build", declarations(declaration("A", when, "2026-12-03T18:00:00")), ""},
		{"not one with a zone in its date", declarations(declaration("A", when, "2026-12-03T18:00:00Z", what, "26.6.2")), ""},
		{"not one with a date of another kind", declarations(declaration("A", when, "<date>2026-12-03T18:00:00Z</date>", what, "26.6.2")), ""},
		{"not one without a time of day", declarations(declaration("A", when, "2026-12-03", what, "26.6.2")), ""},
		{"not one of the version latest", declarations(declaration("A", when, "2026-12-03T18:00:00", what, "latest")), ""},
		{"not one with a build that is none", declarations(declaration("A", when, "2026-12-03T18:00:00", what, "26.6.2", build, "(null)")), ""},
		{"the others beside a bad one", declarations("<key>Z</key><string>x</string>", declaration("A", when, "2026-12-03T18:00:00", what, "26.6.2")), "2026-12-03T18:00:00 26.6.2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseDeclared(file(tt.policy))
			if err != nil {
				t.Fatal(err)
			}
			if got := written(d); got != tt.want {
				t.Errorf("enforces %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRulesForAllUpdates(t *testing.T) {
	rules := func(s string) string {
		return "<key>SUCoreDDMDeclarationGlobalSettings</key><dict>" + s + "</dict>"
	}
	for _, tt := range []struct {
		name string
		file []byte
		want Rules
	}{
		{"none", file(""), Rules{}},
		{"captured from macOS 26.2", sample(t, "settings-only.plist"), Rules{AdminOnly: true}},
		{"booleans where numbers stand", file(rules("<key>adminInstallRequired</key><true/><key>majorOSDeferralPeriod</key><true/>")), Rules{AdminOnly: true, MajorDays: 1}},
		{"numbers where booleans stand", file(rules("<key>enableGlobalNotifications</key><integer>0</integer><key>adminInstallRequired</key><integer>0</integer>")), Rules{Silent: true}},
		{"days", file(rules("<key>majorOSDeferralPeriod</key><integer>90</integer><key>minorOSDeferralPeriod</key><integer>7</integer><key>systemUpdatesDeferralPeriod</key><integer>14</integer>")), Rules{MajorDays: 90, MinorDays: 7, SystemDays: 14}},
		{"days that cannot be", file(rules("<key>majorOSDeferralPeriod</key><integer>91</integer><key>minorOSDeferralPeriod</key><integer>-1</integer><key>systemUpdatesDeferralPeriod</key><string>14</string>")), Rules{}},
		{"of another kind", file("<key>SUCoreDDMDeclarationGlobalSettings</key><string>x</string>"), Rules{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ParseDeclared(tt.file)
			if err != nil || d.Rules != tt.want || d.Enforced != nil {
				t.Errorf("got %+v, %v, want %+v", d, err, tt.want)
			}
		})
	}
}

func TestAFileOfAnotherFormIsAnError(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty":                         {},
		"no property list":              []byte("Declarations"),
		"cut off":                       sample(t, "settings-only.plist")[:900],
		"without the fields of policy":  []byte(`<plist version="1.0"><dict/></plist>`),
		"with fields of another kind":   []byte(`<plist version="1.0"><dict><key>SUCorePersistedStatePolicyFields</key><array/></dict></plist>`),
		"with declarations in an array": file("<key>Declarations</key><array/>"),
		"too large":                     file("<!--" + strings.Repeat(" ", MostDeclared) + "-->"),
	} {
		t.Run(name, func(t *testing.T) {
			if d, err := ParseDeclared(data); err == nil || d.Enforced != nil {
				t.Errorf("read as %+v", d)
			}
		})
	}
}

func TestADeclarationIsMet(t *testing.T) {
	for _, tt := range []struct {
		version, build, runs, running string
		met                           bool
	}{
		{"26.6.2", "", "26.6.1", "25G80", false},
		{"26.6.2", "", "26.6.2", "25G83", true},
		{"26.6.2", "", "26.10", "25K11", true},
		{"26.10", "", "26.9", "25H11", false},
		{"26.6.2", "25G84", "26.6.2", "25G83", false},
		{"26.6.2", "25G83", "26.6.2", "25G83", true},
		{"26.6.2", "25G84", "26.7", "25G229", true},
		{"", "25G84", "26.7", "25G229", false},
		{"", "25G229", "26.7", "25G229", true},
		{"26.3.1 (a)", "", "26.3.1", "25D60", false},
	} {
		d := Declaration{Build: tt.build}
		if tt.version != "" {
			d.Version = version(t, tt.version)
		}
		if got := d.metBy(version(t, tt.runs), tt.running); got != tt.met {
			t.Errorf("%s (%s) is met by %s (%s): %v", tt.version, tt.build, tt.runs, tt.running, got)
		}
	}
}

func TestHowFarAppleHasCome(t *testing.T) {
	log := sample(t, "install.log")
	for _, tt := range []struct {
		version string
		log     []byte
		next    string
		tries   int
		gone    bool
	}{
		{"26.6.2", log, "2026-09-02T02:17:41", 3, true},
		{"15.7.5", log, "2026-08-21T11:00:00", 1, false},
		{"26.7", log, "", 0, false},
		{"26.6.2", nil, "", 0, false},
		{"26.6.2", log[:len(log)-200], "2026-09-02T02:17:41", 3, false},
	} {
		e := ParseEnforcing(tt.log, version(t, tt.version))
		next := ""
		if e.Next.Known() {
			next = e.Next.String()
		}
		if next != tt.next || e.Tries != tt.tries || e.Gone != tt.gone {
			t.Errorf("%s: put off to %q after %d tries, gone: %v; want %q, %d, %v", tt.version, next, e.Tries, e.Gone, tt.next, tt.tries, tt.gone)
		}
	}
}

// Apple's daemon writes that it does not find the version before it puts a try off, or
// after.
func TestWhatTheLastTryDidNotFindIsGone(t *testing.T) {
	declared := " mac softwareupdated[1]: Found DDM enforced install (VersionString:26.7|BuildVersionString:(null))\n"
	padded := func(at, to string) string {
		return at + declared + at + " mac softwareupdated[1]: setPastDuePaddedEnforcementDate is set: Sun Aug 30 " + to + " 2026\n"
	}
	missing := func(at string) string {
		return at + declared + at + " mac softwareupdated[1]: SUOSUProduct: pallasNoPMVMatchFound=true\n"
	}
	const first, later, next = "2026-08-30 15:00:00-04", "2026-08-30 15:00:40-04", "2026-08-30 16:00:10-04"
	for _, tt := range []struct {
		name, log string
		gone      bool
	}{
		{"before it is put off", missing(first) + padded(later, "16:00:00"), true},
		{"after it is put off", padded(first, "16:00:00") + missing(later), true},
		{"until the next try", missing(first) + padded(later, "16:00:00") + padded(next, "17:00:00"), false},
		{"which did not find it either", missing(first) + padded(later, "16:00:00") + missing(next) + padded(next, "17:00:00"), true},
	} {
		if e := ParseEnforcing([]byte(tt.log), version(t, "26.7")); e.Gone != tt.gone {
			t.Errorf("%s: %v", tt.name, e.Gone)
		}
	}
}

func FuzzParseDeclared(f *testing.F) {
	f.Add(sample(f, "settings-only.plist"))
	f.Add(file(declarations(declaration("A", "TargetLocalDateTime", "2026-12-03T18:00:00", "TargetOSVersion", "26.6.2", "TargetBuildVersion", "25G83"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := ParseDeclared(data)
		if err != nil && d.Enforced != nil {
			t.Fatalf("%v, and yet %+v", err, d)
		}
		for i, e := range d.Enforced {
			if !e.By.Known() || !e.Version.Known() && e.Build == "" {
				t.Fatalf("nothing is asked for: %+v", e)
			}
			if i > 0 && e.compare(d.Enforced[i-1]) <= 0 {
				t.Fatalf("%v stands behind %v", e, d.Enforced[i-1])
			}
		}
	})
}

func FuzzParseEnforcing(f *testing.F) {
	f.Add(sample(f, "install.log"))
	target := version(f, "26.6.2")
	f.Fuzz(func(t *testing.T, tail []byte) {
		e := ParseEnforcing(tail, target)
		if e.Next.Known() != (e.Tries > 0) || (e.Next != clock.Civil{}) != e.Next.Known() {
			t.Fatalf("%d tries, and the next at %v", e.Tries, e.Next)
		}
	})
}
