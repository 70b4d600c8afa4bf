package terminal

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"installordefer/prompt/words"
)

// A TTY is the terminal of the person's session, set up for a dialog.
type TTY struct {
	file   *os.File
	before unix.Termios
	group  int // the process group that had the terminal
}

// OpenTTY takes the terminal that the process belongs to, /dev/tty, because
// standard input and output belong to the root job. It reads key by key from
// then on and echoes nothing. The root job gives the helper a process group of
// its own, which has to be brought to the foreground to read at all.
func OpenTTY() (*TTY, error) {
	file, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("there is no terminal to ask on: %w", err)
	}
	t := &TTY{file: file}
	if err := t.take(); err != nil {
		file.Close()
		return nil, fmt.Errorf("the terminal cannot be used: %w", err)
	}
	return t, nil
}

func (t *TTY) take() error {
	// What stops a background process that touches its terminal.
	signal.Ignore(syscall.SIGTTIN, syscall.SIGTTOU)
	var err error
	if t.group, err = unix.IoctlGetInt(t.fd(), unix.TIOCGPGRP); err != nil {
		return err
	}
	if err := unix.IoctlSetPointerInt(t.fd(), unix.TIOCSPGRP, unix.Getpgrp()); err != nil {
		return err
	}
	before, err := unix.IoctlGetTermios(t.fd(), getTermios)
	if err != nil {
		return err
	}
	t.before = *before
	keys := *before
	keys.Lflag &^= unix.ICANON | unix.ECHO
	keys.Iflag &^= unix.ICRNL
	keys.Cc[unix.VMIN], keys.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(t.fd(), setTermios, &keys)
}

// Close gives the terminal back as it was.
func (t *TTY) Close() {
	unix.IoctlSetTermios(t.fd(), setTermios, &t.before)
	if t.group > 0 {
		unix.IoctlSetPointerInt(t.fd(), unix.TIOCSPGRP, t.group)
	}
}

// Terminal returns the toolkit on t that speaks to p.
func (t *TTY) Terminal(p words.Person, openPane func(context.Context, string) error) *Terminal {
	return &Terminal{Keys: t.file, Screen: t.file, Live: true, Size: t.size, Person: p, OpenPane: openPane}
}

func (t *TTY) size() (width, height int) {
	w, err := unix.IoctlGetWinsize(t.fd(), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0
	}
	return int(w.Col), int(w.Row)
}

func (t *TTY) fd() int { return int(t.file.Fd()) }
