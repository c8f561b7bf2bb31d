# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by every guest test: KTAP, the module, the prober; topology.sh adds
# network namespaces and cgroups. A test is `. lib.sh`, load_module, then
# assertions; plan, clean-up and exit status come from the EXIT trap.

SELFTEST=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROBER=${PROBER:-$SELFTEST/prober}
KAP=/sys/kernel/kapolicy
TMP=$(mktemp -d) || exit 1

# --- KTAP -------------------------------------------------------------------

ktap_nr=0
ktap_failed=0
ktap_skipped=0
ktap_cleanups=()

tap_diag()
{
	local line

	while IFS= read -r line; do
		printf '# %s\n' "$line"
	done <<< "$*"
}

tap_ok()	# DESC
{
	printf 'ok %d %s\n' $((++ktap_nr)) "$1"
}

tap_not_ok()	# DESC [DIAGNOSTIC...]
{
	ktap_failed=$((ktap_failed + 1))
	printf 'not ok %d %s\n' $((++ktap_nr)) "$1"
	shift
	while [ $# -gt 0 ]; do
		tap_diag "$1"
		shift
	done
}

tap_skip()	# DESC REASON
{
	ktap_skipped=$((ktap_skipped + 1))
	printf 'ok %d %s # SKIP %s\n' $((++ktap_nr)) "$1" "$2"
}

tap_is()	# GOT EXPECTED DESC
{
	if [ "$1" = "$2" ]; then
		tap_ok "$3"
	else
		tap_not_ok "$3" "got:      $1" "expected: $2"
		return 1
	fi
}

tap_like()	# GOT EXTENDED-REGEX DESC
{
	if [[ $1 =~ $2 ]]; then
		tap_ok "$3"
	else
		tap_not_ok "$3" "got:      $1" "expected: match of $2"
		return 1
	fi
}

tap_unlike()	# GOT EXTENDED-REGEX DESC
{
	if [[ $1 =~ $2 ]]; then
		tap_not_ok "$3" "got:      $1" "expected: no match of $2"
		return 1
	fi
	tap_ok "$3"
}

tap_cmd()	# DESC COMMAND...
{
	local desc=$1 out rc

	shift
	out=$("$@" 2>&1)
	rc=$?
	if [ $rc -eq 0 ]; then
		tap_ok "$desc"
	else
		tap_not_ok "$desc" "got:      status $rc of: $*" "$out" "expected: status 0"
		return 1
	fi
}

tap_cmd_fails()	# DESC COMMAND...
{
	local desc=$1 out

	shift
	if out=$("$@" 2>&1); then
		tap_not_ok "$desc" "got:      status 0 of: $*" "$out" "expected: a failure"
		return 1
	fi
	tap_ok "$desc"
}

# Gives up: for what has to work before anything can be tested.
tap_bail()	# REASON
{
	printf 'Bail out! %s\n' "$1"
	exit 1
}

# COMMAND... runs at the end, latest first.
at_exit()
{
	ktap_cleanups+=("$(printf '%q ' "$@")")
}

ktap_finish()
{
	local rc=$? i

	trap - EXIT
	for ((i = ${#ktap_cleanups[@]} - 1; i >= 0; i--)); do
		eval "${ktap_cleanups[i]}" > /dev/null 2>&1 < /dev/null
	done
	rm -rf "$TMP"
	printf '1..%d\n' "$ktap_nr"
	printf '# pass:%d fail:%d skip:%d\n' $((ktap_nr - ktap_failed - ktap_skipped)) \
		"$ktap_failed" "$ktap_skipped"
	[ "$rc" -eq 0 ] || printf '# ended early with status %d\n' "$rc"
	[ "$rc" -eq 0 ] && [ "$ktap_failed" -eq 0 ] || exit 1
	[ $((ktap_nr - ktap_skipped)) -gt 0 ] || exit 4	# nothing ran
	exit 0
}

trap ktap_finish EXIT
trap 'exit 130' INT TERM
printf 'KTAP version 1\n'

# --- waiting ----------------------------------------------------------------

# Sets UPTIME_MS, milliseconds of the (virtual) monotonic clock.
uptime_ms()
{
	local up _

	read -r up _ < /proc/uptime
	UPTIME_MS=$((10#${up/./} * 10))
}

# Polls COMMAND... until it succeeds; fails when SECONDS are over.
wait_for()	# SECONDS COMMAND...
{
	local deadline

	uptime_ms
	deadline=$((UPTIME_MS + $1 * 1000))
	shift
	until "$@"; do
		uptime_ms
		[ "$UPTIME_MS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# --- the module -------------------------------------------------------------

load_module()
{
	if [ ! -d $KAP ]; then
		insmod "${KAPOLICY_KO:-/kapolicy/kapolicy.ko}" || tap_bail "insmod kapolicy.ko failed"
	fi
	[ -w $KAP/rules ] || tap_bail "$KAP/rules is not there"
	at_exit reset_module
	reset_module || tap_bail "$KAP cannot be reset"
}

reset_module()
{
	echo 1 > $KAP/enabled && flush
}

# Every TEXT is a line; all of them are one write(2), so one atomic change.
# Quiet, like the kernel: callers look at the status and at last_error.
rules()		# TEXT...
{
	local IFS=$'\n'

	cat <<< "$*" 2> /dev/null > $KAP/rules
}

flush()
{
	rules flush
}

# The set becomes exactly TEXT...; bails out when it is refused, since what
# follows would test nothing.
only_rules()	# TEXT...
{
	rules flush "$@" || tap_bail "refused: $* ($(< $KAP/last_error))"
}

# Prints one field of the counters line of the rule with that name or id. The file is read in large pieces: read
# would go back to the end of each line, and the module seek that place anew.
counter()	# NAME_OR_ID FIELD
{
	local line lines

	mapfile -t lines < $KAP/counters
	for line in "${lines[@]}"; do
		case " $line " in
		*" name=$1 "* | *" id=$1 "*)
			line=" $line "
			line=${line#*" $2="}
			printf '%s\n' "${line%%[[:space:]]*}"
			return 0
			;;
		esac
	done
	printf 'no rule %s\n' "$1"
	return 1
}

# Prints the id of the rule called NAME.
rule_id()	# NAME
{
	counter "$1" id
}

stat()		# NAME
{
	cat "$KAP/stats/$1"
}

# --- the prober -------------------------------------------------------------

declare -A ANS=()	# answers by label
ANSWERS=()		# all answers, in order

# Runs the script on standard input to its end. `@label command` keeps the
# answer in ANS[label]; a command without a label has to answer ok, or the
# status is 1 and a diagnostic says which. Answers lose their "ok ".
probe_script()	# < SCRIPT
{
	probe_script_in command
}

probe_script_in()	# COMMAND... in front of prober, e.g. ip netns exec NS
{
	local line label rc=0 i commands=() labels=()

	while IFS= read -r line; do
		line=${line#"${line%%[![:space:]]*}"}
		case $line in
		'' | '#'*) continue ;;
		esac
		label=
		if [[ $line == @* ]]; then
			label=${line%%[[:space:]]*}
			label=${label#@}
			line=${line#*[[:space:]]}
		fi
		labels+=("$label")
		commands+=("$line")
	done
	mapfile -t ANSWERS < <(printf '%s\n' "${commands[@]}" | "$@" "$PROBER")
	ANS=()
	for i in "${!commands[@]}"; do
		line=${ANSWERS[i]-no answer}
		if [ -z "${labels[i]}" ] && [[ $line != ok* ]]; then
			tap_diag "prober: ${commands[i]} -> $line"
			rc=1
		fi
		line=${line#ok}
		line=${line# }
		ANSWERS[i]=$line
		# shellcheck disable=SC2034	# the tests read it
		[ -z "${labels[i]}" ] || ANS[${labels[i]}]=$line
	done
	return $rc
}

declare -A session_in=() session_out=() session_pid=()

# Starts a prober that lives on beside the test.
session()	# NAME [COMMAND... in front of prober]
{
	local name=$1 in out

	shift
	mkfifo "$TMP/$name.in" "$TMP/$name.out" || return 1
	"$@" "$PROBER" < "$TMP/$name.in" > "$TMP/$name.out" &
	session_pid[$name]=$!
	exec {in}> "$TMP/$name.in" {out}< "$TMP/$name.out"
	session_in[$name]=$in
	session_out[$name]=$out
	rm -f "$TMP/$name.in" "$TMP/$name.out"
	at_exit kill "${session_pid[$name]}"
}

# One command to a session: REPLY is the answer without "ok "; status 1 at err.
ask()		# SESSION COMMAND...
{
	local name=$1

	shift
	REPLY='no answer'
	printf '%s\n' "$*" >&"${session_in[$name]}" || return 1
	IFS= read -r REPLY <&"${session_out[$name]}" || REPLY='no answer'
	case $REPLY in
	ok) REPLY= ;;
	'ok '*) REPLY=${REPLY#ok } ;;
	*) return 1 ;;
	esac
}

# Like ask, for the commands a test stands on: bails out at err.
must_ask()	# SESSION COMMAND...
{
	ask "$@" || tap_bail "prober $*: $REPLY"
}

end_session()	# NAME
{
	local in=${session_in[$1]} out=${session_out[$1]}

	ask "$1" quit
	exec {in}>&- {out}<&-
	wait "${session_pid[$1]}"
	unset "session_in[$1]" "session_out[$1]" "session_pid[$1]"
}

# shellcheck source=tests/selftest/topology.sh
. "$SELFTEST/topology.sh"
