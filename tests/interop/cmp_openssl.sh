#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The CMP client against OpenSSL's mock server (`openssl cmp -port`), which shares
# no code with it.  The mock is started anew for each case: it crashes when
# signers alternate, and serves one transaction at a time.
# Usage: tests/interop/cmp_openssl.sh [case...]      ONRAMP: the agent to try
set -u
onramp=${ONRAMP:-build/onramp}
only=" $* "
passed=0 failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/cmp-openssl-XXXXXX") || exit 2
server=

stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2> /dev/null
	server=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

command -v openssl > /dev/null || {
	echo 'skipped: openssl is not here'
	echo '0 passed, 0 failed, 1 skipped'
	exit 0
}

# ---- keys and certificates: name, subject, issuer or -, extensions

make_cert() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key" 2> /dev/null
	chmod 600 "$work/$1.key"
	printf '%s\n' "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid" "$4" > "$work/$1.ext"
	openssl req -new -key "$work/$1.key" -subj "$2" -out "$work/$1.csr" 2> /dev/null
	if [ "$3" = - ]; then
		set -- "$1" -signkey "$work/$1.key"
	else
		set -- "$1" -CA "$work/$3.pem" -CAkey "$work/$3.key" -CAcreateserial
	fi
	name=$1
	shift
	openssl x509 -req -in "$work/$name.csr" "$@" -days 30 -extfile "$work/$name.ext" \
		-out "$work/$name.pem" 2> /dev/null
}

ca='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign,digitalSignature'
make_cert maker '/CN=Maker' - "$ca"
make_cert root '/CN=Root' - "$ca"
make_cert idevid '/CN=Device/serialNumber=SN-1' maker 'keyUsage=critical,digitalSignature'
make_cert ra '/CN=RA' root 'keyUsage=critical,digitalSignature
extendedKeyUsage=1.3.6.1.5.5.7.3.28'
make_cert plain '/CN=RA' root 'keyUsage=critical,digitalSignature'
make_cert new '/O=Example/CN=router 1' root 'keyUsage=critical,digitalSignature'
make_cert stranger '/O=Example/CN=router 1' maker 'keyUsage=critical,digitalSignature'

# ---- one case: start the mock, run the client, compare the exit status

serve() { # options of the mock
	signer=${signer:-ra} issued=${issued:-new}
	rm -f "$work/server.log" # the one before must not be read for this one's port
	: > "$work/server.log"
	openssl cmp -config '' -port 0 -max_msgs 0 -srv_cert "$work/$signer.pem" \
		-srv_key "$work/$signer.key" -srv_trusted "$work/maker.pem" \
		-rsp_cert "$work/$issued.pem" -rsp_extracerts "$work/root.pem" "$@" \
		> "$work/server.log" 2>&1 &
	server=$!
	tries=300
	while [ $((tries -= 1)) -gt 0 ]; do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\) PID=.*/\1/p' "$work/server.log")
		[ -n "$port" ] && return
		sleep 0.1
	done
	echo "the mock does not start:"
	cat "$work/server.log"
	exit 1
}

client() {
	"$onramp" cmp ir --server "http://[::1]:$port/pkix/" --labels none --cert "$work/idevid.pem" \
		--key "$work/idevid.key" --trusted "$work/root.pem" --newkey "$work/new.key" \
		--subject '/O=Example/CN=router 1' --certout "$work/out.pem" --require-role \
		"$@" > "$work/client.log" 2>&1
}

# name, expected exit status, expected text in the output, mock's options, client's options
try() {
	name=$1 want=$2 text=$3 mock=$4
	shift 4
	[ "$only" = '  ' ] || case $only in *" $name "*) ;; *) return ;; esac
	rm -f "$work/out.pem"
	# shellcheck disable=SC2086 # a list of options without blanks
	serve $mock
	client "$@"
	status=$?
	stop
	if [ $status = "$want" ] && grep -qF -- "$text" "$work/client.log" &&
		{ [ "$want" != 0 ] || cmp -s "$work/out.pem" "$work/new.pem"; }; then
		echo "ok      $name"
		passed=$((passed + 1))
	else
		echo "FAILED  $name: exit status $status, expected $want and \"$text\""
		sed 's/^/        client: /' "$work/client.log"
		tail -n 5 "$work/server.log" | sed 's/^/        server: /'
		failed=$((failed + 1))
	fi
}

# The mock of the last case wrote this.
heard() {
	if [ ! -s "$work/server.log" ] || grep -qF -- "$1" "$work/server.log"; then
		return
	fi
	echo "FAILED  $name: the server did not say \"$1\""
	failed=$((failed + 1))
}

try implicit 0 'implicitly' -grant_implicitconf --implicit-confirm
try explicit 0 'by certConf' ''
try not-granted 0 'by certConf' '' --implicit-confirm
try unasked 0 'by certConf' -grant_implicitconf
try polling 0 'by certConf' '-poll_count 2 -check_after 1'
try polling-implicit 0 'implicitly' '-poll_count 1 -check_after 1 -grant_implicitconf' \
	--implicit-confirm
try polling-too-long 72 'wait another' '-poll_count 3 -check_after 60' --total-timeout 4
try with-mods 0 'with modifications' '-pkistatus 1'
try rejection 69 'rejection (badRequest): "no_way"' '-pkistatus 2 -failure 2 -statusstring no_way'
try busy 73 'systemUnavail' '-pkistatus 2 -failure 24' --retries 0
try in-use 73 'transactionIdInUse' '-pkistatus 2 -failure 21' --retries 0
try error 70 'error' -send_error
try unprotected-error 70 'unprotected error' '-send_error -send_unprot_err'
try unprotected 65 'not protected' -send_unprotected
try warning 68 'PKIStatus 4' '-pkistatus 4'
signer=plain
try no-role 66 'id-kp-cmcRA' ''
signer=ra issued=stranger
# RFC 9483 3.6.1: the CA hears of it
try other-key 75 'public key' ''
heard 'rejected by client with PKIStatus: rejection'
issued=new

echo "$passed passed, $failed failed"
[ $failed = 0 ]
