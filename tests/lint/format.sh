#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All C is as clang-format 14 leaves it.  Later versions differ in what stands in the
# braces of a macro: macros are theirs to leave out.
set -u

clang_format=clang-format-14
command -v $clang_format > /dev/null || clang_format=clang-format
command -v $clang_format > /dev/null || {
	echo 'clang-format is not here'
	exit 77
}
version=$($clang_format --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
case $version in
14) macros=yes ;;
1[5-9] | 2[0-9]) macros=no ;;
*)
	echo "clang-format $version formats otherwise than 14"
	exit 77
	;;
esac

# FILE:LINE of each macro definition and the lines that it goes on in.
macro_lines() {
	xargs awk '
		goes_on || /^[ \t]*#[ \t]*define/ {
			print FILENAME ":" FNR
			goes_on = /\\$/
		}'
}

wrong=$(sh tests/lint/files.sh c | xargs -r $clang_format --dry-run -Werror 2>&1 |
	sed -n 's/^\([^:]*:[0-9]*\):.* error: .*/\1/p' | sort -u)
if [ $macros = no ] && [ -n "$wrong" ]; then
	wrong=$({
		sh tests/lint/files.sh c | macro_lines
		echo --
		echo "$wrong"
	} | awk '
		$0 == "--" { past = 1; next }
		!past { macro[$0] = 1; next }
		!($0 in macro)')
fi
[ -z "$wrong" ] || {
	echo "$wrong" | cut -d: -f1 | sort | uniq -c |
		awk '{ print $2 ": clang-format -i would change it" }'
	exit 1
}
