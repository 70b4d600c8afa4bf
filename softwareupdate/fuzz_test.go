package softwareupdate

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"installordefer/internal/tool"
)

func FuzzParseList(f *testing.F) {
	for _, o := range offers {
		for _, v := range variants[:8] {
			stdout, stderr := v.write(o)
			f.Add([]byte(stdout), []byte(stderr))
		}
	}
	for _, n := range nothing {
		f.Add([]byte(n.stdout), []byte(n.stderr))
	}
	f.Add([]byte("* Label: -a\r\n\tTitle: ,Title: ,, Size: , Recommended:"), []byte("   * x\n\ty ((), K [restart"))
	f.Fuzz(func(t *testing.T, stdout, stderr []byte) { checkList(t, stdout, stderr) })
}

// checkList parses any bytes and checks what must hold for all.
func checkList(t *testing.T, stdout, stderr []byte) {
	t.Helper()
	l := ParseList(stdout, stderr)
	in := func(s string) bool { return bytes.Contains(stdout, []byte(s)) || bytes.Contains(stderr, []byte(s)) }
	switch l.Outcome {
	case Unknown:
		if l.Err == nil || len(l.Updates)+len(l.Refused) > 0 {
			t.Errorf("unknown without a reason, or with updates: %+v", l)
		}
	case None:
		if l.Err != nil || len(l.Updates)+len(l.Refused) > 0 || !in("No new software available.") {
			t.Errorf("none without Apple's sentence: %+v", l)
		}
	case Updates:
		if l.Err != nil || len(l.Updates)+len(l.Refused) == 0 {
			t.Errorf("updates without an entry: %+v", l)
		}
	}
	for _, u := range l.Updates {
		if !in(string(u.Label)) || u.Label.refusal() != "" {
			t.Errorf("label %q is not from the list, or should be refused", u.Label)
		}
		if u.SizeKiB < -1 || !utf8.ValidString(u.Title) || !utf8.ValidString(u.Version) {
			t.Errorf("update %+v", u)
		}
		if v := (Scope{AllowMajorUpgrades: true}).judge(u); v.InScope && !u.Recommended && u.Action == ActionNone {
			t.Errorf("in scope: %+v", u)
		}
	}
	for _, r := range l.Refused {
		if !in(string(r.Update.Label)) || r.Reason == "" {
			t.Errorf("refused %+v", r)
		}
	}
	if n := bytes.Count(stdout, []byte("\n")) + bytes.Count(stderr, []byte("\n")) + bytes.Count(stdout, []byte("\r")) + bytes.Count(stderr, []byte("\r")) + 2; len(l.Updates)+len(l.Refused) > n {
		t.Errorf("%d entries from %d lines", len(l.Updates)+len(l.Refused), n)
	}
	if len(l.Warnings) > maxNotes+1 {
		t.Errorf("%d warnings", len(l.Warnings))
	}
	for _, w := range l.Warnings {
		if !utf8.ValidString(w) || strings.ContainsAny(w, "\n\r\x1b\x00") {
			t.Errorf("warning %q", w)
		}
	}
}

func FuzzProgress(f *testing.F) {
	for _, s := range []string{systemDownload, systemTerminal, classicDownload, classicInstall, "a: No such update\n" + noUpdates,
		"Not enough free disk space: a total of 99999999999999 TB is required.\n", "Downloading: 999.999999%\rFailed to \rPassword:", "secret\nError Domain=x Code=-1 secret"} {
		f.Add([]byte(s), "secret", true)
	}
	f.Fuzz(func(t *testing.T, out []byte, password string, installs bool) {
		labels := []Label{tahoe}
		operation := downloading
		if installs {
			labels, operation = []Label{tahoe, safari, tools}, installing
		}
		checkTranscript(t, operation, labels, []byte(password), out)
	})
}

