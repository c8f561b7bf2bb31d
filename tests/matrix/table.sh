# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What was measured, a file with one line for each row of the matrix, and the table made of them.
# shellcheck disable=SC2154

# record NAME RELEASE ARCHITECTURE COMPILER BUILD BOOT TESTS SECONDS: BUILD and BOOT are statuses; empty is "not tried"
record() {
	local IFS='|'
	echo "$*" >"$logs/$row.measured"
}

# measured: those lines, in the order of the names
measured() {
	local name
	for name in "${names[@]}"; do cat "$logs/${name//[:=\/]/_}.measured" 2>/dev/null; done
}

table() {
	echo '| Debian | kernel | compiler | build | boot, use | guest tests |'
	echo '|---|---|---|---|---|---|'
	measured | awk -F '|' '
		function status(s) { return s == "" ? "" : s == 0 ? "ok" : "FAILED" }
		{
			name = $1
			sub(/[:=].*/, "", name)
			printf "| %s, %s | %s | %s | %s | %s | %s |\n", name, $3, $2, $4, status($5), status($6), $7
		}'
}

show_table() { # as comments, with what each took
	table | sed 's/^/# /'
	measured | awk -F '|' '{ printf "# %s: %s\n", $1, $8 }'
}

# write_readme: the part of Documentation/kernels.md between the markers becomes this table
write_readme() {
	local readme=$KAP_SRC/Documentation/kernels.md
	local begin='<!-- tests/matrix/run --readme: begin -->' end='<!-- end -->'
	if ! grep -qxF -e "$begin" "$readme" || ! grep -qxF -e "$end" "$readme"; then
		die "Documentation/kernels.md has no place for the table"
	fi
	table >"$logs/table"
	awk -v begin="$begin" -v end="$end" -v file="$logs/table" '
		$0 == end { inside = 0 }
		!inside { print }
		$0 == begin { inside = 1; while ((getline line < file) > 0) print line }' "$readme" >"$logs/Documentation/kernels.md"
	cp "$logs/Documentation/kernels.md" "$readme"
}
