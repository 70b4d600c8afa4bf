package words

import (
	"strconv"
	"strings"

	"installordefer/prompt"
)

// sayOwn puts the administrator's own texts in the place of the catalogue's.
// The deadline is still said where they do not say it, and so is when the
// prompt comes back where an own button does not.
func (s *Speaker) sayOwn(p *Page, m Moment) {
	own := s.own
	if s.dialog.Kind == prompt.Updating && (s.dialog.Countdown > 0 || m.Progress != nil && m.Progress.Restarting) {
		return // what is not saved is lost, whatever an administrator has to say
	}
	asks := s.dialog.Kind == prompt.RunOrDefer
	if own.Heading != "" && (asks || s.dialog.Kind == prompt.InstallNow) && !saysDeadline(own.Heading+own.Body) {
		p.Notes = append([]string{s.due(m) + "."}, p.Notes...)
	}
	if own.Heading != "" {
		p.Heading = s.expand(own.Heading, m)
	}
	if own.Body != "" {
		p.Body = s.expand(own.Body, m)
	}
	if own.Run != "" && (asks || s.dialog.Kind == prompt.RunNow) {
		p.Run = own.Run
	}
	if own.Defer != "" && asks {
		p.Notes = append(p.Notes, s.text("note.remind", "when", s.when(s.until(s.chosen(m), m), s.now(m))))
		p.Defer = own.Defer
	}
}

// saysDeadline tells whether a template says when the updates are due.
func saysDeadline(template string) bool {
	return strings.Contains(template, "%DEADLINE_DATE%") || strings.Contains(template, "%DEFER_HOURS%")
}

// expand fills in a template of the administrator.
func (s *Speaker) expand(template string, m Moment) string {
	return prompt.Expand(template, s.restarts(), s.last(), func(before, name string) string {
		return s.placeholder(before, name, m)
	})
}

// last tells whether nothing can be put off any more after this dialog.
func (s *Speaker) last() bool { return s.dialog.Last || s.dialog.Kind != prompt.RunOrDefer }

// placeholder returns what stands in the place of a placeholder, with the word
// "after" that belongs to it.
func (s *Speaker) placeholder(before, name string, m Moment) string {
	switch name {
	case "DEFER_HOURS":
		words, soon := s.duration(m.TimeLeft)
		switch {
		case soon && strings.HasPrefix(before, "A"): // English, as the word before
			return "Very soon"
		case soon && before != "":
			return "very soon"
		}
		return before + words
	case "DEADLINE_DATE":
		if s.dialog.Deadline.IsZero() {
			return s.text("none.deadline")
		}
		return s.onDate(s.dialog.Deadline, s.now(m))
	case "UPDATE_MECHANISM":
		return s.path()
	case "SUPPORT_CONTACT":
		return s.contact()
	}
	return s.updates()
}

// path says where on this Mac a person installs updates. A version that cannot
// be read counts as a current one.
func (s *Speaker) path() string {
	major, _, _ := strings.Cut(s.dialog.OSVersion, ".")
	if n, err := strconv.Atoi(major); err == nil && n < 13 {
		return s.text("path.12")
	}
	return s.text("path")
}
