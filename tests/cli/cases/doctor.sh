# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2119,SC2120,SC2154,SC2317
# doctor: each finding, on a host in a directory. What needs the real module is
# in tests/selftest/doctor.sh.

export KERNEL=6.1.0-50-amd64
unset KERNEL_VERSION HOOK
stand_in=$tmp/stand_in.so
${CC:-cc} -shared -fPIC -o "$stand_in" "$here/stand_in.c" -ldl 2>"$tmp/cc" ||
	bail_out "stand_in.c does not build: $(head -n 1 "$tmp/cc")"
need_sockets

# PROGRAM STATUS TEXT: a program of the host that prints TEXT
program() {
	mkdir -p "$host/usr/sbin"
	printf "#!/bin/sh\nprintf '%%s\\\\n' \"\$0 \$*\" >>/called\nprintf '%%b' '%s'\nexit %s\n" "$3" "$2" \
		>"$host/usr/sbin/$1"
	chmod 755 "$host/usr/sbin/$1"
}

service() {	# LOAD ENABLED ACTIVE [RELOAD]
	program systemctl 0 "ActiveState=$3\nLoadState=$1\nUnitFileState=$2\nReloadResult=${4:-success}\n"
}

installed() {	# VERSION [SIGNER]
	program modinfo 0 "filename:       /lib/modules/$KERNEL/updates/dkms/kapolicy.ko\nversion:        $1\ndepends:        \n${2:+signer:         $2\n}vermagic: x\n"
}

os() {
	printf 'PRETTY_NAME="%s"\n%s\n' "$1" "$2" >"$host/etc/os-release"
}

# A host on which all is well.
well() {
	new_host
	cp "$stand_in" "$host/stand_in.so"
	: >"$host/called"
	chmod 666 "$host/called" "$host/sys/kernel/kapolicy/stats/connections"
	mkdir -p "$host"/sys/{module/kapolicy,fs/cgroup/system.slice} "$host/proc/self" \
		"$host"/run/systemd/system "$host/lib/modules/$KERNEL/build"
	: >"$host/lib/modules/$KERNEL/build/Makefile"
	echo "$version" >"$host/sys/module/kapolicy/version"
	echo 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0' >"$host/proc/self/mounts"
	echo 'BOOT_IMAGE=/vmlinuz quiet' >"$host/proc/cmdline"
	echo '0::/user.slice' >"$host/proc/self/cgroup"
	sed 's/ *#.*//' "$sys/rules" >"$etc/rules.conf"
	os 'Debian GNU/Linux 12 (bookworm)' 'ID=debian'
	installed "$version"
	service loaded enabled active
	export HOOK=1
}

unloaded() {
	well
	rm -r "$host/sys/kernel/kapolicy" "$host/sys/module"
}

# dkms knows the module; nothing is installed.
unbuilt() {
	unloaded
	program modinfo 1 ''
	mkdir -p "$host/var/lib/dkms/kapolicy/$version"
}

secure_boot() {
	mkdir -p "$host/sys/firmware/efi/efivars"
	printf '\6\0\0\0\1' >"$host/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
}

no_rules() {
	: >"$host/sys/kernel/kapolicy/rules"
	: >"$host/sys/kernel/kapolicy/counters"
	: >"$etc/rules.conf"
}

# The same rules in the files and in force.
both() {	# RULE...
	printf '%s\n' "$@" >"$etc/rules.conf"
	kapctl load 2>/dev/null || return 1
	sed -i -e '/^begin$/d' -e '/^flush$/d' -e '/^commit$/d' "$host/sys/kernel/kapolicy/rules"
	awk '{ print $0 "  # id=" NR }' "$host/sys/kernel/kapolicy/rules" >"$host/rules"
	cp "$host/rules" "$host/sys/kernel/kapolicy/rules"
	awk '{ print "id=" NR " matched=1 applied=1 app_set=0 held=0 timed_out=0" }' "$host/rules" >"$host/sys/kernel/kapolicy/counters"
}

