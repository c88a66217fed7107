#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All C is as clang-format leaves it.
set -u

command -v clang-format > /dev/null || {
	echo 'clang-format is not here'
	exit 77
}
sh tests/lint/files.sh c | xargs -r clang-format --dry-run -Werror 2>&1 |
	grep -E 'error:' | cut -d: -f1 | sort | uniq -c |
	awk '{ print $2 ": clang-format -i would change it"; bad = 1 } END { exit bad }'
