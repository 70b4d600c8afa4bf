package forecast

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var page string

// The size of the drawing of a curve, in its own units.
const (
	drawnWide = 720
	drawnHigh = 260
)

// WritePage writes a forecast as one page of HTML that needs nothing else: no
// network, no scripts, no pictures.
func (f *Forecast) WritePage(w io.Writer) error {
	t, err := template.New("forecast").Funcs(template.FuncMap{"letter": func(i int) string { return string(rune('A' + i)) }}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, map[string]any{
		"Headline": f.headline()[0], "Assumption": f.Assumption, "Notes": f.headline()[2:], "About": f.About, "Policies": f.Policies, "Tables": f.tables(),
		"Curves": f.curves(), "Days": f.marks(), "Wide": drawnWide, "High": drawnHigh, "Lines": []mark{{0, "100 %"}, {drawnHigh / 2, "50 %"}, {drawnHigh, "0 %"}},
	})
}

// A curve is one policy as a drawing: a line, and the band around it.
type curve struct {
	Name, Line, Band string
}

// A mark is a place on an axis.
type mark struct {
	At   int
	Text string
}

func (f *Forecast) curves() []curve {
	var list []curve
	for _, p := range f.Policies {
		var line, low, high []string
		for i, point := range p.Curve {
			x := drawnWide * float64(i) / float64(max(len(p.Curve)-1, 1))
			at := func(share float64) string { return fmt.Sprintf("%.1f,%.1f", x, drawnHigh*(1-share)) }
			line, high, low = append(line, at(point.Share)), append(high, at(point.High)), append([]string{at(point.Low)}, low...)
		}
		list = append(list, curve{p.Name, strings.Join(line, " "), strings.Join(append(high, low...), " ")})
	}
	return list
}

// marks are the days below a curve.
func (f *Forecast) marks() []mark {
	every := max(1, (f.Days+13)/14)
	var list []mark
	for d := 0; d <= f.Days; d += every {
		list = append(list, mark{drawnWide * d / f.Days, fmt.Sprint(d)})
	}
	return list
}
