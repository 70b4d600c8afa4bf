//go:build darwin && cgo

package logging

// #include "oslog_darwin.h"
import "C"

import "unsafe"

// Unified returns a sink that writes to the unified log of macOS, under a
// subsystem; ok is false in builds that cannot. Closing it does nothing.
func Unified(subsystem string) (s Sink, ok bool) {
	return &unified{subsystem: subsystem, logs: make(map[Category]C.os_log_t)}, true
}

type unified struct {
	subsystem string
	// logs has one object for each category. The system never frees them.
	logs map[Category]C.os_log_t
}

func (s *unified) Log(e Entry) error {
	log, ok := s.logs[e.Category]
	if !ok {
		subsystem, category := C.CString(s.subsystem), C.CString(string(e.Category))
		log = C.os_log_create(subsystem, category)
		C.free(unsafe.Pointer(subsystem))
		C.free(unsafe.Pointer(category))
		s.logs[e.Category] = log
	}
	text := C.CString(e.Text)
	defer C.free(unsafe.Pointer(text))
	C.write_entry(log, logType(e.Level), text)
	return nil
}

func logType(l Level) C.os_log_type_t {
	switch l {
	case levelDebug:
		return C.OS_LOG_TYPE_DEBUG
	case levelInfo:
		return C.OS_LOG_TYPE_INFO
	case levelError:
		return C.OS_LOG_TYPE_ERROR
	}
	return C.OS_LOG_TYPE_DEFAULT
}

func (*unified) Close() error { return nil }
