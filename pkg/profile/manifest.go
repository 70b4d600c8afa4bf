package profile

import (
	"fmt"
	"strings"
	"time"

	"installordefer/deferral/settings"
)

// manifestVersion and manifestDate are told to those who collect manifests.
// Both go up with every change of settings.Keys that administrators can see.
const manifestVersion = 1

var manifestDate = time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)

// describe says in one paragraph what a key does, for the forms of editors.
func describe(k settings.Key) string {
	parts := []string{k.Description}
	if k.LessThan != "" {
		parts = append(parts, "Must be less than "+k.LessThan+".")
	}
	if k.Needs != "" {
		parts = append(parts, "Needs "+k.Needs+".")
	}
	for _, more := range []string{k.Rule, k.Without} {
		if more != "" {
			parts = append(parts, more)
		}
	}
	if k.Template {
		parts = append(parts, "Can have placeholders: "+settings.PlaceholderNames()+".")
	}
	return strings.Join(parts, " ")
}

// Manifest returns a preference manifest as ProfileManifests collects them and
// ProfileCreator, iMazing and other editors read them.
func (id Identity) Manifest() []byte {
	var keys []any
	for _, k := range payloadKeys(id) {
		keys = append(keys, k)
	}
	for _, k := range settings.Keys {
		keys = append(keys, manifestKey(k))
	}
	return encode(dict{
		{key: "pfm_title", value: productName},
		{key: "pfm_description", value: productName + " settings"},
		{key: "pfm_domain", value: id.ID},
		{key: "pfm_format_version", value: 1},
		{key: "pfm_version", value: manifestVersion},
		{key: "pfm_last_modified", value: manifestDate},
		{key: "pfm_unique", value: true},
		{key: "pfm_platforms", value: []any{"macOS"}},
		{key: "pfm_targets", value: []any{"system"}},
		{key: "pfm_macos_min", value: "12.0"},
		{key: "pfm_subkeys", value: keys},
	}, "")
}

// payloadKeys describes the keys that every payload has.
func payloadKeys(id Identity) []dict {
	key := func(name, kind, title, description string, value any) dict {
		d := dict{
			{key: "pfm_name", value: name},
			{key: "pfm_type", value: kind},
			{key: "pfm_title", value: title},
			{key: "pfm_description", value: description},
		}
		if value != nil {
			d = append(d, pair{key: "pfm_default", value: value})
		}
		if name != "PayloadDescription" && name != "PayloadOrganization" && name != "PayloadDisplayName" {
			d = append(d, pair{key: "pfm_require", value: "always"})
		}
		return d
	}
	return []dict{
		key("PayloadDescription", "string", "Payload description", "What this payload is for.", "Settings of "+productName),
		key("PayloadDisplayName", "string", "Payload name", "The name that people see.", productName),
		key("PayloadIdentifier", "string", "Payload identifier", "The identifier of this payload, in reverse order of a domain name.", id.ID),
		key("PayloadType", "string", "Payload type", "The domain of the settings.", id.ID),
		key("PayloadUUID", "string", "Payload UUID", "The UUID of this payload.", nil),
		key("PayloadVersion", "integer", "Payload version", "The version of the payload's form.", 1),
		key("PayloadOrganization", "string", "Payload organization", "Who made this payload.", nil),
	}
}

func manifestKey(k settings.Key) dict {
	d := dict{
		{key: "pfm_name", value: k.Name},
		{key: "pfm_type", value: k.PlistType()},
		{key: "pfm_title", value: k.Title},
		{key: "pfm_description", value: describe(k)},
		{key: "pfm_app_min", value: k.Since},
	}
	if k.Default != nil {
		d = append(d, pair{key: "pfm_default", value: k.Default})
	}
	if k.IsNumber() {
		d = append(d, bounds(k)...)
	}
	switch k.Kind {
	case settings.Path:
		d = append(d, pair{key: "pfm_format", value: "^/.+"})
	case settings.Address:
		d = append(d, pair{key: "pfm_format", value: addressForm})
	case settings.Tag:
		d = append(d, pair{key: "pfm_format", value: tagForm})
	}
	if k.Kind == settings.Texts {
		d = append(d, pair{key: "pfm_subkeys", value: translationKeys()})
	}
	if k.PlistType() == "array" {
		d = append(d, pair{key: "pfm_subkeys", value: []any{manifestItem(k)}})
	}
	return d
}

// translationKeys describes a dictionary whose keys are the tags of languages.
func translationKeys() []any {
	var texts []any
	for _, t := range settings.Translatable() {
		texts = append(texts, dict{{key: "pfm_name", value: t.Name}, {key: "pfm_type", value: "string"}, {key: "pfm_title", value: t.Title}})
	}
	return []any{
		dict{{key: "pfm_name", value: "{{key}}"}, {key: "pfm_type", value: "string"}, {key: "pfm_title", value: "Language"}, {key: "pfm_format", value: tagForm}},
		dict{{key: "pfm_name", value: "{{value}}"}, {key: "pfm_type", value: "dictionary"}, {key: "pfm_title", value: "Texts"}, {key: "pfm_subkeys", value: texts}},
	}
}

func bounds(k settings.Key) dict {
	d := dict{{key: "pfm_range_min", value: k.Min}, {key: "pfm_range_max", value: k.Max}}
	if k.Unit == "seconds" || k.Unit == "percent" {
		d = append(d, pair{key: "pfm_value_unit", value: k.Unit})
	}
	return d
}

// manifestItem describes one entry of a list.
func manifestItem(k settings.Key) dict {
	if k.Kind == settings.Choices {
		return append(dict{{key: "pfm_type", value: "integer"}, {key: "pfm_title", value: "Length of a deferral"}}, bounds(k)...)
	}
	if k.Kind == settings.Times {
		return dict{{key: "pfm_type", value: "string"}, {key: "pfm_title", value: "Time of the day"}, {key: "pfm_format", value: timeForm}}
	}
	if k.Fields != nil {
		var fields []any
		for _, f := range k.Fields {
			fields = append(fields, dict{{key: "pfm_name", value: f.Name}, {key: "pfm_type", value: fieldType(f)}, {key: "pfm_title", value: f.Title}})
		}
		return dict{{key: "pfm_type", value: "dictionary"}, {key: "pfm_title", value: "Entry"}, {key: "pfm_subkeys", value: fields}}
	}
	return dict{{key: "pfm_type", value: "string"}, {key: "pfm_title", value: "Pattern"}}
}

func fieldType(f settings.Field) string {
	if f.Flag {
		return "boolean"
	}
	return "string"
}

// byDefault says what the default of a key is.
func byDefault(k settings.Key) string {
	switch {
	case k.Default == nil:
		return "Not set by default."
	case k.Kind == settings.Body:
		return "By default a text of our own."
	case k.Unit != "":
		return fmt.Sprintf("Default: %v %s.", k.Default, k.Unit)
	}
	return fmt.Sprintf("Default: %v.", k.Default)
}
