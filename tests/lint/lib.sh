# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the programs of this folder: which files there are, and of what kind.

# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"

LINT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LINT

# sources [DIR]...: what people have written, relative to the top. Also without git, as in a tarball.
sources() {
	(($#)) || set -- .
	(cd "$KAP_SRC" && find "$@" \( -name .git -o -name .cache -o -name build \) -prune -o -type f -print) |
		sed 's|^\./||' | grep -vE '\.(o|ko|d|a|mod|mod\.c|cmd|pyc)$|(^|/)(modules\.order|Module\.symvers)$' |
		sort | text_only
}

# text_only: drop programs that have been built; they stand beside their sources
text_only() {
	(cd "$KAP_SRC" && xargs -d '\n' grep -lI '' --)
}

c_sources() { sources "$@" | grep '\.[ch]$'; }

# Scripts of an interpreter: by what their first line says, or by their name.
scripts() { # INTERPRETER-REGEX NAME-REGEX
	local f line
	while read -r f; do
		line=
		read -r line <"$KAP_SRC/$f" || :
		[[ $f =~ $2 || $line =~ ^'#!'.*(/| )($1)( |$) ]] && echo "$f"
	done < <(sources)
	return 0
}

shell_scripts() { scripts 'sh|bash|dash' '\.sh$'; }

python_scripts() { scripts 'python3' '\.py$'; }

# width: how many things a check does at a time; one where other programs have slots as well (tests/jobs.sh)
width() { if [[ ${KAP_SLOT-} ]]; then echo 1; else nproc; fi; }

# each COMMAND...: run it on the files named on standard input, some at a time
each() {
	(cd "$KAP_SRC" && xargs -d '\n' -n "${EACH:-4}" -P "$(width)" "$@")
}

# memo KEY COMMAND...: what COMMAND prints, a function or a program. The cache keeps it under KEY, a text that has to
# hold all it depends on: of what has not changed since, nobody looks for faults again. A failure is not kept.
memo() {
	local known new
	known=$KAP_CACHE/lint/memo/$(sha256sum <<<"$1" | cut -c 1-40)
	# Another check may be about to write the same.
	new=$known.$BASHPID
	shift
	if [[ -f $known ]]; then
		used "$known"
	else
		"$@" >"$new" || { set -- $?; cat "$new"; rm "$new"; return "$1"; }
		mv "$new" "$known"
	fi
	cat "$known"
}
export -f memo used
mkdir -p "$KAP_CACHE/lint/memo"

# build_module NAME MAKEVAR=VALUE...: build the module and those of the tests anew; warnings are all it prints
build_module() {
	local build=$KAP_BUILD/lint/$1
	shift
	rm -rf "$build"
	KAP_BUILD=$build "$KAP_VM/module" default "$@" 2>&1 >/dev/null | grep -v '^module: \(building\|waiting\)' || :
	[[ $(find "$build" -name kapolicy.ko) ]] || die "no kapolicy.ko was made"
}
