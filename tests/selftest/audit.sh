#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# kapctl audit: groups, worst cases, and rules that make the next audit clean.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# Prints the rules that an audit suggests.
suggested()
{
	kapctl audit "$@" 2>> "$TMP/err" | grep -v '^#'
}

host a
host b
link a b
make_cgroup /audit/client /audit/server
session p
must_ask p netns b
must_ask p cgroup /audit/server
must_ask p listen l "${IP4[b.a]}" 5432
must_ask p listen m "${IP4[b.a]}" 6379
must_ask p netns a
must_ask p cgroup /audit/client
for i in 1 2 3; do
	must_ask p connect "c$i" "${IP4[b.a]}" 5432
	must_ask p accept "s$i" l
done
must_ask p connect d "${IP4[b.a]}" 6379
must_ask p accept e m

# --- without the module

kapctl audit -j > "$TMP/json"
tap_is "$(grep -c '"program": "prober"' "$TMP/json")" 4 'a group for each service, direction and port'
tap_like "$(grep '"cgroup": "/audit/client".*"dir": "out", "port": 5432' "$TMP/json")" \
	'"connections": 3, "unknown": 0, "never": 3, "above": 3, "unnoticed_idle_s": null' 'how many, and the worst'
tap_is "$(suggested | sort)" "$(printf '%s\n' 'cgroup=/audit/client dir=out port=5432 detect=30s' \
	'cgroup=/audit/client dir=out port=6379 detect=30s' 'cgroup=/audit/server dir=in port=5432 detect=30s' \
	'cgroup=/audit/server dir=in port=6379 detect=30s')" 'a rule for each'
kapctl audit > "$TMP/rules"
tap_cmd 'all of it can be pasted into a file of rules' kapctl check --strict "$TMP/rules"
kapctl audit --max 5m > /dev/null
tap_is $? 1 '--max: there are some above'
kapctl audit --max 5m port=9 > /dev/null
tap_is $? 0 '--max: there are none'
kapctl audit > /dev/null
tap_is $? 0 'without --max: no failure'
for bad in 5 x auto -1s; do
	kapctl audit "--max=$bad" > /dev/null 2>&1
	tap_is $? 1 "--max=$bad is refused"
done
kapctl audit --prometheus > "$TMP/prom"
tap_is "$(grep -c '^kapolicy_audit_connections_never{cgroup="/audit/client",program="prober",dir="out",port="5432"} 3$' "$TMP/prom")" 1 \
	'--prometheus: never'
tap_is "$(grep -c '^kapolicy_audit_unnoticed_idle_seconds{.*} +Inf$' "$TMP/prom")" 4 '--prometheus: the worst'
tap_is "$(awk 'length > 80' "$TMP/rules" | grep -c '^#')" 0 '80 columns'

# --- what is suggested, loaded, makes the next audit clean

load_module
tap_cmd 'what is suggested can be loaded' kapctl load "$TMP/rules"
tap_is "$(suggested)" '' 'no rule is suggested a second time'
tap_like "$(kapctl audit)" 'once "kapctl apply"' '... but they have to be applied'
for i in 1 2 3; do
	must_ask p close "c$i"
	must_ask p close "s$i"
	must_ask p connect "c$i" "${IP4[b.a]}" 5432
	must_ask p accept "s$i" l
done
must_ask p close d
must_ask p close e
must_ask p connect d "${IP4[b.a]}" 6379
must_ask p accept e m
tap_cmd 'new connections: the next audit is clean' kapctl audit --max 5m program=prober
tap_cmd '... within what detect= says, too' kapctl audit --max 31s program=prober

# --- programs that choose for themselves

for i in 1 2 3; do
	must_ask p set "c$i" idle 7000
	must_ask p set "c$i" user_timeout 0
done
suggestion=$(suggested program=prober)
tap_is "$suggestion" 'prio=999 cgroup=/audit/client dir=out port=5432 detect=30s mode=clamp' \
	'against what the program has set: mode=clamp, in front'
echo "$suggestion" >> "$TMP/rules"
tap_cmd '... which can be loaded' kapctl load "$TMP/rules"
tap_is "$(suggested program=prober)" '' '... and covers them'

# --- the dry run

kapctl flush > /dev/null
tap_is "$(suggested -f "$TMP/rules" program=prober)" '' '-f FILE: covered by the rules of a file'
tap_cmd_fails '... that are not in force' kapctl audit --max 5m -f "$TMP/rules" program=prober

# --- other limits; what a rule gave that is gone counts as the program's

tap_is "$(suggested --max 10s port=6379 dir=in)" 'cgroup=/audit/server dir=in port=6379 detect=10s mode=clamp' \
	'--max below 30 s asks for more'
end_session p
