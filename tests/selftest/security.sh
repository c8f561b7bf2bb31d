#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# Who may change what, and who learns what: Documentation/security.rst.
# What those who may not can make the kernel spend is in bounds.sh.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

FILES=(rules enabled max_rules apply)
RULES=('name=kept port=5432 idle=111s' 'name=second cgroup=/x uid=7 idle=5s mode=force')
# Every command, and what has several lines or writes.
COMMANDS=('idle=1s\n' 'add name=new idle=1s\n' 'del name=kept\n' 'flush\n' 'begin\n' 'commit\n' 'abort\n'
	'begin\nflush\ncommit\n' '# nothing\n' 'name=kept idle=1s\n' 'all\n')

load_module
log_mark
only_rules "${RULES[@]}"
modes=$(cd $KAP && stat_of=$(type -P stat) && "$stat_of" -c '%n %a %U' -- * features/* stats/*)
ID=$(rule_id kept)
COMMANDS+=("del id=$ID\\n")

# The modes are what they were at first.
close_up()
{
	chmod 0644 $KAP/enabled $KAP/max_rules $KAP/apply
	chmod 0600 $KAP/rules
}

# All that can be changed, as one text.
state()
{
	STATE=$(cat $KAP/{rules,enabled,max_rules,generation,last_error,apply})
}

state
BEFORE=$STATE

unchanged()	# DESC
{
	state
	tap_is "$STATE" "$BEFORE" "$1"
}

# --- who may write ----------------------------------------------------------

# Tries all writes in SESSION, in the sysfs mounted at PLACE; prints the
# different answers, "open:" or "write:" before them.
answers()	# SESSION PLACE
{
	local dir=$2/kernel/kapolicy text file

	for file in "${FILES[@]}"; do
		if ! ask "$1" open f "$dir/$file" w; then
			echo "open: $REPLY"
			continue
		fi
		for text in "${COMMANDS[@]}" '0\n' '1\n' '7\n'; do
			ask "$1" write f "$text"
			echo "write: $REPLY"
		done
		must_ask "$1" close f
	done | sort -u | paste -sd '|'
}

# Starts SESSION as COMMAND... and tries: with the modes there are by default,
# and with all of them opened up, as an administrator may have done.
may_not()	# WHO PLACE EXPECTED COMMAND...
{
	local who=$1 place=$2 expected=$3

	shift 3
	session actor "$@"
	tap_is "$(answers actor "$place")" "$expected" "$who: may change nothing"
	chmod 0666 "${FILES[@]/#/$KAP/}"
	tap_is "$(answers actor "$place")" 'write: err EPERM' "$who: nor if the modes of the files let him"
	ask actor system "for f in ${FILES[*]}; do echo 7 > $place/kernel/kapolicy/\$f && exit 1; done 2> /dev/null; exit 0"
	tap_is "$REPLY" 0 "$who: nor by > FILE"
	close_up
	unchanged "$who: has changed nothing"
	end_session actor
}

USER=(setpriv --reuid 1000 --regid 1000 --clear-groups)
# What a container engine leaves to root.
LEFT=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw
LEFT+=,+sys_chroot,+mknod,+audit_write,+setfcap
CONTAINER=(unshare -n -m -C -p -f -u -i setpriv --bounding-set "$LEFT" --inh-caps=-all)
# shellcheck disable=SC2016	# for the shell in the namespace
OWN_SYS=(sh -c 'mount -t sysfs none /mnt && exec "$0"')

may_not 'a user' /sys 'open: err EACCES' "${USER[@]}"
may_not 'root of a user namespace of a user' /sys 'open: err EACCES' "${USER[@]}" unshare -Ur
may_not 'the same with a network namespace and a sysfs of its own' /mnt 'open: err EACCES' \
	"${USER[@]}" unshare -Urnm "${OWN_SYS[@]}"
may_not 'root of a user namespace of root' /sys 'write: err EPERM' unshare -Ur
may_not 'the same with a network namespace and a sysfs of its own' /mnt 'write: err EPERM' \
	unshare -Urnm "${OWN_SYS[@]}"
may_not 'root of a container' /sys 'write: err EPERM' "${CONTAINER[@]}"
may_not 'root without CAP_NET_ADMIN' /sys 'write: err EPERM' setpriv --bounding-set=-net_admin --inh-caps=-net_admin
may_not 'root without any capability' /sys 'write: err EPERM' setpriv --bounding-set=-all --inh-caps=-all

# CAP_NET_ADMIN without root: needs the modes as well. This is how to delegate.
ADMIN=("${USER[@]}" --inh-caps=+net_admin --ambient-caps=+net_admin)
session admin "${ADMIN[@]}"
tap_is "$(answers admin /sys)" 'open: err EACCES' 'a user with CAP_NET_ADMIN may not write to files of root'
unchanged 'and has changed nothing'
for file in "${FILES[@]}"; do
	chgrp 1000 "$KAP/$file"
	chmod 664 "$KAP/$file"
done
for write in 'rules begin\nflush\nname=his idle=9s\ncommit\n' 'apply all\n' 'enabled 0\n' 'max_rules 9\n'; do
	must_ask admin open f "$KAP/${write%% *}" w
	must_ask admin write f "${write#* }"
	must_ask admin close f
done
tap_like "$(cat $KAP/{rules,enabled,max_rules} | xargs)" '^add name=his keepalive=on idle=9s # id=[0-9]+ 0 9$' \
	'but to files that have been given to his group'
session other setpriv --reuid 1000 --regid 1000 --clear-groups
tap_is "$(answers other /sys)" 'write: err EPERM' 'one of that group without CAP_NET_ADMIN still may not'
end_session other
end_session admin
for file in "${FILES[@]}"; do
	chgrp 0 "$KAP/$file"
done
close_up
echo 1 > $KAP/enabled
echo 65536 > $KAP/max_rules
only_rules "${RULES[@]}"
state
BEFORE=$STATE

# --- opened by one, written by another --------------------------------------

TEXT_OF() { case $1 in rules) echo 'name=bad idle=1s' ;; apply) echo all ;; *) echo 0 ;; esac; }

for file in "${FILES[@]}"; do
	TEXT_OF "$file" > "$TMP/$file"
done
SETUID=$TMP/setuid_cat
cp "$(readlink -f "$(type -P cat)")" "$SETUID"
chmod 4755 "$SETUID"
chmod -R a+rX "$TMP"

# FILE as standard output of COMMAND..., opened here.
refused_out()	# DESC FILE COMMAND...
{
	local desc=$1 file=$2

	shift 2
	tap_cmd_fails "$file: $desc: refused" eval "$(printf '%q ' "$@") $TMP/$file > $KAP/$file"
}

for file in "${FILES[@]}"; do
	refused_out 'opened by root, written by a user' "$file" "${USER[@]}" cat
	refused_out 'opened by root, written by root without CAP_NET_ADMIN' "$file" \
		setpriv --bounding-set=-net_admin --inh-caps=-net_admin cat
	refused_out 'opened by root, written by root of a user namespace' "$file" unshare -Ur cat
	# The root it starts a program as has all capabilities once more.
	probe_script <<- EOS
	dropcap 12
	open f $KAP/$file w
	export f 9
	@status system cat $TMP/$file >&9 2> /dev/null
	EOS
	tap_is "${ANS[status]}" 1 "$file: opened by root without CAP_NET_ADMIN, written by root with: refused"
	chmod 0666 "$KAP/$file"
	tap_cmd_fails "$file: standard output of a setuid program that a user started: refused" \
		"${USER[@]}" sh -c "$SETUID $TMP/$file > $KAP/$file"
	close_up
done
unchanged 'none of these has changed anything'

# That the deputy could have, had another opened the file.
tap_like "$("${USER[@]}" "$SETUID" /proc/self/status)" 'CapEff:[[:blank:]]0*[1-9a-f]' 'the setuid program does have capabilities'
tap_cmd 'its standard output opened by root: it can write' eval "$SETUID $TMP/rules > $KAP/rules"
state
tap_unlike "$STATE" "^$BEFORE" 'and does'
only_rules "${RULES[@]}"
state
BEFORE=$STATE

session late
must_ask late open f $KAP/rules w
must_ask late write f 'begin\nflush\nname=bad idle=1s\n'
must_ask late dropcap 12
ask late write f 'commit\n'
tap_is "$REPLY" 'err EPERM' 'commit of a transaction begun with CAP_NET_ADMIN'
unchanged 'has changed nothing'
end_session late

# --- who may read what ------------------------------------------------------

tap_is "$modes" "abi_version 444 root
apply 644 root
counters 400 root
enabled 644 root
features 755 root
generation 444 root
last_error 400 root
max_rules 644 root
rules 600 root
stats 755 root
features/hold 444 root
features/stall 444 root
stats/app_set 444 root
stats/applied 444 root
stats/connections 444 root
stats/held 444 root
stats/matched 444 root
stats/not_held 444 root
stats/timed_out 444 root" 'modes: root alone may read what shows the rules, or write'

AS_USER=("${USER[@]}" cat)
for file in rules counters last_error; do
	tap_cmd_fails "a user cannot read $file" "${AS_USER[@]}" $KAP/$file
	tap_cmd_fails '  nor root of a user namespace' "${USER[@]}" unshare -Ur cat $KAP/$file
	tap_cmd_fails '  nor in a sysfs of his own' "${USER[@]}" unshare -Urnm \
		sh -c "mount -t sysfs none /mnt && cat /mnt/kernel/kapolicy/$file"
	tap_cmd '  root of a container can' setpriv --bounding-set=-all --inh-caps=-all cat $KAP/$file
done
tap_is "$("${AS_USER[@]}" $KAP/generation $KAP/enabled $KAP/stats/matched | wc -l)" 3 'a user reads what shows no rules'

# --- what must never be seen ------------------------------------------------

TRACING=/sys/kernel/tracing
[ -d $TRACING/events ] || mount -t tracefs none $TRACING
at_exit eval "echo 0 > $TRACING/events/kapolicy/enable"
host a
link - a
only_rules 'name=seen port=5432 idle=1s intvl=1s cnt=1'
: > $TRACING/trace
echo 1 > $TRACING/events/kapolicy/enable
echo 1 > $TRACING/tracing_on
probe_script << EOS
netns a
listen l ${IP4[a.-]} 5432
listen m ${IP6[a.-]} 5432
netns -
connect c ${IP4[a.-]} 5432
accept d l
connect e ${IP6[a.-]} 5432
accept f m
system ip -n a link set to_test down
wait c 30
wait e 30
EOS
events=$(grep -c 'kapolicy_apply' $TRACING/trace)
tap_is "$events" 4 'four ends of two connections are traced'
tap_like "$(grep -c 'kapolicy_timed_out' $TRACING/trace)" '^[2-4]$' 'and the ends of them'
POINTER='(0x)?ffff[0-9a-f]{12}'
tap_is "$(grep -hEi "$POINTER" $TRACING/trace $TRACING/events/kapolicy/*/format)" '' 'no event shows a kernel address'
tap_is "$(cd $KAP && grep -rhEi "$POINTER" .)" '' 'no file does'
log=$(log_since)
tap_unlike "$log" "$POINTER" 'nor the log'
tap_unlike "$log" 'kapolicy: ' 'where the module says nothing at all, whatever is written'
tap_cmd_fails 'a user cannot read the events' "${AS_USER[@]}" $TRACING/trace
tap_cmd_fails 'nor turn them on' "${USER[@]}" sh -c "echo 1 > $TRACING/events/kapolicy/enable"
tap_is "$(find /sys/module/kapolicy/parameters -type f -printf '%f %m %U\n')" 'off 444 0' 'the one parameter of the module cannot be written'
