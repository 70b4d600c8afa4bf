package settings

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	howett "howett.net/plist"
)

const testID = "com.example.updates"

// files is a disk: content by path; nil content cannot be read.
type files map[string]any

func (f files) read(path string) ([]byte, error) {
	content, ok := f[path]
	switch c := content.(type) {
	case nil:
		if ok {
			return nil, errors.New("input/output error")
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	case string:
		return []byte(c), nil
	default:
		return howett.Marshal(c, howett.BinaryFormat)
	}
}

// loadLayers reads the layers of the program with the identifier id, the
// highest first, as ReadFiles does. A file that cannot be read is a problem and
// is left out.
func loadLayers(read func(path string) ([]byte, error), id string) ([]Layer, []Problem) {
	f := ReadFiles(read, id)
	return f.layers(), f.Problems()
}

func TestTheProfileIsReadOverTheOriginalsAndTheLocalPreferences(t *testing.T) {
	disk := files{
		"/Library/Managed Preferences/com.example.updates.plist":                      map[string]any{"UpdateDelay": 61},
		"/Library/Managed Preferences/com.github.wavebirddash.install-or-defer.plist": map[string]any{"UpdateDelay": 62, "DeferralPeriod": 3602},
		"/Library/Managed Preferences/com.github.mpanighetti.install-or-defer.plist":  map[string]any{"UpdateDelay": 63, "DeferralPeriod": 3603, "HardRestartDelay": 63},
		"/Library/Preferences/com.example.updates.plist":                              map[string]any{"HardRestartDelay": 64, "SupportContact": "four"},
		"/Library/Preferences/com.github.mpanighetti.install-or-defer.plist": map[string]any{"SupportContact": "five", "DeferButtonLabel": "five",
			"UpdatesForcedAfter": 1700000000, "UpdateList": "x", "InstallTogether": true},
	}
	layers, problems := loadLayers(disk.read, testID)
	set, sources, more := Read(layers...)
	if problems = append(problems, more...); len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	if set.UpdateDelay != 61*time.Second || set.DeferralPeriod != 3602*time.Second || set.HardRestartDelay != 63*time.Second ||
		set.SupportContact != "four" || set.DeferButtonLabel != "five" {
		t.Errorf("got %+v", set)
	}
	if set.InstallTogether {
		t.Error("a key that the original never had was read from its preferences")
	}
	if got := sources["DeferralPeriod"]; got != "profile for com.github.wavebirddash.install-or-defer" {
		t.Errorf("DeferralPeriod comes from %q", got)
	}
}

func TestAFileThatCannotBeReadIsReportedAndLeftOut(t *testing.T) {
	disk := files{
		ProfilePath(testID): nil,
		LocalPath(testID):   map[string]any{"UpdateDelay": 60},
	}
	disk[ProfilePath(UpstreamIDs[0])] = "half a file"
	layers, problems := loadLayers(disk.read, testID)
	if len(layers) != 1 || layers[0].Name != localLayer {
		t.Errorf("layers: %v", layers)
	}
	if len(problems) != 2 || problems[0].Key != ProfilePath(testID) || !strings.Contains(problems[0].Reason, "input/output error") {
		t.Errorf("problems: %v", problems)
	}
}

func TestTheOriginalsOwnIdentifierIsReadOnce(t *testing.T) {
	disk := files{ProfilePath(UpstreamIDs[1]): map[string]any{"InstallTogether": true}}
	layers, _ := loadLayers(disk.read, UpstreamIDs[1])
	if len(layers) != 1 || layers[0].Name != profileLayer || layers[0].Values["InstallTogether"] != true {
		t.Errorf("layers: %v", layers)
	}
}

func xmlPlist(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n" +
		`<plist version="1.0">` + body + `</plist>` + "\n"
}

func TestAValueThatNoSettingHasIsReadAndRefused(t *testing.T) {
	// A UID, which only archives of objects have.
	data := uid("UpdateDelay", 60)
	l, err := DecodeLayer("profile", data)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, problems := Read(l); len(problems) != 1 || problems[0].Reason != "not a whole number" {
		t.Errorf("problems: %v", problems)
	}
}

// uid returns a property list in which a key holds a UID.
func uid(key string, value byte) []byte {
	data := append([]byte("bplist00\xD1\x01\x02"), 0x50|byte(len(key)))
	second := byte(len(data) - 1)
	data = append(data, key...)
	third := byte(len(data))
	data = append(data, 0x80, value)
	table := byte(len(data))
	data = append(data, 8, second, third)
	trailer := make([]byte, 32)
	trailer[6], trailer[7], trailer[15], trailer[31] = 1, 1, 3, table
	return append(data, trailer...)
}

func TestAFileThatIsNoneOfSettingsIsNamed(t *testing.T) {
	if _, err := DecodeLayer("profile", []byte("bplist00")); err == nil || !strings.HasPrefix(err.Error(), "read the profile: ") {
		t.Errorf("%v", err)
	}
}

func FuzzReadSettings(f *testing.F) {
	for _, k := range Keys {
		for _, v := range []any{k.Example, "1", 0, -1, true, []any{"*", 1}} {
			data, err := howett.Marshal(map[string]any{k.Name: v}, howett.BinaryFormat)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte(xmlPlist("<dict><key>MaxDeferralTime</key><string>3600</string><key>DeferralPeriod</key><real>3600</real><key>EACH_DEFER</key><true/></dict>")))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := DecodeLayer("profile", data)
		if err != nil {
			return
		}
		set, sources, problems := Read(l)
		checkRead(t, set, sources, problems)
	})
}
