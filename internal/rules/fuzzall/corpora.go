package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// The inputs that fuzzing has found worth keeping lie in the go command's
// cache, where they are lost with it. One archive beside this command keeps
// them: each run begins with what is in it, and --keep writes it anew.
const archive = "internal/rules/fuzzall/corpora.tar.gz"

// maxInput bounds an input that is kept, in bytes.
const maxInput = 64 << 10

// inputName is the form of an input's path in the cache.
var inputName = regexp.MustCompile(`^[A-Za-z0-9_/-]+/Fuzz[A-Za-z0-9_]*/[0-9a-f]{16}$`)

// places returns where the cache of fuzzing and the archive are.
func places(ctx context.Context) (cache, kept string, err error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOCACHE").Output()
	if err != nil {
		return "", "", fmt.Errorf("find the cache of the go command: %w", err)
	}
	top, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", "", fmt.Errorf("find the top of the module: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "fuzz"),
		filepath.Join(strings.TrimSpace(string(top)), filepath.FromSlash(archive)), nil
}

// unpack adds what an archive holds to the cache. What is there stays.
func unpack(in io.Reader, cache string) error {
	z, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !inputName.MatchString(h.Name) || h.Size > maxInput {
			return fmt.Errorf("%q is no input of a fuzz target", h.Name)
		}
		name := filepath.Join(cache, filepath.FromSlash(h.Name))
		if _, err := os.Stat(name); err == nil {
			continue
		}
		data, err := io.ReadAll(t)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(name), 0o777)
		}
		if err == nil {
			err = os.WriteFile(name, data, 0o666)
		}
		if err != nil {
			return err
		}
	}
}

// pack writes an archive of the inputs of targets: the same bytes for the same
// inputs.
func pack(out io.Writer, cache string, targets []target) error {
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	for _, target := range targets {
		dir := path.Join(target.pkg, target.name)
		list, err := os.ReadDir(filepath.Join(cache, filepath.FromSlash(dir)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range list { // in the order of their names
			name := path.Join(dir, e.Name())
			data, err := os.ReadFile(filepath.Join(cache, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			if !inputName.MatchString(name) || len(data) > maxInput {
				continue
			}
			if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data)), Format: tar.FormatUSTAR}); err != nil {
				return err
			}
			if _, err := t.Write(data); err != nil {
				return err
			}
		}
	}
	return errors.Join(t.Close(), z.Close())
}

// begin fills the cache from the archive, if there is one.
func begin(cache, kept string) error {
	data, err := os.ReadFile(kept)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = unpack(bytes.NewReader(data), cache)
	}
	if err != nil {
		return fmt.Errorf("unpack %s: %w", archive, err)
	}
	return nil
}

// keep writes the archive.
func keep(cache, kept string, targets []target) error {
	var b bytes.Buffer
	err := pack(&b, cache, targets)
	if err == nil {
		err = os.WriteFile(kept, b.Bytes(), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", archive, err)
	}
	return nil
}
