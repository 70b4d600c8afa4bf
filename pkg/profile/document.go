package profile

import (
	"fmt"
	"strings"

	"installordefer/deferral/settings"
)

const documentHead = `# Settings

<!-- Made from the table of keys in deferral/settings by "go generate ./pkg/profile". Change it there. -->

%s works without any setting. To change how it works, deploy a configuration
profile for the domain ` + "`%s`" + `. ` + "`install-or-defer-admin profile`" + ` writes
one, [profiles/](profiles/) has some ready ones, and the same folder has what
an MDM server needs to show the settings as a form: a custom schema for Jamf
Pro and a preference manifest.

## Where settings come from

The first of these files that has a key decides about it:

| | file | meant for |
|---|---|---|
%s
A profile is the place for a fleet. The local preferences are the place to try
something on one Mac: ` + "`sudo defaults write %s UpdateDelay -int 60`" + `.
The job also reads the domains of the original, so that a fleet can move over
without new profiles; there it reads only keys that the original had.

Every wake reads the settings again: at most five minutes after a change, or once
the wake that is running, with a dialog for instance, has ended. What you write
meanwhile stays. macOS takes a few seconds to write what ` + "`defaults write`" + ` has
changed to the file that the job reads.

## When a profile goes, or a deadline comes nearer

While updates are pending, the job keeps the settings of a profile with them. If
the file of a profile is absent, holds no settings or cannot be read, the profile
counts as unchanged until it has been away for 24 hours; time in which the Mac is
off does not count. The log says so when it goes, and when it is back or no longer
counts. Of a very large profile the job keeps the numbers and truth values, but no
texts or patterns. Local preferences that cannot be read count as unchanged for
as long; a setting that you delete from them is gone at once.

A profile that goes for good, a shorter ` + "`MaxDeferralTime`" + ` or a deadline that you
write by hand may bring the deadline nearer. That still leaves at least an hour,
unless less was left before; a running deferral ends, so that somebody hears
about it. Settings that come and go again and again do not put anything off. Only
` + "`SkipDeferral`" + `, which is for tests, starts the countdown at once.

## What happens to a value that cannot be used

The default of its key takes its place, and the log says so in one line with
the key, the value, the reason, and what is used instead. The file that is
highest in the table decides even then: the local preferences do not replace a
wrong value in a profile. A value that cannot be used never
means "now".

The job understands numbers and truth values that are typed as texts
(` + "`\"3600\"`, `\"YES\"`" + `), a single value instead of a list, and an empty text instead
of nothing. It reports keys that are not settings, with the nearest name.
` + "`install-or-defer-admin lint FILE`" + ` tells you all of this beforehand.

All times are in seconds: an hour is 3600, a day 86400. A time below the range
of its key, such as 3 or 72 for ` + "`MaxDeferralTime`" + `, was probably meant in days
or hours and cannot be used either.

## All settings

`

// document returns docs/settings.md.
func (id Identity) document() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, documentHead, productName, id.ID, files(id), strings.TrimSuffix(settings.LocalPath(id.ID), ".plist"))
	b.WriteString(settingsTable())
	for _, category := range settings.Categories() {
		fmt.Fprintf(&b, "\n## %s\n", category)
		for _, k := range settings.Keys {
			if k.Category == category {
				b.WriteString(section(k))
			}
		}
		if category == settings.Keys[keyIndex("MessageInstall")].Category {
			b.WriteString(placeholderTable())
		}
	}
	b.WriteString(oldNames())
	return []byte(b.String())
}

func keyIndex(name string) int {
	for i, k := range settings.Keys {
		if k.Name == name {
			return i
		}
	}
	return -1
}

