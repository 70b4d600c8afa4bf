package deferral

import (
	"reflect"
	"testing"
	"time"
)

// TestSame changes each field of a state, whatever fields there are, and sees that
// same tells.
func TestSame(t *testing.T) {
	full := func() *State {
		s := new(State)
		fill(reflect.ValueOf(s).Elem())
		return s
	}
	if a, b := full(), full(); !same(a, b) || a.Changed(*b) {
		t.Fatal("two states that hold the same differ")
	}
	empty, fields := State{}, 0
	for _, change := range changes(reflect.TypeFor[State](), "State") {
		fields++
		a, b := full(), full()
		change.do(reflect.ValueOf(b).Elem())
		if reflect.DeepEqual(a, b) {
			t.Errorf("%s: the test changes nothing", change.path)
		}
		if same(a, b) || same(b, a) || same(&empty, b) {
			t.Errorf("%s: a change is not noticed", change.path)
		}
	}
	if fields < 100 {
		t.Errorf("the test has changed %d fields only", fields)
	}
}

// A change changes one field of a filled value.
type change struct {
	path string
	do   func(reflect.Value)
}

// changes returns a change for each field that a value of a type has, however
// deep, and for the length of each list.
func changes(typ reflect.Type, path string) []change {
	within := func(inner []change, get func(reflect.Value) reflect.Value) (out []change) {
		for _, c := range inner {
			out = append(out, change{c.path, func(v reflect.Value) { c.do(get(v)) }})
		}
		return out
	}
	switch {
	case typ == reflect.TypeFor[time.Time]():
		return []change{{path, func(v reflect.Value) { v.Set(reflect.ValueOf(v.Interface().(time.Time).Add(1))) }}}
	case typ.Kind() == reflect.Struct:
		var out []change
		for i := range typ.NumField() {
			f := typ.Field(i)
			out = append(out, within(changes(f.Type, path+"."+f.Name), func(v reflect.Value) reflect.Value { return v.Field(i) })...)
		}
		return out
	case typ.Kind() == reflect.Slice:
		longer := change{path + " longer", func(v reflect.Value) { v.Set(reflect.Append(v, v.Index(0))) }}
		none := change{path + " empty", func(v reflect.Value) { v.SetZero() }}
		return append(within(changes(typ.Elem(), path+"[0]"), func(v reflect.Value) reflect.Value { return v.Index(0) }), longer, none)
	case typ.Kind() == reflect.Bool:
		return []change{{path, func(v reflect.Value) { v.SetBool(!v.Bool()) }}}
	case typ.Kind() == reflect.String:
		return []change{{path, func(v reflect.Value) { v.SetString(v.String() + "!") }}}
	case typ.Kind() == reflect.Uint8:
		return []change{{path, func(v reflect.Value) { v.SetUint(v.Uint() + 1) }}}
	}
	return []change{{path, func(v reflect.Value) { v.SetInt(v.Int() + 1) }}}
}

// fill sets each field of a value, with one entry in each list.
func fill(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.String:
		v.SetString("text")
	case v.Kind() == reflect.Uint8:
		v.SetUint(7)
	default:
		v.SetInt(7)
	}
}
