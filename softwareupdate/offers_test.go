package softwareupdate

import (
	"fmt"
	"strings"
)

// An offer is what one Mac was offered: facts of real lists, and a few that
// merely could be. writeList prints it as Apple's updater does.
type offer struct {
	name    string
	os      string // the version that the Mac ran, or the best guess at it
	entries []entry
}

// An entry is one update of an offer. size is as Apple prints it, with its
// unit; "" leaves the field out.
type entry struct {
	label, title, version, size string
	action                      string
	old                         bool // in the format up to 10.14
	minus                       bool // with a hyphen for a bullet
	notRecommended, deferred    bool

	inScope bool // what Scope{OS: os} should say
}

// want is what the parser should make of an entry.
func (e entry) want() Update {
	u := Update{
		Label: Label(e.label), Title: e.title, Version: e.version, SizeKiB: -1,
		Recommended: !e.notRecommended, Deferred: e.deferred,
	}
	if e.size != "" {
		digits := strings.TrimSuffix(strings.TrimSuffix(e.size, "iB"), "K")
		if _, err := fmt.Sscan(digits, &u.SizeKiB); err != nil {
			panic("offer with the size " + e.size)
		}
	}
	switch e.action {
	case "":
	case "shut down":
		u.Action = ActionShutdown
	default:
		u.Action = ActionRestart
	}
	return u
}

