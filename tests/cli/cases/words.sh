# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# Nothing of module/rule/errors.h is without a case in one of the other files.

# kapctl cannot cause these: it writes whole, well-formed transactions
never='TOO_BIG BEGIN IN_BEGIN NO_BEGIN AFTER_COMMIT OFFSET'
while IFS=$'\t' read -r name text; do
	[[ " $never " == *" $name "* ]] && continue
	check "errors.h: $name is shown" \
		"grep -qF -- $(printf %q "$text") '$here'/golden/*.txt"
done < <(sed -n 's/^\tX(\([A-Z_]*\),[^"]*"\(.*\)").*/\1\t\2/p' "$top/module/rule/errors.h")
