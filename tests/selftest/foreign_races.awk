# SPDX-License-Identifier: GPL-2.0
# A log of a kernel with KCSAN without the data races that the module has no part in. A report is between two
# rules and has the stacks of both sides. One is ours when the module is in a stack above the first
# interrupt: what lies below was only interrupted, by something that raced with something else.

/==========/ && held != "" {
	if (ours || held !~ /BUG: KCSAN/)
		print held $0
	held = ""
	next
}
/==========/ {
	ours = interrupted = 0
	held = $0 "\n"
	next
}
held != "" {
	held = held $0 "\n"
	if (/ bytes by (task|interrupt)/)
		interrupted = 0
	else if (/asm_(sysvec|common_interrupt|exc)/)
		interrupted = 1
	else if (/\[kapolicy/ && !interrupted)
		ours = 1
	next
}
{ print }
END { printf "%s", held }
