#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600 --add modprobe --add depmod --add modinfo --add jq
# kapctl doctor with the real module: what it finds, and that what it says
# mends it. The findings that need no module are in tests/cli/cases/doctor.sh.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

KO=${KAPOLICY_KO:-/kapolicy/kapolicy.ko}
KAPCTL=/usr/sbin/kapctl
UPDATES=/lib/modules/$(uname -r)/updates
CONF=/etc/kapolicy/rules.conf

# Runs the doctor; REPORT is what it said.
examine()	# [COMMAND... in front of kapctl]
{
	"$@" "$KAPCTL" doctor -j > "$TMP/report" 2> "$TMP/stderr"
	STATUS=$?
	REPORT=$(jq -r '.[] | "\(.state) \(.check): \(.text)"' "$TMP/report")
	[ ! -s "$TMP/stderr" ] || REPORT+=" stderr: $(< "$TMP/stderr")"
}

finds()	# REGEX DESC
{
	examine
	tap_like "$REPORT" "$1" "$2"
}

# Of a check, the first command that it says mends it. Comments stand behind four blanks.
mend()	# CHECK
{
	local fix

	fix=$(jq -r --arg check "$1" '.[] | select(.check == $check and .state != "ok") | .fix' "$TMP/report" | head -n 1)
	fix=${fix%%    *}
	tap_cmd "to fix it: $fix" sh -c "$fix"
}

# --- the module

finds "PROBLEM module: not installed for this kernel" 'no module'
tap_is "$STATUS" 1 'exit status 1'
mkdir -p "$UPDATES"
cp "$KO" "$UPDATES/"
depmod || tap_bail 'depmod failed'
finds "PROBLEM module: [0-9.]+ is installed for this kernel, but not loaded" 'installed, not loaded'
mend module
finds "ok module: [0-9.]+ is loaded" 'then it is loaded'
at_exit rmmod kapolicy

version=$(< /sys/module/kapolicy/version)
rm "$UPDATES/kapolicy.ko"
depmod
finds "PROBLEM module: $version is loaded, but not installed for this kernel" 'loaded by hand'
# as long as the real one
other=${version%?}x
sed "s/\\(version=\\)${version//./\\.}/\\1$other/" "$KO" > "$UPDATES/kapolicy.ko"
depmod
tap_is "$(modinfo -F version kapolicy)" "$other" 'a module of another version is installed'
finds "PROBLEM module: $version is loaded, but $other is installed" 'which is not the one that is loaded'
cp "$KO" "$UPDATES/"
depmod

# --- the files, and what is in force

