# SPDX-License-Identifier: GPL-2.0
# completion.zsh DIR LINE...: what zsh offers for each command line, as "LINE<tab>WORD", with the function _kapctl
# of DIR. Runs an interactive zsh on a terminal of its own, in which compadd also writes down what it is given.
zmodload zsh/zpty
work=$(mktemp -d)

# For the other shell. TAB completes, forgets the line and says so; only when the line editor is there may a line
# be typed, for what is typed while other programs run goes through the terminal's own editing.
cat >$work/setup <<-END
	PROMPT= CAPTURE=$work/capture LISTMAX=0
	fpath=(${(q)1} \$fpath)
END
cat >>$work/setup <<-'END'
	setopt no_beep no_auto_menu no_prompt_sp
	unset zle_bracketed_paste
	stty -echo cols 2000
	autoload -Uz compinit && compinit -u -D
	zstyle ':completion:*' completer _complete
	compadd() {
		local -a __hits
		local __at=${@[(i)(-|--)]}
		if [[ "${@[1,__at]} " == *' '-[a-zA-Z]#[ADO]\ * || "${@[1,__at]} " == -[a-zA-Z]#[ADO]\ * ]]; then
			builtin compadd "$@"
			return
		fi
		builtin compadd -A __hits "$@"
		[[ -z $__hits ]] || print -rl -- "$LINE"$'\t'"$IPREFIX"${^__hits} >>$CAPTURE
		builtin compadd "$@"
	}
	ask() {
		LINE=$BUFFER
		zle complete-word
		BUFFER=
		print -r -- ANSWERED
	}
	ready() {
		print -r -- READY
	}
	zle -N ask
	zle -N zle-line-init ready
	bindkey '^I' ask
END

await() { # WORD: until the other shell has printed it
	local text
	while zpty -r z text; do
		[[ $text != *$1* ]] || return 0
	done
	return 1
}

zpty z zsh -f -i
zpty -w z "source $work/setup"
await READY || exit 1
shift
for line; do
	zpty -w -n z "$line"$'\t'
	await ANSWERED || exit 1
done
zpty -d z
sort -u $work/capture
rm -rf $work
