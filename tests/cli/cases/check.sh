# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# check: every error and every warning, and how they are shown.

# line NAME LINE: what check says of a file of one line
line() {
	t "$1" "printf '%b\\n' $(printf %q "$2") | kapctl check -"
}

# --- every error of the language

line 'CHAR' 'idle=90s\x1b[31m'
line 'CHAR: NUL' 'idle=90s\0000 cnt=3'
t 'LINE' 'printf "port=1 idle=90s #%0262128d\n" 0 | kapctl check -'
t 'LINE: too long once it is canonical' \
	'echo "cgroup=/$(printf %0262110d 0) port=1 uid=1,2,3 idle=1h" | kapctl check -'
line 'COMMAND' 'frobnicate port=1'
line 'WORD' 'port=1 idle'
line 'KEY' 'prt=1 idle=90s'
line 'KEY: no key' '=1 idle=90s'
line 'REPEATED' 'port=1 idle=90s port=2'
line 'EXTRA' 'flush now'
line 'DEL' 'del port=1'
line 'DESTROY' 'destroy id=5'
line 'EMPTY' 'port= idle=90s'
line 'EMPTY: at the end' 'idle=90s port='
line 'EMPTY: an element' 'port=1,,2 idle=90s'
line 'EMPTY: the last element' 'idle=90s port=1,'
line 'NUMBER' 'port=- idle=90s'
line 'NUMBER: in a range' 'port=1-x idle=90s'
line 'ID' 'del id=18446744073709551616'
line 'NAME' 'name=a/b idle=90s'
line 'NAME: too long' 'name=abcdefghijklmnopqrstuvwxyz0123456789 idle=90s'
line 'PRIO' 'prio=65536 idle=90s'
line 'PORT' 'port=80,443,70000 idle=90s'
line 'UID' 'uid=4294967295 idle=90s'
line 'REVERSED' 'port=20-10 idle=90s'
line 'ADDR' 'raddr=10.0.0.256 idle=90s'
line 'PREFIX' 'raddr=10.0.0.0/33 idle=90s'
line 'CGROUP' 'cgroup=system.slice idle=90s'
line 'CGROUP_FS' 'cgroup=/sys/fs/cgroup/system.slice/x.service idle=90s'
line 'CGROUP_EMPTY' 'cgroup=/a//b idle=90s'
line 'CGROUP_STARS' 'cgroup=/a/b**/c idle=90s'
line 'DIR' 'dir=both idle=90s'
line 'KEEPALIVE' 'keepalive=1'
line 'MODE' 'mode=hard idle=90s'
line 'ACTION' 'action=drop'
line 'UNIT' 'user_timeout=30000'
line 'UNIT: detect' 'detect=30'
line 'BAD_UNIT' 'idle=1d'
line 'WHOLE' 'idle=1500ms'
line 'IDLE' 'idle=10h'
line 'INTVL' 'idle=90s intvl=0'
line 'CNT' 'cnt=128'
line 'USER_TIMEOUT' 'user_timeout=2147483648ms'
line 'DETECT' 'detect=3s'
line 'AUTO' 'idle=90s cnt=3 user_timeout=auto'
line 'DETECT_WITH' 'detect=30s idle=5s'
line 'DETECT_WITH: the other way round' 'idle=5s detect=30s'
line 'OFF' 'keepalive=off'
line 'SKIP_WITH' 'action=skip idle=90s'
line 'NOTHING' 'port=80'
line 'EXISTS' 'name=a idle=90s port=1\nname=a idle=90s port=2'
line 'only rules' 'begin\nport=1 idle=90s\ncommit'

# --- every warning

