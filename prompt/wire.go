package prompt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The bounds of the protocol, in bytes, without the end of the line.
const (
	// maxDialog is the longest dialog.
	maxDialog = 1 << 20
	// maxLine is the longest change and the longest answer.
	maxLine = 64 << 10
)

// MaxSecret is the longest password, in bytes.
const MaxSecret = 1024

// maxSeconds bounds the durations of the protocol: ten years.
const maxSeconds = 10 * 366 * 24 * 60 * 60

// maxChoices bounds the deferrals on offer.
const maxChoices = 64

// On the wire a duration is a whole number of seconds, rounded up, and a time
// is RFC 3339 with the offset of the zone to show it in.

type wireDialog struct {
	Protocol   int                  `json:"protocol"`
	ID         string               `json:"id"`
	Tells      bool                 `json:"tells,omitempty"`
	Kind       Kind                 `json:"kind"`
	Own        map[string]wireTexts `json:"own,omitempty"`
	Language   string               `json:"language,omitempty"`
	Logo       string               `json:"logo,omitempty"`
	LogoDark   string               `json:"logoDark,omitempty"`
	Help       string               `json:"help,omitempty"`
	OSVersion  string               `json:"osVersion,omitempty"`
	Updates    []wireItem           `json:"updates,omitempty"`
	Way        Way                  `json:"way,omitempty"`
	Rapid      bool                 `json:"rapid,omitempty"`
	Declared   bool                 `json:"declared,omitempty"`
	Choices    []wireChoice         `json:"choices,omitempty"`
	Usual      int                  `json:"usual,omitempty"`
	Last       bool                 `json:"last,omitempty"`
	Failed     Failing              `json:"failed,omitempty"`
	Opened     time.Time            `json:"opened,omitzero"`
	Agreed     time.Time            `json:"agreed,omitzero"`
	Deadline   time.Time            `json:"deadline,omitzero"`
	TimeLeft   int64                `json:"timeLeft,omitempty"`
	Timeout    int64                `json:"timeout,omitempty"`
	Countdown  int64                `json:"countdown,omitempty"`
	Whole      int64                `json:"whole,omitempty"`
	Progress   *wireProgress        `json:"progress,omitempty"`
	Shutdown   bool                 `json:"shutdown,omitempty"`
	Others     int                  `json:"others,omitempty"`
	Portable   bool                 `json:"portable,omitempty"`
	Obstacle   *wireObstacle        `json:"obstacle,omitempty"`
	NotAllowed bool                 `json:"notAllowed,omitempty"`
	Pane       string               `json:"pane,omitempty"`
	Account    string               `json:"account,omitempty"`
	Rejected   *wireRejected        `json:"rejected,omitempty"`
}

type wireTexts struct {
	Heading string `json:"heading,omitempty"`
	Body    string `json:"body,omitempty"`
	Run     string `json:"run,omitempty"`
	Defer   string `json:"defer,omitempty"`
	Contact string `json:"contact,omitempty"`
}

type wireItem struct {
	Name    string `json:"name"`
	SizeKiB int64  `json:"sizeKiB"`
	Restart bool   `json:"restart,omitempty"`
}

type wireChoice struct {
	For   int64     `json:"for"`
	Until time.Time `json:"until"`
	Fixed bool      `json:"fixed,omitempty"`
}

type wireProgress struct {
	Fraction   float64  `json:"fraction"`
	Updates    []string `json:"updates,omitempty"`
	Restarting bool     `json:"restarting,omitempty"`
}

type wireObstacle struct {
	Is           Obstruction `json:"is"`
	Percent      int         `json:"percent,omitempty"`
	NeedsPercent int         `json:"needsPercent,omitempty"`
	FreeKiB      int64       `json:"freeKiB,omitempty"`
	NeedsKiB     int64       `json:"needsKiB,omitempty"`
}

type wireRejected struct {
	TriesLeft int `json:"triesLeft"`
}

type wireChange struct {
	TimeLeft  *int64        `json:"timeLeft,omitempty"`
	Countdown *int64        `json:"countdown,omitempty"`
	Progress  *wireProgress `json:"progress,omitempty"`
	Obstacle  *wireObstacle `json:"obstacle,omitempty"`
}

type wireAnswer struct {
	Protocol int    `json:"protocol"`
	ID       string `json:"id"`
	Result   Result `json:"result"`
	Choice   int    `json:"choice"`
	// Secret is base64, so that any bytes pass and no copy of them is made
	// as a string.
	Secret []byte `json:"secret,omitempty"`
}

