package simmac_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"installordefer/internal/simmac"
	"installordefer/internal/tool"
)

const domain = "/Library/Preferences/com.example.updates"

// file is what the file of the domain holds.
func file(t *testing.T, m *simmac.Mac) map[string]any {
	t.Helper()
	dict := map[string]any{}
	if data, ok := m.Disk().Get(domain + ".plist"); ok {
		if _, err := plist.Unmarshal(data, &dict); err != nil {
			t.Fatal(err)
		}
	}
	return dict
}

// put writes the file behind the back of macOS.
func put(t *testing.T, m *simmac.Mac, dict map[string]any) {
	t.Helper()
	data, err := plist.Marshal(dict, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	m.Disk().Put(domain+".plist", data)
}

// defaults runs the tool and returns what it says.
func defaults(t *testing.T, m *simmac.Mac, want int, args string) string {
	t.Helper()
	p := m.Begin()
	defer p.End()
	r, err := p.Run(context.Background(), tool.Command{Path: tool.Defaults, Args: strings.Fields(args), Limit: time.Minute})
	if err != nil || r.ExitCode != want {
		t.Errorf("defaults %s: status %d, %s, %v", args, r.ExitCode, r.Stderr, err)
	}
	return string(r.Stdout) + string(r.Stderr)
}

// TestPreferences shows what macOS does with preferences that nobody should count
// on, and what Apple warns of: it keeps them in memory, writes them late, and
// writes what it remembers over what has come to the file meanwhile.
func TestPreferences(t *testing.T) {
	for name, story := range map[string]func(t *testing.T, m *simmac.Mac){
		"a change comes to the file late": func(t *testing.T, m *simmac.Mac) {
			defaults(t, m, 0, "write "+domain+" Key -int 7")
			if len(file(t, m)) > 0 || defaults(t, m, 0, "read "+domain+" Key") != "7\n" {
				t.Errorf("the file has %v", file(t, m))
			}
			m.Advance(simmac.FlushLag)
			if file(t, m)["Key"] != uint64(7) {
				t.Errorf("the file has %v", file(t, m))
			}
		},
		"what is remembered is written over what somebody has put there": func(t *testing.T, m *simmac.Mac) {
			put(t, m, map[string]any{"Old": 1})
			defaults(t, m, 0, "read "+domain+" Old")
			put(t, m, map[string]any{"New": 1})
			defaults(t, m, 0, "write "+domain+" Key -int 7")
			m.Advance(simmac.FlushLag)
			if got := file(t, m); len(got) != 2 || got["Old"] != uint64(1) {
				t.Errorf("the file has %v", got)
			}
		},
		"a file that was deleted comes back": func(t *testing.T, m *simmac.Mac) {
			put(t, m, map[string]any{"Old": 1})
			defaults(t, m, 0, "delete "+domain+" Old")
			m.Disk().Delete(domain + ".plist")
			m.Advance(simmac.FlushLag)
			if _, there := m.Disk().Get(domain + ".plist"); !there || len(file(t, m)) > 0 {
				t.Errorf("there: %v, %v", there, file(t, m))
			}
		},
		"a restart reads the file anew, and writes before": func(t *testing.T, m *simmac.Mac) {
			defaults(t, m, 0, "write "+domain+" Key -int 7")
			m.Restart()
			m.Advance(time.Hour)
			if file(t, m)["Key"] != uint64(7) {
				t.Errorf("the file has %v", file(t, m))
			}
			put(t, m, map[string]any{"New": 1})
			if got := defaults(t, m, 0, "read "+domain+" New"); got != "1\n" {
				t.Errorf("New is %q", got)
			}
		},
		"a loss of power loses what was not written": func(t *testing.T, m *simmac.Mac) {
			defaults(t, m, 0, "write "+domain+" Key -int 7")
			m.LosePower()
			m.Advance(time.Hour)
			if got := defaults(t, m, 1, "read "+domain+" Key"); len(file(t, m)) > 0 {
				t.Errorf("the file has %v, and Key is %q", file(t, m), got)
			}
		},
		"what is not there cannot be read or deleted": func(t *testing.T, m *simmac.Mac) {
			for args, want := range map[string]string{
				"read " + domain:          "Domain " + domain + " does not exist\n",
				"read " + domain + " Key": "The domain/default pair of (" + domain + ", Key) does not exist\n",
				"delete " + domain:        "Domain (" + domain + ") not found.\nDefaults have not been changed.\n",
			} {
				if got := defaults(t, m, 1, args); !strings.HasSuffix(got, want) {
					t.Errorf("defaults %s says %q", args, got)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := simmac.New(facts())
			defer m.Close()
			story(t, m)
		})
	}
}

func TestAnExportHasWhatTheFileDoesNotHaveYet(t *testing.T) {
	m := simmac.New(facts())
	defer m.Close()
	put(t, m, map[string]any{"Old": 1})
	defaults(t, m, 0, "write "+domain+" Key -int 7")
	var dict map[string]any
	if _, err := plist.Unmarshal([]byte(defaults(t, m, 0, "export "+domain+" -")), &dict); err != nil || len(dict) != 2 || dict["Key"] != uint64(7) {
		t.Errorf("it has %v, %v", dict, err)
	}
	if got := defaults(t, m, 0, "export /Library/Preferences/nobody -"); !strings.Contains(got, "<dict") {
		t.Errorf("without a domain it says %q", got)
	}
}
