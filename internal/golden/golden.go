// Package golden compares what a test got with a file that holds what people
// read. It is for tests alone.
//
// What must hold here: nothing is written unless the environment has
// UPDATE_GOLDEN=1, so that a test cannot make itself pass.
package golden

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Check compares got with the file of that name, or writes it again.
func Check[T string | []byte](t *testing.T, file string, got T) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what it was; UPDATE_GOLDEN=1 writes it again (-want +got):\n%s", file, diff)
	}
}
