#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules that would make the lookup of a connection slow are refused, and those are named.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

load_module

# N rules that are alike in every key, and whose prefixes have to be compared one by one.
alike()	# N
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "name=r$i port=1-40000,50000-60000 raddr=2001:db8::/48,2001:db9:1::/48 uid=$i-4000000000 idle=60s"
	done
}

flush
rules 'port=443 idle=1s'
{ echo begin; alike 50; echo commit; } > "$TMP/few"
{ echo begin; alike 400; echo commit; } > "$TMP/many"

before=$(< $KAP/generation)
error=$(LC_ALL=C cat "$TMP/many" 2>&1 > $KAP/rules) || :
tap_like "$error" 'No space left on device' '400 rules that overlap in every key: ENOSPC'
tap_like "$(< $KAP/last_error)" \
	'^402:1-6: too many rules overlap in all that they match by \(id=[0-9]+ to id=[0-9]+\)$' \
	'last_error says between which'
tap_is "$(wc -l < $KAP/rules) $(< $KAP/generation)" "1 $before" 'nothing has changed'
tap_cmd '50 of them are accepted' sh -c "cat '$TMP/few' > $KAP/rules"
tap_is "$(wc -l < $KAP/rules)" 51 'and are there'
tap_is "$(< $KAP/last_error)" '' 'last_error is empty again'
