package profile

import (
	"bytes"
	"encoding/json"
	"fmt"

	"installordefer/deferral/settings"
)

// The parts of a custom schema for Jamf Pro: a JSON Schema (draft 4) with the
// additions of the form that Jamf Pro makes of it.
type (
	schema struct {
		Title       string         `json:"title"`
		Description string         `json:"description"`
		Version     string         `json:"__version"`
		Domain      string         `json:"__preferencedomain"`
		Type        string         `json:"type"`
		Options     schemaOptions  `json:"options"`
		Properties  schemaOrdering `json:"properties"`
	}
	schemaOptions struct {
		// RemoveEmpty keeps what is left empty out of the profile.
		RemoveEmpty bool `json:"remove_empty_properties"`
	}
	schemaOrdering []schemaKey
	schemaKey      struct {
		Name        string         `json:"-"`
		Title       string         `json:"title"`
		Description string         `json:"description"`
		Order       int            `json:"property_order"`
		AnyOf       []schemaChoice `json:"anyOf"`
	}
	// A schemaChoice is either nothing, or a value of the key's type. Without
	// the first Jamf Pro would write every default into the profile.
	schemaChoice struct {
		Type      string        `json:"type"`
		Title     string        `json:"title"`
		Format    string        `json:"format,omitempty"`
		Default   any           `json:"default,omitempty"`
		Minimum   *int          `json:"minimum,omitempty"`
		Maximum   *int          `json:"maximum,omitempty"`
		MaxLength int           `json:"maxLength,omitempty"`
		Pattern   string        `json:"pattern,omitempty"`
		Items     *schemaChoice `json:"items,omitempty"`
		// Properties are those of an object.
		Properties map[string]schemaChoice `json:"properties,omitempty"`
		// Others describes the values of an object under any other name.
		Others  *schemaChoice     `json:"additionalProperties,omitempty"`
		Options map[string]string `json:"options,omitempty"`
	}
)

// MarshalJSON writes the keys as one object, in their order.
func (o schemaOrdering) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, k := range o {
		data, err := plainJSON(k)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", k.Name, data)
	}
	return []byte("{" + b.String() + "}"), nil
}

// plainJSON writes JSON that people can read: < and > as they are.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// JamfSchema returns the custom schema for Jamf Pro, to be pasted under
// Application & Custom Settings.
func (id Identity) JamfSchema() ([]byte, error) {
	s := schema{
		Title:       fmt.Sprintf("%s (%s)", productName, id.ID),
		Description: "Settings of " + productName + ". Whatever is not configured has its default.",
		Version:     fmt.Sprint(manifestVersion),
		Domain:      id.ID,
		Type:        "object",
		Options:     schemaOptions{RemoveEmpty: true},
	}
	for i, k := range settings.Keys {
		s.Properties = append(s.Properties, schemaKey{
			Name: k.Name, Title: k.Title, Description: describe(k), Order: (i + 1) * 5,
			AnyOf: []schemaChoice{{Type: "null", Title: "Not configured"}, configured(k)},
		})
	}
	data, err := plainJSON(s)
	if err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return b.Bytes(), nil
}

// timeForm is the form of a time of the day.
const timeForm = "^([01][0-9]|2[0-3]):[0-5][0-9]$"

// addressForm is the form of the address of a page.
const addressForm = "^https://[^/?#@]+"

// tagForm is the form of the tag of a language.
const tagForm = "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2})?$"

// jsonType returns the type of a key in JSON, which says object for what a
// property list calls a dictionary.
func jsonType(k settings.Key) string {
	if t := k.PlistType(); t != "dictionary" {
		return t
	}
	return "object"
}

// configured describes the value of a key.
func configured(k settings.Key) schemaChoice {
	c := schemaChoice{Type: jsonType(k), Title: "Configured", Default: k.Default}
	switch {
	case k.Kind == settings.Choices:
		c.Items = &schemaChoice{Type: "integer", Title: "Length of a deferral", Minimum: &k.Min, Maximum: &k.Max}
	case k.Fields != nil:
		c.Items = &schemaChoice{Type: "object", Title: "Entry", Properties: map[string]schemaChoice{}}
		for _, f := range k.Fields {
			c.Items.Properties[f.Name] = schemaChoice{Type: fieldType(f), Title: f.Title}
		}
	case k.Kind == settings.Texts:
		texts := schemaChoice{Type: "object", Title: "Texts", Properties: map[string]schemaChoice{}}
		for _, t := range settings.Translatable() {
			texts.Properties[t.Name] = schemaChoice{Type: "string", Title: t.Title, MaxLength: t.Max}
		}
		c.Others = &texts
	case k.Kind == settings.Times:
		c.Items = &schemaChoice{Type: "string", Title: "Time of the day", Pattern: timeForm}
	case k.Kind == settings.Patterns:
		c.Items = &schemaChoice{Type: "string", Title: "Pattern"}
	case k.IsNumber():
		c.Minimum, c.Maximum = &k.Min, &k.Max
	case k.Kind == settings.Path:
		c.Pattern = "^/.+"
	case k.Kind == settings.Address:
		c.Pattern, c.Format = addressForm, "url"
	case k.Kind == settings.Tag:
		c.Pattern = tagForm
	case k.Kind == settings.Body:
		c.Format = "textarea"
	}
	if c.Type == "string" {
		c.MaxLength = k.Max
	}
	if k.Unit != "" {
		c.Options = map[string]string{"infoText": "In " + k.Unit + "."}
		if k.Unit == "hour of the day" {
			c.Options["infoText"] = "An hour of the day, by a clock of 24 hours."
		}
	}
	return c
}
