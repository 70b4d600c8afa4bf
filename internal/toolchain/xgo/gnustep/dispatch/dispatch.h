/* The calls of libdispatch that darwinkit makes. Package gnustep of this
 * toolchain defines them over GNUstep's run loop. */
#ifndef XGO_DISPATCH_H
#define XGO_DISPATCH_H
#include <stdint.h>

typedef void *dispatch_queue_t, *dispatch_object_t;
typedef void (^dispatch_block_t)(void);

dispatch_queue_t dispatch_get_main_queue(void);
dispatch_queue_t dispatch_get_global_queue(intptr_t identifier, uintptr_t flags);
void dispatch_async(dispatch_queue_t queue, dispatch_block_t block);
void dispatch_sync(dispatch_queue_t queue, dispatch_block_t block);
void dispatch_retain(dispatch_object_t object);
void dispatch_release(dispatch_object_t object);

#endif
