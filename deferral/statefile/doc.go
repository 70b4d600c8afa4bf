// Package statefile keeps the state of a round on the disk.
//
// What must hold here: a kill or a power cut at any instant loses nothing, as
// each file is replaced as a whole and the deadline is in two. A value that
// cannot be right is left out and reported, and never makes updates due. What an
// administrator has written is never overwritten unread.
package statefile
