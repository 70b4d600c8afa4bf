package golden

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "golden.txt")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("takes what the file holds", func(t *testing.T) {
		t.Setenv("UPDATE_GOLDEN", "")
		Check(t, file, "old")
		Check(t, file, []byte("old"))
	})
	t.Run("writes it again where that is asked for", func(t *testing.T) {
		t.Setenv("UPDATE_GOLDEN", "1")
		Check(t, file, "new")
		if data, err := os.ReadFile(file); err != nil || string(data) != "new" {
			t.Errorf("the file holds %q, %v", data, err)
		}
	})
}
