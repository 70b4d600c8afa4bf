// Package lifetimes proves the guarantees of docs/guarantees.md: it lets the
// real root job live random weeks on simulated Macs, with people of every
// temper, hung and lying tools, wrong clocks, full disks and sudden ends, and
// checks every promise after every wake.
//
// What must hold here: the checks look at what happened to the Mac, its
// journal, its disk and its clocks, and share no reckoning with the policy.
package lifetimes
