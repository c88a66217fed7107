#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Plain words: no phrase that a stranger had to read twice, in the product and its documents.
# A row is an extended regular expression and what to write in its place.
set -u
bad=0

files=$(sh tests/lint/files.sh all |
	grep -E '^(agent|cmp|voucher|platform|docs)/|^README\.md$|^configs/')

# phrase, better
avoid() {
	# shellcheck disable=SC2086 # a list of names without blanks
	if grep -nEi -e "$1" /dev/null $files; then
		echo "^ better: $2"
		bad=1
	fi
}

# steps and their details
avoid 'hold(s|ing)? (the|a) (peer|registrar|server) to (its|the)' 'verify registrar against voucher pin'
avoid '(has|have|with) no wishes' 'CA provides no request template'
# the error table
avoid 'broke one of its own rules' 'internal error'
avoid 'another onramp is at work' 'state directory in use by another onramp process'
avoid '(comes?|is) from the future' 'created-on is in the future'
avoid '(be|is|are|was) gone on with' 'is resumed, cannot be resumed'
avoid '(is|are|was) (not )?of this time' 'outside the allowed window, expired'
avoid 'cannot be read or written' 'the path, then the cause'
avoid 'did not decide in time' 'no decision from the CA in time'
avoid 'do(es)? not know this device \(404' '404: wrong path, or this device is not known'
# the log
avoid 'without a word' 'empty body'
avoid 'of before (goes|went) out again|goes out again' 'resending the outstanding voucher-request'
avoid '(is|are|was) given up' 'abandoning'
avoid 'not enabled is|enabled (of section [a-z]+ )?is not 1' "not enabled (option enabled '0')"
avoid 'seconds? \(nothing came\)' 'connected, but no answer for 30 s'
# onramp cmp
avoid 'same line (goes|then goes) on' 'run the same command again to resume'
avoid 'stopped while waiting' 'interrupted'
avoid 'is pinned is no CA' 'nothing is trusted yet'
avoid 'no path from the protection' 'only --cert was sent; add its CA certificates with --untrusted'
avoid 'is not [A-Za-z%]+ of this message and key' 'signature invalid'
avoid '"there is no option' 'unknown option'
avoid 'where [0-9a-f%x]+ must be' 'found, expected'
avoid 'open to others' 'readable by others; chmod 600'
# reasons
avoid 'it ended at|it is %s"' 'certificate expired X (now Y)'
avoid 'that came is of|we hold one of' 'received CRL is older than stored'
avoid 'is neither an anchor' 'issuer not found'
avoid '"neither DER, PEM, base64 nor JSON \(' 'the file is empty'
# help, manual, comments
avoid 'voucher holds' 'voucher valid'
avoid 'makes the device enrolled' 'state returns to enrolled'
avoid 'always says "?soon' 'frequent polls wear the flash'
avoid 'so-and-so' 'consecutive count'
avoid '(pins|lists|names|files) that are none' 'invalid pins'
avoid 'is of the store' 'reports E_STORE'
avoid "HTTP's word|a cable's" 'as lost connections'
# names
avoid 'cmp_ask_on|cmp_confirm_on' 'cmp_ask_resume, cmp_confirm_resume'
avoid '(^|[^a-z])wish(es)?([^a-z]|$)' 'request parameters'
avoid '(^|[^a-z])(heard|vet|vets|vetted)([^a-z]|$)' 'what the function does'

exit $bad
