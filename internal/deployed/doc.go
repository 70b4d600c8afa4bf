// Package deployed tests what an MDM deploys, as a whole: the package is built
// with the real root job, installed on a simulated Mac by its own scripts, and
// started by launchd from the job file that it brought.
//
// It holds tests only. What each part does by itself is tested beside that
// part; here they meet for the first time: package, scripts, launchd, root job,
// status, uninstaller.
package deployed
