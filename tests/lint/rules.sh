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

for f in $(sh tests/lint/files.sh c); do
	case $(head -n 1 "$f") in
	'/* SPDX-License-Identifier: GPL-2.0-or-later */') ;;
	*) echo "$f:1: no licence" && bad=1 ;;
	esac
done

for f in $(echo "$product" | grep '\.h$'); do
	name=$(echo "$f" | sed 's|^platform/||; s|[/.-]|_|g' | tr '[:lower:]' '[:upper:]')
	grep -qE "^#ifndef ONRAMP_(PLATFORM_)?$name\$" "$f" || {
		echo "$f: its guard is not ONRAMP_$name"
		bad=1
	}
done
exit $bad
