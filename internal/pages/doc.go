// Package pages looks at the pages that install-or-defer-admin writes, as a browser
// shows them: in Chromium without a screen, wide and narrow, light and dark.
//
// What must hold here: a page is looked at as it is written. Only the copy that is
// measured has a script, which tells what the browser has made of it.
package pages
