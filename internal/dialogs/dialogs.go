// Package dialogs takes from the settings what they say about a dialog: the
// administrator's texts, the language, the logo. The root job and the preview
// begin every dialog with it, so that both show the same.
//
// What must hold here: a dialog gets the texts that were written for it and no
// others. What a person loses something by has no text of an administrator's:
// the time to save before a restart, and the question for a password; nor has what
// is in the way.
package dialogs

import (
	"slices"

	"installordefer/deferral/settings"
	"installordefer/prompt"
)

// Of returns a dialog of that kind with all that the settings say about it.
func Of(kind prompt.Kind, set settings.Settings) prompt.Dialog {
	d := prompt.Dialog{Kind: kind, Language: set.Language, Logo: set.MessagingLogo, LogoDark: set.MessagingLogoDark, Help: set.HelpURL}
	add := func(language string, set settings.Settings) {
		if own := texts(kind, set); own != (prompt.Texts{}) {
			if d.Own == nil {
				d.Own = map[string]prompt.Texts{}
			}
			d.Own[language] = own
		}
	}
	add("", set)
	for language := range set.Translations {
		add(language, set.In(language))
	}
	return d
}

// texts are the texts that settings have for dialogs of that kind.
func texts(kind prompt.Kind, set settings.Settings) prompt.Texts {
	own := prompt.Texts{Run: set.InstallButtonLabel, Defer: set.DeferButtonLabel, Contact: set.SupportContact}
	switch kind {
	case prompt.RunOrDefer:
		own.Heading, own.Body = set.MessageInstallOrDeferHeading, set.MessageInstallOrDefer
	case prompt.RunNow:
		own.Heading, own.Body = set.MessageInstallHeading, set.MessageInstall
	case prompt.Updating:
		own.Heading, own.Body = set.MessageUpdatingHeading, set.MessageUpdating
	case prompt.InstallNow:
		own.Heading, own.Body = set.MessageInstallNowHeading, set.MessageInstallNow
	case prompt.InTheWay, prompt.Password:
	}
	return own
}

// Usual is the index of the deferral that is chosen as a prompt opens: the one
// of DeferralPeriod where it is on offer, else the shortest.
func Usual(choices []prompt.Choice, set settings.Settings) int {
	return max(0, slices.IndexFunc(choices, func(c prompt.Choice) bool { return c.For == set.DeferralPeriod && !c.Fixed }))
}
