# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the programs of this folder: where things are kept, messages, locks.
#
# KAP_SRC    the source tree to build and test
# KAP_CACHE  downloads, kernels and images, for all clones of this user together. The name of each thing there says
#            what it was made from, so clones that want different ones do not disturb each other.
# KAP_BUILD  what is built from the sources, and the logs of failed runs

KAP_VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${KAP_SRC:=$(cd "$KAP_VM/../.." && pwd)}"

# cache_dir: the user's cache folder, or .cache in the source tree where there is none to write to. A home that
# belongs to somebody else does not count: sudo may leave one in HOME, and root's files would be in the owner's way.
cache_dir() {
	local dir up dirs=("${XDG_CACHE_HOME-}")
	[[ ! -O ${HOME-} ]] || dirs+=("$HOME/.cache")
	for dir in "${dirs[@]}"; do
		[[ $dir == /* ]] || continue
		for up in "$dir/kapolicy" "$dir" "${dir%/*}"; do
			[[ ! -e $up ]] || break
		done
		[[ ! -w $up ]] || { echo "$dir/kapolicy"; return; }
	done
	echo "$KAP_SRC/.cache"
}
: "${KAP_CACHE:=$(cache_dir)}"
: "${KAP_BUILD:=$KAP_SRC/build}"
# What compilers have made, and said, of the same text once: a module is built for many kernels, in each run anew.
CCACHE_DIR=$KAP_CACHE/ccache CCACHE_MAXSIZE=1G
export KAP_SRC KAP_CACHE KAP_BUILD CCACHE_DIR CCACHE_MAXSIZE

# dpkg, depmod and friends live in sbin, which is not in every user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# Under "make -n" or "make -j" the flags of the caller are not meant for the kernel's makefiles.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
# The guest's files get the modes they have here, and not only root lives there.
umask 022
# Sorting and messages are parsed.
export LC_ALL=C.UTF-8

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() { say "$*"; exit "${DIE_STATUS:-1}"; }

# cached_cc CC: the compiler by way of that cache, where there is one
cached_cc() { echo "$(! command -v ccache >/dev/null || echo 'ccache ')$1"; }

# own_dir DIR: make DIR; git must not see what is in it, whatever the top .gitignore says
own_dir() {
	[[ -d $1 ]] && return
	mkdir -p "$1" || die "cannot create $1 (set KAP_CACHE and KAP_BUILD to folders you can write)"
	[[ $1 != "$KAP_CACHE" && $1 != "$KAP_BUILD" ]] || echo '*' >"$1/.gitignore"
}

# locked NAME COMMAND...: one process at a time, so that parallel runs share one download or build. A NAME that is the
# path of a folder locks that folder, no other clone's. The command is a function more often than not and sees our
# variables, hence their long names.
locked() (
	lock_name=$1
	shift
	if [[ -d $lock_name ]]; then
		exec {lock_fd}<"$lock_name" || die "cannot read $lock_name"
	else
		own_dir "$KAP_CACHE"
		exec {lock_fd}>"$KAP_CACHE/.lock-$lock_name" || die "cannot write to $KAP_CACHE"
	fi
	if ! flock -n "$lock_fd"; then
		say "waiting for another run, which is making the same thing (${lock_name##*/})"
		flock "$lock_fd"
	fi
	# The lock goes when this subshell ends, however it does.
	"$@"
)

# used PATH: note that this thing of the cache is in use, so that the next expire leaves it alone
used() { touch -c "$1" 2>/dev/null || :; }

# expire FOLDER [PATTERN]: of what the cache has in FOLDER, remove what no clone has used for two weeks
expire() {
	find "$KAP_CACHE/$1" -mindepth 1 -maxdepth 1 -name "${2:-*}" ! -name '.*' -mtime +13 -exec rm -rf {} + || :
}