line 'one lost probe kills' 'idle=90s intvl=10s cnt=5 user_timeout=65s'
line 'one lost probe kills: at the limit' 'idle=90s intvl=10s cnt=5 user_timeout=70s'
line 'one lost probe kills: not above it' 'idle=90s intvl=10s cnt=5 user_timeout=70001ms'
line 'one lost probe kills: cnt=1' 'idle=90s intvl=10s cnt=1 user_timeout=auto'
line 'one lost probe kills: intvl not given, idle is enough' 'idle=90s user_timeout=61s'
line 'one lost probe kills: intvl not given, not sure' 'idle=90s user_timeout=62s'
line 'one lost probe kills: nothing given, not sure' 'keepalive=on user_timeout=30s'
line 'one lost probe kills: without keepalive' 'user_timeout=30s'
line 'one lost probe kills: with keepalive off' 'keepalive=off idle=90s user_timeout=30s mode=force'
line 'cnt has no meaning' 'idle=90s intvl=10s cnt=5 user_timeout=111s'
line 'cnt has no meaning: not at the limit' 'idle=90s intvl=10s cnt=5 user_timeout=110s'
line 'cnt has no meaning: cnt not given, any would be' 'idle=1s intvl=1s user_timeout=129s'
line 'cnt has no meaning: cnt not given, not sure' 'idle=90s intvl=10s user_timeout=20m'
line 'below 10 s' 'user_timeout=9999ms'
line 'below 10 s: not at the limit' 'user_timeout=10s'
line 'below 10 s: by detect' 'detect=10s'
line 'below 10 s: not by a longer detect' 'detect=11s'
line 'below 10 s, and one lost probe kills' 'idle=90s intvl=10s cnt=5 user_timeout=5s'
line '300 s' 'idle=300s'
line '300 s: in minutes' 'idle=5m'
line '300 s: by detect' 'detect=10m'
line '300 s: not around it' 'idle=299s port=1\nidle=301s'
line 'cnt=1' 'idle=90s intvl=10s cnt=1'
line 'cnt=1: keepalive is not what ends it' 'keepalive=off cnt=1 mode=force'
line 'longer than 900 s: user_timeout' 'user_timeout=901s'
line 'longer than 900 s: not at the limit' 'user_timeout=900s port=1\ndetect=900s'
line 'longer than 900 s: detect' 'detect=901s'
line 'an hour without a unit' 'idle=3600 intvl=3600 cnt=3'
line 'an hour without a unit: not with one' 'idle=3600s intvl=1h cnt=3'
line 'an hour without a unit: not less' 'idle=3599 intvl=3599 cnt=3'
line 'idle alone' 'idle=67s'
line 'idle alone: not at the limit' 'idle=68s'
line 'idle alone: with cnt' 'idle=5s cnt=3'
line 'idle alone: not with a user timeout' 'idle=10s user_timeout=100s'
line 'idle alone: not with all three' 'idle=1s intvl=60s cnt=9'
line 'an address of no connection' 'raddr=0.0.0.0 detect=60s'
line 'an address of no connection: IPv6, among others' 'laddr=::,10.0.0.0/8 detect=60s'
line 'an address of no connection: not a prefix' 'raddr=0.0.0.0/0 laddr=::/0 detect=60s'
line 'a comma in a cgroup' 'cgroup=/a,/b detect=60s'
line 'a unit at the root' 'cgroup=/nginx.service detect=60s'
line 'a unit at the root: not a slice, nor init' 'cgroup=/user.slice detect=60s\ncgroup=/init.scope detect=60s'
line 'a short id' 'cgroup=/docker/3f4e8a9c1b2d detect=60s'
line 'a short id: with a star' 'cgroup=/docker/3f4e8a9c1b2d* detect=60s'
line 'can never match' 'port=80 idle=90s\nport=80 dir=in idle=90s'
line 'can never match: in the order of prio' 'name=b port=80 dir=in idle=90s\nname=a prio=1 port=80 idle=90s'
line 'can never match: not the other way round' 'port=80 dir=in idle=90s\nport=80 idle=90s'
line 'can never match: skip covers as well' 'action=skip\nidle=90s'
line 'can never match: the first of several is named' 'port=1-9 idle=90s\nport=1-5 idle=90s\nidle=90s\nport=3 idle=90s'
t 'strict' 'echo idle=300s | kapctl check --strict -'
t 'strict: nothing to say' 'echo idle=90s | kapctl check --strict -'
t 'warnings, JSON' 'echo idle=300s | kapctl check -j -'
t 'strict, JSON' 'echo idle=300s | kapctl check -j --strict -'