// offers are real, as far as their labels go.
var offers = []offer{
	{"catalina two command line tools", "10.15.2", []entry{
		{label: "Command Line Tools for Xcode-11.2", title: "Command Line Tools for Xcode", version: "11.2", size: "224942K", inScope: true},
		{label: "Command Line Tools for Xcode-11.3", title: "Command Line Tools for Xcode", version: "11.3", size: "224878K", inScope: true},
	}},
	{"mavericks hyphens for bullets", "10.9.5", []entry{
		{label: "031-00536-5.1.0.0", title: "Command Line Developer Tools", version: "5.1.0.0", size: "122107K", old: true, minus: true, inScope: true},
		{label: "Safari6.1.4MountainLion-6.1.4", title: "Safari", version: "6.1.4", size: "51692K", old: true, minus: true, inScope: true},
	}},
	{"yosemite equal labels", "10.10.5", []entry{
		{label: "Command Line Tools (OS X 10.10)-6.0", title: "Command Line Tools (OS X 10.10)", version: "6.0", size: "108534K", old: true, inScope: true},
		{label: "Command Line Tools (OS X 10.10)-6.0", title: "Command Line Tools (OS X 10.10)", version: "6.0", size: "109000K", old: true, inScope: true},
		{label: "Command Line Tools (OS X 10.10)-6.0", title: "Command Line Tools (OS X 10.10)", version: "6.0", size: "123638K", old: true, inScope: true},
	}},
	{"el capitan translated title", "10.11.4", []entry{
		{label: "OS X El Capitan Update-10.11.6", title: "OS X El Capitan 更新", version: "10.11.6", size: "790000K", action: "restart", old: true, inScope: true},
		{label: "iTunesX-12.8.2", title: "iTunes", version: "12.8.2", size: "273564K", old: true, inScope: true},
	}},
	{"high sierra blank version", "10.13.5", []entry{
		{label: "macOS High Sierra 10.13.6 Update-", title: "macOS High Sierra 10.13.6 Update", size: "1931648K", action: "restart", old: true, inScope: true},
		{label: "Command Line Tools (macOS Mojave version 10.14) for Xcode-10.3", title: "Command Line Tools (macOS Mojave version 10.14) for Xcode", version: "10.3", size: "199140K", old: true, inScope: true},
	}},
	{"mojave another product behind a Safari label", "10.14.6", []entry{
		{label: "Safari14.0.1MojaveAuto-14.0.1", title: "Safari", version: "14.0.1", size: "67518K", old: true, inScope: true},
		{label: "Safari14.0MojaveAuto-10.14.6", title: "macOS Supplemental Update", version: "10.14.6", size: "1633218K", action: "restart", old: true, inScope: true},
		{label: "Security Update 2020-005-10.14.6", title: "Security Update 2020-005", version: "10.14.6", size: "1633218K", action: "restart", old: true, inScope: true},
		{label: "BridgeOSUpdateCustomer", title: "BridgeOSUpdateCustomer", version: "10.14.4.1.1.1555388607", size: "328394K", action: "shut down", old: true, inScope: true},
	}},
	{"catalina no version", "10.15.4", []entry{
		{label: "macOS Catalina 10.15.7 Update-", title: "macOS Catalina 10.15.7 Update", size: "3000000K", action: "restart", inScope: true},
	}},
	{"mojave a label that ends in a blank", "10.14.3", []entry{
		{label: "macOS 10.14.4 Update- ", title: "macOS 10.14.4 Update", size: "2500000K", action: "restart", inScope: true},
	}},
	{"monterey with a deferred upgrade", "12.6.1", []entry{
		{label: "macOS Monterey 12.6.2-21G320", title: "macOS Monterey 12.6.2", version: "12.6.2", size: "1508533K", action: "restart", inScope: true},
		{label: "macOS Ventura 13.1-22C65", title: "macOS Ventura 13.1", version: "13.1", size: "3878650K", action: "restart", deferred: true},
	}},
	{"monterey mixed units", "12.6.1", []entry{
		{label: "Safari17.0MontereyAuto-17.0", title: "Safari", version: "17.0", size: "97418KiB", inScope: true},
		{label: "macOS Monterey 12.7-21G816", title: "macOS Monterey 12.7", version: "12.7", size: "1508533K", action: "restart", inScope: true},
		{label: "macOS Sonoma 14.0-23A344", title: "macOS Sonoma 14.0", version: "14.0", size: "6243852K", action: "restart"},
	}},
	{"ventura beta", "13.2", []entry{
		{label: "macOS Ventura 13.3 Beta 3-22E5236f", title: "macOS Ventura 13.3 Beta 3", version: "13.3", size: "3310848K", action: "restart", inScope: true},
		{label: "Command Line Tools beta 2 for Xcode-16.0", title: "Command Line Tools beta 2 for Xcode", version: "16.0", size: "743581KiB", inScope: true},
	}},
	{"ventura rapid response", "13.3.1", []entry{
		{label: "macOS Security Response 13.3.1 (a)-22E772610a", title: "macOS Security Response 13.3.1 (a)", version: "13.3.1 (a)", size: "303000KiB", action: "restart", inScope: true},
	}},
	{"tahoe background security improvement", "26.3.1", []entry{
		{label: "macOS Background Security Improvement (a)-25D771280a", title: "macOS Background Security Improvement (a)", version: "26.3.1 (a)", size: "215000KiB", action: "restart", inScope: true},
	}},
	{"tahoe with Safari and macOS 27", "26.6", []entry{
		{label: "Safari27.0TahoeAuto-27.0", title: "Safari", version: "27.0", size: "249465KiB", inScope: true},
		{label: "macOS Tahoe 26.7-25G229", title: "macOS Tahoe 26.7", version: "26.7", size: "3039632KiB", action: "restart", inScope: true},
		{label: "macOS 27-26A428", title: "macOS 27", version: "27", size: "11727219KiB", action: "restart"},
	}},
	{"tahoe in Spanish with no-break spaces", "26.6", []entry{
		{label: "macOS\u00a0Tahoe\u00a0 26.7-25G229", title: "macOS\u00a0Tahoe\u00a0 26.7", version: "26.7", size: "3039632KiB", action: "restart", inScope: true},
		{label: "macOS\u00a027-26A428", title: "macOS\u00a027", version: "27", size: "11727219KiB", action: "restart"},
	}},
	{"sonoma three majors behind", "14.8.8", []entry{
		{label: "macOS Sonoma 14.8.9-23J500", title: "macOS Sonoma 14.8.9", version: "14.8.9", size: "1500000KiB", action: "restart", inScope: true},
		{label: "macOS 27.0.1-26A434", title: "macOS 27.0.1", version: "27.0.1", size: "14468835KiB", action: "restart"},
	}},
	{"tahoe two versions of one minor", "26.4", []entry{
		{label: "macOS Tahoe 26.5-25F71", title: "macOS Tahoe 26.5", version: "26.5", size: "3690218KiB", action: "restart", inScope: true},
		{label: "macOS Tahoe 26.5.1-25F80", title: "macOS Tahoe 26.5.1", version: "26.5.1", size: "3691689KiB", action: "restart", inScope: true},
		{label: "Command Line Tools for Xcode 26.4-26.4.1", title: "Command Line Tools for Xcode 26.4", version: "26.4.1", size: "920416KiB", inScope: true},
	}},
	{"not recommended", "26.6", []entry{
		{label: "RosettaUpdateAuto-1.0", title: "Rosetta", version: "1.0", size: "300KiB", notRecommended: true},
		{label: "Firmware-2.4", title: "Firmware", version: "2.4", size: "3817KiB", action: "restart", notRecommended: true, inScope: true},
	}},
	{"titles with commas, colons and parentheses", "26.6", []entry{
		{label: "A-1", title: `Pages, Numbers & "Keynote": the set (2026), Vol. 2`, version: "1.0", size: "5KiB", inScope: true},
		{label: "B-1", title: "Size matters: Version, Action and Title", version: "2.0", action: "restart", inScope: true},
		{label: "C-1", title: "Fonts, Inc. (Latin, Greek) (β)", version: "3.0", size: "5K", old: true, inScope: true},
		{label: "D-1", title: "$(reboot); `halt` %s %n <b>", version: "4.0", size: "5KiB", inScope: true},
	}},
}

