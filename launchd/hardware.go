package launchd

import (
	"context"

	"installordefer/internal/tool"
	"installordefer/launchd/mac"
)

// Hardware returns the hardware UUID of the Mac.
func (h *Host) Hardware(ctx context.Context) (uuid string, err error) {
	r, err := h.run(ctx, "asking which Mac this is", tool.Command{Path: tool.Ioreg, Args: []string{"-rd1", "-c", "IOPlatformExpertDevice"}})
	if err != nil {
		return "", err
	}
	return mac.ParseHardware(r.Stdout)
}