# --- what covers what; tests/cli/cover.c tries it at random

# pair NAME WIDE NARROW: the second rule can never match
pair() {
	check "covers: $1" "printf '%s idle=90s\\n' '$2' '$3' | kapctl check - 2>&1 | grep -q ':2:.* can never match: line 1 '"
}

# no_pair NAME FIRST SECOND: the second rule can match
no_pair() {
	check "does not cover: $1" "! printf '%s idle=90s\\n' '$2' '$3' | kapctl check -q - 2>&1 | grep ."
}

pair 'equal' 'port=1' 'port=1'
pair 'all' 'name=a' 'port=1'
pair 'a list' 'port=1,3,5-9' 'port=1,6-7'
pair 'adjoining ranges' 'port=1-5,6-9' 'port=4-7'
no_pair 'part of a range' 'port=1-5' 'port=4-6'
no_pair 'a gap between ranges' 'port=1-5,7-9' 'port=4-8'
no_pair 'another key' 'lport=1' 'rport=1'
no_pair 'one key of two' 'port=1 uid=0' 'port=1'
pair 'port by rport of out' 'port=80' 'dir=out rport=80'
pair 'port by lport of in' 'port=80' 'dir=in lport=80'
pair 'rport by port of out' 'rport=80' 'dir=out port=80'
pair 'lport by port of in' 'lport=80' 'dir=in port=80'
no_pair 'port by lport of out' 'port=80' 'dir=out lport=80'
no_pair 'port by rport of nobody knows' 'port=80' 'rport=80'
no_pair 'the other direction' 'dir=in' 'dir=out'
pair 'uid' 'uid=0-999' 'uid=33'
pair 'a prefix' 'raddr=10.0.0.0/8' 'raddr=10.1.0.0/16,10.2.3.4'
pair 'adjoining prefixes' 'raddr=10.0.0.0/9,10.128.0.0/9' 'raddr=10.0.0.0/8'
pair 'adjoining IPv6 prefixes' 'raddr=2001:db8::/33,2001:db8:8000::/33' 'raddr=2001:db8::/32'
no_pair 'a gap between prefixes' 'raddr=10.0.0.0/9,10.192.0.0/10' 'raddr=10.0.0.0/8'
pair 'both families' 'raddr=0.0.0.0/0,::/0' 'port=1'
no_pair 'one family' 'raddr=0.0.0.0/0' 'port=1'
no_pair 'the other family' 'raddr=::/0' 'raddr=10.0.0.1'
pair 'IPv4-mapped' 'raddr=10.0.0.0/8' 'raddr=::ffff:10.0.0.1'
no_pair 'the other address' 'raddr=10.0.0.0/8' 'laddr=10.0.0.1'
pair 'a cgroup below' 'cgroup=/a' 'cgroup=/a/b'
no_pair 'a cgroup above' 'cgroup=/a/b' 'cgroup=/a'
no_pair 'a cgroup with more letters' 'cgroup=/a/b' 'cgroup=/a/bc'
pair 'the root of cgroups' 'cgroup=/' 'cgroup=/a'
no_pair 'a connection without cgroup' 'cgroup=/' 'port=1'
pair 'a star' 'cgroup=/a/*' 'cgroup=/a/b'
pair 'a star for a star' 'cgroup=/a/x*' 'cgroup=/a/x*y'
no_pair 'a star does not span components' 'cgroup=/a/*/c' 'cgroup=/a/c'
pair 'two stars' 'cgroup=/a/**/c' 'cgroup=/a/b/b/c/d'
pair 'two stars at the end' 'cgroup=/a/**' 'cgroup=/a'
pair 'two stars, equal' 'cgroup=/a/**/c' 'cgroup=/a/**/c'
pair 'what is above two stars' 'cgroup=/a' 'cgroup=/a/**/c'
no_pair 'a star is not two' 'cgroup=/a/*/c' 'cgroup=/a/**/c'
pair 'a question mark for a letter' 'cgroup=/a/?' 'cgroup=/a/b'
pair 'a question mark for its like' 'cgroup=/a/?' 'cgroup=/a/?'
no_pair 'a question mark is no star' 'cgroup=/a/?' 'cgroup=/a/*'

