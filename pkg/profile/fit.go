package profile

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"installordefer/deferral/settings"
)

// How much text fits the dialogs on the smallest screen of a Mac, an 11 or 12
// inch display that shows 1024 by 640 points. A line is 60 characters of the
// system font in the width of the dialogs.
const (
	lineLength      = 60
	bodyLines       = 20
	headingLines    = 2
	headingLength   = 45 // characters of the bold font in a line
	labelLength     = 24
	typicalDeadline = "Wednesday, 30 September 2026 at 12:30"
)

// tooLong says why a text will not fit its place.
func tooLong(k settings.Key, text string) string {
	text = strings.NewReplacer(
		"%UPDATE_LIST%", "macOS Tahoe 26.7, Safari 27.0, and Command Line Tools for Xcode 27.0",
		"%DEADLINE_DATE%", typicalDeadline, "%DEFER_HOURS%", "12 hours",
		"%UPDATE_MECHANISM%", "System Settings > General > Software Update", "%SUPPORT_CONTACT%", "the IT help desk",
		"<<", "", ">>", "", "{{", "", "}}", "").Replace(text)
	switch {
	case k.Kind == settings.Body:
		if n := linesOf(text, lineLength); n > bodyLines {
			return fmt.Sprintf("a text of about %d lines will not fit a small screen, which has room for %d", n, bodyLines)
		}
	case k.Template:
		if n := linesOf(text, headingLength); n > headingLines {
			return fmt.Sprintf("a heading of about %d lines will not fit; there is room for %d", n, headingLines)
		}
	case strings.HasSuffix(k.Name, "ButtonLabel"):
		if n := utf8.RuneCountInString(text); n > labelLength {
			return fmt.Sprintf("%d characters will not fit a button, which has room for %d", n, labelLength)
		}
	}
	return ""
}

// linesOf reckons how many lines a text takes.
func linesOf(text string, width int) int {
	n := 0
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		n += max(1, (utf8.RuneCountInString(paragraph)+width-1)/width)
	}
	return n
}

// closed are folders that not everybody who uses a Mac can read, or whose
// content does not last.
var closed = []string{"/Users/", "/private/tmp/", "/tmp/", "/var/", "/private/var/", "/Volumes/", "/root/"}

// shared are folders that others than root can write to, and those that a Mac
// reaches by a link.
var shared = []string{"/Users/", "/private/tmp/", "/tmp/", "/var/", "/etc/", "/Volumes/", "/Applications/"}

// adviseFolder finds a folder from which no Mac would install.
func (c *checker) adviseFolder(at string, k settings.Key, folder string) {
	for _, s := range shared {
		if strings.HasPrefix(path.Clean(folder)+"/", s) {
			c.add(at, k.Name, fmt.Sprintf("%q", folder), "in a folder that others than root can write to, or that is a link, so nothing in it is installed",
				"Make a folder of root's below /Library/Application Support.")
			return
		}
	}
}

// adviseLogo finds a logo that people will not see.
func (c *checker) adviseLogo(at string, k settings.Key, logo string) {
	const repair = "Put a PNG or ICNS file into a folder that everybody can read and only administrators can change, such as /Library/Application Support/NAME."
	value := fmt.Sprintf("%q", logo)
	switch ext := strings.ToLower(path.Ext(logo)); {
	case ext != ".png" && ext != ".icns":
		c.add(at, k.Name, value, "not a PNG or ICNS file by its name", repair)
		return
	case path.Clean(logo) != logo:
		c.add(at, k.Name, value, "a path with parts that lead nowhere", "Write it as "+path.Clean(logo)+".")
		return
	}
	for _, folder := range closed {
		if strings.HasPrefix(logo, folder) && !strings.HasPrefix(logo, "/Users/Shared/") {
			c.add(at, k.Name, value, "in a folder that is not there, or not readable, for everybody who uses the Mac", repair)
			return
		}
	}
	if c.Missing != nil {
		if err := c.Missing(logo); err != nil {
			c.add(at, k.Name, value, "the file cannot be reached: "+err.Error(), repair)
		}
	}
}
