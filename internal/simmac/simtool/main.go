// Command simtool is every program of a simulated Mac that lies below a root
// folder: softwareupdate, launchctl, the helper. Which one it is it knows from
// the path that it was started by. It has no wits of its own: the model says
// what to print and how to end, over a socket in the folder.
//
// What launchctl asuser starts is started for real, so that pipes,
// process groups and exit codes are those of real processes.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"installordefer/internal/simmac"
	"installordefer/internal/simmac/wire"
)

// helperName is the name of the helper's executable.
const helperName = "install-or-defer-prompt"

func main() {
	root, path := whereAmI()
	if root == "" {
		fail("this program is a part of a simulated Mac and works only below its root folder")
	}
	p := &program{root: root, path: path, uid: number(wire.EnvUID), session: number(wire.EnvSession)}
	os.Exit(p.main())
}

// whereAmI returns the root folder and the path below it that this program
// was started by.
func whereAmI() (root, path string) {
	self := os.Args[0]
	if !filepath.IsAbs(self) {
		self, _ = os.Executable()
	}
	if i := strings.Index(self, "/Library/Application Support/"); i > 0 && filepath.Base(self) == helperName {
		return self[:i], self[i:]
	}
	for _, t := range simmac.Tools {
		if r, ok := strings.CutSuffix(self, string(t)); ok && r != "" {
			return r, string(t)
		}
	}
	return "", ""
}

func number(env string) int {
	n, _ := strconv.Atoi(os.Getenv(env))
	return n
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "simtool: "+format+"\n", args...)
	os.Exit(1)
}

// A program is one process of the Mac.
type program struct {
	root, path   string
	uid, session int
}

func (p *program) main() int {
	switch {
	case filepath.Base(p.path) == helperName:
		return p.helper()
	case p.path == "/bin/launchctl" && len(os.Args) > 3 && os.Args[1] == "asuser" && p.uid == 0:
		if uid, err := strconv.Atoi(os.Args[2]); err == nil {
			p.session = uid
			return p.inSession(os.Args[3:])
		}
	case p.path == "/usr/bin/logger":
		return p.log()
	}
	return p.tool()
}

// inSession goes on as the program that was named. Where that is the root job's
// own, which is to become a person, that happens here: nobody need be root to
// play with a simulated Mac.
func (p *program) inSession(argv []string) int {
	if uid, program, ok := simmac.AsPerson(argv); ok {
		p.uid, argv = uid, program
	}
	return p.become(argv)
}

// become lets this process go on as the program that was named, which lies
// below the root too.
func (p *program) become(argv []string) int {
	if c, err := wire.Dial(p.root); err == nil {
		c.Send(wire.Hello{Op: wire.Note, PID: os.Getpid(), Argv: append([]string{p.path}, os.Args[1:]...)})
		c.Close()
	}
	path := filepath.Join(p.root, argv[0])
	env := []string{
		"PATH=/usr/bin:/bin:/usr/sbin:/sbin",
		fmt.Sprintf("%s=%d", wire.EnvUID, p.uid), fmt.Sprintf("%s=%d", wire.EnvSession, p.session),
	}
	for _, name := range []string{"DISPLAY", "TERM", "LANG", "TZ"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	err := syscall.Exec(path, append([]string{path}, argv[1:]...), env)
	fmt.Fprintf(os.Stderr, "%s: %v\n", argv[0], err)
	return 127
}
