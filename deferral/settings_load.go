package deferral

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

// UpstreamIDs are the identifiers that the original has had, the latest
// first. Their settings are read as fallbacks.
var UpstreamIDs = []string{
	"com.github.wavebirddash.install-or-defer",
	"com.github.mpanighetti.install-or-defer",
}

// Names of the layers.
const (
	ProfileLayer = "profile"
	LocalLayer   = "local preferences"
)

// ProfilePath returns the file that macOS writes the settings of a
// configuration profile to.
func ProfilePath(id string) string { return "/Library/Managed Preferences/" + id + ".plist" }

// LocalPath returns the file of the local preferences, in which the state is
// kept too.
func LocalPath(id string) string { return "/Library/Preferences/" + id + ".plist" }

// LoadLayers reads the layers of the program with the identifier id, the
// highest first: the profile, profiles for the original, the local
// preferences, those of the original. A file that is not there is an error
// that is fs.ErrNotExist, and is left out; one that cannot be read is a
// problem and is left out.
func LoadLayers(read func(path string) ([]byte, error), id string) ([]Layer, []Problem) {
	var layers []Layer
	var problems []Problem
	add := func(name, path, of string) {
		l, err := loadLayer(read, name, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return
		case err != nil:
			problems = append(problems, Problem{Key: path, Reason: "the file cannot be used: " + err.Error(), Used: "nothing from it", Source: name})
			return
		}
		if of != id {
			// Of what else the original keeps there, nothing is a setting.
			maps.DeleteFunc(l.Values, func(name string, _ any) bool {
				k, known := KeyNamed(name)
				return !known || k.Upstream == ""
			})
		}
		layers = append(layers, l)
	}
	former := slices.DeleteFunc(slices.Clone(UpstreamIDs), func(u string) bool { return u == id })
	add(ProfileLayer, ProfilePath(id), id)
	for _, u := range former {
		add(ProfileLayer+" for "+u, ProfilePath(u), u)
	}
	add(LocalLayer, LocalPath(id), id)
	for _, u := range former {
		add(LocalLayer+" of "+u, LocalPath(u), u)
	}
	return layers, problems
}

func loadLayer(read func(path string) ([]byte, error), name, path string) (Layer, error) {
	data, err := read(path)
	if err != nil {
		return Layer{}, err
	}
	return DecodeLayer(name, data)
}

// DecodeLayer reads a property list, in XML or binary form, of at most MaxFile
// bytes.
func DecodeLayer(name string, data []byte) (Layer, error) {
	values, err := DecodePlist(data, MaxFile)
	if err != nil {
		return Layer{}, fmt.Errorf("read the %s: %w", name, err)
	}
	return Layer{Name: name, Values: values}, nil
}
