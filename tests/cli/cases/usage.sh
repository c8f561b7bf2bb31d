# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# Commands, options and operands; what is wrong with them exits with 2.

t 'help' 'kapctl help'
t 'help: -h' 'kapctl -h | head -n 1; kapctl --help | head -n 1'
t 'help: --json does not change it' 'kapctl help --json | head -n 1'
for command in show add replace del flush load apply save check test stats enable disable \
	presets doctor version; do
	t "help: $command" "kapctl help $command"
	check "help: $command --help and -h say the same" \
		"[ \"\$(kapctl help $command)\" = \"\$(kapctl $command --help)\" ] &&
		 [ \"\$(kapctl help $command)\" = \"\$(kapctl $command -h)\" ]"
done
t 'help: unknown command' 'kapctl help frobnicate'
t 'no command is show' 'kapctl'
t 'no command, JSON' 'kapctl -j | jq -c "[.rules[].id]"'
t 'unknown command' 'kapctl frobnicate'
t 'no abbreviation of a command' 'kapctl sh'
t 'unknown command, JSON' 'kapctl frobnicate -j'
t 'unknown option' 'kapctl show --frobnicate'
t 'unknown letter' 'kapctl show -x'
t 'no abbreviation of an option' 'kapctl show --js'
t 'an option the command does not take' 'kapctl show --strict'
t 'an option without its value' 'kapctl test dir=out -f'
t 'an option with an empty value' 'kapctl test dir=out --file='
t 'an option with a value it does not take' 'kapctl show --json=yes'
t 'options in front, behind, joined' 'echo port=1 idle=90s >r
kapctl -j test port=1 -f r | jq -c .sets
kapctl test port=1 -jf r | jq -c .sets
kapctl test -fr port=1
kapctl test --file=r port=1'
t 'two dashes end the options' 'kapctl add -- -j'
t 'show: too many operands' 'kapctl show rules'
t 'add: no rule' 'kapctl add'
t 'del: nothing to delete' 'kapctl del'
t 'test: no words' 'kapctl test'
t 'presets: two names' 'kapctl presets aws-nlb aws-nat'
t 'stats: two formats' 'kapctl stats --prometheus --json'
t 'stdout is full' 'kapctl save >/dev/full'

# --- what is typed by those who know other tools

for words in list status 'delete pg' reload stop conn savee port=80\ detect=30s; do
	t "meant: $words" "kapctl $words"
done
t 'meant: an option' 'kapctl show --jsno; kapctl show --tabel; kapctl -v; kapctl show -J'
t 'meant: a file with -f' 'kapctl load -f rules.conf; kapctl check -f rules.conf; kapctl save -f x'
t 'meant: an operand of another command' 'kapctl flush pg; kapctl stats pg; kapctl save rules.conf; kapctl enable now'
t 'meant: a rule to delete' 'kapctl del 5; kapctl del pg; kapctl del 5 6 7; kapctl del id=5 id=6'
t 'meant: a rule to show' 'kapctl show 4; kapctl show id=77; kapctl show lna; kapctl show name=lam'
t 'meant: a preset' 'kapctl presets aws; kapctl presets aws-nbl; kapctl presets zzz'
t 'meant: a rule, where files are read' 'kapctl load port=80 detect=30s; kapctl check port=80'
t 'meant: a program is no text' 'printf "\177ELF\2\1\0\0\nport=1\0\n" >x; kapctl check x'
t 'meant: endless' 'kapctl check /dev/zero'
