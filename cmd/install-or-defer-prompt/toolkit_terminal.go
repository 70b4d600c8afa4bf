//go:build !(cgo && (darwin || gnustep))

package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"

	"installordefer/internal/tool"
	"installordefer/prompt"
	"installordefer/prompt/terminal"
)

// onTerminal shows the dialog on the terminal that the helper belongs to. It
// takes the terminal only when there is a dialog to show.
type onTerminal struct {
	mu  sync.Mutex
	tty *terminal.TTY
}

func newToolkit() toolkit { return &onTerminal{} }

func (t *onTerminal) Show(ctx context.Context, d prompt.Dialog, changes <-chan prompt.Change, sees func(prompt.Sight)) (prompt.Answer, error) {
	tty, err := terminal.OpenTTY()
	if err != nil {
		return prompt.Answer{}, err
	}
	t.mu.Lock()
	t.tty = tty
	t.mu.Unlock()
	defer t.release()
	return tty.Terminal(environment(), openPane).Show(ctx, d, changes, sees)
}

func (t *onTerminal) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tty != nil {
		t.tty.Close()
		t.tty = nil
	}
}

// openPane opens the Software Update pane in the person's own session.
func openPane(ctx context.Context, pane string) error {
	if !strings.HasPrefix(pane, "x-apple.systempreferences:") && !strings.HasPrefix(pane, "/") {
		return fmt.Errorf("%q is not a pane of System Settings", pane)
	}
	return exec.CommandContext(ctx, string(tool.Open), pane).Run()
}
