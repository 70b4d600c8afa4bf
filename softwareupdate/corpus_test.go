package softwareupdate

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A corpusOffer is what the shared corpus says about a real Mac's list.
type corpusOffer struct {
	Offer   string
	None    bool
	Entries []struct {
		Label, Title, Version, Size, Action string
		Recommended, Deferred               bool
	}
}

func (o corpusOffer) want() []Update {
	var updates []Update
	for _, e := range o.Entries {
		updates = append(updates, entry{
			label: e.Label, title: e.Title, version: e.Version, size: e.Size, action: e.Action,
			notRecommended: !e.Recommended, deferred: e.Deferred,
		}.want())
	}
	return updates
}

// corpusFolder finds the corpus beside the project, or skips the test.
func corpusFolder(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", "shared", "corpus"))
	if err == nil {
		_, err = os.Stat(filepath.Join(folder, "offers.json"))
	}
	if err != nil {
		t.Skip("the shared corpus is not here")
	}
	return folder
}

func TestTheSharedCorpusIsReadInEveryVariant(t *testing.T) {
	corpus := corpusFolder(t)
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the shared corpus needs python3")
	}
	folder := t.TempDir()
	if out, err := exec.Command(python, filepath.Join(corpus, "mklist"), filepath.Join(corpus, "offers.json"), folder).CombinedOutput(); err != nil {
		t.Fatalf("the lists could not be written: %v\n%s", err, out)
	}
	var all []corpusOffer
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(corpus, "offers.json"))), &all); err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		files, err := filepath.Glob(filepath.Join(folder, o.Offer+".*.stdout"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no lists (%v)", o.Offer, err)
		}
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".stdout"), func(t *testing.T) {
				stderr, err := os.ReadFile(strings.TrimSuffix(file, "stdout") + "stderr")
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				l := ParseList([]byte(readFile(t, file)), stderr)
				want := Updates
				if o.None {
					want = None
				}
				if l.Outcome != want || l.Partial {
					t.Errorf("outcome %v, partial %v: %v", l.Outcome, l.Partial, l.Err)
				}
				if diff := cmp.Diff(o.want(), l.Updates); diff != "" {
					t.Errorf("updates (-want +got):\n%s", diff)
				}
			})
		}
	}
}
