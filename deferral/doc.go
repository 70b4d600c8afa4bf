// Package deferral is the policy: the state of the round, the arithmetic of the
// deadline, and the one function that decides what to do next.
//
// What must hold here: Decide and everything that changes a State are pure
// functions over plain values; they read no clock and no file and start
// nothing. The deadline is set once in a round, and nothing that a person at
// the screen can do moves it later. A check that failed never counts as one
// that said there are no updates.
package deferral
