package main

import (
	"bufio"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"installordefer/internal/simmac/wire"
)

// dial connects to the model, or ends the program.
func (p *program) dial(h wire.Hello) *wire.Conn {
	c, err := wire.Dial(p.root)
	if err != nil {
		fail("%v", err)
	}
	h.PID, h.UID, h.Session = os.Getpid(), p.uid, p.session
	if err := c.Send(h); err != nil {
		fail("%v", err)
	}
	return c
}

// tool prints what the model says and ends as it says.
func (p *program) tool() int {
	h := wire.Hello{Op: wire.Run, Argv: append([]string{p.path}, os.Args[1:]...), Terminal: isTerminal(1)}
	if p.reads() {
		h.Stdin, _ = io.ReadAll(io.LimitReader(os.Stdin, 1<<20))
	}
	c := p.dial(h)
	defer c.Close()
	for {
		var e wire.Event
		if err := c.Receive(&e); err != nil {
			dieBySignal() // the Mac has gone down
		}
		out := os.Stdout
		if e.Err {
			out = os.Stderr
		}
		out.Write(e.Out)
		if e.Stop {
			syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		}
		if e.Exit {
			if e.Code < 0 {
				dieBySignal()
			}
			return e.Code
		}
	}
}

// reads tells whether the tool reads its standard input to the end.
func (p *program) reads() bool {
	if p.path == "/usr/sbin/scutil" {
		return true
	}
	for _, a := range os.Args[1:] {
		if a == "--stdinpass" {
			return true
		}
	}
	return false
}

// log sends each line to the system log as it comes.
func (p *program) log() int {
	c := p.dial(wire.Hello{Op: wire.Log, Argv: append([]string{p.path}, os.Args[1:]...)})
	defer c.Close()
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if c.Send(wire.Event{Line: in.Bytes()}) != nil {
			return 1
		}
	}
	if c.Send(wire.Event{EOF: true}) != nil {
		return 1
	}
	var e wire.Event
	c.Receive(&e) // the model has it all
	return 0
}

func isTerminal(fd int) bool {
	_, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ)
	return err == nil
}

// dieBySignal ends the program as if from outside.
func dieBySignal() {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
