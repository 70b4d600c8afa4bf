/* The Foundation methods that darwinkit's Objective-C sources call by name.
 * Everything else it reaches through the runtime, by string. */
#ifndef XGO_FOUNDATION_H
#define XGO_FOUNDATION_H

#include <stdlib.h>
#include <objc/NSObject.h>
#include <objc/runtime.h>

struct _NSZone;
typedef unsigned char Byte;

@protocol NSCopying
- (id)copyWithZone:(struct _NSZone *)zone;
@end

@interface NSString : NSObject
+ (id)stringWithUTF8String:(const char *)text;
- (const char *)UTF8String;
@end

@interface NSData : NSObject
+ (id)data;
+ (id)dataWithBytes:(const void *)bytes length:(NSUInteger)count;
- (NSUInteger)length;
- (const void *)bytes;
@end

@interface NSArray : NSObject
- (id)objectAtIndex:(NSUInteger)at;
- (NSUInteger)count;
@end

@interface NSMutableArray : NSArray
+ (id)arrayWithCapacity:(NSUInteger)room;
- (void)addObject:(id)one;
@end

@interface NSDictionary : NSObject
- (id)objectForKey:(id)key;
- (id)objectForKeyedSubscript:(id)key;
- (NSArray *)allKeys;
- (NSUInteger)count;
@end

@interface NSMutableDictionary : NSDictionary
+ (id)dictionaryWithCapacity:(NSUInteger)room;
- (void)setObject:(id)one forKey:(id<NSCopying>)key;
@end

#endif