func files(id Identity) string {
	var b strings.Builder
	n := 0
	row := func(path, meant string) {
		n++
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", n, path, meant)
	}
	row(settings.ProfilePath(id.ID), "the configuration profile")
	for _, u := range settings.UpstreamIDs {
		row(settings.ProfilePath(u), "profiles for the original")
	}
	row(settings.LocalPath(id.ID), "one Mac; the deadline and the end of the deferral are shown here, too")
	for _, u := range settings.UpstreamIDs {
		row(settings.LocalPath(u), "the original on one Mac")
	}
	return b.String()
}

// settingsTable returns all settings as one table in Markdown.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| key | type | default | |\n|---|---|---|---|\n")
	for _, k := range settings.Keys {
		value := "–"
		switch {
		case k.Kind == settings.Body:
			value = "a text"
		case k.Default != nil:
			value = fmt.Sprintf("`%v`", k.Default)
		}
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %s |\n", k.Name, strings.ToLower(k.Name), k.PlistType(), value, k.Title)
	}
	return b.String()
}

// section describes one key.
func section(k settings.Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", k.Name, strings.Join(settings.Wrap(k.Description, 79), "\n"))
	item := func(name, format string, args ...any) {
		lines := settings.Wrap(fmt.Sprintf("* **%s:** ", name)+fmt.Sprintf(format, args...), 79)
		b.WriteString(strings.Join(lines, "\n  ") + "\n")
	}
	placeholders := ""
	if k.Template {
		placeholders = ", can have [placeholders](#placeholders)"
	}
	item("Type", "%s%s", k.TypeInWords(), placeholders)
	if k.Default == nil {
		item("Default", "not set. %s", k.Without)
	} else {
		item("Default", "`%v`%s", k.Default, k.DefaultInWords())
	}
	if k.IsNumber() {
		item("Range", "%s", k.Range())
	} else if k.Fields != nil {
		for _, f := range k.Fields {
			item("`"+f.Name+"`", "%s, %s.", fieldType(f), lowerFirst(f.Title))
		}
	} else if k.PlistType() == "string" && k.Kind != settings.Date {
		item("Length", "at most %d characters.", k.Max)
	}
	if k.LessThan != "" {
		item("Must be less than", "[`%s`](#%s)%s", k.LessThan, strings.ToLower(k.LessThan), whenNotLess(k))
	}
	if k.Needs != "" {
		item("Needs", "[`%s`](#%s); without it this one counts as not set.", k.Needs, strings.ToLower(k.Needs))
	}
	if k.Rule != "" {
		item("Rule", "%s", k.Rule)
	}
	if k.Upstream != "" {
		item("In the original", "since version %s, under the same name", k.Upstream)
	}
	return b.String()
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// whenNotLess says what is used instead of a value that is not less.
func whenNotLess(k settings.Key) string {
	if k.Kind != settings.Seconds {
		return "."
	}
	return fmt.Sprintf(". A value that is not gives way to the default, and a default that is not to half of %s.", k.LessThan)
}

func placeholderTable() string {
	var b strings.Builder
	b.WriteString("\n### Placeholders\n\nThey are filled in wherever they stand in a heading or a text of a dialog. " +
		"Sections\nmay span lines and hold one another. What is filled in is never read as a\nplaceholder again.\n\n| | |\n|---|---|\n")
	for _, p := range settings.Placeholders {
		fmt.Fprintf(&b, "| `%s` | %s |\n", p.Name, p.Meaning)
	}
	return b.String()
}

// oldNames says where the variables of the original's script went.
func oldNames() string {
	var b strings.Builder
	b.WriteString("\n## From the original's script\n\nWhat had to be changed in the script of the original is a setting here. Texts can\nbe taken over as they are.\n\n| variable | now |\n|---|---|\n")
	for _, k := range settings.Keys {
		for _, name := range k.OldNames {
			fmt.Fprintf(&b, "| `%s` | [`%s`](#%s) |\n", name, k.Name, strings.ToLower(k.Name))
		}
	}
	for _, g := range settings.Gone {
		fmt.Fprintf(&b, "| `%s` | %s |\n", g.Name, g.Went)
	}
	return b.String()
}