// EncodeDialog returns the line that opens d, with its end. A deferral that
// would end after the deadline ends with it. EncodeDialog refuses a dialog that
// the other side would refuse.
func EncodeDialog(d Dialog) ([]byte, error) {
	w := wireDialog{
		Protocol: protocol, ID: d.ID, Tells: d.Tells, Kind: d.Kind,
		Language: d.Language, Logo: d.Logo, LogoDark: d.LogoDark, Help: d.Help, OSVersion: d.OSVersion,
		Way: d.Way, Rapid: d.Rapid, Declared: d.Declared,
		Usual: d.Usual, Last: d.Last, Failed: d.Failed, Opened: d.Opened.Truncate(time.Second), Agreed: d.Agreed.Truncate(time.Second), Deadline: d.Deadline.Truncate(time.Second),
		TimeLeft: seconds(d.TimeLeft), Timeout: seconds(d.Timeout), Countdown: seconds(d.Countdown), Whole: seconds(d.Whole),
		Progress: (*wireProgress)(d.Progress), Shutdown: d.Shutdown, Others: d.Others,
		Portable: d.Portable, Obstacle: (*wireObstacle)(d.Obstacle),
		NotAllowed: d.NotAllowed, Pane: d.Pane, Account: d.Account, Rejected: (*wireRejected)(d.Rejected),
	}
	for language, own := range d.Own {
		if w.Own == nil {
			w.Own = map[string]wireTexts{}
		}
		w.Own[language] = wireTexts(own)
	}
	for _, u := range d.Updates {
		w.Updates = append(w.Updates, wireItem(u))
	}
	for _, c := range d.Choices {
		if !d.Deadline.IsZero() && c.Until.After(d.Deadline) {
			c.Until = d.Deadline
		}
		w.Choices = append(w.Choices, wireChoice{For: seconds(c.For), Until: c.Until.Truncate(time.Second), Fixed: c.Fixed})
	}
	line, err := encode(w, maxDialog)
	if err != nil {
		return nil, fmt.Errorf("write the dialog: %w", err)
	}
	if _, err := DecodeDialog(line); err != nil {
		return nil, err
	}
	return line, nil
}

// DecodeDialog reads the line that opens a dialog. It is total: any bytes give
// a dialog that can be shown, or an error.
func DecodeDialog(line []byte) (Dialog, error) {
	var w wireDialog
	if err := decode(line, maxDialog, &w); err != nil {
		return Dialog{}, fmt.Errorf("read the dialog: %w", err)
	}
	if err := checkDialog(w); err != nil {
		return Dialog{}, fmt.Errorf("read the dialog: %w", err)
	}
	d := Dialog{
		ID: w.ID, Tells: w.Tells, Kind: w.Kind,
		Language: w.Language, Logo: w.Logo, LogoDark: w.LogoDark, Help: secure(w.Help), OSVersion: w.OSVersion,
		Way: w.Way, Rapid: w.Rapid, Declared: w.Declared,
		Usual: w.Usual, Last: w.Last, Failed: w.Failed, Opened: w.Opened, Agreed: w.Agreed, Deadline: w.Deadline,
		TimeLeft: duration(w.TimeLeft), Timeout: duration(w.Timeout), Countdown: duration(w.Countdown), Whole: duration(w.Whole),
		Progress: w.Progress.progress(), Shutdown: w.Shutdown, Others: w.Others,
		Portable: w.Portable, Obstacle: w.Obstacle.obstacle(),
		NotAllowed: w.NotAllowed, Pane: w.Pane, Account: w.Account, Rejected: (*Rejected)(w.Rejected),
	}
	for language, own := range w.Own {
		if d.Own == nil {
			d.Own = map[string]Texts{}
		}
		d.Own[language] = Texts(own)
	}
	for _, u := range w.Updates {
		d.Updates = append(d.Updates, Item(u))
	}
	for _, c := range w.Choices {
		d.Choices = append(d.Choices, Choice{For: duration(c.For), Until: c.Until, Fixed: c.Fixed})
	}
	return d, nil
}

// secure returns an address that begins with https, and nothing for another: a
// dialog opens no file and no other program.
func secure(address string) string {
	if !strings.HasPrefix(address, "https://") {
		return ""
	}
	return address
}

// checkDialog says what is wrong with w, if anything.
func checkDialog(w wireDialog) error {
	if w.Protocol != protocol {
		return fmt.Errorf("protocol version %d, want %d", w.Protocol, protocol)
	}
	if w.ID == "" {
		return errors.New("it has no id")
	}
	switch w.Kind {
	case RunOrDefer:
		if len(w.Choices) == 0 {
			return errors.New("it offers no deferral")
		}
	case InTheWay:
		if w.Obstacle.obstacle() == nil {
			return errors.New("it names nothing that is in the way")
		}
	case RunNow, Updating, InstallNow, Password:
	default:
		return fmt.Errorf("unknown kind %q", w.Kind)
	}
	if len(w.Choices) > maxChoices {
		return fmt.Errorf("it offers %d deferrals, at most %d can be", len(w.Choices), maxChoices)
	}
	for _, c := range w.Choices {
		if c.For == 0 || !possibleSeconds(c.For) {
			return fmt.Errorf("it offers a deferral of %d seconds", c.For)
		}
		if !w.Deadline.IsZero() && c.Until.After(w.Deadline) {
			return fmt.Errorf("it offers a deferral until %v, after the deadline %v", c.Until, w.Deadline)
		}
	}
	if w.Usual < 0 || w.Usual > 0 && w.Usual >= len(w.Choices) {
		return fmt.Errorf("its usual deferral is number %d of %d", w.Usual, len(w.Choices))
	}
	switch w.Way {
	case Itself, WithPassword, ByPerson:
	default:
		return fmt.Errorf("unknown way %q", w.Way)
	}
	for _, s := range []int64{w.TimeLeft, w.Timeout, w.Countdown, w.Whole} {
		if !possibleSeconds(s) {
			return fmt.Errorf("a duration of %d seconds", s)
		}
	}
	return nil
}

