package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/plist"
	"installordefer/internal/statusfile"
)

// oneValue prints one value of the status for machines.
type oneValue struct {
	key, date string
	jamf      bool
}

// jamfDate is what Jamf Pro takes for a date, in the time of the Mac.
const jamfDate = "2006-01-02 15:04:05"

func (o *oneValue) define(flags *cli.Flags) {
	flags.StringVar(&o.key, "get", "", "print this `value` of the status for machines, and nothing else")
	flags.BoolVar(&o.jamf, "jamf", false, "with --get, print it as an extension attribute of Jamf Pro")
	flags.StringVar(&o.date, "date", "iso", "with --get, the `form` of dates: iso (2026-11-30T18:00:00Z), or jamf\n(2026-11-30 19:00:00, in the Mac's time)")
}

func (o *oneValue) asked(flags *cli.Flags) bool {
	return flags.Changed("get") || flags.Changed("jamf") || flags.Changed("date")
}

func (o *oneValue) print(c cli.Call, root string, asJSON bool) (int, error) {
	switch {
	case o.key == "":
		return cli.ExitUsage, cli.Misusef("--jamf and --date need --get with the name of a value")
	case asJSON:
		return cli.ExitUsage, cli.Misusef("--get and --json cannot be used together")
	case o.date != "iso" && o.date != "jamf":
		return cli.ExitUsage, cli.Misusef("--date is %q: it is iso or jamf", o.date)
	}
	if _, ok := field(statusfile.Status{}, o.key); !ok {
		return cli.ExitUsage, cli.Misusef("the status has no value %q: %s", o.key, strings.Join(fieldNames(), ", "))
	}
	m, err := openMac(root)
	if err != nil {
		return cli.ExitFailed, err
	}
	s, err := readPublished(m.StatusFile())
	if err != nil {
		return cli.ExitFailed, err
	}
	v, _ := field(s, o.key)
	text := o.text(v)
	if o.jamf {
		text = "<result>" + statusfile.Escape(text) + "</result>"
	}
	_, err = fmt.Fprintln(c.Stdout, text)
	return cli.ExitOK, err
}

// text is a value on one line.
func (o *oneValue) text(v any) string {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v)
	case time.Time:
		if o.date == "jamf" && !v.IsZero() {
			return v.In(time.Local).Format(jamfDate)
		}
		return statusfile.Instant(v)
	case []statusfile.Update:
		names := make([]string, len(v))
		for i, u := range v {
			names[i] = u.Name
		}
		return strings.Join(names, ", ")
	}
	return fmt.Sprint(v)
}

// readPublished reads the status that the job has written for machines.
func readPublished(file string) (statusfile.Status, error) {
	data, err := atomicfile.Read(file, statusfile.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return statusfile.Status{}, fmt.Errorf("no wake has written a status yet: there is no %s", file)
	}
	if err != nil {
		return statusfile.Status{}, err
	}
	dict, err := plist.Decode(data, statusfile.MaxFile)
	if err != nil {
		return statusfile.Status{}, fmt.Errorf("read %s: %w", file, err)
	}
	s, err := statusfile.FromDict(dict)
	if err != nil {
		return statusfile.Status{}, fmt.Errorf("read %s: %w", file, err)
	}
	return s, nil
}

// field returns the value of that name, however it is capitalised.
func field(s statusfile.Status, name string) (any, bool) {
	for _, f := range s.Fields() {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return nil, false
}

func fieldNames() []string {
	var names []string
	for _, f := range (statusfile.Status{}).Fields() {
		names = append(names, f.Name)
	}
	return names
}
