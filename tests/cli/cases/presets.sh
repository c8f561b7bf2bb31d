# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# presets: each can be loaded, and none is one we would warn of.

unset_sysfs='export KAPCTL_SYSFS=/nonexistent; '

t 'presets: list' "${unset_sysfs}kapctl presets"
t 'presets: one' "${unset_sysfs}kapctl presets aws-nlb"
t 'presets: one, JSON' "${unset_sysfs}kapctl presets aws-nlb -j"
t 'presets: unknown' 'kapctl presets frob'
t 'presets: on a terminal' 'on_tty 60 presets | head -n 4'
t 'presets: all' 'kapctl presets -j | jq -r ".presets[].name" | while read -r p; do kapctl presets "$p"; done'

for preset in $("$KAPCTL" presets -j | jq -r '.presets[].name'); do
	check "presets: $preset passes the check" \
		"kapctl presets $preset | kapctl check --strict -"
	check "presets: $preset can be loaded" \
		"kapctl presets $preset | kapctl load --strict -"
	check "presets: $preset: the box sees a probe in time, whichever is lost" \
		"kapctl presets -j | jq -e '.presets[] | select(.name == \"$preset\") |
			(.rule | capture(\"idle=(?<idle>[0-9]+)s intvl=(?<intvl>[0-9]+)s cnt=(?<cnt>[0-9]+)\") |
			map_values(tonumber) | .idle + .intvl * (.cnt - 1)) < .timeout'"
done
