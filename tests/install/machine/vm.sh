# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # the other parts set it
# The machine: its disks, switching it on and off, giving it commands.
# Expects disk, a folder of ours; emulator and accel_options.

boots=0 cpu_before=0 qemu='' to='' from='' release='' state='' console=''

# vm_make FOLDER: a machine of its own out of what `image` made
vm_make() {
	# Raw, not overlays, so that debugfs can read them. They are mostly holes.
	rm -rf "$disk" && mkdir -p "$disk" && cp --sparse=always "$1/root.img" "$disk/root.img" &&
		cp --sparse=always "$1/repo.img" "$disk/repo.img" && mkfifo "$disk/agent.in" "$disk/agent.out"
}

# vm_debs FOLDER: a disk with these files, the guest's /dev/vdc
vm_debs() {
	truncate -s 128M "$disk/debs.img" && mke2fs -q -t ext4 -d "$1" "$disk/debs.img"
}

# boot_loader: the work of one: takes what /vmlinuz and /initrd.img name, as Debian has these links
# follow the newest kernel that is installed; sets release
boot_loader() {
	local name
	release=$(debugfs -R 'stat /vmlinuz' "$disk/root.img" 2>/dev/null |
		sed -n 's/^Fast link dest: ".*\/vmlinuz-\(.*\)"$/\1/p')
	[[ $release ]] || die "the disk has no /vmlinuz"
	for name in vmlinuz initrd.img; do
		rm -f "$disk/$name"
		debugfs -R "dump /boot/$name-$release $disk/$name" "$disk/root.img" >"$disk/debugfs.log" 2>&1
		[[ -s $disk/$name ]] || { cat "$disk/debugfs.log" >&2; die "cannot read $name from the disk"; }
	done
}

# vm_on [ARGUMENT]...: boots, with these on the kernel's command line, until systemd says that it is done.
# Sets release, the kernel's; state, systemd's opinion; console, the file.
vm_on() {
	local start=$SECONDS used arguments="root=/dev/vda ro console=ttyS0 panic=-1 oops=panic"
	# The timers are fine, and the kernel's tests of its cryptography take their time.
	arguments+=" no_timer_check tsc=reliable cryptomgr.notests"
	used=$(cpu_seconds)
	boot_loader
	console=$disk/console-$((++boots)).log
	: >"$console"
	say "boot $boots: $release${*:+ with $*}"
	"${emulator[@]}" -nodefaults -no-user-config -display none -no-reboot \
		-M pc -m 1024 -smp 2 "${accel_options[@]}" -kernel "$disk/vmlinuz" -initrd "$disk/initrd.img" \
		-append "$arguments $*" \
		-drive "file=$disk/root.img,format=raw,if=virtio,cache=unsafe" \
		-drive "file=$disk/repo.img,format=raw,if=virtio,readonly=on" \
		-drive "file=$disk/debs.img,format=raw,if=virtio,readonly=on" \
		-serial "file:$console" -chardev "pipe,id=agent,path=$disk/agent" -serial chardev:agent \
		</dev/null >"$disk/qemu.log" 2>&1 &
	qemu=$!
	exec {to}>"$disk/agent.in" {from}<>"$disk/agent.out"
	answer 600 >/dev/null || lost "it did not boot"
	state=$(guest 'systemctl is-system-running --wait')
	say "boot $boots: $state after $((SECONDS - start)) s, $(($(cpu_seconds) - used)) s of processor time"
}

# answer S: prints what the agent says up to its record separator; returns the status behind that
answer() {
	local line part='' limit=$((SECONDS + $1))
	while ((SECONDS < limit)); do
		if ! IFS= read -r -t 5 line <&"$from"; then
			part+=$line
			kill -0 "$qemu" 2>/dev/null || return 125
			continue
		fi
		line=$part$line part=''
		if [[ $line == *$'\036'* ]]; then
			printf '%s' "${line%$'\036'*}"
			[[ ${line##*$'\036'} != ready ]] || return 0
			return "${line##*$'\036'}"
		fi
		printf '%s\n' "$line"
	done
	return 125
}

# guest SCRIPT: runs it there, prints what it prints and returns its status
guest() {
	local status=0
	printf '%s\n' "$(base64 -w 0 <<<"$1")" >&"$to"
	answer "${KAP_GUEST_TIMEOUT:-1800}" || status=$?
	((status != 125)) || lost "no answer to: $1"
	return "$status"
}

# vm_off [reboot|poweroff]: until it has gone down by itself
vm_off() {
	local start=$SECONDS status=0 now used=$cpu_before
	printf '%s\n' "$(base64 -w 0 <<<"systemctl ${1:-poweroff}")" >&"$to"
	while kill -0 "$qemu" 2>/dev/null; do
		now=$(cpu_seconds)
		((now <= used)) || used=$now
		((SECONDS - start < 600)) || lost "it did not go down"
		sleep 0.2
	done
	wait "$qemu" || status=$?
	qemu='' cpu_before=$used
	exec {to}>&- {from}>&-
	say "boot $boots: down after $((SECONDS - start)) s"
	return "$status"
}

vm_kill() {
	[[ ! $qemu ]] || { kill "$qemu"; wait "$qemu"; } 2>/dev/null
	qemu=
}

# cpu_seconds: processor time that the emulator has used, in all boots
cpu_seconds() {
	local now=0
	[[ ! $qemu ]] || now=$(awk -v hz="$(getconf CLK_TCK)" '{ print int(($14 + $15) / hz) }' "/proc/$qemu/stat" 2>/dev/null)
	echo $((cpu_before + ${now:-0}))
}

# vm_sound: the kernel has complained of nothing
vm_sound() {
	[[ -s $console ]] && ! grep -aE '^\[ *[0-9.]+\] ' "$console" | grep -aE -m 1 -A 25 "$splat"
}

# lost WHY: nothing can be tested any more. We may be in a subshell, and our output in a log.
lost() {
	tail -n 30 "$console" | sed 's/^/    /' >&2
	say "$1; console log: $console"
	echo "$1" >"$disk/lost"
	kill -USR1 $$
	exit 1
}
