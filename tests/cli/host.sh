# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# A host in a directory, for what has a fixed place on one; sourced by lib.sh.
# There is nothing in it but kapctl, sh, env, and what a case puts there.

# PROGRAM [AS]: copies a program and what it is linked with to $tmp/host.
put_program() {
	local to=$tmp/host${2:-$1} lib

	mkdir -p "${to%/*}"
	cp "$1" "$to"
	ldd "$1" | grep -o '/[^ ]*' | while IFS= read -r lib; do
		mkdir -p "$tmp/host${lib%/*}"
		[ -e "$tmp/host$lib" ] || cp -L "$lib" "$tmp/host$lib"
	done
}

# Is it possible to go there? Without root, some systems forbid it.
can_host() {
	[ "$(id -u)" = 0 ] || unshare -r true 2>/dev/null
}

# t_host NAME COMMAND: as t, for a COMMAND that begins with new_host
t_host() {
	if can_host; then
		t "$1" "$2"
	else
		t_skip "$1" 'neither root nor user namespaces'
	fi
}

# t_nobody NAME COMMAND: the same where COMMAND has as_nobody in it
t_nobody() {
	if [ "$(id -u)" = 0 ]; then
		t "$1" "$2"
	else
		t_skip "$1" 'only root can become somebody else'
	fi
}

# In a case: makes a new host, $host, with the module of fresh_sysfs, and lets
# the word kapctl run there. The host is a directory of $tmp/work.
new_host() {
	if [ ! -d "$tmp/host" ]; then
		put_program "$KAPCTL" /usr/sbin/kapctl
		put_program "$(readlink -f /bin/sh)" /bin/sh
		put_program /usr/bin/env
		mkdir -p "$tmp/host"/{dev,proc,run,tmp}
		: >"$tmp/host/dev/null"
		chmod 666 "$tmp/host/dev/null"
	fi
	host=$tmp/work/host
	cp -al "$tmp/host" "$host"
	mkdir -p "$host/etc/kapolicy" "$host/sys/kernel"
	cp -r "$sys" "$host/sys/kernel/kapolicy"
	etc=$host/etc/kapolicy
	kapctl() {
		in_host /usr/sbin/kapctl "$@"
	}
}

# COMMAND...: runs it there, as root, which takes no privilege.
in_host() {
	local enter=()

	[ "$(id -u)" = 0 ] || enter=(unshare -r)
	env -u KAPCTL_SYSFS -u KAPCTL_SYS "${enter[@]}" chroot "$host" "$@"
}

# The rules written to the module that is not there.
written() {
	cat "$host/sys/kernel/kapolicy/rules"
}

# COMMAND...: runs it there as somebody else; only root can do that.
as_nobody() {
	chmod a+rX "$host"
	env -u KAPCTL_SYSFS -u KAPCTL_SYS \
		chroot --userspec=65534:65534 "$host" "$@"
}

# Builds $sockets, which gives a host the TCP sockets of its file /sockets.
need_sockets() {
	sockets=$tmp/sockets.so
	[ -e "$sockets" ] ||
		${CC:-cc} -shared -fPIC -o "$sockets" "$here/sockets.c" -lmnl -ldl 2>"$tmp/cc" ||
		bail_out "sockets.c does not build: $(head -n 1 "$tmp/cc")"
}
