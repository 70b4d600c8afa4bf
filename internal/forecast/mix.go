// Package forecast says what settings do to a fleet before the fleet has them: it
// lets the real job live on thousands of simulated Macs, whose people, hours,
// hardware and mishaps are drawn from a mix, and counts what comes of it.
//
// What must hold here: temperaments are assumptions, and every text and page says
// so. The same mix, settings and seed give the same forecast, on however many
// processors. Two policies meet the same Macs and the same people. Of a life
// only counts are kept, so that the number of Macs costs time and no memory.
package forecast

import (
	_ "embed"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"installordefer/internal/simmac/scenario"
)

//go:embed mix.json
var office []byte

// Shares are parts of a fleet by name. What they come to is the whole.
type Shares map[string]float64

// A Mix says what a fleet is drawn from. Numbers outside of Shares are percentages
// of the Macs.
type Mix struct {
	About string    `json:"about,omitempty"`
	Start time.Time `json:"start"`
	Zones Shares    `json:"zones"`
	// Hardware is "apple silicon" and "intel".
	Hardware Shares  `json:"hardware"`
	Laptops  float64 `json:"laptops"`
	// VolumeOwners are people who may install macOS on Apple silicon, and
	// BootstrapTokens Macs on which the MDM can help.
	VolumeOwners    float64 `json:"volumeOwners"`
	BootstrapTokens float64 `json:"bootstrapTokens"`
	// Unsaved are people who leave work unsaved, and Travels those who spend days
	// of the time in another zone, on battery.
	Unsaved float64 `json:"unsaved"`
	Travels float64 `json:"travels"`
	// Temperaments, Hours and Troubles have the names that namesOf returns; Macs
	// that are in no share of Troubles have none.
	Temperaments Shares      `json:"temperaments"`
	Hours        Shares      `json:"hours"`
	Troubles     Shares      `json:"troubles,omitempty"`
	Catalogue    []Catalogue `json:"catalogue"`

	// learned are answers that people have really given.
	learned []answers
}

// A Catalogue is a version of macOS and what Apple offers to it.
type Catalogue struct {
	Share   float64           `json:"share"`
	MacOS   string            `json:"macOS"`
	Build   string            `json:"build"`
	Updates []scenario.Update `json:"updates"`
	// hardware is that of Macs of which a status was read; empty is any.
	hardware string
}

// Office is the mix that stands for a fleet of which nothing is known.
func Office() (*Mix, error) { return Decode(office) }

// OfficeText is that mix as it is written.
func OfficeText() []byte { return office }

// Decode reads a mix. The error names the field, and what to write instead.
func Decode(data []byte) (*Mix, error) {
	m := &Mix{}
	if err := scenario.DecodeInto(data, m); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// namesOf returns what the shares of a field can be called; nil where any name is
// one.
func namesOf(field string) []string {
	switch field {
	case "hardware":
		return []string{appleSilicon, intel}
	case "temperaments":
		return append(slices.Sorted(maps.Keys(temperaments)), learned)
	case "hours":
		return slices.Sorted(maps.Keys(hours))
	case "troubles":
		return slices.Sorted(maps.Keys(troubles))
	}
	return nil
}

func (m *Mix) check() error {
	for field, percent := range map[string]float64{"laptops": m.Laptops, "volumeOwners": m.VolumeOwners, "bootstrapTokens": m.BootstrapTokens, "unsaved": m.Unsaved, "travels": m.Travels} {
		if percent < 0 || percent > 100 {
			return fmt.Errorf("%s: it is %v, but must be between 0 and 100", field, percent)
		}
	}
	if m.Start.Year() < 2000 || m.Start.Year() > 2099 {
		return fmt.Errorf("start: it is %v, but must be between 2000 and 2099", m.Start)
	}
	for field, s := range map[string]Shares{"zones": m.Zones, "hardware": m.Hardware, "temperaments": m.Temperaments, "hours": m.Hours} {
		if err := s.check(field); err != nil {
			return err
		}
	}
	for name := range m.Zones {
		if _, err := time.LoadLocation(name); err != nil {
			return fmt.Errorf("zones: %q is not a time zone; write it as \"Europe/Berlin\"", name)
		}
	}
	if m.Temperaments[learned] > 0 && len(m.learned) == 0 {
		return fmt.Errorf("temperaments: %q needs histories to learn from", learned)
	}
	if len(m.Troubles) > 0 {
		if err := m.Troubles.check("troubles"); err != nil {
			return err
		}
		if all := m.Troubles.sum(); all > 100 {
			return fmt.Errorf("troubles: they are percentages of the Macs, and come to %v", all)
		}
	}
	return m.checkCatalogue()
}

func (m *Mix) checkCatalogue() error {
	shares := 0.0
	for i, c := range m.Catalogue {
		if c.Share < 0 {
			return fmt.Errorf("catalogue[%d].share: it is negative", i)
		}
		shares += c.Share
		s := scenario.Scenario{Start: m.Start, Mac: scenario.Mac{Hardware: intel, MacOS: c.MacOS, Build: c.Build}, Updates: c.Updates}
		if err := s.Check(); err != nil {
			return fmt.Errorf("catalogue[%d]: %w", i, err)
		}
	}
	if shares <= 0 {
		return fmt.Errorf("catalogue: no Mac has a share of it")
	}
	return nil
}

func (s Shares) check(field string) error {
	names := namesOf(field)
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if names != nil && !slices.Contains(names, name) {
			return fmt.Errorf("%s: there is no %q; there are %s", field, name, strings.Join(names, ", "))
		}
		if s[name] < 0 || s[name] > 1e9 {
			return fmt.Errorf("%s: the share of %q is %v", field, name, s[name])
		}
	}
	if s.sum() <= 0 {
		return fmt.Errorf("%s: nobody has a share of it", field)
	}
	return nil
}

// sum adds in the order of the names, so that it is the same each time.
func (s Shares) sum() float64 {
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(s)) {
		sum += s[name]
	}
	return sum
}

// draw returns a name, each as often as its share says. Of is the whole.
func (s Shares) draw(rng *rand.Rand, of float64) string {
	at := rng.Float64() * of
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if at -= s[name]; at < 0 {
			return name
		}
	}
	return ""
}

// varied are shares that could be true as well: each is halved, doubled or
// anything in between.
func (s Shares) varied(rng *rand.Rand) Shares {
	out := Shares{}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		factor := 0.5 + 0.5*rng.Float64()
		if rng.IntN(2) == 0 {
			factor = 1 / factor
		}
		out[name] = s[name] * factor
	}
	return out
}
