package main

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"installordefer/internal/toolchain/display"
	"installordefer/internal/toolchain/driver"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

// A row of the gallery is one dialog in its languages and looks.
type galleryRow struct {
	Title    string
	Pictures []galleryPicture
}

type galleryPicture struct{ File, Title string }

var galleryPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>The dialogs</title>
<style>body{font:14px sans-serif;margin:2em} figure{display:inline-block;margin:0 1em 1em 0;vertical-align:top} figcaption{color:gray}</style>
<h1>The dialogs</h1>
<p>Drawn by the helper itself, over GNUstep, which leaves letters that are read from right to left in the order of writing and has none for East Asia. On a Mac, macOS draws.</p>
{{range .}}<h2>{{.Title}}</h2>
{{range .Pictures}}<figure><img src="{{.File}}" loading="lazy" alt="{{.Title}}"><figcaption>{{.Title}}</figcaption></figure>
{{end}}{{end}}</html>
`))

// TestGallery draws every dialog in every state, in three languages, light and
// dark, and one in each language, with a page to look through. make pictures
// names the folder for it.
func TestGallery(t *testing.T) {
	dir := os.Getenv("INSTALL_OR_DEFER_GALLERY")
	if dir == "" {
		t.Skip("left out: make pictures draws the gallery")
	}
	helper := windowHelper(t)
	useDisplay(t, display.Options{Width: 1400, Height: 1200})
	add := func(row *galleryRow, state, language, looks string) {
		file := fmt.Sprintf("%s-%s-%s.png", state, language, looks)
		img := draw(t, "--state", state, "--language", language, "--"+looks, "--helper", helper)
		writePNG(t, filepath.Join(dir, file), driver.Frame(img, 1))
		row.Pictures = append(row.Pictures, galleryPicture{file, language + ", " + looks})
	}
	var rows []galleryRow
	shown := []string{"en", "de", "he"}
	for _, s := range examples.States {
		row := galleryRow{Title: s.Name + ": " + s.Title}
		for _, language := range shown {
			add(&row, s.Name, language, "light")
			add(&row, s.Name, language, "dark")
		}
		rows = append(rows, row)
	}
	for _, state := range []string{"choices", "others", "space", "person", "save"} {
		row := galleryRow{Title: "Every language: " + state}
		for _, language := range words.Languages() {
			if !slices.Contains(shown, language) {
				add(&row, state, language, "light")
			}
		}
		rows = append(rows, row)
	}
	page, err := os.Create(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	if err := galleryPage.Execute(page, rows); err != nil {
		t.Fatal(err)
	}
}
