#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# House rules that are one search each.
set -u
bad=0

# name, pattern, reason, files: a line that matches is a fault
forbid() {
	[ -z "$4" ] && return
	# shellcheck disable=SC2086 # a list of names without blanks
	if grep -nE -e "$2" /dev/null $4; then
		echo "^ $1: $3"
		bad=1
	fi
}

product=$(sh tests/lint/files.sh product)
above=$(echo "$product" | grep -vE '^platform/' | grep '\.c$')
all=$(sh tests/lint/files.sh all | grep -vE '^(LICENSE$|tests/fuzz/corpus/|tests/vectors/)')
call='(^|[^[:alnum:]_.>])'

forbid shell "${call}(system|popen|execlp|execvp)[[:space:]]*\\(" \
	'nothing from outside reaches a shell or a search path' "$product"
forbid bounds "${call}(gets|strcpy|strcat|sprintf|vsprintf|strtok|sscanf|scanf)[[:space:]]*\\(" \
	'no call that cannot be told where to stop' "$product"
forbid numbers "${call}(atoi|atol|atoll|atof)[[:space:]]*\\(" \
	'no number without a check of its range' "$product"
forbid jumps "${call}(setjmp|longjmp|abort|exit)[[:space:]]*\\(" \
	'faults are returned, bad input is no reason to die' \
	"$(echo "$product" | grep -v '^agent/main\.c$')"
forbid typedef 'typedef[[:space:]]+struct' 'struct x, never a typedef of it' "$product"
forbid conditional '^[[:space:]]*#[[:space:]]*(if|ifdef|elif)' \
	'conditional compilation lives in platform/ alone' "$above"
forbid later '(^|[^[:alnum:]])(TODO|FIXME|XXX)([^[:alnum:]]|$)' 'what is to be done is done, or no promise is made' \
	"$(echo "$all" | grep -v '^tests/lint/')"
forbid paths '(^|[^[:alnum:]_.])/(work|tmp/plan)/' 'no path of one machine' \
	"$(echo "$all" | grep -v '^tests/lint/')"

# One awk for all files: a process for each would be most of the time of this check.
# shellcheck disable=SC2046
awk '
	FNR == 1 && $0 != "/* SPDX-License-Identifier: GPL-2.0-or-later */" {
		print FILENAME ":1: no licence"
		bad = 1
	}
	END { exit bad }' $(sh tests/lint/files.sh c) || bad=1

# shellcheck disable=SC2046
echo "$product" | grep '\.h$' | xargs -r awk '
	function judge() {
		if (file != "" && !guarded) {
			print file ": its guard is not " guard
			bad = 1
		}
	}
	FNR == 1 {
		judge()
		file = FILENAME
		name = file
		sub(/^platform\//, "", name)
		gsub(/[\/.-]/, "_", name)
		guard = "ONRAMP_" toupper(name)
		long = "ONRAMP_PLATFORM_" toupper(name)
		guarded = 0
	}
	$1 == "#ifndef" && ($2 == guard || $2 == long) { guarded = 1 }
	END {
		judge()
		exit bad
	}' || bad=1
exit $bad
