package budget

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/macos"
	"installordefer/internal/plist"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/tool"
	"installordefer/launchd"
	macfacts "installordefer/launchd/mac"
	"installordefer/pkg/profile"
	"installordefer/prompt"
	"installordefer/softwareupdate"
)

// A reader is one of the parsers, with the largest input that can reach it.
type reader struct {
	name string
	most int
	read func([]byte)
}

var readers = []reader{
	// Files: whatever their size, they are refused at the first look.
	{"state", mostInput, func(b []byte) { statefile.Decode(b) }},
	{"settings", mostInput, func(b []byte) { settings.DecodeLayer("x", b) }},
	{"profile", mostInput, func(b []byte) { profile.Settings("com.example.updates", b) }},
	{"signed profile", mostInput, func(b []byte) { profile.OpenSigned(b) }},
	{"scenario", mostInput, func(b []byte) { scenario.Decode(b) }},
	// The pipe between root job and helper.
	{"answer", mostInput, func(b []byte) {
		prompt.JudgeAnswer(prompt.Dialog{ID: "1", Kind: prompt.RunOrDefer}, b, 10, time.Hour)
	}},
	{"dialog", mostInput, func(b []byte) { prompt.DecodeDialog(b) }},
	{"change", mostInput, func(b []byte) { prompt.DecodeChange(b) }},
	// Output of programs, of which no more than this is kept.
	{"list", tool.MaxOutput, func(b []byte) { softwareupdate.ParseList(b, b) }},
	{"console user", tool.MaxOutput, func(b []byte) { launchd.ParseConsoleUser(b) }},
	{"power", tool.MaxOutput, func(b []byte) { launchd.ParsePower(b) }},
	{"FileVault", tool.MaxOutput, func(b []byte) { launchd.ParseFileVault(b) }},
	{"free space", tool.MaxOutput, func(b []byte) { macfacts.ParseFree(b) }},
	{"network", tool.MaxOutput, func(b []byte) { macfacts.ParseOffline(b) }},
	{"volume users", tool.MaxOutput, func(b []byte) { launchd.ParseVolumeUsers(b) }},
	{"account", tool.MaxOutput, func(b []byte) { launchd.ParseGeneratedUID(b) }},
	{"script error", tool.MaxOutput, func(b []byte) { launchd.ParseScriptError(b) }},
	{"version file", tool.MaxOutput, func(b []byte) { launchd.ParseVersion(b) }},
	// Texts of a profile, which settings bound.
	{"version", tool.MaxLine, func(b []byte) { macos.ParseVersion(string(b)) }},
	{"template", plist.MaxFile, func(b []byte) { prompt.Expand(string(b), true, false, func(string, string) string { return "x" }) }},
}

// mostInput is the largest file or line that is tried.
const mostInput = 64 << 20

// hostile are repeated until the input is full.
var hostile = map[string][2]string{
	"zeros":        {"", "\x00"},
	"letters":      {"", "a"},
	"lines":        {"", "\n"},
	"bad UTF-8":    {"", "\xff\xfe"},
	"lists":        {"", "["},
	"objects":      {`{"protocol":1,"id":"1",`, `"a":{`},
	"numbers":      {`{"protocol":`, "9"},
	"text":         {`{"protocol":1,"id":"1","result":"run","secret":"`, "\\u0041"},
	"fields":       {`{"protocol":1,"id":"1","x":[0`, ",0"},
	"XML":          {`<?xml version="1.0"?><plist version="1.0"><dict>`, "<key>a</key><dict>"},
	"XML arrays":   {`<?xml version="1.0"?><plist version="1.0"><dict><key>a</key><array>`, "<integer>1</integer>"},
	"XML entities": {`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "b">]><plist><dict><key>a</key><string>`, "&a;"},
	"binary":       {"bplist00", "\xdf\x1f\xff"},
	"binary end":   {"bplist00\xd1\x01\x02", "\x00\x00\x00\x00\x08\x08\xff\xff\xff\xff\xff\xff\xff\xff"},
	"DER":          {"", "\x30\x84\x7f\xff\xff\xff"},
	"DER deep":     {"", "\x30\x80"},
	"updates":      {"Software Update found the following new or updated software:\n", "* Label: a-1\n\tTitle: a, Version: 1, Size: 1KiB, Recommended: YES, Action: restart, \n"},
	"same update":  {"", "* Label: a\n"},
	"one title":    {"* Label: a\n\tTitle: ", "Title: , "},
	"old updates":  {"", "   * a-1\n\ta (1), 1K [recommended] [restart]\n"},
	"braces":       {"<dictionary> {\n", "  Name : <dictionary> {\n"},
	"sessions":     {"<dictionary> {\n  SessionInfo : <array> {\n", "    0 : <dictionary> {\n      kCGSSessionOnConsoleKey : TRUE\n    }\n"},
	"batteries":    {"Now drawing from 'AC Power'\n", " -a (id=1)\t1%; 1%; 1%;\n"},
	"one battery":  {" -a", " 1%;"},
	"numbers (1)":  {"", "(1)\n"},
	"sections":     {"", "<<{{"},
	"closers":      {"", ">>}}"},
	"placeholders": {"", "%UPDATE_LIST%"},
	"after":        {"", "after "},
	"per cents":    {"", "%a"},
	"versions":     {"", "1."},
}

func filled(h [2]string, size int) []byte {
	var b bytes.Buffer
	b.Grow(size)
	b.WriteString(h[0])
	if n := (size - len(h[0])) / len(h[1]); n > 0 {
		io.WriteString(&b, strings.Repeat(h[1], n))
	}
	return b.Bytes()
}

// TestNoInputTakesMoreMemoryThanItMay counts what is allocated in all, which
// is never less than what is in use at once.
func TestNoInputTakesMoreMemoryThanItMay(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: it reads some gigabytes")
	}
	inputs := map[int][]byte{}
	most, refused := 0, 0
	for name, h := range hostile {
		clear(inputs)
		for _, r := range readers {
			if inputs[r.most] == nil {
				inputs[r.most] = filled(h, r.most)
			}
			n := allocated(func() { r.read(inputs[r.most]) })
			if most = max(most, n); r.most == mostInput {
				refused = max(refused, n)
			}
			if n > inputMemory || r.most == mostInput && n > refusedMemory {
				t.Errorf("%s, %s: %d KiB allocated for %d KiB", r.name, name, n>>10, r.most>>10)
			}
		}
	}
	t.Logf("the most is %d KiB, of what is refused %d KiB", most>>10, refused>>10)
}

// allocated returns how many bytes f allocates in all.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}
