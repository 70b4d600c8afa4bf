package settings

// Keys of the state file. The first two are those of the original, so that
// what administrators have learned to type still works. The file is also the
// local preferences that settings are read from: other keys in it belong to
// an administrator and are kept as they are.
const (
	KeyDeferredUntil = "AppleSoftwareUpdatesDeferredUntil" // integer, Unix seconds
	KeyForcedAfter   = "AppleSoftwareUpdatesForcedAfter"   // integer, Unix seconds
	KeyVersion       = "StateVersion"                      // integer
	KeyRound         = "Round"                             // dictionary
)

// Keys by which later versions of the original know the first two. Nobody but
// an administrator writes them here: they count like the first two and are
// written back under those names.
const (
	KeyDeferredUntilLater = "UpdatesDeferredUntil" // integer, Unix seconds
	KeyForcedAfterLater   = "UpdatesForcedAfter"   // integer, Unix seconds
)

// StateKeys returns the keys of the state file that are not settings.
func StateKeys() []string {
	return []string{KeyDeferredUntil, KeyForcedAfter, KeyDeferredUntilLater, KeyForcedAfterLater, KeyVersion, KeyRound}
}
