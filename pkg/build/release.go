package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"installordefer/pkg/release"
)

// writeKey makes a pair of keys. One that is there is not replaced: what it has
// signed could not be verified any more.
func writeKey(o options, args []string, stdout io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("key needs a name, such as that of the organization; %w", errUsage)
	}
	private, public, err := release.NewKey(args[0])
	if err != nil {
		return err
	}
	file, err := os.OpenFile(o.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, private)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, public)
	return err
}

// writeRelease writes what belongs to a package that goes out. Everything in it
// is read out of the package as it lies there.
func writeRelease(o options, args []string, stdout io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("release needs one package; %w", errUsage)
	}
	when, err := sourceDate()
	if err != nil {
		return err
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	key, err := os.ReadFile(o.key)
	if err != nil {
		return err
	}
	r, err := release.Describe(data, o.anyProcessor)
	if err != nil {
		return err
	}
	note, errNote := release.Sign(r, string(key))
	bill, errBill := release.Bill(data, r)
	patch, errPatch := release.PatchDefinition(r, o.title, o.publisher, when)
	if err := errors.Join(errNote, errBill, errPatch); err != nil {
		return err
	}
	for _, f := range []struct {
		suffix string
		data   []byte
	}{
		{".sha256", fmt.Appendf(nil, "%s  %s\n", r.SHA256, filepath.Base(args[0]))}, {".note", note}, {".cdx.json", bill}, {".patch.json", patch},
	} {
		if err := replace(args[0]+f.suffix, f.data, 0o644); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(stdout, "%s: %s %s, released\n", args[0], r.Identifier, r.Version)
	return err
}
