package words

// A form is a plural form, by its name in Unicode's CLDR.
type form string

// The plural forms.
const (
	zero  form = "zero"
	one   form = "one"
	two   form = "two"
	few   form = "few"
	many  form = "many"
	other form = "other"
)

// A rule says which form goes with a whole number that is not negative.
type rule struct {
	forms []form
	of    func(n int64) form
}

// rules are the rules of CLDR 48 for whole numbers, by language. Newer editions
// give French, Spanish, Italian and Portuguese a form for whole millions, which
// no dialog counts to.
var rules = map[string]rule{
	"en": singular, "de": singular, "es": singular, "it": singular, "nl": singular, "sv": singular,
	"da": singular, "nb": singular, "fi": singular,
	"fr": upToOne, "pt-BR": upToOne,
	"ja": same, "ko": same, "zh-Hans": same, "zh-Hant": same,
	"cs": {[]form{one, few, other}, func(n int64) form {
		switch {
		case n == 1:
			return one
		case 2 <= n && n <= 4:
			return few
		}
		return other
	}},
	"pl": {[]form{one, few, many}, func(n int64) form {
		switch {
		case n == 1:
			return one
		case endsInFew(n):
			return few
		}
		return many
	}},
	"uk": {[]form{one, few, many}, func(n int64) form {
		switch {
		case n%10 == 1 && n%100 != 11:
			return one
		case endsInFew(n):
			return few
		}
		return many
	}},
	"he": {[]form{one, two, other}, func(n int64) form {
		switch n {
		case 1:
			return one
		case 2:
			return two
		}
		return other
	}},
	"ar": {[]form{zero, one, two, few, many, other}, func(n int64) form {
		switch {
		case n <= 2:
			return []form{zero, one, two}[n]
		case 3 <= n%100 && n%100 <= 10:
			return few
		case n%100 >= 11:
			return many
		}
		return other
	}},
}

var (
	singular = rule{[]form{one, other}, func(n int64) form {
		if n == 1 {
			return one
		}
		return other
	}}
	upToOne = rule{[]form{one, other}, func(n int64) form {
		if n <= 1 {
			return one
		}
		return other
	}}
	same = rule{[]form{other}, func(int64) form { return other }}
)

// endsInFew tells whether a number ends in 2, 3 or 4 and not in 12, 13 or 14.
func endsInFew(n int64) bool {
	return 2 <= n%10 && n%10 <= 4 && !(12 <= n%100 && n%100 <= 14)
}
