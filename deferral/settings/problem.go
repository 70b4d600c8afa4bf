package settings

// A Problem is something that was read and cannot be used as it is.
type Problem struct {
	// Key is the name of the setting, or the path of a file.
	Key string
	// Value is what was found, in words or as it was written.
	Value string
	// Reason says what is wrong with it.
	Reason string
	// Used says what is used instead.
	Used string
	// Source is the name of the layer that it was found in.
	Source string
	// Repair says what an administrator can do about it; it may be empty and
	// is no part of the line for the log.
	Repair string
}

// String returns the problem as one line for the log.
func (p Problem) String() string {
	line := p.Key
	if p.Source != "" {
		line += " (" + p.Source + ")"
	}
	if p.Value != "" {
		line += " is " + p.Value
	}
	line += ": " + p.Reason + "."
	if p.Used != "" {
		line += " Used: " + p.Used + "."
	}
	return line
}
