package wake

import (
	"bytes"
	"testing"

	"installordefer/prompt"
)

func TestThePasswordIsWiped(t *testing.T) {
	typed := prompt.Secret("correct horse")
	w := &wake{owner: "ada", secret: typed}
	w.forget()
	if !bytes.Equal(typed, make([]byte, len(typed))) || w.secret != nil || w.owner != "" {
		t.Errorf("%q of %q is still in memory", []byte(typed), w.owner)
	}
}
