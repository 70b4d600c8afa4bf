package softwareupdate

import (
	"slices"
	"strconv"
	"strings"
)

// detailKeys are the keys of a detail line since macOS 10.15.
var detailKeys = []string{"Title", "Version", "Size", "Recommended", "Action", "Deferred", "Build"}

// parseDetail reads the details of an update, in the format since 10.15 or
// the one before. It returns in odd what it cannot make sense of.
func parseDetail(line string) (u Update, odd []string, ok bool) {
	if fields := splitFields(line); fields != nil {
		u, odd = newDetail(fields)
		return u, odd, true
	}
	return oldDetail(line)
}

// A field is a key with its value.
type field struct{ key, value string }

// splitFields cuts a line at the known keys only, because nothing keeps a
// title from containing commas and colons. A key stands at the beginning or
// behind a comma. Of several equal ones the last counts, since the others
// belong to the title, which comes first.
func splitFields(line string) []field {
	line = strings.TrimLeft(line, blanks)
	if key, _ := keyAt(line, 0); key == "" {
		return nil
	}
	var fields []field
	end := len(line)
	for comma := len(line); comma >= 0; {
		comma = strings.LastIndexByte(line[:comma], ',')
		from := comma + 1
		if comma >= 0 && strings.HasPrefix(line[from:], " ") {
			from++
		}
		key, text := keyAt(line, from)
		inTitle := key == "Title" && from > 0 ||
			slices.ContainsFunc(fields, func(f field) bool { return f.key == key })
		if key == "" || inTitle {
			continue
		}
		value := strings.TrimLeft(line[text:end], blanks)
		fields = append(fields, field{key, strings.TrimRight(value, blanks+",")})
		end = from
	}
	return fields
}

// keyAt returns the known key at line[i:], and where its value begins.
func keyAt(line string, i int) (key string, text int) {
	for _, key := range detailKeys {
		rest, ok := strings.CutPrefix(line[i:], key)
		if ok && (rest == ":" || strings.HasPrefix(rest, ": ")) {
			return key, i + len(key) + len(":")
		}
	}
	return "", 0
}

func newDetail(fields []field) (u Update, odd []string) {
	u.SizeKiB = -1
	sure := false
	for _, f := range fields {
		// Only a title may contain commas. Elsewhere what follows one is a
		// key that is not known yet.
		value, rest, _ := strings.Cut(f.value, ",")
		if f.key == "Title" {
			value, rest = f.value, ""
		}
		if rest != "" {
			odd = append(odd, rest)
		}
		value = valid(strings.TrimRight(value, blanks))
		switch f.key {
		case "Title":
			u.Title = value
		case "Version":
			u.Version = value
		case "Size":
			if u.SizeKiB = parseSize(value); u.SizeKiB < 0 && value != "" {
				odd = append(odd, "Size: "+value)
			}
		case "Recommended":
			u.Recommended = strings.EqualFold(value, "YES")
			sure = sure || u.Recommended || strings.EqualFold(value, "NO")
		case "Action":
			u.Action = parseAction(value)
			sure = sure || u.Action != ActionNone
		case "Deferred":
			u.Deferred = strings.EqualFold(value, "YES")
		}
	}
	u.Incomplete = !sure
	return u, odd
}

// parseAction reads an action. One that is not known is taken to need a
// restart, since Apple names an action only where the Mac goes down.
func parseAction(s string) Action {
	switch strings.ToLower(s) {
	case "", "none":
		return ActionNone
	case "shut down", "shutdown":
		return ActionShutdown
	default:
		return ActionRestart
	}
}

// parseSize reads a size such as 67518K or 2478898KiB; both mean KiB.
func parseSize(s string) int64 {
	digits, ok := strings.CutSuffix(s, "KiB")
	if !ok {
		if digits, ok = strings.CutSuffix(s, "K"); !ok {
			return -1
		}
	}
	n, err := strconv.ParseUint(digits, 10, 62)
	if err != nil {
		return -1
	}
	return int64(n)
}

// oldDetail reads the format up to 10.14, from the right, because a title can
// contain parentheses and commas:
//
//	Command Line Tools (OS X 10.10) (6.0), 108534K [recommended] [restart]
//
// The version may also stand without parentheses.
func oldDetail(line string) (u Update, odd []string, ok bool) {
	rest := strings.Trim(line, blanks)
	for strings.HasSuffix(rest, "]") {
		open := strings.LastIndexByte(rest, '[')
		if open < 0 {
			return u, nil, false
		}
		switch tag := rest[open+1 : len(rest)-1]; tag {
		case "recommended":
			u.Recommended = true
		case "restart":
			u.Action = max(u.Action, ActionRestart)
		case "shut down":
			u.Action = ActionShutdown
		default:
			odd = append(odd, "["+tag+"]")
		}
		rest = strings.TrimRight(rest[:open], blanks)
	}
	rest = strings.TrimSuffix(rest, ",")
	comma := strings.LastIndex(rest, ", ")
	if comma < 0 {
		return u, nil, false
	}
	if u.SizeKiB = parseSize(strings.Trim(rest[comma+2:], blanks)); u.SizeKiB < 0 {
		return u, nil, false
	}
	title, version, ok := cutVersion(strings.TrimRight(rest[:comma], blanks))
	u.Title, u.Version = valid(title), valid(version)
	return u, odd, ok
}

// cutVersion parts a title from the version behind it, which is the last
// group in parentheses.
func cutVersion(s string) (title, version string, ok bool) {
	if head, found := strings.CutSuffix(s, ")"); found {
		open := strings.LastIndexByte(head, '(')
		if open < 0 {
			return "", "", false
		}
		title, version = head[:open], head[open+1:]
	} else if comma := strings.LastIndex(s, ", "); comma >= 0 {
		title, version = s[:comma], s[comma+2:]
	} else {
		return "", "", false
	}
	return strings.Trim(title, blanks+","), strings.Trim(version, blanks), true
}

// valid returns text in valid UTF-8. Only labels keep their bytes.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
