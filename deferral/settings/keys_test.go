package settings

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestEveryFieldOfSettingsHasOneKeyOfItsName(t *testing.T) {
	var s Settings
	fields := reflect.ValueOf(&s).Elem()
	if fields.NumField() != len(Keys) {
		t.Errorf("%d fields and %d keys", fields.NumField(), len(Keys))
	}
	for _, k := range Keys {
		field := fields.FieldByName(k.Name)
		if !field.IsValid() {
			t.Errorf("%s has no field", k.Name)
			continue
		}
		if k.field(&s) != field.Addr().Interface() {
			t.Errorf("%s stands for another field", k.Name)
		}
	}
}

func TestEveryKeyIsDescribed(t *testing.T) {
	sentences := regexp.MustCompile(`^[A-Z%].*[.]$`)
	old := map[string]string{}
	for _, k := range Keys {
		if k.Title == "" || k.Category == "" || k.Since == "" || k.Example == nil || !sentences.MatchString(k.Description) {
			t.Errorf("%s lacks a title, a category, a version, an example or a description in sentences", k.Name)
		}
		for _, more := range []string{k.Without, k.Rule, k.Bounds} {
			if more != "" && !sentences.MatchString(more) {
				t.Errorf("%s: %q is no sentence", k.Name, more)
			}
		}
		if (k.Default == nil) != strings.HasPrefix(k.Without, "Without it, ") {
			t.Errorf("%s says what happens without it only if it has no default", k.Name)
		}
		if k.Kind != Flag && (k.Max <= k.Min || k.Min < 0) {
			t.Errorf("%s has no range", k.Name)
		}
		for _, other := range []string{k.LessThan, k.Needs} {
			if _, ok := KeyNamed(other); other != "" && !ok {
				t.Errorf("%s refers to %s, which is no key", k.Name, other)
			}
		}
		if k.isTime() && k.Min < 60 {
			t.Errorf("%s: %d minutes, hours or days are taken for seconds", k.Name, k.Min)
		}
		if k.Template != strings.HasPrefix(k.Name, "Message") {
			t.Errorf("%s: only messages are templates", k.Name)
		}
		for _, name := range k.OldNames {
			if old[name] != "" {
				t.Errorf("%s went to %s and to %s", name, old[name], k.Name)
			}
			old[name] = k.Name
		}
	}
}

func TestEveryExampleIsReadWithoutAProblem(t *testing.T) {
	values := map[string]any{}
	for _, k := range Keys {
		values[k.Name] = k.Example
		if _, left, reason := k.parse(k.Example); reason != "" || len(left) > 0 {
			t.Errorf("%s: the example is %s %v", k.Name, reason, left)
		}
	}
	if _, _, problems := Read(Layer{"all examples", values}); len(problems) > 0 {
		t.Errorf("all examples together: %v", problems)
	}
}

// The variables of the original's script, of all its versions.
var scriptVariables = strings.Fields(`BUNDLE_ID PLIST SCRIPT_PATH LOGO INSTALL_BUTTON DEFER_BUTTON
	MSG_ACT_OR_DEFER MSG_ACT_OR_DEFER_HEADING MSG_RESTART MSG_RESTART_HEADING MSG_ACT MSG_ACT_HEADING
	MSG_ACT_NOW MSG_ACT_NOW_HEADING MSG_UPDATING MSG_UPDATING_HEADING
	MSG_INSTALL_OR_DEFER MSG_INSTALL_OR_DEFER_HEADING MSG_INSTALL MSG_INSTALL_HEADING MSG_INSTALL_NOW MSG_INSTALL_NOW_HEADING
	MAX_DEFERRAL_TIME EACH_DEFER PROMPT_TIMEOUT SOFT_RESTART_DELAY UPDATE_DELAY HARD_RESTART_DELAY
	WORKDAY_START_HR WORKDAY_END_HR`)

func TestEveryVariableOfTheOriginalHasANewPlace(t *testing.T) {
	for _, name := range scriptVariables {
		if replacedBy(name) == "" && gone(name) == "" {
			t.Errorf("nothing says where %s went", name)
		}
	}
}

// The keys of the original's profile, up to its version 7.0.1.
var upstreamKeys = strings.Fields(`MaxDeferralTime SkipDeferral InstallButtonLabel DeferButtonLabel MessagingLogo SupportContact
	WorkdayStartHour WorkdayEndHour DiagnosticLog ManualUpdates DisablePostInstallAlert DeferralPeriod HardRestartDelay
	PromptTimeout UpdateDelay`)

func TestTheKeysOfTheOriginalAreKept(t *testing.T) {
	var have []string
	for _, k := range Keys {
		if k.Upstream != "" {
			have = append(have, k.Name)
		}
	}
	if len(have) != len(upstreamKeys) {
		t.Errorf("%d keys of the original, want %d: %v", len(have), len(upstreamKeys), have)
	}
	for _, name := range upstreamKeys {
		if k, ok := KeyNamed(name); !ok || k.Upstream == "" {
			t.Errorf("%s is not marked as a key of the original", name)
		}
	}
}
