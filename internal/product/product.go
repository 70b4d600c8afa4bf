// Package product holds what this build is called. The programs of one build
// share it: a profile that the administrator's program writes is for the root
// job that was built beside it.
//
// What must hold here: nothing but the linker sets these; see the Makefile.
package product

var (
	// Version is that of all the programs, such as 1.0.0.
	Version = "0.0.0-dev"
	// BundleID names the job, its folder, its receipt and the domain of its
	// settings.
	BundleID = "com.github.install-or-defer"
	// TeamID is the team that signed the programs, "" where they are not signed.
	TeamID = ""
	// ReleaseKeys are the public keys of the organization, with commas between
	// them, by which install-or-defer-admin verifies releases.
	ReleaseKeys = ""
)
