package rooted

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// exConfig is the status with which launchd gives up a job whose error file it
// cannot make.
const exConfig = 78

// An errorFile is where the error stream of one process of the job goes.
type errorFile struct{ f *os.File }

// openErrors gives a process the streams that launchd gives it: what it writes
// to its error stream goes to the end of the file that the job file names. The
// lock is held.
func (r *Mac) openErrors(cmd *exec.Cmd) (errorFile, error) {
	if r.cfg.Output != nil {
		cmd.Stdout, cmd.Stderr = r.cfg.Output, r.cfg.Output
	}
	if r.program.Errors == "" {
		return errorFile{}, nil
	}
	f, err := os.OpenFile(filepath.Join(r.cfg.Root, r.program.Errors), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return errorFile{}, err
	}
	cmd.Stderr = f
	return errorFile{f}, nil
}

// close lets go of the file and copies what it holds to out, which may be nil.
func (e errorFile) close(out *os.File) {
	if e.f == nil {
		return
	}
	if out != nil {
		// Whoever watches the simulation misses something, and nobody else.
		_, _ = io.Copy(out, io.NewSectionReader(e.f, 0, 1<<20))
	}
	e.f.Close()
}
