package profile

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"
)

// The tests in this file hold what is written against the rules of the forms
// themselves, by walking through all of it. They need no other program.

// keywords of draft 4 of JSON Schema that the schema may use, with what has to
// hold of their values, and those that Jamf Pro adds.
var keywords = map[string]func(v any) bool{
	"type":        func(v any) bool { return slices.Contains(simpleTypes, fmt.Sprint(v)) },
	"title":       isText,
	"description": isText,
	"format":      isText,
	"default":     func(any) bool { return true },
	"minimum":     isFigure,
	"maximum":     isFigure,
	"maxLength":   func(v any) bool { n, ok := v.(float64); return ok && n >= 0 && n == float64(int(n)) },
	"pattern": func(v any) bool {
		s, ok := v.(string)
		_, err := regexp.Compile(s)
		return ok && err == nil
	},
	"items":      isObject,
	"properties": isObject,
	"anyOf":      func(v any) bool { list, ok := v.([]any); return ok && len(list) > 0 },

	"__version":            isText,
	"__preferencedomain":   isText,
	"property_order":       isFigure,
	"options":              isObject,
	"additionalProperties": isObject,
}

var simpleTypes = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

func isText(v any) bool   { _, ok := v.(string); return ok }
func isFigure(v any) bool { _, ok := v.(float64); return ok }
func isObject(v any) bool { _, ok := v.(map[string]any); return ok }

func TestTheSchemaKeepsTheRulesOfJSONSchema(t *testing.T) {
	data, err := DefaultIdentity.JamfSchema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	seen := 0
	walkSchema(t, "the schema", schema, &seen)
	if seen < 50 {
		t.Errorf("only %d schemas were looked at", seen)
	}
}

func walkSchema(t *testing.T, where string, schema map[string]any, seen *int) {
	t.Helper()
	*seen++
	for keyword, v := range schema {
		rule, ok := keywords[keyword]
		if !ok || !rule(v) {
			t.Errorf("%s: %s is %v, which is against the rules", where, keyword, v)
			continue
		}
		switch keyword {
		case "items":
			walkSchema(t, where+" items", v.(map[string]any), seen)
		case "properties":
			for name, p := range v.(map[string]any) {
				walkSchema(t, name, p.(map[string]any), seen)
			}
		case "anyOf":
			for i, s := range v.([]any) {
				walkSchema(t, fmt.Sprintf("%s choice %d", where, i), s.(map[string]any), seen)
			}
		}
	}
	low, hasLow := schema["minimum"].(float64)
	high, hasHigh := schema["maximum"].(float64)
	if hasLow && hasHigh && low > high {
		t.Errorf("%s: nothing lies between %v and %v", where, low, high)
	}
	if n, ok := schema["default"].(float64); ok && (hasLow && n < low || hasHigh && n > high) {
		t.Errorf("%s: the default %v is out of range", where, n)
	}
}

// required are the keys without which ProfileManifests takes no manifest, and
// the types that it wants.
var required = map[string]any{
	"pfm_title": "", "pfm_description": "", "pfm_domain": "", "pfm_unique": true,
	"pfm_format_version": uint64(0), "pfm_version": uint64(0), "pfm_last_modified": time.Time{}, "pfm_subkeys": []any{},
}

// subkeyTypes are the values that a key may have, by the name of its type.
var subkeyTypes = map[string]any{
	"string": "", "boolean": true, "integer": uint64(0), "real": 0.0, "array": []any{},
	"dictionary": map[string]any{}, "date": time.Time{}, "data": []byte{},
}

func TestTheManifestKeepsTheRulesOfProfileManifests(t *testing.T) {
	manifest := decoded(t, DefaultIdentity.Manifest())
	for key, like := range required {
		if got := manifest[key]; reflect.TypeOf(got) != reflect.TypeOf(like) {
			t.Errorf("%s is %#v, want a %T", key, got, like)
		}
	}
	seen := map[any]bool{}
	for _, s := range manifest["pfm_subkeys"].([]any) {
		walkSubkey(t, s.(map[string]any), seen)
	}
	for _, name := range []string{"PayloadType", "PayloadVersion", "PayloadIdentifier", "PayloadUUID"} {
		if !seen[name] {
			t.Errorf("%s is missing, which every payload needs", name)
		}
	}
}

func walkSubkey(t *testing.T, key map[string]any, seen map[any]bool) {
	t.Helper()
	name := key["pfm_name"]
	if name != nil && seen[name] {
		t.Errorf("%v is there twice", name)
	}
	seen[name] = true
	kind, _ := key["pfm_type"].(string)
	like, ok := subkeyTypes[kind]
	if !ok {
		t.Errorf("%v has the type %q, which is none", name, kind)
		return
	}
	for _, about := range []string{"pfm_default", "pfm_range_min", "pfm_range_max"} {
		if v, ok := key[about]; ok && reflect.TypeOf(v) != reflect.TypeOf(like) {
			t.Errorf("%s of %v is %#v, and the key's type is %s", about, name, v, kind)
		}
	}
	inner, has := key["pfm_subkeys"].([]any)
	if (kind == "array" || kind == "dictionary") != has {
		t.Errorf("%v is of type %s and has %d keys in it", name, kind, len(inner))
	}
	for _, s := range inner {
		walkSubkey(t, s.(map[string]any), map[any]bool{})
	}
}
