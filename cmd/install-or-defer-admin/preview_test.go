package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/cli"
	"installordefer/internal/toolchain/display"
	"installordefer/internal/toolchain/driver"
	"installordefer/internal/toolchain/helper"
	"installordefer/prompt"
	"installordefer/prompt/examples"
	"installordefer/prompt/words"
)

func TestPreviewRefusesWhatItCannotShow(t *testing.T) {
	for line, says := range map[string]string{
		"--dialog nonsense":         `there is no dialog "nonsense"`,
		"--state nonsense":          `there is no state "nonsense"`,
		"--language xx":             `no texts in the language "xx"; they have them in ar, cs, da, de, en,`,
		"--language deutsch":        `no texts in the language "deutsch"`,
		"--at noon":                 "--at noon is not a time like 2006-01-02T15:04",
		"--light --dark":            "cannot be used together",
		"extra":                     `unexpected argument "extra"`,
		"--settings /no/such/file":  "no such file",
		"--color":                   "unknown flag: --color",
		"--helper /no/such/program": "start the helper",
	} {
		var stdout, stderr bytes.Buffer
		code := program().Run(strings.Fields("preview "+line), nil, &stdout, &stderr)
		if code == cli.ExitOK || !strings.Contains(stderr.String(), says) {
			t.Errorf("%s: exit code %d, %q", line, code, stderr.String())
		}
	}
}

func TestPreviewSpeaksALanguageOfTheAdministrators(t *testing.T) {
	set := settings.Defaults()
	set.Translations = settings.Translations{"hu": {"SupportContact": "az ügyfélszolgálat"}}
	for language, says := range map[string]string{
		"": "", "de": "", "de_AT.UTF-8": "", "pt": "", "no": "", "hu": "", "hu-HU": "",
		"xx": "zh-Hans, zh-Hant, hu",
	} {
		err := (&preview{language: language}).speaks(set)
		if (err == nil) != (says == "") || err != nil && !strings.HasSuffix(err.Error(), says) {
			t.Errorf("%q: %v", language, err)
		}
	}
}

