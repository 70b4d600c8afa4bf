# What the scripts of the package have in common. It is put into each of them
# when the package is built, so that each is one file.

say() { printf '%s: %s\n' "${id:?}" "$*"; }

# loaded tells whether launchd knows the job, be it on its way out.
loaded() { /bin/launchctl print "system/$1" >/dev/null 2>&1; }

# gone_within waits for a job to be gone, at most some seconds.
gone_within() {
	seconds=0
	while loaded "$2"; do
		[ "$seconds" -lt "$1" ] || return 1
		seconds=$((seconds + 1))
		/bin/sleep 1
	done
}

# stop has launchd end a job, and waits for it: launchd answers long before
# the job is gone. The job gets 30 seconds from launchd to end by itself. One
# that is still there then is killed: launchd would not start what takes its
# place as long as it runs.
# With the job go the dialogs that it opened, and no dialog of anybody else.
stop() {
	loaded "$1" || return 0
	/bin/launchctl bootout "system/$1" >/dev/null 2>&1
	gone_within 40 "$1" && return 0
	/bin/launchctl kill SIGKILL "system/$1" >/dev/null 2>&1
	gone_within 10 "$1"
}
