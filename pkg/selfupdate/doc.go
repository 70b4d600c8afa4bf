// Package selfupdate installs a newer version of this product that the MDM has
// laid down on the Mac, where the organization has built that in and a setting
// switches it on.
//
// What must hold here:
//
//   - Only what a key of the organization has signed, for this identifier and
//     newer than what is installed, is installed; each version once. Nothing else
//     ever is.
//   - What is verified is a copy that nobody but root can write, and that copy is
//     what is installed.
//   - Nothing is installed while the job is at work or a step of it is under way,
//     and the job is locked out until the installation has ended.
//   - A run that is cut off anywhere can be begun again, and comes to one whole
//     version.
//   - Whoever reads the log learns once of everything that was refused, and why.
package selfupdate
