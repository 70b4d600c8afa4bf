// Package mutants puts mistakes back that were made before in this field, one
// at a time, and sees that the tests notice.
//
// What must hold here: each row names the failure as it was met, changes one
// place of the source, and is caught by a test that runs in seconds. The
// source on the disk is never touched: the go command reads the changed file
// through an overlay.
package mutants
