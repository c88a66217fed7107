#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every shell script passes shellcheck as POSIX sh: on a router it is busybox ash.
set -u

command -v shellcheck > /dev/null || {
	echo 'shellcheck is not here'
	exit 77
}
sh tests/lint/files.sh sh | xargs -r shellcheck --shell=sh --severity=warning --format=gcc
