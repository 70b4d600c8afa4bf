package profile

import (
	"strings"
	"testing"
)

func TestKeysThatMacOSNoLongerReadsAreReported(t *testing.T) {
	for about, c := range map[string]struct {
		kind, key string
		value     any
		want      string
	}{
		"the profile of Software Update": {"com.apple.SoftwareUpdate", "AutomaticDownload", true, "PayloadContent[1].PayloadType: com.apple.SoftwareUpdate: not read by macOS 27 any more"},
		"a deferral in days":             {"com.apple.applicationaccess", "enforcedSoftwareUpdateDelay", 30, "PayloadContent[1].enforcedSoftwareUpdateDelay is 30: not read by macOS 27 any more, so that it holds no update back"},
		"rapid responses":                {"com.apple.applicationaccess", "allowRapidSecurityResponseRemoval", false, "allowRapidSecurityResponseRemoval"},
		"another restriction":            {"com.apple.applicationaccess", "allowAirDrop", false, ""},
		"a key of another payload":       {"com.example.other", "enforcedSoftwareUpdateDelay", 30, ""},
	} {
		data := profileWith(t, func(top, p map[string]any) {
			other := with(p, "PayloadType", c.kind, "PayloadUUID", "6B1D3C7E-2A4F-4C6D-8E9F-0A1B2C3D4E5F")
			delete(other, "UpdateDelay")
			other[c.key] = c.value
			top["PayloadContent"] = []any{p, other}
		})
		got := found(t, Linter{Identity: DefaultIdentity}, data)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%s: %q, want %q", about, got, c.want)
		}
	}
}
