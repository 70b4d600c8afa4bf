package launchd

import (
	"context"
	"errors"
	"strconv"

	"installordefer/internal/tool"
)

// SetDefault sets a key of a domain of preferences to a whole number. It goes
// through "defaults", because macOS keeps preferences in memory and would write
// what it remembers over a file that was changed behind its back.
func (h *Host) SetDefault(ctx context.Context, domain, key string, value int64) error {
	_, err := h.defaults(ctx, "writing "+key+" to the preferences", "write", domain, key, "-int", strconv.FormatInt(value, 10))
	return err
}

// DeleteDefault deletes a key of a domain of preferences. One that is not there
// is no error.
func (h *Host) DeleteDefault(ctx context.Context, domain, key string) error {
	_, err := h.defaults(ctx, "deleting "+key+" from the preferences", "delete", domain, key)
	var exit *exitError
	if errors.As(err, &exit) && exit.Code == noSuchDefault {
		return nil
	}
	return err
}

// ExportDefaults returns a domain of preferences as macOS has it in memory, which
// its file may not have yet, as a property list.
func (h *Host) ExportDefaults(ctx context.Context, domain string) ([]byte, error) {
	return h.defaults(ctx, "reading the preferences", "export", domain, "-")
}

// noSuchDefault is the status of "defaults delete" without such a key or domain.
const noSuchDefault = 1

func (h *Host) defaults(ctx context.Context, what string, args ...string) ([]byte, error) {
	r, err := h.run(ctx, what, tool.Command{Path: tool.Defaults, Args: args, Limit: quickLimit})
	return r.Stdout, err
}
