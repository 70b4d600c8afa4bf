package launchd

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"installordefer/internal/tool"
)

func TestDefaults(t *testing.T) {
	const domain = "/Library/Preferences/com.example.updates"
	for name, c := range map[string]struct {
		do     func(*Host) error
		code   int
		want   string
		failed bool
	}{
		"writes a whole number":             {do: func(h *Host) error { return h.SetDefault(context.Background(), domain, "Key", 1795442400) }, want: "/usr/bin/defaults write " + domain + " Key -int 1795442400"},
		"says that it could not write":      {do: func(h *Host) error { return h.SetDefault(context.Background(), domain, "Key", 1) }, code: 1, want: "/usr/bin/defaults write " + domain + " Key -int 1", failed: true},
		"deletes a key":                     {do: func(h *Host) error { return h.DeleteDefault(context.Background(), domain, "Key") }, want: "/usr/bin/defaults delete " + domain + " Key"},
		"finds nothing to delete":           {do: func(h *Host) error { return h.DeleteDefault(context.Background(), domain, "Key") }, code: 1, want: "/usr/bin/defaults delete " + domain + " Key"},
		"exports a domain":                  {do: func(h *Host) error { return exports(h, domain, "<plist/>") }, want: "/usr/bin/defaults export " + domain + " -"},
		"says that it could not export one": {do: func(h *Host) error { return exports(h, domain, "") }, code: 1, want: "/usr/bin/defaults export " + domain + " -", failed: true},
		"says that it could not delete one": {do: func(h *Host) error { return h.DeleteDefault(context.Background(), domain, "Key") }, code: 2, want: "/usr/bin/defaults delete " + domain + " Key", failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newMac(t)
			runner := h.Runner.(*fakeRunner)
			runner.answers[c.want] = tool.Result{ExitCode: c.code, Stdout: []byte("<plist/>")}
			if err := c.do(h); (err != nil) != c.failed {
				t.Errorf("got %v", err)
			}
			if lines := runner.lines(); !slices.Equal(lines, []string{c.want}) {
				t.Errorf("it ran %q", lines)
			}
		})
	}
}

func exports(h *Host, domain, want string) error {
	data, err := h.ExportDefaults(context.Background(), domain)
	if err == nil && string(data) != want {
		return fmt.Errorf("it exports %q", data)
	}
	return err
}
