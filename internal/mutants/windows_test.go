package mutants

// Mistakes about the windows: what everybody meets in them, and what they open.
var windowMutants = []mutant{
	{name: "the final prompt lists the updates in an order of its own", from: "the pictures of this project",
		edits: []edit{{"wake.wake.dialog", "append(w.items(updates, true), w.items(updates, false)...)", "append(w.items(updates, kind == prompt.RunNow), w.items(updates, kind != prompt.RunNow)...)"}},
		pkg:   "internal/wake", test: "^TestEveryDialogListsTheUpdatesInOneOrder$"},
	{name: "Tab goes through stacked buttons from below", from: "the pictures of this project",
		edits: []edit{{"appkit.focusOrder", "slices.Reverse(buttons)", ""}},
		pkg:   "prompt/appkit", test: "^TestTabGoesThroughEverythingInTheOrderInWhichItStands$"},
	{name: "a text ends in one word", from: "the pictures of this project",
		edits: []edit{{"appkit.block.width", "b.evens && b.height(narrow) <= b.height(column)", "false"}},
		pkg:   "prompt/appkit", test: "^TestTheLastLineOfATextIsNotOneWord$"},
	{name: "the help button opens a file", from: "what NSWorkspace opens",
		edits: []edit{{"prompt.secure", `!strings.HasPrefix(address, "https://")`, "false"}},
		pkg:   "prompt", test: "^TestAHelpPageHasHTTPS$"},
	{name: "a help page hides where it is behind an account", from: "what browsers open",
		edits: []edit{{"settings.isAddress", `!strings.ContainsAny(host, "@?#")`, "true"}},
		pkg:   "deferral/settings", test: "^TestAValueThatCannotBeUsedGivesWayToTheDefault$"},
}
