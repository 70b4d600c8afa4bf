package simmac_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"installordefer/internal/simmac"
	"installordefer/internal/tool"
)

// An offer is what one real Mac was offered, as the shared corpus has it.
type offer struct {
	Name    string `json:"offer"`
	None    bool   `json:"none"`
	Entries []struct {
		Format, Bullet, Label, Title, Version, Size, Action string
		Recommended, Deferred                               bool
	}
}

// corpus returns the offers of the shared corpus, or skips the test.
func corpus(t *testing.T) []offer {
	path := filepath.Join("..", "..", "..", "shared", "corpus", "offers.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("the shared corpus of real Macs' lists is not beside this repository: %v", err)
	}
	var offers []offer
	if err := json.Unmarshal(data, &offers); err != nil {
		t.Fatal(err)
	}
	return offers
}

// TestTheModelPrintsWhatRealMacsPrinted lets the model offer what each Mac of
// the corpus was offered, and compares the bytes of its list with those of
// that Mac.
func TestTheModelPrintsWhatRealMacsPrinted(t *testing.T) {
	for _, o := range corpus(t) {
		f := simmac.Facts{Seed: 1, Start: start, OS: running(o), Job: simmac.Job{Label: jobID}}
		want := "Software Update Tool\n\nFinding available software\n"
		wantErr := ""
		if o.None {
			wantErr = "No new software available.\n"
		} else {
			want += "Software Update found the following new or updated software:\n"
		}
		for _, e := range o.Entries {
			size, err := strconv.ParseInt(strings.TrimRight(e.Size, "KiB"), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			u := simmac.Update{
				Label: e.Label, Title: e.Title, Version: e.Version, SizeKiB: size, Held: e.Deferred,
				NotRecommended: !e.Recommended, Action: simmac.Action(e.Action),
			}
			if strings.HasPrefix(e.Label, "macOS ") && e.Format == "new" {
				u.Build = e.Label[strings.LastIndexByte(e.Label, '-')+1:]
			}
			f.Updates = append(f.Updates, u)
			want += entry(e.Format, u, e.Size)
		}
		m := simmac.New(f)
		r := run(m, tool.SoftwareUpdate, "", "--list")
		m.Close()
		if string(r.Stdout) != want || string(r.Stderr) != wantErr {
			t.Errorf("%s:\nthe model prints %q\nand            %q\nthe Mac printed %q\nand            %q", o.Name, r.Stdout, r.Stderr, want, wantErr)
		}
	}
}

// entry is an entry as the Mac of the corpus printed it.
func entry(format string, u simmac.Update, size string) string {
	if format == "old" {
		tags, version := " [recommended]", u.Version
		if u.Action != "" {
			tags += " [" + string(u.Action) + "]"
		}
		if version == "" {
			version = " "
		}
		return fmt.Sprintf("   * %s\n\t%s (%s), %s%s\n", u.Label, u.Title, version, size, tags)
	}
	line := fmt.Sprintf("* Label: %s\n\tTitle: %s, Version: %s, Size: %s, Recommended: YES, ", u.Label, u.Title, u.Version, size)
	if u.Action != "" {
		line += "Action: " + string(u.Action) + ", "
	}
	if u.Held {
		line += "Deferred: YES"
	}
	return line + "\n"
}

// running is a version of macOS that prints in the form of the offer: the
// form and the unit of sizes are what tells them apart.
func running(o offer) simmac.OS {
	old, k, kib := false, false, false
	for _, e := range o.Entries {
		old = old || e.Format == "old"
		k = k || strings.HasSuffix(e.Size, "K")
		kib = kib || strings.HasSuffix(e.Size, "KiB")
	}
	switch {
	case old:
		return simmac.OS{Version: "10.13", Build: "17A365"}
	case k && !kib && !strings.Contains(o.Name, "beta") && !strings.Contains(o.Name, "monterey"):
		return simmac.OS{Version: "10.15", Build: "19A583"}
	case k && strings.Contains(o.Name, "bigsur"):
		return simmac.OS{Version: "11.0", Build: "20A2411"}
	case k:
		return simmac.OS{Version: "12.6", Build: "21G115"}
	}
	return simmac.OS{Version: "13.3", Build: "22E252"}
}
