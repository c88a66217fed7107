#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Are the checks able to fail?  Each gets a small tree with one fault in it, after
# the same tree without.
set -u
root=$PWD
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT
bad=0

mkdir -p "$tree/tests" "$tree/cmp" "$tree/voucher" "$tree/platform/base"
cp -r "$root/tests/lint" "$tree/tests/"
cp "$root/.clang-format" "$tree/"
licence='/* SPDX-License-Identifier: GPL-2.0-or-later */'

fresh() {
	printf '%s\n' "$licence" '/* RFC 8995 5.6: a good file. */' > "$tree/cmp/good.c"
	printf '%s\n' "$licence" '#ifndef ONRAMP_CMP_GOOD_H' '#endif' > "$tree/cmp/good.h"
}

layers() { sh tests/lint/files.sh c | xargs awk -f tests/lint/layers.awk; }

# status, check, for what: the tree as it is now
judged() {
	want=$1
	check=$2
	out=$(
		cd "$tree" || exit 2
		case $check in
		layers) layers ;;
		*) sh "tests/lint/$check.sh" ;;
		esac 2>&1
	)
	got=$?
	[ $got = 77 ] || [ $got = "$want" ] || [ "$want$got" = 1123 ] || {
		echo "$check: status $got, expected $want, for: $3"
		echo "$out"
		bad=1
	}
}

# status, check, line to append to cmp/good.c
gives() {
	fresh
	[ -z "$3" ] || printf '%s\n' "$3" >> "$tree/cmp/good.c"
	judged "$@"
}

gives 0 layers ''
gives 0 layers '#include "platform/base/err.h"'
gives 1 layers '#include "voucher/voucher.h"'
gives 1 layers '#include "platform/tls/channel.h"'
gives 1 layers '#include "agent/onboard.h"'
gives 1 layers '#include "platform/pki/trusted_make.h"'
gives 1 layers '#include <wolfssl/ssl.h>'
gives 1 layers '#include <curl/curl.h>'
gives 1 layers '#include <jansson.h>'

gives 0 no-heap 'int a(void); /* free of malloc */'
gives 1 no-heap 'char *p = malloc(3);'
gives 1 no-heap '	free(p);'
gives 1 no-heap '	q = strdup (p);'

gives 0 format 'int a;'
gives 1 format 'int  a;'
gives 1 format '    int a;'

gives 0 rfc-tags '/* RFC 5280 4.1.2.5 */'
gives 1 rfc-tags '/* RFC 5280, section 4.1.2.5 */'
gives 1 rfc-tags '/* section 4.1 of RFC 5280 */'
gives 1 rfc-tags '/* RFC5280 4.1 */'
[ ! -d "$root/../shared/spec/rfc" ] || {
	ONRAMP_SPECS=$root/../shared/spec/rfc
	export ONRAMP_SPECS
	gives 0 rfc-tags '/* RFC 8995 C.1.1 */'
	gives 1 rfc-tags '/* RFC 5280 4.1.2.99 */'
}

gives 0 rules ''
gives 1 rules '	system("x");'
gives 1 rules '	strcpy(a, b);'
gives 1 rules '	n = atoi(b);'
gives 1 rules '	exit(1);'
gives 1 rules 'typedef struct x x;'
gives 1 rules '#ifdef X'
gives 1 rules '/* TO''DO: later */'
gives 1 rules 'const char *p = "/wo''rk/main";'

fresh
echo 'int no_licence;' > "$tree/cmp/good.c"
judged 1 rules 'a file without a licence'
fresh
printf '%s\n' "$licence" '#ifndef CMP_GOOD_H' '#endif' > "$tree/cmp/good.h"
judged 1 rules 'a guard of another name'

gives 0 hosts ''
gives 1 hosts '/* see https://registry.npm''js.org/x */'
gives 1 hosts '/* deb http://deb.debi''an.org/debian */'

gives 0 words ''
gives 1 words '/* hold the peer to its pin */'
gives 1 words '	log_info("the voucher-request of before goes out again");'
gives 1 words '/* what the CA wishes */'

exit $bad
