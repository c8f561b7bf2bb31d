# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# load and check without FILE: the configuration in /etc is one set.

config() {
	new_host
	echo name=a port=1 idle=90s >"$etc/rules.conf"
	mkdir "$etc/rules.d"
	echo name=b port=2 idle=90s >"$etc/rules.d/10-b.conf"
}

t_host 'load: rules.conf alone' 'new_host; echo port=1 idle=90s >$etc/rules.conf; kapctl load; echo "exit $?"; written'
t_host 'load: rules.conf and an empty rules.d' 'new_host; echo port=1 idle=90s >$etc/rules.conf; mkdir $etc/rules.d; kapctl load; written'
t_host 'load: rules.d alone' 'new_host; mkdir $etc/rules.d; echo port=1 idle=90s >$etc/rules.d/x.conf; kapctl load; written'
t_host 'load: rules.conf, then rules.d' 'config; kapctl load; written'
t_host 'load: in the order of bytes, whatever the locale' 'export LC_ALL=C.UTF-8
new_host; mkdir $etc/rules.d; for i in b B a 9 10 ä _; do echo "# $i" >$etc/rules.d/$i.conf; done; kapctl load --empty; written'
t_host 'load: what is no .conf is not read' 'new_host; mkdir $etc/rules.d; echo port=1 idle=90s >$etc/rules.d/a.conf
for i in a.conf~ a.conf.dpkg-old .a.conf .conf README conf aconf; do echo frob >$etc/rules.d/$i; done; kapctl load; written'
t_host 'load: nothing but comments' 'new_host; echo "# none yet" >$etc/rules.conf; kapctl load; echo "exit $?"; written'
t_host 'load: neither' 'new_host; kapctl load; echo "exit $?"; written | head -n 1'
t_host 'load: no directory' 'new_host; rmdir $etc; kapctl load'
t_host 'load: an empty rules.d alone' 'new_host; mkdir $etc/rules.d; kapctl load'
t_host 'load: neither, JSON' 'new_host; kapctl load -j'
t_host 'load: rules.conf leads nowhere' 'config; ln -sf nowhere $etc/rules.conf; kapctl load'
t_host 'load: a file of rules.d leads nowhere' 'config; ln -s nowhere $etc/rules.d/20.conf; kapctl load'
t_host 'load: a directory of that name' 'config; mkdir $etc/rules.d/20.conf; kapctl load'
t_host 'load: rules.d is a file' 'new_host; echo port=1 idle=90s >$etc/rules.conf; : >$etc/rules.d; kapctl load'
t_host 'load: an error in rules.d' 'config; echo port=0 idle=90s >>$etc/rules.d/10-b.conf; kapctl load; echo "exit $?"; written | head -n 1'
t_host 'load: a name twice' 'config; echo name=a port=3 idle=90s >>$etc/rules.d/10-b.conf; kapctl load'
t_host 'load: -n' 'config; kapctl load -n; echo "exit $?"; written | head -n 1'
t_host 'load: JSON' 'config; kapctl load -j'
t_host 'load: a file given is all there is' 'config; echo port=9 idle=90s >$host/r; kapctl load /r; written'
t_host 'load: no module' 'config; rm -r $host/sys/kernel/kapolicy; kapctl load'
t_host 'load: no module, an error is said first' 'config; rm -r $host/sys/kernel/kapolicy; echo frob >>$etc/rules.conf; kapctl load'
t_host 'check' 'config; kapctl check'
t_host 'check: one set' 'config; echo port=1 dir=in idle=90s >>$etc/rules.d/10-b.conf; kapctl check'
t_host 'check: --strict' 'config; echo port=1 dir=in idle=90s >>$etc/rules.d/10-b.conf; kapctl check --strict'
t_host 'check: errors and warnings' 'config; echo name=a idle=300s >>$etc/rules.d/10-b.conf; echo frob >>$etc/rules.conf; kapctl check'
t_host 'check: JSON' 'config; kapctl check -j'
t_host 'check: neither' 'new_host; kapctl check'
t_nobody 'check: neither module nor root' 'config; rm -r $host/sys; as_nobody /usr/sbin/kapctl check'
t_nobody 'check: not allowed to read' 'config; chmod 700 $etc/rules.d; chmod 600 $etc/rules.conf; as_nobody /usr/sbin/kapctl check'
t_host 'check: files given are sets of their own' 'config; cp $etc/rules.conf $host/r; kapctl check /etc/kapolicy/rules.conf /r'
