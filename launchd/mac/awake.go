package mac

import (
	"strings"
)

// An Awake says how far the Mac is awake.
type Awake int

const (
	// AwakeUnknown is a Mac that did not say, as before macOS told it.
	AwakeUnknown Awake = iota
	// AwakeFully is one that people can work at; its display may be off.
	AwakeFully
	// AwakeDark is one that has woken by itself, with its display off and
	// perhaps in a bag, to do what macOS does then. It shows nothing.
	AwakeDark
)

// capabilities begins the line that tells what works at the moment.
const capabilities = "Current System Capabilities are:"

// ParseSystemState reads what "pmset -g systemstate" prints. A dark wake lacks
// Graphics among the capabilities; a display that merely sleeps keeps it. The
// line about the power state says 4 in both.
func ParseSystemState(pmset []byte) Awake {
	for line := range strings.Lines(string(pmset)) {
		list, ok := strings.CutPrefix(strings.TrimSpace(line), capabilities)
		if !ok {
			continue
		}
		awake, dark := AwakeUnknown, AwakeUnknown
		for _, c := range strings.Fields(list) {
			switch c {
			case "Graphics":
				awake = AwakeFully
			case "CPU":
				dark = AwakeDark
			}
		}
		if awake != AwakeUnknown {
			return awake
		}
		return dark
	}
	return AwakeUnknown
}
