#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Are the tables of steps in docs/architecture.md those of agent/onboard.c and agent/life.c?
set -eu
code=$(sed -n 's/^\t{ { "\([^"]*\)", \([A-Z_0 |]*\), \([A-Z_0 |]*\) }.*/\1;\2;\3/p' \
	agent/onboard.c agent/life.c | sed 's/;0;/;;/; s/;0$/;/; s/ | /, /g')
docs=$(sed -n 's/^| \([a-zC][^|]*\) | \([A-Z_, ]*\)| \([A-Z_, ]*\)| .*/\1;\2;\3/p' docs/architecture.md |
	sed 's/ ;/;/g; s/; /;/g; s/ *$//')
[ -n "$code" ] || {
	echo 'agent/onboard.c, agent/life.c: no table of steps found'
	exit 1
}
[ "$code" = "$docs" ] || {
	printf 'the code says:\n%s\ndocs/architecture.md says:\n%s\n' "$code" "$docs"
	exit 1
}