// nothing are the ways in which Apple says that there is nothing new.
var nothing = []struct{ name, stdout, stderr string }{
	{"separate streams", "Software Update Tool\n\nFinding available software\n", "No new software available.\n"},
	{"without a search", "Software Update Tool\n\n", "No new software available.\n"},
	{"merged, the error stream first", "No new software available.\nSoftware Update Tool\n\nFinding available software\n", ""},
	{"merged, in order", "Software Update Tool\n\nFinding available software\nNo new software available.\n", ""},
	{"with a copyright", "Software Update Tool\nCopyright 2002-2015 Apple Inc.\n\nFinding available software\n", "No new software available.\n"},
	{"with noise", "Software Update Tool\n\n", noise + "No new software available.\n" + noise},
	{"with carriage returns", "Software Update Tool\r\n\r\nFinding available software\r\n", "No new software available.\r\n"},
	{"without a last newline", "Software Update Tool\n\nFinding available software", "No new software available."},
}

const (
	banner = "Software Update Tool\n\n"
	search = "Finding available software\n"
	found  = "Software Update found the following new or updated software:\n"
	noise  = "2026-01-15 09:12:44.531 softwareupdate[91464:1187213] XType: Using static font registry.\n"
)

// write prints an entry. tail is what ends its line.
func (e entry) write(tail string) string {
	if e.old {
		return e.writeOld()
	}
	recommended := "YES"
	if e.notRecommended {
		recommended = "NO"
	}
	fields := []string{"Title: " + e.title, "Version: " + e.version}
	if e.size != "" {
		fields = append(fields, "Size: "+e.size)
	}
	fields = append(fields, "Recommended: "+recommended)
	if e.action != "" {
		fields = append(fields, "Action: "+e.action)
	}
	if e.deferred {
		fields, tail = append(fields, "Deferred: YES"), ""
	}
	return fmt.Sprintf("%s Label: %s\n\t%s%s\n", e.bullet(), e.label, strings.Join(fields, ", "), tail)
}

func (e entry) writeOld() string {
	version, tags := e.version, ""
	if version == "" {
		version = " "
	}
	if !e.notRecommended {
		tags += " [recommended]"
	}
	if e.action != "" {
		tags += " [" + e.action + "]"
	}
	comma := ""
	if e.action == "shut down" {
		comma = ","
	}
	return fmt.Sprintf("   %s %s\n\t%s (%s), %s%s%s\n", e.bullet(), e.label, e.title, version, e.size, comma, tags)
}

func (e entry) bullet() string {
	if e.minus {
		return "-"
	}
	return "*"
}

func (o offer) body(tail string) string {
	var b strings.Builder
	for _, e := range o.entries {
		b.WriteString(e.write(tail))
	}
	return b.String()
}

// A variant is one way in which the same list was seen in print.
type variant struct {
	name  string
	write func(o offer) (stdout, stderr string)
}

var variants = []variant{
	{"plain", func(o offer) (string, string) { return banner + search + found + o.body(", "), "" }},
	{"without a search", func(o offer) (string, string) { return banner + found + o.body(", "), "" }},
	{"empty first line", func(o offer) (string, string) { return "\n" + banner + search + found + o.body(", "), "" }},
	{"no banner", func(o offer) (string, string) { return found + o.body(", "), "" }},
	{"entries only", func(o offer) (string, string) { return o.body(", "), "" }},
	{"copyright", func(o offer) (string, string) {
		return "Software Update Tool\nCopyright 2002-2012 Apple Inc.\n\n" + search + found + o.body(", "), ""
	}},
	{"noise between the lines", func(o offer) (string, string) {
		return noise + banner + search + noise + found + noise + strings.ReplaceAll(o.body(", "), "\n\t", "\n"+noise+"\t"), ""
	}},
	{"noise in the other stream", func(o offer) (string, string) { return banner + search + found + o.body(", "), noise }},
	{"ends with a comma", func(o offer) (string, string) { return banner + search + found + o.body(","), "" }},
	{"ends with nothing", func(o offer) (string, string) { return banner + search + found + o.body(""), "" }},
	{"carriage return and newline", func(o offer) (string, string) {
		return strings.ReplaceAll(banner+search+found+o.body(", "), "\n", "\r\n"), ""
	}},
	{"carriage return only", func(o offer) (string, string) {
		return strings.ReplaceAll(banner+search+found+o.body(", "), "\n", "\r"), ""
	}},
	{"no last newline", func(o offer) (string, string) {
		return strings.TrimSuffix(banner+search+found+o.body(", "), "\n"), ""
	}},
	{"indented as by a paste", func(o offer) (string, string) {
		return strings.ReplaceAll(banner+search+found+o.body(", "), "\n", "\n    "), ""
	}},
	{"not indented at all", func(o offer) (string, string) {
		return strings.ReplaceAll(strings.ReplaceAll(banner+search+found+o.body(", "), "\n\t", "\n"), "\n   ", "\n"), ""
	}},
	{"streams swapped", func(o offer) (string, string) { return noise, banner + search + found + o.body(", ") }},
	{"empty lines between", func(o offer) (string, string) {
		return strings.ReplaceAll(banner+search+found+o.body(", "), "\n", "\n\n"), ""
	}},
}
