package mac

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"

	"installordefer/internal/clock"
	"installordefer/internal/macos"
	"installordefer/internal/plist"
)

// DeclaredFile is where macOS 14 and later keep what a device management service has
// declared about updates. It is there once something was declared.
const DeclaredFile = "/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist"

// MostDeclared bounds the file, in bytes. A declaration takes some hundred bytes.
const MostDeclared = 1 << 20

// A Declared is what a device management service has declared about updates.
type Declared struct {
	// Enforced are the versions that Apple enforces, in the order in which it
	// does: the earliest date first, then the lowest version.
	Enforced []Declaration
	// Rules are those for all updates.
	Rules Rules
	// AdminByProfile is set where a profile asks for an administrator, which macOS
	// 27 no longer heeds.
	AdminByProfile bool
}

// A Declaration is one version of macOS and the date by which Apple enforces it.
type Declaration struct {
	// Version is not known in a declaration that asks for a build alone.
	Version macos.Version
	// Build is empty where any build of the version will do.
	Build string
	// By is by the clock of the zone in which the Mac is then.
	By clock.Civil
}

// Rules are the settings that hold for all updates.
type Rules struct {
	// Silent is true where Apple's own notices are off until the last hour.
	Silent bool
	// AdminOnly is true where a person needs an administrator to install.
	AdminOnly bool
	// MajorDays, MinorDays and SystemDays are for how many days Apple's
	// offers are held back; 0 for not at all.
	MajorDays, MinorDays, SystemDays int
}

// errForm is for a file that is a property list, but not of the form that macOS
// writes.
var errForm = errors.New("not of the form that is known")

// ParseDeclared reads the file. A file without declarations is no error: macOS
// writes it with no key for them, or with an empty dictionary. Declarations that
// macOS has found invalid, and single ones that make no sense, are left out.
func ParseDeclared(data []byte) (Declared, error) {
	root, err := plist.Decode(data, MostDeclared)
	if err != nil {
		return Declared{}, fmt.Errorf("what Apple has been told to enforce: %w", err)
	}
	policy, ok := root["SUCorePersistedStatePolicyFields"].(map[string]any)
	if !ok {
		return Declared{}, fmt.Errorf("what Apple has been told to enforce: SUCorePersistedStatePolicyFields is %w", errForm)
	}
	var d Declared
	if rules, ok := policy["SUCoreDDMDeclarationGlobalSettings"].(map[string]any); ok {
		d.Rules = parseRules(rules)
	}
	entries, present := policy["Declarations"]
	if !present {
		return d, nil
	}
	byID, ok := entries.(map[string]any)
	if !ok {
		return Declared{}, fmt.Errorf("what Apple has been told to enforce: Declarations is %w", errForm)
	}
	for _, entry := range byID {
		if e, ok := entry.(map[string]any); ok {
			if one, ok := parseDeclaration(e); ok {
				d.Enforced = append(d.Enforced, one)
			}
		}
	}
	sort.Slice(d.Enforced, func(i, j int) bool { return d.Enforced[i].compare(d.Enforced[j]) < 0 })
	each := d.Enforced
	d.Enforced = nil
	for i, one := range each {
		if i == 0 || one.compare(each[i-1]) != 0 {
			d.Enforced = append(d.Enforced, one)
		}
	}
	return d, nil
}

// parseDeclaration reads one declaration. It needs a date and a version or a
// build, each in its one form.
func parseDeclaration(e map[string]any) (Declaration, bool) {
	text := func(key string) string {
		s, _ := e[key].(string)
		return strings.TrimSpace(s)
	}
	var d Declaration
	by, timed, err := clock.ParseCivil(text("TargetLocalDateTime"))
	if err != nil || !timed {
		return Declaration{}, false
	}
	d.By = by
	if version := text("TargetOSVersion"); version != "" {
		if d.Version, err = macos.ParseVersion(version); err != nil {
			return Declaration{}, false
		}
	}
	if d.Build = text("TargetBuildVersion"); d.Build != "" && !macos.IsBuild(d.Build) {
		return Declaration{}, false
	}
	return d, d.Version.Known() || d.Build != ""
}

// compare sorts as Apple chooses.
func (d Declaration) compare(o Declaration) int {
	return cmp.Or(cmp.Compare(d.By.Minus(o.By), 0), d.Version.Compare(o.Version), strings.Compare(d.Build, o.Build))
}

// metBy tells whether a Mac that runs a version and build is what d asks for, or
// is beyond it. Apple drops such a declaration, or leaves it without effect.
func (d Declaration) metBy(version macos.Version, build string) bool {
	if !d.Version.Known() {
		return d.Build == build
	}
	switch c := d.Version.Compare(version); {
	case c != 0:
		return c < 0
	case d.Build != "":
		return d.Build == build
	}
	return true
}

// Left returns what is enforced on a Mac that runs a version and build.
func (d Declared) Left(version, build string) []Declaration {
	runs, err := macos.ParseVersion(version)
	if err != nil {
		return nil
	}
	var left []Declaration
	for _, e := range d.Enforced {
		if !e.metBy(runs, build) {
			left = append(left, e)
		}
	}
	return left
}

// Name is what is enforced, in words.
func (d Declaration) Name() string {
	if !d.Version.Known() {
		return "the build " + d.Build + " of macOS"
	}
	return "macOS " + d.Version.String()
}

// RestrictionsFile holds what a profile with the payload com.apple.SoftwareUpdate says.
const RestrictionsFile = "/Library/Managed Preferences/com.apple.SoftwareUpdate.plist"

// ParseRestrictions tells whether that file lets only administrators install. One that
// cannot be read restricts nothing.
func ParseRestrictions(data []byte) (adminOnly bool) {
	root, err := plist.Decode(data, MostDeclared)
	admin, _ := number(root["restrict-software-update-require-admin-to-install"])
	return err == nil && admin == 1
}

// parseRules reads the settings for all updates. macOS writes one and the same
// switch as a boolean here and as a number there.
func parseRules(rules map[string]any) Rules {
	days := func(key string) int {
		if n, ok := number(rules[key]); ok && n >= 1 && n <= 90 {
			return n
		}
		return 0
	}
	notices, set := number(rules["enableGlobalNotifications"])
	admin, _ := number(rules["adminInstallRequired"])
	return Rules{
		Silent: set && notices == 0, AdminOnly: admin == 1,
		MajorDays: days("majorOSDeferralPeriod"), MinorDays: days("minorOSDeferralPeriod"), SystemDays: days("systemUpdatesDeferralPeriod"),
	}
}

// number reads a small number, or a boolean as 0 or 1.
func number(v any) (int, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case uint64:
		return int(min(v, math.MaxInt32)), true
	case int64:
		return int(max(min(v, math.MaxInt32), math.MinInt32)), true
	}
	return 0, false
}

// WithoutKeys is what the file of declarations holds without the key of each, which
// is of no use to anybody but macOS.
func WithoutKeys(data []byte) ([]byte, error) {
	root, err := plist.Decode(data, MostDeclared)
	if err != nil {
		return nil, fmt.Errorf("what Apple has been told to enforce: %w", err)
	}
	dropKeys(root)
	return plist.Encode(root)
}

func dropKeys(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "RMStoreDeclarationKey")
		for _, each := range v {
			dropKeys(each)
		}
	case []any:
		for _, each := range v {
			dropKeys(each)
		}
	}
}
