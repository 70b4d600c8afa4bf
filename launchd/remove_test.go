package launchd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"installordefer/internal/tool"
	"installordefer/internal/volume"
)

// furnish adds to an installed job what a job at work and an administrator
// leave behind. What stay returns has to be there after the removal.
func furnish(t *testing.T, h *Host) (stay []string) {
	t.Helper()
	put(t, h.LockFile(), "", 0o600)
	put(t, h.ErrorFile(), "panic: x", 0o600)
	put(t, h.FormerErrors(), "panic: y", 0o600)
	put(t, h.support(childrenName, "99999999"), "1", 0o600)
	put(t, h.support("logo.png"), "logo", 0o644)
	put(t, h.support("old", "deeper", "left over"), "x", 0o600)
	put(t, h.StateFile(), "state", 0o600)
	stay = []string{
		h.ManagedFile(), h.DiagnosticLog(),
		h.Path("Library/LaunchDaemons/com.example.other.plist"),
		h.Path("Library/Application Support/com.example.updates2/keep"),
		h.Path("Library/Application Support/com.example/keep"),
		h.Path("Library/Preferences/com.example.other.plist"),
	}
	for _, name := range stay {
		put(t, name, "keep", 0o644)
	}
	return stay
}

func clearing(h *Host) func(context.Context) error {
	return func(context.Context) error {
		if err := os.Remove(h.StateFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
}

// checkGone checks that nothing is left of the job and all else is.
func checkGone(t *testing.T, h *Host, stay []string) {
	t.Helper()
	if left := have(t, h, h.SupportFolder(), h.JobFile(), h.StateFile()); left != nil {
		t.Errorf("left over: %v", left)
	}
	for _, name := range stay {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("gone with the job: %v", err)
		}
	}
}

func TestRemovalLeavesNothingOfTheJobAndAllElse(t *testing.T) {
	h := newMac(t)
	stay := furnish(t, h)
	release, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	locked := func(s Step) error {
		if _, err := h.Lock(); len(have(t, h, h.SupportFolder())) == 1 && !errors.Is(err, ErrBusy) {
			t.Errorf("before the step to %s another wake got %v", s.What, err)
		}
		return nil
	}
	if err := h.Remove(context.Background(), Removal{ClearState: clearing(h), Before: locked}); err != nil {
		t.Fatal(err)
	}
	checkGone(t, h, stay)
	lines := h.Runner.(*fakeRunner).lines()
	if want := []string{"/usr/sbin/pkgutil --forget com.example.updates", "/bin/launchctl bootout system/com.example.updates"}; !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); err != nil {
		t.Errorf("a second removal: %v", err)
	}
}

func TestRemovalKeepsTheStateAlone(t *testing.T) {
	h := newMac(t)
	stay := furnish(t, h)
	for range 2 { // the second finds nothing to do
		if err := h.Remove(context.Background(), Removal{KeepState: true, ClearState: func(context.Context) error { return errCrash }}); err != nil {
			t.Fatal(err)
		}
		checkGone(t, &Host{Layout: Layout{ID: "com.example.none", Volume: h.Volume}}, stay)
		var kept []string
		entries, err := os.ReadDir(h.SupportFolder())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			kept = append(kept, e.Name())
		}
		if want := []string{"deadline.plist", "state.plist"}; !slices.Equal(kept, want) || have(t, h, h.JobFile()) != nil {
			t.Errorf("left is %q, want %q", kept, want)
		}
	}
	if begun, err := h.RemovalBegun(); begun || err != nil {
		t.Errorf("a later installation would be removed: %v, %v", begun, err)
	}
}

func TestTheOrderOfTheRemoval(t *testing.T) {
	l := Layout{ID: testID}
	steps := steps(l, Removal{})
	at := func(act Act, path string) int {
		i := slices.IndexFunc(steps, func(s Step) bool { return s.Act == act && s.Path == path })
		if i < 0 {
			t.Fatalf("no step %d for %q", act, path)
		}
		return i
	}
	order := []int{
		at(Mark, l.support(removingName)), at(ClearState, ""), at(Forget, ""), at(Delete, l.JobFile()),
		at(Delete, l.Program()), at(Delete, l.SupportFolder()), at(BootOut, ""), len(steps),
	}
	if !slices.IsSorted(order) || order[0] != 0 || order[6] != len(steps)-1 {
		t.Errorf("%v", order)
	}
	for _, s := range steps {
		if s.What == "" || s.follows() == "" {
			t.Errorf("%+v does not say what it does", s)
		}
	}
}

