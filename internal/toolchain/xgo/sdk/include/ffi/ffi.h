/* The part of libffi that darwinkit calls, laid out as the libffi of macOS
 * has it. A Linux header must not be used in its place: on arm64 macOS the
 * default calling convention is number 1 (Linux: 2), and ffi_prep_cif() writes
 * 40 bytes, the last field being Apple's own (Linux: 32). */
#ifndef XGO_FFI_H
#define XGO_FFI_H

#include <stddef.h>

#if defined(__arm64__) || defined(__aarch64__)
#define XGO_FFI_ARM64 1
#elif !defined(__x86_64__)
#error "the layout of libffi is known for arm64 and x86_64 only"
#endif

typedef unsigned long ffi_arg;
typedef signed long ffi_sarg;

#ifdef XGO_FFI_ARM64
typedef enum { FFI_SYSV = 1, FFI_DEFAULT_ABI = FFI_SYSV } ffi_abi;
#else
typedef enum { FFI_UNIX64 = 2, FFI_DEFAULT_ABI = FFI_UNIX64 } ffi_abi;
#endif

typedef enum { FFI_OK, FFI_BAD_TYPEDEF, FFI_BAD_ABI, FFI_BAD_ARGTYPE } ffi_status;

enum { FFI_TYPE_STRUCT = 13 };

typedef struct _ffi_type {
	size_t size;
	unsigned short alignment, type;
	struct _ffi_type **elements;
} ffi_type;

typedef struct {
	ffi_abi abi;
	unsigned nargs;
	ffi_type **arg_types;
	ffi_type *rtype;
	unsigned bytes, flags;
#ifdef XGO_FFI_ARM64
	unsigned aarch64_nfixedargs;
#endif
} ffi_cif;

/* libffi allocates these itself; the size only has to be no smaller than any
 * that Apple has shipped. */
typedef struct { void *opaque[8]; } ffi_closure;

extern ffi_type ffi_type_void, ffi_type_pointer, ffi_type_float, ffi_type_double;
extern ffi_type ffi_type_uint8, ffi_type_uint16, ffi_type_uint32, ffi_type_uint64;
extern ffi_type ffi_type_sint8, ffi_type_sint16, ffi_type_sint32, ffi_type_sint64;

ffi_status ffi_prep_cif(ffi_cif *cif, ffi_abi abi, unsigned nargs, ffi_type *result, ffi_type **args);
void ffi_call(ffi_cif *cif, void (*function)(void), void *result, void **args);
void *ffi_closure_alloc(size_t size, void **code);
void ffi_closure_free(void *closure);
ffi_status ffi_prep_closure_loc(ffi_closure *closure, ffi_cif *cif,
	void (*function)(ffi_cif *, void *, void **, void *), void *data, void *code);

#ifdef XGO_FFI_ARM64
_Static_assert(sizeof(ffi_cif) == 40, "a call description on arm64");
#else
_Static_assert(sizeof(ffi_cif) == 32, "a call description on x86_64");
#endif

#endif
