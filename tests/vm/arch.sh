# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Architectures: how Debian and the compilers call them, and the kernel flavour that is tested.

# The cloud flavour has every module the tests use, at a third of the size of the full one.
declare -A arch_flavour=(
	[amd64]=cloud-amd64 [arm64]=cloud-arm64
	[armhf]=armmp [i386]=686 [ppc64el]=powerpc64le [riscv64]=riscv64 [s390x]=s390x
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

# split_name NAME: sets suite, arch and wanted of SUITE[:ARCHITECTURE][/RELEASE]; fails when it is no such
split_name() {
	[[ $1 =~ ^([a-z][a-z-]*)(:([a-z0-9]+))?(/([0-9][^/]*))?$ ]] || return
	# shellcheck disable=SC2034
	suite=${BASH_REMATCH[1]} arch=${BASH_REMATCH[3]:-amd64} wanted=${BASH_REMATCH[5]}
	[[ ${arch_flavour[$arch]-} ]]
}
