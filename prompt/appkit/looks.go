package appkit

// A tone is a colour in sRGB, each part from 0 to 1.
type tone struct{ r, g, b float64 }

// alarm is the colour of what must not be missed. It differs from the text
// around it also for who sees no red, and can be read on the ground that
// dialogs have on a Mac. Apple's own red is too pale for that.
func alarm(dark bool) tone {
	if dark {
		return tone{1, 0.45, 0.42}
	}
	return tone{0.7, 0, 0}
}
