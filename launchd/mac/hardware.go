package mac

import (
	"bytes"
	"fmt"
)

// ParseHardware reads the hardware UUID in what "ioreg -rd1 -c IOPlatformExpertDevice"
// prints: lines such as
//
//	"IOPlatformUUID" = "0A1B2C3D-0000-5000-8000-4E5F60718293"
//
// with blanks before them.
func ParseHardware(ioreg []byte) (string, error) {
	_, after, _ := bytes.Cut(ioreg, []byte(`"IOPlatformUUID" = "`))
	uuid, _, ended := bytes.Cut(after, []byte{'"'})
	if !ended || len(uuid) != len("0A1B2C3D-0000-5000-8000-4E5F60718293") {
		return "", fmt.Errorf("the hardware UUID is %w", errForm)
	}
	return string(uuid), nil
}
