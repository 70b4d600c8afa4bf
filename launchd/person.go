package launchd

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"

	"installordefer/internal/tool"
)

// AsPerson is the first argument with which the root job's program becomes a
// person and then another program. It is for the job itself: sudo, which does
// the same, is often replaced, or forbidden, by those who manage privileges.
const AsPerson = "as-person"

// asPerson returns the command that runs a program in u's login session and
// as u: launchctl enters the session and stays root, and the program of the job
// becomes the person. All of them are one process in the end.
func (h *Host) asPerson(u ConsoleUser, program string, args ...string) tool.Command {
	uid := strconv.Itoa(u.UID)
	return tool.Command{
		Path: tool.Launchctl,
		Args: append([]string{"asuser", uid, h.OnMac().Program(), AsPerson, uid, program}, args...),
	}
}

// HelperCommand returns the command that starts the helper in u's session. It
// has no limit and no input yet.
func (h *Host) HelperCommand(u ConsoleUser, args ...string) tool.Command {
	return h.asPerson(u, h.OnMac().Helper(), args...)
}

// CutAsPerson takes the arguments behind AsPerson apart.
func CutAsPerson(args []string) (uid int, program []string, err error) {
	if len(args) < 2 {
		return 0, nil, fmt.Errorf("%s needs a user id and a program", AsPerson)
	}
	uid, err = parseUID(args[0])
	if err != nil || uid < 0 {
		return 0, nil, fmt.Errorf("%s needs a user id, and %q is not one", AsPerson, args[0])
	}
	if !strings.HasPrefix(args[1], "/") {
		return 0, nil, fmt.Errorf("%s needs a program with its whole path, and %q has none", AsPerson, args[1])
	}
	return uid, args[1:], nil
}

// maxGroups is how many groups macOS lets a process have.
const maxGroups = 16

// Become makes this process, which must be root's, one of a person and lets it go
// on as another program. It returns only with an error: then that program has
// not begun.
func Become(uid int, program []string) error {
	who, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return fmt.Errorf("find the account of user id %d: %w", uid, err)
	}
	gid, groups, err := groupsOf(who)
	if err != nil {
		return err
	}
	// The order matters: who has given the user id away may change nothing else.
	if err := syscall.Setgroups(groups); err != nil {
		return fmt.Errorf("take the groups of %s: %w", who.Username, err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return fmt.Errorf("take the group of %s: %w", who.Username, err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return fmt.Errorf("become %s: %w", who.Username, err)
	}
	if uid != 0 && syscall.Setuid(0) == nil {
		return errors.New("become " + who.Username + ": this process could still go back to root")
	}
	err = syscall.Exec(program[0], program, environmentOf(who, os.Environ()))
	return fmt.Errorf("start %s as %s: %w", program[0], who.Username, err)
}

// groupsOf returns the groups of an account, its own first, as many as a process
// can have.
func groupsOf(who *user.User) (gid int, groups []int, err error) {
	gid, err = strconv.Atoi(who.Gid)
	if err != nil {
		return 0, nil, fmt.Errorf("the group %q of %s is not a number", who.Gid, who.Username)
	}
	groups = []int{gid}
	all, err := who.GroupIds()
	if err != nil {
		return 0, nil, fmt.Errorf("find the groups of %s: %w", who.Username, err)
	}
	for _, g := range all {
		n, err := strconv.Atoi(g)
		if err == nil && n != gid && len(groups) < maxGroups {
			groups = append(groups, n)
		}
	}
	return gid, groups, nil
}

// environmentOf is root's environment with the names of a person in place of
// root's.
func environmentOf(who *user.User, roots []string) []string {
	var out []string
	for _, v := range roots {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "HOME", "USER", "LOGNAME":
		default:
			out = append(out, v)
		}
	}
	return append(out, "HOME="+who.HomeDir, "USER="+who.Username, "LOGNAME="+who.Username)
}
