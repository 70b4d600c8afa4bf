// Package words says a dialog in the language of the person who reads it. The
// root job sends a dialog as facts and with the administrator's own texts; For
// finds the language, and Page returns every text of the dialog as it is true
// at a moment. The window, the terminal, the preview and the pictures all show
// the same Page.
//
// There is one catalogue for each language under catalogues. It holds every
// text, the plural forms that its language has, and how the language writes
// dates, times and sizes. What must hold here: every catalogue has every key,
// every placeholder and every plural form; what is filled in is never read for
// placeholders again; the clock is never asked, so that the same dialog at the
// same moment says the same.
//
// The root job does not link this package: it has no words for people.
package words