# --- files

t 'a file' 'echo port=1 idle=90s >r.conf; kapctl check r.conf'
t 'stdin' 'echo port=0 idle=90s | kapctl check -'
t 'several files are one set, as for load' \
	'echo name=a port=1 idle=90s >a; echo name=a port=1 idle=90s >b; echo port=0 >c; kapctl check a b c'
t 'JSON' 'echo port=1 idle=90s >a; echo >b; kapctl check -j a b'
t 'errors and warnings, JSON' 'printf "idle=300s\nport=0\nfrob\n" | kapctl check -j -'
t 'no such file' 'kapctl check nowhere'
t 'no such file among others' 'echo port=0 >a; kapctl check nowhere a'
t 'an empty file' ': | kapctl check -'
t 'blank lines and comments' 'printf "\n\t\n# x\n  # y\n" | kapctl check -'
t 'no newline at the end' 'printf "port=0" | kapctl check -'
t 'all errors, in the order of the file' 'printf "port=0\nport=1 idle=90s\nfrob\n\n\tuid=x\n" | kapctl check -'
t 'neither root nor module' 'rm -r "$sys"; echo port=1 idle=90s >r.conf; chmod 644 r.conf; kapctl_as_user check r.conf'

# --- the line and its carets

t 'blanks in front are not shown' 'printf "    port=80,443,70000 idle=90s\n" | kapctl check -'
t 'tabs' 'printf "\tport=1\t\tidle=70000s\tcnt=1\t\n" | kapctl check -'
t 'nothing but a bad character' 'printf "\001\n" | kapctl check -'
t 'a bad character among blanks' 'printf "  \001  idle=90s\n" | kapctl check -'
t 'letters of several bytes' 'printf "cgroup=/b\303\274cher/\344\270\255\n" | kapctl check -
printf "cgroup=/b\303\274cher/\344\270\255 idle=0\n" | kapctl check -'
t 'letters of two columns' 'export LC_ALL=C.UTF-8; printf "cgroup=/\344\270\255\346\226\207 idle=0\n" | kapctl check -'
t 'bytes that are no letters' 'printf "cgroup=/\377\303\050\360\200\200\200 idle=0\n" | kapctl check -'
t 'a long line, error at the start' 'echo "port=0 cgroup=/$(printf %0200d 0) idle=1s" | kapctl check -'
t 'a long line, error in the middle' 'echo "port=1 cgroup=/$(printf %090d 0) idle=0 uid=$(seq -s, 1 100)" | kapctl check -'
t 'a long line, error at the end' 'echo "port=1 cgroup=/$(printf %090d 0) idle=0" | kapctl check -'
t 'a long line, all of it' 'echo "port=1 cgroup=/$(printf %090d 0)" | kapctl check -'
t 'a long line, the end is missing' 'echo "idle=1s port=$(seq -s, 1 100)," | kapctl check -'
t 'colours on a terminal' 'printf "port=0\nidle=300s\n" >r.conf; on_tty 100 check r.conf'

check 'covers: tried at random' '
${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -O2 -D_GNU_SOURCE \
	-I"$top/tools" -I"$top/tools/shim" -I"$top/module" -o cover "$here/cover.c" \
	"$top"/tools/rules/{cover,cover_find,rules,source}.c \
	"$top"/tools/base/{diag,caret,text,color,json,mem,run,sys_dir}.c \
	"$top"/tools/words/*.c "$top"/module/rule/*.c \
	"$top"/tools/shim/shim.c -ljansson && ./cover'
