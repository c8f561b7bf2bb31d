# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by guest.sh: the programs, each in one of two hosts with a cable
# between them. All wait for each other, and say nothing: idle connections,
# but for those of the replica, whose ends talk all the time. What some would do
# ten times a second is made rarer: waking up is all that costs time here.
#
#     cli: curl, python3, java, goweb, redis-cli,        srv: nginx, python3,
#          replica, psql, ssh, goweb as a server              redis, postgres, sshd

ROOT=/debian
PG=/usr/lib/postgresql/15
SRV='' CLI=''			# their addresses
clients=()			# pids of those that are there for one connection

in_debian()	# HOST COMMAND...
{
	local host=$1

	shift
	in_host "$host" chroot "$ROOT" "$@"
}

# Runs on; what it says is in $TMP/NAME.log.
start()		# NAME HOST COMMAND...
{
	local name=$1

	shift
	# exec: so that $! is the program
	(exec ip netns exec "$1" chroot $ROOT "${@:2}") < "$TMP/hold" > "$TMP/$name.log" 2>&1 &
	at_exit kill $!
}

# Two hosts where what a program leaves alone can be told from what it sets.
prepare_hosts()
{
	local host

	host srv
	host cli
	link srv cli
	SRV=${IP4[srv.cli]} CLI=${IP4[cli.srv]}
	for host in srv cli; do
		in_host $host sysctl -q net.ipv4.tcp_keepalive_time=7777 net.ipv4.tcp_keepalive_intvl=77 \
			net.ipv4.tcp_keepalive_probes=17
	done
	for dir in proc dev tmp; do
		mount --rbind /$dir $ROOT/$dir
	done
	mkdir -p $ROOT/run/sshd $ROOT/run/postgresql
	mkfifo "$TMP/hold" "$TMP/java"
	# kept open for writing, or who reads from them would see the end
	# shellcheck disable=SC2034
	exec {hold}<> "$TMP/hold" {java}<> "$TMP/java"
	chmod 755 "$TMP"
}

start_servers()
{
	cat > "$TMP/nginx.conf" <<- END
	user www-data;
	worker_processes 1;
	daemon off;
	pid $TMP/nginx.pid;
	error_log $TMP/nginx.err;
	events {}
	http {
		access_log off;
		server {
			listen 80;
			location / {
				proxy_pass http://$CLI:8001;
				proxy_read_timeout 2h;
			}
		}
	}
	END
	echo 'host all all 0.0.0.0/0 trust' > "$TMP/hba.conf"
	chmod 644 "$TMP"/*.conf
	mkdir -p $ROOT/root/.ssh
	chmod 700 $ROOT/root/.ssh
	in_debian srv ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	cp $ROOT/root/.ssh/id_ed25519.pub $ROOT/root/.ssh/authorized_keys

	start goweb cli /programs/goweb server "$CLI:8001"
	start nginx srv nginx -c "$TMP/nginx.conf"
	start web srv python3 /programs/web.py server 0.0.0.0 8000
	start redis srv redis-server --port 6379 --protected-mode no --save '' --hz 1 --dir /tmp
	start sshd srv /usr/sbin/sshd -D -e -o UsePAM=no -o StrictModes=no -o PidFile=none \
		-o HostKey=/etc/ssh/ssh_host_ed25519_key
	start postgres srv setpriv --reuid postgres --regid postgres --clear-groups $PG/bin/postgres \
		-D "/var/lib/postgresql/${PG##*/}/main" -c "config_file=/etc/postgresql/${PG##*/}/main/postgresql.conf" \
		-c 'listen_addresses=*' -c "hba_file=$TMP/hba.conf" -c external_pid_file= -c unix_socket_directories= -c ssl=off \
		-c fsync=off -c autovacuum=off -c bgwriter_delay=10s -c wal_writer_delay=10s -c shared_buffers=16MB
	# The machine of a client takes longer to start than all the rest.
	(exec ip netns exec cli chroot $ROOT /programs/jre/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
		-XX:-UsePerfData -Xmx64m -cp /programs Client) < "$TMP/java" > "$TMP/java.log" 2>&1 &
	at_exit kill $!
	wait_for 30 servers_ready || tap_bail "servers: $(tail -n 3 "$TMP"/*.log)"
}

servers_ready()
{
	local listening

	listening=$(in_host srv ss -Htln | awk '{ sub(/.*:/, "", $4); print $4 }' | sort -nu | xargs)
	[ "$listening" = '22 80 5432 6379 8000' ] && grep -q ready "$TMP/java.log" &&
		[ "$(in_host cli ss -Htln sport = :8001)" ] && return
	sleep 0.5
	return 1
}

client()	# NAME COMMAND...
{
	start "$1" cli "${@:2}"
	clients+=($!)
}

start_clients()
{
	client curl curl -s "http://$SRV/"
	client pyclient python3 /programs/web.py client "http://$SRV:8000/"
	client goclient /programs/goweb client "http://$SRV:8000/"
	client redis-cli redis-cli -h "$SRV" subscribe nothing
	client replica redis-server --port 6380 --replicaof "$SRV" 6379 --save '' --hz 1 --dir /tmp
	client psql $PG/bin/psql -h "$SRV" -U postgres postgres
	client ssh ssh -N -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "root@$SRV"
	echo "http://$SRV:8000/" >&"$java"
}

# Ends all connections, also those nobody waits for any more.
stop_clients()
{
	kill "${clients[@]}" 2> /dev/null
	wait "${clients[@]}" 2> /dev/null
	clients=()
	in_host srv ss -K state established > /dev/null
	in_host cli ss -K state established > /dev/null
}

# Prints the version of a Debian package, without Debian's revision.
version()	# PACKAGE
{
	case $1 in
	golang-go) in_debian cli /programs/goweb version | tr -d go ;;	# that package only names another
	*) sed -nE "s/^$1 ([0-9]+:)?([^-+]*).*/\2/p" $ROOT/programs/versions ;;
	esac
}
