# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What one run adds to the guest's file system: the project, what --add names, and the command.
# Reads module, added, command, interactive, foreign and code of tests/vm/run.
# shellcheck disable=SC2154

quote() { # WORD...: for a POSIX shell
	local w
	for w; do printf "'%s' " "${w//\'/\'\\\'\'}"; done
}

# build_programs: what runs in the guest and must be compiled first
build_programs() {
	local d
	for d in selftest debug; do
		[[ -f $KAP_SRC/tests/$d/Makefile ]] || continue
		locked "$KAP_SRC/tests/$d" make -s -C "$KAP_SRC/tests/$d" >&2 || die "tests/$d does not build"
	done
}

# add ROOT SRC[:DEST]
add() {
	local src=${2%%:*} dest=''
	[[ $2 != *:* ]] || dest=${2#*:}
	if [[ $src != */* ]]; then
		[[ ! $foreign ]] || die "--add: programs of this machine do not run on $KARCH: $2"
		# The system's programs before those of its users.
		src=$(PATH=/usr/sbin:/usr/bin:$PATH type -P "$src") || die "--add: this machine has no program ${2%%:*}"
		: "${dest:=$src}"
		[[ $src != */python3 ]] || add_python "$1" "$src"
	fi
	[[ $dest == /* ]] || dest=/kapolicy/$dest
	[[ $dest != */ ]] || dest+=${src##*/}
	if [[ -d $src ]]; then
		mkdir -p "$1$dest"
		cp -rL "$src/." "$1$dest"
	elif [[ -f $src ]]; then
		install_program "$1" "$src" "$dest"
	else
		die "--add: no such file: $src"
	fi
}

# add_python ROOT PYTHON: its standard library, without what no test can use
add_python() {
	local lib so
	lib=$("$2" -I -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
	mkdir -p "$1$lib"
	tar -C "$lib" --exclude=__pycache__ --exclude='*-packages' --exclude=test --exclude=idlelib \
		--exclude=tkinter --exclude=lib2to3 --exclude=ensurepip --exclude=pydoc_data --exclude='config-*' --exclude='*.a' -c . | tar -C "$1$lib" -x
	for so in "$lib"/lib-dynload/*.so; do
		while read -r lib; do install_file "$1" "$lib"; done < <(libraries "$so")
	done
}

# project ROOT: what of the project goes into the guest
project() {
	local root=$1 d a rows columns
	mkdir -p "$root/kapolicy/tests" "$root/root" "$root/usr/sbin" "$root/vm"
	if [[ $module ]]; then
		d=${module%/*}
		cp "$module" "$root/kapolicy/"
		for a in "$d"/tests/kmod/*.ko; do
			[[ ! -f $a ]] || install_file "$root" "$a" "/kapolicy/tests/kmod/${a##*/}"
		done
	fi
	if [[ -x $code/tools/kapctl ]]; then
		install_program "$root" "$code/tools/kapctl" /kapolicy/kapctl
		ln -s /kapolicy/kapctl "$root/usr/sbin/kapctl"
	fi
	for d in selftest vectors cli bench debug; do
		[[ ! -d $KAP_SRC/tests/$d ]] || cp -r "$KAP_SRC/tests/$d" "$root/kapolicy/tests/"
	done
	if [[ $foreign && -d $code/tests/selftest ]]; then
		find "$code/tests/selftest" -type f -perm -u+x -exec cp -t "$root/kapolicy/tests/selftest" {} +
	fi
	for a in "${added[@]}"; do add "$root" "$a"; done

	printf '#!/bin/sh\nexec %s\n' "$(quote "${command[@]}")" >"$root/vm/command"
	chmod +x "$root/vm/command"
	if [[ $interactive ]]; then
		read -r rows columns <<<"$(stty size)"
		printf 'export TERM=%s; ROWS=%s COLUMNS=%s\n' "$(quote "${TERM:-vt100}")" "$rows" "$columns" >"$root/vm/terminal"
		cat >"$root/root/.bashrc" <<-'END'
		PS1='guest:\w\$ '
		echo "Linux $(uname -r) in a throw-away machine. \"exit\" powers it off, ^] x kills it."
		echo "Here are kapolicy.ko (insmod it), kapctl and tests/; see also README.md of the project."
		END
	fi
}
