#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every decision's RFC section can be found: written `RFC 9483 4.1.1`, and there
# is such a section.  With an argument `list`, prints them all with their places;
# docs/conformance.md is checked against them where it names a file and a tag.
set -u
specs=${ONRAMP_SPECS:-../shared/spec/rfc}
bad=0
files=$(sh tests/lint/files.sh c)

# shellcheck disable=SC2086 # a list of names without blanks
tags() {
	grep -noE 'RFC [0-9]+ ([0-9]+(\.[0-9]+)*|[A-Z](\.[0-9]+)+)' /dev/null $files
}

if [ "${1:-}" = list ]; then
	tags | awk -F: '{ print $3 "\t" $1 ":" $2 }' | sort -V
	exit
fi

# Other spellings would not be found.
# shellcheck disable=SC2086
if grep -nE '(^|[^[:alnum:]_])RFC[0-9]|RFC-[0-9]|RFC [0-9]+,? ?([Ss]ection|[Ss]ec\.|§)|[Ss]ection [0-9.]+ of RFC' \
	/dev/null $files; then
	echo '^ written as RFC NNNN SECTION'
	bad=1
fi

# A section that is not in the text of its RFC.
if [ -d "$specs" ]; then
	for tag in $(tags | cut -d: -f3 | sort -u | sed 's/^RFC //; s/ /:/'); do
		text=$specs/rfc${tag%%:*}.txt
		[ -f "$text" ] || continue
		section=$(echo "${tag#*:}" | sed 's/\./\\./g')
		grep -qE "^ {0,3}(Appendix )?$section\\.?( |\$)" "$text" || {
			echo "RFC ${tag%%:*} has no section ${tag#*:}:"
			tags | grep -F "RFC ${tag%%:*} ${tag#*:}" | head -n 3
			bad=1
		}
	done
fi

# What the conformance table says is in the file it says.
if [ -f docs/conformance.md ]; then
	grep -oE '`[a-z_/]+\.[ch]`' docs/conformance.md | tr -d '`' | sort -u |
		while IFS= read -r f; do
			[ -f "$f" ] || echo "docs/conformance.md names $f, which is not there"
		done | grep . && bad=1
fi
exit $bad