var errCrash = errors.New("the Mac lost power")

// crashAt stops a removal before step n.
func crashAt(n int, clear func(context.Context) error) Removal {
	i := -1
	return Removal{ClearState: clear, Before: func(Step) error {
		if i++; i == n {
			return errCrash
		}
		return nil
	}}
}

// checkResumable checks what must hold wherever the removal is cut off.
func checkResumable(t *testing.T, h *Host, begun bool) {
	t.Helper()
	there := have(t, h, h.Program(), h.JobFile())
	if len(there) == 1 && strings.HasSuffix(there[0], ".plist") {
		t.Error("a job is left whose program is gone")
	}
	got, err := h.RemovalBegun()
	if err != nil {
		t.Error(err)
	}
	if want := begun && len(have(t, h, h.Program())) == 1; got != want {
		t.Errorf("an unfinished removal: %v, want %v", got, want)
	}
}

func TestARemovalCutOffAnywhereIsFinishedLater(t *testing.T) {
	n := len(steps(Layout{ID: testID}, Removal{}))
	for first := range n + 1 {
		for second := range n + 1 {
			h := newMac(t)
			stay := furnish(t, h)
			for _, at := range []int{first, second} {
				err := h.Remove(context.Background(), crashAt(at, clearing(h)))
				if at < n && !errors.Is(err, errCrash) || at == n && err != nil {
					t.Fatalf("cut off before step %d: %v", at, err)
				}
				checkResumable(t, h, max(first, at) > 0)
			}
			if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); err != nil {
				t.Errorf("cut off before %d and %d: %v", first, second, err)
			}
			checkGone(t, h, stay)
		}
	}
}

// TestARemovalKilledAnywhereIsFinishedLater kills a real process, so that
// nothing but the disk tells the next one where it was.
func TestARemovalKilledAnywhereIsFinishedLater(t *testing.T) {
	for n := range steps(Layout{ID: testID}, Removal{}) {
		h := newMac(t)
		stay := furnish(t, h)
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), roleVariable+"=remove", "ROOT="+h.Path(), "STEP="+strconv.Itoa(n))
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("before step %d: %v: %s", n, err, out)
		}
		checkResumable(t, h, n > 0)
		release, err := h.Lock()
		if err == nil {
			release()
		} else if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the dead removal still holds the lock: %v", err)
		}
		if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); err != nil {
			t.Error(err)
		}
		checkGone(t, h, stay)
	}
}

// A killer is a Runner for the role "remove".
type killer struct{}

func (killer) Run(context.Context, tool.Command) (tool.Result, error) {
	return tool.Result{}, nil
}

func removeAndBeKilled() {
	h := &Host{Layout: Layout{Volume: volume.In(os.Getenv("ROOT")), ID: testID}, Owner: os.Getuid(), Runner: killer{}}
	if _, err := h.Lock(); err != nil {
		fmt.Println(err)
		return
	}
	n, _ := strconv.Atoi(os.Getenv("STEP"))
	fmt.Println(h.Remove(context.Background(), Removal{ClearState: clearing(h), Before: func(Step) error {
		if n--; n < 0 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}}))
}

// A step can be cut off in its middle, too: then some of its files are gone.
func TestARemovalFinishesWhateverIsGoneAlready(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := newMac(t)
		stay := furnish(t, h)
		var files []string
		filepath.WalkDir(h.SupportFolder(), func(name string, _ fs.DirEntry, _ error) error {
			files = append(files, name)
			return nil
		})
		files = append(files, h.JobFile(), h.StateFile())
		for _, name := range files {
			if rapid.Bool().Draw(rt, filepath.Base(name)) && name != h.SupportFolder() {
				os.RemoveAll(name)
			}
		}
		if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); err != nil {
			rt.Error(err)
		}
		checkGone(t, h, stay)
	})
}

