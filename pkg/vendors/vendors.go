// Package vendors makes what shows the status of a Mac in the systems in which
// administrators look: attributes for Jamf Pro and Intune, conditions for Munki,
// queries for osquery, a policy for Fleet.
//
// What must hold here: each reads the status for machines and nothing else, so
// that it costs no process of ours and goes on answering when the job has removed
// itself. Each says something sensible on a Mac that never had the job.
package vendors

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed field.sh
var shell string

// A Snippet is one file for one system.
type Snippet struct {
	File string
	Text string
	// Runs is set where the file is a program.
	Runs bool
}

// An attribute is one fact of the status.
type attribute struct {
	file, title, meaning string
	// field is that of the status; days makes the days from now to its date.
	field string
	days  bool
	// kind is string, integer or date.
	kind string
	// absent is the value where no status is.
	absent string
}

// attributes are those that administrators build groups and reports on.
func attributes() []attribute {
	return []attribute{
		{"status", "status", "How the Mac stands, in one word; \"not installed\" where the job never was.", "status", false, kindText, "not installed"},
		{"deadline", "deadline", "When the updates can no longer be put off, in UTC; empty while no deadline runs.", "deadline", false, kindDate, ""},
		{"days-left", "days left", "The days to the deadline, negative when it has passed; empty while no deadline runs.", "deadline", true, kindNumber, ""},
		{"waiting-for", "waiting for", "What comes before anything else; empty where nothing does.", "waitingFor", false, kindText, ""},
		{"deferrals", "deferrals", "How often the person at the Mac has deferred in this round.", "deferrals", false, kindNumber, ""},
		{"last-error", "last error", "What went wrong last, as a sentence; empty when nothing did.", "lastError", false, kindText, ""},
		{"written", "written", "When the status was written, in UTC. Older than two days and not current: the job is dead, or the Mac was off.", "written", false, kindDate, ""},
		{"version", "version", "The version of the job that wrote the status.", "version", false, kindText, ""},
	}
}

const (
	kindText   = "string"
	kindNumber = "integer"
	kindDate   = "date"
)

// Vendors returns the names of the systems.
func Vendors() []string { return []string{"jamf", "intune", "munki", "osquery", "fleet"} }

// Snippets returns the files for one of Vendors, for a build with the identifier,
// which must have been checked; nil for any other name.
func Snippets(vendor, identifier string) ([]Snippet, error) {
	switch vendor {
	case "jamf":
		return scripts(identifier, jamf), nil
	case "intune":
		return scripts(identifier, intune), nil
	case "munki":
		return []Snippet{munki(identifier)}, nil
	case "osquery":
		return osquery(identifier)
	case "fleet":
		return fleet(identifier)
	}
	return nil, fmt.Errorf("there is nothing for %q: it is one of %s", vendor, strings.Join(Vendors(), ", "))
}

func scripts(identifier string, frame func(attribute) (head, tail string)) []Snippet {
	var all []Snippet
	for _, a := range attributes() {
		head, tail := frame(a)
		text := "#!/bin/sh\n" + head + used(a) + value(a) + tail
		all = append(all, Snippet{File: a.file + ".sh", Text: strings.ReplaceAll(text, "@BUNDLE_ID@", identifier), Runs: true})
	}
	return all
}

// used is the part of the shell functions that an attribute needs.
func used(a attribute) string {
	text := shell
	if !a.days {
		text, _, _ = strings.Cut(text, "\n# day is")
		text += "\n"
	}
	return text
}

// value sets result.
func value(a attribute) string {
	text := "\nresult='" + a.absent + "'\nif [ -f \"$file\" ]; then\n\tresult=$(field " + a.field + " | plain)\nfi\n"
	if a.days {
		text += "[ -z \"$result\" ] || result=$(($(day \"$result\") - $(day \"$(/bin/date -u +%Y-%m-%d)\")))\n"
	}
	return text
}

// jamf is an extension attribute: its result stands in an element of XML.
func jamf(a attribute) (head, tail string) {
	kinds := map[string]string{kindText: "String", kindNumber: "Integer", kindDate: "Date"}
	head = fmt.Sprintf("# Install or Defer: %s: an extension attribute for Jamf Pro.\n# Data type: %s. Input type: Script.\n# %s\n", a.title, kinds[a.kind], a.meaning)
	if a.kind == kindDate {
		tail = "result=$(printf '%s' \"$result\" | /usr/bin/sed -e 's/T/ /' -e 's/Z$//')\n"
	}
	return head, tail + "printf '<result>%s</result>\\n' \"$(printf '%s' \"$result\" | /usr/bin/sed -e 's/&/\\&amp;/g' -e 's/</\\&lt;/g' -e 's/>/\\&gt;/g')\"\n"
}

