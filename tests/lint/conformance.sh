#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Is docs/conformance.md true, as far as a machine can tell?  What stands in
# backticks there is looked up:
#	path/file.c:function	is defined in that file
#	dir/file: test name	is a test of tests/unit/dir/test_file.c
#	lab NAME		is a scenario of tests/lab/run.py --list
#	cmp_openssl NAME	is a case of tests/interop/cmp_openssl.sh
#	x::y, y_NAME.json, NAME.p7	third-party cases that we judge ourselves:
#				the document's and the tests' are the same
# and every RFC section is in the text of its RFC, where that is at hand.  There the
# document is also held to be complete: every operation and transfer that RFC 9483 7
# knows for an end entity has a row with its level, every section of RFC 9480 2 and
# RFC 9481 2 to 6 is named, itself or by the section it is in.
# Usage: tests/lint/conformance.sh, from the root; another document as argument.  With
# --references: prints all names of tests that there are, as documents write them.
set -u
doc=${1:-docs/conformance.md}
specs=${ONRAMP_SPECS:-../shared/spec/rfc}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
bad=0 skipped=

complain() {
	echo "$doc: $*"
	bad=1
}

# A definition begins in the first column, and its body with a { there.
functions() {
	# shellcheck disable=SC2016 # awk's
	sh tests/lint/files.sh product | grep '\.c$' | xargs awk '
		FNR == 1 { name = "" }
		/^[a-z].*[ *][a-z0-9_]+\(/ {
			match($0, /[a-z0-9_]+\(/)
			name = substr($0, RSTART, RLENGTH - 1)
		}
		/^{/ && name != "" { print FILENAME ":" name; name = "" }
		/;$/ { name = "" }'
}

# A file is one record: the name and the function of a test may be on two lines.
unit_tests() {
	# shellcheck disable=SC2016 # awk's
	awk -v RS='\001' '
		{
			suite = FILENAME
			sub(/^tests\/unit\//, "", suite)
			sub(/\/test_/, "/", suite)
			sub(/\.c$/, "", suite)
			gsub(/[\n\t]/, " ")
			while (match($0, /\{ *"[^"]+", *[a-z_0-9]+ *\}/)) {
				split(substr($0, RSTART, RLENGTH), part, "\"")
				print suite ": " part[2]
				$0 = substr($0, RSTART + RLENGTH)
			}
		}' tests/unit/*/test_*.c
}

scenarios() {
	/usr/bin/python3 tests/lab/run.py --list | sed 's/^/lab /'
}

interop() {
	sh tests/interop/cmp_openssl.sh --list | sed 's/^/cmp_openssl /'
}

# what they are, pattern of the references, command that lists all there are
look_up() {
	what=$1 pattern=$2
	shift 2
	grep -E "$pattern" "$work/names" > "$work/said"
	[ -s "$work/said" ] || complain "names no $what: is the notation another one now?"
	cat "$work/said" >> "$work/known"
	"$@" > "$work/all" 2> "$work/why"
	if [ ! -s "$work/all" ]; then
		skipped="no $what can be listed: $(tail -n 1 "$work/why")"
	elif grep -vxF -f "$work/all" "$work/said" > "$work/wrong"; then
		complain "no such $what:"
		cat "$work/wrong"
	fi
}

# Cases of others that we judge otherwise, or one by one: no more and no fewer.
same_cases() { # file of the test, pattern of a case
	grep -oE "\"$2\"" "$1" | tr -d '"' | sort -u > "$work/all"
	grep -xE "$2" "$work/names" | sort -u > "$work/said"
	diff "$work/said" "$work/all" > "$work/wrong" || {
		complain "cases that differ from those of $1 (<: here, >: there):"
		grep '^[<>]' "$work/wrong"
	}
	cat "$work/said" >> "$work/known"
}

# "9483 4.1.1" for each heading of the RFCs that are named and at hand.
headings() {
	cut -d ' ' -f 1 "$work/said" | sort -u | while read -r number; do
		[ ! -f "$specs/rfc$number.txt" ] ||
			sed -nE "s/^ {0,3}(Appendix )?(([0-9]+|[A-Z])(\.[0-9]+)*)\.?( .*)?\$/$number \2/p" \
				"$specs/rfc$number.txt"
	done
}

sections() {
	[ -d "$specs" ] || return
	grep -oE 'RFC [0-9]+ ([0-9]+(\.[0-9]+)*|[A-Z](\.[0-9]+)*)' "$doc" | cut -c 5- |
		sort -u > "$work/said"
	headings > "$work/all"
	grep -vxF -f "$work/all" "$work/said" | while read -r number section; do
		[ ! -f "$specs/rfc$number.txt" ] || echo "RFC $number has no section $section"
	done > "$work/wrong"
	[ ! -s "$work/wrong" ] || {
		complain 'sections that are not there:'
		cat "$work/wrong"
	}
}

# Tables 3 and 4 of RFC 9483: LEVEL ID, for an end entity.
operations() {
	sed -n '/^7\.  Conformance/,/^8\.  IANA/p' "$specs/rfc9483.txt" | awk -F'|' '
		/^ +\| [A-Za-z0-9]+ +\|/ {
			gsub(/ /, "", $2)
			gsub(/ /, "", $4)
			if ($4 ~ /^(MUST|SHOULD|MAY)$/) print $4, $2
		}'
}

unnamed() { # RFC, pattern of its sections
	grep -oE "RFC $1 [0-9]+(\.[0-9]+)*" "$doc" | sort -u > "$work/said"
	grep -oE "^$2\." "$specs/rfc$1.txt" | sed "s/^/RFC $1 /; s/\.$//" | sort -u |
		awk '
			NR == FNR { said[$0] = 1; next }
			{ above = $0; sub(/\.[0-9]+$/, "", above) }
			!($0 in said) && !(above in said)' "$work/said" -
}

says_all() {
	[ -f "$specs/rfc9483.txt" ] && [ -f "$specs/rfc9480.txt" ] &&
		[ -f "$specs/rfc9481.txt" ] || return
	operations | while read -r level id; do
		grep -qE "^\| $level \| $id(:| \|)" "$doc" || echo "$level $id of RFC 9483 7"
	done > "$work/wrong"
	unnamed 9480 '2\.[0-9]+' >> "$work/wrong"
	unnamed 9481 '[2-6]\.[0-9](\.[0-9])?' >> "$work/wrong"
	[ ! -s "$work/wrong" ] || {
		complain 'says nothing of:'
		cat "$work/wrong"
	}
}

[ "$doc" != --references ] || {
	unit_tests
	scenarios
	interop
	exit
}
[ -f "$doc" ] || {
	complain 'is not here'
	exit 1
}
# shellcheck disable=SC2016 # backticks of the document
grep -o '`[^`]*`' "$doc" | tr -d '`' | sort -u > "$work/names"
: > "$work/known"

look_up function '^[a-z_/]+/[a-z0-9_]+\.c:' functions
look_up 'unit test' '^[a-z]+/[a-z0-9_]+: ' unit_tests
look_up scenario '^lab ' scenarios
look_up 'interop case' '^cmp_openssl ' interop
same_cases tests/unit/pki/test_limbo.c '[a-z0-9]+(::[a-z0-9-]+)+'
same_cases tests/unit/codec/test_json.c 'y_[a-z_]+\.json'
same_cases tests/unit/pki/test_cms_verify.c '[a-z0-9_]+\.p7'
sections
says_all

# A reference with a slip in it would pass as a mere word.
if grep -vxF -f "$work/known" "$work/names" |
	grep -E '\.c:|[a-z]/[a-z0-9_]+:|^lab|^cmp_openssl|::|\.p7$' > "$work/wrong"; then
	complain 'not understood:'
	cat "$work/wrong"
fi

[ $bad = 0 ] || exit 1
[ -z "$skipped" ] || {
	echo "$skipped"
	exit 77
}
