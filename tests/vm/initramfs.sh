# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Reads RELEASE, MODULES and KARCH, which tests/vm/kernel prints, and foreign of tests/vm/run.
# shellcheck disable=SC2153
# The guest's file system: an initramfs made of parts, each a cpio archive of its own (the kernel
# unpacks one after the other), so that what rarely changes is made once and kept in the cache.
# Nothing is compressed: unpacking would cost the emulated processor more than copying.

# Programs of this machine that a test may use. What is not here, busybox may have.
vm_programs=(
	bash dash grep sed mawk find xargs diff cmp hostname
	ip ss tc nstat bridge nft tcpdump
	modprobe insmod rmmod lsmod modinfo depmod kmod
	mount umount mountpoint findmnt dmesg unshare nsenter setpriv setsid flock taskset prlimit
	getopt logger lsns renice su
	ps pgrep pkill pidof pidwait free top uptime vmstat w watch sysctl
)

# Kernel modules a test may use, as far as the kernel has them; what they depend on comes along.
vm_modules=(
	veth dummy bridge tun ifb 8021q macvlan ipvlan vrf
	'nf_*' 'nft_*' 'nfnetlink*'
	'sch_*' 'cls_*' 'act_*'
	'*_diag' sctp tls smc 'tcp_*'
	nfs nfsv3 nfsv4 nfsd lockd sunrpc cifs
)

# libraries FILE...: the shared libraries that these programs load
libraries() {
	ldd "$@" 2>/dev/null | grep -oE '/[^ ]+' | grep -v ':$' | sort -u
}

# install_file ROOT FILE [DEST]: like the host, the guest has everything below /usr
install_file() {
	local real dest=${3-$2}
	case $dest in
	/bin/* | /sbin/* | /lib/* | /lib64/*) dest=/usr$dest ;;
	esac
	mkdir -p "$1${dest%/*}"
	real=$(readlink -e "$2")
	if (($# == 2)) && [[ ${real##*/} != "${2##*/}" ]]; then
		# One program or library under several names.
		ln -sf "$real" "$1$dest"
		[[ -e $1$real ]] || install_file "$1" "$real"
	else
		cp --preserve=mode,timestamps "$real" "$1$dest"
	fi
}

# install_program ROOT FILE [DEST]: a file and, if it is a dynamic program, the libraries it needs
install_program() {
	local lib
	install_file "$@"
	while read -r lib; do install_file "$1" "$lib"; done < <(libraries "$2")
}

# pack ROOT FILE: make a cpio archive of a folder
pack() {
	(cd "$1" && find . -mindepth 1 -print0 | sort -z | cpio -0 -o -H newc -R 0:0 --quiet) >"$2.new"
	mv "$2.new" "$2"
}

# program_paths: where this machine has them; coreutils in full
program_paths() {
	local p
	for p in "${vm_programs[@]}" busybox $(dpkg -L coreutils | sed -nE 's#^(/usr)?/s?bin/##p'); do
		type -P "$p" || say "this machine has no $p, so the guest has none"
	done
}

copy_programs() { # ROOT
	local p
	for p in "${base_programs[@]}"; do install_file "$1" "$p"; done
	while read -r p; do install_file "$1" "$p"; done < <(libraries "${base_programs[@]}")
}

