# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# apply, load --apply: what the module did, in words.

# A module that is asked once, keeps what it was asked in the file asked, and
# answers.
answers='mkfifo "$sys/apply"; { cat "$sys/apply" >asked; echo "looked=120 matched=90 applied=60 app_set=20" >"$sys/apply"; } & '

t 'apply' "${answers}kapctl apply; echo \"exit \$?\"; cat asked"
t 'apply: one rule' "${answers}kapctl apply name=pg; cat asked"
t 'apply: JSON' "${answers}kapctl apply -j id=2"
t 'apply: quiet' "${answers}kapctl apply -q"
t 'apply: disabled' "echo 0 >\"\$sys/enabled\"; ${answers}kapctl apply"
t 'apply: a module without it' 'kapctl apply; echo "exit $?"'
t 'apply: two operands' 'kapctl apply id=1 id=2'
t 'apply: no module' 'rm -r "$sys"; kapctl apply'
t 'load --apply' "${answers}kapctl save | kapctl load --apply -; cat asked"
t 'load --apply: JSON' "${answers}kapctl save | kapctl load --apply -j - | jq -c .apply"
t 'load --apply -n: checks only' 'kapctl save | kapctl load --apply -n -'
t 'load --apply: a module without it' 'kapctl save | kapctl load --apply -; echo "exit $?"'
