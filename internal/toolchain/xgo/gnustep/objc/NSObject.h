/* With Apple NSObject is the runtime's; with GNUstep it is Foundation's. */
#include <Foundation/NSObject.h>
#include <Foundation/NSString.h>
