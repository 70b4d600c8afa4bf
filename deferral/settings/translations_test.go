package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTranslations(t *testing.T) {
	k, _ := KeyNamed("Translations")
	tests := map[string]struct {
		value  any
		want   Translations
		left   []string
		reason string
	}{
		"texts in two languages": {map[string]any{"de": map[string]any{"MessageInstall": " Jetzt. ", "SupportContact": 4357}, "pt-BR": map[string]any{"DeferButtonLabel": "Depois"}},
			Translations{"de": {"MessageInstall": " Jetzt. ", "SupportContact": "4357"}, "pt-BR": {"DeferButtonLabel": "Depois"}}, nil, ""},
		"nothing":       {map[string]any{}, Translations{}, nil, ""},
		"no dictionary": {"de", nil, nil, "not a dictionary of languages"},
		"a language in words, and one that is right": {map[string]any{"German": map[string]any{"MessageInstall": "x"}, "de": map[string]any{"MessageInstall": "y"}},
			Translations{"de": {"MessageInstall": "y"}}, []string{`"German" is not the tag of a language`}, ""},
		"a key that is no text": {map[string]any{"de": map[string]any{"UpdateDelay": "60", "MessageInstall": "y"}},
			Translations{"de": {"MessageInstall": "y"}}, []string{`de: "UpdateDelay" is no text of a dialog`}, ""},
		"a text of the wrong kind": {map[string]any{"de": map[string]any{"MessageInstall": true}}, nil, nil, "de: MessageInstall is not a text"},
		"a text in place of texts": {map[string]any{"de": "Jetzt."}, nil, nil, "de is not a dictionary of texts"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			value, left, reason := k.parse(test.value)
			got, _ := value.(Translations)
			if diff := cmp.Diff(test.want, got); diff != "" || reason != test.reason || cmp.Diff(test.left, left) != "" {
				t.Errorf("(-want +got):\n%s\nleft %q, because %q; want %q, %q", diff, left, reason, test.left, test.reason)
			}
		})
	}
	if got := k.Format(Translations{"fr": {"MessageInstall": "x"}, "de": {"MessageInstall": "x", "SupportContact": "y"}}); got != "de (2 texts), fr (1 text)" {
		t.Errorf("they are written as %q", got)
	}
}
