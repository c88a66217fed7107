# SPDX-License-Identifier: GPL-2.0-or-later
# Prints the outliers in size: places to look at, never a failure.
# Usage: awk -f tests/lint/size.awk FILE...
function lines_of(what, n, most) {
	if (n > most)
		printf "%s: %d lines\n", what, n
}
function file_ends() {
	if (last != "")
		lines_of(last, count, last ~ /\.h$/ ? 120 : 400)
}
FNR == 1 { file_ends(); last = FILENAME; inside = 0 }
{ count = FNR }
/^[a-z].*\(/ { head = FNR; name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^\{$/ { inside = head }
/^\}$/ && inside {
	n = FNR - inside + 1
	size[++functions] = n
	lines_of(FILENAME ":" inside ": " name "()", n, 60)
	inside = 0
}
END {
	file_ends()
	for (i = 2; i <= functions; i++) {	# insertion sort: no asort() in POSIX
		v = size[i]
		for (k = i - 1; k > 0 && size[k] > v; k--)
			size[k + 1] = size[k]
		size[k + 1] = v
	}
	if (functions > 0)
		printf "%d functions: median %d, p90 %d, longest %d lines\n", functions, \
			size[int((functions + 1) / 2)], size[int(functions * 0.9 + 0.5)], \
			size[functions]
}
