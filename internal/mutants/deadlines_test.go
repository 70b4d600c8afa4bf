package mutants

// Mistakes about the sources of the deadline, and about when something happens
// by itself.
var deadlineMutants = []mutant{
	{name: "the time zone moves a deadline", from: "Nudge #708",
		edits: []edit{{"deferral.State.limits", "l.Setting == key && l.Value == value", "false"}},
		pkg:   "deferral", test: "^TestADateStaysTheInstantAtWhichItArrived$"},
	{name: "a date in the past means now, on the whole fleet", from: "Nudge #382; Fleet #26573",
		edits: []edit{{"deferral.State.reckon", "deadline.Before(least)", "false"}},
		pkg:   "deferral", test: "^TestTheEarliestSourceIsTheDeadline$"},
	{name: "a list that comes late means now", from: "Nudge #706",
		edits: []edit{{"deferral.State.limits", "at.Before(least)", "false"}},
		pkg:   "deferral", test: "^TestTheEarliestSourceIsTheDeadline$"},
	{name: "a version that was skipped while it was being exploited does not count", from: "a review of this change",
		edits: []edit{{"deferral.Round.skipped", "e.Version.Compare(target) > 0", "e.Version.Compare(target) != 0"}},
		pkg:   "deferral", test: "^TestTheEarliestSourceIsTheDeadline$"},
	{name: "a prompt that nobody answered uses up a deferral", from: "super #379",
		edits: []edit{{"deferral.State.TimedOut", "s.deferFor(set.DeferralPeriod, byTimeout, now)", "s.deferred(set.DeferralPeriod, byTimeout, now)"}},
		pkg:   "deferral", test: "^TestTheLastDeferralIsTheDeadline$"},
	{name: "a deferral too many undoes what an administrator has written", from: "a review of this change",
		edits: []edit{{"deferral.State.reckonAnew", "s.DeadlineSetting() == \"\"", "false"}},
		pkg:   "deferral", test: "^TestTheLastDeferralIsTheDeadline$"},
	{name: "a Mac that lacks a required version is taken to be done", from: "super #182",
		edits: []edit{{"deferral.State.Checked", "!lacks && (newBuild || !first && (!sameBoot || since >= noneApart))", "(!lacks || true) && (newBuild || !first && (!sameBoot || since >= noneApart))"}},
		pkg:   "deferral", test: "^TestAVersionThatAppleDoesNotOfferKeepsTheJob$"},
	{name: "one field that a list lacks loses the list", from: "Nudge #655",
		edits: []edit{{"settings.each", "if why != \"\" { left = append(left, describe(item)+\" is \"+why); continue }", "if why != \"\" { return nil, nil, why }"}},
		pkg:   "deferral/settings", test: "^TestDatesAndListsAreRead$"},
	{name: "a date is read in UTC", from: "Nudge #708",
		edits: []edit{{"calendar.Date.In", "d.reading.Last(zone)", "d.reading.Last(time.UTC)"}},
		pkg:   "deferral", test: "^TestTheEarliestSourceIsTheDeadline$"},
}
