// Package profile makes and checks what administrators steer the job with:
// configuration profiles, and the manifests that let the editors of MDM
// servers show every setting as a form.
//
// Whatever is written here comes from settings.Keys, byte for byte the same
// each time; the committed copies are made by the command in generate, and a
// test fails when they disagree. Lint reads what others have written, trusts
// none of it, and reports with the words that the root job would log.
package profile

//go:generate go run installordefer/pkg/profile/generate

import (
	"fmt"
	"hash/fnv"
	"io"

	"installordefer/deferral/settings"
)

// An Identity says whose settings a profile or a manifest is for.
type Identity struct {
	// ID is the identifier that the program was built with.
	ID string
	// TeamID is the team that signed the program; empty when it is unsigned.
	TeamID string
}

// DefaultIdentity is that of a program built without naming one.
var DefaultIdentity = Identity{ID: "com.github.install-or-defer"}

// productName is what the product is called in profiles.
const productName = "Install or Defer"

// A Profile is a configuration profile with settings.
type Profile struct {
	Identity
	// Settings are by key, in their canonical form: see
	// settings.Key.Canonical.
	Settings map[string]any
	// Variant tells profiles of one fleet apart, such as "test-group". It is
	// part of the identifier, by which one profile replaces another.
	Variant string
	// Title and Organization are shown to people; both may be empty.
	Title, Organization string
	// Description says what the profile is for; it may be empty.
	Description string
}

// Mobileconfig returns the profile as a .mobileconfig file. macOS writes its
// settings to the file that the root job reads first. The same profile always
// has the same bytes and UUIDs, so that installing it again replaces it.
func (p Profile) Mobileconfig() []byte {
	identifier := p.ID + ".settings"
	title := productName
	if p.Variant != "" {
		identifier += "." + p.Variant
		title += " (" + p.Variant + ")"
	}
	if p.Title != "" {
		title = p.Title
	}
	payload := append(payloadHead(p.ID, identifier+".payload", title), p.settings()...)
	return configuration(identifier, title, p.Organization, p.Description, payload)
}

// Plist returns the settings alone as a property list.
func (p Profile) Plist() []byte { return encode(p.settings(), "") }

// settings are in the order of settings.Keys.
func (p Profile) settings() dict {
	var d dict
	for _, k := range settings.Keys {
		if v, ok := p.Settings[k.Name]; ok {
			d = append(d, pair{key: k.Name, value: v})
		}
	}
	return d
}

// LoginItems returns a profile that keeps the job from being switched off in
// System Settings, Login Items. Only an MDM can install it, therefore it is a
// profile of its own.
func (p Profile) LoginItems() []byte {
	identifier := p.ID + ".login-items"
	title := productName + ": background item"
	rule := dict{
		{key: "RuleType", value: "Label"},
		{key: "RuleValue", value: p.ID},
		{key: "Comment", value: "The root job of " + productName},
	}
	if p.TeamID != "" {
		rule = append(rule, pair{key: "TeamIdentifier", value: p.TeamID})
	}
	payload := append(payloadHead("com.apple.servicemanagement", identifier+".payload", title),
		pair{key: "Rules", value: []any{rule}})
	return configuration(identifier, title, p.Organization,
		"Keeps "+productName+" from being switched off in System Settings, Login Items. Needs macOS 13 or newer and an MDM.", payload)
}

// configuration wraps one payload into a profile for the whole Mac.
func configuration(identifier, title, organization, description string, payload dict) []byte {
	top := payloadHead("Configuration", identifier, title)
	if organization != "" {
		top = append(top, pair{key: "PayloadOrganization", value: organization})
	}
	if description != "" {
		top = append(top, pair{key: "PayloadDescription", value: description})
	}
	return encode(append(top,
		pair{key: "PayloadScope", value: "System"},
		pair{key: "TargetDeviceType", value: deviceMac},
		pair{key: "PayloadContent", value: []any{payload}}), "")
}

// deviceMac is Apple's number for a Mac as the target of a profile.
const deviceMac = 5

func payloadHead(payloadType, identifier, title string) dict {
	return dict{
		{key: "PayloadType", value: payloadType},
		{key: "PayloadVersion", value: 1},
		{key: "PayloadIdentifier", value: identifier},
		{key: "PayloadUUID", value: uuid(identifier)},
		{key: "PayloadDisplayName", value: title},
	}
}

// uuid returns a UUID of version 8 (RFC 9562) that is made from a name, so that
// the same profile has the same UUID wherever it is written. A hash that is no
// cryptography is enough for names that nobody forges, and keeps the packages
// for it out of the root job.
func uuid(name string) string {
	h := fnv.New128a()
	io.WriteString(h, name)
	u := h.Sum(nil)
	u[6] = u[6]&0x0F | 0x80
	u[8] = u[8]&0x3F | 0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
