# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of kapctl for bash. The words are kapctl's own: its help, its presets, the rules in force.

# "dir" has few values; what has many, or none, is not here.
_kapctl_values() { # KEY
	case $1 in
	dir) echo in out ;;
	keepalive) echo off on ;;
	mode) echo clamp default force ;;
	action) echo skip ;;
	user_timeout) echo auto none ;;
	uid) compgen -u ;;
	unit) systemctl list-units --all --plain --no-legend --type=service,slice,scope,socket 2>/dev/null | cut -d ' ' -f 1 ;;
	esac
}

_kapctl_commands() {
	kapctl --help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p'
}

_kapctl_options() { # [COMMAND]
	kapctl ${1:+"$1"} --help 2>/dev/null |
		sed -nE 's/^ {2,6}(-[A-Za-z], )?(--[a-z-]+).*/\1\2/p' | tr -d ','
	[[ $1 ]] || echo -h --help -j --json -V --version
}

# "Match:", "Set:" and "Other:" are lines of the help of add.
_kapctl_keys() {
	kapctl add --help 2>/dev/null |
		sed -nE 's/^(Match|Set|Other): *//p' | tr -cs 'a-z_=' '\n' | sed -n 's/=.*//; /../p' | grep -vx or
}

# Of these, the ones that the help of test speaks of.
_kapctl_test_keys() {
	kapctl test --help 2>/dev/null | tr -cs 'a-z_' '\n' | grep -Fx -f <(_kapctl_keys)
}

# Those that connections can be selected by.
_kapctl_filters() {
	kapctl add --help 2>/dev/null | sed -nE 's/^Match: *//p'
	echo state program pid
}

# What --sort takes, as the help of show says.
_kapctl_sort() {
	kapctl show --help 2>/dev/null | sed -nE 's/^KEY is one of: *//p' | sed 's/([^)]*)//' | tr -cs 'a-z_' '\n'
}

# id=N and name=X of the rules in force
_kapctl_rules() {
	kapctl show 2>/dev/null | tr ' ' '\n' | grep -E '^(id|name)='
}

_kapctl_presets() {
	kapctl presets 2>/dev/null | sed -n '2,$s/ .*//p'
}

# Paths below START as rules have them; / behind those that go on.
_kapctl_cgroups() { # START
	local dir root=${KAPCTL_SYS:-/sys}/fs/cgroup
	[[ -e $root/cgroup.procs || ! -d $root/unified ]] || root+=/unified
	for dir in "$root/${1#/}"*/; do
		[[ -d $dir ]] || continue
		dir=${dir%/}
		echo "${dir#"$root"}"
		compgen -G "$dir/*/" >/dev/null && echo "${dir#"$root"}/"
	done
}

# What may stand in place of CURRENT, a line each.
_kapctl_candidates() { # COMMAND CURRENT WORD...
	local command=$1 current=$2 key word IFS=$' \t\n'
	shift 2
	if [[ $current == -* ]]; then
		_kapctl_options "$command" | tr ' ' '\n'
		[[ $command != load && $command != check ]] || echo -
		return
	fi
	case $command in
	'' | help) _kapctl_commands; return ;;
	del) _kapctl_rules; return ;;
	show) _kapctl_rules | sed 's/^name=//'; return ;;
	presets) _kapctl_presets; return ;;
	load | check) echo -; compgen -f -- "$current"; return ;;
	add | replace | test | connections | audit) ;;
	*) return ;;
	esac
	if [[ $current == cgroup=* ]]; then
		_kapctl_cgroups "${current#*=}" | sed 's/^/cgroup=/'
	elif [[ $current == *=* ]]; then
		for word in $(_kapctl_values "${current%%=*}"); do
			echo "${current%%=*}=$word"
		done
	else
		for key in $(case $command in
			test) _kapctl_test_keys ;;
			connections | audit) _kapctl_filters ;;
			*) _kapctl_keys ;;
			esac); do
			[[ " $* " == *" $key="* ]] || echo "$key="
		done
	fi
}

_kapctl() {
	local words current previous='' command='' word i line=${COMP_LINE:0:COMP_POINT}
	# "=" separates words for bash, not for kapctl, so by blanks
	read -ra words <<<"$line"
	[[ $line != *[[:blank:]] ]] || words+=('')
	current=${words[-1]}
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		[[ $command || $word == -?* || $previous == -f || $previous == --@(file|sort|max) ]] || command=$word
		previous=$word
	done

	COMPREPLY=()
	local IFS=$'\n'
	if [[ $previous == -f || $previous == --file ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		compopt -o filenames 2>/dev/null
		return
	fi
	if [[ $previous == --sort ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_kapctl_sort)" -- "$current")
		return
	fi
	mapfile -t COMPREPLY < <(_kapctl_candidates "$command" "$current" "${words[@]:1}" |
		while IFS= read -r word; do [[ $word != "$current"* ]] || printf '%s\n' "$word"; done)
	# a blank comes after what is complete
	if ((${#COMPREPLY[@]} == 1)) && [[ $command != help && ${COMPREPLY[0]} == *[=/] ]]; then
		compopt -o nospace 2>/dev/null
	fi
	case $command in
	load | check) compopt -o filenames 2>/dev/null ;;
	*)
		# bash replaces what stands behind its last separator only
		if [[ $current == *=* && $COMP_WORDBREAKS == *=* ]]; then
			COMPREPLY=("${COMPREPLY[@]#"${current%"${current##*=}"}"}")
		fi
		;;
	esac
}

complete -F _kapctl kapctl
