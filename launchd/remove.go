package launchd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"installordefer/internal/tool"
)

// An Act is a kind of step of the removal.
type Act int

// What a step does.
const (
	Mark       Act = iota // note that the removal has begun
	Delete                // delete a file or a folder with all in it
	Clear                 // delete what is in a folder but the files to keep
	ClearState            // delete the state, and the job's keys in the preferences
	Forget                // delete the receipt of the package
	BootOut               // have launchd unload the job
)

// A Step is one step of the removal.
type Step struct {
	Act  Act
	Path string   // of Mark, Delete and Clear
	Keep []string // of Clear: names in the folder that stay
	What string   // for the log: "delete the helper"
	// MayStay is true where macOS may refuse to let the application go, and the
	// rest goes all the same.
	MayStay bool
}

// steps returns the steps of the removal in their order.
//
// The order is what makes the removal resumable. Whatever ends it, launchd
// starts the program again, and the program goes on: so everything else goes
// before the job file, and the program only after it. A job whose program is
// gone would be started, and fail, every five minutes for ever.
//
// A job that is not loaded any more is not started again before the Mac is. Its
// file goes first, so that a removal that fails brings nothing back.
func steps(l Layout, rm Removal) []Step {
	all := stepsLeaving(l)
	if rm.KeepState {
		all = stepsKeeping(l, stateName, deadlineName)
	}
	if !rm.Unloaded {
		return all
	}
	var first, rest []Step
	for _, s := range all {
		if s.Path == l.JobFile() {
			first = append(first, s)
		} else {
			rest = append(rest, s)
		}
	}
	return append(first, rest...)
}

// stepsLeaving returns the steps of a removal that leaves nothing.
func stepsLeaving(l Layout) []Step {
	return []Step{
		{Act: Mark, Path: l.support(removingName), What: "note that the removal has begun"},
		{Act: Delete, Path: l.HelperApp(), What: "delete the helper", MayStay: true},
		{Act: Delete, Path: l.DeadlineCopy(), What: "delete the copy of the deadline"},
		{Act: ClearState, What: "delete the state and leave the settings"},
		{Act: Forget, What: "delete the receipt of the package"},
		{Act: Clear, Path: l.SupportFolder(), Keep: []string{programName, removingName, lockName}, What: "empty the folder of the job", MayStay: true},
		{Act: Delete, Path: l.JobFile(), What: "delete the job file"},
		{Act: Delete, Path: l.Program(), What: "delete the program"},
		{Act: Delete, Path: l.SupportFolder(), What: "delete the folder of the job", MayStay: true},
		{Act: BootOut, What: "unload the job"},
	}
}

// stepsKeeping returns the steps of a removal that leaves some of the job's files
// in its folder.
func stepsKeeping(l Layout, names ...string) []Step {
	return []Step{
		{Act: Mark, Path: l.support(removingName), What: "note that the removal has begun"},
		{Act: Delete, Path: l.HelperApp(), What: "delete the helper", MayStay: true},
		{Act: Forget, What: "delete the receipt of the package"},
		{Act: Clear, Path: l.SupportFolder(), Keep: append([]string{programName, removingName, lockName}, names...), What: "empty the folder of the job but for its state", MayStay: true},
		{Act: Delete, Path: l.JobFile(), What: "delete the job file"},
		{Act: Delete, Path: l.Program(), What: "delete the program"},
		{Act: Clear, Path: l.SupportFolder(), Keep: names, What: "leave nothing but the state in the folder of the job", MayStay: true},
		{Act: BootOut, What: "unload the job"},
	}
}

// A Removal is what Remove needs from its caller.
type Removal struct {
	// KeepState leaves the state where it is.
	KeepState bool
	// Unloaded says that launchd has unloaded the job, so that nothing starts it
	// again before the Mac starts.
	Unloaded bool
	// Left, if not nil, is told before the job is unloaded what macOS does not
	// let the program delete.
	Left func(error)
	// ClearState deletes the state, and takes the job's own keys out of the
	// preferences. It leaves settings of an administrator, and may be called
	// again after it is done.
	ClearState func(ctx context.Context) error
	// Before, if not nil, is called before each step. Its error stops the
	// removal there.
	Before func(Step) error
}

// Files are what a removal does to the files of the job. Paths are those of the
// Layout. What is not there is no error.
type Files interface {
	// Mark notes that the removal of the program that is there has begun, and
	// Marked tells whether that was noted of this very program.
	Mark() error
	Marked() (bool, error)
	// Delete deletes a file, or a folder with all in it.
	Delete(path string) error
	// Clear deletes what is in a folder but the names to keep.
	Clear(folder string, keep []string) error
}

