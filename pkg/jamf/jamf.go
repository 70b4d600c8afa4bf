// Package jamf makes the extension attributes of Jamf Pro: one script for each
// fact about the job that an administrator builds smart groups on.
//
// A script asks the installed program for its status and prints one field of
// the answer. It says something sensible on a Mac without the program, too,
// because Jamf Pro runs it on every Mac.
package jamf

import (
	_ "embed"
	"strings"
)

//go:embed attribute.sh
var template string

// An Attribute is one extension attribute.
type Attribute struct {
	File  string // of the script
	Title string // for Jamf Pro
	// Field is the field of the status that the attribute shows.
	Field string
	// Type is the data type to choose in Jamf Pro.
	Type string
	// Meaning says what the value is, for the administrator.
	Meaning string
	// Absent is the result where nothing is installed, and Unknown where the
	// program does not tell. An empty one is left out of searches.
	Absent, Unknown string

	convert string
}

// date makes of 2026-11-24T10:00:00+01:00 what Jamf Pro takes for a date.
const date = `result=$(printf '%s' "$result" | /usr/bin/sed -e 's/T/ /' -e 's/Z$//' -e 's/[+-][0-9][0-9]:[0-9][0-9]$//')`

// Attributes are the extension attributes of this project.
var Attributes = []Attribute{
	{
		File: "state.sh", Title: "Install or Defer: state", Field: "state", Type: "String",
		Meaning: "What the job is doing, in one word; \"not installed\" where there is no job.",
		Absent:  "not installed", Unknown: "unknown",
	},
	{
		File: "deadline.sh", Title: "Install or Defer: deadline", Field: "deadline", Type: "Date",
		Meaning: "When the updates are installed without asking, in the time of that Mac; empty while no deadline runs.",
		convert: date,
	},
	{
		File: "deferrals-used.sh", Title: "Install or Defer: deferrals used", Field: "deferralsUsed", Type: "Integer",
		Meaning: "How often the person at the Mac has deferred in this round; empty without a job.",
	},
	{
		File: "last-error.sh", Title: "Install or Defer: last error", Field: "lastError", Type: "String",
		Meaning: "What went wrong last, as a sentence; empty when nothing did.",
	},
	{
		File: "version.sh", Title: "Install or Defer: version", Field: "version", Type: "String",
		Meaning: "The version that is installed; empty without a job.",
	},
}

// Script returns the attribute's script for a build with the given identifier,
// which must have been checked.
func (a Attribute) Script(identifier string) []byte {
	convert := a.convert
	if convert != "" {
		convert += "\n"
	}
	text := strings.NewReplacer(
		"@TITLE@", a.Title, "@TYPE@", a.Type, "@MEANING@", a.Meaning, "@FIELD@", a.Field,
		"@ABSENT@", a.Absent, "@UNKNOWN@", a.Unknown, "@BUNDLE_ID@", identifier,
		"# @CONVERT@\n", convert,
	).Replace(template)
	return []byte(text)
}
