package sofa

import (
	"os"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		file string
		want []string
		left []string
	}{
		{"v1.json", []string{"15.7.7 of 2026-07-27", "26.6 of 2026-07-27", "26.6.1 of 2026-08-06 (exploited)", "26.6.2 of 2026-08-17"},
			[]string{"an entry without a version is left out", "26.5.3 is left out: it has no day of release", "a version of macOS is left out"}},
		{"v2.json", []string{"26.3.1 (a) of 2026-03-17", "26.6.1 of 2026-08-06 (exploited)", "26.6.2 of 2026-08-17"}, nil},
	} {
		t.Run(c.file, func(t *testing.T) {
			data, err := os.ReadFile("testdata/" + c.file)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range f.Releases {
				got = append(got, r.String())
			}
			if strings.Join(got, "; ") != strings.Join(c.want, "; ") {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if len(f.Left) != len(c.left) {
				t.Fatalf("left out: %q", f.Left)
			}
			for i, want := range c.left {
				if !strings.Contains(f.Left[i], want) {
					t.Errorf("left out: %q, want %q", f.Left[i], want)
				}
			}
		})
	}
	for name, data := range map[string]string{"nothing": "", "a page": "<html>", "another file": `{"OSVersions": []}`, "an array": `[]`} {
		t.Run(name+" is an error", func(t *testing.T) {
			if f, err := Parse([]byte(data)); err == nil {
				t.Errorf("read as %v", f)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"v1.json", "v2.json"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		feed, err := Parse(data)
		if (err == nil) != (len(feed.Releases) > 0) {
			t.Fatalf("%v with %d releases", err, len(feed.Releases))
		}
		for i, r := range feed.Releases {
			if !r.Version.Known() || !r.Released.Known() || r.Released.Timed() {
				t.Fatalf("not a release: %v", r)
			}
			if i > 0 && r.Version.Compare(feed.Releases[i-1].Version) < 0 {
				t.Fatalf("%v stands behind %v", r, feed.Releases[i-1])
			}
		}
	})
}
