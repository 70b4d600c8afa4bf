package prompt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"installordefer/internal/golden"

	"github.com/google/go-cmp/cmp"
)

// berlin is the zone of the tests' times, as it comes off the wire.
var berlin = time.FixedZone("", 3600)

// someDialog is a dialog that uses every field.
func someDialog() Dialog {
	return Dialog{
		ID: "K7Q2", Kind: RunOrDefer,
		Own: map[string]Texts{
			"":   {Heading: "Updates are available", Body: "Your Mac needs updates.\n\nAsk “IT” <help@corp> & \\co.", Run: "Install", Defer: "Later"},
			"de": {Contact: "die IT"},
		},
		Language: "de",
		Logo:     "/Library/Corp/logo.icns", LogoDark: "/Library/Corp/dark.icns", Help: "https://help.corp/mac", OSVersion: "26.6",
		Updates: []Item{
			{Name: "macOS Tahoe 26.7", SizeKiB: 3713000, Restart: true},
			{Name: "Safari 27.0", SizeKiB: -1},
		},
		Way: WithPassword, Rapid: true, Declared: true,
		Choices: []Choice{
			{For: 4 * time.Hour, Until: time.Date(2026, 11, 21, 20, 40, 0, 0, berlin)},
			{For: 24 * time.Hour, Until: time.Date(2026, 11, 22, 16, 40, 0, 0, berlin), Fixed: true},
		},
		Usual: 1, Last: true, Failed: FailedForSpace, Opened: time.Date(2026, 11, 21, 16, 40, 0, 0, berlin), Agreed: time.Date(2026, 11, 21, 14, 10, 0, 0, berlin),
		Deadline: time.Date(2026, 11, 24, 16, 40, 0, 0, berlin), TimeLeft: 72 * time.Hour,
		Timeout: time.Hour, Countdown: 10 * time.Minute, Whole: time.Hour,
		Progress: &Progress{Fraction: 0.25, Updates: []string{"Safari 27.0"}},
		Shutdown: true, Others: 1, Portable: true, NotAllowed: true,
		Obstacle: &Obstacle{Is: LowSpace, Percent: 12, NeedsPercent: 20, FreeKiB: 12_700_000, NeedsKiB: 18_400_000},
		Pane:     "x-apple.systempreferences:com.apple.Software-Update-Settings.extension",
		Account:  "anna", Rejected: &Rejected{TriesLeft: 2},
	}
}

func TestADialogCrossesThePipeWhole(t *testing.T) {
	line, err := EncodeDialog(someDialog())
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/dialog.json", line)
	got, err := DecodeDialog(line)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(someDialog(), got); diff != "" {
		t.Errorf("(-sent +received):\n%s", diff)
	}
}

