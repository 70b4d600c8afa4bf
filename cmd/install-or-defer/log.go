package main

import (
	"io"
	"time"

	"installordefer/internal/logging"
)

// openLog opens the log that administrators read: the unified log of macOS
// where the program was built for it, otherwise logger(1); with DiagnosticLog
// a file as well.
func openLog(m *mac, diagnostic, verbose bool, stderr io.Writer) *logging.Logger {
	sinks := []logging.Sink{m.sink}
	if diagnostic {
		sinks = append(sinks, logging.File(m.DiagnosticLog()))
	}
	if verbose {
		sinks = append(sinks, logging.Writer(stderr))
	}
	return logging.New(logging.Multi(sinks...), func() time.Time { return m.clock.Now().Wall.In(time.Local) })
}
