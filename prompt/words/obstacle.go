package words

import "installordefer/prompt"

// sayObstacle says what is in the way, and what the person can do about it.
func (s *Speaker) sayObstacle(p *Page, m Moment) {
	o := m.Obstacle
	if o == nil {
		o = &prompt.Obstacle{Is: prompt.DiskAtWork}
	}
	switch o.Is {
	case prompt.LowBattery:
		p.Heading = s.text("heading.power")
		p.Body = s.text("body.power", "percent", s.percentOf(o.Percent), "needs", s.percentOf(o.NeedsPercent))
	case prompt.LowSpace:
		s.saySpace(p, o)
	case prompt.NoNetwork:
		p.Heading, p.Body = s.text("heading.network"), s.text("body.network")
	default:
		p.Heading, p.Body = s.text("heading.disk"), s.text("body.disk")
	}
	p.Body = s.sentences(p.Body, s.text("body.goeson"))
	if s.dialog.Pane != "" {
		p.Run = s.text("button.storage")
	}
	p.Defer = s.text("button.notnow")
	s.noteDue(p, m)
	s.noteContact(p)
}

// saySpace says how much space has to become free, where that is known.
func (s *Speaker) saySpace(p *Page, o *prompt.Obstacle) {
	free := s.size(o.FreeKiB)
	if o.NeedsKiB <= o.FreeKiB {
		p.Heading, p.Body = s.text("heading.space.some"), s.text("body.space.some", "free", free)
		return
	}
	p.Heading = s.text("heading.space", "size", s.size(o.NeedsKiB-o.FreeKiB))
	p.Body = s.text("body.space", "needs", s.size(o.NeedsKiB), "free", free)
}
