package profile

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"installordefer/deferral/settings"
	"installordefer/internal/plist"
)

func TestWhatIsCommittedIsWhatTheKeysSay(t *testing.T) {
	files, err := Files(DefaultIdentity)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		committed, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(f.Path)))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(committed), string(f.Data)); diff != "" {
			t.Errorf("%s differs (-committed +keys); run \"go generate ./pkg/profile\"\n%s", f.Path, diff)
		}
	}
}

func TestTheIdentifierIsInEveryFileAtOnce(t *testing.T) {
	files, err := Files(Identity{ID: "com.example.updates"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if bytes.Contains(f.Data, []byte(DefaultIdentity.ID)) {
			t.Errorf("%s has the default identifier", f.Path)
		}
		if !bytes.Contains(f.Data, []byte("com.example.updates")) {
			t.Errorf("%s lacks the identifier", f.Path)
		}
	}
}

// decoded reads a property list that was written here.
func decoded(t *testing.T, data []byte) map[string]any {
	t.Helper()
	d, err := plist.Decode(data, MaxFile)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryKeyIsInTheManifestAndInTheSchema(t *testing.T) {
	manifest := map[string]map[string]any{}
	for _, item := range decoded(t, DefaultIdentity.Manifest())["pfm_subkeys"].([]any) {
		d := item.(map[string]any)
		manifest[d["pfm_name"].(string)] = d
	}
	data, err := DefaultIdentity.JamfSchema()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct {
			AnyOf []map[string]any `json:"anyOf"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	if len(manifest) != len(settings.Keys)+7 || len(schema.Properties) != len(settings.Keys) {
		t.Errorf("%d keys in the manifest, %d in the schema, %d keys", len(manifest), len(schema.Properties), len(settings.Keys))
	}
	for _, k := range settings.Keys {
		m := manifest[k.Name]
		if m == nil || m["pfm_type"] != k.PlistType() {
			t.Errorf("%s in the manifest: %v", k.Name, m)
			continue
		}
		value := schema.Properties[k.Name].AnyOf[1]
		if value["type"] != jsonType(k) {
			t.Errorf("%s in the schema: %v", k.Name, value)
		}
		for about, byDefault := range map[string]any{"manifest": m["pfm_default"], "schema": value["default"]} {
			if (byDefault == nil) != (k.Default == nil) {
				t.Errorf("the default of %s in the %s is %v, want %v", k.Name, about, byDefault, k.Default)
			}
			if byDefault == nil {
				continue
			}
			if got, err := k.Canonical(byDefault); err != nil || got != k.Default {
				t.Errorf("the default of %s in the %s is %v (%v), want %v", k.Name, about, got, err, k.Default)
			}
		}
	}
}

func TestTheSampleHasEveryKeyWithItsExample(t *testing.T) {
	sample := decoded(t, DefaultIdentity.Sample(exampleDay()))
	if len(sample) != len(settings.Keys) {
		t.Errorf("%d keys, want %d", len(sample), len(settings.Keys))
	}
	for _, k := range settings.Keys {
		got, err := k.Canonical(sample[k.Name])
		want, _ := k.Canonical(k.Example)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v (%v), want %v", k.Name, got, err, want)
		}
	}
}

func TestTheDocumentDescribesEveryKey(t *testing.T) {
	document := string(DefaultIdentity.document())
	for _, k := range settings.Keys {
		if !strings.Contains(document, "\n### "+k.Name+"\n") || !strings.Contains(document, "| [`"+k.Name+"`](#"+strings.ToLower(k.Name)+")") {
			t.Errorf("%s is missing", k.Name)
		}
		for _, old := range k.OldNames {
			if !strings.Contains(document, "| `"+old+"` |") {
				t.Errorf("the old name %s is missing", old)
			}
		}
	}
	for _, link := range regexp.MustCompile(`\]\(#([a-z]+)\)`).FindAllStringSubmatch(document, -1) {
		if !strings.Contains(strings.ToLower(document), "\n### "+link[1]+"\n") {
			t.Errorf("the link #%s leads nowhere", link[1])
		}
	}
}

func TestAProfileReadsBackAsTheSettingsItWasMadeOf(t *testing.T) {
	values := map[string]any{}
	for _, k := range settings.Keys {
		v, err := k.Canonical(k.Example)
		if err != nil {
			t.Fatal(err)
		}
		values[k.Name] = v
	}
	p := Profile{Identity: DefaultIdentity, Settings: values, Title: `Updates & "more" <now>`, Organization: "Example", Description: "Two\nlines"}
	for about, data := range map[string][]byte{"profile": p.Mobileconfig(), "property list": p.Plist()} {
		got, err := Settings(DefaultIdentity.ID, data)
		if err != nil {
			t.Fatalf("%s: %v", about, err)
		}
		for _, k := range settings.Keys {
			if v, err := k.Canonical(got[k.Name]); err != nil || !reflect.DeepEqual(v, values[k.Name]) {
				t.Errorf("%s: %s is %v (%v), want %v", about, k.Name, v, err, values[k.Name])
			}
		}
	}
	top := decoded(t, p.Mobileconfig())
	if top["PayloadDisplayName"] != p.Title || top["PayloadScope"] != "System" || top["PayloadOrganization"] != "Example" || top["PayloadDescription"] != "Two\nlines" {
		t.Errorf("got %v", top)
	}
}

func TestTheSameProfileHasTheSameBytesAndAnotherVariantOtherUUIDs(t *testing.T) {
	uuids := regexp.MustCompile(`[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}`)
	seen := map[string]string{}
	for _, variant := range []string{"", "a", "b"} {
		p := Profile{Identity: DefaultIdentity, Variant: variant, Settings: map[string]any{"UpdateDelay": 60}}
		if !bytes.Equal(p.Mobileconfig(), p.Mobileconfig()) {
			t.Error("two profiles from one")
		}
		found := uuids.FindAllString(string(p.Mobileconfig()), -1)
		if len(found) != 2 {
			t.Errorf("%q has the UUIDs %v", variant, found)
		}
		for _, u := range found {
			if other, ok := seen[u]; ok {
				t.Errorf("%q and %q have the same UUID", variant, other)
			}
			seen[u] = variant
		}
		p.Settings = map[string]any{"UpdateDelay": 120}
		if again := uuids.FindAllString(string(p.Mobileconfig()), -1); !reflect.DeepEqual(found, again) {
			t.Errorf("%q: other settings have other UUIDs, so that they would not replace these", variant)
		}
	}
}

func TestTheUUIDOfANameIsTheOneOfTheStandard(t *testing.T) {
	// The FNV-1a hash of "a" is D228CB696F1A8CAF78912B704E4A8964; RFC 9562
	// puts the version 8 and the variant into it.
	if got, want := uuid("a"), "D228CB69-6F1A-8CAF-B891-2B704E4A8964"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheLoginItemsProfileNamesTheJobAndItsTeam(t *testing.T) {
	for _, team := range []string{"", "ABCDE12345"} {
		p := Profile{Identity: Identity{ID: "com.example.updates", TeamID: team}}
		payload := decoded(t, p.LoginItems())["PayloadContent"].([]any)[0].(map[string]any)
		rule := payload["Rules"].([]any)[0].(map[string]any)
		if payload["PayloadType"] != "com.apple.servicemanagement" || rule["RuleType"] != "Label" || rule["RuleValue"] != "com.example.updates" {
			t.Errorf("got %v", payload)
		}
		if got, _ := rule["TeamIdentifier"].(string); got != team {
			t.Errorf("team %q, want %q", got, team)
		}
		if report, err := (Linter{Identity: p.Identity}).Lint(p.LoginItems()); err != nil || len(report.Findings) > 0 {
			t.Errorf("%v, %v", report, err)
		}
	}
}

func TestAnyTextReadsBackAsItWasWritten(t *testing.T) {
	texts := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("<>&\"'\n\t ---–]ü🙂%{}\\")), rapid.Rune().Filter(func(r rune) bool {
		return r >= 0x20 && r != 0xFFFD && r != 0xFFFE && r != 0xFFFF
	})))
	rapid.Check(t, func(t *rapid.T) {
		key, value, comment := texts.Draw(t, "key"), texts.Draw(t, "value"), texts.Draw(t, "comment")
		data := encode(dict{{key: key, value: value, comment: comment}}, comment)
		got, err := plist.Decode(data, MaxFile)
		if err != nil || !reflect.DeepEqual(got, map[string]any{key: value}) {
			t.Fatalf("%v (%v)\n%s", got, err, data)
		}
	})
}

