//go:build rootjob

package main

// deskCommands is empty in the program for the fleet.
func deskCommands() []command { return nil }