examine=(/usr/bin/env LD_PRELOAD=/stand_in.so /usr/sbin/kapctl doctor)

any_version() {
	sed -e "s/\\b${version//./\\.}\\b/VERSION/g"
}

doctor() {
	in_host "${examine[@]}" "$@" | any_version
	return "${PIPESTATUS[0]}"
}

doctor_of_nobody() {
	as_nobody "${examine[@]}" | any_version
	return "${PIPESTATUS[0]}"
}

# Of what is found, all but what is in order.
wrong() {
	doctor | grep -v '^ok '
	return "${PIPESTATUS[0]}"
}

t_host 'doctor: nothing wrong' 'well; doctor'
t_host 'doctor: nothing wrong, JSON' 'well; doctor -j'
t_host 'doctor: something wrong, JSON' 'well; echo 0 >$host/sys/kernel/kapolicy/enabled; doctor -j | jq -c ".[] | select(.state != \"ok\")"; exit "${PIPESTATUS[0]}"'
t_host 'doctor: on a terminal' 'well; echo 0 >$host/sys/kernel/kapolicy/enabled
KAPCTL="$(declare -p host examine); $(declare -f in_host); in_host \"\${examine[@]}\"; :"; SHELL=/bin/bash on_tty 100 | any_version'
t_nobody 'doctor: nothing wrong, not root' 'well; doctor_of_nobody | grep -v "^ok "'
t_nobody 'doctor: what cannot be seen without root' 'well; chmod 600 $etc/rules.conf; doctor_of_nobody | grep -v "^ok "'
t_nobody 'doctor: nor why it is not built' 'unbuilt; chmod 700 $host/var/lib/dkms; doctor_of_nobody | grep -v "^ok "'
t_host 'doctor: what it runs' 'well; doctor >/dev/null; cat $host/called'
t_host 'doctor: what it runs with Secure Boot' 'unloaded; secure_boot; program mokutil 1 ""; doctor >/dev/null; cat $host/called'

# --- the kernel

t_host 'kernel: too old' 'export KERNEL=4.19.0-27-amd64; well; wrong'
t_host 'kernel: just old enough' 'export KERNEL=5.10.0-32-amd64; well; wrong'
t_host 'kernel: PREEMPT_RT, by its name' 'export KERNEL_VERSION="#1 SMP PREEMPT_RT Debian 6.1.1-1"; well; wrong'
t_host 'kernel: PREEMPT_RT, by sysfs' 'well; echo 1 >$host/sys/kernel/realtime; wrong'

# --- not built

t_host 'module: no headers' 'unbuilt; rm -r $host/lib/modules; wrong'
t_host 'module: no headers, nor packages' 'unbuilt; rm -r $host/lib/modules $host/var/lib/dkms; wrong'
t_host 'module: not known to dkms' 'unbuilt; rm -r $host/var/lib/dkms; wrong'
t_host 'module: known to dkms, not built' 'unbuilt; wrong'
t_host 'module: the newest that dkms knows' 'unbuilt; mkdir $host/var/lib/dkms/kapolicy/{0.0.9,9.9,9.10,kernel-9.99-x86_64}; wrong | grep 9'
t_host 'module: built for another kernel last' 'unbuilt; mkdir $host/var/lib/dkms/kapolicy/$version/build
echo "DKMS make.log for kapolicy-$version for kernel 6.1.0-49-amd64 (x86_64)" >$host/var/lib/dkms/kapolicy/$version/build/make.log; wrong'
t_host 'module: could not be built, dkms 3.0' 'unbuilt; mkdir $host/var/lib/dkms/kapolicy/$version/build
printf "DKMS make.log for kapolicy-$version for kernel $KERNEL (x86_64)\nmake: Entering\nmodule/sock.c:7:1: error: unknown\033 type name\nmake: *** Error 2\n" >$host/var/lib/dkms/kapolicy/$version/build/make.log; wrong'
t_host 'module: could not be built, dkms 3.2' 'unbuilt; mkdir $host/var/lib/dkms/kapolicy/$version/build
printf "DKMS (dkms-3.2.2) make.log for kapolicy/$version for kernel $KERNEL (x86_64)\n# command: echo error: no\nmake: *** [Makefile:7] Error 2\n" >$host/var/lib/dkms/kapolicy/$version/build/make.log; wrong'

