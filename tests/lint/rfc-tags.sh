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
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
tags > "$work/tags"
cut -d: -f3 "$work/tags" | sort -u > "$work/said"
for number in $(cut -d' ' -f2 "$work/said" | uniq | sort -u); do
	text=$specs/rfc$number.txt
	[ ! -f "$text" ] || {
		echo "$number" >> "$work/numbers"
		sed -nE "s/^ {0,3}(Appendix )?(([0-9]+|[A-Z])(\.[0-9]+)*)\.?( .*)?\$/RFC $number \2/p" "$text"
	}
done > "$work/there"
[ ! -s "$work/numbers" ] || sed 's/.*/^RFC & /' "$work/numbers" > "$work/at-hand"
if [ -s "$work/at-hand" ] && grep -f "$work/at-hand" "$work/said" |
	grep -vxF -f "$work/there" > "$work/wrong"; then
	while IFS= read -r tag; do
		echo "RFC ${tag#RFC } is no section of its text:"
		grep -F ":$tag" "$work/tags" | head -n 3
	done < "$work/wrong"
	bad=1
fi

# What the conformance table says is in the file it says.
if [ -f docs/conformance.md ]; then
	grep -oE '`[a-z_/]+\.[ch]`' docs/conformance.md | tr -d '`' | sort -u |
		while IFS= read -r f; do
			[ -f "$f" ] || echo "docs/conformance.md names $f, which is not there"
		done | grep . && bad=1
fi
exit $bad
