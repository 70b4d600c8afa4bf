// Package plist reads and writes property lists whose root is a dictionary.
//
// What must hold here: whatever the bytes, reading ends, with an error or with
// values that are bounded by the size of the file; the library never sees a file
// whose form has not been checked. What is written reads back as it was.
package plist
