// Package wire is how the executables of a simulated Mac talk with the model:
// lines of JSON on a unix socket, a first one from the program, then events
// from both sides until either closes.
package wire

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// Socket is where the socket is, below the root folder. It can be a link to
// where it really is, because the path of a socket must be short.
const Socket = "private/var/simmac/sock"

// The variables in which the program that launchctl stands for tells
// what it starts who that is.
const (
	EnvSession = "SIMMAC_SESSION" // the login session, a user id
	EnvUID     = "SIMMAC_UID"     // who runs the program
)

// An Op is what a program wants.
type Op string

// The ops.
const (
	// Run lets the model run a tool.
	Run Op = "run"
	// Note tells the model of a program that the executable itself is, such
	// as launchctl asuser.
	Note Op = "note"
	// Log sends lines for the system log.
	Log Op = "log"
	// Show gives a dialog to the people of the model.
	Show Op = "show"
)

// A Hello is the first line of a program.
type Hello struct {
	Op       Op       `json:"op"`
	PID      int      `json:"pid"`
	Argv     []string `json:"argv,omitempty"`
	Stdin    []byte   `json:"stdin,omitempty"`
	UID      int      `json:"uid,omitempty"`
	Session  int      `json:"session,omitempty"`
	Terminal bool     `json:"terminal,omitempty"`
	// Line is the dialog of Show.
	Line []byte `json:"line,omitempty"`
}

// An Event is any later line.
type Event struct {
	// Out is output of the tool, on standard error where Err is set.
	Out []byte `json:"out,omitempty"`
	Err bool   `json:"err,omitempty"`
	// Exit is the tool's or the helper's end; Code -1 means by a signal.
	Exit bool `json:"exit,omitempty"`
	Code int  `json:"code,omitempty"`
	// Line is a log line, a change to the dialog, or the helper's answer.
	Line []byte `json:"line,omitempty"`
	// EOF says that the helper's standard input has ended.
	EOF bool `json:"eof,omitempty"`
	// Stop asks the program to stop itself, as SIGSTOP does.
	Stop bool `json:"stop,omitempty"`
	// Helper names a real helper that is to show the dialog instead, Terminal
	// the terminal that it is to use, if any, and Env what is added to its
	// environment.
	Helper   string   `json:"helper,omitempty"`
	Terminal string   `json:"terminal,omitempty"`
	Env      []string `json:"env,omitempty"`
}

// maxLine bounds a line, in bytes.
const maxLine = 8 << 20

// A Conn is one connection.
type Conn struct {
	net net.Conn
	in  *bufio.Reader

	mu   sync.Mutex
	json *json.Encoder
}

// NewConn returns a connection on c.
func NewConn(c net.Conn) *Conn {
	return &Conn{net: c, in: bufio.NewReaderSize(c, 64<<10), json: json.NewEncoder(c)}
}

// Dial connects a program to the model of the Mac below root.
func Dial(root string) (*Conn, error) {
	path := filepath.Join(root, Socket)
	if target, err := os.Readlink(path); err == nil {
		path = target
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		return nil, fmt.Errorf("the simulated Mac in %s is not there: %w", root, err)
	}
	return NewConn(c), nil
}

// Send sends a line. Several goroutines may do so.
func (c *Conn) Send(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.json.Encode(v)
}

// Receive reads a line into v.
func (c *Conn) Receive(v any) error {
	var line []byte
	for {
		part, err := c.in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			return json.Unmarshal(line, v)
		}
		if err != bufio.ErrBufferFull {
			return err
		}
		if len(line) > maxLine {
			return io.ErrShortBuffer
		}
	}
}

// Close closes the connection.
func (c *Conn) Close() error { return c.net.Close() }