func TestRemovalDeletesLinksAndNotWhatTheyLeadTo(t *testing.T) {
	h := newMac(t)
	stay := furnish(t, h)
	precious := filepath.Join(t.TempDir(), "precious")
	put(t, filepath.Join(precious, "photo"), "photo", 0o644)
	put(t, h.Path("Library/Precious/photo"), "photo", 0o644)
	for _, name := range []string{h.HelperApp(), h.Program(), h.DeadlineCopy(), h.JobFile(), h.support(childrenName), h.LockFile()} {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	symlink(t, precious, h.HelperApp())
	symlink(t, filepath.Join(precious, "photo"), h.Program())
	symlink(t, "../../Precious/photo", h.DeadlineCopy())
	symlink(t, filepath.Join(precious, "photo"), h.JobFile())
	symlink(t, "../../Precious", h.support(childrenName))
	symlink(t, precious, h.LockFile())
	symlink(t, precious, h.support("old", "deeper", "link"))
	symlink(t, filepath.Join(precious, "photo"), h.support(removingName))
	if err := h.Remove(context.Background(), Removal{ClearState: clearing(h)}); err != nil {
		t.Error(err)
	}
	checkGone(t, h, append(stay, filepath.Join(precious, "photo"), h.Path("Library/Precious/photo")))
}

func TestRemovalStopsAtAFolderThatIsNotOurs(t *testing.T) {
	for _, folder := range []func(Layout) string{Layout.SupportFolder, func(l Layout) string { return filepath.Dir(l.JobFile()) }} {
		eachSpoiled(t, folder, func(t *testing.T, h *Host) {
			err := h.Remove(context.Background(), Removal{ClearState: func(context.Context) error { return nil }})
			if err == nil {
				t.Error("it went on")
			}
			lines := h.Runner.(*fakeRunner).lines()
			if slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "bootout") }) {
				t.Error("the job was unloaded with its files left behind")
			}
		})
	}
}

func TestAFolderBehindALinkKeepsItsFiles(t *testing.T) {
	h := newMac(t)
	relink(t, h.SupportFolder(), filepath.Base(h.SupportFolder())+" elsewhere")
	if err := h.Remove(context.Background(), Removal{}); !errors.Is(err, ErrUnsafe) {
		t.Error(err)
	}
	if there := have(t, h, h.SupportFolder()+" elsewhere/"+programName, h.SupportFolder()+" elsewhere/"+deadlineName); len(there) != 2 {
		t.Errorf("only %v is left", there)
	}
}

func TestAStateThatCannotBeClearedStopsTheRemoval(t *testing.T) {
	h := newMac(t)
	err := h.Remove(context.Background(), Removal{ClearState: func(context.Context) error { return errCrash }})
	if !errors.Is(err, errCrash) || !strings.Contains(err.Error(), "goes on at the next wake") {
		t.Error(err)
	}
	if there := have(t, h, h.Program(), h.JobFile()); len(there) != 2 {
		t.Errorf("only %v is left", there)
	}
}

func TestWithoutAReceiptTheRemovalGoesOn(t *testing.T) {
	h := newMac(t)
	answers := h.Runner.(*fakeRunner).answers
	answers["/usr/sbin/pkgutil --forget com.example.updates"] = tool.Result{ExitCode: 1, Stderr: []byte("No receipt for 'com.example.updates' found at '/'.\n")}
	if err := h.Remove(context.Background(), Removal{}); err != nil {
		t.Error(err)
	}
	h = newMac(t)
	h.Runner.(*fakeRunner).errs = map[string]error{"/usr/sbin/pkgutil --forget com.example.updates": tool.ErrNotStarted}
	if err := h.Remove(context.Background(), Removal{}); !errors.Is(err, tool.ErrNotStarted) {
		t.Error(err)
	}
}

