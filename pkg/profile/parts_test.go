package profile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

const upstream = "com.github.mpanighetti.install-or-defer"

// payload is a payload of a type of its own.
func payload(domain, pairs string) string {
	return fmt.Sprintf("\t\t<dict>\n\t\t\t<key>PayloadType</key><string>%s</string>\n\t\t\t<key>PayloadVersion</key><integer>1</integer>\n%s\t\t</dict>\n", domain, pairs)
}

// forced is a payload as Jamf Pro exports it.
func forced(domain, pairs string) string {
	return payload(typeManaged, "<key>PayloadContent</key><dict><key>"+domain+"</key><dict><key>Forced</key><array><dict>\n"+
		"<key>mcx_preference_settings</key><dict>\n"+pairs+"</dict></dict></array></dict></dict>\n")
}

func seconds(key string, n int) string {
	return fmt.Sprintf("<key>%s</key><integer>%d</integer>\n", key, n)
}

func whole(payloads ...string) []byte {
	return []byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\n<key>PayloadType</key><string>Configuration</string>\n" +
		"<key>PayloadContent</key><array>\n" + strings.Join(payloads, "") + "</array></dict></plist>\n")
}

func TestSettingsAreThoseThatAMacWouldUse(t *testing.T) {
	const id = "com.github.install-or-defer"
	for _, tt := range []struct {
		sentence string
		data     []byte
		want     map[string]any
	}{
		{"below Forced", whole(forced(id, seconds("UpdateDelay", 60))), map[string]any{"UpdateDelay": uint64(60)}},
		{"below Forced for the original", whole(forced(upstream, seconds("MaxDeferralTime", 172800))), map[string]any{"MaxDeferralTime": uint64(172800)}},
		{"for the original", whole(payload(upstream, seconds("DeferralPeriod", 7200))), map[string]any{"DeferralPeriod": uint64(7200)}},
		{"for the original, but only what it had", whole(payload(upstream, seconds("DeferralPeriod", 7200)+seconds("MinimumBatteryPercent", 5))), map[string]any{"DeferralPeriod": uint64(7200)}},
		{"of all payloads", whole(payload(id, seconds("UpdateDelay", 60)), payload("com.example.other", ""), forced(id, seconds("DeferralPeriod", 3600))),
			map[string]any{"UpdateDelay": uint64(60), "DeferralPeriod": uint64(3600)}},
		{"of the job before the original, whatever their order", whole(payload(upstream, seconds("UpdateDelay", 900)), payload(id, seconds("UpdateDelay", 60))),
			map[string]any{"UpdateDelay": uint64(60)}},
		{"bare pairs, as Intune takes them", []byte("<!-- ours -->\n" + seconds("UpdateDelay", 60) + seconds("DeferralPeriod", 3600)),
			map[string]any{"UpdateDelay": uint64(60), "DeferralPeriod": uint64(3600)}},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			got, err := Settings(id, tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	t.Run("nothing for the job", func(t *testing.T) {
		_, err := Settings(id, whole(payload("com.apple.servicemanagement", ""), payload("com.github.macadmins.Nudge", "<key>osVersionRequirements</key><array/>\n")))
		if err == nil || !strings.Contains(err.Error(), "it has some for com.apple.servicemanagement, Nudge") {
			t.Error(err)
		}
	})
}

func TestAFileInUTF16IsRead(t *testing.T) {
	const plain = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<plist version=\"1.0\"><dict>\n<key>SupportContact</key><string>Grüße 🎉</string>\n<key>UpdateDelay</key><integer>-1</integer>\n</dict></plist>\n"
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		var b []byte
		for _, u := range append([]uint16{0xFEFF}, utf16.Encode([]rune(plain))...) {
			b = order.AppendUint16(b, u)
		}
		for _, data := range [][]byte{b, append(bytes.Clone(b), 0)} {
			got, err := Settings("com.example.x", data)
			if err != nil || got["SupportContact"] != "Grüße 🎉" {
				t.Errorf("%s endian: %v, %v", name, got, err)
			}
		}
		findings := found(t, Linter{Identity: DefaultIdentity}, b)
		if len(findings) != 1 || !strings.HasPrefix(findings[0], "line 4: UpdateDelay") {
			t.Errorf("%s endian: %q", name, findings)
		}
	}
}

func TestLinesOfBarePairsAreThoseOfTheFile(t *testing.T) {
	findings := found(t, Linter{Identity: DefaultIdentity}, []byte("\n<key>DeferralPeriod</key>\n<integer>3600</integer>\n<key>UpdateDelay</key>\n<integer>-1</integer>\n"))
	if len(findings) != 1 || !strings.HasPrefix(findings[0], "line 4: UpdateDelay") {
		t.Errorf("%q", findings)
	}
}
