package main

import (
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/dialogs"
	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/fit"
	"installordefer/prompt/words"
)

// measure lays out every dialog that has a text of an administrator's, and says
// why that does not fit, or what comes of it. A text without a language is for
// all of them.
func measure(key, language, text string) (problem, note string) {
	values, languages := map[string]any{key: text}, append([]string{"en"}, words.Languages()...)
	if language != "" {
		values, languages = map[string]any{"Translations": map[string]any{language: values}}, []string{language}
	}
	set, _, _ := settings.Read(settings.Layer{Values: values})
	for _, language := range languages {
		for _, state := range examples.States {
			base := dialogs.Of(state.Kind, set)
			if base.Own == nil || state.Name == "many" { // nobody writes for forty updates
				continue
			}
			base.Choices, base.Help = []prompt.Choice{{For: set.DeferralPeriod}}, "https://"
			d := state.Dialog(longest, base)
			p := words.For(words.Person{Languages: []string{language}}, d).Page(words.Opening(d))
			if misfits := fit.Misfits(p); len(misfits) > 0 {
				return misfits[0].Why + in(language), ""
			}
			if (key == "InstallButtonLabel" || key == "DeferButtonLabel") && note == "" && fit.Stacks(p) {
				note = "so long that the buttons lie one below the other" + in(language)
			}
		}
	}
	return "", note
}

// in names a language where what was said of it is not so in English already.
func in(language string) string {
	if language == "en" {
		return ""
	}
	return ", in " + language
}

// longest is a time of which there is much to say: a Wednesday in September.
var longest = time.Date(2026, time.September, 30, 22, 48, 0, 0, time.UTC)
