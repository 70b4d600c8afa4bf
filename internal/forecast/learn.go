package forecast

import (
	"math/rand/v2"
	"time"

	"installordefer/internal/history"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/scenario"
)

// answers are what one person has done with one prompt after the other, as the
// history of their Mac holds it, which knows no names.
type answers []scenario.Answer

const (
	learnedMost = 10_000 // histories that are kept; more are drawn from all evenly
	answersMost = 64     // of one history
)

// A Learner takes answers from histories, each that of one Mac.
type Learner struct {
	// Histories are those with an answer, Others those without.
	Histories, Others int

	kept []answers
	rng  *rand.Rand
}

// Take takes the bytes of one history.
func (l *Learner) Take(data []byte) {
	if l.rng == nil {
		l.rng = rand.New(rand.NewPCG(0, 0))
	}
	events, _ := history.Read(data)
	a := answersIn(events)
	if len(a) == 0 {
		l.Others++
		return
	}
	l.Histories++
	if len(l.kept) < learnedMost {
		l.kept = append(l.kept, a)
	} else if at := l.rng.IntN(l.Histories); at < learnedMost {
		l.kept[at] = a
	}
}

// Teach lets the people of a mix answer as those of the histories.
func (l *Learner) Teach(m *Mix) {
	m.learned, m.Temperaments = l.kept, Shares{learned: 1}
}

// answersIn are the answers of one Mac: a deferral, no answer, or, where an
// installation follows the prompt before the next one, the click on Run Updates.
func answersIn(events []history.Event) answers {
	var a answers
	var asked time.Time
	add := func(e history.Event, do simmac.Act) {
		if asked.IsZero() || len(a) >= answersMost {
			return
		}
		after := min(max(e.At.Sub(asked), time.Second), time.Hour)
		a, asked = append(a, scenario.Answer{After: scenario.Duration(after), Do: string(do)}), time.Time{}
	}
	for _, e := range events {
		switch e.What {
		case history.Prompt:
			asked = e.At
		case history.Answer:
			do := simmac.ActNothing
			if e.Text == history.WasDeferred {
				do = simmac.ActDefer
			}
			add(e, do)
		case history.Attempt:
			add(e, simmac.ActRun)
		}
	}
	return a
}

// learned lets the person answer as somebody has who was learned from.
func (d *drawing) learned() {
	d.p.Temper = string(simmac.Listed)
	d.p.Answers = d.mix.learned[d.rng.IntN(len(d.mix.learned))]
	d.p.InstallsAfter = d.about(30 * time.Minute)
}

// redrawn are as many histories as there are, drawn from them: another fleet that
// could have been learned from.
func redrawn(from []answers, rng *rand.Rand) []answers {
	to := make([]answers, len(from))
	for i := range to {
		to[i] = from[rng.IntN(len(from))]
	}
	return to
}
