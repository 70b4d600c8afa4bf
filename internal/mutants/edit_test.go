package mutants

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// example is the source that the edits below change.
const example = `package room

import (
	"fmt"
	"slices"
)

const most, least = 3, 1

var names = []string{"ada", "grace"}

// Sort sorts.
func Sort(in []int) {
	slices.Sort(in)
}

func (r *row[T]) left(now int) int {
	if now > most && // for a reason
		r.ends() {
		return 0
	}
	r.seen = now // noted
	r.count++
	switch {
	case now == 0:
		return 1
	case now == 1, r.ends():
		fmt.Println(now)
	}
	return r.add(
		now,
		least,
	)
}

func (r *row[T]) ends() bool { return r.seen > 0 }
`

func TestEdit(t *testing.T) {
	for _, c := range []struct {
		name  string
		edit  edit
		is    []string // what was, and what is in its place
		fails string
	}{
		{"changes an expression of a method", edit{"room.row.ends", "r.seen > 0", "r.seen >= 0"}, []string{"return r.seen > 0", "return (r.seen >= 0)"}, ""},
		{"finds it however it is spaced and commented", edit{"room.row.left", "now>most&&r.ends()", "false"}, []string{"now > most && // for a reason\n\t\tr.ends()", "false"}, ""},
		{"finds a list that was broken into lines", edit{"room.row.left", "r.add(now, least)", "0"}, []string{"r.add(\n\t\tnow,\n\t\tleast,\n\t)", "0"}, ""},
		{"takes statements out", edit{"room.row.left", "r.seen = now; r.count++", ""}, []string{"r.seen = now // noted\n\tr.count++", ""}, ""},
		{"takes a case out", edit{"room.row.left", "case now == 0: return 1", ""}, []string{"case now == 0:\n\t\treturn 1", ""}, ""},
		{"changes one of the conditions of a case", edit{"room.row.left", "now == 1", "now < 2"}, []string{"now == 1", "(now < 2)"}, ""},
		{"changes one of several constants", edit{"room.most", "3", "300"}, []string{"= 3, 1", "= 300, 1"}, ""},
		{"changes an element of a variable", edit{"house/room.names", `"grace"`, `"bob"`}, []string{`"grace"`, `"bob"`}, ""},
		{"drops the import that nothing uses any more", edit{"room.Sort", "slices.Sort(in)", ""}, []string{`"slices"`, `_ "slices"`, "slices.Sort(in)", ""}, ""},
		{"says that a function is gone", edit{"room.row.right", "0", "1"}, nil, "nothing is declared as room.row.right"},
		{"says that an expression is gone", edit{"room.row.ends", "r.seen > 1", "false"}, nil, "room.row.ends does not hold this"},
		{"says that an expression stands there twice", edit{"room.row.left", "r.ends()", "false"}, nil, "room.row.left holds this 2 times"},
		{"takes no part of an expression for one", edit{"room.row.left", "most && r", "false"}, nil, "does not hold this"},
		{"takes no selected name for an expression", edit{"room.row.ends", "seen", "count"}, nil, "does not hold this"},
		{"says that two packages declare it", edit{"row.ends", "0", "1"}, nil, "row.ends is declared 2 times, in "},
		{"says that the new text is not Go", edit{"room.row.ends", "0", "1 +"}, nil, "is not Go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{
				"house/room/a.go":      example,
				"house/room/a_test.go": example,
				"one/row/a.go":         "package row\n\nfunc ends() int { return 0 }\n",
				"two/row/a.go":         "package row\n\nfunc ends() int { return 0 }\n",
			} {
				if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s, err := readSource(dir)
			if err != nil {
				t.Fatal(err)
			}
			texts, err := s.mutate([]edit{c.edit})
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("the edit ends in %v, want an error with %q", err, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := texts[filepath.Join(dir, "house/room/a.go")]
			want := strings.NewReplacer(c.is...).Replace(example)
			if len(texts) != 1 || got != want {
				t.Errorf("the edit gives\n%s\nwant\n%s", got, want)
			}
		})
	}
}
