package rules

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// One word for one thing: these words have another one here.
var synonyms = map[string]string{
	`nag(s|ging|ged)?`:   "prompt",
	`nudges?`:            "prompt",
	`pop-?ups?`:          "dialog, or menu",
	`snooz(e|es|ed|ing)`: "defer",
	`reboot(s|ed|ing)?`:  "restart",

	// Turns that nobody says aloud. See docs/voice.md.
	`cannot be told`:                 "could not tell",
	`could not be found out`:         "could not tell",
	`comes? about`:                   "happens",
	`nothing is known of`:            "unknown",
	`it is not known`:                "could not tell",
	`anew`:                           "again",
	`excludes? each other`:           "cannot be used together",
	`but lies between`:               "must be between",
	`wake is at work`:                "a wake is running",
	`(cannot be|was|were) found out`: "could tell, or shown",
	`is no (setting|status|day|date|time zone|ordinary file|bundle identifier|team identifier|signed profile|window|version of macOS|time of day|time of the day)`: "is not a",
}

// Where a word is not ours: AppKit's menus pop up, other systems reboot, other
// products have names.
var elsewhere = []string{"pkg/foreign", "internal/rules", "internal/mutants", "internal/simmac", "internal/toolchain", "prompt/appkit"}

func isElsewhere(path string) bool {
	for _, dir := range elsewhere {
		if strings.HasPrefix(path, dir+"/") {
			return true
		}
	}
	return false
}

// A saying is a piece of text of the project, and where it stands.
type saying struct {
	at, text string
	name     bool // of something in the code
}

// sayings are the comments, names and texts of the product, and what it is
// described with.
func sayings(t *testing.T) []saying {
	t.Helper()
	var all []saying
	for _, s := range sources(t) {
		if isElsewhere(s.path) {
			continue
		}
		for _, c := range s.file.Comments {
			all = append(all, saying{s.at(c), c.Text(), false})
		}
		if s.test() {
			continue // tests hold what other programs say
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				all = append(all, saying{s.at(n), words(n.Name), true})
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					all = append(all, saying{s.at(n), n.Value, false})
				}
			}
			return true
		})
	}
	for _, name := range documents(t) {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			all = append(all, saying{name, line, false})
		}
	}
	return all
}

// documents are the texts for people.
func documents(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			names = append(names, strings.TrimPrefix(filepath.ToSlash(name), "../../"))
		}
	}
	if len(names) < 5 {
		t.Fatalf("found only the documents %v", names)
	}
	return names
}

var capital = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// words cuts a name into its words.
func words(name string) string { return capital.ReplaceAllString(name, "$1 $2") }

// issues are those of other products, whose names are not ours to choose.
var issues = regexp.MustCompile(`[A-Za-z-]+ #[0-9]+`)

// otherProducts are tools of others, and a field of Jamf's form, whose names are not
// ours to choose either.
var otherProducts = regexp.MustCompile(`\b(Nudge|DDM-OS-Reminder)\b|"reboot"`)

func TestOneWordStandsForOneThing(t *testing.T) {
	all := sayings(t)
	for word, instead := range synonyms {
		pattern := regexp.MustCompile(`(?i)\b` + word + `\b`)
		for _, s := range all {
			if m := pattern.FindString(otherProducts.ReplaceAllString(issues.ReplaceAllString(s.text, ""), "")); m != "" {
				t.Errorf("%s: %q is called %q here", s.at, m, instead)
			}
		}
	}
}

// "User" can be the account, the person, or the one at the console. Only these
// say which.
var clearUsers = regexp.MustCompile(`(?i)console ?users?|user ids?|user switching|switch user|users?/|/users|volume ?users?|list ?users|user \(Apple|--user|\bUSER=|user-(approved|level)|xml:"user"|os/user|^"USERS?"$`)

func TestUserIsSaidOnlyWhereItIsClearWhoIsMeant(t *testing.T) {
	pattern := regexp.MustCompile(`(?i)\busers?\b`)
	for _, s := range sayings(t) {
		if s.name || strings.Contains(s.at, "_test.go") {
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(s.text, "user\nid", "user id")) {
			if pattern.MatchString(clearUsers.ReplaceAllString(line, "")) {
				t.Errorf("%s: say who is meant, the person or the console user: %s", s.at, strings.TrimSpace(line))
			}
		}
	}
}
