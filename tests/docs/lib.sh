# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by the parts of tests/docs/run: results as TAP, whose numbers come from tests/tap_total.

# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"
set +e # results, not statuses, are what a part is about

# shellcheck disable=SC2034 # for the parts
DOCS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$KAP_SRC/tools:$PATH

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

good() { echo "ok - $*"; }

bad() { # NAME TEXT...
	echo "not ok - $1"
	shift
	printf '%s\n' "$@" | sed 's/^/# /'
}

is() { # GOT EXPECTED NAME
	if [[ $1 == "$2" ]]; then
		good "$3"
	else
		bad "$3" 'got:' "$1" 'expected:' "$2"
	fi
}

# runs NAME COMMAND...: does it succeed?
runs() {
	local name=$1 out status
	shift
	out=$("$@" 2>&1 </dev/null)
	status=$?
	if ((status == 0)); then
		good "$name"
	else
		bad "$name" "exit status $status of: $*" "$out"
	fi
}
