//go:build gnustep

#ifndef XGO_GNUSTEP_RUNTIME_H
#define XGO_GNUSTEP_RUNTIME_H

/* Ends the process: what was called cannot be had here. */
void xgo_missing(const char *what);

/* For an uncaught exception GNUstep's application puts up a panel and waits
 * for a click. On a Mac it ends the process, because it cannot pass through
 * Go's frames, and so it shall here, with its reason on standard error. The
 * application sets its own handler when it is made, so this is called again
 * from what every program calls later. */
void xgo_exceptions_end_the_process(void);

#endif
