#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The main job of kapolicy as a story: programs that know nothing of keepalive,
# or have their own idea of it, a cable that is pulled, and one rule. Runs as root
# in the guest of tests/vm/run --virtual; tests/demo/run starts it. The story
# checks whatever it tells, and fails where things come out differently.
#
#     story.sh [--color]    in colour even if the output is no terminal

KAP=/sys/kernel/kapolicy
TMP=$(mktemp -d) || exit 1
headline='' typed='' plain=''
if [ -t 1 ] || [ "$1" = --color ]; then
	headline=$'\e[1;36m' typed=$'\e[1m' plain=$'\e[0m'
	export TERM=xterm
fi

# --- the story teller's tools -------------------------------------------------

act()	# HEADLINE
{
	printf '\n%s=== %s %.*s%s\n' "$headline" "$1" $((72 - ${#1})) \
		'========================================================================' "$plain"
}

tell()	# LINE...
{
	printf '%s\n' "$@"
}

# Shows COMMAND as typed, and what it prints, which is also kept in OUT.
run()	# COMMAND
{
	run_in here "$1"
}

# The same on a terminal, for what prints its table only there.
run_tty()	# COMMAND
{
	printf '# %s%s%s\n' "$typed" "$1" "$plain"
	OUT=$(script -qec "$1" /dev/null < /dev/null | tr -d '\r')
	printf '%s\n' "$OUT"
}

# The same on one of the machines, whose name is part of the prompt.
on()	# MACHINE COMMAND
{
	run_in "$1" "$2"
}

run_in()
{
	local prompt="$1# " in=(ip netns exec "$1")

	[ "$1" != here ] || { prompt='# ' in=(); }
	printf '%s%s%s%s\n' "$prompt" "$typed" "$2" "$plain"
	OUT=$("${in[@]}" bash -c "$2" 2>&1)
	STATUS=$?
	[ -z "$OUT" ] || printf '%s\n' "$OUT"
}

# Shows COMMAND as typed on MACHINE and leaves it running; what it prints is in
# $TMP/NAME, its status in $TMP/NAME.status, when it ended in $TMP/NAME.time.
start()	# NAME MACHINE COMMAND
{
	printf '%s# %s%s &%s\n' "$2" "$typed" "$3" "$plain"
	ip netns exec "$2" bash -c "$3; echo \$? > $TMP/$1.status; cat /proc/uptime > $TMP/$1.time" \
		> "$TMP/$1" 2>&1 < /dev/null &
}

now()		# sets NOW, milliseconds on the clock of this machine
{
	read -r NOW _ < "${1:-/proc/uptime}"
	NOW=$((10#${NOW/./} * 10))
}

seconds()	# MILLISECONDS
{
	printf '%d.%02d' $(($1 / 1000)) $(($1 % 1000 / 10))
}

# The story ends badly unless CONDITION... is true.
must()	# WHAT CONDITION...
{
	local what=$1

	shift
	"$@" && return
	printf '\n*** The story does not come out as told: %s\n' "$what"
	exit 1
}

has()	# TEXT REGEX
{
	[[ $1 =~ $2 ]]
}

lacks()	# TEXT REGEX
{
	! has "$@"
}

within()	# SECONDS COMMAND...
{
	local i

	for ((i = $1 * 10; i > 0; i--)); do
		"${@:2}" && return
		sleep 0.1
	done
	return 1
}

# --- two machines and a switch ------------------------------------------------

tidy_up()
{
	ip netns pids server 2> /dev/null | xargs -r kill
	ip netns pids client 2> /dev/null | xargs -r kill
	ip netns del client
	ip netns del server
	ip link del switch
	rm -rf "$TMP"
} 2> /dev/null

machine()	# NAME ADDRESS
{
	ip netns add "$1" &&
	ip link add "to-$1" type veth peer name eth0 netns "$1" &&
	ip link set "to-$1" master switch up &&
	ip -n "$1" addr add "$2/24" dev eth0 &&
	ip -n "$1" link set lo up &&
	ip -n "$1" link set eth0 up
}

trap tidy_up EXIT
{
	ip link add switch type bridge && ip link set switch up &&
	machine client 10.0.0.1 && machine server 10.0.0.2
} || exit 1

listening()
{
	[ -n "$(ip netns exec server ss -Htln sport = 5432)" ]
}

connected()
{
	[ -n "$(ip netns exec server ss -Htn state established sport = 5432)" ]
}

# No connection is left, at either end.
quiet()
{
	[ -z "$(ip netns exec client ss -Htn)$(ip netns exec server ss -Htn)" ]
}

# The process of cat on MACHINE.
cats()		# MACHINE
{
	local pid

	for pid in $(ip netns pids "$1"); do
		[ "$(< "/proc/$pid/comm")" != cat ] || echo "$pid"
	done
}

ended()		# NAME
{
	[ -s "$TMP/$1.time" ]
}

# --- the story ----------------------------------------------------------------

tell "kapolicy: TCP keepalive by rule, for programs that set nothing." '' \
	"This is a stock Debian kernel, $(uname -r), in a virtual machine that is thrown away." \
	"In it are two machines, client (10.0.0.1) and server (10.0.0.2), joined by a switch." \
	"Where nothing happens the clock is put forward: two hours pass in seconds." '' \
	"A time such as detect=30s counts silence: from the peer's last sign of life or, with data in" \
	"flight, from the first byte that is not answered. The kernel's timers may be an eighth late."

act '1. A server and a client that set nothing'
tell "The server echoes what it is sent; the client waits for something to read, as one waits" \
	"for the result of a long query. Neither asks for keepalive, like most programs."
start nc server 'nc -ll -p 5432 -e cat 2> /tmp/nc.log'
must 'the server listens' within 10 listening
start first client 'cat < /dev/tcp/10.0.0.2/5432'
must 'the client connects' within 10 connected
on client 'ss -tno'
must 'ss shows the connection' has "$OUT" 'ESTAB .*10\.0\.0\.2:5432'
must 'without a timer' lacks "$OUT" 'timer:'
tell '' 'No "timer:(...)" at the end of the line: nobody will ever ask whether the server is still there.' \
	'How long would that stay unnoticed, for all connections of this host? The module is not loaded yet:' ''
run_tty 'kapctl audit'
must 'the audit says never' has "$OUT" 'never'

act '2. The cable is pulled'
run 'ip link set to-server down     # on the switch: the client still has link'
must 'the cable can be pulled' [ $STATUS = 0 ]
now
pulled=$NOW
run 'sleep 7200                     # two hours'
now
hung=$((NOW - pulled))
on client 'ss -tno'
must 'two hours have passed' [ $hung -ge 7200000 ]
must 'the connection is still there' has "$OUT" 'ESTAB .*10\.0\.0\.2:5432'
must 'the client is still running' [ ! -e "$TMP/first.status" ]
on client "ps -o pid,etime,args -p $(cats client)"
must 'cat has been running for two hours' has "$OUT" '02:0[0-9]:[0-9]+ cat'
tell '' 'Two hours later the client is still waiting, on a connection that looks as good as new,' \
	'and so does the end of it at the server. As long as neither sends anything, that stays so.'
kill "$(cats client)" "$(cats server)"
run 'ip link set to-server up'
must 'the two programs can be ended' within 30 quiet

act '3. One rule'
run 'insmod kapolicy.ko'
must 'the module loads' [ $STATUS = 0 ]
run "echo 'name=pg port=5432 detect=30s' > $KAP/rules"
must 'the rule is accepted' [ $STATUS = 0 ]
run "cat $KAP/rules"
must 'the rule is there' has "$OUT" '^add name=pg port=5432 .*idle=15s intvl=5s cnt=3 user_timeout=auto +# id=1$'
run "cat $KAP/counters"
must 'nothing is counted yet' has "$OUT" 'matched=0 .*timed_out=0'

act '4. The same again'
tell 'The server is the one of act 1: it was not restarted, nor told anything.'
tell ''
start second client 'cat < /dev/tcp/10.0.0.2/5432'
must 'the client connects' within 10 connected
on client 'ss -tno'
must 'ss shows a timer at the client' has "$OUT" 'ESTAB .*:5432 .*timer:\(keepalive,1[0-9](\.[0-9]+ms|sec),0\)'
client_timer=$(grep -o 'timer:([^)]*)' <<< "$OUT")
on server 'ss -tno'
must 'ss shows a timer at the server' has "$OUT" 'ESTAB .*timer:\(keepalive,1[0-9](\.[0-9]+ms|sec),0\)'
tell '' 'Both ends ask now, from 15 s of silence on, every 5 s, three times.' ''
now
opened=$NOW
run 'ip link set to-server down'
now
pulled=$NOW
tell "client# ${typed}wait${plain}"
must 'the client ends by itself' within 120 ended second
cat "$TMP/second"
must "it says Connection timed out" has "$(< "$TMP/second")" '^cat: .*Connection timed out$'
must 'it ends with an error' [ "$(< "$TMP/second.status")" = 1 ]
now "$TMP/second.time"
took=$((NOW - pulled))
silence=$((NOW - opened))
tell '' "Connection timed out is cat's own message, $(seconds $took) s after the cable was pulled." ''
must 'not before the promised time (28.1 s)' [ $silence -ge 28125 ]
must 'not after it (30 s, and an eighth for the timers of the kernel)' [ $took -le 33850 ]
must 'the end at the server ends, too' within 10 quiet
on server 'ss -tno'
must 'the end at the server is gone as well' lacks "$OUT" ':5432'
tell '' 'The end at the server is gone as well, and its cat said the same:' ''
run 'cat /tmp/nc.log'
must 'the server says so' has "$OUT" '^cat: .*Connection timed out$'
run "cat $KAP/counters"
must 'both ends are counted' has "$OUT" '^id=1 .*matched=2 applied=2 app_set=0 held=0 timed_out=2$'
run 'ip link set to-server up'

act '5. With data in flight'
tell 'This client sends a line once the cable has been pulled, and gets no answer.' ''
now
pulled_at=$NOW
start third client 'exec 3<> /dev/tcp/10.0.0.2/5432; sleep 5; echo are you there >&3; cat <&3'
must 'the client connects' within 10 connected
run 'ip link set to-server down'
tell "client# ${typed}wait${plain}"
must 'the client ends by itself' within 120 ended third
cat "$TMP/third"
must 'it says why' has "$(< "$TMP/third")" '^cat: .*(Connection timed out|No route to host)$'
now "$TMP/third.time"
took_busy=$((NOW - pulled_at))
tell '' "The line was given up $(seconds $((took_busy - 5000))) s after it was sent. Without a rule that takes 15 minutes." ''
must 'not before the promised time' [ $took_busy -ge $((28125 + 4500)) ]
must 'not long after it' [ $took_busy -le 45000 ]
must 'the end at the server ends, too' within 60 quiet
run 'ip link set to-server up'

act '6. A program with its own idea of keepalive'
tell 'This one asks for keepalive itself, as redis-server does: after 300 s, every 100 s. In the default' \
	'mode that would stand. A rule in mode=clamp is an order: no later than the rule says.' ''
run "kapctl replace name=pg port=5432 detect=30s mode=clamp"
must 'the rule is accepted' [ $STATUS = 0 ]
cat > /tmp/stubborn.py << 'END'
import sys
from socket import *
c = create_connection(("10.0.0.2", 5432))
c.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
c.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 300)
c.setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, 100)
times = [c.getsockopt(IPPROTO_TCP, o) for o in (TCP_KEEPIDLE, TCP_KEEPINTVL)]
print("asked for 300/100, has %d/%d" % tuple(times), flush=True)
try:
    c.recv(1)
except OSError as e:
    sys.exit("stubborn.py: " + e.strerror)
END
run "cat /tmp/stubborn.py"
start fourth client "python3 /tmp/stubborn.py"
must 'the client connects and has set its times' within 30 grep -q asked "$TMP/fourth"
cat "$TMP/fourth"
must 'the rule holds' has "$(< "$TMP/fourth")" 'asked for 300/100, has 15/5'
now
pulled=$NOW
run 'ip link set to-server down'
must 'the client ends by itself' within 120 ended fourth
now "$TMP/fourth.time"
took_clamp=$((NOW - pulled))
tell '' "It was told after $(seconds $took_clamp) s, not after 600:"
tail -n 1 "$TMP/fourth"
must 'in the promised time' [ $took_clamp -le 33850 ]
must 'the end at the server ends, too' within 60 quiet
run 'ip link set to-server up'

act '7. A connection that hangs already'
run 'kapctl flush'
start fifth client 'cat < /dev/tcp/10.0.0.2/5432'
must 'the client connects' within 10 connected
run 'ip link set to-server down'
run 'sleep 3600                     # an hour without rules'
must 'the client is still running' [ ! -e "$TMP/fifth.status" ]
tell 'A new rule concerns new connections. "apply" gives it to those there are:' ''
run 'kapctl add name=pg port=5432 detect=30s && kapctl apply name=pg'
must 'it is applied' [ $STATUS = 0 ]
now
applied=$NOW
must 'the client ends by itself' within 120 ended fifth
now "$TMP/fifth.time"
took_apply=$((NOW - applied))
cat "$TMP/fifth"
tell '' "Found after $(seconds $took_apply) s."
must 'in the promised time' [ $took_apply -le 33850 ]
must 'the end at the server ends, too' within 60 quiet
run_tty kapctl
must 'kapctl shows the rule' has "$OUT" 'port=5432'

act 'What was measured'
printf '  %-34s %-22s %s\n' \
	'' 'without a rule' 'port=5432 detect=30s' \
	'timer shown by ss -tno' 'none' "${client_timer#timer:}" \
	'client ends, cable pulled' "not in $(seconds $hung) s" "after $(seconds $took) s" \
	'what it says' 'nothing' "$(sed 's/^cat: .*: //' "$TMP/second")" \
	'with data in flight' 'after about 15 minutes' "after $(seconds $((took_busy - 5000))) s" \
	'300/100 set by the program' 'after 600 s' "after $(seconds $took_clamp) s (clamp)" \
	'hangs already' 'for ever' "$(seconds $took_apply) s after apply" \
	'programs changed or restarted' '-' 'none'
tell ''
