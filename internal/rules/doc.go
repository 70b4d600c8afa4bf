// Package rules holds the rules of this repository as tests: what every
// package, function and file must keep to, and which room may know which.
// A rule that only a document states is a wish; these fail the build.
package rules
