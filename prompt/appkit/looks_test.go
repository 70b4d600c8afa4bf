package appkit

import (
	"math"
	"testing"
)

// luminance and contrast are as WCAG 2.2 defines them.
func luminance(t tone) float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(t.r) + 0.7152*linear(t.g) + 0.0722*linear(t.b)
}

func contrast(a, b tone) float64 {
	light, dark := luminance(a), luminance(b)
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

func gray(v float64) tone { return tone{v / 255, v / 255, v / 255} }

func TestAnAlarmCanBeReadOnTheGroundOfAWindow(t *testing.T) {
	for ground, dark := range map[tone]bool{
		gray(0xec): false, gray(0xff): false, // windowBackgroundColor in light looks
		gray(0x32): true, gray(0x1e): true, // and in dark ones
	} {
		if got := contrast(alarm(dark), ground); got < 4.5 {
			t.Errorf("dark %v: the contrast is %.1f, less than 4.5", dark, got)
		}
	}
	if got := contrast(gray(0), gray(255)); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white has the contrast %v and not 21", got)
	}
}
