//go:build gnustep

/* The main queue of libdispatch, over the main thread's run loop. */
#import <Foundation/Foundation.h>
#import <AppKit/NSApplication.h>
#import <Block.h>
#import <dispatch/dispatch.h>
#import "runtime.h"

static void end_with_reason(NSException *e)
{
	fprintf(stderr, "uncaught exception %s: %s\n", [[e name] UTF8String], [[e reason] UTF8String]);
	abort();
}

void xgo_exceptions_end_the_process(void)
{
	NSSetUncaughtExceptionHandler(end_with_reason);
}

@interface XGOBlock : NSObject
{
	@public dispatch_block_t block;
}
- (void) call;
@end

@implementation XGOBlock
- (void) call
{
	block();
	Block_release(block);
	block = NULL;
}
@end

static char the_main_queue;

dispatch_queue_t dispatch_get_main_queue(void) { return &the_main_queue; }

dispatch_queue_t dispatch_get_global_queue(intptr_t identifier, uintptr_t flags)
{
	xgo_missing("a global dispatch queue");
	return NULL;
}

void dispatch_retain(dispatch_object_t object) {}
void dispatch_release(dispatch_object_t object) {}

static void send_to_main(dispatch_block_t block, BOOL wait)
{
	/* Go's threads are not NSThreads; Foundation has to be told of each. */
	GSRegisterCurrentThread();
	xgo_exceptions_end_the_process();
	NSAutoreleasePool *pool = [NSAutoreleasePool new];
	if (wait && [NSThread isMainThread])
		xgo_missing("a way for the main thread to wait for itself (on a Mac it waits for ever)");
	XGOBlock *b = [[XGOBlock new] autorelease];
	b->block = Block_copy(block);
	/* libdispatch's main queue is served in each of these modes. */
	NSArray *modes = [NSArray arrayWithObjects: NSDefaultRunLoopMode, NSModalPanelRunLoopMode, NSEventTrackingRunLoopMode, nil];
	[b performSelectorOnMainThread: @selector(call) withObject: nil waitUntilDone: wait modes: modes];
	[pool release];
}

void dispatch_async(dispatch_queue_t queue, dispatch_block_t block) { send_to_main(block, NO); }
void dispatch_sync(dispatch_queue_t queue, dispatch_block_t block) { send_to_main(block, YES); }
