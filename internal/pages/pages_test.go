package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"image/png"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"installordefer/docs/scenarios"
	"installordefer/internal/fleet"
	"installordefer/internal/forecast"
	"installordefer/internal/simmac/life"
	"installordefer/internal/simmac/scenario"
	"installordefer/internal/simmac/story"
	"installordefer/internal/statusfile"
)

// browser returns Chromium, or skips the test.
func browser(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: it starts a browser")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium here (Debian package chromium)")
	return ""
}

// open has the browser open a page and returns what it prints.
func open(t *testing.T, page string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	file := url.URL{Scheme: "file", Path: page}
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + t.TempDir()}, args...)
	out, err := exec.CommandContext(ctx, browser(t), append(args, file.String())...).Output()
	if err != nil {
		t.Fatalf("the browser: %v", err)
	}
	return out
}

// A look is what the browser says of a page.
type look struct {
	Heading    string   `json:"heading"`
	Background string   `json:"background"`
	Rows       int      `json:"rows"`
	Drawn      [][2]int `json:"drawn"`
	// Wide is how wide the page is, and Window how wide what shows it.
	Wide   int `json:"wide"`
	Window int `json:"window"`
	// Cut are texts that are cut off, and Faint those that can hardly be read.
	Cut   []string `json:"cut"`
	Faint []string `json:"faint"`
	Text  string   `json:"text"`
}

// script measures a page.
const script = `<script>
addEventListener("load", () => {
	const rgb = (c) => (c.match(/[\d.]+/g) || []).map(Number);
	const light = (c) => c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; })
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (e) => {
		for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0.5) return c; }
		return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
	};
	const texts = [...document.querySelectorAll("body *")].filter((e) => !e.closest("svg") && e.tagName != "SCRIPT" && [...e.childNodes].some((n) => n.nodeType == 3 && n.data.trim()));
	const faint = texts.filter((e) => { const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05) < 3; });
	document.documentElement.dataset.look = JSON.stringify({
		heading: document.querySelector("h1").textContent, background: behind(document.body).slice(0, 3).join(), rows: document.querySelectorAll("tr, ol > li").length,
		drawn: [...document.querySelectorAll("polyline, .bar span")].map((e) => { const r = e.getBoundingClientRect(); return [Math.round(r.width), Math.round(r.height)]; }),
		wide: document.documentElement.scrollWidth, window: innerWidth,
		cut: texts.filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX != "visible").map((e) => e.textContent),
		faint: faint.map((e) => e.textContent.slice(0, 60)), text: document.body.innerText,
	});
});
</script></body>`

var looked = regexp.MustCompile(`data-look="([^"]*)"`)

