package wake

import (
	"slices"
	"testing"

	"installordefer/deferral"
	"installordefer/prompt"
)

func TestEveryDialogListsTheUpdatesInOneOrder(t *testing.T) {
	quiet, other, macOS := deferral.Update{Label: "q", Name: "Safari"}, deferral.Update{Label: "o", Name: "Tools"}, deferral.Update{Label: "m", Name: "macOS", Restart: true}
	w := (&fake{}).wake()
	for _, order := range [][]deferral.Update{{quiet, macOS, other}, {macOS, quiet, other}, {quiet, other, macOS}} {
		for _, kind := range []prompt.Kind{prompt.RunOrDefer, prompt.RunNow, prompt.Updating} {
			var names []string
			for _, u := range w.dialog(kind, order).Updates {
				names = append(names, u.Name)
			}
			if want := []string{"macOS", "Safari", "Tools"}; !slices.Equal(names, want) {
				t.Errorf("%s lists %q of %v", kind, names, order)
			}
		}
	}
}