// The checks by other people's tools. Each is left out where the tool is not
// installed.
func TestOtherToolsReadWhatIsWritten(t *testing.T) {
	files, err := Files(DefaultIdentity)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.Base(f.Path))
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			t.Errorf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: the property lists are not read by another program")
	}
	plists, _ := filepath.Glob(filepath.Join(dir, "*.plist"))
	profiles, _ := filepath.Glob(filepath.Join(dir, "*.mobileconfig"))
	for _, f := range append(plists, profiles...) {
		run(python, "-c", "import plistlib, sys; plistlib.load(open(sys.argv[1], 'rb'))", f)
	}
	if exec.Command(python, "-c", "import jsonschema").Run() != nil {
		t.Skip("the jsonschema module is not installed: the schema is not checked by another program")
	}
	run(python, "-c", `
import json, plistlib, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft4Validator.check_schema(schema)
check = jsonschema.Draft4Validator(schema)
check.validate(plistlib.load(open(sys.argv[2], "rb")))
for wrong in ({"MaxDeferralTime": 0}, {"SkipDeferral": "x"}, {"MessagingLogo": "x.png"}, {"IgnoreUpdates": "x"}):
    if not list(check.iter_errors(wrong)):
        sys.exit("the schema allows %r" % wrong)
`, filepath.Join(dir, "jamf-schema.json"), filepath.Join(dir, "sample.plist"))
}
