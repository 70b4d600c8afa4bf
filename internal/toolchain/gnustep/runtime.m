//go:build gnustep

/* The functions of Apple's Objective-C runtime that darwinkit calls and GNU's
 * does not have. Associated objects work; the rest, which only delegates and
 * Go-made classes would need, ends the process with a reason. */
#import <Foundation/Foundation.h>
#import <objc/runtime.h>
#import <pthread.h>
#import <signal.h>
#import "runtime.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static NSMapTable *owned; /* owner -> dictionary of key -> value */
static void (*plain_dealloc)(id, SEL);

static NSMutableDictionary *take(id owner)
{
	NSMutableDictionary *values;

	pthread_mutex_lock(&lock);
	values = owned == nil ? nil : [(id)NSMapGet(owned, owner) retain];
	if (values != nil)
		NSMapRemove(owned, owner);
	pthread_mutex_unlock(&lock);
	return values;
}

/* Takes the place of NSObject's dealloc. What was associated is released
 * outside the lock, because its own dealloc comes here too. */
static void dealloc_and_forget(id self, SEL cmd)
{
	[take(self) release];
	plain_dealloc(self, cmd);
}

static void prepare(void)
{
	if (owned != nil)
		return;
	owned = NSCreateMapTable(NSNonOwnedPointerMapKeyCallBacks, NSObjectMapValueCallBacks, 32);
	Method dealloc = class_getInstanceMethod([NSObject class], @selector(dealloc));
	plain_dealloc = (void (*)(id, SEL))method_setImplementation(dealloc, (IMP)dealloc_and_forget);
}

void objc_setAssociatedObject(id owner, const void *key, id value, objc_AssociationPolicy policy)
{
	enum { retain_nonatomic = 01, retain_atomic = 01401 };
	id box = [NSValue valueWithPointer: key], before;
	NSMutableDictionary *values;

	xgo_exceptions_end_the_process();
	if (policy != retain_nonatomic && policy != retain_atomic)
		xgo_missing("an association that does not retain");
	pthread_mutex_lock(&lock);
	prepare();
	values = (id)NSMapGet(owned, owner);
	if (values == nil && value != nil) {
		values = [NSMutableDictionary dictionary];
		NSMapInsert(owned, owner, values);
	}
	before = [[values objectForKey: box] retain];
	if (value != nil)
		[values setObject: value forKey: box];
	else
		[values removeObjectForKey: box];
	pthread_mutex_unlock(&lock);
	[before release];
}

id objc_getAssociatedObject(id owner, const void *key)
{
	id value;

	pthread_mutex_lock(&lock);
	value = owned == nil ? nil : [(id)NSMapGet(owned, owner) objectForKey: [NSValue valueWithPointer: key]];
	value = [[value retain] autorelease];
	pthread_mutex_unlock(&lock);
	return value;
}

void objc_removeAssociatedObjects(id owner)
{
	[take(owner) release];
}

IMP class_getMethodImplementation_stret(Class cls, SEL name)
{
	return class_getMethodImplementation(cls, name);
}

void xgo_missing(const char *what)
{
	fprintf(stderr, "GNUstep does not have %s.\n", what);
	abort();
}

Protocol *objc_allocateProtocol(const char *name) { xgo_missing(__func__); return nil; }
BOOL class_addProperty(Class c, const char *n, const objc_property_attribute_t *a, unsigned k) { xgo_missing(__func__); return NO; }
void class_replaceProperty(Class c, const char *n, const objc_property_attribute_t *a, unsigned k) { xgo_missing(__func__); }
objc_property_attribute_t *property_copyAttributeList(objc_property_t p, unsigned *n) { xgo_missing(__func__); return NULL; }
char *property_copyAttributeValue(objc_property_t p, const char *n) { xgo_missing(__func__); return NULL; }
IMP imp_implementationWithBlock(id block) { xgo_missing(__func__); return NULL; }
id imp_getBlock(IMP imp) { xgo_missing(__func__); return nil; }
BOOL imp_removeBlock(IMP imp) { xgo_missing(__func__); return NO; }

/* GNUstep's display server sets handlers of its own. They run on the stack that
 * the signal finds, which may be a goroutine's and too small; and they turn
 * SIGTERM into an ordinary end. Whoever asked Go for these signals gets them
 * back, and the rest is told to use Go's stack for signals. */
void xgo_give_signals_back(void)
{
	struct sigaction go, now;

	sigaction(SIGUSR1, NULL, &go); /* nobody but Go has touched this one */
	for (int s = 1; s < 32; s++) {
		if (sigaction(s, NULL, &now) != 0 || now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN || now.sa_flags & SA_ONSTACK)
			continue;
		if (s == SIGTERM || s == SIGINT || s == SIGHUP)
			now = go;
		now.sa_flags |= SA_ONSTACK;
		sigaction(s, &now, NULL);
	}
}
