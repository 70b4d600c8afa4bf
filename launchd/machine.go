package launchd

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// A Machine is what does not change while the Mac is up.
type Machine struct {
	OSVersion    string // 26.6.1
	Build        string // 25G80
	AppleSilicon bool
}

// Major returns the first number of the version; 0 if there is none.
func (m Machine) Major() int {
	first, _, _ := strings.Cut(m.OSVersion, ".")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}

// ParseVersion reads macOS's own version file.
//
// macOS shows programs that were built for an older one another file under the
// same name, in which 26 is called 16 and 11 is called 10.16. There never was
// a macOS 16 to 25, so the number can be put right.
func ParseVersion(systemVersion []byte) (version, build string, err error) {
	var v struct {
		ProductVersion, ProductBuildVersion string
	}
	if err := readPlist(systemVersion, &v); err != nil {
		return "", "", fmt.Errorf("the version of macOS: %w", err)
	}
	first, rest, _ := strings.Cut(v.ProductVersion, ".")
	major, err := strconv.Atoi(first)
	if err != nil || v.ProductBuildVersion == "" {
		return "", "", fmt.Errorf("the version of macOS, %q (%q): %w", v.ProductVersion, v.ProductBuildVersion, ErrUnreadable)
	}
	version = v.ProductVersion
	if major >= 16 && major <= 25 {
		version = strings.TrimSuffix(strconv.Itoa(major+10)+"."+rest, ".")
	}
	return version, v.ProductBuildVersion, nil
}

// Machine reads the version of macOS and the kind of processor. It starts no
// program.
func (h *Host) Machine() (Machine, error) {
	data, err := readBounded(h.versionFile(), mostPlist)
	if err != nil {
		return Machine{}, fmt.Errorf("reading the version of macOS: %w", err)
	}
	var m Machine
	if m.OSVersion, m.Build, err = ParseVersion(data); err != nil {
		return Machine{}, err
	}
	if h.Hardware == nil {
		return m.fromKernel()
	}
	if m.AppleSilicon, err = h.Hardware(); err != nil {
		return Machine{}, err
	}
	return m, nil
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
