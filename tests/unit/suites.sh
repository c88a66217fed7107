#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes the table of all suites, from the names of the test files:
# tests/unit/DIR/test_FILE.c exports suite_DIR_FILE.  Usage: suites.sh FILE... > suites.c
set -eu

names=$(for file in "$@"; do
	echo "$file" | sed 's|^.*tests/unit/||; s|\.c$||; s|/test_|_|; s|/|_|g; s|^|suite_|'
done)

echo '/* SPDX-License-Identifier: GPL-2.0-or-later */'
echo '/* Written by tests/unit/suites.sh. */'
echo '#include "tests/unit/runner.h"'
echo
for name in $names; do
	echo "extern const struct test_suite $name;"
done
echo
echo 'const struct test_suite *const suites[] = {'
for name in $names; do
	echo "	&$name,"
done
echo '	NULL'
echo '};'
