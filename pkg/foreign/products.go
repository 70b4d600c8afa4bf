package foreign

import "time"

const (
	day = 24 * time.Hour

	noNetwork = "this job fetches nothing; what is missing, Apple's tool on the Mac says"
	noWindow  = "the dialogs here have no such part"
	noText    = "the dialogs here have no place for this text"
	noTarget  = "the job goes by what Apple offers to the Mac; with OnlyUpdates and IgnoreUpdates you choose among that"
	noCover   = "nothing here takes other windows away from people"
	noticed   = "calls and presentations are noticed here without a setting; see BusyApplications for other applications"
	sighting  = "counted from the first sighting on each Mac, not from Apple's release"
)

// left makes rules for settings that are left out for one reason.
func left(rules map[string]rule, why string, names ...string) {
	for _, n := range names {
		rules[n] = rule{why: why}
	}
}

// nudge is Nudge 2 of the macadmins.
func nudge() Product {
	const features, needs, experience, looks, texts = "optionalFeatures.", "osVersionRequirements.", "userExperience.", "userInterface.", "userInterface.updateElements."
	keys := map[string]rule{
		experience + "initialRefreshCycle": {key: "DeferralPeriod", convert: in(time.Second), why: "there it is how soon the window comes back"},
		needs + "standardMinorUpdateSLA":   {key: "MaxDeferralTime", convert: in(day), why: sighting},
		experience + "allowedDeferrals":    {key: "MaxDeferrals", convert: whole},
		looks + "iconLightPath":            {key: "MessagingLogo", convert: localFile},
		looks + "iconDarkPath":             {key: "MessagingLogoDark", convert: localFile},
		texts + "mainHeader":               {key: "MessageInstallOrDeferHeading", convert: plain},
		texts + "mainContentText":          {key: "MessageInstallOrDefer", convert: plain, why: "without its Markdown"},
		texts + "actionButtonText":         {key: "InstallButtonLabel", convert: plain},
		texts + "primaryQuitButtonText":    {key: "DeferButtonLabel", convert: plain},
	}
	left(keys, noNetwork, features+"customSOFAFeedURL", features+"refreshSOFAFeedTime", features+"utilizeSOFAFeed", features+"disableNudgeForStandardInstalls",
		features+"attemptToCheckForSupportedDevice", features+"attemptToFetchMajorUpgrade")
	left(keys, noCover, features+"aggressiveUserExperience", features+"aggressiveUserFullScreenExperience", features+"attemptToBlockApplicationLaunches",
		features+"blockedApplicationBundleIDs", features+"terminateApplicationsOnLaunch", features+"allowMovableWindowDuringAggressiveUserExperience")
	left(keys, noTarget, needs+"targetedOSVersionsRule", features+"enforceMinorUpdates", needs+"minorVersionRecalculationThreshold", needs+"majorUpgradeAppPath")
	left(keys, "without a version and a date together it is no requirement: see RequiredVersions", needs+"requiredInstallationDate", needs+"requiredMinimumOSVersion")
	left(keys, "see MaxDeferralTimeExploited and MaxTimeAfterRelease, which need Releases", needs+"activelyExploitedCVEsMajorUpgradeSLA", needs+"activelyExploitedCVEsMinorUpdateSLA",
		needs+"nonActivelyExploitedCVEsMajorUpgradeSLA", needs+"nonActivelyExploitedCVEsMinorUpdateSLA", needs+"standardMajorUpgradeSLA")
	left(keys, "prompts here come one deferral after the other, and none sooner as the deadline comes nearer", experience+"approachingRefreshCycle", experience+"approachingWindowTime",
		experience+"elapsedRefreshCycle", experience+"imminentRefreshCycle", experience+"imminentWindowTime", experience+"nudgeRefreshCycle", experience+"noTimers",
		experience+"calendarDeferralUnit", features+"honorCycleTimersOnExit")
	left(keys, noWindow, experience+"allowedDeferralsUntilForcedSecondaryQuitButton")
	left(keys, "launchd starts the job here", experience+"launchAgentIdentifier", experience+"loadLaunchAgent", experience+"randomDelay", experience+"maxRandomDelayInSeconds")
	left(keys, "a new Mac gets all of MaxDeferralTime, because it counts from the first sighting there", experience+"allowGracePeriods", experience+"gracePeriodInstallDelay",
		experience+"gracePeriodLaunchDelay", experience+"gracePeriodPath", experience+"nudgeMajorUpgradeEventLaunchDelay", experience+"nudgeMinorUpdateEventLaunchDelay")
	left(keys, "see DeferralChoices", experience+"allowUserQuitDeferrals", experience+"allowLaterDeferralButton", texts+"oneHourDeferralButtonText", texts+"oneDayDeferralButtonText",
		texts+"customDeferralButtonText", texts+"customDeferralDropdownText")
	left(keys, noWindow, experience+"allowMovableWindow", looks+"simpleMode", looks+"singleQuitButton", looks+"forceScreenShotIcon", looks+"screenShotDarkPath", looks+"screenShotLightPath",
		looks+"showActivelyExploitedCVEs", looks+"showActivelyExploitedCVEsAsCount", looks+"activelyExploitedCVEsLabel", looks+"showDaysRemainingToUpdate", looks+"showDeferralCount",
		looks+"showRequiredDate", looks+"showRequiredOSVersion", looks+"requiredInstallationDisplayFormat", looks+"applicationTerminatedNotificationImagePath",
		looks+"actionButtonPath", needs+"actionButtonPath", needs+"aboutUpdateURL", needs+"aboutUpdateURLs", needs+"unsupportedURL", needs+"unsupportedActionButtonPath")
	left(keys, "the dialogs speak the person's language by themselves", looks+"fallbackLanguage", looks+"forceFallbackLanguage", texts+"_language", needs+"aboutUpdateURLs._language", needs+"aboutUpdateURLs.aboutUpdateURL")
	left(keys, noText, texts+"subHeader", texts+"mainContentHeader", texts+"mainContentSubHeader", texts+"mainContentNote", texts+"informationButtonText", texts+"secondaryQuitButtonText",
		texts+"screenShotAltText", texts+"applicationTerminatedTitleText", texts+"applicationTerminatedBodyText", texts+"mainHeaderUnsupported", texts+"mainContentTextUnsupported")
	left(keys, noticed, features+"acceptableApplicationBundleIDs", features+"acceptableAssertionApplicationNames",
		features+"acceptableAssertionUsage", features+"acceptableCameraUsage", features+"acceptableScreenSharingUsage")
	left(keys, "Focus is not looked at in this version", features+"honorFocusModes")
	left(keys, "updates are always downloaded before anybody is asked", features+"acceptableUpdatePreparingUsage", features+"asynchronousSoftwareUpdate", features+"disableSoftwareUpdateWorkflow")
	return Product{Name: "Nudge", domains: []string{"com.github.macadmins.Nudge"}, keys: keys, together: requirements}
}

