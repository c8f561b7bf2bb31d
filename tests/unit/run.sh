#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs TAP programs one after the other: run.sh 'PROGRAM [ARGUMENT...]'...
# Shows a line for each, its failures with their notes, and with V=1 all.
# A program that ends early, or with a signal, or by a sanitizer has failed.

failed=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

for test; do
	# the arguments are meant to be split
	# shellcheck disable=SC2086
	$test > "$out" 2>&1
	status=$?
	awk -v test="$test" -v status="$status" -v verbose="${V:-0}" '
		/^1\.\.[0-9]+$/ && !plan { plan = substr($0, 4) }
		/^ok / { good++; show = 0 }
		/^not ok .* # TODO / { todo++; show = 0; left[todo] = $0; next }
		/^not ok / { bad++; show = 1 }
		/^# KAP_SEED=[0-9]+$/ { seed = " (" substr($0, 3) ")" }
		/^Bail out!/ || /ERROR: |runtime error: / { show = 1 }
		verbose + 0 { print; next }
		# the notes before the first result and behind a failure
		/^# / && !good { kept[++n_kept] = $0 }
		show { text[++n_text] = $0 }
		END {
			sub(/.*\//, "", test)
			ran = good + bad + todo
			failed = bad || status || ran != plan || !plan
			printf "%s %s: %d tests%s\n", failed ? "FAIL" : "ok  ",
				test, ran, seed
			for (i = 1; i <= todo; i++)
				print "     " left[i]
			if (failed && !verbose) {
				for (i = 1; i <= n_kept; i++)
					print "     " kept[i]
				for (i = 1; i <= n_text; i++)
					print "     " text[i]
			}
			if (failed)
				printf "     %d failed, %d of %d ran, exit status %d\n",
					bad, ran, plan, status
			exit failed
		}' "$out" || failed=1
done
exit "$failed"
