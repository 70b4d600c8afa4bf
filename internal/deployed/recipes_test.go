package deployed

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"installordefer/internal/simmac"
	"installordefer/internal/wake"
)

// recipes are the commands by which the documents tell administrators to change
// something, and what must be so after the next wake. First is the status before.
var recipes = map[string]func(m *mac, first wake.Status){
	"defaults write " + domain + " AppleSoftwareUpdatesDeferredUntil -int $(date +%s)": func(m *mac, first wake.Status) {
		if shown := len(m.happened(simmac.DialogShown)); shown != 2 {
			m.t.Errorf("%d prompts were shown, want a second one", shown)
		}
		m.keeps(first)
	},
	"defaults write " + domain + " UpdateDelay -int 60": func(m *mac, first wake.Status) {
		out, errs, err := m.run("settings")
		if err != nil || !regexp.MustCompile(`(?m)^UpdateDelay +60 .*local preferences`).MatchString(out) {
			m.t.Errorf("settings: %v %s%s", err, out, errs)
		}
		m.keeps(first)
	},
	"install-or-defer reset": func(m *mac, first wake.Status) {
		if now := m.status(); now.Deadline == nil || !now.Deadline.After(*first.Deadline) || now.DeferralsUsed > 1 {
			m.t.Errorf("the round goes on: %+v", now)
		}
	},
	"install-or-defer hold 8h": func(m *mac, first wake.Status) {
		if now := m.status(); now.WaitingFor != "end of the hold" {
			m.t.Errorf("%+v", now)
		}
		m.keeps(first)
	},
	"install-or-defer hold off": func(m *mac, first wake.Status) {
		if now := m.status(); now.WaitingFor == "end of the hold" {
			m.t.Errorf("%+v", now)
		}
		m.keeps(first)
	},
	"install-or-defer uninstall": func(m *mac, first wake.Status) {
		if m.has(m.Layout().JobFile()) || m.has(m.Layout().SupportFolder()) {
			m.t.Error("the job is still there")
		}
	},
}

// keeps checks that the round is the one that it was.
func (m *mac) keeps(first wake.Status) {
	m.t.Helper()
	if now := m.status(); now.Deadline == nil || !now.Deadline.Equal(*first.Deadline) {
		m.t.Errorf("the deadline went from %v to %v", first.Deadline, now.Deadline)
	}
}

// comesAgain checks that a job that is installed again begins a round of its own.
func (m *mac) comesAgain(first wake.Status) {
	m.t.Helper()
	m.install()
	m.live(30 * time.Minute)
	if now := m.status(); now.Deadline == nil || !now.Deadline.After(*first.Deadline) {
		m.t.Errorf("the old round is back: %+v", now)
	}
}

// recipeOf is a line of the documents as recipes has it; empty for one that
// changes nothing or is no whole command.
func recipeOf(line typed) string {
	words := append([]string(nil), line.words...)
	if words[0] == "sudo" {
		words = words[1:]
	}
	if len(words) < 2 || strings.Contains(line.text, "…") && words[0] == "defaults" {
		return ""
	}
	switch words[0] = filepath.Base(words[0]); {
	case words[0] == "install-or-defer" && (words[1] == "reset" || words[1] == "uninstall"):
	case words[0] == "install-or-defer" && words[1] == "hold" && len(words) > 2:
		words = words[:3] // the reason is free
	case words[0] == "defaults" && words[1] != "read" && words[1] != "export" && len(words) > 2:
		words[2] = strings.NewReplacer("/ID", "/"+id, "/com.github.install-or-defer", "/"+id).Replace(words[2])
	default:
		return ""
	}
	return strings.Join(words, " ")
}

// told are the recipes of the documents, with one place of each. The page about
// exit codes names every command.
func told(t *testing.T) map[string]string {
	found := map[string]string{}
	for _, line := range read(t) {
		if r := recipeOf(line); r != "" && line.file != "docs/mistakes.md" {
			found[r] = line.file
		}
	}
	return found
}

// Whatever the documents tell administrators to type works at the next wake, with
// macOS remembering preferences beside it and writing them over what is in the
// file.
func TestEveryRecipeInTheDocumentsWorksAtTheNextWake(t *testing.T) {
	t.Parallel()
	found := told(t)
	for recipe := range recipes {
		if found[recipe] == "" {
			t.Errorf("no document has %q any more", recipe)
		}
	}
	for recipe, file := range found {
		works, known := recipes[recipe]
		if !known {
			t.Errorf("%s: nothing tests %q", file, recipe)
			continue
		}
		t.Run(recipe, func(t *testing.T) {
			t.Parallel()
			m, first := deferring(t)
			m.follow(recipe)
			m.live(10 * time.Second) // until macOS has written it
			m.live(6 * time.Minute)
			works(m, first)
			// A change of anything has macOS write all that it remembers.
			m.defaults("write", domain, "Unheard", "-int", "1")
			m.live(10 * time.Second)
			if recipe == "install-or-defer uninstall" {
				m.comesAgain(first)
				return
			}
			m.live(6 * time.Minute)
			works(m, first)
			if t.Failed() {
				t.Log(m.story())
			}
		})
	}
}

// follow types a recipe.
func (m *mac) follow(recipe string) {
	m.t.Helper()
	var now time.Time
	m.Do(func(model *simmac.Mac) {
		model.Default(domain, "UpdateDelay") // which has macOS remember the domain
		now = model.Now().Wall
	})
	words := strings.Fields(strings.ReplaceAll(recipe, "$(date +%s)", strconv.FormatInt(now.Unix(), 10)))
	if words[0] == "defaults" {
		m.defaults(words[1:]...)
		return
	}
	if recipe == "install-or-defer hold off" {
		m.program("hold", "8h")
		m.live(6 * time.Minute)
	}
	m.program(words[1:]...)
}

func (m *mac) program(args ...string) {
	m.t.Helper()
	if out, errs, err := m.run(args...); err != nil {
		m.t.Fatalf("%v: %v\n%s%s", args, err, out, errs)
	}
}

func (m *mac) defaults(args ...string) {
	m.t.Helper()
	m.While(func() {
		if err := command(os.Environ(), m.path("usr/bin/defaults"), args...); err != nil {
			m.t.Error(err)
		}
	})
}
