#!/bin/sh
# @TITLE@: an extension attribute for Jamf Pro.
# Data type: @TYPE@. Input type: Script.
# @MEANING@
program='/Library/Application Support/@BUNDLE_ID@/install-or-defer'

# field prints one field of the status. The status is JSON with a line for
# each field, which spares a reader for JSON; macOS 12 has none.
field() {
	/usr/bin/sed -n "s/^  \"$1\": //p" |
		/usr/bin/sed -e 's/,$//' -e 's/^null$//' -e 's/^"\(.*\)"$/\1/' -e 's/\\"/"/g' -e 's/\\n/ /g' -e 's/\\\\/\\/g'
}

result='@ABSENT@'
if [ -x "$program" ]; then
	result=$("$program" status --json 2>/dev/null | field @FIELD@)
	result=${result:-@UNKNOWN@}
fi
# @CONVERT@
printf '<result>%s</result>\n' "$(printf '%s' "$result" | /usr/bin/sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g')"
