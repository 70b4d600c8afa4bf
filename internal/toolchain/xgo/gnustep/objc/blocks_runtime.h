/* GNUstep's headers ask for this one when the compiler knows blocks. */
#include <Block.h>
