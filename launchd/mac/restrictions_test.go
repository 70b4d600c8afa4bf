package mac

import "testing"

const restricting = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>AutomaticCheckEnabled</key><true/><key>restrict-software-update-require-admin-to-install</key><true/></dict></plist>
`

func TestParseRestrictions(t *testing.T) {
	for text, want := range map[string]bool{
		restricting: true,
		"":          false,
		"bplist00":  false,
		`<plist version="1.0"><dict><key>restrict-software-update-require-admin-to-install</key><false/></dict></plist>`:             false,
		`<plist version="1.0"><dict><key>restrict-software-update-require-admin-to-install</key><integer>1</integer></dict></plist>`: true,
		`<plist version="1.0"><dict/></plist>`: false,
	} {
		if got := ParseRestrictions([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzParseRestrictions(f *testing.F) {
	f.Add([]byte(restricting))
	f.Fuzz(func(t *testing.T, data []byte) {
		if ParseRestrictions(data) && len(data) < len("restrict") {
			t.Errorf("%q restricts", data)
		}
	})
}