# failed [LINE]...: the log of a build that failed with these lines
failed() {
	unbuilt
	mkdir "$host/var/lib/dkms/kapolicy/$version/build"
	printf '%s\n' "DKMS make.log for kapolicy-$version for kernel $KERNEL (x86_64)" \
		"make -C /lib/modules/$KERNEL/build M=/var/lib/dkms modules" "make: Entering directory '/usr/src'" "$@" \
		'make[1]: *** [Makefile:2027: /var/lib/dkms] Error 2' 'make: *** [Makefile:9: modules] Error 2' \
		>"$host/var/lib/dkms/kapolicy/$version/build/make.log"
}

of_clang() {
	echo CONFIG_CC_IS_CLANG=y >"$host/lib/modules/$KERNEL/build/.config"
}

t_host 'module: could not be built, no clang' 'failed "  CC [M]  main.o" "/bin/sh: 1: clang: not found"; of_clang; wrong'
t_host 'module: could not be built, clang without lld' 'failed "/bin/sh: 1: ld.lld: not found"; of_clang; mkdir -p $host/usr/bin; : >$host/usr/bin/clang; : >$host/usr/bin/llvm-ar; wrong'
t_host 'module: could not be built, glibc' 'failed "  HOSTCC scripts/mod" "scripts/basic/fixdep: /lib/x86_64-linux-gnu/libc.so.6: version \`GLIBC_2.38'"'"' not found (required by scripts/basic/fixdep)"; wrong'
t_host 'module: could not be built, no space' 'failed "  LD [M]  kapolicy.o" "ld: final link failed: No space left on device"; wrong'
t_host 'module: could not be built, only the last lines' 'failed one two three four five six; wrong'
t_host 'module: nobody can tell without modinfo' 'unbuilt; rm $host/usr/sbin/modinfo; wrong | head -n 1'

# headers KERNEL OS-RELEASE, its lines joined by |: which packages are named
headers() {
	t_host "headers: $1, $2" "export KERNEL=$1; unbuilt; rm -r \$host/lib/modules; os x '$2'; sed -i 's/|/\\n/' \$host/etc/os-release; doctor -j | jq -r '.[1].fix'"
}

headers 6.1.0-50-cloud-amd64 'ID=debian'
headers 6.12.107+deb13-amd64 'ID=debian'
headers 6.12.117+deb13-rt-arm64 'ID="debian"'
headers 6.1.0-0.deb11.52-amd64 'ID=debian'
headers 6.8.0-45-generic 'ID=ubuntu|ID_LIKE=debian'
headers 6.8.0-45-generic 'ID=linuxmint|ID_LIKE="ubuntu debian"'
headers 6.6.31+rpt-rpi-v8 'ID=debian'
headers 6.8.12-4-pve 'ID=debian'
headers 6.9.0 'ID=debian'
headers 6.5.6-300.fc39.x86_64 'ID=fedora'
headers 5.14.0-427.el9.x86_64 'ID="rocky"|ID_LIKE="rhel centos fedora"'
headers 5.14.21-150500.55-default 'ID="opensuse-leap"|ID_LIKE="suse opensuse"'
headers 6.9.1-arch1-1 'ID=arch'
headers 6.6.30-1-lts 'ID=arch'
headers 6.6.31-0-virt 'ID=alpine'
headers 6.6.31 'ID=gentoo'
t_host 'headers: os-release in /usr/lib' 'unbuilt; rm -r $host/lib/modules; mkdir -p $host/usr/lib; mv $host/etc/os-release $host/usr/lib; doctor -j | jq -r ".[1].fix"'
t_host 'headers: no os-release' 'unbuilt; rm -r $host/lib/modules $host/etc/os-release; doctor -j | jq -r ".[1].fix"'

