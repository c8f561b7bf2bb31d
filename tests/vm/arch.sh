# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Architectures: how Debian and the compilers call them, and the kernel flavour that is tested.

# The cloud flavour has every module the tests use, at a third of the size of the full one.
declare -A arch_flavour=(
	[amd64]=cloud-amd64 [arm64]=cloud-arm64
	[armhf]=armmp [i386]=686 [ppc64el]=powerpc64le [riscv64]=riscv64 [s390x]=s390x
	[rt]=rt-amd64 # amd64 with PREEMPT_RT
)
# shellcheck disable=SC2034
declare -A arch_triplet=(
	[amd64]=x86_64-linux-gnu [arm64]=aarch64-linux-gnu
	[armhf]=arm-linux-gnueabihf [i386]=i686-linux-gnu [ppc64el]=powerpc64le-linux-gnu
	[riscv64]=riscv64-linux-gnu [s390x]=s390x-linux-gnu
)
# For others modules are only built.
declare -A arch_emulator=([amd64]=qemu-system-x86_64 [arm64]=qemu-system-aarch64)

# boots ARCHITECTURE: whether tests/vm/run can start it
boots() { [[ ${arch_emulator[$1]-} ]]; }

# split_name SUITE[:ARCHITECTURE][/RELEASE]: sets suite, arch, flavour and wanted, or fails
# shellcheck disable=SC2034
split_name() {
	[[ $1 =~ ^([a-z][a-z-]*)(:([a-z0-9]+))?(/([0-9][^/]*))?$ ]] || return
	suite=${BASH_REMATCH[1]} arch=${BASH_REMATCH[3]:-amd64} wanted=${BASH_REMATCH[5]}
	flavour=${arch_flavour[$arch]-}
	[[ $arch != rt ]] || arch=amd64
	[[ $flavour ]]
}
