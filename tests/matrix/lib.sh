# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the programs of this folder share: results as TAP, what a step took, what a build said.
# shellcheck disable=SC2034 # the programs read it
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"

logs=$KAP_BUILD/matrix

tap_nr=0 tap_passed=0 tap_failed=0 tap_skipped=0

result() { # STATUS TEXT [LOG]: a line of TAP; on failure the end of the log as well
	tap_nr=$((tap_nr + 1))
	if (($1 == 0)); then
		tap_passed=$((tap_passed + 1))
		echo "ok $tap_nr - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_nr - $2"
		[[ ! -s ${3-} ]] || tail -n 15 "$3" | cut -c 1-200 | sed 's/^/#   /'
	fi
	return "$1"
}

skipped() { # TEXT REASON
	tap_nr=$((tap_nr + 1))
	tap_skipped=$((tap_skipped + 1))
	echo "ok $tap_nr - $1 # SKIP $2"
}

finish() { # plan, total, exit status
	echo "1..$tap_nr"
	echo "$tap_passed passed, $tap_failed failed, $tap_skipped skipped"
	((tap_failed == 0 && tap_passed > 0))
}

# step LOG COMMAND...: sets took, in seconds, as text; output goes to the log alone. Where other work shares
# the machine, what the processors had to do says more than how long it took.
step() {
	local log=$1 start=$SECONDS status=0 TIMEFORMAT='%0U %0S' user system
	shift
	{ time "$@" >"$log" 2>&1 </dev/null; } 2>"$log.time" || status=$?
	read -r user system <"$log.time"
	rm "$log.time"
	took="$((SECONDS - start)) s, processors $((user + system)) s"
	return $status
}

# clean_build LOG NAME: the module builds, from nothing, and the compiler has nothing to say. Headers of a
# kernel made for gcc make clang talk: then our own files count.
clean_build() {
	local warning='warning' release
	# shellcheck disable=SC2153	# that prints it
	release=$(eval "$("$KAP_VM/kernel" "$2" 2>/dev/null)" && echo "$RELEASE")
	[[ $release ]] || return
	rm -rf "${KAP_BUILD:?}/$release"
	[[ ${KAP_MAKEVARS-} != *LLVM* ]] || warning='(^|/)(module|tests/kmod)/[^ ]*: warning'
	step "$1" "$KAP_VM/module" "$2" && ! grep -qiE "$warning" "$1"
}

# built_by FILE.ko: the compiler that made it, as itself says
built_by() {
	local comment
	comment=$(readelf -p .comment "$1" 2>/dev/null | grep -m 1 -oE 'GCC:.*|.*clang version.*')
	case $comment in
	GCC:*) echo "gcc ${comment##* }" ;;
	*'clang version'*) grep -oE 'clang version [0-9.]+' <<<"$comment" | sed 's/ version//' ;;
	*) echo unknown ;;
	esac
}
