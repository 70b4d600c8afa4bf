#!/bin/sh
# @TITLE@: an extension attribute for Jamf Pro.
# Data type: @TYPE@. Input type: Script.
# @MEANING@
program='/Library/Application Support/@BUNDLE_ID@/install-or-defer'

result='@ABSENT@'
if [ -x "$program" ]; then
	status=$("$program" status --json 2>/dev/null)
	result=$(printf '%s' "$status" | /usr/bin/plutil -extract @FIELD@ raw -o - - 2>/dev/null) || result='@UNKNOWN@'
fi
# @CONVERT@
printf '<result>%s</result>\n' "$(printf '%s' "$result" | /usr/bin/sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g')"
