package mac

import (
	"strings"
	"testing"
)

const expert = "+-o MacBookPro18,3  <class IOPlatformExpertDevice, id 0x100000112, registered, matched, active, busy 0 (7 ms), retain 36>\n    {\n" +
	"      \"IOPlatformSerialNumber\" = \"C02EXAMPLE\"\n      \"IOPlatformUUID\" = \"0A1B2C3D-0000-5000-8000-4E5F60718293\"\n      \"model\" = <\"MacBookPro18,3\">\n    }\n    \n"

func TestParseHardware(t *testing.T) {
	if uuid, err := ParseHardware([]byte(expert)); err != nil || uuid != "0A1B2C3D-0000-5000-8000-4E5F60718293" {
		t.Errorf("%q, %v", uuid, err)
	}
	for name, text := range map[string]string{
		"nothing":      "",
		"cut short":    expert[:strings.Index(expert, "4E5F")],
		"no such key":  strings.ReplaceAll(expert, "IOPlatformUUID", "IOPlatformOther"),
		"another form": strings.ReplaceAll(expert, "-4E5F60718293", ""),
	} {
		if uuid, err := ParseHardware([]byte(text)); err == nil {
			t.Errorf("%s: %q", name, uuid)
		}
	}
}

func FuzzParseHardware(f *testing.F) {
	f.Add([]byte(expert))
	f.Add([]byte(`"IOPlatformUUID" = "`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if uuid, err := ParseHardware(data); (err == nil) != (len(uuid) == 36) {
			t.Errorf("%q, %v", uuid, err)
		}
	})
}
