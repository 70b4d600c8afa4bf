package appkit

import (
	"errors"
	"fmt"
	"image"
	_ "image/png" // for the size of a logo
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"installordefer/prompt"
)

// The bounds of a logo. Larger ones are not opened: the file is an
// administrator's, but it is read in the person's session.
const (
	maxLogoBytes  = 8 << 20
	maxLogoPixels = 4096 // along one side
)

// logosFor are the administrator's logos for a dialog, best first.
func logosFor(d prompt.Dialog, dark bool) []string {
	var logos []string
	if dark && d.LogoDark != "" {
		logos = append(logos, d.LogoDark)
	}
	if d.Logo != "" {
		logos = append(logos, d.Logo)
	}
	return logos
}

// logoFiles are the pictures to try, best first, and what was wrong with logos
// that are not among them, if anything.
func logoFiles(logos []string, osVersion string) (files []string, problem error) {
	for _, logo := range logos {
		if err := checkLogo(logo); err != nil {
			problem = errors.Join(problem, err)
			continue
		}
		files = append(files, logo)
	}
	return append(files, softwareUpdateIcons(osVersion)...), problem
}

// checkLogo says why a file will not do as a logo.
func checkLogo(name string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the logo %s does not exist", name)
	case err != nil:
		return fmt.Errorf("the logo cannot be read: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("the logo %s is not a file", name)
	case info.Size() > maxLogoBytes:
		return fmt.Errorf("the logo %s has %d bytes; at most %d are read", name, info.Size(), maxLogoBytes)
	}
	if !strings.EqualFold(filepath.Ext(name), ".png") {
		return nil // AppKit says whether it can read it
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("the logo cannot be read: %w", err)
	}
	defer f.Close()
	size, _, err := image.DecodeConfig(f)
	if err != nil {
		return fmt.Errorf("the logo %s cannot be read: %w", name, err)
	}
	if size.Width > maxLogoPixels || size.Height > maxLogoPixels {
		return fmt.Errorf("the logo %s has %d by %d pixels; at most %d along a side are read", name, size.Width, size.Height, maxLogoPixels)
	}
	return nil
}

// softwareUpdateIcons are the places of Software Update's icon: first that of
// the macOS that runs, then the other's.
func softwareUpdateIcons(osVersion string) []string {
	const (
		from13 = "/System/Library/PrivateFrameworks/SoftwareUpdate.framework/Versions/Current/Resources/SoftwareUpdate.icns"
		to12   = "/System/Library/PreferencePanes/SoftwareUpdate.prefPane/Contents/Resources/SoftwareUpdate.icns"
	)
	major, _, _ := strings.Cut(osVersion, ".")
	if n, err := strconv.Atoi(major); err == nil && n < 13 {
		return []string{to12, from13}
	}
	return []string{from13, to12}
}
