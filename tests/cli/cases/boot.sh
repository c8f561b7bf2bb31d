# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# The unit, the list of modules and the example configuration that are installed.

# with_analyze NAME COMMAND: a case for which systemd-analyze is needed
with_analyze() {
	if command -v systemd-analyze >/dev/null; then
		check "$1" "$2"
	else
		report ok "$section: $1 # SKIP no systemd-analyze"
	fi
}

# The unit with the kapctl that is tested here, not yet installed.
unit() {
	sed "s|/usr/sbin/kapctl|$KAPCTL|" "$top/tools/systemd/kapolicy.service" >kapolicy.service
}

with_analyze 'unit: nothing to complain of' \
	'unit; systemd-analyze verify --man=no ./kapolicy.service 2>&1 | tee out; [ ! -s out ]'
with_analyze 'unit: little to attack' \
	'unit; systemd-analyze security --offline=true --threshold=20 ./kapolicy.service'
check 'unit: loads what load loads without FILE' \
	'[ "$(sed -n "s/^Exec[A-Za-z]*=//p" "$top/tools/systemd/kapolicy.service" | sort -u)" = "/usr/sbin/kapctl load --empty" ]'
check 'modules-load.conf: the module and no other' \
	'[ "$(grep -v "^#" "$top/tools/systemd/modules-load.conf")" = kapolicy ]'
check 'rules.conf: no rule is active' \
	'kapctl check -j "$top/tools/conf/rules.conf" | jq -e ".files[0].rules == 0"'
check 'rules.conf: each example is a good one, also together' '
sed -n "s/^#\(name=\)/\1/p" "$top/tools/conf/rules.conf" >examples
cat examples
[ "$(wc -l <examples)" -ge 3 ] && kapctl check --strict examples'
check 'rules.conf: under 40 lines of 80 columns' '
[ "$(wc -l <"$top/tools/conf/rules.conf")" -lt 40 ] && ! grep ".\{81\}" "$top/tools/conf/rules.conf"'