// Remove takes the job off the Mac. Logs and settings stay. It may be called
// again after it was cut off or failed, and finishes what is left. When the
// job is running under launchd, the last step ends the calling process. An error
// that wraps ErrLeft says that the job is gone and its application is not.
func (h *Host) Remove(ctx context.Context, rm Removal) error {
	if err := h.ID.Check(); err != nil {
		return fmt.Errorf("removing the job: %w", err)
	}
	var left error
	for _, s := range steps(h.Layout, rm) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("removing the job, before the step to %s: %w", s.What, err)
		}
		if rm.Before != nil {
			if err := rm.Before(s); err != nil {
				return err
			}
		}
		if s.Act == BootOut && left != nil && rm.Left != nil {
			rm.Left(left)
		}
		err := h.do(ctx, s, rm)
		if s.MayStay && (err == nil || isRefused(err)) {
			left = err // a later step may have more luck
			continue
		}
		if err != nil {
			return fmt.Errorf("removing the job, in the step to %s: %w; %s", s.What, err, s.follows())
		}
	}
	if left != nil {
		return fmt.Errorf("%w: %w", ErrLeft, left)
	}
	return nil
}

// ErrLeft is wrapped by the error of a removal after which the job is gone, but
// not its application: from macOS 13 on an application is protected from programs
// that are not of its maker, root's included.
var ErrLeft = errors.New("the job is gone, but macOS does not let its application be deleted")

// isRefused tells whether every part of an error says that macOS refuses it.
func isRefused(err error) bool {
	if parts, ok := err.(interface{ Unwrap() []error }); ok {
		return !slices.ContainsFunc(parts.Unwrap(), func(err error) bool { return !isRefused(err) })
	}
	return errors.Is(err, unix.EPERM)
}

// follows says what a failed step means for the Mac.
func (s Step) follows() string {
	if s.Act == BootOut {
		return "its files are gone, but launchd keeps its name until the Mac restarts, and may report that it cannot start it"
	}
	return "the removal goes on at the next wake"
}

func (h *Host) do(ctx context.Context, s Step, rm Removal) error {
	switch s.Act {
	case Mark:
		return h.files().Mark()
	case Delete:
		return h.files().Delete(s.Path)
	case Clear:
		return h.files().Clear(s.Path, s.Keep)
	case ClearState:
		if rm.ClearState == nil {
			return nil
		}
		return rm.ClearState(ctx)
	case Forget:
		return h.forget(ctx)
	case BootOut:
		return h.Unload(ctx)
	}
	return fmt.Errorf("unknown step %d", s.Act)
}

// forget deletes the receipt. That there is none is as good.
func (h *Host) forget(ctx context.Context) error {
	_, err := h.run(ctx, "deleting the receipt", tool.Command{
		Path: tool.Pkgutil, Args: []string{"--forget", string(h.ID)}, Limit: slowLimit,
	})
	var exit *exitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

// Statuses of "launchctl bootout" that mean: the job is not loaded, or is
// being unloaded.
var unloaded = []int{0, 3, 36, 113}

// Unload has launchd unload the job, and so end a wake that is at work, which
// may be this very process. A job that is not loaded is no error.
func (h *Host) Unload(ctx context.Context) error {
	r, err := h.Runner.Run(ctx, tool.Command{
		Path: tool.Launchctl, Args: []string{"bootout", "system/" + string(h.ID)}, Limit: slowLimit,
	})
	if ctx.Err() != nil {
		return nil // launchd asked this process to end: that is the answer
	}
	if err != nil {
		return err
	}
	if !slices.Contains(unloaded, r.ExitCode) {
		return &exitError{What: "unloading the job", Path: tool.Launchctl, Code: r.ExitCode, Output: lastWords(r)}
	}
	return nil
}

// Loaded tells whether launchd has the job.
func (h *Host) Loaded(ctx context.Context) (bool, error) {
	r, err := h.Runner.Run(ctx, tool.Command{
		Path: tool.Launchctl, Args: []string{"print", "system/" + string(h.ID)}, Limit: slowLimit,
	})
	switch {
	case err != nil:
		return false, fmt.Errorf("asking launchd for the job: %w", err)
	case r.ExitCode == 0:
		return true, nil
	case slices.Contains(unloaded, r.ExitCode):
		return false, nil
	}
	return false, &exitError{What: "asking launchd for the job", Path: tool.Launchctl, Code: r.ExitCode, Output: lastWords(r)}
}

// Disabled tells whether launchd has been told to leave the job alone, as
// "launchctl disable" does. What is switched off in Login Items is not disabled, and
// macOS has no way to ask for it.
func (h *Host) Disabled(ctx context.Context) (bool, error) {
	r, err := h.run(ctx, "asking launchd for what is disabled", tool.Command{Path: tool.Launchctl, Args: []string{"print-disabled", "system"}})
	if err != nil {
		return false, err
	}
	entry := "\"" + string(h.ID) + "\" => "
	_, word, _ := strings.Cut(string(r.Stdout), entry)
	return strings.HasPrefix(word, "disabled") || strings.HasPrefix(word, "true"), nil
}

// RemovalBegun tells whether a removal of this very program was begun and not
// finished. The wake that sees it has to call Remove and nothing else.
func (h *Host) RemovalBegun() (bool, error) {
	begun, err := h.files().Marked()
	if err != nil {
		return false, fmt.Errorf("looking for an unfinished removal: %w", err)
	}
	return begun, nil
}
