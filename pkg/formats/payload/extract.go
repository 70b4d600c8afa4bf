package payload

import (
	"fmt"
	"os"
	"path/filepath"
)

// Extract writes the tree below a folder, with its modes and without its
// owners. The folder may exist; the files must not.
func (t Tree) Extract(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // nothing leaves the folder, whatever a path says
	if err != nil {
		return err
	}
	defer root.Close()
	for _, e := range t {
		if err := e.extract(root); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(dir, e.Path), err)
		}
	}
	return nil
}

func (e Entry) extract(root *os.Root) error {
	name := filepath.FromSlash(e.Path)
	mode := os.FileMode(e.Mode) & os.ModePerm
	if e.Dir {
		if e.Path == "." {
			return nil
		}
		if err := root.Mkdir(name, 0o755); err != nil && !os.IsExist(err) {
			return err
		}
		return root.Chmod(name, mode) // the umask has no say
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(e.Data); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(mode); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
