package launchd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"installordefer/internal/tool"
)

// CheckHelper checks, before the helper is started, that it is the one that
// was installed: its files as checkHelperFiles does, and in signed builds that
// the signature is that of the team; note says why it was not looked at
// otherwise. Errors about owners, modes, links and signatures wrap ErrUnsafe.
func (h *Host) CheckHelper(ctx context.Context) (note string, err error) {
	if err := h.checkHelperFiles(); err != nil {
		return "", err
	}
	return h.checkSignature(ctx)
}

// checkHelperFiles checks that nobody but root could have replaced the helper:
// every folder on the way to it and the program itself must belong to root and
// be writable by nobody else, none a link. It starts no program.
func (h *Host) checkHelperFiles() error {
	dir, err := h.OpenFolder(filepath.Dir(h.Helper()))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the helper is not installed: there is no %s: %w", h.Helper(), fs.ErrNotExist)
	}
	if err != nil {
		return fmt.Errorf("checking the helper before its start: %w", err)
	}
	defer dir.Close()
	info, err := dir.Lstat(helperName)
	if err != nil {
		return fmt.Errorf("the helper is not installed: %w", err)
	}
	switch {
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is not an ordinary file: %w", h.Helper(), ErrUnsafe)
	case info.Mode().Perm()&0o111 != 0o111:
		err = fmt.Errorf("%s cannot be started by everyone (mode %#o)", h.Helper(), info.Mode().Perm())
	default:
		err = h.checkOwned(info, h.Helper())
	}
	if err != nil {
		return fmt.Errorf("checking the helper before its start: %w", err)
	}
	return nil
}

func (h *Host) checkSignature(ctx context.Context) (note string, err error) {
	if h.TeamID == "" {
		return "the signature of the helper was not checked: this build names no signing team", nil
	}
	if !isTeam(h.TeamID) {
		return "", fmt.Errorf("checking the helper before its start: %q is not a team identifier", h.TeamID)
	}
	_, err = h.run(ctx, "checking the signature of the helper", tool.Command{
		Path: tool.Codesign,
		Args: []string{"--verify", "--strict",
			"-R=anchor apple generic and certificate leaf[subject.OU] = \"" + h.TeamID + "\"",
			h.OnMac().HelperApp()},
		Limit: slowLimit,
	})
	var exit *exitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%w: %w", err, ErrUnsafe)
	}
	return "", err
}
