package main

// deepest is the stack of a wake, in bytes, with room to spare.
const deepest = 40 << 10

// growStack makes the stack as large as a wake needs in one step. By itself it
// grows by doubling, and each step copies all of it and takes new pages: a tenth
// of what a wake costs that only waits.
//
//go:noinline
func growStack(now bool) {
	if now {
		var room [deepest]byte
		touch(&room)
	}
}

//go:noinline
func touch(room *[deepest]byte) { room[0] = 1 }
