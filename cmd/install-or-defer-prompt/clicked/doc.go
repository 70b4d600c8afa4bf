// Package clicked holds tests only: whole lives of the real root job, below a
// root folder, whose dialogs are real windows that are answered by mouse and
// keyboard.
package clicked