func TestPreviewSaysWhenNoPictureWasDrawn(t *testing.T) {
	dir := t.TempDir()
	file, helperPath := filepath.Join(dir, "dialog.png"), filepath.Join(dir, "helper")
	script := fmt.Sprintf(`#!/bin/sh
read -r dialog
sleep 1.2
printf '{"protocol":2,"id":"%%s","result":"run"}\n' "$(printf %%s "$dialog" | sed 's/.*"id":"\([^"]*\)".*/\1/')"
exit %d
`, prompt.ExitRun)
	if err := os.WriteFile(helperPath, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := program().Run([]string{"preview", "--helper", helperPath, "--png", file}, nil, &stdout, &stderr)
	if code == cli.ExitOK || !strings.Contains(stderr.String(), "no picture was drawn") || strings.Contains(stdout.String(), "The dialog is in") {
		t.Errorf("exit code %d, %q, %q", code, stdout.String(), stderr.String())
	}
}

func TestPreviewHelpNamesEveryDialog(t *testing.T) {
	var stdout bytes.Buffer
	if code := program().Run([]string{"preview", "--help"}, nil, &stdout, &stdout); code != cli.ExitOK {
		t.Fatalf("exit code %d", code)
	}
	for _, name := range append(kindNames(), stateNames()...) {
		if !strings.Contains(stdout.String(), name) {
			t.Errorf("--help does not name %s", name)
		}
	}
}

// TestPreviewDialogsAreOnesThatTheHelperTakes holds for the built-in settings
// and for extreme ones.
func TestPreviewDialogsAreOnesThatTheHelperTakes(t *testing.T) {
	tight := settings.Defaults()
	tight.MaxDeferralTime, tight.DeferralPeriod = 6*time.Minute, 5*time.Minute+59*time.Second
	tight.DeferralChoices = []time.Duration{time.Hour, 24 * time.Hour}
	for _, set := range []settings.Settings{settings.Defaults(), tight} {
		for _, state := range examples.States {
			d := previewDialog(state, set, "", time.Now())
			if _, err := prompt.EncodeDialog(d); err != nil {
				t.Errorf("%s: %v", state.Name, err)
			}
		}
	}
}

func TestPreviewUsesTheAdministratorsSettings(t *testing.T) {
	settings := filepath.Join(t.TempDir(), "settings.plist")
	if err := os.WriteFile(settings, []byte(`<plist version="1.0"><dict>
		<key>MessageInstallOrDeferHeading</key><string>Please update, says %SUPPORT_CONTACT%</string>
		<key>SupportContact</key><string>the Help Desk</string>
		<key>InstallButtonLabel</key><string>Go</string>
		<key>DeferralPeriod</key><string>nonsense</string>
	</dict></plist>`), 0o644); err != nil {
		t.Fatal(err)
	}
	p := preview{settings: settings}
	set, problems, err := p.read(nil)
	if err != nil || len(problems) != 1 {
		t.Fatalf("%v, %v", problems, err)
	}
	d := previewDialog(examples.States[0], set, "", time.Now())
	says := words.For(words.Person{}, d).Page(words.Opening(d))
	if says.Heading != "Please update, says the Help Desk" || says.Run != "Go" {
		t.Errorf("the dialog says %q and %q", says.Heading, says.Run)
	}
}

// TestPreviewDrawsEveryDialog also makes the pictures of the documentation:
// make pictures names the folder for them.
func TestPreviewDrawsEveryDialog(t *testing.T) {
	shows := windowHelper(t)
	keep := os.Getenv("INSTALL_OR_DEFER_PICTURES")
	for _, looks := range []string{"light", "dark"} {
		useDisplay(t, display.Options{Scale: 2, Width: 2000, Height: 1600})
		for kind, args := range pictures() {
			img := draw(t, append([]string{"--" + looks, "--language", "en", "--helper", shows}, args...)...)
			if b := img.Bounds(); b.Dx() < 1000 || b.Dy() < 300 {
				t.Errorf("%s is only %v", kind, b)
			}
			ground, _, _, _ := img.At(10, img.Bounds().Max.Y-10).RGBA()
			if dark := ground>>8 < 100; dark != (looks == "dark") {
				t.Errorf("%s in %s has the ground %d", kind, looks, ground>>8)
			}
			if keep != "" {
				writePNG(t, filepath.Join(keep, kind+"-"+looks+".png"), driver.Frame(img, 2))
			}
		}
	}
}

// useDisplay starts a screen that previews are shown on from now on.
func useDisplay(t *testing.T, o display.Options) {
	t.Helper()
	d, err := display.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	for _, e := range d.Env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
}

// draw returns the picture of a dialog that opens at a certain time.
func draw(t *testing.T, args ...string) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dialog.png")
	var stdout, stderr bytes.Buffer
	if code := program().Run(append([]string{"preview", "--at", "2026-11-24T12:40", "--png", file}, args...), nil, &stdout, &stderr); code != cli.ExitOK {
		t.Fatalf("%s: exit code %d: %s", args, code, stderr.String())
	}
	return readPNG(t, file)
}

// pictures are the command lines to draw, by the name of the picture.
func pictures() map[string][]string {
	all := map[string][]string{}
	for _, k := range previewKinds {
		all[string(k.kind)] = []string{"--dialog", string(k.kind)}
	}
	all["run-or-defer-choices"] = []string{"--state", "choices"}
	return all
}

// windowHelper builds the helper with windows, or leaves the test out.
func windowHelper(t *testing.T) string {
	t.Helper()
	helper.NeedGNUstep(t)
	program := filepath.Join(t.TempDir(), "install-or-defer-prompt")
	if err := helper.Build("gnustep", program); err != nil {
		t.Fatal(err)
	}
	return program
}

func readPNG(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func writePNG(t *testing.T, name string, img image.Image) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
