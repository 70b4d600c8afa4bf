package explained

// Gates says of each gate, by the name that explain calls it by, what it holds and
// why there is one.
func Gates() map[string]string {
	return map[string]string{
		"hold":              "An administrator holds this Mac: the command hold, or HoldUntil in the profile.",
		"notice":            "The deadline passed, or came nearer, while this person was away: they have MinimumNotice at the screen first.",
		"start":             "StartSpread: the first check on this Mac waits, so that not all Macs ask Apple in the same minute.",
		"asked":             "A person was asked to install the updates, and is asked again later.",
		"pause":             "Something went wrong or was in the way, and the next try comes later.",
		"deferral":          "The person has deferred, and the time that they chose is not over.",
		"quiet hours":       "QuietHours or Blackouts: nobody is asked before the deadline.",
		"window":            "MaintenanceWindows or Blackouts: what is due does not begin by itself now.",
		"declared":          "Apple itself enforces an update about now, and two programs would ask for the same.",
		"list":              "Other settings choose other updates, and Apple's list by them is not there yet.",
		"deadline":          "The deadline has not passed after all, because the clock was set back; nothing begins without a click.",
		"past the deadline": "The deadline has passed: a download or a prompt that is open gives way to the countdown.",
		"unknown":           "Could not tell who is logged in. Nothing happens to somebody who may be there.",
		"dark":              "The Mac is awake without its display, as in a nap: nobody could see anything.",
		"locked":            "The screen is locked, and whoever locked it could not see a countdown (MaxLockedTime).",
		"unseen":            "The countdown stands still while nobody can see it (MaxLockedTime).",
		"nobody":            "Nobody is at the screen, and this needs somebody.",
		"somebody":          "Somebody has come to the screen to whom nothing was said.",
		"another":           "Another person is at the screen than the one who was asked.",
		"login window":      "The login window is up and somebody is logged in behind it, with work that may not be saved.",
		"others":            "Others are logged in behind the person who clicked, and have not been asked.",
		"nobody to save":    "Everybody who could save work has logged out: the time to save is over.",
		"behind":            "Somebody is logged in behind the login window: what needs a restart waits for them.",
		"start of the Mac":  "The Mac has just started, and somebody may be about to log in (UpdateDelay).",
		"conversion":        "FileVault is encrypting or decrypting the disk.",
		"no owner":          "The person at the screen may not install macOS: on Apple silicon only a volume owner may, and device management may allow it to administrators alone.",
		"space":             "Apple's tool has said that the disk has too little space.",
		"network":           "The Mac has no network, and Apple's tool installs nothing without one.",
		"busy":              "The person at the screen is in a call or presents: the dialog waits, for MaxBusyDelay at most.",
		"power":             "The battery holds less than MinimumBatteryPercent and the adapter is not connected.",
	}
}
