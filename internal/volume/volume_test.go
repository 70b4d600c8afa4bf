package volume

import "testing"

func TestPath(t *testing.T) {
	for _, c := range []struct {
		name   string
		volume Volume
		onMac  []string
		want   string
	}{
		{"a Mac's own path is itself", Volume{}, []string{"/usr/bin/open"}, "/usr/bin/open"},
		{"a Mac's own volume is the disk", Volume{}, nil, "/"},
		{"no folder is the disk", In(""), []string{"/usr/bin/open"}, "/usr/bin/open"},
		{"the disk's own folder is the disk", In("/"), []string{"usr"}, "/usr"},
		{"a path lies below the folder", In("/sim"), []string{"/usr/bin/open"}, "/sim/usr/bin/open"},
		{"a path is joined from its parts", In("/sim/"), []string{"Library", "Preferences/x.plist"}, "/sim/Library/Preferences/x.plist"},
		{"the folder is the volume", In("/sim/"), nil, "/sim"},
		{"no path leaves the folder", In("/sim"), []string{"../etc/passwd"}, "/sim/etc/passwd"},
		{"no part of a path leaves the folder", In("/sim"), []string{"Library", "../../etc"}, "/sim/etc"},
		{"a relative folder stays relative", In("sim"), []string{"usr"}, "sim/usr"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.volume.Path(c.onMac...); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
