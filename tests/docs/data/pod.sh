#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: the container of the DaemonSet, with the mounts, the capabilities and no more of the manifest.
# In /kapolicy/pod: script, capabilities, ready, rules.conf.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

POD=/kapolicy/pod
C=/container

load_module
mkdir -p /etc/kapolicy $C/bin $C/rules $C/state $C/host $C/dev
echo 'name=node port=22 action=skip' > /etc/kapolicy/rules.conf
cp "$(command -v busybox)" $C/bin/
chroot $C /bin/busybox --install -s /bin
cp $POD/rules.conf $C/rules/

# A root that can be written is the guest's own way; the node's is read-only but for two directories.
mounts()
{
	mount --rbind / $C/host && mount --make-rslave $C/host && mount -o remount,bind,ro $C/host &&
		mount --bind /etc/kapolicy $C/host/etc/kapolicy && mount --bind $KAP $C/host$KAP
}

mounts || tap_bail 'mount'
caps=$(sed 's/[^ ][^ ]*/+&/g; s/ /,/g' $POD/capabilities)
enter=(env PATH=/usr/sbin:/usr/bin:/sbin:/bin
	setpriv --bounding-set "-all,$caps" --inh-caps -all --no-new-privs chroot "$C")

names()
{
	sed -nE 's/^add name=([^ ]*).*/\1/p' $KAP/rules | sort | xargs
}

names_are()	# NAMES
{
	[ "$(names)" = "$1" ]
}

# shellcheck disable=SC2046	# words
ready()
{
	"${enter[@]}" $(< $POD/ready)
}

not_ready()
{
	! ready
}

tap_cmd_fails 'the container may not write elsewhere on the node' "${enter[@]}" sh -c 'echo x > /host/etc/x'
"${enter[@]}" /bin/sh -c "$(< $POD/script)" > "$TMP/log" 2>&1 &
pod=$!
at_exit kill $pod
tap_cmd "the pod's rules and the node's are in force" wait_for 60 names_are 'node pods pods-db'
tap_cmd 'the pod gets ready' wait_for 30 ready

cp $C/rules/rules.conf "$TMP/good"
echo 'name=bad port=70000 idle=60s' > $C/rules/rules.conf
tap_cmd 'a ConfigMap with an error: the pod is not ready' wait_for 60 not_ready
tap_cmd 'and says why' wait_for 60 grep -q 'port out of range' "$TMP/log"
tap_is "$(names)" 'node pods pods-db' 'the rules stay'

echo 'name=node port=80 idle=60s' > $C/rules/rules.conf
tap_cmd "a name that the node's rules have" wait_for 60 grep -q 'name taken by another rule' "$TMP/log"
tap_cmd 'the file of before is back, for the next boot' wait_for 60 kapctl load -n
tap_is "$(names)" 'node pods pods-db' 'the rules stay'

{ cat "$TMP/good"; echo 'name=new port=81 idle=60s'; } > $C/rules/rules.conf
tap_cmd 'a ConfigMap without errors is in force again' wait_for 60 names_are 'new node pods pods-db'
tap_cmd 'and the pod ready' wait_for 30 ready

kill -TERM $pod
wait $pod
tap_is $? 0 'it ends when it is told to'
tap_is "$(names)" 'new node pods pods-db' 'and leaves the rules'
