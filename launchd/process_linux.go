package launchd

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// processStart returns the time at which a process was started, as text:
// field 22 of its stat file, in ticks since the machine started.
func processStart(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		return "", errNoProcess
	}
	if err != nil {
		return "", err
	}
	// The name of the program, in parentheses, may hold blanks and more.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return "", fmt.Errorf("the stat file of process %d is cut off", pid)
	}
	if fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return "", errNoProcess
	}
	return string(fields[19]), nil
}
