package softwareupdate

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// forms are the expressions that the functions stand for. Those that ignore
// capitals are for sentences, whose apostrophes do not count.
var forms = []struct {
	name, form string
	matches    func(string) bool
}{
	{"noise", `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? softwareupdate\[[0-9a-f:]+\] `, isNoise},
	{"fraction", `^(Downloading|Preparing|Installing): (\d{1,3}(?:\.\d{1,6})?)%$`, func(s string) bool {
		_, _, ok := cutFraction(s)
		return ok
	}},
	{"scan error", `(?i)^(?:scan finished with error|(?:cant|cannot) connect)|` + failureForm, isScanError},
	{"network", `(?i)NSURLErrorDomain (?:Code=|error )-(?:1001|1003|1004|1005|1006|1009|1018|1020)\b|` +
		`(?:cant|cannot) connect|not connected to the internet|appears to be offline|network connection was lost|` +
		`didnt get a response from the apple`, func(s string) bool { return isNetwork(plain(s)) }},
	{"failure", `(?i)` + failureForm, func(s string) bool { return isFailure(plain(s)) }},
	{"space", `(?i)^not enough free disk space.*?a total of [0-9]+(?:[.,][0-9]+)? ?[KMGT]B`, func(s string) bool {
		_, total, _ := strings.Cut(plain(s), "a total of ")
		_, ok := bytesIn(total)
		return ok && strings.HasPrefix(plain(s), tooLittleSpace)
	}},
}

const failureForm = `^failed to |^error downloading |^install failed with error|` +
	`error domain=\w+ code=-?\d+|ErrorDomain|\w error -?\d+|MSU_ERR_|^softwareupdate: (?:unrecognized|invalid) option|` +
	`^couldnt communicate`

func TestAFormIsWhatItsExpressionSays(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			expression := regexp.MustCompile(f.form)
			matching := rapid.StringMatching(f.form)
			rapid.Check(t, func(t *rapid.T) {
				s := spoilt(t, matching.Draw(t, "matching"))
				said := s
				if strings.HasPrefix(f.form, "(?i)") {
					said = withoutApostrophes(s)
				}
				if folds(said) || f.name == "space" && strings.Count(plain(s), "a total of ") != 1 {
					t.Skip("the expression and the function differ, and nobody minds")
				}
				if got, want := f.matches(s), expression.MatchString(said); got != want {
					t.Errorf("%q: got %v, want %v", s, got, want)
				}
			})
		})
	}
}

// spoilt changes a text in a few places, or in none.
func spoilt(t *rapid.T, s string) string {
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		at := rapid.IntRange(0, len(s)).Draw(t, "at")
		end := rapid.IntRange(at, min(at+2, len(s))).Draw(t, "end")
		s = s[:at] + rapid.SampledFrom([]string{"", "0", "11111111111", ".", " ", "(", ")", "a", "Z", "_", "-", "%", "'", "’", ":", "[", "]", "\xff", "=1009"}).Draw(t, "put") + s[end:]
	}
	return s
}

// folds tells whether a text holds one of the letters beyond ASCII that
// expressions take for s and k.
func folds(s string) bool {
	return strings.ContainsAny(s, "\u017f\u212a") || strings.ContainsRune(s, '\n')
}

func TestTheSpaceThatIsNeededIsRead(t *testing.T) {
	expression := regexp.MustCompile(`(?i)^not enough free disk space(?:.*?a total of ([0-9]+(?:[.,][0-9]+)?) ?([KMGT])B)?`)
	rapid.Check(t, func(t *rapid.T) {
		s := spoilt(t, rapid.StringMatching(`Not enough free disk space[:. ]( a total of [0-9]{1,8}[.,][0-9]{0,3} ?[KMGTkmgt]B[a ]){0,2} is required`).Draw(t, "text"))
		if folds(withoutApostrophes(s)) {
			t.Skip("the expression and the function differ, and nobody minds")
		}
		want := int64(0)
		if m := expression.FindStringSubmatch(withoutApostrophes(s)); m != nil && m[1] != "" {
			n, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
			if err == nil && n <= 1e6 {
				want = int64(n * map[string]float64{"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[strings.ToUpper(m[2])])
			}
		}
		if got := neededIn(s); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	})
}

func TestEveryNumberOfAFormIsAsItsExpressionSays(t *testing.T) {
	var edges []string
	for code := 990; code < 1030; code++ {
		edges = append(edges, "Error Domain=NSURLErrorDomain Code=-"+strconv.Itoa(code)+" \"…\"", "NSURLErrorDomain Code=-"+strconv.Itoa(code), "(NSURLErrorDomain error -"+strconv.Itoa(code)+".)")
	}
	for n := range 12 {
		nines := strings.Repeat("9", n)
		edges = append(edges, "Downloading: "+nines+"%", "Installing: 1."+nines+"%", nines, "1"+strings.Repeat(".1", n), "1.2 ("+strings.Repeat("a", n)+")", "25G"+nines)
	}
	for _, f := range forms {
		expression := regexp.MustCompile(f.form)
		for _, s := range edges {
			if got, want := f.matches(s), expression.MatchString(s); got != want {
				t.Errorf("%s: %q: got %v, want %v", f.name, s, got, want)
			}
		}
	}
}
