// Package mac reads what macOS says of a Mac: who has a session and whether it
// is locked, how far the Mac is awake, whether somebody is busy, what Apple itself has been told to enforce
// and how far it has come with that.
//
// What must hold here: everything read is somebody else's and can be absent,
// older, newer or broken. What cannot be read is told as an error and stands for
// nothing found; it never adds a date or a version. Names of organisations and
// servers in these files are read over and never kept.
package mac