// EncodeChange returns the line that makes the change c, with its end.
func EncodeChange(c Change) ([]byte, error) {
	w := wireChange{Progress: (*wireProgress)(c.Progress), Obstacle: (*wireObstacle)(c.Obstacle)}
	if c.TimeLeft != nil {
		w.TimeLeft = new(seconds(*c.TimeLeft))
	}
	if c.Countdown != nil {
		w.Countdown = new(seconds(*c.Countdown))
	}
	line, err := encode(w, maxLine)
	if err != nil {
		return nil, fmt.Errorf("write the change: %w", err)
	}
	return line, nil
}

// DecodeChange reads the line of one change. It is total.
func DecodeChange(line []byte) (Change, error) {
	var w wireChange
	if err := decode(line, maxLine, &w); err != nil {
		return Change{}, fmt.Errorf("read the change: %w", err)
	}
	for _, s := range []*int64{w.TimeLeft, w.Countdown} {
		if s != nil && !possibleSeconds(*s) {
			return Change{}, fmt.Errorf("read the change: a duration of %d seconds", *s)
		}
	}
	c := Change{Progress: w.Progress.progress(), Obstacle: w.Obstacle.obstacle()}
	if w.TimeLeft != nil {
		c.TimeLeft = new(duration(*w.TimeLeft))
	}
	if w.Countdown != nil {
		c.Countdown = new(duration(*w.Countdown))
	}
	return c, nil
}

// EncodeAnswer returns the line that answers d with a, with its end, and the
// exit code that goes with it. The line of a password holds the password; the
// caller wipes it after writing.
func EncodeAnswer(d Dialog, a Answer) (line []byte, exitCode int) {
	code, ok := exitCodes[a.Result]
	if !ok {
		a, code = Answer{Result: ResultNone}, ExitNone
	}
	w := wireAnswer{Protocol: protocol, ID: d.ID, Result: a.Result, Choice: a.Choice}
	line, err := json.Marshal(w)
	if err != nil { // Not possible: no field of w can fail.
		return nil, ExitNone
	}
	if a.Result == ResultPassword {
		// By hand, because json.Marshal would keep a copy for reuse.
		open := line[:len(line)-1]
		line = make([]byte, 0, len(open)+base64.StdEncoding.EncodedLen(len(a.Secret))+16)
		line = append(line, open...)
		line = append(line, `,"secret":"`...)
		line = base64.StdEncoding.AppendEncode(line, a.Secret)
		line = append(line, `"}`...)
	}
	return append(line, '\n'), code
}

func encode(w any, limit int) ([]byte, error) {
	line, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	if len(line) > limit {
		return nil, fmt.Errorf("it has %d bytes, at most %d are allowed", len(line), limit)
	}
	return append(line, '\n'), nil
}

func decode(line []byte, limit int, w any) error {
	line = bytes.TrimSuffix(line, []byte("\n"))
	if len(line) > limit {
		return fmt.Errorf("it has more than %d bytes", limit)
	}
	return json.Unmarshal(line, w)
}

func seconds(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64((d + time.Second - 1) / time.Second)
}

func duration(s int64) time.Duration { return time.Duration(s) * time.Second }

func possibleSeconds(s int64) bool { return s >= 0 && s <= maxSeconds }

// progress returns p with a fraction in its range.
func (p *wireProgress) progress() *Progress {
	switch {
	case p == nil:
		return nil
	case p.Fraction < 0:
		p.Fraction = -1
	}
	return &Progress{Fraction: min(p.Fraction, 1), Updates: p.Updates, Restarting: p.Restarting}
}

// obstacle returns o where it is one that there is.
func (o *wireObstacle) obstacle() *Obstacle {
	if o == nil || min(o.Percent, o.NeedsPercent) < 0 || min(o.FreeKiB, o.NeedsKiB) < 0 {
		return nil
	}
	switch o.Is {
	case LowBattery, LowSpace, NoNetwork, DiskAtWork:
		return (*Obstacle)(o)
	}
	return nil
}
