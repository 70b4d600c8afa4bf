// Command measure runs a program and prints what it cost, as one line of JSON
// on its standard output: exit code, peak memory in KiB, page faults, and time.
//
// It is a program of its own because the kernel counts into a child's peak
// memory what the parent had in use when it started the child. This one is
// smaller than anything it measures.
package main

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
)

func main() {
	if len(os.Args) < 2 {
		os.Stderr.WriteString("usage: measure PROGRAM [ARGUMENT...]\n")
		os.Exit(2)
	}
	p, err := os.StartProcess(os.Args[1], os.Args[1:], &os.ProcAttr{Files: []*os.File{nil, nil, os.Stderr}})
	if err != nil {
		os.Stderr.WriteString("measure: " + err.Error() + "\n")
		os.Exit(1)
	}
	state, err := p.Wait()
	if err != nil {
		os.Stderr.WriteString("measure: " + err.Error() + "\n")
		os.Exit(1)
	}
	used := state.SysUsage().(*syscall.Rusage)
	memory := int64(used.Maxrss)
	if runtime.GOOS == "darwin" {
		memory >>= 10 // counted in bytes there
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	os.Stdout.WriteString(`{"exit": ` + number(int64(state.ExitCode())) +
		`, "memoryKiB": ` + number(memory) +
		`, "faults": ` + number(int64(used.Minflt)) +
		`, "cpuMicroseconds": ` + number((state.UserTime() + state.SystemTime()).Microseconds()) + "}\n")
}
