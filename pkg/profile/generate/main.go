// Command generate writes everything that is made from the table of settings:
// the manifests, the ready profiles and their documentation. It finds the top
// of the tree by itself.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"installordefer/pkg/profile"
)

func main() {
	id := flag.String("id", profile.DefaultIdentity.ID, "the identifier that the program is built with")
	into := flag.String("into", "", "the folder to write to (default: the top of the tree)")
	flag.Parse()
	if err := run(*id, *into); err != nil {
		fmt.Fprintf(os.Stderr, "generate: %v\n", err)
		os.Exit(1)
	}
}

func run(id, into string) error {
	if into == "" {
		top, err := top()
		if err != nil {
			return err
		}
		into = top
	}
	files, err := profile.Files(profile.Identity{ID: id})
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(into, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// top returns the folder with go.mod, which is here or above.
func top() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("no go.mod here or in any folder above")
		}
		dir = filepath.Dir(dir)
	}
}
