// Package mutants puts mistakes back that this and other programs of the field
// have made, one at a time, and shows that the tests notice.
//
// What must hold here: every mistake is one that somebody met, with the place
// where it was reported. The source on the disk is never touched.
//
// To write a mutant, name the function, method, constant or variable that it
// changes with its package ("deferral.State.TimeLeft"), quote one expression or
// a row of statements that stands in it once, and say what replaces it ("" for
// nothing). Which file holds it, how it is spaced and what is commented does
// not matter; when the quoted code is gone or stands there twice, the test
// fails until the mutant is brought up to date.
package mutants