func TestAChangeCrossesThePipeWhole(t *testing.T) {
	changes := []Change{
		{},
		{TimeLeft: new(90 * time.Second), Countdown: new(time.Duration(0))},
		{Progress: &Progress{Fraction: -1}},
		{Progress: &Progress{Fraction: 0.5, Updates: []string{"Safari"}, Restarting: true}},
	}
	for _, c := range changes {
		line, err := EncodeChange(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeChange(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("%s (-sent +received):\n%s", line, diff)
		}
	}
}

func TestSecondsAreRoundedUp(t *testing.T) {
	d := someDialog()
	d.Timeout, d.TimeLeft = time.Millisecond, -time.Hour
	line, err := EncodeDialog(d)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeDialog(line)
	if err != nil {
		t.Fatal(err)
	}
	if got.Timeout != time.Second || got.TimeLeft != 0 {
		t.Errorf("Timeout %v, TimeLeft %v; want 1s and 0s", got.Timeout, got.TimeLeft)
	}
}

func TestADeferralIsNeverShownPastTheDeadline(t *testing.T) {
	d := someDialog()
	d.Choices[0].Until = d.Deadline.Add(time.Minute)
	line, err := EncodeDialog(d)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeDialog(line)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Choices[0].Until.Equal(d.Deadline) {
		t.Errorf("the deferral ends at %v, want the deadline %v", got.Choices[0].Until, d.Deadline)
	}
}

func TestADialogThatCannotBeShownIsRefused(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"nothing":                          {"", "read the dialog: unexpected end of JSON input"},
		"no JSON":                          {"run", "read the dialog: invalid character 'r' looking for beginning of value"},
		"no object":                        {"[1]", "read the dialog: json: cannot unmarshal array into Go value of type prompt.wireDialog"},
		"no version":                       {`{"id":"a","kind":"updating"}`, "read the dialog: protocol version 0, want 2"},
		"an older version":                 {`{"protocol":1,"id":"a","kind":"updating","heading":"H","body":"B"}`, "read the dialog: protocol version 1, want 2"},
		"a later version":                  {`{"protocol":3,"id":"a","kind":"updating"}`, "read the dialog: protocol version 3, want 2"},
		"a usual deferral that is none":    {`{"protocol":2,"id":"a","kind":"updating","usual":1}`, "read the dialog: its usual deferral is number 1 of 0"},
		"an unknown way":                   {`{"protocol":2,"id":"a","kind":"updating","way":"magic"}`, `read the dialog: unknown way "magic"`},
		"no id":                            {`{"protocol":2,"kind":"updating"}`, "read the dialog: it has no id"},
		"no kind":                          {`{"protocol":2,"id":"a"}`, `read the dialog: unknown kind ""`},
		"an unknown kind":                  {`{"protocol":2,"id":"a","kind":"beg"}`, `read the dialog: unknown kind "beg"`},
		"no deferral":                      {`{"protocol":2,"id":"a","kind":"run-or-defer"}`, "read the dialog: it offers no deferral"},
		"deferral of 0":                    {`{"protocol":2,"id":"a","kind":"run-or-defer","choices":[{"for":0}]}`, "read the dialog: it offers a deferral of 0 seconds"},
		"endless deferral":                 {`{"protocol":2,"id":"a","kind":"run-or-defer","choices":[{"for":9223372036854775807}]}`, "read the dialog: it offers a deferral of 9223372036854775807 seconds"},
		"past the deadline":                {`{"protocol":2,"id":"a","kind":"run-or-defer","deadline":"2026-11-24T16:40:00Z","choices":[{"for":60,"until":"2026-11-24T16:40:01Z"}]}`, "read the dialog: it offers a deferral until 2026-11-24 16:40:01 +0000 UTC, after the deadline 2026-11-24 16:40:00 +0000 UTC"},
		"more deferrals than there can be": {`{"protocol":2,"id":"a","kind":"run-or-defer","choices":[` + strings.Repeat(`{"for":60},`, maxChoices) + `{"for":60}]}`, "read the dialog: it offers 65 deferrals, at most 64 can be"},
		"negative time":                    {`{"protocol":2,"id":"a","kind":"updating","timeout":-1}`, "read the dialog: a duration of -1 seconds"},
		"endless time":                     {`{"protocol":2,"id":"a","kind":"updating","countdown":9223372036854775807}`, "read the dialog: a duration of 9223372036854775807 seconds"},
		"too long":                         {`{"protocol":2,"id":"a","kind":"updating","logo":"` + strings.Repeat("x", maxDialog) + `"}`, "read the dialog: it has more than 1048576 bytes"},
		"two":                              {`{"protocol":2,"id":"a","kind":"updating"}{}`, "read the dialog: invalid character '{' after top-level value"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := DecodeDialog([]byte(test.line))
			if err == nil || err.Error() != test.want {
				t.Errorf("DecodeDialog = %+v, %v\nwant %s", d, err, test.want)
			}
		})
	}
}

func TestWhatOtherVersionsAddIsIgnored(t *testing.T) {
	d, err := DecodeDialog([]byte(`{"protocol":2,"id":"a","kind":"updating","theme":"dark","language":"de"}`))
	if err != nil || d.Language != "de" {
		t.Errorf("DecodeDialog = %+v, %v", d, err)
	}
	c, err := DecodeChange([]byte(`{"theme":"dark","timeLeft":5}`))
	if err != nil || *c.TimeLeft != 5*time.Second {
		t.Errorf("DecodeChange = %+v, %v", c, err)
	}
}

func TestADialogThatWouldBeRefusedIsNotSent(t *testing.T) {
	tooLong, tooMany, none := someDialog(), someDialog(), someDialog()
	tooLong.Logo = strings.Repeat("x", maxDialog)
	tooMany.Choices = make([]Choice, maxChoices+1)
	none.Choices = nil
	for _, d := range []Dialog{{}, tooLong, tooMany, none} {
		if line, err := EncodeDialog(d); err == nil {
			t.Errorf("EncodeDialog gave %.80s…", line)
		}
	}
	if line, err := EncodeChange(Change{Progress: &Progress{Updates: []string{strings.Repeat("x", maxLine)}}}); err == nil {
		t.Errorf("EncodeChange gave %.80s…", line)
	}
}

func TestAFractionIsBetweenZeroAndOneOrUnknown(t *testing.T) {
	for sent, want := range map[string]float64{"-7": -1, "-0.1": -1, "0": 0, "0.5": 0.5, "1": 1, "1e9": 1} {
		c, err := DecodeChange([]byte(`{"progress":{"fraction":` + sent + `}}`))
		if err != nil || c.Progress.Fraction != want {
			t.Errorf("fraction %s gave %+v, %v; want %v", sent, c.Progress, err, want)
		}
	}
}

func TestASecretNeverPrintsItself(t *testing.T) {
	a := Answer{Result: ResultPassword, Secret: Secret("hunter2")}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%T %v"} {
		for _, v := range []any{a, &a, a.Secret, []Answer{a}, map[string]Answer{"a": a}} {
			got := fmt.Sprintf(format, v)
			if strings.Contains(got, "hunter") || strings.Contains(got, "68756e") || strings.Contains(got, "104 117") || strings.Contains(got, "0x68") {
				t.Errorf("%s prints %s", format, got)
			}
		}
	}
	a.Secret.Wipe()
	if !bytes.Equal(a.Secret, make([]byte, 7)) {
		t.Error("Wipe left something behind")
	}
}