// checkTranscript follows any bytes and checks what must hold for all.
func checkTranscript(t *testing.T, operation Operation, labels []Label, password, out []byte) {
	t.Helper()
	known := func(l Label) bool { return slices.Contains(labels, l) }
	tr := &transcript{operation: operation, labels: labels, password: password}
	g, progressed, count := newGauge(), 0, 0
	for line := range lines(out) {
		count++
		if g.progressed(string(line)) {
			progressed++
			if g.progressed(string(line)) {
				t.Errorf("%q is progress twice", line)
			}
		}
		tr.line(tool.Line{Text: line})
		for _, p := range tr.take() {
			if p.Label != "" && !known(p.Label) {
				t.Errorf("progress of %q", p.Label)
			}
			if p.Fraction != -1 && !(p.Fraction >= 0 && p.Fraction <= 1) {
				t.Errorf("fraction %v", p.Fraction)
			}
			_ = p.Phase.String()
		}
	}
	err := tr.judge(nil, nil)
	if err == nil && !tr.complete() {
		t.Error("success without a word for every update")
	}
	var f *Failure
	if err != nil && (!errors.As(err, &f) || err.Error() == "") {
		t.Errorf("error %v", err)
	}
	if f != nil && (f.Needed < 0 || f.Label != "" && !known(f.Label)) {
		t.Errorf("failure %+v", f)
	}
	for _, list := range [][]Label{tr.downloaded, tr.staged, tr.installed} {
		for i, l := range list {
			if !known(l) || slices.Contains(list[:i], l) {
				t.Errorf("labels %q", list)
			}
		}
	}
	if len(tr.tail.lines) > maxTail {
		t.Errorf("a tail of %d lines", len(tr.tail.lines))
	}
}

// A title says nothing about the update, whatever is in it.
func TestATitleIsInert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"Pages", ",", ", ", ":", ": ", "Update", "(1.0)", "K", "[restart]", "%s", "$(reboot)", "`", "\u00a0", " ", "更新", "é", "No new software available.", "* ", "- ", "Label", "restart", "YES"})
		e := entry{
			label:   "X" + strings.Join(rapid.SliceOfN(word, 0, 4).Draw(t, "label"), "") + "-1",
			title:   "T" + strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "title"), "") + "t",
			version: "1.0", size: "5KiB", notRecommended: true,
		}
		// What a title can say that is a field is tested by itself.
		if splitFields("\tTitle: " + e.title)[0].key != "Title" {
			t.Skip("the title contains a field")
		}
		for _, v := range variants {
			stdout, stderr := v.write(offer{entries: []entry{e}})
			l := ParseList([]byte(stdout), []byte(stderr))
			if len(l.Updates) != 1 || l.Updates[0] != e.want() {
				t.Fatalf("%s: got %+v, want %+v", v.name, l, e.want())
			}
		}
	})
}

func TestTheWorkGrowsWithTheBytesOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("it parses long texts")
	}
	for name, line := range map[string]string{
		"commas":      strings.Repeat(",", 1000) + "\n",
		"keys":        "* Label: a\n\t" + strings.Repeat("Title: , Size: , ", 60) + "\n",
		"parentheses": "   * a\n\t" + strings.Repeat("(", 500) + strings.Repeat(")", 500) + ", 5K\n",
		"tags":        "   * a\n\tT (1), 5K " + strings.Repeat("[restart]", 100) + "\n",
		"empty lines": "\n\n\r\r",
		"labels":      "* Label: x\n",
		"old labels":  "* x\n",
	} {
		small := parseTime(strings.Repeat(line, 1<<16/len(line)))
		large := parseTime(strings.Repeat(line, 1<<20/len(line)))
		// Sixteen times the bytes; work with their square would take 256
		// times as long.
		if large > 16*8*max(small, time.Millisecond) {
			t.Errorf("%s: 64 KiB take %v, 1 MiB %v", name, small, large)
		}
	}
	one := parseTime("* Label: " + strings.Repeat("Title: a, ", 1<<20/10) + "\n\tTitle: " + strings.Repeat("Size: , ", 1<<20/8))
	if one > 5*time.Second {
		t.Errorf("one line of 2 MiB takes %v", one)
	}
}

// parseTime is the shortest of a few times that the processor worked on a
// list. How long that took by the clock says more about what else runs.
func parseTime(text string) time.Duration {
	worked := func() time.Duration {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			panic(err)
		}
		return time.Duration(used.Utime.Nano())
	}
	best := time.Hour
	for range 5 {
		began := worked()
		ParseList([]byte(text), nil)
		best = min(best, worked()-began)
	}
	return best
}

func BenchmarkParseList(b *testing.B) {
	for _, old := range []bool{false, true} {
		name := "new format"
		if old {
			name = "old format"
		}
		b.Run(name, func(b *testing.B) {
			e := entry{label: "macOS Tahoe 26.7-25G229", title: "macOS Tahoe 26.7", version: "26.7", size: "3039632KiB", action: "restart", old: old}
			text := []byte(found + strings.Repeat(e.write(", "), 50_000)) // 100,000 lines
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if l := ParseList(text, nil); len(l.Updates) != 50_000 {
					b.Fatal(len(l.Updates))
				}
			}
		})
	}
}
