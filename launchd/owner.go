package launchd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"installordefer/internal/tool"
)

// A VolumeUser is one who can unlock the startup disk.
type VolumeUser struct {
	UUID  string
	Owner bool
}

// ParseVolumeUsers reads what "diskutil apfs listUsers / -plist" prints. Only
// accounts count, not recovery keys, which may own the volume too.
func ParseVolumeUsers(diskutil []byte) ([]VolumeUser, error) {
	dict, err := readPlist(diskutil)
	if err != nil {
		return nil, fmt.Errorf("the owners of the startup disk: %w", err)
	}
	list, ok := dict["Users"].([]any)
	if !ok {
		return nil, fmt.Errorf("the owners of the startup disk are no list: %w", errUnreadable)
	}
	var users []VolumeUser
	for _, item := range list {
		u, _ := item.(map[string]any)
		uuid, _ := u["APFSCryptoUserUUID"].(string)
		owner, _ := u["VolumeOwner"].(bool)
		if u["APFSCryptoUserType"] == "LocalOpenDirectory" {
			users = append(users, VolumeUser{UUID: uuid, Owner: owner})
		}
	}
	return users, nil
}

// ParseGeneratedUID reads what "dscl . -read /Users/NAME GeneratedUID" prints.
func ParseGeneratedUID(dscl []byte) (uuid string, ok bool) {
	named := false
	for line := range strings.Lines(string(dscl)) {
		if rest, here := strings.CutPrefix(line, "GeneratedUID:"); here && strings.TrimLeft(rest, blank) != rest {
			named, line = true, rest
		}
		value := strings.Trim(line, blank)
		if named && isUUID(value) {
			return value, true
		}
		named = named && value == "" // dscl puts some values on a line of their own
	}
	return "", false
}

// IsVolumeOwner tells whether u owns the startup disk. On Apple silicon only
// an owner can let a macOS update install; being an administrator is neither
// needed nor enough.
func (h *Host) IsVolumeOwner(ctx context.Context, u ConsoleUser) (bool, error) {
	if !plainName(u.Name) {
		return false, fmt.Errorf("asking for the account of %q: %w", u.Name, errUnreadable)
	}
	r, err := h.run(ctx, "asking for the account of "+u.Name, tool.Command{
		Path: tool.Dscl,
		Args: []string{".", "-read", "/Users/" + u.Name, "GeneratedUID"},
	})
	if err != nil {
		return false, err
	}
	uuid, ok := ParseGeneratedUID(r.Stdout)
	if !ok {
		return false, fmt.Errorf("the account of %s has no GeneratedUID: %w", u.Name, errUnreadable)
	}
	r, err = h.run(ctx, "asking for the owners of the startup disk", tool.Command{
		Path:  tool.Diskutil,
		Args:  []string{"apfs", "listUsers", "/", "-plist"},
		Limit: slowLimit,
	})
	if err != nil {
		return false, err
	}
	users, err := ParseVolumeUsers(r.Stdout)
	if err != nil {
		return false, err
	}
	for _, v := range users {
		if strings.EqualFold(v.UUID, uuid) {
			return v.Owner, nil
		}
	}
	return false, nil
}

// IsAdministrator tells whether u is in the group of administrators of this Mac.
func (h *Host) IsAdministrator(ctx context.Context, u ConsoleUser) (bool, error) {
	r, err := h.run(ctx, "asking for the administrators", tool.Command{Path: tool.Dscl, Args: []string{".", "-read", "/Groups/admin", "GroupMembership"}})
	if err != nil {
		return false, err
	}
	members, found := strings.CutPrefix(string(r.Stdout), "GroupMembership:")
	if !found {
		return false, fmt.Errorf("the administrators: %w", errUnreadable)
	}
	return slices.Contains(strings.Fields(members), u.Name), nil
}

// BootstrapToken tells whether the MDM holds a bootstrap token of this Mac, with
// which it can authorise updates on Apple silicon where no person does. No local
// program can use it. Only root may ask.
func (h *Host) BootstrapToken(ctx context.Context) (bool, error) {
	r, err := h.run(ctx, "asking for the bootstrap token", tool.Command{Path: tool.Profiles, Args: []string{"status", "-type", "bootstraptoken"}})
	if err != nil {
		return false, err
	}
	_, said, found := strings.Cut(string(r.Stdout), "escrowed to server: ")
	if !found {
		return false, fmt.Errorf("the bootstrap token: %w", errUnreadable)
	}
	return strings.HasPrefix(said, "YES"), nil
}
