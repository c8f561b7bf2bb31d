#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# The cgroup key: the tree, the patterns, and cgroups that come and go.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=5432
UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'
MATCHED='keepalive=1 idle=111 intvl=75 cnt=9 user_timeout=0'

# yes or no: does the socket have the values of the rule?
is_matched()	# SOCKET
{
	must_ask p get "$1"
	case $REPLY in
	"$MATCHED") REPLY=yes ;;
	"$UNTOUCHED") REPLY=no ;;
	esac
}

accept_and_reset()
{
	must_ask p accept s l
	must_ask p set c linger 0
	must_ask p close c
	must_ask p close s
}

# Connects from cgroup PATH and says if the socket is matched.
connect_from()	# PATH
{
	local matched

	must_ask p cgroup "$1"
	must_ask p connect c 127.0.0.1 $PORT
	must_ask p cgroup /kaptest
	is_matched c
	matched=$REPLY
	accept_and_reset
	REPLY=$matched
}

pattern_rule()	# PATTERN
{
	only_rules "dir=out cgroup=$1 idle=111s"
}

check_patterns()
{
	local expected pattern path

	while read -r expected pattern path; do
		case $expected in
		'' | '#'*) continue ;;
		esac
		make_cgroup "$path"
		pattern_rule "$pattern"
		connect_from "$path"
		tap_is "$REPLY" "$expected" "cgroup=$pattern, socket in $path"
	done
}

load_module
make_cgroup /kaptest
session p
must_ask p cgroup /kaptest
must_ask p listen l 127.0.0.1 $PORT

check_patterns << 'TABLE'
# that one or below
yes /system.slice/nginx.service           /system.slice/nginx.service
yes /system.slice/nginx.service           /system.slice/nginx.service/worker
yes /system.slice/nginx.service           /system.slice/nginx.service/worker/1
yes /system.slice                         /system.slice/nginx.service
yes /system.slice                         /system.slice
yes /                                     /system.slice/nginx.service/worker
no  /system.slice/nginx.service           /system.slice
no  /system.slice/nginx.service           /system.slice/nginx.services
no  /system.slice/nginx                   /system.slice/nginx.service
no  /nginx.service                        /system.slice/nginx.service
no  /system.slice/nginx.service/worker    /system.slice/nginx.service
no  /system.slice/NGINX.service           /system.slice/nginx.service

# * within one component
yes /system.slice/docker-*.scope          /system.slice/docker-4f2a.scope
yes /system.slice/docker-*.scope          /system.slice/docker-4f2a.scope/init
yes /system.slice/docker-*.scope          /system.slice/docker-.scope
yes /system.slice/docker-*.scope          /system.slice/docker-a.scope.b.scope
no  /system.slice/docker-*.scope          /system.slice/docker-4f2a.service
no  /system.slice/docker-*.scope          /system.slice/xdocker-4f2a.scope
no  /system.slice/docker-*.scope          /system.slice/docker-a/b.scope
no  /system.slice/docker-*.scope          /user.slice/docker-4f2a.scope
yes /system.slice/*                       /system.slice/nginx.service
yes /system.slice/*                       /system.slice/nginx.service/worker
no  /system.slice/*                       /system.slice
yes /*/nginx.service                      /system.slice/nginx.service
no  /*/worker                             /system.slice/nginx.service/worker
yes /*/*/worker                           /system.slice/nginx.service/worker
yes /system.slice/*nginx*                 /system.slice/nginx.service
yes /system.slice/*-*-*.scope             /system.slice/a-b-c.scope
no  /system.slice/*-*-*.scope             /system.slice/a-b.scope
yes /system.slice/*.service/*             /system.slice/nginx.service/worker
no  /system.slice/*.service/*             /system.slice/nginx.service

# ? one character
yes /system.slice/nginx@?.service         /system.slice/nginx@1.service
no  /system.slice/nginx@?.service         /system.slice/nginx@10.service
no  /system.slice/nginx@?.service         /system.slice/nginx@.service
yes /system.slice/nginx@??.service        /system.slice/nginx@10.service
yes /system.slice/nginx@?*.service        /system.slice/nginx@10.service
no  /system.slice?nginx.service           /system.slice/nginx.service

# ** any number of components
yes /kubepods.slice/**/cri-containerd-*.scope /kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-1.scope
yes /kubepods.slice/**/cri-containerd-*.scope /kubepods.slice/kubepods-pod1.slice/cri-containerd-1.scope
yes /kubepods.slice/**/cri-containerd-*.scope /kubepods.slice/cri-containerd-1.scope
yes /kubepods.slice/**/cri-containerd-*.scope /kubepods.slice/kubepods-pod1.slice/cri-containerd-1.scope/sub
no  /kubepods.slice/**/cri-containerd-*.scope /kubepods.slice/kubepods-pod1.slice/crio-1.scope
no  /kubepods.slice/**/cri-containerd-*.scope /kubepods.slice/kubepods-pod1.slice
no  /kubepods.slice/**/cri-containerd-*.scope /other.slice/kubepods-pod1.slice/cri-containerd-1.scope
yes /**/nginx.service                     /system.slice/nginx.service
yes /**/nginx.service                     /nginx.service
yes /**/worker                            /system.slice/nginx.service/worker
no  /**/nginx.service                     /system.slice/nginx.services
yes /**/a/**/b                            /x/a/y/a/z/b
no  /**/a/**/b/c                          /x/a/y/a/z/b

