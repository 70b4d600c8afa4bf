// Package lifetimes proves the guarantees of docs/guarantees.md: it lets the
// real root job live random weeks on simulated Macs, with people of every
// temper, hung and lying tools, wrong clocks, full disks and sudden ends, and
// checks every promise after every wake.
//
// A find is one of the faults of known_test.go, which are counted, or fails with
// the command that lives that lifetime again and makes it smaller. LIFETIMES_KEEP
// names a file for it: testdata/known holds a lifetime for each known fault,
// testdata/quiet those in which the guard once cried out over nothing or over what
// is mended, testdata/found those that once went wrong and must end well.
//
// What must hold here: the checks look at what happened to the Mac, its
// journal, its disk and its clocks, and share no reckoning with the policy.
package lifetimes
