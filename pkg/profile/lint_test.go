package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"howett.net/plist"

	"installordefer/deferral/settings"
)

// found lints data and returns the findings, one string each.
func found(t *testing.T, l Linter, data []byte) []string {
	t.Helper()
	report, err := l.Lint(data)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range report.Findings {
		if f.Place == "" || f.Key == "" || f.Reason == "" || f.Repair == "" {
			t.Errorf("an incomplete finding: %+v", f)
		}
		out = append(out, f.String())
	}
	return out
}

func TestLintFindsWhatTheRootJobWouldNotSay(t *testing.T) {
	l := Linter{
		Identity: DefaultIdentity,
		Template: func(text string) []Remark {
			if strings.Contains(text, "%OOPS%") {
				return []Remark{{`"%OOPS%"`, "no placeholder"}}
			}
			if strings.Contains(text, "<<") {
				return []Remark{{`"<<"`, "never closed"}}
			}
			return nil
		},
		Missing: func(string) error { return errors.New("not there") },
		Measure: func(_, language, text string) (string, string) {
			switch {
			case text != "too long":
				return "", ""
			case language == "":
				return "will not fit here", ""
			}
			return "will not fit in " + language, ""
		},
		Speaks: func(language string, own []string) bool { return language == "de" || slices.Contains(own, language) },
	}
	for about, c := range map[string]struct{ json, want string }{
		"nothing":                            {`{}`, ""},
		"a null":                             {`{"UpdateDelay": null}`, ""},
		"a broken number":                    {`{"UpdateDelay": 1.5}`, "not a whole number"},
		"a number without end":               {`{"UpdateDelay": 1e999}`, "not a whole number"},
		"hours for seconds":                  {`{"MaxDeferralTime": 72}`, "less than 300 seconds, so another unit was probably meant.\n    Repair: Give a whole number of seconds from 300 to 34560000: an hour is 3600, a day 86400."},
		"minutes in a choice":                {`{"DeferralChoices": [60, 3600]}`, "60 is less than 300 seconds, so another unit was probably meant"},
		"a setting for tests":                {`{"SkipDeferral": true}`, "meant for tests, because nobody can defer"},
		"no setting for tests":               {`{"SkipDeferral": false}`, ""},
		"an unknown placeholder":             {`{"MessageInstall": "%OOPS%"}`, "The placeholders are %UPDATE_LIST%"},
		"an open section":                    {`{"MessageInstall": "<<"}`, "needs its >>"},
		"a placeholder in a label":           {`{"DeferButtonLabel": "%DEFER_HOURS%"}`, "only the messages"},
		"a section in a contact":             {`{"SupportContact": "a }} b"}`, "only the messages"},
		"a translation with an open section": {`{"Translations": {"de": {"MessageInstall": "<<"}}}`, "needs its >>"},
		"a translation that others lack":     {`{"Translations": {"de": {"MessageInstall": "a", "MessageUpdating": "b"}, "fr": {"MessageUpdating": "b"}}}`, "not in fr, but in de"},
		"a translation of what is no text":   {`{"Translations": {"de": {"UpdateDelay": "60"}}}`, "no text of a dialog"},
		"a language that is known":           {`{"Language": "de"}`, ""},
		"a language that nobody knows":       {`{"Language": "xx"}`, "have no texts, so that they speak the person's"},
		"a language that has own texts":      {`{"Language": "hu", "Translations": {"hu": {"SupportContact": "a"}}}`, ""},
		"a logo of another kind, dark":       {`{"MessagingLogoDark": "/Library/a.gif"}`, "not a PNG or ICNS"},
		"a help page without https":          {`{"HelpURL": "http://example.com"}`, "not an address that begins with https://.\n    Repair: Give the whole address of a page"},
		"a help page":                        {`{"HelpURL": "https://example.com/a"}`, ""},
		"a text that does not fit":           {`{"DeferButtonLabel": "too long"}`, "will not fit here.\n    Repair: Shorten it."},
		"a translation that does not fit":    {`{"Translations": {"de": {"MessageInstall": "too long"}}}`, "will not fit in de"},
		"a text that fits":                   {`{"DeferButtonLabel": "long"}`, ""},
		"a missing logo":                     {`{"MessagingLogo": "/Library/a.png"}`, "cannot be reached: not there"},
		"a folder that others can write to":  {`{"SelfUpdateFolder": "/Users/Shared/updates"}`, "others than root can write to"},
		"a folder that is a link":            {`{"SelfUpdateFolder": "/var"}`, "that is a link"},
		"a logo in a home":                   {`{"MessagingLogo": "/Users/a/a.png"}`, "in a folder that is not there"},
		"a logo of another kind":             {`{"MessagingLogo": "/Library/a.gif"}`, "not a PNG or ICNS"},
		"password and by hand":               {`{"ManualUpdates": true, "AppleSiliconPassword": true}`, "ManualUpdates"},
		"the same in both lists":             {`{"OnlyUpdates": "a*", "IgnoreUpdates": ["a*", "b"]}`, "the same pattern"},
	} {
		got := found(t, l, []byte(c.json))
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", about, got, c.want)
		}
	}
}

