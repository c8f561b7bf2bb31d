# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced after lib.sh by the tests of what is written to and read from sysfs.
# Every write here is exactly one write(2) by a prober session called w. TEXT
# is in prober's escapes (\n \t \\ \xHH). Nothing forks where it need not: the
# machine may be an emulated one.

shopt -s extglob

start_writer()
{
	session w
}

# Puts a file, as it is, into the variable VAR.
slurp()		# VAR FILE
{
	IFS= read -r -d '' "$1" < "$2"
	return 0
}

# Sets SET (the rules without their ids), IDS, GENERATION and LAST_ERROR.
look()
{
	local line

	SET='' IDS=''
	while IFS= read -r line; do
		[[ $line =~ ^(.*)'  # id='([0-9]+)$ ]] || line+=' (no id)'
		SET+="${BASH_REMATCH[1]-$line}"$'\n'
		IDS+="${BASH_REMATCH[2]} "
	done < "$KAP/rules"
	read -r GENERATION < "$KAP/generation"
	slurp LAST_ERROR "$KAP/last_error"
	LAST_ERROR=${LAST_ERROR%$'\n'}
}

# One write(2) of TEXT on an open file of its own; REPLY is the number of
# bytes, or "err ERRNO" with status 1.
write_file()	# FILE TEXT
{
	local rc

	must_ask w open file "$KAP/$1" w
	ask w write file "$2"
	rc=$?
	close_rules file
	return $rc
}

write_rules()	# TEXT
{
	write_file rules "$1"
}

close_rules()	# FILE...
{
	local file reply=$REPLY

	for file; do
		must_ask w close "$file"
	done
	REPLY=$reply
}

# The last write was refused so, and neither set nor generation has changed
# since SET, IDS and GENERATION were taken.
was_refused()	# ERRNO WHERE-AND-TEXT DESC
{
	local got before=$SET$IDS$GENERATION

	look
	got="$REPLY, last_error $LAST_ERROR"
	[ "$before" = "$SET$IDS$GENERATION" ] || got+=", and the set changed"
	tap_is "$got" "err $1, last_error $2" "$3"
}

refuses()	# ERRNO WHERE-AND-TEXT TEXT DESC
{
	look
	write_rules "$3"
	was_refused "$1" "$2" "$4"
}

# The write is accepted, is one change, clears last_error, and the set is then
# SET-TEXT (escapes of printf %b, every line ended).
accepts()	# TEXT SET-TEXT DESC
{
	local expected before got=accepted

	read -r before < "$KAP/generation"
	printf -v expected '%b' "$2"
	write_rules "$1" || got=$REPLY
	look
	tap_is "$got, changes: $((GENERATION - before)), last_error: $LAST_ERROR"$'\n'"$SET" \
		"accepted, changes: 1, last_error: "$'\n'"$expected" "$3"
}

# --- the kernel log ---------------------------------------------------------

LOG_MARK=

# What the kernel says from here on is what log_since looks at.
log_mark()
{
	LOG_MARK="kapolicy test $$ $RANDOM $RANDOM"
	printf '<7>%s\n' "$LOG_MARK" > /dev/kmsg
}

# Prints what the kernel has logged since, debug messages left out.
log_since()
{
	dmesg -r | awk -v mark="$LOG_MARK" '
		seen && match($0, /^<[0-9]+>/) && substr($0, 2, RLENGTH - 2) % 8 != 7
		index($0, mark) { seen = 1 }
		END { if (!seen) print "the mark is not in the log" }'
}

# What the kernel says of a host that had no time for this VM is not ours.
log_is_empty()	# DESC
{
	tap_is "$(log_since | awk -f "$SELFTEST/foreign_races.awk" |
		grep -Ev '(hrtimer|perf): interrupt took|clocksource|TSC found unstable|sched_clock: Marking unstable')" '' "$1"
}
