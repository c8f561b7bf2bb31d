# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A guest of another architecture: its programs come out of Debian's archive, ours are cross-compiled.
# Reads KARCH, which tests/vm/kernel prints, and arch_triplet of arch.sh.
# shellcheck disable=SC2153,SC2154

# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$KAP_VM/apt.sh"

# What vm_programs in initramfs.sh needs, and what kapctl does.
foreign_packages=(
	bash bsdutils busybox-static coreutils dash diffutils findutils grep hostname iproute2 kmod
	libjansson-dev libmnl-dev libtraceevent-dev libtracefs-dev mawk mount nftables procps sed tcpdump util-linux util-linux-extra
)

# foreign_setup: sets programs, a folder with all of it, and code, one with our programs
foreign_setup() {
	triplet=${arch_triplet[$KARCH]}
	local recipe
	# shellcheck source=/dev/null
	recipe=$(. /etc/os-release && echo "${VERSION_ID-} ${foreign_packages[*]}" | sha256sum)
	programs=$KAP_CACHE/programs/$KARCH-${recipe:0:8}
	code=$KAP_BUILD/programs-$KARCH
	command -v "$triplet-gcc" >/dev/null || "$KAP_VM/deps" "gcc-$triplet" "libc6-dev-$KARCH-cross" ||
		die "no compiler for $KARCH"
	[[ -d $programs ]] || locked "programs-$KARCH" fetch_programs
	used "$programs"
}

fetch_programs() (
	[[ ! -d $programs ]] || exit 0
	# shellcheck source=/dev/null
	private_apt "$(. /etc/os-release && [[ $ID == debian ]] && echo "${VERSION_CODENAME-sid}" || echo bookworm)" "$KARCH"
	say "downloading programs for $KARCH"
	rm -rf "$programs.new"
	mkdir -p "$programs.new"/usr/{bin,sbin,lib}
	for d in bin sbin lib; do ln -s "usr/$d" "$programs.new/$d"; done
	apt-get -qq -y --download-only -o Dir::Cache::archives="$programs.new/" -o Debug::NoLocking=true \
		install "${foreign_packages[@]}" >&2 || die "download failed"
	for deb in "$programs.new"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$programs.new" --keep-directory-symlink -x \
			--exclude='./usr/share/*' --exclude='./var/*' --exclude='*/perl*' --exclude='*/gconv' --exclude='*/systemd'
	done
	rm -rf "$programs.new"/{*.deb,partial,lock,var}
	mv "$programs.new" "$programs"
	expire programs
)

# Takes the place of that in initramfs.sh.
copy_programs() { # ROOT
	tar -C "$programs" --exclude='*.a' -c usr/bin usr/sbin usr/lib | tar -C "$1" -x
}

# Takes the place of that in project.sh. Built in a copy: the sources have this machine's programs beside them.
build_programs() {
	mkdir -p "$code"
	locked "$code" cross_build >&2 || die "our programs do not build for $KARCH"
}

cross_build() {
	(cd "$KAP_SRC" && find dkms.conf module tools tests/selftest -name '*.[ch]' -o -name Makefile -o -name dkms.conf |
		cpio -pdmu --quiet "$code")
	make -s -C "$code/tests/selftest" CC="$triplet-gcc" &&
		make -s -C "$code/tools" CC="$triplet-gcc" CPPFLAGS="-I$programs/usr/include -I$programs/usr/include/traceevent" \
			LDFLAGS="-L$programs/usr/lib/$triplet"
}
