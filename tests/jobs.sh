# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by programs that run many things side by side: how many at a time, and what each took.
#
# Several such programs can run at the same time and still not ask too much of the machine: KAP_SLOTS is then a
# folder with a file for each job that may run, and a job runs while it has one of these files locked.

# make_slots: for all that is started from here on. One job more than there are processors: guests wait now and then.
make_slots() {
	local n
	KAP_SLOTS=$(mktemp -d) || exit
	export KAP_SLOTS
	for ((n = 0; n <= $(nproc); n++)); do : >"$KAP_SLOTS/slot.$n"; done
}

# job_limit: how many jobs a program should have running or waiting
job_limit() {
	if [[ ${KAP_SLOTS-} ]]; then
		find "$KAP_SLOTS" -name 'slot.*' | wc -l
	else
		nproc
	fi
}

# take_slot: wait until one is free, and keep it until drop_slot or the end of this shell and of what it has started.
# What is started meanwhile sees KAP_SLOT and does not ask for one of its own.
take_slot() {
	local file queue
	[[ ${KAP_SLOTS-} && ! ${KAP_SLOT-} ]] || return 0
	# The first in the queue looks for a free one, the others wait for him.
	exec {queue}>"$KAP_SLOTS/queue"
	flock "$queue"
	while :; do
		for file in "$KAP_SLOTS"/slot.*; do
			exec {slot_fd}>"$file"
			if flock -n "$slot_fd"; then
				exec {queue}>&-
				export KAP_SLOT=$file
				return
			fi
			exec {slot_fd}>&-
		done
		sleep 0.2
	done
}

drop_slot() {
	[[ ${KAP_SLOT-} && ${slot_fd-} ]] || return 0
	exec {slot_fd}>&-
	unset KAP_SLOT slot_fd
}

# timed LOG COMMAND...: its output goes to LOG alone; sets took, in seconds, as text. Where other work shares the
# machine, what the processors had to do says more than how long it took.
timed() {
	local log=$1 start=$SECONDS status=0 TIMEFORMAT='%0U %0S' user system
	shift
	{ time "$@" >"$log" 2>&1 </dev/null; } 2>"$log.time" || status=$?
	read -r user system <"$log.time"
	rm "$log.time"
	# shellcheck disable=SC2034 # the caller reads it
	took="$((SECONDS - start)) s, processors $((user + system)) s"
	return $status
}
