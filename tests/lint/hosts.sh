#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Neither the tree nor a commit's message names the host of a package registry:
# where packages come from is the business of whoever builds.
set -u
hosts='(deb|snapshot|security|ftp)[.]debian[.]org|pypi[.]|pythonhosted[.]|npmjs[.]|crates[.]io|proxy[.]golang|(registry|mirror|artifactory|nexus)[a-z0-9-]*[.][a-z0-9-]+[.][a-z]'
bad=0

sh tests/lint/files.sh all | grep -vE '^(LICENSE$|tests/lint/hosts\.sh$)' |
	tr '\n' '\0' | xargs -0 grep -nIiE -e "$hosts" /dev/null && bad=1
[ ! -e .git ] || ! git log --format='%h %s%n%b' | grep -iE -e "$hosts" || bad=1
exit $bad
