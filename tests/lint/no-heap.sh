#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Protocol code takes its memory from an arena or a fixed buffer (docs/architecture.md):
# what a peer sends cannot make it allocate.  jansson's heap is behind json.c, and
# heap.c is what the libraries' heaps are watched by.
set -u

found=$(sh tests/lint/files.sh product |
	grep -E '^(agent|voucher|cmp|platform/(base|codec|pki))/' |
	grep -vx platform/base/heap.c |
	xargs -r grep -nE '(^|[^[:alnum:]_.>])([cm]alloc|realloc(array)?|free|strn?dup|v?asprintf|getline|getdelim|open_memstream|alloca)[[:space:]]*\(' /dev/null)
[ -z "$found" ] && exit 0
echo "$found"
exit 1
