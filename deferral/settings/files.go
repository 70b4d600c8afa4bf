package settings

import (
	"errors"
	"hash/fnv"
	"io/fs"
	"maps"
	"slices"
	"strconv"
)

// Files are what the files with settings hold at one time.
type Files struct {
	// Managed are those that macOS writes for configuration profiles, the
	// highest first, whether they are there or not.
	Managed []ManagedFile
	// Local are the local preferences that are there, the highest first, and
	// Own is what the file of this program's own holds.
	Local []Layer
	Own   Local
	// problems are those of the local preferences.
	problems []Problem
	// read is what the layers come to.
	read *reading
}

// A reading is what Read makes of layers.
type reading struct {
	set      Settings
	sources  map[string]string
	problems []Problem
}

// A ManagedFile is the file of one configuration profile.
type ManagedFile struct {
	Path string
	// Layer is what the file holds. Its values are nil without a file.
	Layer Layer
	// Sum tells two contents apart.
	Sum string
	// Away says in words why there are no settings in the file: that it "is
	// gone", "holds no settings" or "cannot be read". Empty: there are some.
	Away string
	// Problem is what is wrong with a file that cannot be read.
	Problem *Problem
	// Kept is set where the layer holds what the round has kept.
	Kept bool
}

// Why a managed file has no settings.
const (
	awayGone    = "is gone"
	awayEmpty   = "holds no settings"
	awayDamaged = "cannot be read"
)

// layers returns what there is, the highest first.
func (f Files) layers() []Layer {
	var layers []Layer
	for _, m := range f.Managed {
		if m.Layer.Values != nil {
			layers = append(layers, m.Layer)
		}
	}
	return append(layers, f.Local...)
}

// Settings returns what Read makes of the layers. What it returns is not
// to be changed.
func (f Files) Settings() (Settings, map[string]string, []Problem) {
	if f.read == nil { // no file was read
		return Defaults(), nil, nil
	}
	return f.read.set, f.read.sources, f.read.problems
}

// With returns f with others in the place of its managed files.
func (f Files) With(managed []ManagedFile) Files {
	f.Managed = managed
	return f.asRead()
}

// asRead returns f with its layers read.
func (f Files) asRead() Files {
	f.read = &reading{}
	f.read.set, f.read.sources, f.read.problems = Read(f.layers()...)
	return f
}

// Problems returns what is wrong with the files, and not with the values in
// them.
func (f Files) Problems() []Problem {
	var problems []Problem
	for _, m := range f.Managed {
		if m.Problem != nil {
			problems = append(problems, *m.Problem)
		}
	}
	return append(problems, f.problems...)
}

// Away tells whether a managed file has no settings, so that those of the round
// may take their place.
func (f Files) Away() bool {
	for i := range f.Managed {
		if f.Managed[i].Away != "" {
			return true
		}
	}
	return false
}

// ReadFiles reads the files of the program with the identifier id: the profile,
// profiles for the original, the local preferences, those of the original. A
// file that is not there is an error that is fs.ErrNotExist; one that cannot be
// read is a problem. Neither stops the others from being read.
func ReadFiles(read func(path string) ([]byte, error), id string) Files {
	var f Files
	former := slices.DeleteFunc(slices.Clone(UpstreamIDs), func(u string) bool { return u == id })
	f.manage(read, profileLayer, ProfilePath(id), false)
	for _, u := range former {
		f.manage(read, profileLayer+" for "+u, ProfilePath(u), true)
	}
	f.own(read, LocalPath(id))
	for _, u := range former {
		f.prefer(read, localLayer+" of "+u, LocalPath(u))
	}
	return f.asRead()
}

// manage adds the file of a configuration profile.
func (f *Files) manage(read func(string) ([]byte, error), name, path string, original bool) {
	data, layer, err := readLayer(read, name, path, original)
	layer.Name = name // also without a file
	m := ManagedFile{Path: path, Layer: layer}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.Away = awayGone
	case err != nil:
		m.Away, m.Problem = awayDamaged, unusable(name, path, err)
	case !anySetting(layer.Values):
		m.Away = awayEmpty
	default:
		m.Sum = sumOf(data)
	}
	f.Managed = append(f.Managed, m)
}

// own adds the local preferences of this program.
func (f *Files) own(read func(string) ([]byte, error), path string) {
	own, err := ReadLocal(read, path)
	f.Own = own
	f.add(Layer{Name: localLayer, Values: own.Values}, path, err)
}

// prefer adds a file of local preferences of the original.
func (f *Files) prefer(read func(string) ([]byte, error), name, path string) {
	_, layer, err := readLayer(read, name, path, true)
	layer.Name = name
	f.add(layer, path, err)
}

func (f *Files) add(layer Layer, path string, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		f.problems = append(f.problems, *unusable(layer.Name, path, err))
	default:
		f.Local = append(f.Local, layer)
	}
}

func unusable(name, path string, err error) *Problem {
	return &Problem{Key: path, Reason: "the file cannot be used: " + err.Error(), Used: "nothing from it", Source: name}
}

// readLayer reads one file. Of what else the original keeps in its own, nothing
// is a setting.
func readLayer(read func(string) ([]byte, error), name, path string, original bool) ([]byte, Layer, error) {
	data, err := read(path)
	if err != nil {
		return nil, Layer{}, err
	}
	layer, err := DecodeLayer(name, data)
	if original && err == nil {
		maps.DeleteFunc(layer.Values, func(name string, _ any) bool {
			k, known := KeyNamed(name)
			return !known || k.Upstream == ""
		})
	}
	return data, layer, err
}

// anySetting tells whether one of the values is a setting.
func anySetting(values map[string]any) bool {
	for name := range values {
		if keyNamed(name) != nil {
			return true
		}
	}
	return false
}

// settingsIn returns those of the values that are settings.
func settingsIn(values map[string]any) map[string]any {
	in := map[string]any{}
	for name, v := range values {
		if keyNamed(name) != nil {
			in[name] = v
		}
	}
	return in
}

func sumOf(data []byte) string {
	h := fnv.New64a()
	h.Write(data)
	return strconv.FormatUint(h.Sum64(), 16)
}
