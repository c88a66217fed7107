#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Is the table of steps in docs/architecture.md the one in agent/onboard.c?
set -eu
code=$(sed -n 's/^\t{ { "\([^"]*\)", \([A-Z_0 |]*\), \([A-Z_0]*\) }.*/\1;\2;\3/p' agent/onboard.c |
	sed 's/;0;/;;/; s/;0$/;/; s/ | /, /g')
docs=$(sed -n 's/^| \([a-zC][^|]*\) | \([A-Z_, ]*\)| \([A-Z_]*\) *| .*/\1;\2;\3/p' docs/architecture.md |
	sed 's/ ;/;/g; s/; /;/g')
[ -n "$code" ] || {
	echo 'agent/onboard.c: no table of steps found'
	exit 1
}
[ "$code" = "$docs" ] || {
	printf 'agent/onboard.c says:\n%s\ndocs/architecture.md says:\n%s\n' "$code" "$docs"
	exit 1
}
