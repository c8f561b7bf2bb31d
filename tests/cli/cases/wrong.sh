# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# Lines that people write, data/wrong-lines.txt: what each is told.

# A host whose users, services and cgroups are known.
known_host() {
	new_host
	echo 'postgres:x:117:125::/:/bin/sh' >"$host/etc/passwd"
	printf '%s\n' 'ssh 22/tcp' 'postgresql 5432/tcp postgres' 'domain 53/udp' 'http-alt 8080/tcp' >"$host/etc/services"
	mkdir -p "$host/sys/fs/cgroup/system.slice/redis.service" \
		"$host/sys/fs/cgroup/system.slice/docker-77aa88bb99cc77aa88bb99cc77aa88bb99cc77aa88bb99cc77aa88bb99cc77aa.scope"
}

while IFS= read -r line; do
	[ "${line:0:2}" != '# ' ] || continue
	t_host "$line" "known_host; printf -- $(printf %q "${line//%/%%}\\n") | kapctl check -"
done < <(cat "$here/data/wrong-lines.txt" "$here/data/pasted-lines.txt")

t_host 'a name: a user' 'known_host; kapctl add uid=postgres,33 idle=90s; written'
t_host 'a name: services' 'known_host; kapctl add port=ssh,postgresql,8000-8100,http-alt idle=90s; written'
t_host 'a name: a user that is not there' 'known_host; kapctl add uid=mysql idle=90s'
t_host 'a name: a service of another protocol' 'known_host; kapctl add rport=domain idle=90s'
t_host 'a name: columns are those of the line as written' 'known_host; kapctl add uid=postgres port=ssh,70000 idle=90s'
t_host 'a name: warnings, too' 'known_host; kapctl add uid=postgres port=ssh idle=300s'
t 'a name: what the module refuses, too' 'refused 17 "2:16-19: name taken by another rule" add uid=root name=free idle=90s'
t_host 'a name: test' 'known_host; echo uid=117 idle=90s >$host/r; kapctl test -f r uid=postgres; kapctl test -f r uid=mysql'
t_host 'a unit' 'known_host; kapctl add unit=nginx.service idle=90s; written'
t_host 'a unit: without a type' 'known_host; kapctl add unit=nginx idle=90s; written | sed -n 2p'
t_host 'a unit: of a template' 'known_host; kapctl add unit=postgresql@15-main.service idle=90s; written | sed -n 2p'
t_host 'a unit: of a template with a dash' 'known_host; kapctl add unit=container-getty@1.service idle=90s; written | sed -n 2p'
t_host 'a unit: a slice' 'known_host; kapctl add unit=user-1000.slice idle=90s; written | sed -n 2p'
t_host 'a unit: named as a controller is' 'known_host; kapctl add unit=memory.service idle=90s; written | sed -n 2p'
t_host 'a unit: a pattern' 'known_host; kapctl add unit=docker-*.scope idle=90s; written | sed -n 2p'
t_host 'a unit: not a name' 'known_host; kapctl add unit=a/b idle=90s; kapctl add unit= idle=90s'
t_host 'a unit: and a cgroup' 'known_host; kapctl add unit=a.service cgroup=/x idle=90s'
# systemd knows better than any rule
with_systemd() {
	known_host
	mkdir -p "$host/run/systemd/system"
	printf '#!/bin/sh\n%s\n' "$1" >"$host/bin/systemctl"
	chmod 755 "$host/bin/systemctl"
}
t_host 'a unit: systemd is asked' 'with_systemd "echo ControlGroup=/a.slice/x.service"; kapctl add unit=x.service idle=90s; written | sed -n 2p'
t_host 'a unit: does not run: its slice' 'with_systemd "echo ControlGroup=; echo Slice=a-b.slice"; kapctl add unit=x.service idle=90s; written | sed -n 2p'
t_host 'a unit: systemd does not answer' 'with_systemd "exit 1"; kapctl add unit=x.service idle=90s; written | sed -n 2p'

addresses='printf "# AWS\n10.0.0.0/8\n\n 2001:db8::/32 # v6\n192.0.2.1\r\n" >aws.txt'
t 'a file of addresses' "$addresses"'; kapctl add raddr=@aws.txt,127.0.0.1 idle=90s; cat "$sys/rules"'
t 'a file of addresses: beside the file of rules' "mkdir d; cd d; $addresses"'; cd ..; echo raddr=@aws.txt idle=90s >d/r.conf; kapctl check d/r.conf'
t 'a file of addresses: is not there' 'kapctl add raddr=@aws.txt idle=90s'
t 'a file of addresses: a line that is none' "$addresses"'; echo frob >>aws.txt; kapctl add raddr=@aws.txt idle=90s'
t 'a file of addresses: empty' ': >aws.txt; kapctl add raddr=@aws.txt idle=90s'
t 'a file of addresses: an error behind it' "$addresses"'; kapctl add raddr=@aws.txt idle=30x'

# what a filter and a description of a connection are told, which are no rules
for words in 5432 :443 10.0.0.1:5432 'dst 10.0.0.1' sport=80 state=LISTEN pid=nginx user=root 'port=80 bar' idle=30; do
	t "a filter: $words" "kapctl connections $words"
	t "a connection: $words" "kapctl test $words"
done
t 'a filter: names' 'kapctl connections uid=root port=ssh unit=nginx program=nobody.runs.this 2>&1 | tail -n 1'