// requirements makes the versions that Nudge requires by a date into ours. Its
// dates are in UTC, and ours by the clock of each Mac.
func requirements(values map[string]any) together {
	const key, version, date = "osVersionRequirements", "requiredMinimumOSVersion", "requiredInstallationDate"
	all := []any{}
	list, _ := values[key].([]any)
	for _, item := range list {
		one, _ := item.(map[string]any)
		minimum, _ := one[version].(string)
		text, _ := one[date].(string)
		by, err := time.Parse(time.RFC3339, text)
		if _, named := one[version]; !named || err != nil {
			continue
		}
		all = append(all, map[string]any{"Minimum": minimum, "By": by.UTC().Format("2006-01-02T15:04")})
	}
	return together{
		from: []string{key + "." + version, key + "." + date}, key: "RequiredVersions", value: all,
		why: "there the dates are in UTC, here they are by the clock of each Mac",
	}
}

// super is S.U.P.E.R.M.A.N. 5.
func super() Product {
	keys := map[string]rule{
		"DeferralTimerDefault":      {key: "DeferralPeriod", convert: in(time.Minute)},
		"DeferralTimerMenu":         {key: "DeferralChoices", convert: list(time.Minute)},
		"DeadlineDaysHard":          {key: "MaxDeferralTime", convert: in(day), why: sighting + ", and not at midnight"},
		"DeadlineCountHard":         {key: "MaxDeferrals", convert: whole},
		"DeadlineDateHard":          {key: "DeadlineDate", convert: dated},
		"ScheduleWorkflowActive":    {key: "MaintenanceWindows", convert: windows, why: "people are asked outside of them, too, unless QuietHours say otherwise"},
		"DialogTimeoutUserChoice":   {key: "PromptTimeout", convert: in(time.Second)},
		"InstallMacOSMajorUpgrades": {key: "AllowMajorUpgrades", convert: same},
		"DisplayIconFile":           {key: "MessagingLogo", convert: localFile},
		"DisplayIconDarkFile":       {key: "MessagingLogoDark", convert: localFile},
		"TestBatteryLevel":          {key: "MinimumBatteryPercent", convert: whole},
		"VerboseMode":               {key: "DiagnosticLog", convert: same, why: "a file with the log, which is no more detailed"},
	}
	left(keys, noTarget, "InstallMacOSMinorVersionTarget", "InstallMacOSMajorVersionTarget", "InstallNonSystemUpdatesWithoutRestarting", "InstallSafariUpdatesWithoutRestarting",
		"InstallPrioritizeNonRestartUpdates", "InstallMacOSBSIUpdates", "InstallRapidSecurityResponses")
	left(keys, "the job installs Apple's updates and starts nothing else", "InstallJamfPolicyTriggers", "InstallJamfPolicyTriggersWithoutRestarting", "WorkflowRestartWithoutUpdates",
		"WorkflowDisableUpdateCheck", "WorkflowDisableRelaunch", "WorkflowOnlyDownload", "WorkflowRequireActiveUser", "DeferralTimerWorkflowRelaunch")
	left(keys, "SkipDeferral is meant for tests, and nobody can defer with it", "WorkflowInstallNow")
	left(keys, "there is one deadline here, hard and alike for everybody: see MaxDeferralTime and DeadlineDate", "DeadlineDateSoft", "DeadlineDaysSoft", "DeadlineCountSoft", "DeadlineCountFocus", "ScheduledInstallDays", "ScheduledInstallDate",
		"ScheduledInstallUserChoice", "ScheduledInstallReminder", "ScheduleZeroDateRelease", "ScheduleZeroDateSOFACustomURL", "ScheduleZeroDateManual", "ScheduleDeferredStartFile", "ScheduleDeferredStartDays")
	left(keys, "Focus is not looked at in this version", "DeferralTimerFocus", "DeadlineDaysFocus", "DeadlineDateFocus")
	left(keys, "after a failure the job waits half an hour, and longer each time", "DeferralTimerError")
	left(keys, "only the prompt has a time that you set: see PromptTimeout", "DialogTimeoutDefault", "DialogTimeoutUserAuth", "DialogTimeoutUserSchedule", "DialogTimeoutSoftDeadline",
		"DialogTimeoutInsufficientStorage", "DialogTimeoutPowerRequired")
	left(keys, noWindow, "DisplayUnmovable", "DisplayHideBackground", "DisplaySilently", "DisplayHideProgressBar", "DisplayNotificationsCentered", "DisplayIconSize", "DisplayIconLightFile",
		"DisplayAccessoryType", "DisplayAccessoryDefaultFile", "DisplayAccessoryMacOSMinorUpdateFile", "DisplayAccessoryMacOSMajorUpgradeFile", "DisplayAccessoryNonSystemUpdatesFile",
		"DisplayAccessorySafariUpdateFile", "DisplayAccessoryJamfPolicyTriggersFile", "DisplayAccessoryRestartWithoutUpdatesFile", "DisplayHelpButtonString", "DisplayWarningButtonString")
	left(keys, "no password is ever kept; AppleSiliconPassword asks for it each time", "AuthAskUserToSavePassword", "AuthCredentialFailoverToUser", "AuthMDMFailoverToUser", "AuthJamfCustomURL", "AuthJamfComputerID")
	left(keys, "settings here come from the profile and from the local preferences", "ConfigCodeSignature", "ConfigTempOverride")
	left(keys, "install-or-defer-admin rehearse plays settings without a Mac", "TestMode", "TestModeTimeout")
	left(keys, "how much an update needs, Apple's tool says", "TestStorageUpdate", "TestStorageUpgrade")
	return Product{Name: "super", domains: []string{"com.macjutsu.super"}, keys: keys}
}

