// Package killed kills the real root job at each of its system calls that
// changes something: a file, a pipe, a process. It lives on a simulated Mac of
// real executables; launchd starts it again, and its life has to come to the
// same end.
//
// What must hold here: the calls are seen at their entry, so that a kill leaves
// undone what the call would have done, and all before it done. Nothing is
// counted but what the job's own process does: its children are left alone.
//
// The package has tests only. It needs ptrace, so they run on Linux.
package killed
