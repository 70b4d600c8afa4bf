// Package mutants puts mistakes back that this and other programs of the field
// have made, one at a time, and shows that the tests notice.
//
// What must hold here: every mistake is one that somebody met, with the place
// where it was reported. A mutant is a small edit of today's source; when the
// source no longer holds the text to edit, the test fails until the mutant is
// brought up to date, so that none silently stops to mean anything. The source
// on the disk is never touched.
package mutants