# --- built, not loaded

t_host 'module: not loaded' 'unloaded; wrong'
t_host 'signature: none' 'unloaded; secure_boot; program mokutil 0 "/var/lib/dkms/mok.pub is not enrolled\n"; wrong | grep -v service'
t_host 'signature: none, no mokutil' 'unloaded; secure_boot; wrong | grep -v service'
t_host 'signature: none, the key is enrolled' 'unloaded; secure_boot; program mokutil 1 "/var/lib/dkms/mok.pub is already enrolled\n"; wrong | grep -v service'
t_host 'signature: none, not of dkms' 'unloaded; secure_boot; program modinfo 0 "filename: /lib/modules/x/updates/kapolicy.ko\nversion: 7\n"; wrong | grep -v service'
t_host 'signature: none, locked down' 'unloaded; mkdir $host/sys/kernel/security; echo "none [integrity] confidentiality" >$host/sys/kernel/security/lockdown; wrong | head -n 1'
t_host 'signature: key not enrolled' 'unloaded; secure_boot; installed $version "DKMS module signing key"; program mokutil 0 "/var/lib/dkms/mok.pub is not enrolled\n"; wrong | grep -v service'
t_host 'signature: key not enrolled, Ubuntu' 'unloaded; secure_boot; os Ubuntu ID=ubuntu; installed $version "host Secure Boot Module Signature key"; program mokutil 0 "is not enrolled\n"; wrong | grep -v service; cat $host/called'
t_host 'signature: nobody knows whether enrolled' 'unloaded; secure_boot; installed $version "DKMS module signing key"; program mokutil 1 ""; wrong | grep -v service'
t_host 'signature: waits for a reboot' 'unloaded; secure_boot; installed $version "DKMS module signing key"; program mokutil 1 "/var/lib/dkms/mok.pub is already in the enrollment request\n"; wrong | grep -v service'
t_host 'signature: enrolled' 'unloaded; secure_boot; installed $version "DKMS module signing key"; program mokutil 1 "/var/lib/dkms/mok.pub is already enrolled\n"; wrong | grep -v service'
t_host 'signature: loaded, so it is good' 'well; secure_boot; wrong'

# --- versions

t_host 'version: older than kapctl' 'well; echo 0.0.9 >$host/sys/module/kapolicy/version; installed 0.0.9; wrong'
t_host 'version: newer than kapctl' 'well; echo 99.10 >$host/sys/module/kapolicy/version; installed 99.10; wrong'
t_host 'version: a newer one is installed' 'well; echo 0.0.9 >$host/sys/module/kapolicy/version; wrong'
t_host 'version: by hand, not installed' 'well; program modinfo 1 ""; wrong'
t_host 'version: not Debian' 'well; os x ID=gentoo; program modinfo 1 ""; wrong'
t_host 'version: Fedora' 'well; os x ID=fedora; program modinfo 1 ""; wrong'
t_host 'version: another abi' 'well; echo 2 >$host/sys/kernel/kapolicy/abi_version; wrong'
t_host 'version: what is in force cannot be read' 'well; rm $host/sys/kernel/kapolicy/counters; wrong'

# --- switched off

t_host 'enabled: 0' 'well; echo 0 >$host/sys/kernel/kapolicy/enabled; wrong'
t_host 'enabled: 0 by kapolicy.off' 'well; echo 0 >$host/sys/kernel/kapolicy/enabled; echo "quiet kapolicy.off" >$host/proc/cmdline; service loaded enabled inactive; wrong'
t_host 'enabled: 1 in spite of kapolicy.off' 'well; echo "kapolicy.off=1 quiet" >$host/proc/cmdline; wrong'
t_host 'enabled: kapolicy.office is another word' 'well; echo "kapolicy.office xkapolicy.off" >$host/proc/cmdline; wrong'
t_host 'enabled: not loaded, kapolicy.off' 'unloaded; echo "kapolicy.off" >$host/proc/cmdline; os x ID=fedora; wrong'

