package scenario

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"installordefer/internal/nearest"
)

// Check says what is wrong with a scenario.
func (s *Scenario) Check() error {
	if err := s.checkHead(); err != nil {
		return err
	}
	names := map[string]bool{}
	for i := range s.People {
		p := &s.People[i]
		if err := p.check(); err != nil {
			return fmt.Errorf("people[%d]: %w", i, err)
		}
		if names[p.Name] {
			return fmt.Errorf("people[%d]: there are two people named %q", i, p.Name)
		}
		names[p.Name] = true
	}
	labels := map[string]bool{}
	for i := range s.Updates {
		if err := s.Updates[i].check(); err != nil {
			return fmt.Errorf("updates[%d]: %w", i, err)
		}
		labels[s.Updates[i].Label] = true
	}
	for i := range s.Updates {
		for _, other := range []string{s.Updates[i].Needs, s.Updates[i].Replaces} {
			if other != "" && !labels[other] {
				return fmt.Errorf("updates[%d]: there is no update with the label %q", i, other)
			}
		}
	}
	for i := range s.Events {
		if err := s.Events[i].check(); err != nil {
			return fmt.Errorf("events[%d]: %w", i, err)
		}
		if who := s.Events[i].Who; who != "" && !names[who] {
			return fmt.Errorf("events[%d]: nobody is named %q", i, who)
		}
	}
	for i := range s.Faults {
		if err := s.Faults[i].check(); err != nil {
			return fmt.Errorf("faults[%d]: %w", i, err)
		}
	}
	return nil
}

func (s *Scenario) checkHead() error {
	switch {
	case s.Start.IsZero():
		return errors.New("the field \"start\" is missing: the time that the Mac's clock shows when the story begins")
	case !sensible(s.Start):
		return fmt.Errorf("start is %v, but must be between 1970 and 2100", s.Start)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil {
		return fmt.Errorf("zone: %q is not a time zone; write it as \"Europe/Berlin\"", s.Zone)
	}
	return s.Mac.check()
}

func sensible(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 2100 }

func (m *Mac) check() error {
	if !contains(hardwares, m.Hardware) {
		return fmt.Errorf("mac: %w", oneOf("hardware", m.Hardware, hardwares))
	}
	if !version(m.MacOS) {
		return fmt.Errorf("mac: macOS is %q, but needs the form \"26.6\"", m.MacOS)
	}
	if m.Build == "" {
		return errors.New("mac: the field \"build\" is missing, as \"25G72\"")
	}
	if m.FileVault != "" && !contains(vaults, m.FileVault) {
		return fmt.Errorf("mac: %w", oneOf("fileVault", m.FileVault, vaults))
	}
	if m.FreeGB < 0 || m.FreeGB > 1e6 {
		return fmt.Errorf("mac: freeGB is %v, but must be between 0 and a million", m.FreeGB)
	}
	if b := m.Battery; b != nil && (b.Percent < 0 || b.Percent > 100) {
		return fmt.Errorf("mac: battery.percent is %d, but must be between 0 and 100", b.Percent)
	}
	for _, q := range m.Quirks {
		if quirks[q] == nil {
			return fmt.Errorf("mac: %w", oneOf("quirks", q, slices.Sorted(maps.Keys(quirks))))
		}
	}
	return nil
}

func version(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if p == "" || len(p) > 3 || strings.Trim(p, "0123456789") != "" {
			return false
		}
	}
	return len(parts) <= 4
}

func (p *Person) check() error {
	switch {
	case p.Name == "" || strings.ContainsFunc(p.Name, func(c rune) bool { return c <= ' ' || c == '/' || c == 0x7f }):
		return fmt.Errorf("name is %q, but is a short name without blanks", p.Name)
	case strings.ContainsAny(p.FullName, "\r\n"):
		return errors.New("fullName has a line end")
	case p.UID < 0 || p.UID > 1<<30:
		return fmt.Errorf("uid is %d, but must be between 0 and %d", p.UID, 1<<30)
	case p.Name == "root" && p.UID != 0:
		return fmt.Errorf("uid is %d, but root has 0", p.UID)
	case p.Temper != "" && !contains(tempers, p.Temper):
		return oneOf("temper", p.Temper, tempers)
	case len(p.Answers) > 0 && p.Temper != "listed":
		return errors.New("answers are given, but the temper is not \"listed\"")
	case p.WrongPasswords < 0 || p.WrongPasswords > 1000:
		return fmt.Errorf("wrongPasswords is %d, but must be between 0 and 1000", p.WrongPasswords)
	}
	for i, a := range p.Answers {
		if !contains(acts, a.Do) {
			return fmt.Errorf("answers[%d]: %w", i, oneOf("do", a.Do, acts))
		}
		if a.Choice < 0 {
			return fmt.Errorf("answers[%d]: choice is %d, but counts from 0", i, a.Choice)
		}
	}
	return nil
}

func (u *Update) check() error {
	switch {
	case u.Label == "":
		return errors.New("the field \"label\" is missing")
	case !utf8.ValidString(u.Label + u.Title + u.Version):
		return errors.New("a text is not UTF-8")
	case u.Build != "" && !version(strings.SplitN(u.Version, " ", 2)[0]):
		return fmt.Errorf("version is %q, but macOS has one of the form \"26.7\" or \"26.7 (a)\"", u.Version)
	case u.SizeKiB < 0 || u.SizeKiB > 1<<40:
		return fmt.Errorf("sizeKiB is %d, but must be between 0 and %d", u.SizeKiB, int64(1<<40))
	case u.Action != "" && !contains(actions, u.Action):
		return oneOf("action", u.Action, actions)
	case u.Course != "" && !contains(courses, u.Course):
		return oneOf("course", u.Course, courses)
	case u.Withdrawn != 0 && u.Withdrawn <= u.Appears:
		return errors.New("it is withdrawn before it appears")
	}
	return nil
}

func (f *Fault) check() error {
	switch {
	case strings.TrimSpace(f.Tool) == "":
		return errors.New("the field \"tool\" is missing, as \"softwareupdate --list\"")
	case !contains(faultKinds, f.Kind):
		return oneOf("kind", f.Kind, faultKinds)
	case f.Until != 0 && f.Until <= f.From:
		return errors.New("it ends before it begins")
	case f.Times < 0 || f.Lines < 0:
		return errors.New("times and lines are not negative")
	case f.Factor < 0 || f.Factor > 10_000:
		return fmt.Errorf("factor is %d, but must be between 0 and 10000", f.Factor)
	case f.Code < 0 || f.Code > 255:
		return fmt.Errorf("code is %d, but must be between 0 and 255", f.Code)
	}
	return nil
}

func contains(words []string, w string) bool { return slices.Contains(words, w) }

// oneOf says that a word is none of those that a field can have.
func oneOf(field, got string, words []string) error {
	if near := nearest.Word(got, words); near != "" {
		return fmt.Errorf("%s: %q is unknown; did you mean %q?", field, got, near)
	}
	return fmt.Errorf("%s: %q is unknown; it is one of %s", field, got, strings.Join(words, ", "))
}
