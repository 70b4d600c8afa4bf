// Package calendar holds the dates, hours and days that an administrator names:
// when something may happen by itself, when nobody is asked, and when neither.
//
// What must hold here: everything is reckoned for each day by the clock on the
// wall, in the zone that the Mac has when it is asked. A clock that is put forward
// never swallows a window, one that is put back never closes it early. Nothing
// here moves a deadline; it says when a gate is open.
package calendar
