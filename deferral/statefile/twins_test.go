package statefile

import (
	"fmt"
	"hash/crc32"
	"testing"

	"installordefer/deferral"
	"installordefer/deferral/settings"
)

// labelTwins are two labels with the same checksum, by which the library tells data
// apart in the binary form.
func labelTwins(t *testing.T) (a, b string) {
	t.Helper()
	seen := map[uint32]string{}
	for i := range 10_000_000 {
		label := fmt.Sprintf("Update-%d", i*2654435761)
		sum := crc32.ChecksumIEEE([]byte(label))
		if other, ok := seen[sum]; ok {
			return other, label
		}
		seen[sum] = label
	}
	t.Fatal("no twins were found")
	return "", ""
}

func TestEncode(t *testing.T) {
	t.Run("keeps two labels apart whose checksums are the same", func(t *testing.T) {
		a, b := labelTwins(t)
		st := found(settings.Defaults(), deferral.Update{Label: a, Name: "A"}, deferral.Update{Label: b, Name: "B"}).DownloadEnded([]string{b})
		data, err := Encode(st)
		if err != nil {
			t.Fatal(err)
		}
		got, problems, err := Decode(data)
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		for i, want := range []string{a, b} {
			if label := got.Round.Updates[i].Label; label != want {
				t.Errorf("the label %q has become %q", want, label)
			}
		}
		if d := got.Round.Downloaded; len(d) != 1 || d[0] != b {
			t.Errorf("downloaded is %q, want %q", d, b)
		}
	})
}