// intune is a custom attribute: its value stands alone.
func intune(a attribute) (head, tail string) {
	kinds := map[string]string{kindText: "String", kindNumber: "Integer", kindDate: "Date"}
	head = fmt.Sprintf("# Install or Defer: %s: a custom attribute for Microsoft Intune.\n# Data type: %s.\n# %s\n", a.title, kinds[a.kind], a.meaning)
	return head, "printf '%s\\n' \"$result\"\n"
}

// munki is a script for /usr/local/munki/conditions. It adds to the conditions
// of other scripts, which are in the same file.
func munki(identifier string) Snippet {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n# Install or Defer: conditions for Munki.\n# Put it into /usr/local/munki/conditions, with the mode 0755.\n# Then a manifest can say: install_or_defer_status == \"overdue\"\n" + shell + "\n")
	b.WriteString("folder=$(/usr/bin/defaults read /Library/Preferences/ManagedInstalls ManagedInstallDir 2>/dev/null)\nitems=\"${folder:-/Library/Managed Installs}/ConditionalItems\"\n")
	for _, a := range attributes() {
		kind := "-string"
		if a.kind == kindNumber {
			kind = "-int"
		}
		name := "install_or_defer_" + strings.ReplaceAll(a.file, "-", "_")
		fmt.Fprintf(&b, "%s[ -z \"$result\" ] || /usr/bin/defaults write \"$items\" %s %s \"$result\"\n", value(a), name, kind)
	}
	b.WriteString("/usr/bin/plutil -convert xml1 \"$items.plist\"\n")
	return Snippet{File: "install_or_defer.sh", Text: strings.ReplaceAll(b.String(), "@BUNDLE_ID@", identifier), Runs: true}
}

// A query is one question to osquery, whose table plist has a row for each key.
type query struct {
	name, about, sql string
}

func queries(identifier string) []query {
	path := "'/Library/Application Support/" + identifier + ".status.plist'"
	one := func(key string) string {
		return "(SELECT value FROM plist WHERE path = " + path + " AND key = '" + key + "')"
	}
	return []query{
		{
			"install_or_defer", "How the Mac stands, what it waits for, and the days to the deadline.",
			"SELECT " + one("status") + " AS status, " + one("waitingFor") + " AS waiting_for, " + one("deadline") + " AS deadline, " +
				"CAST(julianday(" + one("deadline") + ") - julianday('now') AS INTEGER) AS days_left, " + one("deferrals") + " AS deferrals, " + one("lastError") + " AS last_error, " + one("written") + " AS written, " + one("version") + " AS version;",
		},
		{
			"install_or_defer_silent", "A row where a status that is not current is more than two days old: the job is dead, or the Mac was off.",
			"SELECT " + one("status") + " AS status, " + one("written") + " AS written WHERE " + one("status") + " <> 'current' AND julianday('now') - julianday(" + one("written") + ") > 2;",
		},
	}
}

// compliant passes, with a row, where nothing is overdue.
func compliant(identifier string) string {
	return "SELECT 1 FROM plist WHERE path = '/Library/Application Support/" + identifier + ".status.plist' AND key = 'status' AND value NOT IN ('overdue', 'blocked', 'unknown');"
}

// osquery is a query pack.
func osquery(identifier string) ([]Snippet, error) {
	type entry struct {
		Query       string `json:"query"`
		Interval    int    `json:"interval"`
		Platform    string `json:"platform"`
		Description string `json:"description"`
	}
	pack := map[string]any{}
	for _, q := range queries(identifier) {
		pack[q.name] = entry{q.sql, 3600, "darwin", q.about}
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any{"queries": pack}); err != nil {
		return nil, err
	}
	return []Snippet{{File: "install-or-defer.conf", Text: b.String()}}, nil
}

// fleet is queries and a policy for "fleetctl apply". A text in JSON is one in
// YAML as well.
func fleet(identifier string) ([]Snippet, error) {
	var b strings.Builder
	document := func(kind string, spec [][2]string) error {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: %s\nspec:\n", kind)
		for _, field := range spec {
			text, err := json.Marshal(field[1])
			if err != nil {
				return err
			}
			plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
			fmt.Fprintf(&b, "  %s: %s\n", field[0], plain)
		}
		return nil
	}
	for _, q := range queries(identifier) {
		if err := document("query", [][2]string{{"name", q.name}, {"description", q.about}, {"query", q.sql}, {"platform", "darwin"}}); err != nil {
			return nil, err
		}
	}
	err := document("policy", [][2]string{
		{"name", "Apple's updates are not overdue"},
		{"description", "The Mac has Apple's updates, or its deadline for them is still to come."},
		{"resolution", "Run the updates when the dialog asks, and call the help desk where the status is blocked."},
		{"query", compliant(identifier)}, {"platform", "darwin"},
	})
	return []Snippet{{File: "install-or-defer.yml", Text: b.String()}}, err
}