rm -rf /etc/kapolicy
finds "PROBLEM files: there is no $CONF" 'no configuration'
mkdir -p ${CONF%/*}/rules.d
echo 'frob' > $CONF
finds "PROBLEM files: 1 error, the first: $CONF:1:1: unknown command" 'an error in it'
{
	echo 'name=pg port=5432,6432-6440 detect=30s'
	echo 'prio=10 raddr=10.1.2.3/8,fd00::/8,::ffff:192.168.0.0/112 action=skip'
	echo 'dir=in laddr=::1 lport=80 uid=0,33,1000-1999 idle=2m intvl=1500000ms cnt=4 mode=clamp'
	echo 'keepalive=off port=9 mode=force'
} > $CONF
echo 'cgroup=/a/b*/**/c?  user_timeout=45s' > ${CONF%/*}/rules.d/10-more.conf
finds "PROBLEM in force: not the rules of the files" 'rules that are not in force'
tap_like "$REPORT" 'ok files: 5 rules in 2 files' 'the files are in order'
mend 'in force'
finds "ok in force: the rules of the files" 'then they are, each as the module prints it'
tap_is "$(wc -l < $KAP/rules)" 5 'all of them'
tap_unlike "$REPORT" PROBLEM 'nothing is wrong'
tap_is "$STATUS" 0 'exit status 0'
rules 'name=live idle=1h'
finds "only in force: name=live " 'a rule that is in force only'
mend 'in force'
examine
tap_unlike "$REPORT" PROBLEM 'is gone'

# --- the hook

counters()
{
	cat $KAP/counters
	tail -n 1 $KAP/stats/matched $KAP/stats/applied $KAP/stats/app_set
}

reload_module()
{
	rmmod kapolicy && modprobe kapolicy && kapctl load > "$TMP/out"
}

tap_cmd 'loaded anew' reload_module
before=$(counters)
finds "ok hook: a connection over loopback was noticed" 'where there was no connection, one is opened'
tap_is "$(counters)" "$before" 'which no rule counts'
before=$(cat $KAP/counters; stat connections)
finds "ok hook: 2 connections noticed" 'where there were some, none is opened'
tap_is "$(cat $KAP/counters; stat connections)" "$before" 'nothing is counted'
tap_cmd 'loaded anew' reload_module
examine unshare -n
tap_like "$REPORT" 'note hook: not tried: no connection over loopback' 'without loopback that cannot be tried'
echo 'name=all detect=30s' > $KAP/rules
before=$(counters; stat connections)
finds "note hook: not tried: no connection yet, and a rule would count one over loopback" \
	'a rule for every connection: none is opened'
tap_is "$(counters; stat connections)" "$before" 'nothing is counted'

# --- the connections there are

tap_like "$REPORT" 'note unused: 6 of 6 rules have never covered a connection' 'rules that nothing has needed'
echo 'del name=all' > $KAP/rules
host a
host b
link a b
session p
must_ask p netns b
must_ask p listen l "${IP4[b.a]}" 5432
must_ask p netns a
must_ask p connect c "${IP4[b.a]}" 5432
must_ask p accept s l
echo 'name=quick prio=1 port=5432 detect=4s' > $KAP/rules
finds 'ok silent: no connection for longer than its rule allows' 'a connection that is older than its rule'
is_silent()
{
	examine
	[[ $REPORT == *'note silent: 2 connections for longer than the rule allows'* ]]
}
wait_for 60 is_silent
tap_is $? 0 '... and has been silent for longer than the rule allows'
tap_like "$REPORT" "out ${IP4[a.b]}:[0-9]+ ${IP4[b.a]}:5432, prober: silent for [0-9.]+s, rule id=[0-9]+ \(name=quick\)" 'is named'
tap_like "$REPORT" 'note unused: 4 of 6 rules' 'the rule is of use'
mend silent
healed()
{
	examine
	[[ $REPORT == *'ok silent: '* ]]
}
tap_cmd 'its peer answers' wait_for 60 healed
end_session p
kapctl load > "$TMP/out"

# --- who looks

examine setpriv --reuid 65534 --regid 65534 --clear-groups
tap_unlike "$REPORT" PROBLEM 'nothing is wrong for a user, either'
tap_like "$REPORT" 'note module: what is in force is not looked at: .*/rules: Permission denied' 'who may not see the rules'
echo 0 > $KAP/enabled
finds "PROBLEM enabled: 0: no connection is touched" 'disabled'
tap_unlike "$REPORT" ' hook:' 'the hook is not tried then'
mend enabled
finds "ok hook: " 'enabled again'

# --- cgroups

finds "note cgroups: rules wait for cgroups that are not there now" 'a cgroup that is not there'
tap_like "$REPORT" ': /a/b\*/\*\*/c\?' 'is named'
make_cgroup /a
finds "ok cgroups: cgroup2 is at /sys/fs/cgroup" 'there is one to start from'
cat > "$TMP/without" << 'EOF'
#!/bin/sh
umount -l /sys/fs/cgroup && exec "$@"
EOF
chmod +x "$TMP/without"
examine unshare -m "$TMP/without"
tap_like "$REPORT" 'PROBLEM cgroups: rules have cgroup=, but cgroup2 is not mounted' 'cgroup2 is not mounted'

tap_is "$(cd $KAP && cat enabled rules | wc -l)" 6 'the doctor has changed nothing'