func TestWhatLaunchdMayAnswerToTheLastStep(t *testing.T) {
	const bootOut = "/bin/launchctl bootout system/com.example.updates"
	for code, fails := range map[int]bool{0: false, 3: false, 36: false, 113: false, 1: true, 5: true, 150: true} {
		h := newMac(t)
		h.Runner.(*fakeRunner).answers[bootOut] = tool.Result{ExitCode: code, Stderr: []byte(fmt.Sprintf("Boot-out failed: %d: x\n", code))}
		err := h.Remove(context.Background(), Removal{})
		if (err != nil) != fails {
			t.Errorf("status %d: %v", code, err)
		}
		if fails && !strings.Contains(err.Error(), "its files are gone") {
			t.Error(err)
		}
	}
	h := newMac(t)
	h.Runner.(*fakeRunner).errs = map[string]error{bootOut: tool.ErrNotStarted}
	if err := h.Remove(context.Background(), Removal{}); !errors.Is(err, tool.ErrNotStarted) {
		t.Error(err)
	}
}

// An ending Runner is a launchd that ends the caller when it unloads the job.
type ending struct {
	*fakeRunner
	end context.CancelFunc
}

func (e ending) Run(ctx context.Context, c tool.Command) (tool.Result, error) {
	if strings.HasPrefix(strings.Join(c.Args, " "), "bootout") {
		e.end()
		return tool.Result{ExitCode: -1}, ctx.Err()
	}
	return e.fakeRunner.Run(ctx, c)
}

func TestBeingEndedByLaunchdIsTheEndOfTheRemoval(t *testing.T) {
	h := newMac(t)
	ctx, cancel := context.WithCancel(context.Background())
	h.Runner = ending{h.Runner.(*fakeRunner), cancel}
	if err := h.Remove(ctx, Removal{}); err != nil {
		t.Error(err)
	}
	checkGone(t, h, nil)
}

func TestAnEndedWakeRemovesNothingMore(t *testing.T) {
	h := newMac(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := h.Remove(ctx, Removal{ClearState: func(context.Context) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if there := have(t, h, h.Program(), h.JobFile()); len(there) != 2 {
		t.Errorf("only %v is left", there)
	}
}

func TestAPackageInstalledAgainIsNotRemoved(t *testing.T) {
	h := newMac(t)
	if err := h.Remove(context.Background(), crashAt(4, nil)); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	if begun, err := h.RemovalBegun(); !begun || err != nil {
		t.Fatal(begun, err)
	}
	put(t, h.Program()+".new", "program", 0o755)
	if err := os.Rename(h.Program()+".new", h.Program()); err != nil {
		t.Fatal(err)
	}
	if begun, err := h.RemovalBegun(); begun || err != nil {
		t.Error(begun, err)
	}
}

func TestANoteOfARemovalThatNobodyWroteIsNotBelieved(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, h *Host){
		"none":   func(t *testing.T, h *Host) {},
		"empty":  func(t *testing.T, h *Host) { put(t, h.support(removingName), "", 0o600) },
		"folder": func(t *testing.T, h *Host) { os.Mkdir(h.support(removingName), 0o755) },
		"link": func(t *testing.T, h *Host) {
			h.Remove(context.Background(), crashAt(1, nil))
			relink(t, h.support(removingName), removingName+" elsewhere")
		},
		"no program": func(t *testing.T, h *Host) {
			h.Remove(context.Background(), crashAt(1, nil))
			os.Remove(h.Program())
		},
		"not installed": func(t *testing.T, h *Host) { os.RemoveAll(h.Path("Library")) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newMac(t)
			make(t, h)
			if begun, err := h.RemovalBegun(); begun || err != nil {
				t.Error(begun, err)
			}
		})
	}
	h := newMac(t)
	chmod(t, h.SupportFolder(), 0o777)
	if begun, err := h.RemovalBegun(); begun || !errors.Is(err, ErrUnsafe) {
		t.Error(begun, err)
	}
}

func TestOnlyAJobWithABundleIdentifierIsRemoved(t *testing.T) {
	h := newMac(t)
	for _, id := range []Identifier{"", "..", "../../Users", "com.apple.softwareupdated"} {
		h.ID = id
		if err := h.Remove(context.Background(), Removal{}); err == nil {
			t.Errorf("%q was removed", id)
		}
	}
	if there := have(t, h, h.Path("Library/Application Support/com.example.updates", programName)); len(there) != 1 {
		t.Error("files are gone")
	}
}
