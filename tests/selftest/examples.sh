#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600 --add jq --add tests/docs:tests/docs --add tools/man:tools/man --add ./Documentation:Documentation --add ./README.md
# Runs every example of the manuals, of Documentation and of README.md. They are
# read out of the pages here, so there is no copy that could differ from them;
# tests/docs/README says how they are marked. Arguments: programs that the
# guest has beside its own; then only examples that need one of these are run.

# shellcheck disable=SC2016	# backquotes and $EDITOR are what is looked for
# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

TOP=$(cd "$SELFTEST/../.." && pwd)
WITH=" $* "
PORT=

set -o pipefail
cd "$TOP" || tap_bail "no $TOP"
load_module
mkdir -p tools
[ -x tools/kapctl ] || ln -s "$(command -v kapctl)" tools/kapctl

# Sets PATTERN from a line in which ... stands for any text.
to_pattern()	# LINE
{
	PATTERN=${1//\\/\\\\}
	PATTERN=${PATTERN//\*/\\*}
	PATTERN=${PATTERN//\?/\\?}
	PATTERN=${PATTERN//\[/\\[}
	PATTERN=${PATTERN//.../*}
}

# Is each line of GOT one of EXPECTED?
lines_like()	# GOT EXPECTED
{
	local i got=() expected=()

	[ -z "$1" ] || mapfile -t got <<< "$1"
	[ -z "$2" ] || mapfile -t expected <<< "$2"
	[ ${#got[@]} = ${#expected[@]} ] || return 1
	for i in "${!expected[@]}"; do
		to_pattern "${expected[i]}"
		# shellcheck disable=SC2053	# it is a pattern
		[[ ${got[i]} == $PATTERN ]] || return 1
	done
}

# Is there a line in FILE like each of EXPECTED, in this order?
has_lines()	# FILE EXPECTED
{
	local line expected=() next=0

	mapfile -t expected <<< "$2"
	while IFS= read -r line; do
		[ "$next" -lt ${#expected[@]} ] || break
		to_pattern "${expected[next]}"
		# shellcheck disable=SC2053	# it is a pattern
		[[ $line != $PATTERN ]] || next=$((next + 1))
	done < "$1"
	[ "$next" = ${#expected[@]} ]
}

# One command as a user types it; what it prints when the page says what.
run_command()	# WHERE FAILS COMMAND EXPECTED
{
	local out rc want=0

	out=$(bash -o pipefail -c "$3" 2>&1 < /dev/null)
	rc=$?
	[ -z "$2" ] || want=1
	if [ $rc != $want ]; then
		tap_not_ok "$1: $3" "got:      status $rc" "$out" "expected: status $want"
	elif [ -n "$4" ] && ! lines_like "$out" "$4"; then
		tap_not_ok "$1: $3" 'got:' "$out" 'expected:' "$4"
	else
		tap_ok "$1: $3"
	fi
}

connect_once()
{
	probe_script << EOS
listen l 127.0.0.1 $PORT
connect c 127.0.0.1 $PORT
accept s l
set c linger 0
close c
EOS
}

seen()		# EXPECTED
{
	connect_once
	has_lines "$TMP/trace" "$1"
}

# A command that watches until ^C, which the page shows; meanwhile somebody
# connects, until what is printed before ^C has been.
run_trace()	# WHERE COMMAND EXPECTED
{
	local before=${3%%^C*} after='' pid rc
	[[ $3 != *^C$'\n'* ]] || after=${3#*^C$'\n'}

	# what runs in the background has ^C ignored
	env --default-signal=INT bash -c "exec $2" > "$TMP/trace" 2>&1 < /dev/null &
	pid=$!
	if wait_for 120 seen "${before%$'\n'}"; then
		[ -z "$after" ] || for _ in 1 2 3 4 5 6 7 8 9 10; do connect_once; sleep 0.3; done
		kill -INT $pid
		wait $pid
		rc=$?
		if [ -n "$after" ] && ! has_lines "$TMP/trace" "$after"; then
			tap_not_ok "$1: $2" "$(< "$TMP/trace")" 'expected after ^C:' "$after"
		else
			tap_is "$((rc == 0 || rc == 130))" 1 "$1: $2"
		fi
	else
		kill -INT $pid
		tap_not_ok "$1: $2" "$(head -n 20 "$TMP/trace")" 'expected:' "$before"
	fi
}

# Calls FUNCTION ARGUMENT... COMMAND EXPECTED for each command in BLOCK; "# "
# or "$ " stands in front of those, the other lines are what they print.
each_command()	# FUNCTION ARGUMENT...
{
	local line command='' printed='' found=
	local lines=("${BLOCK[@]}" '# ')

	for line in "${lines[@]}"; do
		if [[ $line == '# '* || $line == '$ '* ]]; then
			[ -z "$command" ] || "$@" "$command" "${printed%$'\n'}"
			command=${line:2}
			printed=
			found=1
		elif [ -z "$found" ]; then
			tap_not_ok "${*:2}: $line" 'no prompt in front of the first command'
			return
		else
			printed+=$line$'\n'
		fi
	done
}

# A file of rules: without warnings, and the module takes it.
run_rules()	# WHERE [PATH]
{
	local file=${2:-$TMP/rules}

	mkdir -p "${file%/*}"
	printf '%s\n' "${BLOCK[@]}" > "$file"
	tap_cmd "$1: kapctl check" kapctl check --strict "$file"
	tap_cmd "$1: kapctl load -n" kapctl load -n "$file"
	tap_cmd "$1: kapctl load" kapctl load "$file"
}

# connected PORT: while a connection to it is open
run_connected()	# WHERE PORT
{
	session held
	must_ask held listen l 127.0.0.1 "$2"
	must_ask held connect c 127.0.0.1 "$2"
	must_ask held accept s l
	each_command run_command "$1" ''
	end_session held
}

run_block()	# WHERE KIND...
{
	local where=$1 kind=$2 mark="$*" program=

	shift 2
	[[ $mark != *' with '* ]] || program=${mark##*' with '}
	[[ $WITH == '  ' && -z $program || $WITH == *" $program "* ]] || return
	case $kind in
	rules) run_rules "$where" "$@" ;;
	commands) each_command run_command "$where" "${1-}" ;;
	connected) run_connected "$where" "$1" ;;
	trace)
		PORT=$1
		only_rules "port=$PORT detect=30s"
		each_command trace_or_run "$where"
		;;
	none) ;;
	*) tap_not_ok "$where: example of an unknown kind: $kind $*" ;;
	esac
}

trace_or_run()	# WHERE COMMAND EXPECTED
{
	if [ -n "$3" ]; then
		run_trace "$@"
	else
		run_command "$1" '' "$2" ''
	fi
}

# As it is after installation.
fresh()
{
	reset_module
	rm -rf /etc/kapolicy
	mkdir -p /etc/kapolicy/rules.d
	[ ! -e tools/conf/rules.conf ] || cp tools/conf/rules.conf /etc/kapolicy/
}

run_page()	# PAGE
{
	local line where='' mark=''

	fresh
	BLOCK=()
	while IFS= read -r line; do
		if [[ $line == '@ '* ]]; then
			# shellcheck disable=SC2086	# words
			[ -z "$mark" ] || run_block "$where" $mark
			read -r _ _ line mark <<< "$line"
			where=${1##*/}:$line
			BLOCK=()
		else
			BLOCK+=("${line#$'\t'}")
		fi
	done < <(tests/docs/extract "$1")
	# shellcheck disable=SC2086	# words
	[ -z "$mark" ] || run_block "$where" $mark
}

# --- what is written in the middle of a text --------------------------------

# Match keys alone are no rule, nor are some keys without others.
complete()	# WORDS
{
	RULE=$1
	[[ " $1" =~ \ (keepalive|idle|intvl|cnt|user_timeout|detect|action)= ]] || RULE+=' idle=60s'
	[[ " $1" != *\ keepalive=off* ]] || RULE+=' mode=force'
	[[ $1 != *user_timeout=none* || $1 == *detect=* ]] || RULE+=' detect=30s'
	[[ $1 != *user_timeout=auto* || $1 == *idle=* ]] || RULE+=' idle=60s intvl=10s cnt=3'
}

# ``KEY=VALUE ...`` in FILE, which has to be a rule or a part of one.
run_inline()	# FILE
{
	local words

	while IFS= read -r words; do
		complete "${words//[$'\n']/ }"
		tap_cmd "${1##*/}: $words" kapctl check - < <(echo "$RULE")
	done < <(tr '\n' ' ' < "$1" | grep -oE '``[a-z_]+=[^` ][^`]*``' | tr -d '`' | tr -s ' ' |
		grep -E '^(cgroup|dir|l?port|rport|[lr]addr|uid|keepalive|idle|intvl|cnt|user_timeout|detect|mode|action|name|prio)=' | sort -u)
}

# --- README.md --------------------------------------------------------------

# A cell of the table of rules: commands, or rules with "and" between them.
run_cell()	# CELL
{
	local part

	: > "$TMP/cell"
	while IFS= read -r part; do
		case $part in
		'') ;;
		kapctl\ *) run_command README.md '' "$part" '' ;;
		*) printf '%s\n' "$part" >> "$TMP/cell" ;;
		esac
	done < <(grep -oE '`[^`]+`' <<< "$1" | tr -d '`' | sed 's/\\|/|/g')
	[ ! -s "$TMP/cell" ] || tap_cmd "README.md: $(paste -sd ';' "$TMP/cell")" kapctl load --strict "$TMP/cell"
}

# Indented lines: commands, but for those that other tests run or nobody can. Behind "# COMMAND" they are
# what it printed on some other machine, up to the next text.
run_readme()
{
	local line text shown=''

	fresh
	while IFS= read -r line; do
		[[ $line == '    '[^\ ]* ]] || { shown=''; continue; }
		line=${line#    }
		text=${line%%  *}
		[ -z "$shown" ] || continue
		case $text in
		'# kapctl'*) run_command README.md '' "${text#\# }" ''; shown=1 ;;
		'kapctl doctor'*) ;; # wants an installation: tests/install
		'echo '* | 'cat '* | 'kapctl'*) run_command README.md '' "${text%%  #*}" '' ;;
		'tools/kapctl'*) run_command README.md '' "$text" '' ;;
		'apt '* | 'make'* | 'insmod '* | 'systemctl '* | '$EDITOR '* | 'reboot') ;;
		'rules.conf:'* | '') ;;
		*) [[ $line == *'/ '* ]] || tap_not_ok "README.md: $line" 'neither a command nor known to be none' ;;
		esac
	done < <(grep . README.md)
	while IFS= read -r line; do
		run_cell "$line"
	done < <(sed -n '/^## Rules/,/^## [^R]/s/^|[^|]*|\(.*\)|$/\1/p' README.md | sed -n '3,$p')
}

mount -t tracefs none /sys/kernel/tracing 2> /dev/null
for page in tools/man/*.[1-8] Documentation/*.rst; do
	! grep -q 'Do not edit' "$page" || continue	# written by a program
	tap_cmd "${page##*/}: every display is marked" tests/docs/extract "$page"
	run_page "$page"
done
if [ "$WITH" = '  ' ]; then
	run_inline Documentation/rules.rst
	run_readme
fi
