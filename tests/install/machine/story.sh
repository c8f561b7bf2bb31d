# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What an admin does, step by step, and what has to be true then.
# shellcheck disable=SC2154,SC2016,SC2013 # the other parts set it; the guest expands it; no blanks there
# Expects release_name, version, later, and what vm.sh needs.

# What the rules below make of a connection, and what it is without.
ruled='keepalive=1 idle=15 intvl=5 cnt=3 user_timeout=28125'
also_ruled='keepalive=1 idle=60 intvl=10 cnt=4 user_timeout=0'
unruled='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'

step='' step_start=0 step_used=0

# a NAME COMMAND...: a test on this release
a() {
	local what=$1
	shift
	t "$release_name: $what" "$@"
}

# step NAME: what it took until now, and what comes next
step() {
	local used
	used=$(cpu_seconds)
	[[ ! $step ]] || say "$release_name: $step: $((SECONDS - step_start)) s, $((used - step_used)) s of processor time"
	step=$* step_start=$SECONDS step_used=$used
}

# --- what is asked of the machine -------------------------------------------

# seen A B C: what the connections to three ports, as they were seen, have
seen() {
	local want
	for want; do
		grep -m 1 -- " $want\$" "$out/said" >/dev/null || { echo "missing: $want"; return 1; }
		sed -i "0,/ $want\$/d" "$out/said"
	done
	[[ ! -s $out/said ]]
}

# first UNIT VALUES...: what the connections had that this service opened when the machine started
first() { keep guest "cat /run/$1/values" && seen "${@:2}"; }

# now VALUES...: what connections have that are opened now
now() { keep guest '/usr/local/lib/proof/connect 5432 6379 8080' && seen "$@"; }

running() { echo "state: $state"; guest 'systemctl --failed --no-pager'; [[ $state == running ]]; }

# in_force_first: the rules were there before the daemons began
in_force_first() {
	local rules daemon
	guest 'for unit in kapolicy first-daemon plain-daemon; do
		systemctl show -p ExecMainStartTimestampMonotonic -p ExecMainExitTimestampMonotonic $unit | sort | xargs
	done' >"$out/times" || return
	cat "$out/times"
	rules=$(sed -n '1s/ExecMainExitTimestampMonotonic=\([0-9]*\) .*/\1/p' "$out/times")
	((rules > 0)) || return
	for daemon in $(sed -n '2,$s/.*ExecMainStartTimestampMonotonic=//p' "$out/times"); do
		((daemon > rules)) || return
	done
}

module_version() { [[ $(guest 'cat /sys/module/kapolicy/version') == "$1" ]]; }

# built VERSION KERNEL: DKMS says so, and modprobe would take it
built() {
	echo "of the files for it these were compiled before, or not:"
	guest 'grep -o "direct_cache_.*" /run/ccache.log | sort | uniq -c'
	guest "dkms status kapolicy; modinfo -k $2 -F filename kapolicy"
	guest "dkms status kapolicy/$1 -k $2 | grep -w installed && [ \$(modinfo -k $2 -F version kapolicy) = $1 ]"
}

# healthy: the doctor finds nothing
healthy() { keep guest 'kapctl doctor'; }

