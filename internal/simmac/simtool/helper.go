package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"installordefer/internal/simmac/wire"
	"installordefer/prompt"
)

// helper is the process that shows a dialog: the people of the model answer
// it, or a real helper does, which the model names.
func (p *program) helper() int {
	in := bufio.NewReaderSize(os.Stdin, 64<<10)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return prompt.ExitNone
	}
	c := p.dial(wire.Hello{Op: wire.Show, Line: line})
	defer c.Close()
	var first wire.Event
	if err := c.Receive(&first); err != nil {
		dieBySignal()
	}
	switch {
	case first.Helper != "":
		return p.realHelper(c, first, line, in)
	case first.Exit:
		return first.Code
	}
	go forward(in, c, nil)
	for {
		var e wire.Event
		if err := c.Receive(&e); err != nil {
			dieBySignal()
		}
		if !e.Exit {
			os.Stdout.Write(e.Line) // what is seen of the dialog
		}
		if e.Stop {
			syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		}
		if e.Exit {
			os.Stdout.Write(e.Line)
			if e.Code < 0 {
				dieBySignal()
			}
			return e.Code
		}
	}
}

// forward tells the model, and a real helper where there is one, what the root
// job says, to the end of standard input.
func forward(in *bufio.Reader, c *wire.Conn, to io.WriteCloser) {
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 && err == nil {
			if to != nil {
				to.Write(line)
			}
			c.Send(wire.Event{Line: line})
		}
		if err != nil {
			if to != nil {
				to.Close()
			}
			c.Send(wire.Event{EOF: true})
			return
		}
	}
}

// realHelper stands between the root job and a real helper, so that the model
// sees what goes on.
func (p *program) realHelper(c *wire.Conn, e wire.Event, dialog []byte, in *bufio.Reader) int {
	cmd := exec.Command(e.Helper, "--clock", filepath.Join(p.root, "private/var/simmac/clock.json"))
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), e.Env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return prompt.ExitNone
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return prompt.ExitNone
	}
	leave := func() {}
	if e.Terminal != "" {
		d, err := sitDown(e.Terminal, cmd)
		if err != nil {
			fail("the terminal %s: %v", e.Terminal, err)
		}
		leave = func() { d.leave(cmd) }
	}
	if err := cmd.Start(); err != nil {
		leave()
		fail("the helper: %v", err)
	}
	go func() {
		stdin.Write(dialog)
		forward(in, c, stdin)
	}()
	go func() {
		var e wire.Event
		for c.Receive(&e) == nil && !e.Exit {
		}
		cmd.Process.Kill() // the session has ended, or the Mac
	}()
	go func() {
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		<-asked
		cmd.Process.Signal(syscall.SIGTERM)
	}()
	said, _ := io.ReadAll(io.TeeReader(io.LimitReader(stdout, 1<<20), os.Stdout))
	cmd.Wait() // its exit code is looked at below
	leave()
	answer := said[bytes.LastIndexByte(bytes.TrimSuffix(said, []byte("\n")), '\n')+1:]
	code := cmd.ProcessState.ExitCode()
	c.Send(wire.Event{Exit: true, Code: code, Line: answer})
	if code < 0 {
		dieBySignal()
	}
	return code
}