// measure looks at a page in a window of some width.
func measure(t *testing.T, page []byte, width int, dark bool) look {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, bytes.Replace(page, []byte("</body>"), []byte(script), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--dump-dom", fmt.Sprintf("--window-size=%d,900", width)}
	if dark {
		args = append(args, "--blink-settings=preferredColorScheme=0")
	}
	found := looked.FindSubmatch(open(t, file, args...))
	if found == nil {
		t.Fatal("the browser has not shown the page")
	}
	var l look
	if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// writePages writes each page that there is.
func writePages(t *testing.T) map[string]func(io.Writer) error {
	t.Helper()
	at := time.Date(2026, 11, 30, 20, 0, 0, 0, time.UTC)
	table := &fleet.Table{At: at}
	for i, w := range statusfile.Words() {
		s := statusfile.Status{Word: w, MacOS: "26.6", Version: "1.2.0", Deadline: at.Add(time.Duration(i-5) * 40 * time.Hour), Written: at.Add(-time.Hour),
			WaitingFor: "person at the screen", LastError: strings.Repeat("a long error without an end ", 12)}
		if err := table.Mac(fleet.Mac{Name: fmt.Sprintf("a-mac-with-a-long-name-%d.example.com", i), Status: s}); err != nil {
			t.Fatal(err)
		}
	}
	data, _ := scenarios.Named("deadline")
	s, err := scenario.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	told := story.Page{Title: s.About}
	l, err := life.Rehearse(s, "com.example", nil, 0, told.Take)
	if err != nil {
		t.Fatal(err)
	}
	mix, err := forecast.Office()
	if err != nil {
		t.Fatal(err)
	}
	f, err := forecast.Run(forecast.Order{Mix: mix, Identifier: "com.example", Macs: 60, Days: 5, Seed: 1, Policies: []forecast.Policy{
		{Name: "now.plist"}, {Name: "strict.plist", Settings: map[string]any{"MaxDeferralTime": 86400.0}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]func(io.Writer) error{
		"fleet": table.WritePage, "forecast": f.WritePage,
		"rehearsal": func(w io.Writer) error { return told.Write(w, story.Summarise(l.Mac, l.Removed, l.Wakes)) },
	}
}

// whatEachShows is what a page has to show, and how many rows and drawings it has at
// least.
var whatEachShows = map[string]struct {
	text         string
	rows, drawn  int
	drawnAtLeast int // pixels, in a wide window
}{
	"fleet":     {"Overdue, the longest first|blocked", 15, 5, 20},
	"forecast":  {"Temperaments are assumptions|Policy B: strict.plist|unsaved work lost", 30, 2, 400},
	"rehearsal": {"What it costs those who work there|Unsaved work in TextEdit is lost|Remind Me", 60, 0, 0},
}

func TestPagesInABrowser(t *testing.T) {
	browser(t)
	for name, write := range writePages(t) {
		var page bytes.Buffer
		if err := write(&page); err != nil {
			t.Fatal(err)
		}
		want := whatEachShows[name]
		backgrounds := map[string]bool{}
		for width, dark := range map[int]bool{1280: false, 500: true} {
			t.Run(fmt.Sprintf("%s, %d wide, dark: %v", name, width, dark), func(t *testing.T) {
				l := measure(t, page.Bytes(), width, dark)
				backgrounds[l.Background] = true
				if l.Heading == "" || l.Rows < want.rows || len(l.Drawn) < want.drawn {
					t.Errorf("%q, %d rows, %d drawings", l.Heading, l.Rows, len(l.Drawn))
				}
				if l.Wide > l.Window {
					t.Errorf("the page is %d wide and its window %d: it scrolls sideways", l.Wide, l.Window)
				}
				if len(l.Cut)+len(l.Faint) > 0 {
					t.Errorf("cut off: %q; hardly to be read: %q", l.Cut, l.Faint)
				}
				for text := range strings.SplitSeq(want.text, "|") {
					if !strings.Contains(l.Text, text) {
						t.Errorf("it does not show %q", text)
					}
				}
				for _, d := range l.Drawn {
					if width > 1000 && (d[0] < want.drawnAtLeast || d[1] < 10) {
						t.Errorf("a drawing of %d by %d", d[0], d[1])
					}
				}
			})
		}
		if len(backgrounds) != 2 {
			t.Errorf("%s is the same in light and in dark: %v", name, backgrounds)
		}
	}
}

// TestAPictureOfTheForecastHasBothPolicies looks at the pixels themselves.
func TestAPictureOfTheForecastHasBothPolicies(t *testing.T) {
	browser(t)
	folder := t.TempDir()
	page, picture := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.png")
	var text bytes.Buffer
	if err := writePages(t)["forecast"](&text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, page, "--screenshot="+picture, "--window-size=1280,900")
	data, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	shot, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	pixels := map[[3]uint8]int{}
	for y := range shot.Bounds().Dy() {
		for x := range shot.Bounds().Dx() {
			r, g, b, _ := shot.At(x, y).RGBA()
			pixels[[3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}]++
		}
	}
	for policy, colour := range map[string][3]uint8{"A": {0x34, 0x78, 0xc6}, "B": {0xd9, 0x64, 0x3a}} {
		if pixels[colour] < 300 {
			t.Errorf("policy %s has %d pixels", policy, pixels[colour])
		}
	}
}
