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
	// List are all of them, the highest first, whether they are there or not:
	// those that macOS writes for configuration profiles, then those of local
	// preferences.
	List []File
	// Own is what the local preferences of this program hold.
	Own Local
	// read is what the layers come to.
	read *reading
}

// A reading is what Read makes of layers.
type reading struct {
	set      Settings
	sources  map[string]string
	problems []Problem
}

// A File is one file with settings.
type File struct {
	Path string
	// Local is set for local preferences, which an administrator writes by hand.
	Local bool
	// Layer is what the file holds. Its values are nil without a file.
	Layer Layer
	// Sum tells two contents apart. It is empty without settings.
	Sum string
	// Away says in words why settings are missing that may be meant to be there:
	// the file of a profile "is gone", "holds no settings" or "cannot be read".
	// Local preferences can only be damaged: an administrator who deletes a
	// setting wants it gone. Empty: nothing is missing.
	Away string
	// Problem is what is wrong with a file that cannot be read.
	Problem *Problem
	// Kept is set where the layer holds what the round has kept.
	Kept bool
}

// Why settings are missing from a file.
const (
	awayGone    = "is gone"
	awayEmpty   = "holds no settings"
	awayDamaged = "cannot be read"
)

// layers returns what there is, the highest first.
func (f Files) layers() []Layer {
	var layers []Layer
	for i := range f.List {
		if f.List[i].Layer.Values != nil {
			layers = append(layers, f.List[i].Layer)
		}
	}
	return layers
}

// Settings returns what Read makes of the layers. What it returns is not
// to be changed.
func (f Files) Settings() (Settings, map[string]string, []Problem) {
	if f.read == nil { // no file was read
		return Defaults(), nil, nil
	}
	return f.read.set, f.read.sources, f.read.problems
}

// With returns f with others in the place of its files.
func (f Files) With(list []File) Files {
	f.List = list
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
	for i := range f.List {
		if p := f.List[i].Problem; p != nil {
			problems = append(problems, *p)
		}
	}
	return problems
}

// Away tells whether settings are missing from a file, so that those of the round
// may take their place.
func (f Files) Away() bool {
	for i := range f.List {
		if f.List[i].Away != "" {
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
		_, layer, err := readLayer(read, localLayer+" of "+u, LocalPath(u), true)
		f.prefer(Layer{Name: localLayer + " of " + u, Values: layer.Values}, LocalPath(u), err)
	}
	return f.asRead()
}

// manage adds the file of a configuration profile.
func (f *Files) manage(read func(string) ([]byte, error), name, path string, original bool) {
	data, layer, err := readLayer(read, name, path, original)
	layer.Name = name // also without a file
	m := File{Path: path, Layer: layer}
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
	f.List = append(f.List, m)
}

// own adds the local preferences of this program.
func (f *Files) own(read func(string) ([]byte, error), path string) {
	own, err := ReadLocal(read, path)
	f.Own = own
	f.prefer(Layer{Name: localLayer, Values: own.Values}, path, err)
}

// prefer adds a file of local preferences. The job's own changes with each
// deferral, which macOS writes there: only its settings tell two contents apart.
func (f *Files) prefer(layer Layer, path string, err error) {
	m := File{Path: path, Local: true, Layer: layer}
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		m.Away, m.Problem = awayDamaged, unusable(layer.Name, path, err)
	case anySetting(layer.Values):
		m.Sum = sumOf(Keep(layer.Values))
	}
	f.List = append(f.List, m)
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