// reminder is DDM-OS-Reminder 4. Its domain is the organisation's own.
func reminder() Product {
	keys := map[string]rule{
		"QuietPeriodMinutes": {key: "DeferralPeriod", convert: in(time.Minute), why: "there it is how long no dialog comes after the last"},
	}
	left(keys, "it reminds people of the date that your MDM has declared to Apple; this job has a deadline of its own: see MaxDeferralTime",
		"DaysBeforeDeadlineDisplayReminder", "DaysBeforeDeadlineHidingButton2", "DisableButton2InsteadOfHide", "DailyReminderTimes", "MinutesBeforeDeadlineReminderSchedule",
		"OutsideDisplayWindowPeriodicReminderDays", "AggressiveModePastDeadlineHours", "AggressiveModeFrequencyMinutes", "DaysPastDeadlineRestartWorkflow")
	left(keys, noCover, "DaysBeforeDeadlineBlurscreen")
	left(keys, noticed, "MeetingDelay", "AcceptableAssertionApplicationNames")
	left(keys, "the restart has dialogs of its own: see UpdateDelay and HardRestartDelay", "PastDeadlineRestartBehavior", "PastDeadlineRestartMinimumUptimeMinutes",
		"PastDeadlineForceTimerSeconds", "PastDeadlineForceRedisplayDelaySeconds", "DaysOfExcessiveUptimeWarning")
	left(keys, "how much an update needs, Apple's tool says", "MinimumDiskFreePercentage")
	left(keys, "this job fetches nothing: put a file on the Macs and name it in MessagingLogo", "OrganizationOverlayIconURL", "OrganizationOverlayIconURLdark", "SwapOverlayAndLogo")
	left(keys, "the dialogs speak the person's language by themselves", "LanguageOverride")
	left(keys, "see SupportContact", "HideSupportPhone", "HideSupportEmail", "HideSupportWebsite", "HideSupportKB", "HideSupportAssistanceMessage", "HideStagedUpdateInfo")
	left(keys, "see DiagnosticLog", "ScriptLog")
	return Product{Name: "DDM-OS-Reminder", keys: keys}
}
