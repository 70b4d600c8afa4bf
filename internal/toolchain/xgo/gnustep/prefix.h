/* Read before every Objective-C source that is compiled for GNUstep: the
 * functions of Apple's runtime that darwinkit calls and GNU's does not have.
 * Package gnustep of this toolchain defines them. */
#ifndef XGO_GNUSTEP_PREFIX_H
#define XGO_GNUSTEP_PREFIX_H
#ifdef __OBJC__

#include <stdint.h>
#include <stdlib.h>
#include <objc/runtime.h>

typedef unsigned char Byte;
typedef uintptr_t objc_AssociationPolicy;
typedef struct { const char *name, *value; } objc_property_attribute_t;

void objc_setAssociatedObject(id owner, const void *key, id value, objc_AssociationPolicy policy);
id objc_getAssociatedObject(id owner, const void *key);
void objc_removeAssociatedObjects(id owner);

IMP class_getMethodImplementation_stret(Class cls, SEL name);
Protocol *objc_allocateProtocol(const char *name);
BOOL class_addProperty(Class cls, const char *name, const objc_property_attribute_t *attributes, unsigned count);
void class_replaceProperty(Class cls, const char *name, const objc_property_attribute_t *attributes, unsigned count);
objc_property_attribute_t *property_copyAttributeList(objc_property_t property, unsigned *count);
char *property_copyAttributeValue(objc_property_t property, const char *name);
IMP imp_implementationWithBlock(id block);
id imp_getBlock(IMP imp);
BOOL imp_removeBlock(IMP imp);

#endif
#endif
