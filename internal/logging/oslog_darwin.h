// What the sink needs of <os/log.h>, which is taken where there is one. The
// headers that builds on Linux use lack it; the declarations below are the
// documented types and functions, and the one function that Apple's macro
// os_log_with_type calls with what clang's builtin makes of the format.

#include <stdint.h>
#include <stdlib.h>

#if __has_include(<os/log.h>)
#include <os/log.h>
#else
#include <stdbool.h>

typedef struct os_log_s *os_log_t;
typedef uint8_t os_log_type_t;

enum {
	OS_LOG_TYPE_DEFAULT = 0x00,
	OS_LOG_TYPE_INFO = 0x01,
	OS_LOG_TYPE_DEBUG = 0x02,
	OS_LOG_TYPE_ERROR = 0x10,
};

extern void *__dso_handle;
os_log_t os_log_create(const char *subsystem, const char *category);
bool os_log_type_enabled(os_log_t log, os_log_type_t type);
void _os_log_impl(void *dso, os_log_t log, os_log_type_t type, const char *format, uint8_t *buf, uint32_t size);

// The system finds formats by the name of their section. As a section of
// ordinary data, not of literals, it keeps its name when lld links.
#define os_log_with_type(log, type, format, text)                                        \
	do {                                                                                 \
		static const char constant[] __attribute__((section("__TEXT,__oslogstring"))) = format; \
		_Alignas(16) uint8_t encoded[__builtin_os_log_format_buffer_size(format, text)]; \
		if (os_log_type_enabled(log, type)) {                                            \
			__builtin_os_log_format(encoded, format, text);                              \
			_os_log_impl(&__dso_handle, log, type, constant, encoded, sizeof encoded);   \
		}                                                                                \
	} while (0)
#endif

// The format has to be a constant of the program. Without "public" the log
// would show <private> in place of the text.
static inline void write_entry(os_log_t log, os_log_type_t type, const char *text) {
	os_log_with_type(log, type, "%{public}s", text);
}
