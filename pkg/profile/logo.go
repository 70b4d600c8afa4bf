package profile

import (
	"fmt"
	"path"
	"strings"

	"installordefer/deferral/settings"
)

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
