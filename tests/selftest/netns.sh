#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# One rule set for every network namespace and container, and nobody but
# root of the host may change it.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'
MATCHED='keepalive=1 idle=111 intvl=75 cnt=9 user_timeout=0'

load_module

# --- network namespaces -----------------------------------------------------

host a
host b
link a b
link - a

# Connects HOST to SERVER at ADDRESS; ANS[out] and ANS[in] are the values.
connection()	# HOST SERVER ADDRESS
{
	probe_script <<- EOS
	netns $2
	listen l $3 5432
	netns $1
	connect c $3 5432
	accept s l
	@out get c
	@in get s
	EOS
}

check_hosts()
{
	local client server address

	while read -r client server address; do
		connection "$client" "$server" "$address"
		tap_is "${ANS[out]}" "$MATCHED" "from $client to $server, $address: out"
		tap_is "${ANS[in]}" "$MATCHED" "from $client to $server, $address: in"
	done
}

only_rules 'port=5432 idle=111s'
check_hosts << TABLE
- - 127.0.0.1
- a ${IP4[a.-]}
a - ${IP4[-.a]}
a b ${IP4[b.a]}
b a ${IP6[a.b]}
a a ::1
b b 127.0.0.1
TABLE

# A namespace made after the rule, and one with sysctls of its own.
host late
echo 600 > "$TMP/time"
ip netns exec late sh -c "cat $TMP/time > /proc/sys/net/ipv4/tcp_keepalive_time"
connection late late 127.0.0.1
tap_is "${ANS[out]}" "$MATCHED" 'in a namespace made after the rule'
only_rules 'port=5432 intvl=9s'
connection late late 127.0.0.1
tap_is "${ANS[out]}" 'keepalive=1 idle=600 intvl=9 cnt=9 user_timeout=0' \
	"what the rule does not name follows the sysctl of the socket's namespace"
connection a a 127.0.0.1
tap_is "${ANS[out]}" 'keepalive=1 idle=7200 intvl=9 cnt=9 user_timeout=0' 'of that namespace only'
only_rules 'port=5432 idle=111s'
connection a b "${IP4[b.a]}"
tap_is "$(ss_keepalive a dport = 5432)$(ss_keepalive b sport = 5432)" nonenone 'the connections are closed again'

# --- a container ------------------------------------------------------------

# Own network, mount, cgroup, pid, uts and ipc namespaces, as a container
# engine makes them; $1 is the container's cgroup.
container()	# CGROUP < prober script
{
	make_cgroup "$1"
	probe_script_in in_container "$1"
}

in_container()	# CGROUP COMMAND...
{
	local cgroup=$1

	shift
	# shellcheck disable=SC2016	# for the shell in the container
	sh -c 'echo 0 > "/sys/fs/cgroup$0/cgroup.procs" && exec "$@"' "$cgroup" \
		unshare -n -m -C -p -f -u -i sh -c 'ip link set lo up && exec "$0"' "$@"
}

CONTAINER=/system.slice/docker-0123abcd.scope
SCRIPT='
listen l 127.0.0.1 5432
listen l6 ::1 5432
connect c 127.0.0.1 5432
accept s l
connect c6 ::1 5432
accept s6 l6
@out get c
@in get s
@out6 get c6
@in6 get s6'

only_rules 'cgroup=/system.slice/docker-*.scope port=5432 idle=111s'
container $CONTAINER <<< "$SCRIPT"
for end in out in out6 in6; do
	tap_is "${ANS[$end]}" "$MATCHED" "container: the cgroup path of the host matches, $end"
done
container /system.slice/other.scope <<< "$SCRIPT"
tap_is "${ANS[out]}" "$UNTOUCHED" 'another container does not match'
only_rules 'cgroup=/docker-0123abcd.scope port=5432 idle=111s'
container $CONTAINER <<< "$SCRIPT"
tap_is "${ANS[out]}" "$UNTOUCHED" 'container: a path as seen from inside does not match'
container $CONTAINER << 'EOS'
@self system test "$(cut -d: -f3 /proc/self/cgroup)" = /
EOS
tap_is "${ANS[self]}" 0 'container: it has a cgroup namespace indeed'

# User ids are those of the host, also for a container with its own.
userns_values()	# RULE-UID: sets REPLY
{
	only_rules "uid=$1 port=5432 idle=111s"
	probe_script <<- EOS
	become 1000
	userns
	listen l 127.0.0.1 5432
	connect c 127.0.0.1 5432
	@out get c
	EOS
	REPLY=${ANS[out]}
}
userns_values 1000
tap_is "$REPLY" "$MATCHED" "root of a user namespace is the host's uid 1000"
userns_values 0
tap_is "$REPLY" "$UNTOUCHED" 'and not uid 0'

# --- who may write ----------------------------------------------------------

RULE='port=5432 idle=222s'
only_rules 'name=kept port=5432 idle=111s'
kept=$(< $KAP/rules)
generation=$(< $KAP/generation)

# Tries to write FILE after the prober commands of PRELUDE (a line each).
refused()	# DESC FILE TEXT ERRNOS PRELUDE...
{
	local desc=$1 file=$2 text=$3 errnos=$4 script

	shift 4
	script=$(printf '%s\n' "$@" "@open open f $KAP/$file w" "@write write f $text")
	probe_script <<< "$script"
	case ${ANS[open]} in
	'') ANS[refusal]="write: ${ANS[write]}" ;;
	*) ANS[refusal]="open: ${ANS[open]}" ;;
	esac
	tap_like "${ANS[refusal]}" "err ($errnos)" "$desc cannot write $file"
}

while read -r file text; do
	refused 'an unprivileged user' "$file" "$text" 'EACCES|EPERM' 'become 1000'
	refused 'root of a user namespace of an unprivileged user' "$file" "$text" 'EACCES|EPERM' 'become 1000' userns
	refused 'root of a user namespace made by root' "$file" "$text" 'EACCES|EPERM' userns
	refused 'root without CAP_NET_ADMIN' "$file" "$text" 'EACCES|EPERM' 'dropcap 12'
done << TABLE
rules $RULE\\n
enabled 0\\n
max_rules 5\\n
TABLE

# Who writes counts as well, not only who opened the file.
probe_script << EOS
open f $KAP/rules w
open e $KAP/enabled w
dropcap 12
@rules write f $RULE\n
@enabled write e 0\n
EOS
tap_is "${ANS[rules]}" 'err EPERM' 'rules: opened with CAP_NET_ADMIN, written without'
tap_is "${ANS[enabled]}" 'err EPERM' 'enabled: opened with CAP_NET_ADMIN, written without'

# Permission bits are not all: an administrator may have opened them up.
chmod 0666 $KAP/rules
at_exit chmod 0644 $KAP/rules
refused 'mode 0666: an unprivileged user' rules "$RULE\\n" EPERM 'become 1000'
refused 'mode 0666: root of a user namespace' rules "$RULE\\n" EPERM 'become 1000' userns
chmod 0644 $KAP/rules

tap_is "$(< $KAP/rules)" "$kept" 'after all that the rules are the same'
tap_is "$(< $KAP/generation)" "$generation" 'and the generation'
tap_is "$(< $KAP/enabled)" 1 'and enabled'
probe_script << EOS
dropcap 1
@open open f $KAP/rules w
@write write f $RULE\\n
EOS
tap_is "${ANS[write]}" $((${#RULE} + 1)) 'root without another capability can'
tap_like "$(command stat -c '%U %a' $KAP/rules $KAP/enabled | sort -u)" '^root 6[04][04]$' \
	'files belong to root, and only root may write'
