package explained

import (
	"fmt"
	"strings"
	"time"

	"installordefer/internal/cli"
	"installordefer/internal/text"
	"installordefer/internal/wake"
)

// Text is an explanation for people.
func Text(x wake.Explanation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Next:      %s. %s%s\n", x.Next, x.Why, because(x.Why, x.Setting, x.Until))
	if x.Wanted != x.Next {
		fmt.Fprintf(&b, "Otherwise: %s.\n", x.Wanted)
	}
	for _, u := range x.Updates {
		fmt.Fprintf(&b, "Update:    %s (%s)\n", u.Name, u.Label)
	}
	if len(x.Deadline) > 0 {
		fmt.Fprintf(&b, "\nDeadline: the earliest of these, and what moved it since\n")
	}
	rows := cli.Columns(&b)
	for _, d := range x.Deadline {
		mark := " "
		if d.Counts {
			mark = "*"
		}
		fmt.Fprintf(rows, "  %s\t%s\t%s\t%s\n", mark, text.At(d.At), d.Setting, d.Value)
	}
	rows.Flush()
	if x.ComesAt != nil {
		fmt.Fprintf(&b, "  Nothing happens by itself before %s (MaintenanceWindows, Blackouts).\n", text.At(*x.ComesAt))
	}
	fmt.Fprintf(&b, "\nGates: what can keep it from happening\n")
	rows = cli.Columns(&b)
	var others []string
	for _, g := range x.Gates {
		if g.Verdict == wake.NoConcern {
			others = append(others, g.Gate)
			continue
		}
		said := g.Why + because(g.Why, g.Setting, g.Until)
		if said != "" {
			said = "\t" + said
		}
		fmt.Fprintf(rows, "  %s\t%s%s\n", g.Gate, g.Verdict, said)
	}
	rows.Flush()
	if len(others) > 0 {
		fmt.Fprintf(&b, "\nOf no concern now: %s.\n", strings.Join(others, ", "))
	}
	return b.String()
}

// because names the setting that decided, and until when, where why does not say
// so already.
func because(why, setting string, until *time.Time) string {
	said := ""
	if until != nil && !strings.Contains(why, text.At(*until)) {
		said = " Until " + text.At(*until) + "."
	}
	if setting != "" {
		said += " (" + setting + ")"
	}
	return said
}
