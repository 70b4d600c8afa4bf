package mac

import "testing"

func TestParseOffline(t *testing.T) {
	const four, six = "Network information\n\nIPv4 network interface information\n   No IPv4 states found\n\n\n   REACH : flags 0x00000000 (Not Reachable)\n\n",
		"IPv6 network interface information\n     en0 : flags      : 0x6 (IPv6,DNS)\n           reach      : 0x00000002 (Reachable)\n\n   REACH : flags 0x00000002 (Reachable)\n\nNetwork interfaces: en0\n"
	for name, c := range map[string]struct {
		text    string
		offline bool
		fails   bool
	}{
		"one of two kinds of addresses leads somewhere": {four + six, false, false},
		"none does":                    {four, true, false},
		"a network that is only local": {"   REACH : flags 0x00000003 (Reachable,Transient Connection)\n", false, false},
		"nothing is said":              {"Network information\n", false, true},
		"nothing at all":               {"", false, true},
	} {
		if offline, err := ParseOffline([]byte(c.text)); offline != c.offline || (err != nil) != c.fails {
			t.Errorf("%s: offline %v, %v", name, offline, err)
		}
	}
}

func TestParseFree(t *testing.T) {
	const head = "Filesystem 1024-blocks      Used Available Capacity  Mounted on\n"
	for name, c := range map[string]struct {
		text  string
		kib   int64
		fails bool
	}{
		"a volume":                  {head + "/dev/disk3s5   482797652 362797652 120000000    76%    /System/Volumes/Data\n", 120000000, false},
		"a full one":                {head + "/dev/disk3s5 482797652 482797652 0 100% /System/Volumes/Data\n", 0, false},
		"a name with blanks":        {head + "/dev/disk3s5 4 2 2 50% /Volumes/Macintosh HD\n", 2, false},
		"no volume":                 {head, 0, true},
		"two volumes":               {head + "/dev/disk3s5 4 2 2 50% /\n/dev/disk3s1 4 2 2 50% /\n", 0, true},
		"a number that is negative": {head + "/dev/disk3s5 4 2 -2 50% /\n", 0, true},
		"another order":             {head + "/dev/disk3s5 50% 4 2 2 /\n", 0, true},
		"nothing":                   {"", 0, true},
	} {
		if kib, err := ParseFree([]byte(c.text)); kib != c.kib || (err != nil) != c.fails {
			t.Errorf("%s: %d KiB, %v", name, kib, err)
		}
	}
}

func FuzzParseOffline(f *testing.F) {
	f.Add([]byte("   REACH : flags 0x00000000 (Not Reachable)\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if offline, err := ParseOffline(text); offline && err != nil {
			t.Error("it is offline, and cannot be told to be")
		}
	})
}

func FuzzParseFree(f *testing.F) {
	f.Add([]byte("Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/disk3s5 4 2 2 50% /\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if kib, err := ParseFree(text); kib < 0 || kib > 0 && err != nil {
			t.Errorf("%d KiB, %v", kib, err)
		}
	})
}