# --- the files

t_host 'files: none' 'well; rm -r $etc; wrong'
t_host 'files: none, nor rules' 'well; no_rules; rm -r $etc; wrong'
t_host 'files: no rules' 'well; no_rules; wrong'
t_host 'files: errors' 'well; echo port=0 idle=1s >>$etc/rules.conf; echo frob >>$etc/rules.conf; wrong'
t_host 'files: an error in one of several' 'well; mkdir $etc/rules.d; echo frob >$etc/rules.d/a.conf; wrong'
t_host 'files: cannot be read' 'well; mkdir -p $etc/rules.d/a.conf; wrong'
t_host 'files: several' 'well; mkdir $etc/rules.d; tail -n 2 $etc/rules.conf >$etc/rules.d/a.conf; sed -i 2,3d $etc/rules.conf; doctor | grep files'
t_host 'files: warnings' 'well; both "port=1 idle=300s" "port=2 user_timeout=1s"; wrong'
t_host 'covered: one' 'well; both "port=1 idle=90s" "port=1 dir=in idle=90s"; wrong'
t_host 'covered: several, in several files' 'well; mkdir $etc/rules.d; both "port=1-9 idle=90s" "name=a port=1 idle=90s" "port=2 idle=90s" "port=3 idle=90s" "port=4 idle=300s"
tail -n 2 $etc/rules.conf >$etc/rules.d/a.conf; sed -i 4,5d $etc/rules.conf; wrong'
t_host 'in force: only in the files' 'well; echo name=new port=1 detect=30s >>$etc/rules.conf; wrong'
t_host 'in force: only in force' 'well; sed -i 2d $etc/rules.conf; wrong'
t_host 'in force: both' 'well; sed -i "2s/idle=15s/idle=16s/" $etc/rules.conf; wrong'
t_host 'in force: more than are shown' 'well; seq -f "port=%.0f idle=90s" 5 >$etc/rules.conf; wrong'
t_host 'in force: none' 'well; : >$host/sys/kernel/kapolicy/rules; : >$host/sys/kernel/kapolicy/counters; wrong'
t_host 'in force: no rules in the files' 'well; : >$etc/rules.conf; wrong'
t_host 'in force: several files' 'well; mkdir $etc/rules.d; tail -n 1 $etc/rules.conf >$etc/rules.d/a.conf; sed -i 2,3d $etc/rules.conf; wrong'
t_host 'in force: another order' 'well; { tail -n 2 $etc/rules.conf; head -n 1 $etc/rules.conf; } >x; cp x $etc/rules.conf; wrong
{ tail -n 1 x; sed -n "2p;1p" x; } | tac >$etc/rules.conf; wrong'
t_host 'in force: a rule twice' 'well; both "port=1 idle=90s" "port=1 idle=90s"; sed -i 2d $etc/rules.conf; wrong | grep -A 3 "in force"'
t_host 'in force: written otherwise, but the same' 'well; both "port=1,2 idle=90s intvl=10s cnt=3 keepalive=on"; echo "cnt=3 idle=1m intvl=10 port=2,1" >$etc/rules.conf; wrong'

# --- cgroups

t_host 'cgroups: not mounted' 'well; echo "tmpfs /run tmpfs rw 0 0" >$host/proc/self/mounts; wrong'
t_host 'cgroups: not mounted, nor needed' 'well; both "port=1 idle=90s"; : >$host/proc/self/mounts; wrong'
t_host 'cgroups: beside v1' 'well; echo "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0" >$host/proc/self/mounts; mkdir -p $host/sys/fs/cgroup/unified/system.slice; wrong'
t_host 'cgroups: not there now' 'well; both "cgroup=/system.slice/a.service idle=1m" "name=b cgroup=/system.slice/b-*.service idle=1m" "cgroup=/x/**/y idle=1m" "cgroup=/x?z/y idle=1m" "name=c cgroup=/c idle=1m" "cgroup=/d idle=1m" "cgroup=/e idle=1m"; wrong'
t_host 'cgroups: of the files, when nothing is in force' 'unloaded; echo cgroup=/a.slice idle=1m >$etc/rules.conf; wrong | grep -A 1 cgroups'

