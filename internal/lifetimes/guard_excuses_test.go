package lifetimes

import (
	"go/ast"
	"slices"
	"testing"
)

// An excuse is a reason for which the guard does not hold the program to a
// promise. Each names the promise that it narrows.
type excuse int

// All the excuses that there are.
const (
	theDiskLies excuse = iota
	anAdministratorMovesIt
	bothFilesAreDeleted
	theFileHasJustBroken
	theRemovalHasBegun
	theListIsFalse
	theClockIsFound
	theClockIsSet
	aFaultHidIt
	theCountIsLost
	whatWasLeftIsUnknown
	theWakeDied
	nobodyCouldKnow
	theHourIsDoubtful
	hoursAreClosed
	theMacIsHeld
	appleDecides
	theCacheIsLate
	hardlyThere
	lockedForLong
	behindTheirLock
	nothingIsShown
	nobodyIsLoggedIn
	takenAway
	nobodyIsLookedFor
	asleepMeanwhile
	theMarkIsAnHourOld
	theChargeIsUnknown
	theChargeHasJustFallen
	conversionIsUnknown
	conversionHasJustBegun
	notCalmYet
	theMacIsUnfit
	theyWereAsked
	theyMayNot
	itHasJustChanged
	aPersonIsNeeded
	theMacWaits
	allIsWithheld
	theJobStays
	theFirstCheckWaits
	appleIsAskedSeldom
	theRoundHasStopped
	thePromptIsNear
	theCallHasJustBegun
	whetherBusyIsUnknown
	noticeIsHad
	excuseCount
)

// excuses say of each what it is called in the tally, which promise of
// docs/guarantees.md it narrows, and why that is right.
var excuses = [excuseCount]struct {
	name    string
	promise int
	because string
}{
	theDiskLies:            {"the disk lies", 5, "a disk that says it has written and has not keeps neither the state nor its copy"},
	anAdministratorMovesIt: {"an administrator moves the deadline", 1, "settings and what is written into the state file by hand may set another deadline, and nothing is shown or saved by it before a wake has ended well"},
	bothFilesAreDeleted:    {"both files are deleted", 5, "who deletes the state and its copy has deleted the deadline"},
	theFileHasJustBroken:   {"the state file has just broken", 5, "a file that is cut while a wake runs is found by the next one"},
	theRemovalHasBegun:     {"the removal has begun", 5, "with the job its deadline goes"},
	theListIsFalse:         {"the list is false", 18, "Apple's tool says in words, twice, that nothing is left"},
	theClockIsFound:        {"the clock is found", 3, "a deadline that was told by a wrong clock is told anew, so that no time is lost"},
	theClockIsSet:          {"the clock is set", 8, "a prompt that was up when the clock was set ends in its next tick, a clock that is set past the deadline ends the deferral, too, and past a start of the Mac the deferral is told by the clock alone"},
	aFaultHidIt:            {"a fault hid it", 8, "where a tool or the disk went wrong in the wake, the answer may never have come to the job"},
	whatWasLeftIsUnknown:   {"what was left is unknown", 7, "of a round whose bookkeeping was destroyed, of a clock that was set and of a wake in which a fault struck nobody knows how much time was left before"},
	theCountIsLost:         {"the count is lost", 15, "a restart that was counted in a file that is lost is not counted"},
	theWakeDied:            {"the wake died", 5, "a wake that is ended has settled nothing yet; the next one does"},
	nobodyCouldKnow:        {"nobody could know", 11, "who comes to the screen after the last look, and that was when Apple's tool had spoken its last word, cannot be told any more"},
	theHourIsDoubtful:      {"the hour is doubtful", 32, "a wake goes by the zone, the clock and the declaration that it began with, and around a change of daylight saving the guard does not know a window to the hour"},
	hoursAreClosed:         {"hours are closed", 32, "outside the windows, in quiet hours and in blackouts nothing need come, and a dialog shows when it does"},
	theMacIsHeld:           {"the Mac is held", 33, "a hold keeps prompts, countdowns and the removal away until it ends"},
	appleDecides:           {"Apple decides", 34, "what Apple enforces is prompted for with Apple's date, around that date nothing is on the screen, past the deadline it is the one that the status says, and what Apple has given up is the job's again"},
	theCacheIsLate:         {"the cache is late", 23, "what was given to the preferences reaches their file some seconds later, and until then a wake gives it again"},
	hardlyThere:            {"hardly there", 11, "who has come within two seconds cannot be known"},
	lockedForLong:          {"locked for long", 11, "past the deadline a screen that has been locked, or left to the login window, in a row for MaxLockedTime no longer keeps the countdown from running"},
	behindTheirLock:        {"behind their own lock", 13, "after a click of the one person who is logged in the announced restart happens behind their own lock"},
	nothingIsShown:         {"nothing is shown", 9, "a helper that brings nothing to the screen puts what is due off, for MaxLockedTime and no longer"},
	nobodyIsLoggedIn:       {"nobody is logged in", 11, "with InstallWhenNobody what is found is installed as long as nobody at all is logged in"},
	nobodyIsLookedFor:      {"nobody is looked for", 23, "with InstallWhenNobody each wake of a deferral looks whether anybody is logged in"},
	asleepMeanwhile:        {"asleep meanwhile", 11, "each sleep, and each lock, may cost the countdown a look or two"},
	takenAway:              {"taken away", 8, "a prompt that goes because the screen is locked or dark is nobody's answer, and comes again when somebody can see it"},
	theMarkIsAnHourOld:     {"the mark is an hour old", 1, "the time spent is written down once an hour, so each start of the Mac, and each loss of the file, may lose that much where the wall clock cannot help"},
	theChargeIsUnknown:     {"the charge is unknown", 25, "a battery that cannot be asked is taken to be full enough"},
	theChargeHasJustFallen: {"the charge has just fallen", 25, "between the look and the installation there are seconds"},
	conversionIsUnknown:    {"conversion is unknown", 25, "where FileVault cannot be asked the disk is taken to be at rest"},
	conversionHasJustBegun: {"conversion has just begun", 25, "between the look and the installation there are seconds"},
	notCalmYet:             {"not calm yet", 26, "while things still go wrong nothing need come in its time, and of a Mac that is off or asleep nothing can"},
	theMacIsUnfit:          {"the Mac is unfit", 26, "while the battery, the disk, the network or FileVault is in the way nothing is enforced, and people are told why (guarantee 37)"},
	theyWereAsked:          {"they were asked", 26, "past the deadline what only a person can install is asked for at most four times a day (guarantee 38), also where the deadline is moved after it"},
	theyMayNot:             {"they may not", 27, "who is no volume owner is not asked for what only one can do, and is told once a day whom to ask (guarantee 39)"},
	itHasJustChanged:       {"it has just changed", 37, "what was in the way at the last look, a minute ago in a countdown, may come or go before the dialog does"},
	aPersonIsNeeded:        {"a person is needed", 26, "what only a person can do waits for one, as a restart waits for who is logged in behind the login window, and everything for whom the Setup Assistant has on the screen"},
	theMacWaits:            {"the Mac waits", 27, "while FileVault or the Setup Assistant works, a deferral runs, a click waits to be obeyed or a restart is under way nobody is asked"},
	thePromptIsNear:        {"the prompt is near", 23, "a wake that begins less than five minutes before the end of a deferral waits for it, and asks (guarantee 8)"},
	theCallHasJustBegun:    {"the call has just begun", 35, "a minute may pass between the look and the dialog"},
	whetherBusyIsUnknown:   {"whether somebody is busy is unknown", 35, "where nobody can tell, dialogs wait for nobody"},
	allIsWithheld:          {"all is withheld", 27, "where MDM defers all that was in scope Apple is asked once a day, and what comes into scope meanwhile waits for that"},
	appleIsAskedSeldom:     {"Apple is asked seldom", 26, "while nobody is there who can install what is listed, Apple is asked every six hours, so that what is new is found that late"},
	theFirstCheckWaits:     {"the first check waits", 27, "before the first check a Mac waits for its share of StartSpread"},
	theJobStays:            {"the job stays", 27, "between two rounds Apple is asked once a day"},
	noticeIsHad:            {"notice is had", 1, "whoever was away when the deadline passed is asked once more, and has MinimumNotice at the screen before a countdown (guarantee 31)"},
	theRoundHasStopped:     {"the round has stopped", 26, "after three restarts an administrator must look (guarantee 15)"},
}

