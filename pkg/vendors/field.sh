file='/Library/Application Support/@BUNDLE_ID@.status.plist'

# field prints one field of the status, which has a line for each key and one for
# its value, so that no program for property lists is needed.
field() {
	/usr/bin/sed -n "/<key>$1<\/key>/{n;s/^.*<[a-z]*>\(.*\)<\/[a-z]*>\$/\1/p;}" "$file" 2>/dev/null
}

# plain undoes what XML needs.
plain() { /usr/bin/sed -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g'; }

# day is the number of the day of a date, so that two can be compared.
day() {
	year=${1%%-*} rest=${1#*-}
	month=${rest%%-*} rest=${rest#*-}
	month=${month#0} dom=${rest%%T*}
	dom=${dom#0}
	[ "$month" -gt 2 ] || { year=$((year - 1)) month=$((month + 12)); }
	echo $((365 * year + year / 4 - year / 100 + year / 400 + (153 * month - 457) / 5 + dom))
}
