package launchd

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"installordefer/internal/tool"
	"installordefer/launchd/mac"
)

// Power is what the Mac runs on.
type Power struct {
	// Known is false when the Mac did not say what it runs on.
	Known bool
	OnAC  bool
	// HasBattery tells whether there is a battery to run on, a UPS included.
	HasBattery bool
	// Percent is the charge of the weakest battery, 0 to 100; -1 if unknown.
	Percent int
}

// powerSource reads the line "Now drawing from 'AC Power'".
func powerSource(line string) (source string, ok bool) {
	source, ok = strings.CutPrefix(strings.Trim(line, blank), "Now drawing from '")
	if !ok {
		return "", false
	}
	source, ok = strings.CutSuffix(source, "'")
	return source, ok && !strings.Contains(source, "'")
}

// batteryLine reads a line such as
//
//	-InternalBattery-0 (id=4653155)	87%; discharging; 4:11 remaining present: true
//
// in which the name may hold anything. Rest is what follows the charge.
func batteryLine(line string) (charge int, rest string, ok bool) {
	name, ok := strings.CutPrefix(strings.TrimLeft(line, blank), "-")
	if !ok || !strings.Contains(blank, line[:1]) {
		return 0, "", false
	}
	for at := 0; ; at++ {
		i := strings.Index(name[at:], "%;")
		if i < 0 {
			return 0, "", false
		}
		at += i
		before := strings.TrimRight(name[:at], "0123456789")
		number := name[len(before):at]
		if len(before) > 1 && strings.ContainsAny(before[len(before)-1:], "\t ") && number != "" && len(number) <= 3 {
			charge, _ = strconv.Atoi(number)
			return charge, name[at+2:], true
		}
	}
}

// ParsePower reads what "pmset -g batt" prints.
func ParsePower(pmset []byte) Power {
	p := Power{Percent: -1}
	for line := range strings.Lines(string(pmset)) {
		line = strings.TrimRight(line, "\r\n")
		if source, ok := powerSource(line); ok && !p.Known {
			p.Known, p.OnAC = true, source == "AC Power"
			continue
		}
		charge, rest, ok := batteryLine(line)
		if !ok || charge > 100 || strings.Contains(rest, "present: false") {
			continue
		}
		if !p.HasBattery || charge < p.Percent {
			p.Percent = charge
		}
		p.HasBattery = true
	}
	return p
}

// Power asks what the Mac runs on.
func (h *Host) Power(ctx context.Context) (Power, error) {
	r, err := h.run(ctx, "asking what the Mac runs on", tool.Command{Path: tool.Pmset, Args: []string{"-g", "batt"}})
	if err != nil {
		return Power{Percent: -1}, err
	}
	p := ParsePower(r.Stdout)
	if !p.Known {
		return p, fmt.Errorf("%s did not say what the Mac runs on: %w", tool.Pmset, errUnreadable)
	}
	return p, nil
}

// ParseFileVault reads what "fdesetup status" prints and tells whether the
// disk is being encrypted or decrypted.
func ParseFileVault(fdesetup []byte) (converting bool, err error) {
	text := string(fdesetup)
	if strings.Contains(strings.ToLower(text), "in progress") {
		return true, nil
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "FileVault is ") {
		return false, fmt.Errorf("fdesetup did not say whether FileVault is on: %w", errUnreadable)
	}
	return false, nil
}

// FileVault tells whether the disk is being encrypted or decrypted just now.
// No restart may be forced then.
func (h *Host) FileVault(ctx context.Context) (converting bool, err error) {
	r, err := h.run(ctx, "asking for FileVault", tool.Command{Path: tool.Fdesetup, Args: []string{"status"}})
	if err != nil {
		return false, err
	}
	return ParseFileVault(r.Stdout)
}

// Free asks how much space is free for updates, in KiB.
func (h *Host) Free(ctx context.Context) (kib int64, err error) {
	r, err := h.run(ctx, "asking for the free space", tool.Command{Path: tool.Df, Args: []string{"-k", "-P", mac.DataVolume}})
	if err != nil {
		return 0, err
	}
	return mac.ParseFree(r.Stdout)
}

// Offline tells whether the Mac has no network at all. One that leads nowhere is
// a network.
func (h *Host) Offline(ctx context.Context) (bool, error) {
	r, err := h.run(ctx, "asking for the network", tool.Command{Path: tool.Scutil, Args: []string{"--nwi"}})
	if err != nil {
		return false, err
	}
	return mac.ParseOffline(r.Stdout)
}

// StoragePane returns what shows what fills the disk.
func StoragePane(osMajor int) string {
	if osMajor > 0 && osMajor < 13 {
		return "/System/Library/CoreServices/Applications/Storage Management.app"
	}
	return "x-apple.systempreferences:com.apple.settings.Storage"
}

// Pane returns what shows the right part of Software Update for the version
// of macOS; rapid asks for Background Security Improvements, which have a pane
// of their own from 26 on.
func Pane(osMajor int, rapid bool) string {
	switch {
	case osMajor > 0 && osMajor < 13:
		return "/System/Library/PreferencePanes/SoftwareUpdate.prefPane"
	case rapid && (osMajor == 0 || osMajor >= 26):
		return "x-apple.systempreferences:com.apple.SecurityImprovements-Settings.extension"
	}
	return "x-apple.systempreferences:com.apple.Software-Update-Settings.extension"
}

// OpenSoftwareUpdate opens the pane in u's session, as u. It is refused
// where u is no person.
func (h *Host) OpenSoftwareUpdate(ctx context.Context, u ConsoleUser, osMajor int, rapid bool) error {
	if !u.isPerson() {
		return fmt.Errorf("opening Software Update: %w", errNobody)
	}
	_, err := h.run(ctx, "opening Software Update", h.asPerson(u, string(tool.Open), Pane(osMajor, rapid)))
	return err
}
