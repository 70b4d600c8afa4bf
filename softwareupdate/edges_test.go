package softwareupdate

import (
	"fmt"
	"strings"
	"testing"

	"installordefer/internal/macos"
)

func TestAnOldDetailThatCannotBeReadIsNone(t *testing.T) {
	for _, line := range []string{
		"recommended]",
		"Safari (1), 5K recommended]",
		"Safari 1), 5K",
		"Safari, 5K",
		"Safari (1), much",
		"Safari (1)",
	} {
		if u, _, ok := oldDetail(line); ok {
			t.Errorf("%q was read as %+v", line, u)
		}
	}
}

func TestATagThatIsNotKnownIsReported(t *testing.T) {
	u, odd, ok := oldDetail("Safari (1), 5K [recommended] [dance]")
	if !ok || !u.Recommended || len(odd) != 1 || odd[0] != "[dance]" {
		t.Errorf("%+v, %q, %v", u, odd, ok)
	}
}

func TestARapidResponseWithoutAVersionIsNoUpgrade(t *testing.T) {
	u := Update{Label: "macOS Background Security Improvement (a)", Title: "macOS Background Security Improvement (a)"}
	if upgrade, known := u.isUpgrade(macos.Version{}); upgrade || !known {
		t.Errorf("upgrade %v, known %v", upgrade, known)
	}
}

func TestSpaceInAnUnknownUnitIsNoNumber(t *testing.T) {
	for _, text := range []string{
		"Not enough free disk space: a total of 5 XB is required.",
		"Not enough free disk space: a total of five GB is required.",
		"Not enough free disk space: a total of 5",
	} {
		if kind, failed := failureIn(text); neededIn(text) != 0 || !failed || kind != FailureSpace {
			t.Errorf("%q: %d bytes, %v", text, neededIn(text), kind)
		}
	}
	if n := neededIn("Not enough free disk space: a total of x, a total of 2.5 GB is required."); n != 25e8 {
		t.Errorf("the second number was read as %d", n)
	}
}

func TestALineWithATimeButWithoutItsFractionIsNoNoise(t *testing.T) {
	if isNoise("2026-09-21 12:00:00. softwareupdate[1:2] x") {
		t.Error("a point without digits was taken for a fraction")
	}
}

func TestEveryValueHasAWord(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range []interface{ String() string }{
		ActionNone, ActionRestart, ActionShutdown, Unknown, None, Updates,
		KindOther, KindMacOS, KindRapid, KindSafari, KindCommandLineTools,
		FailureNetwork, FailureRefused, macos.Version{},
	} {
		word := v.String()
		if word == "" || strings.ContainsAny(word, "{}()%") {
			t.Errorf("%T is %q", v, word)
		}
		seen[word] = true
	}
	if len(seen) < 12 {
		t.Errorf("several values have one word: %v", seen)
	}
}

func TestTheTailLeavesEmptyLinesOut(t *testing.T) {
	var kept tail
	for _, line := range []string{"a", " \t ", "b"} {
		kept.add(line)
	}
	if strings.Join(kept.lines, "|") != "a|b" {
		t.Errorf("got %q", kept.lines)
	}
}

func TestASizeThatIsNoneIsToldOf(t *testing.T) {
	for value, odd := range map[string]int{"1024KiB": 0, "0KiB": 0, "": 0, "large": 1} {
		if _, got := newDetail([]field{{key: "Size", value: value}}); len(got) != odd {
			t.Errorf("of the size %q it tells %q", value, got)
		}
	}
}

func TestTheLastWordsOfAppleTool(t *testing.T) {
	var said []string
	tellTail(func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) },
		[]string{"Software Update Tool", "2026-11-23 10:00:00.123 softwareupdate[4:5] XType: Using static font registry.", "The connection was lost."})
	if len(said) != 1 || said[0] != "Apple's tool said: The connection was lost." {
		t.Errorf("%q", said)
	}
}