# ill REGEX...: the doctor finds just these problems, and ways to mend them
ill() {
	local status=0
	keep guest 'kapctl doctor' || status=$?
	((status == 1)) && [[ $(grep -c '^PROBLEM' "$out/said") == "$#" ]] && said 'to fix it: .' || return
	while (($#)); do
		said "^PROBLEM .*$1" || return
		shift
	done
}

# shown REGEX...: kapctl lists these rules, and no others
shown() {
	keep guest kapctl || return
	[[ $(grep -cE '^ *[0-9]+  ' "$out/said") == "$#" ]] || return
	while (($#)); do
		said "^ *[0-9]+  $1" || return
		shift
	done
}

# held: a connection made under the rules is there, with its timer
held() {
	keep guest "ss -tnoH state established dport = :5432" && said 'timer:\(keepalive,'
}

hold() {
	guest 'systemd-run --collect --unit=held -p StandardOutput=file:/run/held /usr/local/lib/proof/connect --hold 5432
		for try in $(seq 100); do grep -q "^held" /run/held && exit; sleep 0.2; done; exit 1' && held
}

apt_get() { keep guest "apt-get -q -y -o Dpkg::Use-Pty=0 $*"; }

# The kernel has complained of nothing, and nothing but our module has tainted it: (O)ut of the tree, un(E)signed.
sound() {
	vm_sound && guest 'tainted=$(cat /proc/sys/kernel/tainted); echo "tainted: $tainted"; [ $((tainted & ~0x3000)) = 0 ]'
}

# listed FILE: all that is on the disk and no package's, but for what apt, dpkg and the system's diaries write
listed() {
	guest "cd /; sync
	find / -xdev \\( -path /srv -o -path /tmp -o -path /var/tmp -o -path /var/log -o -path /var/cache \
		-o -path /etc/alternatives -o -lname '/etc/alternatives/*' -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /run -o -path /proc -o -path /sys -o -path /dev \\) -prune -o -print |
		sort >/run/all
	sed -E 's,^/(bin|sbin|lib|lib64)/,/usr/\\1/,' /var/lib/dpkg/info/*.list | sort -u >/run/owned
	comm -23 /run/all /run/owned" >"$1"
	[[ -s $1 ]]
}

# --- what is done -----------------------------------------------------------

install_both() {
	step "apt install"
	a "without the packages a connection has the kernel's values" first first-daemon "$unruled" "$unruled" "$unruled"
	a "its archives are there" guest 'mount -r /dev/vdb /srv/repo && mount -r /dev/vdc /srv/debs && apt-get -q update'
	a "(a list of its files)" listed "$out/before"
	a "apt install, of our packages and of what they need" apt_get install \
		"/srv/debs/now/kapolicy-dkms_*.deb /srv/debs/now/kapctl_*.deb linux-headers-cloud-amd64"
	a "DKMS has built the module" built "$version" "$release"
	a "it is loaded" module_version "$version"
	a "its service runs" guest 'systemctl is-active kapolicy && systemctl is-enabled kapolicy'
	a "kapctl doctor has nothing to mend" healthy
	a "kapctl shows no rules" shown
}

# What Debian's machines would test the packages by; it ends with the module unloaded.
autopkgtest() {
	step "autopkgtest"
	a "debian/tests/rule" guest 'sh /srv/debs/rule 2>&1'
	a "(it is loaded again)" guest 'modprobe kapolicy && systemctl restart kapolicy && kapctl doctor'
}

configure() {
	step "rules"
	guest 'echo "port=5432,5433 detect=30s" >>/etc/kapolicy/rules.conf
		echo "name=redis port=6379,6380 idle=60s intvl=10s cnt=4" >/etc/kapolicy/rules.d/redis.conf'
	a "kapctl check && systemctl reload kapolicy" guest 'kapctl check && systemctl reload kapolicy'
	a "kapctl shows the rules" shown '- .* port=5432,5433 +idle=15s' 'redis .* port=6379,6380 +idle=60s'
	a "a new connection has the rule's values" now "$ruled" "$also_ruled" "$unruled"
	a "ss shows its timer" hold
	a "kapctl doctor has nothing to mend" healthy
}

# in_force: what has to be true after each boot
in_force() {
	a "nothing has failed" running
	a "the first connection of an early daemon has the rule's values" first first-daemon "$ruled" "$also_ruled" "$unruled"
	a "and that of an ordinary one" first plain-daemon "$ruled" "$also_ruled" "$unruled"
	a "because the rules were in force before they began" in_force_first
	a "kapctl doctor has nothing to mend" healthy
}

reboot() { # [ARGUMENT]...
	a "the kernel is sound" sound
	a "it goes down" vm_off reboot
	vm_on "$@"
	guest 'mount -r /dev/vdb /srv/repo && mount -r /dev/vdc /srv/debs'
}

# caret: the journal shows the rule, and below it marks what is wrong
caret() {
	keep guest 'journalctl -b -u kapolicy -o cat --no-pager'
	grep -A 2 -E '^/etc/kapolicy/rules\.conf:[0-9]+:6: error: port' "$out/said" | awk '
		NR == 2 { at = index($0, "99999"); rule = at > 0 }
		NR == 3 { marked = index($0, "^^^^^") == at }
		END { exit !(rule && marked) }'
}

mistake() {
	step "a mistake in the rules"
	guest 'cp /etc/kapolicy/rules.conf /root; cat /sys/kernel/kapolicy/rules >/run/rules
		echo "port=99999 idle=60s" >>/etc/kapolicy/rules.conf'
	a "with a mistake in the rules systemctl reload fails" guest '! systemctl reload kapolicy'
	a "the journal says where it is" caret
	a "the service stays as it was" guest 'systemctl is-active kapolicy'
	a "the old rules stand" guest 'diff /run/rules /sys/kernel/kapolicy/rules'
	a "new connections, too" now "$ruled" "$also_ruled" "$unruled"
	a "kapctl doctor finds the mistake" ill 'files .*/rules\.conf:[0-9]+:6: ' 'service .* could not be reloaded'
	guest 'cp /root/rules.conf /etc/kapolicy/rules.conf'
	a "with it mended reload works" guest 'systemctl reload kapolicy && kapctl doctor'
}

new_kernel() {
	local old=$release
	step "another kernel"
	a "apt finds a new kernel" guest 'echo "deb [trusted=yes] file:/srv/repo/newer ./" >/etc/apt/sources.list.d/newer.list
		apt-get -q update'
	a "apt upgrades to it" apt_get install linux-image-cloud-amd64 linux-headers-cloud-amd64
	a "the rules stand" now "$ruled" "$also_ruled" "$unruled"
	reboot
	a "another kernel runs, $release" test "$release" != "$old"
	a "DKMS has built the module for it" built "$version" "$release"
	in_force
	a "apt removes the old kernel" apt_get purge "linux-image-$old" "linux-headers-$old"
	a "of the module nothing is left there" guest "! find /lib/modules/$old /var/lib/dkms -path '*$old*' | grep kapolicy"
}

new_version() {
	step "apt upgrades kapolicy"
	a "(a connection is open)" hold
	guest 'cat /sys/kernel/kapolicy/rules >/run/rules'
	a "apt upgrades kapolicy" apt_get install "/srv/debs/later/kapolicy-dkms_*.deb /srv/debs/later/kapctl_*.deb"
	a "it says that the old version stays until a reboot" said "^kapolicy: version $version of the module is loaded and stays"
	a "and asks for that" guest 'test -e /run/reboot-required && grep -x kapolicy-dkms /run/reboot-required.pkgs'
	a "the old version is loaded" module_version "$version"
	a "the new one is built" built "$later" "$release"
	a "the rules stand" guest 'diff /run/rules /sys/kernel/kapolicy/rules'
	a "new connections have their values" now "$ruled" "$also_ruled" "$unruled"
	a "the open one has its timer" held
	a "kapctl doctor knows" ill "module .*$version is loaded, but $later is installed"
	reboot
	a "the new version is loaded" module_version "$later"
	in_force
}

switched_off() {
	step "kapolicy.off"
	reboot kapolicy.off
	a "with kapolicy.off nothing has failed" running
	a "the first connections have the kernel's values" first first-daemon "$unruled" "$unruled" "$unruled"
	a "and those of now" now "$unruled" "$unruled" "$unruled"
	a "kapctl doctor says why" ill 'enabled .*kapolicy\.off' 'in force .*not the rules of the files'
	a "kapctl enable and load put the rules into force" guest 'kapctl enable && kapctl load'
	a "for new connections" now "$ruled" "$also_ruled" "$unruled"
}

# left_over: what is no package's and was not there before, but for what the new kernel has made for itself
left_over() {
	listed "$out/after" || return
	comm -13 "$out/before" "$out/after" |
		awk -v kernel="$release" '
			/^\/boot\// && index($0, kernel) { next }
			index($0, "/usr/lib/modules/" kernel) || index($0, "/usr/lib/ccache/") == 1 { next }
			{ print }' >"$out/left"
	cat "$out/left"
	[[ ! -s $out/left ]]
}

# no_folder_left: dpkg of Debian 13 says so of one whose name Debian 12, which built the package, gives it; harmless
no_folder_left() { ! grep 'not empty' "$out/said" | grep -vF "'/lib/systemd/system' not empty"; }

removed() {
	step "remove and purge"
	a "(a connection is open)" hold
	guest 'cat /sys/kernel/kapolicy/rules >/run/rules'
	a "apt remove" apt_get remove kapolicy-dkms kapctl
	a "the module stays until a reboot, and the rules" guest 'diff /run/rules /sys/kernel/kapolicy/rules'
	a "the open connection has its timer" held
	a "the configuration is kept" guest 'test -f /etc/kapolicy/rules.conf'
	guest 'rm /etc/kapolicy/rules.d/redis.conf; rm -f /root/rules.conf /etc/apt/sources.list.d/newer.list'
	a "apt purge" apt_get purge kapolicy-dkms kapctl
	a "apt has nothing to say of folders that are not empty" no_folder_left
	a "apt autoremove --purge" apt_get autoremove --purge
	a "nothing is left on the disk" left_over
	a "nothing knows its name" guest '! find / -xdev \( -path /srv -o -path /var/log -o -path /var/cache \) -prune -o \
		\( -name "*kapolicy*" -o -name "*kapctl*" \) -print | grep .'
	a "nor in the kernel's lists" guest '! grep -l kapolicy /lib/modules/*/modules.*'
	reboot
	a "nothing has failed" running
	a "the module is gone" guest '! test -e /sys/module/kapolicy && ! modinfo kapolicy'
	a "connections have the kernel's values" first first-daemon "$unruled" "$unruled" "$unruled"
	a "the kernel is sound" sound
	a "it goes down" vm_off
}

story() {
	step=''
	step "first boot"
	vm_on
	a "nothing has failed" running
	install_both
	autopkgtest
	configure
	reboot
	in_force
	mistake
	new_kernel
	new_version
	switched_off
	removed
	step
}
