package history

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"installordefer/deferral"
)

// Between returns what has happened between two states that were saved one after
// the other, in the order in which it came.
func Between(before, after deferral.State) []Event {
	var events []Event
	add := func(k Kind, text, setting string, until time.Time) {
		e := Event{What: k, Text: text, Setting: setting}
		if !until.IsZero() {
			until = until.UTC().Truncate(time.Second)
			e.Until = &until
		}
		events = append(events, e)
	}
	was, is := before.Round, after.Round
	if names := missing(before, after); names != "" {
		add(Check, names, "", time.Time{})
	}
	if !after.ForcedAfter.Equal(before.ForcedAfter) && after.Active() {
		add(Deadline, deadlineText(before, after), after.DeadlineSetting(), after.ForcedAfter)
	}
	if before.Active() && after.Active() && settingsOf(was) != settingsOf(is) {
		add(Settings, "The profile or the settings of the round have changed.", "", time.Time{})
	}
	if is.Prompts > was.Prompts {
		add(Prompt, "Somebody was asked to run the updates or to defer.", "", time.Time{})
	}
	if text := answer(before, after); text != "" {
		add(Answer, text, after.DeferralSetting(), after.DeferredUntil)
	}
	if kind, text := step(was.Step, is.Step); kind != "" {
		add(kind, text, "", time.Time{})
	}
	if after.LastError != before.LastError && after.LastError.Text != "" {
		add(Failure, after.LastError.Text, "", time.Time{})
	}
	if is.Pause.Why != "" && is.Pause != was.Pause {
		add(Obstacle, is.Pause.Why, "", is.Pause.From.Wall.Add(is.Pause.For))
	}
	if after.Stopped() && !before.Stopped() {
		add(Obstacle, "The updates are still missing after three restarts. Nothing more is enforced until an administrator has looked at this Mac.", "", time.Time{})
	}
	if after.Proven && !before.Proven {
		add(End, "Nothing is left to install, and that is proven.", "", time.Time{})
	}
	return events
}

// missing names the updates that are missing, where those have changed.
func missing(before, after deferral.State) string {
	if slices.Equal(before.Round.Updates, after.Round.Updates) || len(after.Round.Updates) == 0 {
		return ""
	}
	names := make([]string, len(after.Round.Updates))
	for i, u := range after.Round.Updates {
		names[i] = u.Name
	}
	return "Missing: " + strings.Join(names, ", ") + "."
}

func deadlineText(before, after deferral.State) string {
	switch {
	case !before.Active():
		return "A deadline was set."
	case after.ForcedAfter.Before(before.ForcedAfter):
		return "The deadline was brought nearer."
	}
	return "The deadline was put off."
}

// settingsOf is what tells the settings of a round from others.
func settingsOf(r deferral.Round) string {
	var b strings.Builder
	for _, p := range r.Profiles {
		b.WriteString(p.Sum + " ")
	}
	return b.String() + r.Scope + strconv.FormatInt(int64(r.MaxDeferral), 10)
}

// WasDeferred is the text of an Answer that was a deferral; any other is none.
const WasDeferred = "The updates were deferred."

func answer(before, after deferral.State) string {
	was, is := &before.Round, &after.Round
	switch {
	case is.Deferrals > was.Deferrals:
		return WasDeferred
	case is.NoAnswers > was.NoAnswers, is.DeferredAt != was.DeferredAt && after.DeferralSetting() == "PromptTimeout":
		return "There was no answer."
	}
	return ""
}

// step says what was begun.
func step(was, is deferral.Step) (Kind, string) {
	if is.Kind == was.Kind {
		return "", ""
	}
	switch is.Kind {
	case deferral.StepInstall:
		return Attempt, "Installing: " + strings.Join(is.Labels, ", ") + "."
	case deferral.StepSoft:
		return Restart, "A restart was begun that lets apps save."
	case deferral.StepHard:
		return Restart, "A restart was begun that does not ask."
	}
	return "", ""
}