// let tells whether an excuse holds, and counts where it does.
func (g *guard) let(e excuse, when bool) bool {
	if when {
		g.reached.excuses[e]++
	}
	return when
}

// excusing are the facts of the guard that let the program off, fields and
// methods.
var excusing = []string{"lies", "repin", "forgotten", "removing", "unreadable", "stepped", "faulty", "doubtful", "lostIn", "touched",
	"honest", "foundTime", "unseen", "nothingShown", "converting", "assisted", "onBattery", "unknownIsThere", "blind", "Stopped", "Died"}

func TestEveryExcuseNamesThePromiseThatItNarrows(t *testing.T) {
	promised := promises(t)
	for e, x := range excuses {
		if x.name == "" || x.because == "" || !promised[x.promise] {
			t.Errorf("excuse %d names no promise of docs/guarantees.md, or no reason: %+v", e, x)
		}
	}
	used := map[string]int{}
	eachCall(t, "let", func(call *ast.CallExpr) {
		if e, ok := call.Args[0].(*ast.Ident); ok {
			used[e.Name]++
			return
		}
		t.Errorf("an excuse without a name")
	})
	if len(used) != len(excuses) {
		t.Errorf("of %d excuses %d are used: %v", len(excuses), len(used), used)
	}
}

// What lets the program off is asked for by name: no rule looks at such a fact
// by itself.
func TestNoRuleExcusesInSilence(t *testing.T) {
	for _, f := range guardFiles(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IfStmt:
				silent(t, n.Cond)
			case *ast.CaseClause:
				for _, c := range n.List {
					silent(t, c)
				}
			}
			return true
		})
	}
}

// silent complains of facts in a condition that excuse without a name.
func silent(t *testing.T, cond ast.Expr) {
	t.Helper()
	ast.Inspect(cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "let" {
				return false
			}
		case *ast.SelectorExpr:
			if slices.Contains(excusing, n.Sel.Name) {
				t.Errorf("a rule lets the program off by %q and does not say which promise that narrows", n.Sel.Name)
			}
		}
		return true
	})
}
