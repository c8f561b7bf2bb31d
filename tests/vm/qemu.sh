# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What is to be known of QEMU, and of what a guest's kernel says.
# Expects accel and smp where a function looks at them.
# shellcheck disable=SC2034,SC2154

# With the random number instruction no guest waits for entropy. Without cmpxchg16b, as QEMU 7.2
# loads the processor's flags with rubbish after some of them: 6.12 died of it now and then.
cpu_model=qemu64,+rdrand,-cx16

# What a kernel in trouble prints. The last ones come from debug kernels.
splat='BUG:|WARNING:|Oops|Call Trace|Kernel panic|detected stall|self-detected stall|soft lockup|hard LOCKUP'
splat+='|general protection fault|blocked for more than|refcount_t:|cut here|UBSAN:|kmemleak: ([0-9]+ new|Cannot|Memory pool|.*disabled)'
splat+='|INFO: (possible|trying to register|suspicious)|ODEBUG: (act|ass|deact|destr|free|init)'
# What the kernel says of processors it cannot protect from data leaks (under KVM) is not our affair.
harmless='data leaks? possible'

# choose_accel: sets accel; KVM when it works. A /dev/kvm that opens proves nothing, so boot once under it.
choose_accel() {
	local known=$KAP_CACHE/accel boot
	accel=tcg
	[[ -w /dev/kvm ]] || return 0
	boot=$(</proc/sys/kernel/random/boot_id)
	[[ -f $known && $(<"$known") == *" $boot" ]] || locked accel try_kvm "$known" "$boot"
	read -r accel _ <"$known"
}

# shellcheck disable=SC2317 # reached through locked
try_kvm() { # FILE BOOT_ID
	local result=tcg
	if [[ -f $1 && $(<"$1") == *" $2" ]]; then return; fi
	say "finding out whether KVM works here (up to 10 s, once after each boot of this machine)"
	if KAP_ACCEL=kvm "$KAP_VM/run" --no-module --kernel "${kernel:-default}" --timeout 10 true </dev/null >/dev/null 2>&1; then
		result=kvm
	else
		say "KVM does not work here: QEMU emulates the processor, which takes longer"
	fi
	echo "$result $2" >"$1"
}

# choose_emulator DIR...: sets emulator, as words, and threads; it sees these folders. With several processors, QEMU
# before 8.1 often goes on running code that the guest's kernel has just patched (see emulator_fault; better since
# "accel/tcg: Always lock pages before translation"): so the emulated processors take turns there, and two of them
# never meet. Debian 13 has a newer QEMU, which moreover needs 3/5 of the time; a chroot takes root.
choose_emulator() {
	local dir sees=()
	emulator=(qemu-system-x86_64) threads=multi
	[[ $accel == tcg ]] && is_old_qemu || return 0
	if ((EUID == 0)) && "$KAP_VM/chroot" --with qemu-system-x86 trixie true; then
		for dir; do sees+=(--dir "$dir"); done
		emulator=("$KAP_VM/chroot" "${sees[@]}" trixie qemu-system-x86_64)
	else
		threads=single
	fi
}

is_old_qemu() {
	local version
	version=$(qemu-system-x86_64 --version | grep -m 1 -oE '[0-9]+\.[0-9]+')
	[[ $(printf '%s\n8.1\n' "$version" | sort -V | head -n 1) != 8.1 ]]
}

# emulator_fault CONSOLE: with several processors, QEMU at times goes on running code that the guest's kernel has
# just patched. We take it to be this: it throws the old translation away before it stores what is written
# (notdirty_write() in accel/tcg/cputlb.c, read at 0039e5fd2234), and a processor that translates the place in between
# keeps what was there. Should that be the breakpoint which the kernel lays while it patches, it dies of it. Such a one
# is told by three things: it is a breakpoint, which no code of ours has; in the kernel's own text, which only the
# kernel patches; and it is not in memory any more, though the kernel goes on only after each processor has seen it go.
emulator_fault() {
	local oops
	[[ $accel == tcg && $smp -gt 1 ]] || return
	oops=$(grep -aE -A 6 -m 1 'int3: 0000 \[#1\]' "$1" | tr -d '\r') || return
	grep -qE 'RIP: 0010:[a-z_][A-Za-z0-9_.]*\+0x[0-9a-f]+/0x[0-9a-f]+$' <<<"$oops" &&
		grep -E 'Code:.* <[0-9a-f]{2}>' <<<"$oops" | grep -qv 'cc <'
}
