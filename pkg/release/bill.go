package release

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"installordefer/pkg/formats/universal"
	"installordefer/pkg/installer"
)

// Bill returns the bill of materials of a package in the form of CycloneDX 1.5: the
// Go modules that its programs were built from, as those programs say.
func Bill(data []byte, r Release) ([]byte, error) {
	c, err := installer.Open(data)
	if err != nil {
		return nil, err
	}
	modules := map[string]component{}
	for _, e := range c.Payload {
		for _, program := range programs(e.Data) {
			info, err := buildinfo.Read(bytes.NewReader(program))
			if err != nil {
				continue // no program of Go's
			}
			add(modules, "stdlib", strings.TrimPrefix(info.GoVersion, "go"), "")
			for _, m := range info.Deps {
				if m.Replace != nil {
					m = m.Replace
				}
				add(modules, m.Path, m.Version, m.Sum)
			}
		}
	}
	if len(modules) == 0 {
		return nil, errors.New("no program in the package says what it was built from")
	}
	bill := map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
		"metadata": map[string]any{"component": component{
			Type: "application", Name: r.Identifier, Version: r.Version, Hashes: []hash{{"SHA-256", r.SHA256}},
		}},
		"components": slices.Collect(func(yield func(component) bool) {
			for _, key := range slices.Sorted(maps.Keys(modules)) {
				if !yield(modules[key]) {
					return
				}
			}
		}),
	}
	return indented(bill)
}

type component struct {
	Type       string     `json:"type"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func add(modules map[string]component, path, version, sum string) {
	c := component{Type: "library", Name: path, Version: version, PURL: "pkg:golang/" + path + "@" + version}
	if sum != "" {
		c.Properties = []property{{"go:sum", sum}}
	}
	modules[path+"@"+version] = c
}

// programs are the parts of a universal program, or the file as it is.
func programs(data []byte) [][]byte {
	slices, err := universal.Slices(data)
	if err != nil {
		return [][]byte{data}
	}
	var all [][]byte
	for _, s := range slices {
		all = append(all, s.Data)
	}
	return all
}

// PatchDefinition returns what an external patch source hands to Jamf Pro. What
// it looks for is the application that the package was seen to hold.
func PatchDefinition(r Release, name, publisher string, released time.Time) ([]byte, error) {
	type criterion struct {
		Name     string `json:"name"`
		Operator string `json:"operator"`
		Value    string `json:"value"`
		Type     string `json:"type"`
		And      bool   `json:"and"`
	}
	bundle := criterion{"Application Bundle ID", "is", r.BundleID, "recon", true}
	system := criterion{"Operating System Version", "greater than or equal", r.MinimumMacOS, "recon", true}
	version := criterion{"Application Version", "is", r.BundleVersion, "recon", true}
	at := released.UTC().Format("2006-01-02T15:04:05Z")
	id := strings.Map(func(c rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", c) {
			return c
		}
		return '-'
	}, r.Identifier)
	return indented(map[string]any{
		"id": id, "name": name, "publisher": publisher, "appName": name + ".app", "bundleId": r.BundleID,
		"lastModified": at, "currentVersion": r.BundleVersion,
		"requirements": []criterion{bundle},
		"patches": []any{map[string]any{
			"version": r.BundleVersion, "releaseDate": at, "standalone": true, "minimumOperatingSystem": r.MinimumMacOS, "reboot": false,
			"killApps": []any{}, "capabilities": []criterion{system}, "dependencies": []any{},
			"components": []any{map[string]any{"name": name, "version": r.BundleVersion, "criteria": []criterion{bundle, version}}},
		}},
		"extensionAttributes": []any{},
	})
}

func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return b.Bytes(), nil
}
