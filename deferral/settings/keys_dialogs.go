package settings

// Lengths of texts, in characters. They bound what is read, so that nothing
// grows without end; whether a text fits a screen, lint says.
const (
	longestLabel   = 60
	longestContact = 200
	longestHeading = 200
	longestBody    = 4000
	longestPath    = 1000
	longestAddress = 500
	longestTag     = 20
)

// ownWords says what stands in the place of a message that is not set.
const ownWords = "Without it, the dialog speaks in its own words and in the language of the person."

var dialogKeys = []Key{
	{
		Name: "InstallButtonLabel", Kind: Text, Category: aboutDialogs, translates: true,
		Title:       "Label of the install button",
		Description: "The words on the button that installs the updates. It is the same in every language that Translations has no other for.",
		Without:     "Without it, the button says what it does in the language of the person: “Run Updates”, “Start Now”, “Open Software Update”.",
		Min:         1, Max: longestLabel,
		Since: "1.0", Upstream: "5.0", OldNames: []string{"INSTALL_BUTTON"}, Example: "Update Now",
		field: func(s *Settings) any { return &s.InstallButtonLabel },
	},
	{
		Name: "DeferButtonLabel", Kind: Text, Category: aboutDialogs, translates: true,
		Title:       "Label of the defer button",
		Description: "The words on the button that defers the updates. The dialog then says beside it when the prompt comes back.",
		Without:     "Without it, the button says in the language of the person when the prompt comes back: “Remind Me at 16:40”.",
		Min:         1, Max: longestLabel,
		Since: "1.0", Upstream: "5.0", OldNames: []string{"DEFER_BUTTON"}, Example: "Later",
		field: func(s *Settings) any { return &s.DeferButtonLabel },
	},
	{
		Name: "SupportContact", Kind: Text, Category: aboutDialogs, translates: true,
		Title:       "Support contact",
		Description: "Whom people ask: the dialogs name it, and %SUPPORT_CONTACT% in a message stands for it.",
		Without:     "Without it, the dialogs name nobody, and %SUPPORT_CONTACT% is “your IT department” in the language of the person.",
		Min:         1, Max: longestContact,
		Since: "1.0", Upstream: "5.0", Example: "the help desk, extension 4357",
		field: func(s *Settings) any { return &s.SupportContact },
	},
	{
		Name: "Language", Kind: Tag, Category: aboutDialogs,
		Title:       "Language of the dialogs",
		Description: "The language of all dialogs, as a tag such as de or pt-BR, whatever the person prefers.",
		Without:     "Without it, the dialogs speak the first of the person's preferred languages that they know, or English.",
		Min:         2, Max: longestTag,
		Rule:  "A tag is a language of two or three letters, if need be with a script and a region: zh-Hant-TW.",
		Since: "2.0", Example: "de",
		field: func(s *Settings) any { return &s.Language },
	},
	{
		Name: "MessagingLogo", Kind: Path, Category: aboutDialogs,
		Title: "Logo",
		Description: "The path of a PNG or ICNS file on the Mac that the dialogs show as their icon, best with 512 pixels on each side. " +
			"Everybody who uses the Mac must be able to read it.",
		Without: "Without it, or while the file cannot be read, the icon of Software Update is shown.",
		Min:     2, Max: longestPath,
		Since: "1.0", Upstream: "5.0", OldNames: []string{"LOGO"}, Example: "/Library/Application Support/Example/logo.png",
		field: func(s *Settings) any { return &s.MessagingLogo },
	},
	{
		Name: "MessagingLogoDark", Kind: Path, Category: aboutDialogs,
		Title:       "Logo in dark looks",
		Description: "The logo for people who have chosen the dark looks of macOS, as a file like that of MessagingLogo.",
		Without:     "Without it, or while the file cannot be read, MessagingLogo is shown in dark looks, too.",
		Min:         2, Max: longestPath,
		Since: "2.0", Example: "/Library/Application Support/Example/logo-dark.png",
		field: func(s *Settings) any { return &s.MessagingLogoDark },
	},
	{
		Name: "HelpURL", Kind: Address, Category: aboutDialogs,
		Title: "Help page",
		Description: "The address of a page about these updates. The dialogs then have a help button, which opens it in the browser of the person. " +
			"The dialog stays, and a countdown goes on.",
		Without: "Without it, the dialogs have no help button.",
		Min:     len("https://") + 1, Max: longestAddress,
		Rule:  "It begins with https://.",
		Since: "2.0", Example: "https://help.example.com/updates",
		field: func(s *Settings) any { return &s.HelpURL },
	},
	{
		Name: "MessageInstallOrDeferHeading", Kind: Text, Category: aboutMessages, Template: true,
		Title:       "Heading of the prompt",
		Description: "The heading of the prompt that offers to install or to defer.",
		Without:     ownWords, Min: 1, Max: longestHeading,
		Since: "1.0", OldNames: []string{"MSG_INSTALL_OR_DEFER_HEADING", "MSG_ACT_OR_DEFER_HEADING"}, Example: "Updates by %DEADLINE_DATE%",
		field: func(s *Settings) any { return &s.MessageInstallOrDeferHeading },
	},
	{
		Name: "MessageInstallOrDefer", Kind: Body, Category: aboutMessages, Template: true,
		Title:       "Text of the prompt",
		Description: "The text of the prompt that offers to install or to defer.",
		Without:     ownWords, Min: 1, Max: longestBody,
		Since: "1.0", OldNames: []string{"MSG_INSTALL_OR_DEFER", "MSG_ACT_OR_DEFER"},
		Example: "Please install %UPDATE_LIST% by %DEADLINE_DATE%.<< Your Mac will restart.>>{{ You can still defer.}} Questions: %SUPPORT_CONTACT%.",
		field:   func(s *Settings) any { return &s.MessageInstallOrDefer },
	},
	{
		Name: "MessageInstallHeading", Kind: Text, Category: aboutMessages, Template: true,
		Title:       "Heading of the final prompt",
		Description: "The heading of the final prompt, which counts down once the deadline has passed.",
		Without:     ownWords, Min: 1, Max: longestHeading,
		Since: "1.0", OldNames: []string{"MSG_INSTALL_HEADING", "MSG_ACT_HEADING", "MSG_RESTART_HEADING"},
		Example: "Updates are about to install",
		field:   func(s *Settings) any { return &s.MessageInstallHeading },
	},
	{
		Name: "MessageInstall", Kind: Body, Category: aboutMessages, Template: true,
		Title:       "Text of the final prompt",
		Description: "The text of the final prompt, which counts down once the deadline has passed.",
		Without:     ownWords, Min: 1, Max: longestBody,
		Since: "1.0", OldNames: []string{"MSG_INSTALL", "MSG_ACT", "MSG_RESTART"},
		Example: "%UPDATE_LIST% will be installed when the countdown ends.<< Please save your work: your Mac restarts afterwards.>>",
		field:   func(s *Settings) any { return &s.MessageInstall },
	},
	{
		Name: "MessageInstallNowHeading", Kind: Text, Category: aboutMessages, Template: true,
		Title:       "Heading while installing by hand",
		Description: "The heading of the dialog that asks the person to install the updates in Software Update.",
		Without:     ownWords, Min: 1, Max: longestHeading,
		Since: "1.0", OldNames: []string{"MSG_INSTALL_NOW_HEADING", "MSG_ACT_NOW_HEADING"}, Example: "Software Update is open",
		field: func(s *Settings) any { return &s.MessageInstallNowHeading },
	},
	{
		Name: "MessageInstallNow", Kind: Body, Category: aboutMessages, Template: true,
		Title:       "Text while installing by hand",
		Description: "The text of the dialog that asks the person to install the updates in Software Update.",
		Without:     ownWords, Min: 1, Max: longestBody,
		Since: "1.0", OldNames: []string{"MSG_INSTALL_NOW", "MSG_ACT_NOW"},
		Example: "Please install %UPDATE_LIST% in %UPDATE_MECHANISM%.<< Your Mac will restart.>>",
		field:   func(s *Settings) any { return &s.MessageInstallNow },
	},
	{
		Name: "MessageUpdatingHeading", Kind: Text, Category: aboutMessages, Template: true,
		Title:       "Heading while installing",
		Description: "The heading of the dialog that shows the progress of the installation.",
		Without:     ownWords, Min: 1, Max: longestHeading,
		Since: "1.0", OldNames: []string{"MSG_UPDATING_HEADING"}, Example: "Installing",
		field: func(s *Settings) any { return &s.MessageUpdatingHeading },
	},
	{
		Name: "MessageUpdating", Kind: Body, Category: aboutMessages, Template: true,
		Title:       "Text while installing",
		Description: "The text of the dialog that shows the progress of the installation.",
		Without:     ownWords, Min: 1, Max: longestBody,
		Since: "1.0", OldNames: []string{"MSG_UPDATING"},
		Example: "Please leave the power adapter connected.<< Your Mac will restart by itself.>>",
		field:   func(s *Settings) any { return &s.MessageUpdating },
	},
	{
		Name: "Translations", Kind: Texts, Category: aboutMessages,
		Title: "Texts in languages",
		Description: "Texts of the dialogs for people with other languages: under the tag of each language, texts under the names of their keys. " +
			"The language need not be one that the dialogs know. The texts outside of Translations are for all languages that have none here.",
		Without: "Without it, the texts that are set are the same in every language.",
		Max:     mostLanguages,
		Rule:    "It can hold the messages, the labels of the buttons, and SupportContact.",
		Since:   "2.0", Example: map[string]any{"de": map[string]any{"MessageInstallHeading": "Die Updates starten gleich", "SupportContact": "die Hotline, Durchwahl 4357"}},
		field: func(s *Settings) any { return &s.Translations },
	},
	{
		Name: "DiagnosticLog", Kind: Flag, Category: aboutLog,
		Title:       "Diagnostic log",
		Description: "Keeps a log file under /var/log besides the system log.",
		Default:     false,
		Since:       "1.0", Upstream: "5.0", Example: true,
		field: func(s *Settings) any { return &s.DiagnosticLog },
	},
	{
		Name: "KeepHistory", Kind: Flag, Category: aboutLog,
		Title: "Keep the history",
		Description: "Leaves the history on the Mac when the job removes itself. It holds what has happened in the last 90 days, " +
			"and root alone can read it.",
		Default: false,
		Since:   "2.0", Example: true,
		field: func(s *Settings) any { return &s.KeepHistory },
	},
	{
		Name: "ReportUserNames", Kind: Flag, Category: aboutLog,
		Title: "Report account names",
		Description: "Tells machines that read the status whose account was last at the screen, and leaves account names in its last error. " +
			"Everybody who uses the Mac can read that file.",
		Default: false,
		Since:   "1.0", Example: true,
		field: func(s *Settings) any { return &s.ReportUserNames },
	},
	{
		Name: "SelfUpdateFolder", Kind: Path, Category: aboutSelfUpdate,
		Title: "Folder for newer versions",
		Description: "The folder of root's into which the MDM puts a newer version of this program: the package and its signed note. " +
			"It counts only where the package was built with self-update.",
		Without: "Without it, this program never updates itself.",
		Min:     2, Max: longestPath,
		Since: "2.0", Example: "/Library/Application Support/Example/updates",
		field: func(s *Settings) any { return &s.SelfUpdateFolder },
	},
}