// slowly gives one byte at a time.
type slowly struct{ r io.Reader }

func (s slowly) Read(b []byte) (int, error) { return s.r.Read(b[:min(len(b), 1)]) }

func TestLinesAreReadHoweverTheyCome(t *testing.T) {
	dialog, err := EncodeDialog(someDialog())
	if err != nil {
		t.Fatal(err)
	}
	in := string(dialog) + `{"timeLeft":1}` + "\n" + "rubbish\n\n" + `{"timeLeft":-1}` + "\n" + `{"timeLeft":2}` + "\n" + `{"timeLeft":`
	for name, r := range map[string]io.Reader{"at once": strings.NewReader(in), "slowly": slowly{strings.NewReader(in)}} {
		r := newReader(r)
		if _, err := r.Dialog(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var left []time.Duration
		if err := r.Changes(func(c Change) { left = append(left, *c.TimeLeft) }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]time.Duration{time.Second, 2 * time.Second}, left); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// endless never ends a line.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.read += len(b)
	return len(b), nil
}

func TestALineWithoutEndIsGivenUp(t *testing.T) {
	var e endless
	if _, err := newReader(&e).Dialog(); err == nil || e.read > maxDialog+1<<16 {
		t.Errorf("Dialog gave %v after %d bytes", err, e.read)
	}
	e.read = 0
	if err := newReader(&e).Changes(func(Change) {}); err == nil || e.read > maxLine+1<<16 {
		t.Errorf("Changes gave %v after %d bytes", err, e.read)
	}
}

func TestADialogThatWasCutOffIsRefused(t *testing.T) {
	line, err := EncodeDialog(someDialog())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, len(line) / 2, len(line) - 1} {
		if d, err := newReader(bytes.NewReader(line[:n])).Dialog(); !errors.Is(err, io.EOF) {
			t.Errorf("after %d of %d bytes: %+v, %v", n, len(line), d, err)
		}
	}
}

func FuzzDecodeDialog(f *testing.F) {
	line, err := EncodeDialog(someDialog())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte(`{"protocol":2,"id":"a","kind":"updating"}`))
	f.Add([]byte(`{"protocol":2,"id":"a","kind":"run-or-defer","choices":[{"for":1,"until":"0001-01-01T00:00:00Z"}],"deadline":"9999-12-31T23:59:59Z"}`))
	f.Add([]byte("{\"\xff\":1"))
	f.Fuzz(func(t *testing.T, line []byte) {
		d, err := DecodeDialog(line)
		if err != nil {
			return
		}
		again, err := EncodeDialog(d)
		if err != nil && len(line) < maxDialog/8 { // escapes make a line longer
			t.Fatalf("%s was read and could not be written: %v", line, err)
		}
		if err != nil {
			return
		}
		d2, err := DecodeDialog(again)
		if err != nil {
			t.Fatalf("%s became %s, which cannot be read: %v", line, again, err)
		}
		if again2, _ := EncodeDialog(d2); !bytes.Equal(again, again2) {
			t.Fatalf("%s became %s", again, again2)
		}
	})
}

func FuzzReadChanges(f *testing.F) {
	f.Add([]byte("{\"timeLeft\":7}\n{\"timeLeft\":5,\"countdown\":0}\nx\n{\"progress\":{\"fraction\":2}}\n"))
	f.Add([]byte("\n\n\x00\n{"))
	f.Fuzz(func(t *testing.T, in []byte) {
		n := 0
		err := newReader(bytes.NewReader(in)).Changes(func(c Change) {
			n++
			for _, d := range []*time.Duration{c.TimeLeft, c.Countdown} {
				if d != nil && (*d < 0 || *d > maxSeconds*time.Second) {
					t.Errorf("a duration of %v", *d)
				}
			}
			if p := c.Progress; p != nil && (p.Fraction < -1 || p.Fraction > 1) {
				t.Errorf("a fraction of %v", p.Fraction)
			}
			if _, err := EncodeChange(c); err != nil && len(in) < maxLine/8 {
				t.Errorf("%+v was read and cannot be written: %v", c, err)
			}
		})
		if lines := bytes.Count(in, []byte("\n")); n > lines || err != nil && len(in) <= maxLine {
			t.Errorf("%d changes of %d lines, %v", n, lines, err)
		}
	})
}

func TestAHelpPageHasHTTPS(t *testing.T) {
	for address, want := range map[string]string{
		"https://help.corp": "https://help.corp", "": "", "http://help.corp": "", "file:///etc/passwd": "", "javascript:x": "", "help.corp": "", " https://help.corp": "",
	} {
		line := fmt.Appendf(nil, `{"protocol":2,"id":"1","kind":"run-now","help":%q}`, address)
		if d, err := DecodeDialog(line); err != nil || d.Help != want {
			t.Errorf("%q opens %q, %v", address, d.Help, err)
		}
	}
}
