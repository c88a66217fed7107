#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Lists the project's files of one kind: c, product (C without tests), sh, all.
# In a checkout the tracked ones; in an unpacked archive all but build/.
set -eu

all() {
	if [ -e .git ]; then
		git ls-files
	else
		find . -type f ! -path './build/*' | sed 's|^\./||'
	fi | while IFS= read -r f; do
		[ ! -f "$f" ] || echo "$f"
	done
}

case $1 in
all) all ;;
c) all | grep -E '\.[ch]$' ;;
product) all | grep -E '^(agent|voucher|cmp|platform)/.*\.[ch]$' ;;
sh)
	all | while IFS= read -r f; do
		case $f in
		*.sh) echo "$f" ;;
		*) # `|| true`: a file of one line without its end is no reason to stop
			IFS= read -r first < "$f" 2> /dev/null || true
			case ${first:-} in '#!/bin/sh'*) echo "$f" ;; esac
			;;
		esac
	done
	;;
*)
	echo "files.sh: no such kind: $1" >&2
	exit 2
	;;
esac