# --- the service

t_host 'service: not installed' 'well; service not-found "" inactive; wrong'
t_host 'service: not installed, not Debian' 'well; os x ID=arch; service not-found "" inactive; wrong'
t_host 'service: disabled' 'well; service loaded disabled inactive; wrong'
t_host 'service: disabled, but active' 'well; service loaded disabled active; wrong'
t_host 'service: masked' 'well; service masked masked inactive; wrong'
t_host 'service: failed' 'well; service loaded enabled failed; wrong'
t_host 'service: inactive' 'well; service loaded enabled inactive; wrong'
t_host 'service: failed, the module is not there' 'unloaded; service loaded enabled failed; wrong'
t_host 'service: reload failed' 'well; service loaded enabled active exit-code; wrong'
t_host 'service: no systemd' 'well; rm -r $host/run/systemd; wrong'
t_host 'service: systemctl does not answer' 'well; program systemctl 1 ""; wrong'

# --- what the kernel lets the module do

features() {	# HOLD STALL NOT_HELD
	echo "$1" >"$host/sys/kernel/kapolicy/features/hold"
	echo "$2" >"$host/sys/kernel/kapolicy/features/stall"
	echo "$3" >"$host/sys/kernel/kapolicy/stats/not_held"
}

t_host 'features: both' 'well; features 1 1 0; doctor | grep features'
t_host 'features: none' 'well; features 0 0 0; wrong'
t_host 'features: no hold' 'well; features 0 1 0; wrong'
t_host 'features: no memory' 'well; features 1 1 7; wrong'

# --- the hook

no_connection() {
	echo 0 >"$host/sys/kernel/kapolicy/stats/connections"
}

t_host 'hook: connections of others' 'well; unset HOOK; doctor | grep hook'
t_host 'hook: noticed' 'well; no_connection; doctor | grep hook; cmp $host/sys/kernel/kapolicy/counters $sys/counters'
t_host 'hook: not noticed' 'well; no_connection; unset HOOK; wrong'
t_host 'hook: every connection has a rule' 'well; both "detect=30s"; no_connection; doctor | grep -A 1 hook; cat $host/sys/kernel/kapolicy/stats/connections'
t_host 'hook: our cgroup may be the one of a rule' 'well; no_connection; both "cgroup=/a.slice idle=90s"; doctor | grep hook; no_connection; rm $host/proc/self/cgroup; doctor | grep hook'
t_host 'hook: not asked when there are no rules' 'well; no_rules; no_connection; unset HOOK; wrong | grep hook'
t_host 'hook: not asked when disabled' 'well; no_connection; echo 0 >$host/sys/kernel/kapolicy/enabled; unset HOOK; wrong | grep hook'
t_nobody 'hook: no network' 'well; no_connection; env -u KAPCTL_SYSFS -u KAPCTL_SYS unshare -n chroot "$host" "${examine[@]}" | grep hook'

# --- the connections there are

# The same with sockets of tests/cli/sockets.c.
busy() {	# SOCKET...
	well
	cp "$sockets" "$host/sockets.so"
	examine=(/usr/bin/env "LD_PRELOAD=/stand_in.so /sockets.so" /usr/sbin/kapctl doctor)
	mkdir -p "$host"/proc/{self/ns,701/fd,701/task}
	: >"$host/proc/self/ns/net"
	echo postgres >"$host/proc/701/comm"
	seq 100 140 | while read -r i; do
		ln -s "socket:[$i]" "$host/proc/701/fd/$i"
	done
	printf '%s\n' "$@" >"$host/sockets"
}