func TestLintOfSkipDeferral(t *testing.T) {
	t.Run("a deadline beside it is reported, and it itself", func(t *testing.T) {
		got := found(t, Linter{Identity: DefaultIdentity}, []byte(`{"SkipDeferral": true, "MaxDeferralTime": 7200, "DeferralPeriod": 3600, "PromptTimeout": 60}`))
		if len(got) != 2 || !strings.Contains(got[0], "MaxDeferralTime: without effect") && !strings.Contains(got[1], "MaxDeferralTime: without effect") ||
			!strings.Contains(got[0]+got[1], "meant for tests, because nobody can defer") {
			t.Errorf("%q", got)
		}
	})
}

func TestAPatternThatLeavesNothingToInstallIsRefused(t *testing.T) {
	for _, p := range []string{"*", "**", "?*", " * "} {
		values := map[string]any{"IgnoreUpdates": []any{p, "Safari*"}}
		set, _, problems := settings.Read(settings.Layer{Name: "profile", Values: values})
		if len(set.IgnoreUpdates) != 1 || set.IgnoreUpdates[0] != "Safari*" || len(problems) != 1 {
			t.Errorf("%q: the job ignores %q, %v", p, set.IgnoreUpdates, problems)
		}
		if got := found(t, Linter{Identity: DefaultIdentity}, fmt.Appendf(nil, `{"IgnoreUpdates": [%q, "Safari*"]}`, p)); len(got) != 1 || !strings.Contains(got[0], "matches every update") {
			t.Errorf("%q: lint says %q", p, got)
		}
		if all, _, problems := settings.Read(settings.Layer{Name: "profile", Values: map[string]any{"OnlyUpdates": []any{p}}}); len(all.OnlyUpdates) != 1 || len(problems) > 0 {
			t.Errorf("OnlyUpdates %q: %q, %v", p, all.OnlyUpdates, problems)
		}
	}
}

// TestLintSpeaksAsTheJobDoes holds for every time, below its least and at it.
func TestLintSpeaksAsTheJobDoes(t *testing.T) {
	for _, k := range settings.Keys {
		if k.Unit != "seconds" {
			continue
		}
		t.Run(k.Name+" below its least is refused by both in the same words", func(t *testing.T) {
			_, _, problems := settings.Read(settings.Layer{Name: "profile", Values: map[string]any{k.Name: k.Min - 1}})
			got := found(t, Linter{Identity: DefaultIdentity}, fmt.Appendf(nil, `{%q: %d}`, k.Name, k.Min-1))
			if len(problems) != 1 || len(got) != 1 {
				t.Fatalf("the job: %v, lint: %q", problems, got)
			}
			p := problems[0]
			for _, want := range []string{k.Name, p.Value, p.Reason, p.Repair} {
				if !strings.Contains(got[0], want) {
					t.Errorf("lint says %q without %q", got[0], want)
				}
			}
			for _, want := range []string{k.Name, strconv.Itoa(k.Min - 1), "another unit was probably meant", "Used: "} {
				if !strings.Contains(p.String(), want) {
					t.Errorf("the job says %q without %q", p, want)
				}
			}
		})
		t.Run(k.Name+" at its least is taken by both", func(t *testing.T) {
			values := map[string]any{"DeferralPeriod": 7200, "PromptTimeout": 3600, "UpdateDelay": 60}
			values[k.Name] = k.Min
			if other, ok := settings.KeyNamed(k.Needs); ok {
				values[other.Name] = other.Example
			}
			if k.Name == "MaxDeferralTime" || k.Name == "DeferralPeriod" {
				values = map[string]any{k.Name: k.Min}
			}
			_, _, problems := settings.Read(settings.Layer{Name: "profile", Values: values})
			data, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			if got := found(t, Linter{Identity: DefaultIdentity}, data); len(problems) > 0 || len(got) > 0 {
				t.Errorf("the job: %v, lint: %q", problems, got)
			}
		})
	}
}

