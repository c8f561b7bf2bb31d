# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the programs of this folder share: results as TAP, what a step took, what a build said.
# shellcheck disable=SC2034 # the programs read it
# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"

# shellcheck source=tests/jobs.sh
. "$(dirname "${BASH_SOURCE[0]}")/../jobs.sh"

logs=$KAP_BUILD/matrix

# Results go through tests/tap_total, which numbers them.
result() { # STATUS TEXT [LOG]: on failure the end of the log as well
	if (($1 == 0)); then
		echo "ok - $2"
	else
		echo "not ok - $2"
		[[ ! -s ${3-} ]] || tail -n 15 "$3" | cut -c 1-200 | sed 's/^/#   /'
	fi
	return "$1"
}

skipped() { # TEXT REASON
	echo "ok - $1 # SKIP $2"
}

# step LOG COMMAND...: as timed, when a slot is free
step() {
	local status=0
	take_slot
	timed "$@" || status=$?
	drop_slot
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