silent() {	# INODE PORT UNACKED SILENT-MS KEEPALIVE...
	echo "1 10.0.0.5 5$1 192.0.2.10 $2 $1 110 $3 $4 1 0 ${*:5}"
}

t_host 'silent: none' 'busy "$(silent 100 5432 0 33000 1 15 5 3 28125)"; doctor | grep silent'
t_host 'silent: a dead peer' 'busy "$(silent 100 5432 0 40000 1 15 5 3 28125)"; wrong'
t_host 'silent: data in flight' 'busy "$(silent 100 5432 77 40000 1 15 5 3 28125)"; wrong'
t_host 'silent: not applied' 'busy "$(silent 100 5432 0 7500000 0 7200 75 9 0)"; wrong'
t_host 'silent: no rule' 'busy "$(silent 100 443 0 7500000 0 7200 75 9 0)"; doctor | grep silent'
t_host 'silent: more than are shown' 'busy "$(silent 100 5432 0 50000 1 15 5 3 28125)" "$(silent 101 5432 0 40000 1 15 5 3 28125)" "$(silent 102 6432 0 60000 1 15 5 3 28125)" "$(silent 103 5432 0 7100000 1 15 5 3 28125)" "$(silent 104 5432 0 100 1 15 5 3 28125)"; wrong'
t_host 'unused: one that covers a connection now' 'busy "$(silent 100 5432 0 100 1 15 5 3 28125)"; sed -i "s/matched=20/matched=0/" $host/sys/kernel/kapolicy/counters; doctor | grep unused'
t_host 'unused: a rule that nothing has needed' 'well; sed -i "s/matched=20/matched=0/" $host/sys/kernel/kapolicy/counters; wrong'
t_host 'unused: more than are shown' 'well; both "port=1 idle=90s" "name=b port=2 idle=90s" "port=3 idle=90s" "port=4 idle=90s"; sed -i s/matched=1/matched=0/ $host/sys/kernel/kapolicy/counters; wrong'

# --- where the machine is

dmi() {	# FILE TEXT
	mkdir -p "$host/sys/class/dmi/id"
	echo "$2" >"$host/sys/class/dmi/id/$1"
}

conntrack() {	# SECONDS
	mkdir -p "$host/proc/sys/net/netfilter"
	echo "$1" >"$host/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established"
}

t_host 'preset: AWS' 'well; dmi sys_vendor "Amazon EC2"; doctor | grep preset'
t_host 'preset: AWS, no rule' 'well; both "port=1 user_timeout=30s"; dmi sys_vendor "Amazon EC2"; wrong'
t_host 'preset: AWS, too late' 'well; both "port=1 idle=400s intvl=10s cnt=3"; dmi bios_version 4.11.amazon; wrong'
t_host 'preset: Azure' 'well; both "port=1 user_timeout=30s"; dmi sys_vendor "Microsoft Corporation"; dmi chassis_asset_tag 7783-7084-3265-9085-8269-3286-77; wrong'
t_host 'preset: Hyper-V at home' 'well; dmi sys_vendor "Microsoft Corporation"; wrong'
t_host 'preset: Google' 'well; both "port=1 user_timeout=30s"; dmi product_name "Google Compute Engine"; wrong'
t_host 'preset: Oracle' 'well; both "port=1 user_timeout=30s"; dmi chassis_asset_tag OracleCloud.com; wrong'
t_host 'preset: connection tracking' 'well; conntrack 432000; doctor | grep preset'
t_host 'preset: connection tracking, no rule' 'well; both "port=1 user_timeout=30s"; conntrack 432000; wrong'
t_host 'preset: connection tracking, impatient' 'well; both "port=1 idle=600s intvl=10s cnt=3"; conntrack 600; wrong'
t_host 'preset: IPVS' 'well; both "port=1 user_timeout=30s"; mkdir -p $host/proc/net; echo IP Virtual Server >$host/proc/net/ip_vs; wrong'
t_host 'preset: the rules of the files, when nothing is in force' 'unloaded; dmi sys_vendor "Amazon EC2"; doctor | grep preset'
