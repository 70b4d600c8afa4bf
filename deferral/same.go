package deferral

import (
	"reflect"
	"slices"
)

// same tells whether two states hold the same. It is asked after every event,
// most of which change nothing, so it is written out; a test changes each field
// and holds it against this.
func same(a, b *State) bool {
	return a.DeferredUntil == b.DeferredUntil && a.ForcedAfter == b.ForcedAfter &&
		a.LastCheck == b.LastCheck && a.FirstNone == b.FirstNone && a.Withheld == b.Withheld &&
		a.Current == b.Current && a.Proven == b.Proven && a.Migrated == b.Migrated && a.LastError == b.LastError &&
		a.Share == b.Share && a.Came == b.Came &&
		sameReckoning(&a.Round, &b.Round) && sameProgress(&a.Round, &b.Round) && samePeople(&a.Round, &b.Round)
}

// sameReckoning compares what the deadline comes from.
func sameReckoning(a, b *Round) bool {
	return a.Began == b.Began && a.Deadline == b.Deadline && a.MaxDeferral == b.MaxDeferral && a.Allowed == b.Allowed &&
		slices.Equal(a.Limits, b.Limits) && a.Hold == b.Hold && a.DeclaredAsked == b.DeclaredAsked && a.Runs == b.Runs &&
		a.Noticed == b.Noticed && sameProfiles(a.Profiles, b.Profiles) &&
		a.Spent == b.Spent && a.Mark == b.Mark && slices.Equal(a.Updates, b.Updates) && a.Scope == b.Scope
}

func sameProfiles(a, b []Profile) bool {
	return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b))
}

// sameProgress compares what has been done to the Mac.
func sameProgress(a, b *Round) bool {
	s, t := &a.Step, &b.Step
	return slices.Equal(a.Downloaded, b.Downloaded) && s.Kind == t.Kind && s.At == t.At && slices.Equal(s.Labels, t.Labels) &&
		s.Build == t.Build && s.Shutdown == t.Shutdown && s.Asked == t.Asked && s.AskedUID == t.AskedUID &&
		a.Restarts == b.Restarts && a.Failures == b.Failures && a.Pause == b.Pause && a.Because == b.Because
}

// samePeople compares what people have been asked and shown, and have answered.
func samePeople(a, b *Round) bool {
	return a.DeferredAt == b.DeferredAt && a.DeferredTo == b.DeferredTo && a.DeferredBy == b.DeferredBy &&
		a.Deferrals == b.Deferrals && a.Prompts == b.Prompts && a.NoAnswers == b.NoAnswers &&
		slices.Equal(a.Seen, b.Seen) && a.Lock == b.Lock && slices.Equal(a.Notices, b.Notices) && a.Held == b.Held &&
		a.Unsettled == b.Unsettled && a.Agreed.UID == b.Agreed.UID && a.Agreed.At == b.Agreed.At &&
		slices.Equal(a.Agreed.Labels, b.Agreed.Labels) && a.Told == b.Told && a.Short == b.Short && a.Help == b.Help && a.Busy == b.Busy
}
