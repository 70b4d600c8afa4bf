// Package sofa reads the feed of SOFA, the list of Apple's releases that the Mac
// Admins community keeps: when which version of macOS came out, and whether it
// closes a hole that is being exploited.
//
// What must hold here: the feed is somebody else's and changes. A field that is
// missing, new or of another type costs the entry that it stands in and never the
// list. Both forms of the feed, v1 and v2, are read.
package sofa

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"installordefer/deferral/calendar"
	"installordefer/deferral/settings"
	"installordefer/internal/macos"
)

// A Feed is what a feed says about macOS.
type Feed struct {
	// Releases are sorted by version.
	Releases []settings.Release
	// Left says, one line each, which entries were left out, and why.
	Left []string
}

// Parse reads a feed. The error is for one that has no release of macOS in it.
func Parse(data []byte) (Feed, error) {
	var root struct {
		OSVersions []json.RawMessage
		Rapid      map[string]json.RawMessage `json:"BackgroundSecurityImprovements"`
	}
	if err := json.Unmarshal(data, &root); err != nil {
		return Feed{}, fmt.Errorf("this is no feed of SOFA: %w", err)
	}
	p := parser{found: map[string]settings.Release{}}
	for _, raw := range root.OSVersions {
		var system struct {
			OSVersion        string
			SecurityReleases []json.RawMessage
			Latest           json.RawMessage
		}
		if err := json.Unmarshal(raw, &system); err != nil {
			p.leave("a version of macOS", err.Error())
			continue
		}
		for _, release := range system.SecurityReleases {
			p.release(release)
		}
		if system.Latest != nil {
			p.release(system.Latest)
		}
	}
	for _, major := range slices.Sorted(maps.Keys(root.Rapid)) {
		var entries []json.RawMessage
		if err := json.Unmarshal(root.Rapid[major], &entries); err != nil {
			p.leave("the Background Security Improvements of macOS "+major, err.Error())
		}
		for _, entry := range entries {
			p.release(entry)
		}
	}
	if len(p.found) == 0 {
		return Feed{}, fmt.Errorf("there is no release of macOS in this feed")
	}
	f := Feed{Releases: slices.Collect(maps.Values(p.found)), Left: p.left}
	slices.SortFunc(f.Releases, func(a, b settings.Release) int { return a.Version.Compare(b.Version) })
	return f, nil
}

type parser struct {
	found map[string]settings.Release
	left  []string
}

func (p *parser) leave(what, why string) {
	p.left = append(p.left, fmt.Sprintf("%.60s is left out: %.200s", what, why))
}

// release reads one entry. The feed has the newest release twice; either says
// when it is exploited.
func (p *parser) release(raw json.RawMessage) {
	var e map[string]any
	if err := json.Unmarshal(raw, &e); err != nil {
		p.leave("an entry", err.Error())
		return
	}
	text := func(keys ...string) string {
		for _, key := range keys {
			if s, ok := e[key].(string); ok && s != "" {
				return s
			}
		}
		return ""
	}
	name := strings.TrimSpace(text("ProductVersion", "Version") + " " + text("VersionExtra"))
	version, err := macos.ParseVersion(name)
	if err != nil {
		p.leave(cmp.Or(name, "an entry without a version"), "it has no version of macOS")
		return
	}
	day, _, _ := strings.Cut(text("ReleaseDate", "PostingDate"), "T")
	released, err := calendar.ParseDate(day)
	if err != nil {
		p.leave(name, "it has no day of release")
		return
	}
	r := settings.Release{Version: version, Released: released, Exploited: exploited(e)}
	if before, ok := p.found[version.String()]; ok {
		r.Exploited = r.Exploited || before.Exploited
	}
	p.found[version.String()] = r
}

// exploited tells whether an entry closes a hole that is being exploited. It is
// said in a list of such holes and beside each hole: as true in v1, in a dictionary
// in v2.
func exploited(e map[string]any) bool {
	if list, ok := e["ActivelyExploitedCVEs"].([]any); ok && len(list) > 0 {
		return true
	}
	holes, _ := e["CVEs"].(map[string]any)
	for _, about := range holes {
		switch about := about.(type) {
		case bool:
			if about {
				return true
			}
		case map[string]any:
			if about["ActivelyExploited"] == true || about["InKEV"] == true {
				return true
			}
		}
	}
	return false
}
