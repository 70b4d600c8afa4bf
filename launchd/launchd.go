// Package launchd is the host: the Mac around the root job.
//
// It knows where the job's files are, who is at the screen, how to start the
// helper in that person's session, what the Mac says of its power, disk and
// version, how a restart is asked for and then made, and how the job takes
// itself off the Mac. It decides nothing: when to prompt, restart or remove
// is the policy's business.
//
// What must hold here:
//
//   - Every program is named by an absolute path and gets its arguments one by
//     one. No shell, no text made into a script.
//   - What is not known is an error. In particular "nobody is at the screen"
//     is only said when the Mac says so: past the deadline it means installing
//     without a dialog.
//   - Files are opened and deleted folder by folder, without following links,
//     and only in folders that root alone can write.
//   - Removal can be cut off anywhere and begun again.
//
// Commands carry the paths as the Mac knows them (/usr/bin/open). What this
// package itself opens lies on the volume of the Layout, and so do the programs
// that tool.System runs.
package launchd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"installordefer/internal/tool"
)

// A Runner runs programs of the Mac to their end. Its error says that the
// program could not be started, was ended at its limit or by ctx; an exit
// status other than 0 is not an error.
type Runner interface {
	Run(ctx context.Context, c tool.Command) (tool.Result, error)
}

// A Host is one Mac.
type Host struct {
	Layout
	Runner Runner
	// Files are the job's files; nil means those of the volume.
	Files Files
	// Kernel speaks for the kernel of a Mac that is not the one that runs the
	// program; nil means that one.
	Kernel func() (Kernel, error)
	// Owner is the user id that must own the job's files: 0, root, unless a
	// simulated Mac is run by someone else.
	Owner int
	// TeamID is the signing team that the helper must come from. Empty in
	// builds that are not signed; the signature is then not checked.
	TeamID string
}

// Limits of the tools that answer from what they know. All of them answer in
// well under a second on a Mac that is not in trouble.
const (
	quickLimit = 20 * time.Second
	slowLimit  = time.Minute
)

// run runs a tool that only answers a question and must exit with 0.
func (h *Host) run(ctx context.Context, what string, c tool.Command) (tool.Result, error) {
	if c.Limit == 0 {
		c.Limit = quickLimit
	}
	r, err := h.Runner.Run(ctx, c)
	if err != nil {
		return r, fmt.Errorf("%s: %w", what, err)
	}
	if r.ExitCode != 0 {
		return r, &exitError{What: what, Path: c.Path, Code: r.ExitCode, Output: lastWords(r)}
	}
	return r, nil
}

// An exitError says that a tool of macOS ended with a status other than 0.
type exitError struct {
	What   string
	Path   tool.Path
	Code   int
	Output string // its last words, fit for the log
}

func (e *exitError) Error() string {
	s := fmt.Sprintf("%s: %s ended with status %d", e.What, e.Path, e.Code)
	if e.Output == "" {
		return s + " and said nothing"
	}
	return s + " and said: " + e.Output
}

// lastWords returns the end of a tool's output as one line for the log. What
// a tool complains of comes last and on the error stream.
func lastWords(r tool.Result) string {
	const most = 300
	text := r.Stderr
	if len(strings.TrimSpace(string(text))) == 0 {
		text = r.Stdout
	}
	if len(text) > 4*most {
		text = text[len(text)-4*most:]
	}
	clean := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(string(text), "?"))
	words := []rune(strings.Join(strings.Fields(clean), " "))
	if len(words) > most {
		words = append([]rune("…"), words[len(words)-most:]...)
	}
	return string(words)
}
