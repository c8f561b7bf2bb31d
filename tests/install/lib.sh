# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the suites share: clean Debian systems to try things in, and results as TAP.

# shellcheck source=tests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.sh"
# shellcheck source=tests/vm/apt.sh
. "$KAP_VM/apt.sh"

name=${0##*/}
out=$KAP_BUILD/install/$name
log=$out/log
((EUID == 0)) || die "this takes root"
rm -rf "$out"
own_dir "$KAP_BUILD"
mkdir -p "$out"
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$KAP_SRC/dkms.conf")

tap_nr=0 tap_failed=0

# t NAME COMMAND...: a test; what the command prints goes to the log, and is shown when it fails
t() {
	local name=$1 status=0
	shift
	tap_nr=$((tap_nr + 1))
	printf '\n### %s: %s\n' "$name" "$*" >>"$out/all.log"
	"$@" >"$log" 2>&1 </dev/null || status=$?
	cat "$log" >>"$out/all.log"
	if ((status == 0)); then
		echo "ok $tap_nr - $name"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_nr - $name"
		tail -n 20 "$log" | cut -c 1-200 | sed 's/^/#   /'
	fi
}

finish() { # plan, exit status
	echo "1..$tap_nr"
	say "logs: $out"
	((tap_failed == 0 && tap_nr > 0))
}

# said REGEX, unsaid REGEX: what the last test printed has a line like that, or none
said() { grep -E "$1" "$out/said"; }
unsaid() { ! grep -E "$1" "$out/said"; }

# keep COMMAND...: for said and unsaid
keep() {
	local status=0
	"$@" >"$out/said" 2>&1 || status=$?
	cat "$out/said"
	return "$status"
}

# make_base SUITE PACKAGE...: a Debian of that release, as small as apt allows, and these packages
make_base() {
	local base=$KAP_CACHE/install/$kind lines proxy='' options=()
	if [[ -d $base && $(cat "$base.made" 2>/dev/null) == "$*" && ! $(find "$base.made" -mtime +3) ]]; then
		return
	fi
	say "making a clean Debian ($kind)"
	mkdir -p "${base%/*}"
	rm -rf "$base" "$base.new" "$base.made"
	mapfile -t lines < <(sources "$1")
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	[[ ! $proxy ]] || options+=(--aptopt="Acquire::http::Proxy \"$proxy\";")
	mmdebstrap --mode=root --variant=apt "${options[@]}" --dpkgopt=force-unsafe-io \
		--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Languages "none"' \
		--include="$(IFS=,; echo "${*:2}")" "$1" "$base.new" "${lines[@]}" >"$base.log" 2>&1 </dev/null ||
		{ cat "$base.log" >&2; die "a system of $1 could not be made"; }
	mv "$base.new" "$base"
	echo "$*" >"$base.made"
}

# begin KIND SUITE [PACKAGE]...: a fresh copy of that system; "enter" goes there. It is made once.
begin() {
	kind=$1
	locked "install-$kind" make_base "${@:2}"
	base=$KAP_CACHE/install/$kind
	root=$out/$kind
	rm -rf "$root" "$root.upper" "$root.work"
	mkdir -p "$root" "$root.upper" "$root.work" "$KAP_CACHE/install/archives/$2"
	archives=$KAP_CACHE/install/archives/$2
	# Where there are no overlays, a copy does as well.
	overlay=1
	enter true 2>/dev/null || { overlay='' && cp -a "$base/." "$root"; }
}

# enter COMMAND...: in the system that was begun; what is mounted for it goes with it
enter() {
	# shellcheck disable=SC2016
	unshare --mount --propagation private sh -c '
		base=$1 root=$2 archives=$3 overlay=$4
		shift 4
		if [ "$overlay" ]; then
			mount -t overlay overlay -o "lowerdir=$base,upperdir=$root.upper,workdir=$root.work" "$root" || exit 125
		fi
		mount --rbind /proc "$root/proc" && mount --rbind /dev "$root/dev" &&
			mount --bind "$archives" "$root/var/cache/apt/archives" || exit 125
		exec chroot "$root" "$@"' sh "$base" "$root" "$archives" "$overlay" \
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}

# into TARGET DIR [FILE]...: copy these files of a folder, or all, into a folder of the system
into() {
	local target=$1 dir=$2
	shift 2
	(($#)) || set -- .
	# shellcheck disable=SC2016
	tar -C "$dir" -cf - "$@" | enter sh -c 'mkdir -p "$1" && tar -C "$1" -xf - --no-same-owner' sh "$target"
}

# tree: what is there, with sums, but for what apt, dpkg and ld keep for themselves
tree() {
	# shellcheck disable=SC2016
	enter sh -c 'set -- -path /proc -o -path /dev -o -path /sys -o -path /tmp -o -path /run/lock -o -path /var/cache \
			-o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log -o -path /src -o -path /older
		find / -xdev \( "$@" \) -prune -o -printf "%y %m %p %l\n"
		find / -xdev \( "$@" \) -prune -o -type f -print0 | xargs -0 sha256sum' | sort
}

# older VERSION DIR: a copy of the sources that says it is that version
older() {
	rm -rf "$2"
	mkdir -p "$2"
	(cd "$KAP_SRC" && make -s dist)
	tar -xzf "$KAP_SRC/build/kapolicy-$version.tar.gz" -C "$2" --strip-components=1
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$1\"/" "$2/dkms.conf"
	sed -i "1s/(.*)/($1)/" "$2/debian/changelog"
}
