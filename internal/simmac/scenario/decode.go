package scenario

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"installordefer/internal/nearest"
)

// Decode reads a scenario.
func Decode(data []byte) (*Scenario, error) {
	s := &Scenario{}
	if err := DecodeInto(data, s); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// DecodeInto reads JSON of the form of a struct whose pointer v is, as strictly
// as a scenario is read: the error names the line and the field.
func DecodeInto(data []byte, v any) error {
	if len(data) > MaxSize {
		return fmt.Errorf("it has %d bytes, but at most %d are read", len(data), MaxSize)
	}
	r := reader{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	if err := r.value(reflect.TypeOf(v).Elem(), "", 0); err != nil {
		return err
	}
	if _, err := r.dec.Token(); err != io.EOF {
		return r.at("", errors.New("something follows the end"))
	}
	return json.Unmarshal(data, v)
}

// Encode writes a scenario, so that Decode reads it.
func (s *Scenario) Encode() ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// A reader checks the form of a scenario before it is decoded, because the
// decoder tells neither where an unknown field is nor of one given twice.
type reader struct {
	data []byte
	dec  *json.Decoder
}

// at names the place of an error: the line, and the field as people write it.
func (r *reader) at(path string, err error) error {
	line := 1 + bytes.Count(r.data[:min(int(r.dec.InputOffset()), len(r.data))], []byte("\n"))
	if path == "" {
		return fmt.Errorf("line %d: %w", line, err)
	}
	return fmt.Errorf("line %d: %s: %w", line, path, err)
}

func (r *reader) value(t reflect.Type, path string, depth int) error {
	if depth > maxDepth {
		return r.at(path, errors.New("values are nested too deep"))
	}
	tok, err := r.dec.Token()
	if err != nil {
		return r.at(path, badJSON(err))
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch tok {
	case json.Delim('{'):
		return r.object(t, path, depth)
	case json.Delim('['):
		return r.list(t, path, depth)
	}
	if t == nil {
		return nil // anything goes: a setting's value
	}
	if err := fits(tok, t); err != nil {
		return r.at(path, err)
	}
	return nil
}

func badJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends in the middle")
	}
	return fmt.Errorf("this is no JSON: %w", err)
}

func (r *reader) object(t reflect.Type, path string, depth int) error {
	fields := map[string]reflect.Type{}
	anyName := t == nil || t.Kind() == reflect.Map
	var each reflect.Type
	switch {
	case t != nil && t.Kind() == reflect.Map:
		if each = t.Elem(); each.Kind() == reflect.Interface {
			each = nil // a setting's value
		}
	case anyName:
	case t.Kind() == reflect.Struct && !isText(t):
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if t.Field(i).IsExported() {
				fields[name] = t.Field(i).Type
			}
		}
	default:
		return r.at(path, fmt.Errorf("an object stands where %s is wanted", wanted(t)))
	}
	seen := map[string]bool{}
	for r.dec.More() {
		tok, err := r.dec.Token()
		if err != nil {
			return r.at(path, badJSON(err))
		}
		name, _ := tok.(string)
		ft, known := fields[name]
		switch {
		case seen[name]:
			return r.at(path, fmt.Errorf("the field %q stands there twice", name))
		case !known && !anyName:
			return r.at(path, unknownField(name, fields))
		}
		seen[name] = true
		if anyName {
			ft = each
		}
		if err := r.value(ft, join(path, name), depth+1); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	if err != nil {
		return r.at(path, badJSON(err))
	}
	return nil
}

func (r *reader) list(t reflect.Type, path string, depth int) error {
	var et reflect.Type
	if t != nil {
		if t.Kind() != reflect.Slice {
			return r.at(path, fmt.Errorf("a list stands where %s is wanted", wanted(t)))
		}
		et = t.Elem()
	}
	n := 0
	for ; r.dec.More(); n++ {
		if n >= maxItems {
			return r.at(path, fmt.Errorf("the list has more than %d items", maxItems))
		}
		if err := r.value(et, fmt.Sprintf("%s[%d]", path, n), depth+1); err != nil {
			return err
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return r.at(path, badJSON(err))
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

func isText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textType) }

func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "a time such as \"2026-09-21T09:00:00+02:00\""
	case t == reflect.TypeFor[Duration]():
		return "a duration such as \"90m\""
	case t.Kind() == reflect.String:
		return "a text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map:
		return "an object"
	}
	return "a number"
}

// fits tells whether a plain value is of the type that is wanted.
func fits(tok json.Token, t reflect.Type) error {
	wrong := fmt.Errorf("%s is wanted", wanted(t))
	switch v := tok.(type) {
	case string:
		if isText(t) {
			if err := reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(v)); err != nil {
				if t == reflect.TypeFor[Duration]() {
					return err
				}
				return fmt.Errorf("%q: %w", v, wrong)
			}
			return nil
		}
		if t.Kind() != reflect.String {
			return wrong
		}
	case bool:
		if t.Kind() != reflect.Bool {
			return wrong
		}
	case json.Number:
		if err := json.Unmarshal([]byte(v), reflect.New(t).Interface()); err != nil || isText(t) {
			return fmt.Errorf("%s: %w", v, wrong)
		}
	default:
		return wrong // null
	}
	return nil
}

// unknownField names a field that is unknown, and the nearest known one.
func unknownField(name string, fields map[string]reflect.Type) error {
	var names []string
	for f := range fields {
		names = append(names, f)
	}
	if near := nearest.Word(name, names); near != "" {
		return fmt.Errorf("there is no field %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no field %q", name)
}
