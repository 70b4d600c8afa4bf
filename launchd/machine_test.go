package launchd

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"

	"installordefer/internal/macos"
	"installordefer/internal/volume"
)

func systemVersion(version, build string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>BuildID</key>
	<string>0C3F8A40-8F14-11F0-9D3E-000000000000</string>
	<key>ProductBuildVersion</key>
	<string>` + build + `</string>
	<key>ProductName</key>
	<string>macOS</string>
	<key>ProductUserVisibleVersion</key>
	<string>` + version + `</string>
	<key>ProductVersion</key>
	<string>` + version + `</string>
</dict>
</plist>
`
}

func TestTheVersionOfMacOS(t *testing.T) {
	tests := []struct{ text, version, build string }{
		{systemVersion("26.6", "25G80"), "26.6", "25G80"},
		{systemVersion("12.7.6", "21H1320"), "12.7.6", "21H1320"},
		{systemVersion("15.7.1", "24G231"), "15.7.1", "24G231"},
		{systemVersion("27", "26A428"), "27", "26A428"},
		// What an older program is shown instead of 26 and 27.
		{systemVersion("16.6", "25G80"), "26.6", "25G80"},
		{systemVersion("16", "25G80"), "26", "25G80"},
		{systemVersion("17.0.1", "26A434"), "27.0.1", "26A434"},
	}
	for _, tt := range tests {
		version, build, err := ParseVersion([]byte(tt.text))
		if err != nil || version != tt.version || build != tt.build {
			t.Errorf("%s %s %v, want %s %s", version, build, err, tt.version, tt.build)
		}
	}
	for _, text := range []string{"", "macOS 26", systemVersion("", "25G80"), systemVersion("Tahoe", "25G80"), systemVersion("26.6", "")} {
		if v, b, err := ParseVersion([]byte(text)); !errors.Is(err, errUnreadable) {
			t.Errorf("%.60q gave %s %s %v", text, v, b, err)
		}
	}
}

func TestMachine(t *testing.T) {
	asked, broken := 0, errors.New("no answer")
	h := &Host{Layout: Layout{Volume: volume.In(t.TempDir()), ID: testID}, Kernel: func() (Kernel, error) { asked++; return Kernel{AppleSilicon: true}, broken }}
	t.Run("needs the version of macOS", func(t *testing.T) {
		if _, err := h.Machine(); !errors.Is(err, fs.ErrNotExist) || asked > 0 {
			t.Error(err)
		}
	})
	put(t, h.versionFile(), systemVersion("26.6", "25G80"), 0o644)
	t.Run("needs the processor", func(t *testing.T) {
		if _, err := h.Machine(); !errors.Is(err, broken) {
			t.Error(err)
		}
	})
	t.Run("tells both", func(t *testing.T) {
		broken = nil
		if m, err := h.Machine(); err != nil || m != (macos.Machine{Version: "26.6", Build: "25G80", AppleSilicon: true}) {
			t.Errorf("%+v %v", m, err)
		}
	})
	t.Run("refuses a version file without end", func(t *testing.T) {
		put(t, h.versionFile(), strings.Repeat("x", mostPlist+1), 0o644)
		if m, err := h.Machine(); err == nil {
			t.Errorf("%+v", m)
		}
	})
}

func TestAMacThatMakesItsVersionUp(t *testing.T) {
	for _, tt := range []struct{ file, kernel, want string }{
		{"26.6", "26.6", "26.6"},
		{"26.6", "16.6", "26.6"},
		{"16.6", "26.6", "26.6"},
		{"16.6", "16.6", "26.6"},
		{"17.0.1", "17.0.1", "27.0.1"},
		{"16.6", "", "26.6"},
		{"26.6", "Tahoe", "26.6"},
		{"26.6", "26.6.1", "26.6.1"},
		{"15.7.1", "15.7.1", "15.7.1"},
	} {
		h := &Host{Layout: Layout{Volume: volume.In(t.TempDir()), ID: testID}, Kernel: func() (Kernel, error) { return Kernel{Version: tt.kernel}, nil }}
		put(t, h.versionFile(), systemVersion(tt.file, "25G80"), 0o644)
		if m, err := h.Machine(); err != nil || m.Version != tt.want {
			t.Errorf("the file says %s, the kernel %s: %+v %v, want %s", tt.file, tt.kernel, m, err, tt.want)
		}
	}
}

func TestOnlyAMacHasHardwareToAsk(t *testing.T) {
	if runtime.GOOS == "darwin" {
		m, err := (&Host{Layout: Layout{ID: testID}}).Machine()
		if err != nil || m.Major() < 12 || m.Build == "" {
			t.Errorf("%+v %v", m, err)
		}
		return
	}
	if _, err := os.Stat("/System"); err == nil {
		t.Skip("this machine has a /System")
	}
	if m, err := (&Host{Layout: Layout{ID: testID}}).Machine(); err == nil {
		t.Errorf("%+v", m)
	}
	if k, err := runningKernel(); err == nil {
		t.Errorf("%+v", k)
	}
}

func FuzzParseVersion(f *testing.F) {
	f.Add([]byte(systemVersion("26.6", "25G80")))
	f.Add([]byte(systemVersion("16.0", "25A362")))
	f.Fuzz(func(t *testing.T, text []byte) {
		version, build, err := ParseVersion(text)
		if (err == nil) != (version != "" && build != "") {
			t.Errorf("%q %q %v", version, build, err)
		}
		if m := (macos.Machine{Version: version}).Major(); m >= 16 && m <= 25 {
			t.Errorf("there is no macOS %d", m)
		}
	})
}
