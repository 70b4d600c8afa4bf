package main

import (
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// A desk is the terminal of the person at the simulated Mac, which belongs to
// another session, joined to one that the helper can have as its own.
type desk struct {
	real   *os.File
	before unix.Termios
	ours   *os.File // the pseudo-terminal's end that is not the helper's
	shown  chan struct{}
}

// sitDown gives the helper cmd a terminal, whose keys and screen are those of
// the terminal at path.
func sitDown(path string, cmd *exec.Cmd) (*desk, error) {
	real, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	d := &desk{real: real, shown: make(chan struct{})}
	ours, helpers, err := pty.Open()
	if err != nil {
		return nil, err
	}
	d.ours = ours
	if err := pty.InheritSize(real, helpers); err != nil {
		return nil, err
	}
	before, err := unix.IoctlGetTermios(int(real.Fd()), getTermios)
	if err != nil {
		return nil, err
	}
	d.before = *before
	keys := *before
	// Each key goes to the helper as it is, but for those that send signals:
	// they end the whole play.
	keys.Lflag &^= unix.ICANON | unix.ECHO
	keys.Iflag &^= unix.ICRNL
	keys.Oflag &^= unix.OPOST
	keys.Cc[unix.VMIN], keys.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(real.Fd()), setTermios, &keys); err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{helpers}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	go io.Copy(ours, real)
	go func() {
		io.Copy(real, ours)
		close(d.shown)
	}()
	return d, nil
}

// leave gives the terminal back as it was, with all on it that the helper has
// shown.
func (d *desk) leave(cmd *exec.Cmd) {
	for _, f := range cmd.ExtraFiles {
		f.Close()
	}
	<-d.shown
	unix.IoctlSetTermios(int(d.real.Fd()), setTermios, &d.before)
}