func TestSchemasAreChecked(t *testing.T) {
	for about, c := range map[string]struct{ properties, want string }{
		"a right one":    {`{"UpdateDelay": {"type": "integer", "minimum": 60, "maximum": 3600, "enum": [60, 120]}}`, ""},
		"a number":       {`{"UpdateDelay": {"type": "number"}}`, ""},
		"one of two":     {`{"UpdateDelay": {"oneOf": [{"type": "null"}, {"type": "integer"}, "x"]}}`, ""},
		"a type":         {`{"UpdateDelay": {"type": "string"}}`, "which is integer"},
		"a range":        {`{"UpdateDelay": {"type": "integer", "minimum": 60, "maximum": 90000}}`, "minimum to 60 and maximum to 86400"},
		"another unit":   {`{"UpdateDelay": {"type": "integer", "minimum": 1}}`, "minimum to 60 and maximum to 86400"},
		"a choice":       {`{"UpdateDelay": {"type": "integer", "enum": [60, "soon"]}}`, "a choice that the root job refuses"},
		"a default":      {`{"UpdateDelay": {"type": "integer", "default": 0}}`, "not more than 0"},
		"a name":         {`{"UpdateDelays": {"type": "integer"}}`, "nearest name is UpdateDelay"},
		"no description": {`{"UpdateDelay": 60}`, "not the description of a key"},
	} {
		got := found(t, Linter{Identity: DefaultIdentity}, []byte(`{"properties": `+c.properties+`}`))
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", about, got, c.want)
		}
	}
}

