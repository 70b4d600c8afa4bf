// Package scenarios holds the scenarios that come with the project, so that a
// program which travels without these files has them, too.
//
// What must hold here: a name is that of a file without its end, and every file
// of this folder is there.
package scenarios

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.json
var files embed.FS

// Names returns the names of the scenarios, sorted.
func Names() []string {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil // the files are in the program itself
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	return names
}

// Named returns the scenario of that name.
func Named(name string) (data []byte, found bool) {
	data, err := files.ReadFile(name + ".json")
	return data, err == nil
}
