package launchd

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"installordefer/internal/macos"
)

// trueVersion puts a version right that macOS has made up. To programs that were
// built for an older one it may say 16 for 26, in the version file and from the
// kernel. There never was a macOS 16 to 25.
func trueVersion(said string) (version string, ok bool) {
	first, rest, dotted := strings.Cut(said, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return "", false
	}
	if major >= 16 && major <= 25 {
		major += 10
	}
	version = strconv.Itoa(major)
	if dotted {
		version += "." + rest
	}
	return version, true
}

// ParseVersion reads macOS's own version file.
func ParseVersion(systemVersion []byte) (version, build string, err error) {
	dict, err := readPlist(systemVersion)
	if err != nil {
		return "", "", fmt.Errorf("the version of macOS: %w", err)
	}
	said, _ := dict["ProductVersion"].(string)
	build, _ = dict["ProductBuildVersion"].(string)
	version, ok := trueVersion(said)
	if !ok || build == "" {
		return "", "", fmt.Errorf("the version of macOS, %q (%q): %w", said, build, errUnreadable)
	}
	return version, build, nil
}

// Machine reads the version of macOS and the kind of processor. It starts no
// program.
func (h *Host) Machine() (macos.Machine, error) {
	data, err := readBounded(h.versionFile(), mostPlist)
	if err != nil {
		return macos.Machine{}, fmt.Errorf("reading the version of macOS: %w", err)
	}
	var m macos.Machine
	if m.Version, m.Build, err = ParseVersion(data); err != nil {
		return macos.Machine{}, err
	}
	ask := h.Kernel
	if ask == nil {
		ask = runningKernel
	}
	k, err := ask()
	if err != nil {
		return macos.Machine{}, err
	}
	m.AppleSilicon = k.AppleSilicon
	if v, ok := trueVersion(k.Version); ok && isVersion(v) {
		// The file may be another one than that of the system that runs.
		m.Version = v
	}
	return m, nil
}

// A Kernel is what the kernel says of the Mac.
type Kernel struct {
	Version      string // as it says it, "" where it does not
	AppleSilicon bool   // also under Rosetta
}

// readBounded reads a whole file of at most most bytes.
func readBounded(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s is larger than %d bytes", name, most)
	}
	return data, err
}
