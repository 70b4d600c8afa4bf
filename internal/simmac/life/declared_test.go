package life

import (
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/launchd/mac"
)

// What device management has set for all updates, as macOS writes it beside the
// declarations.
const heldBack = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>SUCorePersistedStatePolicyFields</key><dict>
<key>SUCoreDDMDeclarationGlobalSettings</key><dict><key>minorOSDeferralPeriod</key><integer>30</integer></dict>
</dict>
</dict></plist>`

func TestAMacSaysForHowLongApplesOffersAreHeldBack(t *testing.T) {
	m := simmac.New(simmac.Facts{Start: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Zone: time.UTC,
		OS: simmac.OS{Version: "26.6", Build: "25G72"}, Job: simmac.Job{Label: "com.github.install-or-defer"}})
	defer m.Close()
	l := New(m, "com.github.install-or-defer")
	if err := l.Settings(map[string]any{"RequiredVersions": []any{map[string]any{"Minimum": "26.7", "By": "2026-12-04T18:00"}}}); err != nil {
		t.Fatal(err)
	}
	m.Disk().Put(mac.DeclaredFile, []byte(heldBack))
	said := 0
	m.Journal.Tell = func(e simmac.Event) {
		if e.Kind == simmac.Logged && strings.Contains(e.Text, "Device management holds Apple's offers back for 30 days.") {
			said++
		}
	}
	l.Run(2 * time.Hour)
	if said == 0 || l.Removed {
		t.Errorf("said %d times; the job is gone: %v", said, l.Removed)
	}
}