# nothing else is special
yes /system.slice/a\x2db.service          /system.slice/a\x2db.service
yes /system.slice/a[bc].service           /system.slice/a[bc].service
no  /system.slice/a[bc].service           /system.slice/ab.service
yes /user.slice/user-1000.slice/user@1000.service /user.slice/user-1000.slice/user@1000.service/app.slice
yes /a:b=c+d                              /a:b=c+d
TABLE

# A cgroup that a restart removes and makes again, under the same rule.
pattern_rule /system.slice/restarted.service
make_cgroup /system.slice/restarted.service
connect_from /system.slice/restarted.service
tap_is "$REPLY" yes 'a cgroup made after the rule matches'
connect_from /system.slice/restarted.service
tap_is "$REPLY" yes 'and again'
id_before=$(command stat -c %i /sys/fs/cgroup/system.slice/restarted.service)
for i in 1 2 3; do
	remove_cgroup /system.slice/restarted.service
	make_cgroup /system.slice/restarted.service
	connect_from /system.slice/restarted.service
	tap_is "$REPLY" yes "removed and made again ($i), it still matches"
done
tap_unlike "$(command stat -c %i /sys/fs/cgroup/system.slice/restarted.service)" "^$id_before\$" \
	'it is another cgroup indeed'

# What is remembered of a cgroup must not outlive the rules.
make_cgroup /one /two
only_rules 'dir=out cgroup=/one idle=111s'
connect_from /one
tap_is "$REPLY" yes 'rule for /one: socket in /one'
connect_from /two
tap_is "$REPLY" no 'rule for /one: socket in /two'
only_rules 'dir=out cgroup=/two idle=111s'
connect_from /one
tap_is "$REPLY" no 'rules replaced: socket in /one'
connect_from /two
tap_is "$REPLY" yes 'rules replaced: socket in /two'
rules 'dir=out cgroup=/one idle=111s'
connect_from /one
tap_is "$REPLY" yes 'rule added: socket in /one'
flush
connect_from /one
tap_is "$REPLY" no 'rules flushed: socket in /one'

# Many rules, each with its own cgroup: the right one and no other.
many=(flush)
for i in {1..40}; do
	make_cgroup "/many/svc$i"
	many+=("dir=out cgroup=/many/svc$i idle=$((1000 + i))s")
done
rules "${many[@]}"
got=
for i in 1 7 23 40; do
	must_ask p cgroup "/many/svc$i"
	must_ask p connect c 127.0.0.1 $PORT
	must_ask p get c
	got+=" ${REPLY#* }"
	accept_and_reset
done
must_ask p cgroup /kaptest
tap_is "$(tr ' ' '\n' <<< "$got" | grep idle | tr '\n' ' ')" 'idle=1001 idle=1007 idle=1023 idle=1040 ' \
	'of forty cgroup rules each cgroup has its own'

# One cgroup that many different patterns match.
name=$(printf '%d' {1..50} | cut -c1-50)
make_cgroup "/wide/$name"
many=(flush)
for i in {1..50}; do
	many+=("dir=out cgroup=/wide/${name:0:i}* port=$((6000 + i)) idle=$((2000 + i))")
