// Package simmac is a simulated Mac: a model of the machine, of Apple's update
// catalogue and of the people at the screen, which speaks through the command
// lines and the byte streams of the real tools.
//
// One model has two faces. In process, a virtual clock drives the real root
// job through weeks in milliseconds; nothing sleeps and no file is touched.
// As real executables under a root folder (package simmac/rooted and the
// program simmac/simtool), real processes meet it over a socket.
//
// What must hold here:
//
//   - The same facts, the same seed and the same calls give the same story to
//     the second. There is no real clock, no map order and no goroutine in the
//     model.
//   - The model is never kinder than the real tool. What the real one does
//     badly (exit 0 on failure, "Done." after an error, a label with U+00A0,
//     output held back on a pipe) is done here too.
//   - The model knows the truth (Installed, Offers, Running) and says it only
//     to tests and to the journal; the job learns what the tools print.
//   - Nothing here knows what the job under test should do. It only keeps a
//     journal of what it did.
package simmac
