package main

import (
	"io"
	"time"

	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/tool"
	"installordefer/launchd"
)

// openLog opens the log that administrators read: the unified log of macOS
// where the program was built for it, otherwise logger(1); with DiagnosticLog
// a file as well.
func openLog(l launchd.Layout, c clock.Clock, runner *tool.System, diagnostic, verbose bool, stderr io.Writer) *logging.Logger {
	sink, ok := logging.Unified(string(l.ID))
	if !ok || l.Root != "" {
		sink = logging.Tool(runner, string(l.ID))
	}
	sinks := []logging.Sink{sink}
	if diagnostic {
		sinks = append(sinks, logging.File(l.DiagnosticLog()))
	}
	if verbose {
		sinks = append(sinks, logging.Writer(stderr))
	}
	return logging.New(logging.Multi(sinks...), func() time.Time { return c.Now().Wall.In(time.Local) })
}