done
rules "${many[@]}" || tap_bail "refused: $(< $KAP/last_error)"
must_ask p cgroup "/wide/$name"
got=
for i in 1 9 17 33 50 33 1; do
	must_ask p listen lx 127.0.0.1 $((6000 + i))
	must_ask p connect c 127.0.0.1 $((6000 + i))
	must_ask p get c
	got+=" $(grep -o 'idle=[0-9]*' <<< "$REPLY")"
	must_ask p close lx
	must_ask p close c
done
must_ask p cgroup /kaptest
tap_is "$got" ' idle=2001 idle=2009 idle=2017 idle=2033 idle=2050 idle=2033 idle=2001' \
	'fifty patterns that match one cgroup: the port tells them apart'

# A socket keeps the cgroup it was made in.
pattern_rule /one
must_ask p cgroup /one
must_ask p socket c 4
must_ask p cgroup /two
must_ask p connectto c 127.0.0.1 $PORT
is_matched c
tap_is "$REPLY" yes 'made in /one, process moved, then connected: /one matches'
accept_and_reset
pattern_rule /two
must_ask p cgroup /one
must_ask p socket c 4
must_ask p cgroup /two
must_ask p connectto c 127.0.0.1 $PORT
is_matched c
tap_is "$REPLY" no 'made in /one, process moved, then connected: /two does not'
accept_and_reset

# And accepted sockets have that of the listener.
only_rules 'dir=in cgroup=/one idle=111s'
must_ask p cgroup /one
must_ask p listen m 127.0.0.1 5433
must_ask p cgroup /two
must_ask p connect d 127.0.0.1 5433
must_ask p accept e m
is_matched e
tap_is "$REPLY" yes 'listener made in /one, accepted in /two: /one matches'
only_rules 'dir=in cgroup=/two idle=111s'
must_ask p connect f 127.0.0.1 5433
must_ask p accept g m
is_matched g
tap_is "$REPLY" no 'listener made in /one, accepted in /two: /two does not'
must_ask p cgroup /kaptest

# Socket activation: the listener is made in foo.socket, handed to a program
# started in foo.service.
make_cgroup /system.slice/foo.socket /system.slice/foo.service
cat > "$TMP/service" << 'EOS'
import l 100
connect c 127.0.0.1 5434
accept s l
get s
get c
EOS
activate()	# CGROUP-IN-RULE: sets ANS of the service's answers
{
	local service

	only_rules "dir=in cgroup=$1 idle=111s"
	service="echo \$\$ > /sys/fs/cgroup/system.slice/foo.service/cgroup.procs &&"
	probe_script <<- EOS
	cgroup /system.slice/foo.socket
	listen l 127.0.0.1 5434
	export l 100
	system $service exec $PROBER < $TMP/service > $TMP/answers
	EOS
	mapfile -t ANSWERS < "$TMP/answers"
}
activate /system.slice/foo.socket
tap_is "${ANSWERS[3]-}" "ok $MATCHED" "socket activation: the .socket unit's rule matches"
tap_is "${ANSWERS[4]-}" "ok $UNTOUCHED" 'socket activation: and only the accepted socket'
activate /system.slice/foo.service
tap_is "${ANSWERS[3]-}" "ok $UNTOUCHED" "socket activation: the .service unit's rule does not"

# The cgroup of a socket may be gone by the time it connects.
make_cgroup /gone
pattern_rule /gone
must_ask p cgroup /gone
must_ask p socket c 4
must_ask p cgroup /kaptest
tap_cmd 'the cgroup of an open socket can be removed' remove_cgroup /gone
must_ask p connectto c 127.0.0.1 $PORT
is_matched c
tap_like "$REPLY" '^(yes|no)$' 'a socket of a removed cgroup connects'
accept_and_reset

# Long paths: 8 components of 200 characters.
component=$(printf 'x%.0s' {1..200})
deep=/deep
for i in {1..8}; do
	deep+=/$i$component
done
make_cgroup "$deep"
pattern_rule /deep
connect_from "$deep"
tap_is "$REPLY" yes 'a path of 1600 characters lies below /deep'
pattern_rule "/**/8$component"
connect_from "$deep"
tap_is "$REPLY" yes 'a path of 1600 characters: its last component is seen'
connect_from "${deep%/*}"
tap_is "$REPLY" no 'a path of 1400 characters: another last component'