// profileWith returns a right profile in binary form, changed.
func profileWith(t *testing.T, change func(top, payload map[string]any)) []byte {
	t.Helper()
	payload := map[string]any{"PayloadType": DefaultIdentity.ID, "PayloadVersion": 1, "PayloadIdentifier": "b",
		"PayloadUUID": "5B1D3C7E-2A4F-4C6D-8E9F-0A1B2C3D4E5F", "UpdateDelay": 600}
	top := map[string]any{"PayloadType": "Configuration", "PayloadVersion": 1, "PayloadIdentifier": "a", "PayloadScope": "System",
		"PayloadUUID": "0E6A2B1C-7D3F-4E5A-9B8C-1D2E3F4A5B6C", "PayloadContent": []any{payload}}
	change(top, payload)
	data, err := plist.Marshal(top, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheFrameOfAProfileIsChecked(t *testing.T) {
	for about, c := range map[string]struct {
		change func(top, payload map[string]any)
		want   string
	}{
		"a right one":         {func(_, _ map[string]any) {}, ""},
		"no scope":            {func(top, _ map[string]any) { delete(top, "PayloadScope") }, "PayloadScope is missing"},
		"another type":        {func(top, _ map[string]any) { top["PayloadType"] = "x" }, "not the type of a configuration profile"},
		"an encrypted one":    {func(top, _ map[string]any) { top["PayloadContent"], top["EncryptedPayloadContent"] = "x", []byte("x") }, "encrypted"},
		"no payloads":         {func(top, _ map[string]any) { top["PayloadContent"] = "x" }, "not a list of payloads"},
		"no payload of ours":  {func(_, p map[string]any) { p["PayloadType"] = "com.example.other" }, "no payload for the domain"},
		"a type of two lines": {func(_, p map[string]any) { p["PayloadType"] = "install\nor-defer" }, `the nearest is "install\nor-defer".`},
		"no type of a payload": {func(top, p map[string]any) {
			top["PayloadContent"] = []any{p, with(p, "PayloadType", "", "PayloadUUID", "6B1D3C7E-2A4F-4C6D-8E9F-0A1B2C3D4E5F")}
		}, "a payload needs a type"},
		"no UUID":         {func(_, p map[string]any) { delete(p, "PayloadUUID") }, "not a UUID"},
		"the same UUID":   {func(top, p map[string]any) { p["PayloadUUID"] = strings.ToLower(top["PayloadUUID"].(string)) }, "the same UUID twice"},
		"no identifier":   {func(_, p map[string]any) { p["PayloadIdentifier"] = "" }, "an identifier is needed"},
		"another version": {func(_, p map[string]any) { p["PayloadVersion"] = 2 }, "not the version of the format"},
		"two of one domain": {func(top, p map[string]any) {
			top["PayloadContent"] = []any{p, with(p, "PayloadUUID", "6B1D3C7E-2A4F-4C6D-8E9F-0A1B2C3D4E5F")}
		}, "two payloads for the same domain"},
		"a wrong setting": {func(_, p map[string]any) { p["UpdateDelay"] = true }, "PayloadContent[0].UpdateDelay is true"},
		"no rules":        {func(_, p map[string]any) { p["PayloadType"] = typeLoginItems }, "not a list of rules"},
		"nothing forced": {func(_, p map[string]any) {
			p["PayloadType"] = typeManaged
			p["PayloadContent"] = map[string]any{DefaultIdentity.ID: map[string]any{"Forced": "x"}}
		}, "are not enforced"},
	} {
		got := found(t, Linter{Identity: DefaultIdentity}, profileWith(t, c.change))
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", about, got, c.want)
		}
	}
}

// with returns a copy of d with other values.
func with(d map[string]any, keysAndValues ...string) map[string]any {
	out := map[string]any{}
	for k, v := range d {
		out[k] = v
	}
	for i := 0; i < len(keysAndValues); i += 2 {
		out[keysAndValues[i]] = keysAndValues[i+1]
	}
	return out
}

func TestAFileWithoutSettingsIsAnError(t *testing.T) {
	for about, c := range map[string]struct{ data, want string }{
		"nothing":       {"", "empty"},
		"blanks":        {" \n", "empty"},
		"half JSON":     {`{"a": `, "not JSON"},
		"JSON and more": {`{} {}`, "something follows"},
		"too much":      {strings.Repeat(" ", MaxFile+1), "larger than"},
		"a manifest":    {string(DefaultIdentity.Manifest()), "describes settings and holds none"},
		"signed text":   {string(signedBy(t, "Ada", []byte("hello"))), "what is signed"},
	} {
		if _, err := (Linter{Identity: DefaultIdentity}).Lint([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", about, err, c.want)
		}
		if _, err := Settings(DefaultIdentity.ID, []byte(c.data)); err == nil {
			t.Errorf("%s: it has settings", about)
		}
	}
	for about, data := range map[string]string{
		"a schema":                  `{"properties": {}}`,
		"a profile for another job": string(Profile{Identity: Identity{ID: "com.example.other"}}.Mobileconfig()),
	} {
		if _, err := Settings(DefaultIdentity.ID, []byte(data)); err == nil {
			t.Errorf("%s: it has settings", about)
		}
	}
}

func TestKeysOfASignedProfileHaveTheLinesOfWhatIsSigned(t *testing.T) {
	inside := "\n" + `<plist>
<dict>
	<key>UpdateDelay</key>
	<string>soon</string>
	<key>IgnoreUpdates</key>
	<array>
		<string>[</string>
	</array>
</dict>
</plist>`
	for _, data := range [][]byte{[]byte(inside), signedBy(t, "Ada", []byte(inside))} {
		got := found(t, Linter{Identity: DefaultIdentity}, data)
		if len(got) != 2 || !strings.HasPrefix(got[0], "line 4: UpdateDelay") || !strings.HasPrefix(got[1], "line 6: IgnoreUpdates") {
			t.Errorf("got %q", got)
		}
	}
}