# make_base ROOT: everything that does not depend on the kernel or the project
make_base() {
	local root=$1 p applet
	mkdir -p "$root"/{proc,sys,dev,run,tmp,root,vm,mnt,kapolicy/tests,etc,var} "$root"/usr/{bin,sbin,lib,lib64}
	for p in bin sbin lib lib64; do ln -s "usr/$p" "$root/$p"; done
	ln -s ../run "$root/var/run"
	copy_programs "$root"
	ln -sf dash "$root/usr/bin/sh"
	ln -sf mawk "$root/usr/bin/awk"
	for applet in $(busybox --list-full); do
		applet=$root/usr/${applet#usr/}
		[[ -e $applet || -L $applet || -e $root/usr/sbin/${applet##*/} || -e $root/usr/bin/${applet##*/} ]] ||
			ln -s /bin/busybox "$applet"
	done
	install -m 755 "$KAP_VM/init" "$root/init"
	printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n' >"$root/etc/group"
	printf '127.0.0.1 localhost kapolicy\n::1 localhost\n' >"$root/etc/hosts"
	for p in /etc/services /etc/protocols /etc/iproute2; do
		[[ ! -e $p ]] || cp -rL "$p" "$root/etc/"
	done
	[[ ! -d /lib/terminfo ]] || cp -rL /lib/terminfo "$root/usr/lib/"
}

# make_modules ROOT: those of the list that the kernel has
make_modules() {
	local root=$1 file m
	local -a deps
	local dir=$root/usr/lib/modules/$RELEASE
	mkdir -p "$dir"
	for m in "${vm_modules[@]}"; do
		while read -ra deps; do
			file=${deps[0]%:}
			deps[0]=$file
			file=${file##*/}
			# shellcheck disable=SC2254
			case ${file%%.ko*} in
			$m) printf '%s\n' "${deps[@]}" ;;
			esac
		done <"$MODULES/modules.dep" # "FILE: FILE..."
	done | sort -u | while read -r file; do
		mkdir -p "$dir/${file%/*}"
		case $file in
		*.xz) xz -dc "$MODULES/$file" >"$dir/${file%.xz}" ;;
		*.zst) zstd -qdc "$MODULES/$file" >"$dir/${file%.zst}" ;;
		*) cp "$MODULES/$file" "$dir/$file" ;;
		esac
	done
	cp "$MODULES"/modules.{builtin,builtin.modinfo,order} "$dir/"
	ln -s usr/lib "$root/lib"
	depmod -b "$root" "$RELEASE"
	# The base part has this link.
	rm "$root/lib"
}

# part NAME KEY MAKE: sets $part to the cached archive; KEY says what it is made from
part() {
	local key
	key=$(sha256sum <<<"$2$(cat "$KAP_VM/initramfs.sh" "$KAP_VM/init")")
	part=$KAP_CACHE/initramfs/$1-${key:0:16}.cpio
	used "$part"
	[[ -f $part ]] || locked initramfs make_part "$1" "$3"
}

what_part() {
	case $1 in
	modules-*) echo "collecting kernel modules for the virtual machine" ;;
	*) echo "copying this machine's programs for the virtual machine" ;;
	esac
}

make_part() {
	local root=$part.root
	[[ ! -f $part ]] || return 0
	say "$(what_part "$1"), once"
	mkdir -p "$KAP_CACHE/initramfs"
	# Another run, or another clone, may be about to read one that is in use.
	find "$KAP_CACHE/initramfs" -maxdepth 1 -name "$1-*" -mmin +720 -exec rm -rf {} +
	rm -rf "$root"
	mkdir "$root"
	"$2" "$root"
	pack "$root" "$part"
	rm -rf "$root"
}

# initramfs FILE PROJECT: the whole, for the kernel in RELEASE and MODULES; PROJECT is a folder
initramfs() {
	local base modules
	if [[ $foreign ]]; then
		# shellcheck disable=SC2154 # of foreign.sh
		part "base_$KARCH" "$(ls -l "$programs" "$programs/usr/bin") $(cat "$KAP_VM/foreign.sh")" make_base
	else
		mapfile -t base_programs < <(program_paths)
		part base "$(stat -Lc '%n %s %Y' "${base_programs[@]}")" make_base
	fi
	base=$part
	part "modules-$RELEASE" "$(stat -c '%n %Y' "$MODULES/modules.dep")" make_modules
	modules=$part
	pack "$2" "$1.project"
	cat "$base" "$modules" "$1.project" >"$1"
	rm "$1.project"
}
