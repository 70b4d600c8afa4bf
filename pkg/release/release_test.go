package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"installordefer/internal/golden"
	"installordefer/pkg/internal/sample"
)

// packaged is the sample package, with another version where one is given.
func packaged(t *testing.T, version string) []byte {
	t.Helper()
	p := sample.Package(t)
	if version != "" {
		p.Version = version
	}
	var b bytes.Buffer
	if err := p.Component(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// signed is a package with its note and who verifies it.
type signed struct {
	data, note []byte
	private    string
	keys       note.Verifiers
}

func sign(t *testing.T, data []byte) signed {
	t.Helper()
	private, public, err := NewKey("example.com")
	if err != nil {
		t.Fatal(err)
	}
	return signWith(t, data, private, public)
}

func signWith(t *testing.T, data []byte, private, public string) signed {
	t.Helper()
	keys, err := Keys([]string{public})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Describe(data, true)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Sign(r, private)
	if err != nil {
		t.Fatal(err)
	}
	return signed{data, n, private, keys}
}

func TestVerify(t *testing.T) {
	s := sign(t, packaged(t, ""))
	r, signer, err := Verify(s.data, s.note, s.keys, true)
	if err != nil || signer != "example.com" || r.Version != "1.2.3" || r.Identifier != string(sample.ID) || r.BundleID != "com.example.updates.prompt" || r.BundleVersion != "1.2.3" {
		t.Fatalf("%+v, %s, %v", r, signer, err)
	}
	other := sign(t, packaged(t, "9.9.9"))
	flip := func(data []byte, at int) []byte {
		data = bytes.Clone(data)
		data[at] ^= 1
		return data
	}
	for name, c := range map[string]struct {
		data, note []byte
		keys       note.Verifiers
		says       string
	}{
		"one bit of the package":        {flip(s.data, len(s.data)/2), s.note, s.keys, "not the one that was signed"},
		"a byte more":                   {append(bytes.Clone(s.data), 0), s.note, s.keys, "not the one that was signed"},
		"another package":               {other.data, s.note, s.keys, "not the one that was signed"},
		"the note of another":           {s.data, other.note, other.keys, "not the one that was signed"},
		"a version in the note":         {s.data, bytes.Replace(s.note, []byte("version: 1.2.3"), []byte("version: 1.2.4"), 1), s.keys, "not signed by a key"},
		"one bit of the signature":      {s.data, flip(s.note, len(s.note)-10), s.keys, "not signed by a key"},
		"the key of somebody else":      {s.data, s.note, other.keys, "not signed by a key"},
		"no signature":                  {s.data, []byte("install-or-defer release, form 1\n"), s.keys, "not signed by a key"},
		"nothing":                       {s.data, nil, s.keys, "not signed by a key"},
		"a text that is no release":     {s.data, anything(t, s.private, "good morning\n"), s.keys, "the note begins with"},
		"a note with a line twice":      {s.data, anything(t, s.private, strings.Replace(text(t, s), "size:", "version: 1.2.3\nsize:", 1)), s.keys, "has the line"},
		"a note with a line more":       {s.data, anything(t, s.private, text(t, s)+"moon: full\n"), s.keys, "not in the form"},
		"a lie that the key has signed": {s.data, anything(t, s.private, strings.Replace(text(t, s), "version: 1.2.3\n", "version: 2.0.0\n", 1)), s.keys, "the note says"},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			if _, _, err := Verify(c.data, c.note, c.keys, true); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

// text is what a note says.
func text(t *testing.T, s signed) string {
	t.Helper()
	n, err := note.Open(s.note, s.keys)
	if err != nil {
		t.Fatal(err)
	}
	return n.Text
}

// anything signs any text.
func anything(t *testing.T, private, text string) []byte {
	t.Helper()
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A trial is a channel in which everything is signed with one key.
type trial struct {
	t               *testing.T
	channel         Channel
	private, public string
}

func newTrial(t *testing.T) trial {
	private, public, err := NewKey("example.com")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := Keys([]string{public})
	if err != nil {
		t.Fatal(err)
	}
	return trial{t, Channel{Folder: t.TempDir(), Keys: keys, AnyProcessor: true}, private, public}
}

// put lays a package of a version into the channel.
func (c trial) put(version string) signed {
	c.t.Helper()
	s := signWith(c.t, packaged(c.t, version), c.private, c.public)
	c.write(version, s.data)
	return s
}

func (c trial) write(version string, data []byte) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.channel.Folder, string(sample.ID)+"-"+version+".pkg"), data, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c trial) holds(stage, version string) {
	c.t.Helper()
	r, _, err := c.channel.at(stage)
	if version == "" && errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil || r.Version != version {
		c.t.Errorf("%s has %s, %v; want %s", stage, r.Version, err, version)
	}
}

// promote promotes to a stage. What is refused changes nothing.
func (c trial) promote(stage string, note []byte, downgrade bool, says string) {
	c.t.Helper()
	before, _ := os.ReadFile(c.channel.stageFile(stage))
	_, err := c.channel.Promote(stage, note, downgrade)
	if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
		c.t.Errorf("%s: %v, want %q", stage, err, says)
	}
	if after, _ := os.ReadFile(c.channel.stageFile(stage)); err != nil && !bytes.Equal(before, after) {
		c.t.Errorf("%s was refused and has changed", stage)
	}
}

func TestPromoteGoesFromStageToStage(t *testing.T) {
	c := newTrial(t)
	one := c.put("1.0.0")
	c.promote("production", nil, false, "nothing is in the stage test")
	c.promote("test", nil, false, "nothing is in the stage dev")
	c.promote("moon", nil, false, "there is no stage")
	c.promote("dev", []byte("rubbish"), false, "not signed by a key")
	c.promote("dev", one.note, false, "")
	c.promote("test", nil, false, "")
	c.holds("test", "1.0.0")
	c.holds("production", "")
	c.promote("production", nil, false, "")
	two := c.put("1.10.0")
	c.promote("dev", two.note, false, "")
	c.promote("test", nil, false, "")
	c.promote("dev", one.note, false, "is no newer one")
	c.promote("dev", one.note, true, "")
	c.promote("test", nil, false, "is no newer one")
	c.holds("test", "1.10.0")
	c.promote("production", nil, false, "")
	c.holds("production", "1.10.0")
}

func TestPromoteRefusesWhatWasTamperedWithAtEachStage(t *testing.T) {
	c := newTrial(t)
	one := c.put("1.0.0")
	c.promote("dev", one.note, false, "")
	c.promote("test", nil, false, "")
	tampered := bytes.Clone(one.data)
	tampered[len(tampered)/2] ^= 1
	c.write("1.0.0", tampered)
	c.promote("dev", one.note, true, "not the one that was signed")
	c.promote("test", nil, true, "not the one that was signed")
	c.promote("production", nil, true, "not the one that was signed")
	c.write("1.0.0", one.data)
	if err := os.WriteFile(c.channel.stageFile("test"), one.note[:len(one.note)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	c.promote("production", nil, true, "stage test: the note is not signed")
	c.holds("production", "")
}

func TestReadSignature(t *testing.T) {
	const good = `Package "x.pkg":
   Status: signed by a developer certificate issued by Apple for distribution
   Notarization: trusted by the Apple notary service
   Signed with a trusted timestamp on: 2026-04-08 12:33:51 +0000
   Certificate Chain:
    1. Developer ID Installer: Example Ltd (ABCDE12345)
       Expires: 2031-01-01 00:00:00 +0000
    2. Developer ID Certification Authority
`
	for _, c := range []struct{ name, output, says string }{
		{"a package of ours", good, ""},
		{"with tabs", strings.ReplaceAll(good, "   ", "\t"), ""},
		{"of an older macOS", strings.Replace(good, " for distribution", "", 1), ""},
		{"of another developer whom Apple knows", strings.Replace(good, "ABCDE12345", "UBF8T346G9", 1), "signed by the team UBF8T346G9, not ABCDE12345"},
		{"of nobody", "Package \"x.pkg\":\n   Status: no signature\n", "pkgutil says: no signature"},
		{"by an untrusted certificate", strings.Replace(good, "signed by a developer certificate issued by Apple for distribution", "signed by untrusted certificate", 1), "untrusted"},
		{"that Apple has revoked", strings.Replace(good, "signed by a developer certificate issued by Apple for distribution", "revoked signature", 1), "revoked"},
		{"by a certificate for applications", strings.Replace(good, "Installer:", "Application:", 1), "no Developer ID Installer"},
		{"without a team", strings.Replace(good, " (ABCDE12345)", "", 1), "names no team"},
		{"of a tool that says nothing", "", "said nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := ReadSignature(c.output)
			if err == nil {
				err = s.Check("ABCDE12345")
			}
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

func TestPatchDefinition(t *testing.T) {
	r, err := Describe(packaged(t, ""), true)
	if err != nil {
		t.Fatal(err)
	}
	data, err := PatchDefinition(r, "Install or Defer", "Example & Co", time.Date(2026, 11, 30, 18, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/patch.json", data)
	var d struct{ Patches []map[string]any }
	if err := json.Unmarshal(data, &d); err != nil || len(d.Patches) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestBill(t *testing.T) {
	r, err := Describe(packaged(t, ""), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Bill(packaged(t, ""), r); err == nil || !strings.Contains(err.Error(), "no program") {
		t.Errorf("headers that hold no program gave %v", err)
	}
	t.Run("of a program of Go's", func(t *testing.T) {
		program := filepath.Join(t.TempDir(), "build")
		if out, err := exec.Command("go", "build", "-o", program, "installordefer/pkg/build").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		me, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		p := sample.Package(t)
		for i, e := range p.Payload {
			if strings.HasSuffix(e.Path, "/install-or-defer") {
				p.Payload[i].Data = me
			}
		}
		var b bytes.Buffer
		if err := p.Component(&b); err != nil {
			t.Fatal(err)
		}
		data, err := Bill(b.Bytes(), r)
		if err != nil {
			t.Fatal(err)
		}
		var bill struct {
			BOMFormat  string `json:"bomFormat"`
			Components []struct{ Name, Version, PURL string }
		}
		if err := json.Unmarshal(data, &bill); err != nil || bill.BOMFormat != "CycloneDX" || len(bill.Components) < 2 {
			t.Errorf("%+v, %v", bill, err)
		}
		if !strings.Contains(string(data), `"purl": "pkg:golang/golang.org/x/mod@v`) {
			t.Errorf("it does not name golang.org/x/mod:\n%s", data)
		}
	})
}

func FuzzRead(f *testing.F) {
	private, public, err := NewKey("example.com")
	if err != nil {
		f.Fatal(err)
	}
	keys, _ := Keys([]string{public})
	signer, _ := note.NewSigner(private)
	f.Add("install-or-defer release, form 1\nidentifier: a\n")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return
		}
		r, _, err := ReadNote(n, keys)
		if err == nil && r.text() != text {
			t.Errorf("%q was taken for %q", text, r.text())
		}
	})
}
