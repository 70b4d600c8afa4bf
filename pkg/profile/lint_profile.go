package profile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"installordefer/deferral/settings"
	"installordefer/pkg/foreign"
)

const (
	typeManaged    = "com.apple.ManagedClient.preferences"
	typeLoginItems = "com.apple.servicemanagement"
)

// isUUID tells whether s is a UUID as uuidgen prints it, in capitals or not.
func isUUID(s string) bool {
	groups := strings.Split(s, "-")
	if len(s) != 36 || len(groups) != 5 {
		return false
	}
	for i, length := range []int{8, 4, 4, 4, 12} {
		if len(groups[i]) != length || strings.Trim(groups[i], "0123456789abcdefABCDEF") != "" {
			return false
		}
	}
	return true
}

// isTeam tells whether s is the identifier of a signing team.
func isTeam(s string) bool {
	return len(s) == 10 && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// profile checks a configuration profile: its frame, and every payload that is
// ours.
func (c *checker) profile() {
	c.frame()
	content, ok := c.root["PayloadContent"].([]any)
	if !ok {
		reason := "not a list of payloads"
		if c.root["EncryptedPayloadContent"] != nil {
			reason = "encrypted, and cannot be checked"
		}
		c.add("PayloadContent", "PayloadContent", "", reason, "Check the profile as it was before it was encrypted, or export it again.")
		return
	}
	seen := map[string]bool{strings.ToUpper(text(c.root["PayloadUUID"])): true}
	domains := map[string]int{}
	var types []string
	for i, item := range content {
		at := fmt.Sprintf("PayloadContent[%d]", i)
		payload, ok := item.(map[string]any)
		if !ok {
			c.add(at, "PayloadContent", "", "a payload that is not a dictionary", "Remove it.")
			continue
		}
		c.head(at, payload, seen)
		c.removed(at, payload)
		types = append(types, text(payload["PayloadType"]))
		for domain, values := range c.settingsOf(at, payload) {
			domains[domain] += values
		}
	}
	if len(domains) == 0 && c.others() {
		return
	}
	c.domains(domains, types)
}

// others names the parts that hold settings of other tools.
func (c *checker) others() (found bool) {
	for _, p := range c.parts() {
		if other, ok := foreign.Recognise(p.domain, p.values); ok {
			c.foreign(p.at, other)
			found = true
		}
	}
	return found
}

// Foreign returns the settings of another tool that a file holds, and whose they
// are; ok is false where there are none.
func Foreign(data []byte) (other foreign.Product, values map[string]any, ok bool, err error) {
	d, err := open(data)
	if err != nil {
		return other, nil, false, err
	}
	if d.form != formProfile && d.form != formSigned {
		other, ok = foreign.Recognise("", d.root)
		return other, d.root, ok, nil
	}
	for _, p := range d.parts() {
		if other, ok := foreign.Recognise(p.domain, p.values); ok {
			return other, p.values, true, nil
		}
	}
	return other, nil, false, nil
}

// frame checks the outermost keys.
func (c *checker) frame() {
	if t := c.root["PayloadType"]; t != "Configuration" {
		c.add("PayloadType", "PayloadType", show(t), "not the type of a configuration profile", "Set it to Configuration.")
	}
	if scope := c.root["PayloadScope"]; scope != "System" {
		c.add("PayloadScope", "PayloadScope", show(scope),
			"the profile would be for one account, and the root job would not see its settings", "Set it to System.")
	}
	c.common("", c.root)
}

// head checks the keys that each payload needs. The UUIDs must differ.
func (c *checker) head(at string, payload map[string]any, seen map[string]bool) {
	if text(payload["PayloadType"]) == "" {
		c.add(join(at, "PayloadType"), "PayloadType", show(payload["PayloadType"]), "a payload needs a type", "Set it to "+c.ID+" for the settings.")
	}
	c.common(at, payload)
	id := strings.ToUpper(text(payload["PayloadUUID"]))
	if id != "" && seen[id] {
		c.add(join(at, "PayloadUUID"), "PayloadUUID", id, "the same UUID twice in one profile", "Give each payload a UUID of its own; uuidgen makes one.")
	}
	seen[id] = true
}

// common checks what the profile and each payload have alike.
func (c *checker) common(at string, d map[string]any) {
	if id := text(d["PayloadUUID"]); !isUUID(id) {
		c.add(join(at, "PayloadUUID"), "PayloadUUID", show(d["PayloadUUID"]), "not a UUID", "Set it to what uuidgen prints, and keep it from then on.")
	}
	if text(d["PayloadIdentifier"]) == "" {
		c.add(join(at, "PayloadIdentifier"), "PayloadIdentifier", show(d["PayloadIdentifier"]), "an identifier is needed", "Set it to a name like "+c.ID+".settings.")
	}
	if d["PayloadVersion"] != uint64(1) {
		c.add(join(at, "PayloadVersion"), "PayloadVersion", show(d["PayloadVersion"]), "not the version of the format", "Set it to the integer 1.")
	}
}

// settingsOf checks a payload and returns the domains that it has settings
// for.
func (c *checker) settingsOf(at string, payload map[string]any) map[string]int {
	domains := map[string]int{}
	switch kind := text(payload["PayloadType"]); {
	case c.ours(kind):
		domains[kind]++
		c.domain(at, kind, payload)
	case kind == typeManaged:
		content, _ := payload["PayloadContent"].(map[string]any)
		for _, domain := range slices.Sorted(maps.Keys(content)) {
			if c.ours(domain) {
				domains[domain]++
				c.managed(join(join(at, "PayloadContent"), domain), domain, content[domain])
			}
		}
	case kind == typeLoginItems:
		c.loginItems(at, payload)
	}
	return domains
}

// ours tells whether the root job reads a domain.
func (c *checker) ours(domain string) bool {
	return domain == c.ID || slices.Contains(settings.UpstreamIDs, domain)
}

// domain checks the settings of one domain.
func (c *checker) domain(at, domain string, values map[string]any) {
	for _, key := range settings.StateKeys() {
		if _, ok := values[key]; ok {
			c.add(join(at, key), key, "", "a key of the state, which is never read from a profile", "Remove it.")
		}
	}
	if domain != c.ID {
		for _, k := range settings.Keys {
			if _, ok := values[k.Name]; ok && k.Upstream == "" {
				c.add(join(at, k.Name), k.Name, "", "not a key of the original, and not read from its domain "+domain, "Move it to the domain "+c.ID+".")
			}
		}
	}
	c.settings(at, values)
}

// managed checks the older form of settings in a profile, where they stand
// below their domain and below Forced.
func (c *checker) managed(at, domain string, value any) {
	content, _ := value.(map[string]any)
	if content["Set-Once"] != nil {
		c.add(join(at, "Set-Once"), "Set-Once", "", "not enforced, and not read by the root job", "Move the settings to Forced.")
	}
	forced, ok := content["Forced"].([]any)
	if !ok {
		c.add(at, "Forced", show(content["Forced"]), "settings without a list under Forced are not enforced", "Use a payload of the type "+domain+" with the settings in it.")
		return
	}
	for i, item := range forced {
		entry, _ := item.(map[string]any)
		here := fmt.Sprintf("%s[%d].mcx_preference_settings", join(at, "Forced"), i)
		values, ok := entry["mcx_preference_settings"].(map[string]any)
		if !ok {
			c.add(here, "mcx_preference_settings", show(entry["mcx_preference_settings"]), "not a dictionary with settings", "Put the settings into it.")
			continue
		}
		c.domain(here, domain, values)
	}
}

// loginItems checks the rules that keep a background item switched on.
func (c *checker) loginItems(at string, payload map[string]any) {
	rules, ok := payload["Rules"].([]any)
	if !ok {
		c.add(join(at, "Rules"), "Rules", show(payload["Rules"]), "not a list of rules", "Give at least one rule for the label "+c.ID+".")
		return
	}
	for i, item := range rules {
		rule, _ := item.(map[string]any)
		here := fmt.Sprintf("%s[%d]", join(at, "Rules"), i)
		kinds := []string{"BundleIdentifier", "BundleIdentifierPrefix", "Label", "LabelPrefix", "TeamIdentifier"}
		if kind := text(rule["RuleType"]); !slices.Contains(kinds, kind) {
			c.add(join(here, "RuleType"), "RuleType", show(rule["RuleType"]), "not a type of rule", "Use one of "+strings.Join(kinds, ", ")+".")
		}
		value := text(rule["RuleValue"])
		if value == "" || strings.HasSuffix(value, ".") || strings.Contains(value, "*") {
			c.add(join(here, "RuleValue"), "RuleValue", show(rule["RuleValue"]), "no value that can match: a dot at the end and * have no meaning", "Give the label, or the beginning of it.")
		}
		if team, ok := rule["TeamIdentifier"]; ok && !isTeam(text(team)) {
			c.add(join(here, "TeamIdentifier"), "TeamIdentifier", show(team), "not a team identifier", "Give the ten letters and digits of the team that signed the program, or remove it.")
		}
	}
}

// domains checks that the profile has settings, and that no domain is there
// twice. A profile for login items alone is no profile of settings.
func (c *checker) domains(domains map[string]int, types []string) {
	for _, domain := range slices.Sorted(maps.Keys(domains)) {
		if domains[domain] > 1 {
			c.add("PayloadContent", domain, "", "two payloads for the same domain, of which macOS keeps one setting or the other", "Put all settings into one payload.")
		}
	}
	if len(domains) > 0 || slices.Contains(types, typeLoginItems) {
		return
	}
	reason := "no payload for the domain " + c.ID
	if i := slices.IndexFunc(types, func(t string) bool { return strings.Contains(t, "install") && strings.Contains(t, "defer") }); i >= 0 {
		reason += "; the nearest is " + onOneLine(types[i])
	}
	c.add("PayloadContent", "PayloadType", "", reason, "Give the payload with the settings the type "+c.ID+".")
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// show writes a value for a finding.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "missing"
	case string:
		if len(v) > 80 {
			v = strings.ToValidUTF8(v[:80], "") + "…"
		}
		return fmt.Sprintf("%q", v)
	case map[string]any, []any, []byte:
		return "something else"
	}
	return fmt.Sprint(v)
}
