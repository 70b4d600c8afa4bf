// Package settings is what an administrator has decided: the one table of keys,
// the layers that values come from, and the reading and checking of them.
//
// What must hold here: whatever the layers hold, the settings that come out are
// valid, and everything that could not be used is reported with what is used
// instead. Documents, schemas, manifests and help are made from Keys.
package settings
