# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154,SC2317
# What the cases are written in; sourced by run.

# The same everywhere: columns, colours, messages, order of characters.
export LC_ALL=C TERM=xterm ASAN_OPTIONS=verify_asan_link_order=0
unset NO_COLOR COLUMNS KAPCTL_SYS XDG_RUNTIME_DIR

number=0
failed=0
declare -A golden
declare -a order
section=

tmp=$(mktemp -d "${TMPDIR:-/tmp}/kapctl.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"

# shellcheck source=tests/cli/host.sh
. "$here/host.sh"

bail_out() {
	echo "Bail out! $*"
	exit 1
}

if [ -z "${KAPCTL-}" ]; then
	make -s -C "$top/tools" >"$tmp/make" 2>&1 ||
		bail_out "tools/kapctl does not build: $(tail -n 1 "$tmp/make")"
	KAPCTL=$top/tools/kapctl
fi
[ -x "$KAPCTL" ] || bail_out "no $KAPCTL"
version=$("$KAPCTL" version | sed -n 's/^kapctl \([^ ]*\).*/\1/p')

# kapctl with write(2) to rules answered by the module that is not there:
#	refused ERRNO "LINE:COL-COL: message" ARGUMENT...
refuse=$tmp/refuse.so
${CC:-cc} -shared -fPIC -I"$top/module" -o "$refuse" "$here/refuse.c" -ldl 2>"$tmp/cc" ||
	bail_out "refuse.c does not build: $(head -n 1 "$tmp/cc")"

refused() {
	local err=$1 text=$2

	shift 2
	LD_PRELOAD=$refuse REFUSE_ERRNO=$err REFUSE_TEXT=$text "$KAPCTL" "$@"
}

# The words a case is written with: kapctl, and kapctl on a terminal of 100
# columns, with escape sequences made visible.
kapctl() {
	"$KAPCTL" "$@"
}

on_tty() {
	local width=$1

	shift
	script -qec "stty cols $width rows 24; $KAPCTL $*" /dev/null \
		</dev/null | sed -e 's/\r$//' -e 's/\x1b/^[/g'
	return "${PIPESTATUS[0]}"
}

# kapctl run by somebody who is not root, and may not look where we were built.
kapctl_as_user() {
	if [ "$(id -u)" = 0 ]; then
		cp "$KAPCTL" "$tmp/kapctl"
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$tmp/kapctl" "$@"
	else
		"$KAPCTL" "$@"
	fi
}

# A module that is loaded and has three rules, in $sys.
fresh_sysfs() {
	sys=$tmp/work/sys
	rm -rf "$tmp/work"
	mkdir -p "$sys/stats" "$sys/features" "$tmp/work/root/module/kapolicy"
	export KAPCTL_SYSFS=$sys KAPCTL_SYS=$tmp/work/root
	echo 1 >"$sys/enabled"
	echo 17 >"$sys/generation"
	echo 65536 >"$sys/max_rules"
	echo 1 >"$sys/abi_version"
	: >"$sys/last_error"
	echo 0.1.0-test >"$tmp/work/root/module/kapolicy/version"
	printf '%s\n' >"$sys/rules" \
		'add name=lan prio=10 raddr=10.0.0.0/8,fd00::/8 action=skip  # id=4' \
		'add name=pg port=5432,6432-6440 keepalive=on idle=15s intvl=5s cnt=3 user_timeout=auto  # id=2' \
		'add cgroup=/system.slice/docker-*.scope dir=in user_timeout=30s mode=force  # id=9'
	printf '%s\n' >"$sys/counters" \
		'id=4 name=lan matched=123456 applied=0 app_set=0 held=0 timed_out=3' \
		'id=2 name=pg matched=20 applied=15 app_set=5 held=2 timed_out=1' \
		'id=9 matched=7 applied=7 app_set=0 held=0 timed_out=0'
	echo 200000 >"$sys/stats/connections"
	echo 123483 >"$sys/stats/matched"
	echo 22 >"$sys/stats/applied"
	echo 5 >"$sys/stats/app_set"
	echo 2 >"$sys/stats/held"
	echo 4 >"$sys/stats/timed_out"
	echo 0 >"$sys/stats/not_held"
	echo 1 >"$sys/features/hold"
	echo 1 >"$sys/features/stall"
	cd "$tmp/work" || exit 1
}

# ok|not ok with a number; the rest is the description
report() {
	number=$((number + 1))
	echo "$1 $number - ${*:2}"
	[ "$1" = ok ] || failed=$((failed + 1))
}

# The lines of a file with a mark in front; says so when the last is cut short.
marked() {
	local line

	while IFS= read -r line; do
		printf '%s%s\n' "$1" "$line"
	done <"$2"
	[ -z "$line" ] || printf '%s%s\n%s(no newline)\n' "$1" "$line" "$1"
}

# t NAME COMMAND: a case with a golden section. COMMAND is run by eval in a
# fresh $tmp/work. What begins like JSON has to be JSON.
t() {
	local name=$1 command=$2 rc text first

	fresh_sysfs
	(eval "$command") >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	text=$(
		echo "=== $name"
		echo "$ ${command//$'\n'/$'\n$ '}"
		marked '1| ' "$tmp/out"
		marked '2| ' "$tmp/err"
		echo "exit $rc"
	)
	text=${text//"$tmp/work/"/}
	text=${text//"kapctl $version "/kapctl VERSION }
	text=${text//"\"version\": \"$version\""/\"version\": VERSION}
	order+=("$name")
	first=
	IFS= read -r first <"$tmp/out"
	if [ "$first" = "{" ] && ! jq . "$tmp/out" >/dev/null 2>&1; then
		report "not ok" "$section: $name # not JSON"
	elif [ -n "$update" ]; then
		golden[$name]=$text
		report ok "$section: $name # written"
	elif [ "${golden[$name]-}" = "$text" ]; then
		report ok "$section: $name"
	else
		report "not ok" "$section: $name"
		diff -u --label "golden/$section.txt" --label "kapctl" \
			<(echo "${golden[$name]-}") <(echo "$text") |
			sed 's/^/# /'
	fi
}

# t_skip NAME REASON: a case that cannot be run here; its golden text is kept.
t_skip() {
	order+=("$1")
	report ok "$section: $1 # SKIP $2"
}

# check NAME COMMAND: a case without a golden section; what fails is said by
# the exit status.
check() {
	fresh_sysfs
	if (eval "$2") >"$tmp/out" 2>&1 </dev/null; then
		report ok "$section: $1"
	else
		report "not ok" "$section: $1"
		sed 's/^/# /' "$tmp/out"
	fi
}

read_golden() {
	local line name=

	golden=()
	order=()
	[ -r "$1" ] || return 0
	while IFS= read -r line; do
		if [[ $line == '=== '* ]]; then
			name=${line#=== }
			golden[$name]=$line
		elif [ -n "$line" ]; then
			golden[$name]+=$'\n'$line
		fi
	done <"$1"
}

write_golden() {
	local name

	for name in "${order[@]}"; do
		printf '%s\n\n' "${golden[$name]-}"
	done >"$1"
}

run_subject() {
	local name
	declare -A seen=()

	section=$1
	[ -r "$here/cases/$1.sh" ] || bail_out "no cases/$1.sh"
	read_golden "$here/golden/$1.txt"
	# shellcheck disable=SC1090
	. "$here/cases/$1.sh"
	for name in ${order[@]+"${order[@]}"}; do
		[ -z "${seen[$name]-}" ] ||
			report "not ok" "$1: two cases are called $name"
		seen[$name]=yes
	done
	for name in "${!golden[@]}"; do
		[ -n "${seen[$name]-}" ] ||
			report "not ok" "$1: golden/$1.txt has $name, cases/$1.sh has not"
	done
	cd "$here" || exit 1
	if [ -n "$update" ] && [ ${#order[@]} -gt 0 ]; then
		write_golden "$here/golden/$1.txt"
	fi
}

finish() {
	echo "1..$number"
	[ "$failed" = 0 ] || echo "# $failed of $number failed"
	[ "$failed" = 0 ]
}
