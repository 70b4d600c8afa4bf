package softwareupdate

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryOfferIsReadTheSameInEveryVariant(t *testing.T) {
	for _, o := range offers {
		var want []Update
		for _, e := range o.entries {
			want = append(want, e.want())
		}
		for _, v := range variants {
			t.Run(o.name+"/"+v.name, func(t *testing.T) {
				stdout, stderr := v.write(o)
				l := ParseList([]byte(stdout), []byte(stderr))
				if l.Outcome != Updates || l.Err != nil || l.Partial || len(l.Refused) > 0 {
					t.Errorf("outcome %v, error %v, partial %v, refused %v", l.Outcome, l.Err, l.Partial, l.Refused)
				}
				if diff := cmp.Diff(want, l.Updates); diff != "" {
					t.Errorf("updates (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestNoneIsSaidByApplesOwnSentence(t *testing.T) {
	for _, n := range nothing {
		l := ParseList([]byte(n.stdout), []byte(n.stderr))
		if l.Outcome != None || l.Err != nil || len(l.Updates) > 0 || l.Partial {
			t.Errorf("%s: %+v, want none", n.name, l)
		}
	}
}

func TestUnknownIsNeverNone(t *testing.T) {
	cutSentence := strings.TrimSuffix(nothingAvailable, "able.")
	tests := []struct {
		name, stdout, stderr string
		kind                 FailureKind
		says                 string
	}{
		{"nothing at all", "", "", FailureUnknown, "neither a list nor"},
		{"blank lines", "\n \n\t\r\n", "", FailureUnknown, "neither a list nor"},
		{"the banner only", banner, "", FailureUnknown, "neither a list nor"},
		{"one stream is missing", banner + search, "", FailureUnknown, "neither a list nor"},
		{"noise only", noise, noise, FailureUnknown, "neither a list nor"},
		{"the sentence is cut", banner, cutSentence, FailureUnknown, "No new software avail"},
		{"the sentence is part of another", banner, "He said: No new software available.", FailureUnknown, "He said"},
		{"the sentence about installing", banner, "No updates are available.\n", FailureUnknown, "No updates are available"},
		{"a list was announced only", banner + search + found, "", FailureUnknown, "announced a list but printed none"},
		{"a list was announced and denied", banner + search + found, nothingAvailable, FailureUnknown, "announced a list"},
		{"an error beside the sentence", "Scan finished with error: oops\n", nothingAvailable, FailureUnknown, "Scan finished with error: oops"},
		{"an error in the older form", banner + search, "The operation couldn’t be completed. (NSURLErrorDomain error -1100.)\n" + nothingAvailable, FailureUnknown, "-1100"},
		{"offline in the older form", banner + search, "The operation couldn’t be completed. (NSURLErrorDomain error -1009.)\n" + nothingAvailable, FailureNetwork, "-1009"},
		{"an error in German", banner + search, "Der Vorgang konnte nicht abgeschlossen werden. (SUPreferenceManagerErrorDomain-Fehler 3.)\n" + nothingAvailable, FailureUnknown, "Fehler 3"},
		{"an error in Chinese", banner + search, nothingAvailable + "\n未能完成操作。（“NSURLErrorDomain”错误-1100。）\n", FailureUnknown, "错误-1100"},
		{"an error without a name", banner + search, nothingAvailable + "\nThe Internet connection appears to be offline.\n", FailureNetwork, "appears to be offline"},
		{"an error that nobody has seen", banner + search, nothingAvailable + "\nサーバに接続できません。\n", FailureUnknown, "サーバに接続できません"},
		{"an error among the list", banner + search + "La operación no se pudo completar. (PKDownloadError error 8.)\n", nothingAvailable, FailureUnknown, "error 8"},
		{"network connection lost", `Scan finished with error: Error Domain=NSURLErrorDomain Code=-1005 "The network connection was lost." UserInfo={}`, "", FailureNetwork, "-1005"},
		{"access denied", `Scan finished with error: Error Domain=SUMacControllerError Code=7507 "Access request was denied"`, "", FailureUnknown, "7507"},
		{"not connected", banner, "Can't connect to the Apple Software Update server, because you are not connected to the Internet.\n", FailureNetwork, "not connected"},
		{"curly apostrophe", banner, "Can’t connect to the Apple Software Update server.\n", FailureNetwork, "cannot be reached"},
		{"in Chinese", banner, "不能从软件更新服务器（(null)）载入数据。\n", FailureUnknown, "不能从软件更新服务器"},
		{"no helper", "", "Couldn't communicate with a helper application.\n", FailureUnknown, "helper application"},
		{"an option it does not know", "", "softwareupdate: unrecognized option `--lst'\nusage: softwareupdate <cmd> [<args> ...]\n", FailureUnknown, "unrecognized option"},
		{"full installers", "Finding available software\nSoftware Update found the following full installers:\n* Title: macOS Ventura, Version: 13.2, Size: 12261428KiB, Build: 22D49, Deferred: YES\n", "", FailureUnknown, "announced a list"},
		{"a page of HTML", "<html>\n  <li>\n* one\n- two\n  three\n</html>\n", "", FailureUnknown, "<html>"},
		{"binary", "\x00\xff\xfe\x01* \x00", "", FailureUnknown, "neither a list nor"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := ParseList([]byte(tt.stdout), []byte(tt.stderr))
			if l.Outcome != Unknown || len(l.Updates) > 0 {
				t.Fatalf("outcome %v with %v", l.Outcome, l.Updates)
			}
			var f *Failure
			if !errors.As(l.Err, &f) || f.Kind != tt.kind || f.Operation != checking {
				t.Errorf("error %#v, want a failed check of kind %v", l.Err, tt.kind)
			}
			if !strings.Contains(l.Err.Error(), tt.says) {
				t.Errorf("error %q does not say %q", l.Err, tt.says)
			}
		})
	}
}

// one parses a list with one entry and returns it.
func one(t *testing.T, body string) Update {
	t.Helper()
	l := ParseList([]byte(banner+search+found+body), nil)
	if l.Outcome != Updates || len(l.Updates) != 1 {
		t.Fatalf("got %+v, want one update", l)
	}
	return l.Updates[0]
}

func TestALabelKeepsItsExactBytes(t *testing.T) {
	for _, label := range []string{
		"macOS\u00a0Tahoe\u00a0 26.7-25G229", "macOS 10.14.4 Update- ", "  two blanks before", "caf\xe9-1.0", "Label: inside-1", "\u00a0-1", "x\u2028y-2",
	} {
		u := one(t, "* Label: "+label+"\n\tTitle: T, Version: 1, Size: 1KiB, Recommended: YES, \n")
		if string(u.Label) != label {
			t.Errorf("label %q came back as %q", label, u.Label)
		}
	}
	if u := one(t, "   * macOS 10.14.4 Update- \n\tmacOS 10.14.4 Update ( ), 5K [recommended]\n"); u.Label != "macOS 10.14.4 Update- " {
		t.Errorf("label %q lost its last blank", u.Label)
	}
}

func TestALabelThatIsNoLabelIsRefused(t *testing.T) {
	for label, why := range map[string]string{
		"-a":                            "hyphen",
		"--all":                         "hyphen",
		"x\x1b[2Jy-1":                   "control",
		"x\ty-1":                        "control",
		"x\x00y":                        "control",
		"x\u0085y":                      "control",
		"":                              "empty",
		"  ":                            "empty",
		"--background -27":              "hyphen",
		strings.Repeat("x", maxLabel+1): "longer",
	} {
		l := ParseList([]byte(found+"* Label: "+label+"\n\tTitle: macOS 28, Version: 28, Size: 1KiB, Recommended: YES, \n"), []byte(nothingAvailable))
		if l.Outcome != Updates || len(l.Updates) != 0 || len(l.Refused) != 1 {
			t.Errorf("%q: got %+v, want one refused label", label, l)
			continue
		}
		r := l.Refused[0]
		if string(r.Update.Label) != label || !strings.Contains(r.Reason, why) {
			t.Errorf("%q: refused as %q because %s", label, r.Update.Label, r.Reason)
		}
		if log := strings.Join(l.Warnings, "\n"); !strings.Contains(log, "refused") || strings.ContainsAny(log, "\x1b\x00") {
			t.Errorf("%q: logged %q", label, log)
		}
	}
}

func TestAnUnknownActionMeansARestart(t *testing.T) {
	for action, want := range map[string]Action{
		"restart": ActionRestart, "shut down": ActionShutdown, "shutdown": ActionShutdown, "Shut Down": ActionShutdown,
		"none": ActionNone, "reboot twice": ActionRestart, "neu starten": ActionRestart,
	} {
		u := one(t, "* Label: L-1\n\tTitle: T, Version: 1, Size: 1KiB, Recommended: YES, Action: "+action+", \n")
		if u.Action != want {
			t.Errorf("action %q read as %v, want %v", action, u.Action, want)
		}
	}
}

func TestMissingFieldsAreUnknownNotGuessed(t *testing.T) {
	tests := []struct {
		name, detail string
		want         Update
	}{
		{"size", "Title: T, Version: 1, Recommended: YES, ", Update{Title: "T", Version: "1", SizeKiB: -1, Recommended: true}},
		{"size of another unit", "Title: T, Version: 1, Size: 3MB, Recommended: YES, ", Update{Title: "T", Version: "1", SizeKiB: -1, Recommended: true}},
		{"size too large", "Title: T, Version: 1, Size: 99999999999999999999K, Recommended: YES, ", Update{Title: "T", Version: "1", SizeKiB: -1, Recommended: true}},
		{"version", "Title: T, Size: 7K, Recommended: YES", Update{Title: "T", SizeKiB: 7, Recommended: true}},
		{"version empty", "Title: T, Version:  , Size: 7K, Recommended: YES", Update{Title: "T", SizeKiB: 7, Recommended: true}},
		{"title", "Version: 1, Size: 7K, Recommended: YES, ", Update{Version: "1", SizeKiB: 7, Recommended: true}},
		{"title empty", "Title: , Version: 1, Size: 7K, Recommended: YES, ", Update{Version: "1", SizeKiB: 7, Recommended: true}},
		{"all but one", "Title: T", Update{Title: "T", SizeKiB: -1, Incomplete: true}},
		{"recommended", "Title: T, Version: 1, Size: 7K, ", Update{Title: "T", Version: "1", SizeKiB: 7, Incomplete: true}},
		{"recommended, but it restarts", "Title: T, Version: 1, Action: restart", Update{Title: "T", Version: "1", SizeKiB: -1, Action: ActionRestart}},
		{"recommended cut off", "Title: T, Version: 1, Size: 7K, Recommended:", Update{Title: "T", Version: "1", SizeKiB: 7, Incomplete: true}},
		{"recommended misspelt", "Title: T, Version: 1, Size: 7K, Recommended: MAYBE", Update{Title: "T", Version: "1", SizeKiB: 7, Incomplete: true}},
		{"none, in another order", "Action: restart, Recommended: YES, Size: 7K, Version: 1, ", Update{Version: "1", SizeKiB: 7, Recommended: true, Action: ActionRestart}},
		{"none, and a new one", "Title: T, Version: 1, Size: 7K, Recommended: YES, Urgency: high, ", Update{Title: "T", Version: "1", SizeKiB: 7, Recommended: true}},
		{"none, not deferred", "Title: T, Version: 1, Size: 7K, Recommended: YES, Deferred: NO", Update{Title: "T", Version: "1", SizeKiB: 7, Recommended: true}},
	}
	for _, tt := range tests {
		tt.want.Label = "L-1"
		if diff := cmp.Diff(tt.want, one(t, "* Label: L-1\n\t"+tt.detail+"\n")); diff != "" {
			t.Errorf("missing: %s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestATitleMayLookLikeFields(t *testing.T) {
	for _, title := range []string{
		"A, Version: 2 guide", "Size: 5K", "A, Title: B", "One,Two:Three", "x, Deferred: YES, Recommended: NO, Size: 9K", ", leading",
	} {
		u := one(t, "* Label: L-1\n\tTitle: "+title+", Version: 7, Size: 1K, Recommended: YES, Action: restart, Deferred: NO\n")
		want := Update{Label: "L-1", Title: title, Version: "7", SizeKiB: 1, Recommended: true, Action: ActionRestart}
		if diff := cmp.Diff(want, u); diff != "" {
			t.Errorf("title %q (-want +got):\n%s", title, diff)
		}
	}
}

func TestAnOldVersionIsTheLastGroupInParentheses(t *testing.T) {
	tests := []struct {
		detail string
		want   Update
	}{
		{"Command Line Tools (OS X 10.10) (6.0), 108534K [recommended]", Update{Title: "Command Line Tools (OS X 10.10)", Version: "6.0", SizeKiB: 108534, Recommended: true}},
		{"macOS High Sierra 10.13.6 Update ( ), 5K [recommended] [restart]", Update{Title: "macOS High Sierra 10.13.6 Update", SizeKiB: 5, Recommended: true, Action: ActionRestart}},
		{"BridgeOSUpdateCustomer (10.14.4.1.1.1555388607), 328394K, [recommended] [shut down]", Update{Title: "BridgeOSUpdateCustomer", Version: "10.14.4.1.1.1555388607", SizeKiB: 328394, Recommended: true, Action: ActionShutdown}},
		{"Both (1), 5K [restart] [shut down]", Update{Title: "Both", Version: "1", SizeKiB: 5, Action: ActionShutdown}},
		{"iCal, 1.0.2, 6520K", Update{Title: "iCal", Version: "1.0.2", SizeKiB: 6520}},
		{"Tab, (3), 12KiB", Update{Title: "Tab", Version: "3", SizeKiB: 12}},
	}
	for _, tt := range tests {
		tt.want.Label = "L-1"
		if diff := cmp.Diff(tt.want, one(t, "   * L-1\n\t"+tt.detail+"\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.detail, diff)
		}
	}
}

func TestALabelWithoutDetailsIsKept(t *testing.T) {
	for name, stdout := range map[string]string{
		"another label follows": found + "* Label: macOS 27-26A428\n* Label: B-1\n\tTitle: B, Version: 1, Recommended: YES\n",
		"details make no sense": found + "* Label: macOS 27-26A428\n\tcorrupted\n* Label: B-1\n\tTitle: B, Version: 1, Recommended: YES\n",
		"the old format":        found + "   * macOS 27-26A428\n   * B-1\n\tB (1), 5K [recommended]\n",
		"a full installer":      found + "* Label: macOS 27-26A428\n* Title: macOS 27, Version: 27, Size: 1KiB, Build: 26A428\n* Label: B-1\n\tTitle: B, Version: 1, Recommended: YES\n",
	} {
		l := ParseList([]byte(stdout), nil)
		if len(l.Updates) != 2 || l.Updates[1].Label != "B-1" {
			t.Errorf("%s: got %+v", name, l.Updates)
			continue
		}
		if u := l.Updates[0]; u.Label != "macOS 27-26A428" || !u.Incomplete || u.SizeKiB != -1 {
			t.Errorf("%s: got %+v, want it incomplete", name, u)
		}
		if warnings := strings.Join(l.Warnings, "\n"); !strings.Contains(warnings, `no readable details for "macOS 27-26A428"`) {
			t.Errorf("%s: nothing is said of it: %s", name, warnings)
		}
	}
	l := ParseList([]byte(found+"* Label: macOS 27-26A4"), []byte(nothingAvailable))
	if l.Outcome != Updates || len(l.Updates) != 1 || !l.Updates[0].Incomplete {
		t.Errorf("cut behind the label: got %+v", l)
	}
}

func TestAnErrorBesideAListIsAWarning(t *testing.T) {
	stdout := "Scan finished with error: Error Domain=SUMacControllerError Code=7507 \"Access request was denied\"\n" + found + offers[0].body(", ")
	l := ParseList([]byte(stdout), nil)
	if l.Outcome != Updates || len(l.Updates) != 2 || !l.Partial {
		t.Fatalf("got %+v, want a partial list", l)
	}
	if !strings.Contains(strings.Join(l.Warnings, "\n"), "7507") {
		t.Errorf("the error is not among the warnings: %q", l.Warnings)
	}
}

func TestALineOnStandardErrorMakesAListPartial(t *testing.T) {
	for line, want := range map[string]bool{
		"":                                  false,
		noise + nothingAvailable:            false,
		"サーバに接続できません。\n":                    true,
		"(NSURLErrorDomain error -1100.)\n": true,
	} {
		l := ParseList([]byte(found+offers[0].body(", ")), []byte(line))
		if l.Outcome != Updates || l.Partial != want {
			t.Errorf("beside %q: %v, partial %v", line, l.Outcome, l.Partial)
		}
	}
}

func TestAHyphenMeansNotRecommended(t *testing.T) {
	const whole = "Title: iCal, Version: 1.0.2, Size: 6520K,"
	for body, incomplete := range map[string]bool{
		"- Label: iCal-1.0.2\n\t" + whole + "\n":                                false,
		"* Label: iCal-1.0.2\n\t" + whole + "\n":                                true,
		"- Label: iCal-1.0.2\n\tTitle: iCal, Size: 6520K,\n":                    false,
		"- Label: iCal-1.0.2\n\tTitle: iCal, Version: 1.0.2,\n":                 true,
		"- Label: iCal-1.0.2\n\tVersion: 1.0.2, Size: 6520K,\n":                 true,
		"- Label: iCal-1.0.2\n":                                                 true,
		"* Label: A-1\n\tTitle: A, Recommended: YES\n- Label: iCal\n\t" + whole: false,
	} {
		l := ParseList([]byte(found+body), nil)
		u := l.Updates[len(l.Updates)-1]
		if u.Incomplete != incomplete || u.Recommended {
			t.Errorf("%q: %+v", body, u)
		}
	}
}

func TestTheErrorStreamMayStandInTheMiddle(t *testing.T) {
	stdout := banner + search + found + "* Label: A-1\n" + noise + "Something else went by.\n\tTitle: A, Version: 1, Recommended: YES, \n"
	l := ParseList([]byte(stdout), nil)
	if len(l.Updates) != 1 || l.Updates[0].Title != "A" {
		t.Errorf("got %+v, want A with its details", l.Updates)
	}
}

func TestWhatIsNotUnderstoodIsAWarning(t *testing.T) {
	l := ParseList([]byte(noise+found+offers[0].body(", ")+"Neue Zeile\x1b[31m von Apple\n"), nil)
	got := strings.Join(l.Warnings, "\n")
	for _, want := range []string{"XType", "Neue Zeile", "von Apple"} {
		if !strings.Contains(got, want) {
			t.Errorf("the warnings %q lack %q", got, want)
		}
	}
	if strings.Contains(got, "\x1b") {
		t.Errorf("the warnings %q can steer a terminal", got)
	}
}

func TestNoiseIsKnownBehindBlanks(t *testing.T) {
	l := ParseList([]byte(found+"  * Label: A-1\n   "+noise+"    Title: A, Version: 1, Recommended: YES,\n"), nil)
	if len(l.Updates) != 1 || l.Updates[0].Title != "A" {
		t.Errorf("got %+v", l.Updates)
	}
}

func TestWarningsAreBounded(t *testing.T) {
	l := ParseList([]byte(strings.Repeat(strings.Repeat("x", 2000)+"\n", 3)+manyLines(5000)), nil)
	if len(l.Warnings) != maxNotes+1 || !strings.Contains(l.Warnings[maxNotes], "more lines") {
		t.Errorf("%d warnings, the last %q", len(l.Warnings), l.Warnings[len(l.Warnings)-1])
	}
	for _, w := range l.Warnings {
		if len(w) > maxNote+100 {
			t.Errorf("a warning of %d bytes", len(w))
		}
	}
}

func TestAWarningIsGivenOnce(t *testing.T) {
	if l := ParseList([]byte(noise+noise+noise), nil); len(l.Warnings) != 1 {
		t.Errorf("warnings %q", l.Warnings)
	}
}

func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("z", i%97+1) + "\n")
	}
	return b.String()
}

func TestWhatIsShownStaysOnOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"macOS\u00a0Tahoe\u00a0 26.7-25G229": "macOS Tahoe 26.7-25G229",
		" a \t b ":                           "a b",
		"x\x1b[2Jy":                          "x\uFFFD[2Jy",
		"abc\u202etxt":                       "abc\uFFFDtxt",
		"bad\xffbyte":                        "bad\uFFFDbyte",
		"更新":                                 "更新",
		"two\nlines":                         "two lines",
	} {
		if got := Label(in).Shown(); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestPeopleReadATitleWithAVersion(t *testing.T) {
	for _, tt := range []struct{ label, title, version, want string }{
		{"Safari27.0TahoeAuto-27.0", "Safari", "27.0", "Safari 27.0"},
		{"macOS Tahoe 26.7-25G229", "macOS Tahoe 26.7", "26.7", "macOS Tahoe 26.7"},
		{"macOS 27-26A428", "macOS 27", "27", "macOS 27"},
		{"Command Line Tools for Xcode-15.3", "Command Line Tools for Xcode", "15.3", "Command Line Tools for Xcode 15.3"},
		{"Command Line Tools for Xcode 26.4-26.4.1", "Command Line Tools for Xcode 26.4", "26.4.1", "Command Line Tools for Xcode 26.4"},
		{"macOS Background Security Improvement (a)-25D771280a", "macOS Background Security Improvement (a)", "26.3.1 (a)", "macOS Background Security Improvement (a)"},
		{"Security Update 2020-005-10.14.6", "Security Update 2020-005", "10.14.6", "Security Update 2020-005"},
		{"macOS 10.13.2 Update-10.13.2", "macOS 10.13.2 Update", "10.13.2", "macOS 10.13.2 Update"},
		{"X-1", "", "1", "X-1"},
		{"X-1", "X", "", "X"},
	} {
		u := Update{Label: Label(tt.label), Title: tt.title, Version: tt.version}
		if got := u.Name(); got != tt.want {
			t.Errorf("%s is called %q, want %q", tt.label, got, tt.want)
		}
	}
}

func TestAListOfMoreEntriesThanApplesIsUnknown(t *testing.T) {
	text := strings.Repeat("* Label: a\n\tTitle: a, Recommended: YES, \n", maxEntries)
	if l := ParseList([]byte(text), nil); l.Outcome != Updates || len(l.Updates) != maxEntries {
		t.Errorf("%d entries: %v with %d updates", maxEntries, l.Outcome, len(l.Updates))
	}
	l := ParseList([]byte(text+"* Label: a\n"), nil)
	if l.Outcome != Unknown || l.Err == nil || len(l.Updates)+len(l.Refused) > 0 {
		t.Errorf("one more: %v with %d updates, %v", l.Outcome, len(l.Updates), l.Err)
	}
}
