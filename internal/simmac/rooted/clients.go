package rooted

import (
	"strings"
	"sync"
	"syscall"

	"installordefer/internal/clock"
	"installordefer/internal/simmac"
	"installordefer/internal/simmac/wire"
	"installordefer/prompt"
)

// A client is a program of the Mac that is connected with the model.
type client struct {
	r    *Mac
	conn *wire.Conn
	pid  int

	mu     sync.Mutex
	queue  []wire.Event
	more   *sync.Cond
	closed bool
}

// accept takes the calls of programs.
func (r *Mac) accept() {
	defer r.all.Done()
	for {
		n, err := r.listener.Accept()
		if err != nil {
			return
		}
		c := &client{r: r, conn: wire.NewConn(n)}
		c.more = sync.NewCond(&c.mu)
		r.mu.Lock()
		select {
		case <-r.done:
			r.mu.Unlock()
			n.Close()
			return
		default:
		}
		r.clients[c] = true
		r.all.Add(2)
		r.mu.Unlock()
		go c.write()
		go c.serve()
	}
}

// send queues an event for the program. The model never waits for it.
func (c *client) send(e wire.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, e)
	c.more.Signal()
}

// close ends the connection once what is queued has been sent.
func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.more.Signal()
}

func (c *client) write() {
	defer c.r.all.Done()
	defer c.conn.Close()
	for {
		c.mu.Lock()
		for len(c.queue) == 0 && !c.closed {
			c.more.Wait()
		}
		queue := c.queue
		c.queue = nil
		c.mu.Unlock()
		if len(queue) == 0 {
			return
		}
		for _, e := range queue {
			if c.conn.Send(e) != nil {
				return
			}
		}
	}
}

// serve does what the program wants, until it is gone.
func (c *client) serve() {
	defer c.r.all.Done()
	defer c.gone()
	var h wire.Hello
	if c.conn.Receive(&h) != nil {
		return
	}
	c.r.mu.Lock()
	c.pid = h.PID
	c.r.active = clock.Real()
	c.r.mu.Unlock()
	switch h.Op {
	case wire.Run:
		c.run(h)
	case wire.Note:
		c.r.Do(func(m *simmac.Mac) {
			m.Record(simmac.Event{Kind: simmac.ToolRan, Argv: h.Argv, Text: simmac.ShownArgv(h.Argv)})
		})
	case wire.Log:
		c.log()
	case wire.Show:
		c.show(h)
	}
}

func (c *client) gone() {
	c.r.mu.Lock()
	delete(c.r.clients, c)
	c.r.active = clock.Real()
	c.r.mu.Unlock()
	c.close()
}

// run lets the model run a tool for the program.
func (c *client) run(h wire.Hello) {
	var p *simmac.Program
	var err error
	c.r.Do(func(m *simmac.Mac) {
		p, err = m.Start(simmac.Started{
			Argv: h.Argv, Stdin: h.Stdin, UID: h.UID, Session: h.Session, Terminal: h.Terminal,
			Output: func(stderr bool, b []byte) { c.send(wire.Event{Out: b, Err: stderr}) },
			Exit:   func(code int) { c.send(wire.Event{Exit: true, Code: code}) },
		})
	})
	if err != nil {
		c.send(wire.Event{Out: []byte(err.Error() + "\n"), Err: true})
		c.send(wire.Event{Exit: true, Code: 127})
	}
	var e wire.Event
	for c.conn.Receive(&e) == nil {
	}
	if p != nil { // the process is gone
		c.r.Do(func(*simmac.Mac) { p.Kill() })
	}
}

// log takes lines for the system log.
func (c *client) log() {
	for {
		var e wire.Event
		if c.conn.Receive(&e) != nil {
			return
		}
		if e.EOF {
			c.send(wire.Event{Exit: true})
			return
		}
		name, text, _ := strings.Cut(string(e.Line), ": ")
		text, failed := strings.CutPrefix(text, "error: ")
		c.r.Do(func(m *simmac.Mac) {
			m.Record(simmac.Event{Kind: simmac.Logged, Name: name, Text: text, Failed: failed})
		})
	}
}

// show gives a dialog to the people of the model, or to a real helper.
func (c *client) show(h wire.Hello) {
	var w *simmac.Showing
	real := c.r.cfg.Helper
	turn := func() { c.turned(w) }
	c.r.Do(func(m *simmac.Mac) {
		if real != "" {
			w = m.Observe(h.UID, h.Line, turn)
		} else {
			w = m.Show(h.UID, h.Line, turn)
		}
	})
	switch {
	case w == nil:
		c.send(wire.Event{Exit: true, Code: noScreen})
		return
	case real != "":
		c.send(wire.Event{Helper: real, Terminal: c.r.cfg.Terminal, Env: c.r.cfg.HelperEnv})
	default:
		c.send(wire.Event{})
		c.r.Do(func(*simmac.Mac) { c.turned(w) })
	}
	for {
		var e wire.Event
		if c.conn.Receive(&e) != nil {
			c.r.Do(func(*simmac.Mac) { w.Kill() })
			return
		}
		c.r.Do(func(*simmac.Mac) { c.told(w, e) })
	}
}

// noScreen is the exit code of a helper that could not reach the screen.
const noScreen = 1

// told passes on what the helper's process tells. The lock is held.
func (c *client) told(w *simmac.Showing, e wire.Event) {
	switch {
	case e.Exit:
		w.Report(e.Line, e.Code)
	case e.EOF:
		w.CloseInput()
	default:
		w.Change(e.Line)
	}
}

// turned tells the helper's process that the helper is stopped, or how it ends.
func (c *client) turned(w *simmac.Showing) {
	line, code, _, ended := w.Ended()
	switch {
	case !ended && w.Frozen():
		c.send(wire.Event{Stop: true})
		return
	case !ended:
		c.send(wire.Event{Line: prompt.EncodeSight(w.Dialog, w.Sight())})
		return
	}
	c.send(wire.Event{Exit: true, Code: code, Line: line})
}

// signal sends a signal to every process of the Mac that is known.
func (r *Mac) signal(s syscall.Signal) {
	if r.job != nil && r.job.Process != nil {
		syscall.Kill(-r.job.Process.Pid, s)
	}
	for c := range r.clients {
		if c.pid > 0 {
			syscall.Kill(c.pid, s)
		}
	}
}
