# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How the Debian packages are built, for the suites that use them; lib.sh comes first.

# begin_build RELEASE: a system to build them in
begin_build() {
	local declares_units=systemd-dev
	[[ $1 != bookworm ]] || declares_units=systemd
	begin "$1-build" "$1" build-essential debhelper dh-dkms fakeroot libjansson-dev libmnl-dev libtraceevent-dev libtracefs-dev lintian pkg-config \
		"$declares_units"
}

# build SOURCES DIR: packages of these sources, into DIR here
build() {
	enter rm -rf /src
	into /src "$1" || return
	enter sh -c 'cd /src && make deb' || return
	mkdir -p "$2"
	enter tar -C /src/build/deb -cf - . | tar -C "$2" -xf -
	(cd "$2" && ls kapctl_*_amd64.deb kapolicy-dkms_*_all.deb)
}
