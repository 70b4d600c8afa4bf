// Package calendar holds the dates, hours and days that an administrator names.
//
// What must hold here: everything is by the clock on the wall, in the zone that
// the Mac is in when it is asked. Nothing here moves a deadline.
package calendar
