package tool

import (
	"fmt"
	"os"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// openTerminal returns the two ends of a new pseudo-terminal: ours, and the
// program's, which passes bytes on as they are and echoes nothing.
func openTerminal() (ours, program *os.File, err error) {
	ours, program, err = pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("opening a terminal: %w", err)
	}
	if err := makeRaw(int(program.Fd())); err != nil {
		closeFiles(ours, program)
		return nil, nil, fmt.Errorf("setting up a terminal: %w", err)
	}
	return ours, program, nil
}

// makeRaw turns off all that a terminal does to the bytes that pass it.
func makeRaw(fd int) error {
	t, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return err
	}
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cflag &^= unix.CSIZE | unix.PARENB
	t.Cflag |= unix.CS8
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(fd, setTermios, t)
}
