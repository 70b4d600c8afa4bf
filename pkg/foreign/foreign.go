// Package foreign knows the settings of other tools that ask people to update
// their Macs, and what of them means the same here.
//
// What must hold here: a setting is translated only where it keeps its meaning,
// with the unit of its own tool. Every other one is named, with what becomes of
// it: whoever moves a fleet must not find out on the Macs. What a value means is
// taken from the tools' own documents, and no text of theirs is kept here.
package foreign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"installordefer/deferral/settings"
)

// A Product is a tool of somebody else.
type Product struct {
	// Name is what people call it.
	Name string
	// domains are those of its settings, and keys its settings; those in a
	// dictionary of their own stand behind its name and a dot.
	domains []string
	keys    map[string]rule
	// together translates what several settings mean together; nil for none.
	together func(values map[string]any) together
}

// A together is one setting of ours made from several of another tool.
type together struct {
	from  []string
	key   string
	value []any
	why   string
}

// A rule says what becomes of a setting.
type rule struct {
	// key is ours, and convert its value; the error says why that cannot be
	// used. Without a key the setting is left out, and why says what then.
	key     string
	convert func(v any) (any, error)
	// why is added where the meaning differs a little.
	why string
}

// products are those that are known.
func products() []Product { return []Product{nudge(), super(), reminder()} }

// Recognise returns whose settings the values are: those of a property list or
// of JSON, or the content of a payload with the domain as its type.
func Recognise(domain string, values map[string]any) (Product, bool) {
	flat := flattened(values)
	for _, p := range products() {
		if slices.ContainsFunc(p.domains, func(d string) bool { return strings.EqualFold(d, domain) }) {
			return p, true
		}
		known := 0
		for key := range flat {
			if _, ok := p.keys[key]; ok {
				known++
			}
		}
		if known >= 2 && 2*known > len(flat) {
			return p, true
		}
	}
	return Product{}, false
}

// An Import is what the settings of another tool come to.
type Import struct {
	// Settings are ours.
	Settings map[string]any
	// Translated and Left say in words, one line each, what became of each
	// setting of the other tool.
	Translated, Left []string
}

// Import translates settings.
func (p Product) Import(values map[string]any) Import {
	in := Import{Settings: map[string]any{}}
	flat := flattened(values)
	if p.together != nil {
		in.join(p.together(values), flat)
	}
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		p.translate(&in, name, flat[name])
	}
	in.settle()
	return in
}

// join translates what is meant together, and takes it out of the rest.
func (in *Import) join(t together, flat map[string]any) {
	k, known := settings.KeyNamed(t.key)
	if !known || len(t.value) == 0 {
		return
	}
	v, err := k.Canonical(t.value)
	if err != nil {
		in.leave(strings.Join(t.from, " and "), err.Error())
	} else {
		in.Settings[t.key] = v
		in.Translated = append(in.Translated, fmt.Sprintf("%s are %s here; %s", strings.Join(t.from, " and "), t.key, t.why))
	}
	for _, name := range t.from {
		delete(flat, name)
	}
}

func (p Product) translate(in *Import, name string, value any) {
	r, known := p.keys[name]
	switch {
	case !known:
		in.leave(name, "not known here")
		return
	case r.key == "":
		in.leave(name, r.why)
		return
	}
	k, ok := settings.KeyNamed(r.key)
	if !ok {
		in.leave(name, "this version has no "+r.key)
		return
	}
	v, err := r.convert(value)
	if err == nil {
		v, err = k.Canonical(v)
	}
	if err != nil {
		in.leave(name, err.Error())
		return
	}
	if _, taken := in.Settings[r.key]; taken {
		in.leave(name, r.key+" is set already by another of these settings")
		return
	}
	in.Settings[r.key] = v
	line := fmt.Sprintf("%s is %s here: %s", name, r.key, k.Format(typed(v, k.Kind)))
	if r.why != "" {
		line += "; " + r.why
	}
	in.Translated = append(in.Translated, line)
}

// typed is a canonical value in the type in which a key formats it.
func typed(v any, kind settings.Kind) any {
	switch v := v.(type) {
	case int:
		if kind == settings.Seconds {
			return time.Duration(v) * time.Second
		}
	case []any:
		var all []time.Duration
		for _, e := range v {
			if n, ok := e.(int); ok {
				all = append(all, time.Duration(n)*time.Second)
			}
		}
		return all
	}
	return v
}

func (in *Import) leave(name, why string) { in.Left = append(in.Left, name+": "+why) }

// settle takes out what cannot stand beside the rest.
func (in *Import) settle() {
	_, _, problems := settings.Read(settings.Layer{Name: "import", Values: in.Settings})
	for _, p := range problems {
		if _, there := in.Settings[p.Key]; there {
			delete(in.Settings, p.Key)
			in.leave(p.Key+" of the translation", p.Reason)
		}
	}
}

// flattened puts what stands in dictionaries and in the first entry of lists of
// dictionaries beside the rest, under a name with dots. Keys of a payload are no
// settings.
func flattened(values map[string]any) map[string]any {
	flat := map[string]any{}
	var put func(before string, v any, depth int)
	put = func(name string, v any, depth int) {
		switch v := v.(type) {
		case map[string]any:
			for key, inside := range v {
				if depth < 4 {
					put(strings.TrimPrefix(name+"."+key, "."), inside, depth+1)
				}
			}
			return
		case []any:
			if len(v) > 0 {
				if first, ok := v[0].(map[string]any); ok {
					put(name, first, depth+1)
					return
				}
			}
		}
		flat[name] = v
	}
	for key, v := range values {
		if !strings.HasPrefix(key, "Payload") && !strings.HasPrefix(key, "pfm_") {
			put(key, v, 0)
		}
	}
	return flat
}
