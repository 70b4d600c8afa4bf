package prompt

import (
	"testing"
	"time"
)

func TestAskAgainMovesOnWhileTheDialogIsOpen(t *testing.T) {
	d := Dialog{
		Kind: RunOrDefer, TimeLeft: 30 * time.Hour,
		Deadline: time.Date(2026, 11, 22, 18, 40, 0, 0, berlin),
		Choices: []Choice{
			{For: 4 * time.Hour, Until: time.Date(2026, 11, 21, 16, 40, 0, 0, berlin)},
			{For: 24 * time.Hour, Until: time.Date(2026, 11, 22, 12, 40, 0, 0, berlin)},
			{For: 29*time.Hour + 55*time.Minute, Until: time.Date(2026, 11, 22, 18, 35, 0, 0, berlin)},
		},
	}
	tests := []struct {
		choice int
		open   time.Duration
		want   string
	}{
		{0, 0, "Ask again at 16:40"},
		{0, 59 * time.Second, "Ask again at 16:40"},
		{0, 45 * time.Minute, "Ask again at 17:25"},
		{0, -time.Hour, "Ask again at 16:40"}, // the clock was corrected
		{1, 0, "Ask again on Sunday at 12:40"},
		{1, 12 * time.Hour, "Ask again at 18:40"}, // not past the deadline, which is today by now
		{2, 0, "Ask again on Sunday at 18:35"},
		{2, 30 * time.Minute, "Ask again on Sunday at 18:40"}, // not past the deadline
	}
	for _, test := range tests {
		if got := d.AskAgain(test.choice, d.TimeLeft-test.open); got != test.want {
			t.Errorf("choice %d, open for %v: %q, want %q", test.choice, test.open, got, test.want)
		}
	}
	d.Deadline = time.Time{}
	if got, want := d.AskAgain(1, d.TimeLeft), "Ask again on Sunday at 12:40"; got != want {
		t.Errorf("without a deadline: %q, want %q", got, want)
	}
}

func TestTheLinesOfTheDialogs(t *testing.T) {
	due := Dialog{Deadline: time.Date(2026, 11, 24, 16, 40, 0, 0, berlin)}
	tests := []struct{ got, want string }{
		{due.TimeLeftLine(72 * time.Hour), "The updates are due in 3 days, on Tuesday, 24 November at 16:40."},
		{due.TimeLeftLine(30 * time.Second), "The updates are due in less than a minute, on Tuesday, 24 November at 16:40."},
		{due.TimeLeftLine(0), "The updates were due on Tuesday, 24 November at 16:40."},
		{Dialog{}.TimeLeftLine(time.Hour), ""},
		{Dialog{Kind: RunNow}.CountdownLine(599 * time.Second), "The updates start in 9 minutes 59 seconds."},
		{Dialog{Kind: RunNow}.CountdownLine(time.Minute), "The updates start in 1 minute. Please save your work now."},
		{Dialog{Kind: RunNow}.CountdownLine(time.Second), "The updates start in 1 second. Please save your work now."},
		{Dialog{Kind: RunNow}.CountdownLine(0), "The updates start now."},
		{Dialog{Kind: Updating}.CountdownLine(5 * time.Minute), "Time left to save your work: 5 minutes."},
		{Progress{Fraction: -1}.Line(), "Installing the updates"},
		{Progress{Fraction: -1, Text: "Preparing"}.Line(), "Preparing"},
		{Progress{Fraction: 0, Text: "Preparing"}.Line(), "Preparing, 0 %"},
		{Progress{Fraction: 0.9999, Text: "Preparing"}.Line(), "Preparing, 99 %"},
		{Progress{Fraction: 1, Text: "Preparing"}.Line(), "Preparing, 100 %"},
		{Progress{Fraction: 7}.Line(), "100 %"},
		{Item{SizeKiB: 3713000, Restart: true}.Details(), "3.8 GB, needs a restart"},
		{Item{SizeKiB: 3713000}.Details(), "3.8 GB"},
		{Item{SizeKiB: -1, Restart: true}.Details(), "needs a restart"},
		{Item{SizeKiB: -1}.Details(), ""},
		{Dialog{Account: "anna"}.PasswordLine(), "Password of anna:"},
		{Dialog{}.PasswordLine(), "Your password:"},
		{Rejected{TriesLeft: 2}.Line(), "The password was not right. 2 tries are left."},
		{Rejected{TriesLeft: 1}.Line(), "The password was not right. This is the last try."},
		{Dialog{}.RunButton(), "Run Updates"},
		{Dialog{RunLabel: "Install"}.RunButton(), "Install"},
		{Dialog{}.DeferButton(), "Defer"},
		{Dialog{DeferLabel: "Later"}.DeferButton(), "Later"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got  %q\nwant %q", test.got, test.want)
		}
	}
}
