#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The CMP client against OpenSSL's mock server (`openssl cmp -port`), which shares
# no code with it: every operation that it knows, by signature and by shared
# secret, as it goes well and as it goes wrong.  Each case judges the exit status
# and the outcome, and starts the mock anew: it serves one transaction at a time,
# and crashes when signers alternate.
#
# What the mock cannot do, and is tried elsewhere (tests/lab):
# - it knows the path pkix/ alone, so --labels none;
# - it hands out the one certificate of -rsp_cert, whose key has to be ours; kur and
#   rr are for that certificate alone, so that the renewed one is the old one;
# - it echoes a genm: that is `there are none` for getcacerts and
#   getcertreqtemplate, and no answer for getrootupdate and getcrls;
# - no PBMAC1, no pvno 3 (hashAlg, central keys), no certProfile, no waiting by error,
#   polling for certificates alone.
#
# OpenSSL 3.0 and 3.1 are so.  Since 3.2 the mock answers getrootupdate and getcrls with
# what its options name, takes an rr for any certificate, and crashes on getcertreqtemplate.
#
# Usage: tests/interop/cmp_openssl.sh [--list | case...]      ONRAMP: the agent to try
set -u
onramp=${ONRAMP:-build/onramp}
list=
[ "${1:-}" != --list ] || { list=yes && shift; }
only=" $* "
passed=0 failed=0 skipped=0
server=
work=$(mktemp -d "${TMPDIR:-/tmp}/cmp-openssl-XXXXXX") || exit 2

stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2> /dev/null
	server=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

[ -n "$list" ] || echo "planned $(sh "$0" --list | wc -l)"
command -v openssl > /dev/null || [ -n "$list" ] || {
	echo 'skipped: openssl is not here'
	echo '0 passed, 0 failed, 1 skipped'
	exit 0
}

# ---- keys and certificates: name, subject, issuer or -, extensions

make_cert() {
	[ -z "$list" ] || return
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
make_cert new '/O=Example/CN=router-1' root 'keyUsage=critical,digitalSignature'
make_cert stranger '/O=Example/CN=router-1' maker 'keyUsage=critical,digitalSignature'
[ -n "$list" ] || cat "$work/maker.pem" "$work/root.pem" > "$work/clients.pem"
umask 077
printf 'open sesame\nnot this\n' > "$work/secret"

# ---- the mock, the client, and how both are told what to do

case $([ -n "$list" ] || openssl version) in
'OpenSSL 3.'[01].*) echoes=yes ;;
*) echoes= ;;
esac

# What a case may set beforehand, and finds as it was afterwards.
defaults() {
	signer=ra issued=new identity=idevid trusted=root
}
defaults

serve() { # options of the mock
	: > "$work/server.log" # the one before must not be read for this one's port
	openssl cmp -config '' -port 0 -max_msgs 0 -rsp_cert "$work/$issued.pem" \
		-rsp_extracerts "$work/root.pem" "$@" > "$work/server.log" 2>&1 &
	server=$!
	tries=300
	while [ $((tries -= 1)) -gt 0 ]; do
		at=$(sed -n 's/^ACCEPT \(.*:[0-9]*\) PID=.*/\1/p' "$work/server.log")
		[ -n "$at" ] && break
		sleep 0.05
	done
	# Before 3.4 it listens on IPv6 (and 4), since then on IPv4 unless told otherwise.
	case $at in
	'[::]:'*) server_url="http://[::1]:${at##*:}/pkix/" ;;
	'0.0.0.0:'*) server_url="http://127.0.0.1:${at##*:}/pkix/" ;;
	*)
		echo "the mock does not start:"
		cat "$work/server.log"
		exit 1
		;;
	esac
}

# The mock and the client prove themselves both by signature, or both by the secret.
serve_as() { # signature or mac, options of the mock
	if [ "$1" = mac ]; then
		shift
		serve -srv_secret 'pass:open sesame' -srv_ref 4711 "$@"
		return
	fi
	shift
	serve -srv_cert "$work/$signer.pem" -srv_key "$work/$signer.key" \
		-srv_trusted "$work/clients.pem" "$@"
}

# What the operation needs besides.
needs() {
	case $1 in
	ir | cr) echo "--newkey $work/new.key --subject /O=Example/CN=router-1" ;;
	kur) echo "--newkey $work/new.key" ;;
	p10cr) echo "--csr $work/new.csr" ;;
	getrootupdate) echo "--oldroot $work/root.pem" ;;
	getcrls) echo "--crl-issuer $work/root.pem" ;;
	esac
}

client() { # operation, signature or mac, options
	operation=$1 protection=$2
	shift 2
	case $operation in
	ir | cr | kur | p10cr) set -- --certout "$work/out.pem" "$@" ;;
	esac
	# shellcheck disable=SC2046 # a list of options without blanks
	set -- $(needs "$operation") "$@"
	case $protection in
	mac) set -- --ref 4711 --secret-file "$work/secret" --mac pbm "$@" ;;
	*) set -- --cert "$work/$identity.pem" --key "$work/$identity.key" --require-role "$@" ;;
	esac
	[ "$trusted" = none ] || set -- --trusted "$work/$trusted.pem" "$@"
	"$onramp" cmp "$operation" --server "$server_url" --labels none --retries 0 \
		"$@" > "$work/client.log" 2>&1
}

# ---- one case: what is said, and what came of it

fail() {
	echo "FAILED  cmp_openssl $name: $*"
	sed 's/^/        client: /' "$work/client.log"
	tail -n 5 "$work/server.log" | sed 's/^/        server: /'
	failed=$((failed + 1))
	verdict=FAILED
}

public_key() { # of a certificate
	openssl x509 -in "$1" -noout -pubkey 2> /dev/null
}

# The certificate that the mock gave, for our key, below our root; or none at all.
outcome_is() { # a word of those below
	case $1 in
	certificate)
		cmp -s "$work/out.pem" "$work/$issued.pem" &&
			[ "$(public_key "$work/out.pem")" = \
				"$(openssl pkey -in "$work/new.key" -pubout)" ] &&
			openssl verify -CAfile "$work/root.pem" "$work/out.pem" > "$work/verify.log" 2>&1
		;;
	roots) outcome_is certificate && cmp -s "$work/roots.pem" "$work/root.pem" ;;
	update) cmp -s "$work/roots.pem" "$work/next.pem" ;;
	crl) openssl crl -in "$work/crl.out" | cmp -s - "$work/crl.pem" ;;
	nothing) [ ! -e "$work/out.pem" ] && [ ! -e "$work/roots.pem" ] ;;
	esac
}

# name, operation, signature or mac, exit status, text, outcome, the mock's options, ours
try() {
	name=$1 want=$4 text=$5 outcome=$6 mock=$7 as=$3 what=$2
	shift 7
	[ -z "$list" ] || { echo "$name" && return; }
	[ "$only" = '  ' ] || case $only in *" $name "*) ;; *) return ;; esac
	rm -f "$work/out.pem" "$work/roots.pem" "$work/crl.out"
	# shellcheck disable=SC2086 # a list of options without blanks
	serve_as "$as" $mock
	client "$what" "$as" "$@"
	status=$?
	stop
	verdict=ok
	if [ $status != "$want" ]; then
		fail "exit status $status, expected $want"
	elif ! grep -qF -- "$text" "$work/client.log"; then
		fail "no word of \"$text\""
	elif ! outcome_is "$outcome"; then
		fail "the outcome is not: $outcome"
	elif ! heard; then
		fail "the server did not say \"$hears\""
	else
		echo "ok      cmp_openssl $name"
		passed=$((passed + 1))
	fi
	echo "$what $as ${column:-other} $verdict" >> "$work/table"
}

# name, reason: a case that one version cannot be asked
pass_over() {
	[ -z "$list" ] || { echo "$1" && return; }
	[ "$only" = '  ' ] || case $only in *" $1 "*) ;; *) return ;; esac
	echo "skipped: cmp_openssl $1: $2"
	skipped=$((skipped + 1))
}

# What the mock has to say about it, in a case that sets it beforehand.
hears=
heard() {
	[ -z "$hears" ] || grep -qF -- "$hears" "$work/server.log"
}

# ---- every request for a certificate, every way

refused='rejected by client with PKIStatus: rejection'

certify() { # operation, signature or mac
	prefix=$2-$1-
	[ "$2-$1" != signature-ir ] || prefix=
	column=implicit
	try "${prefix}implicit" "$1" "$2" 0 implicitly certificate -grant_implicitconf \
		--implicit-confirm
	column=certConf
	try "${prefix}explicit" "$1" "$2" 0 'by certConf' certificate ''
	column=polling
	try "${prefix}polling" "$1" "$2" 0 'by certConf' certificate '-poll_count 2 -check_after 1'
	column=rejection
	try "${prefix}rejection" "$1" "$2" 69 'rejection (badRequest): "no_way"' nothing \
		'-pkistatus 2 -failure 2 -statusstring no_way'
	column=error
	try "${prefix}error" "$1" "$2" 70 error nothing -send_error
	column=unprotected
	try "${prefix}unprotected-error" "$1" "$2" 70 'unprotected error' nothing \
		'-send_error -send_unprot_err'
	column=--reject hears=$refused
	try "${prefix}reject" "$1" "$2" 0 'rejected' nothing '' --reject
	column='' hears=
}

certify ir signature
certify cr signature
identity=new
certify kur signature
identity=idevid
certify p10cr signature
certify ir mac
certify cr mac
certify p10cr mac

# ---- revocation: of the very certificate that signs

identity=new
column=answer
try rr rr signature 0 'revoked: "O=Example,CN=router-1"' nothing '-pkistatus 0' \
	--revreason superseded
column=rejection
try rr-rejection rr signature 69 rejection nothing '-pkistatus 2 -failure 10'
column=error
try rr-error rr signature 70 error nothing -send_error
column=unprotected
try rr-unprotected-error rr signature 70 'unprotected error' nothing '-send_error -send_unprot_err'
identity=plain column=rejection
if [ -n "$echoes" ]; then
	try rr-another rr signature 70 error nothing '-pkistatus 0'
else
	try rr-another rr signature 0 'revoked: "CN=RA"' nothing '-pkistatus 0'
fi
# what is signed by the very key that asks is no answer
identity=ra
try rr-own-key rr signature 66 'has our own key' nothing '-pkistatus 0'
identity=idevid

# ---- support messages: an echo is `there are none`, or no answer

make_crl() { # of the root
	printf '%s\n' '[ca]' 'default_ca = root' '[root]' "database = $work/index" \
		"certificate = $work/root.pem" "private_key = $work/root.key" \
		'default_md = sha256' 'default_crl_days = 30' > "$work/ca.conf"
	: > "$work/index"
	openssl ca -config "$work/ca.conf" -gencrl -out "$work/crl.pem" 2> "$work/ca.log"
}

make_link() { # NewWithOld: the new root's key, signed by the old one
	openssl x509 -req -in "$work/next.csr" -CA "$work/root.pem" -CAkey "$work/root.key" \
		-CAcreateserial -days 30 -extfile "$work/next.ext" -out "$work/link.pem" 2> /dev/null
}

if [ -z "$list$echoes" ]; then
	make_cert next '/CN=Root' - "$ca"
	make_link
	make_crl
fi

# prefix of the name, signature or mac: what OpenSSL 3.0 only echoes
inform_more() {
	if [ -n "$echoes" ]; then
		try "$1getcertreqtemplate" getcertreqtemplate "$2" 0 'CA provides no request template' nothing ''
		try "$1getrootupdate" getrootupdate "$2" 68 "not asked for" nothing ''
		try "$1getcrls" getcrls "$2" 68 "not asked for" nothing ''
	else
		pass_over "$1getcertreqtemplate" "the mock of OpenSSL 3.2 and later crashes"
		try "$1getrootupdate" getrootupdate "$2" 0 'new root' update \
			"-rsp_newwithnew $work/next.pem -rsp_newwithold $work/link.pem" \
			--crl "$work/crl.pem" --rootout "$work/roots.pem"
		try "$1getcrls" getcrls "$2" 0 "revocation list" crl "-rsp_crl $work/crl.pem" \
			--crlout "$work/crl.out"
	fi
}

inform() { # signature or mac
	prefix=$1-
	[ "$1" != signature ] || prefix=
	column=answer
	try "${prefix}getcacerts" getcacerts "$1" 0 'CA certificates: 0' nothing ''
	inform_more "$prefix" "$1"
	column=error
	try "${prefix}getcacerts-error" getcacerts "$1" 70 error nothing -send_error
	column=unprotected
	try "${prefix}getcacerts-unprotected-error" getcacerts "$1" 70 'unprotected error' nothing \
		'-send_error -send_unprot_err'
	column=
}

inform signature
inform mac

# ---- and what is particular

try not-granted ir signature 0 'by certConf' certificate '' --implicit-confirm
try unasked ir signature 0 'by certConf' certificate -grant_implicitconf
try polling-implicit ir signature 0 implicitly certificate \
	'-poll_count 1 -check_after 1 -grant_implicitconf' --implicit-confirm
try polling-too-long ir signature 72 'wait another' nothing '-poll_count 3 -check_after 60' \
	--total-timeout 4
try with-mods ir signature 0 'with modifications' certificate '-pkistatus 1'
try busy ir signature 73 systemUnavail nothing '-pkistatus 2 -failure 24'
try in-use ir signature 73 transactionIdInUse nothing '-pkistatus 2 -failure 21'
try unprotected ir signature 65 'not protected' nothing -send_unprotected
try warning ir signature 68 'PKIStatus 4' nothing '-pkistatus 4'
try p10cr-newkey p10cr signature 0 'by certConf' certificate ''
try json ir signature 0 '"confirmed":"explicit"' certificate '' --json
try json-rejection ir signature 69 '"error":"E_CMP_REJECTED"' nothing '-pkistatus 2' --json
try mac-unprotected ir mac 65 'not protected' nothing -send_unprotected
trusted=none
try mac-capubs ir mac 0 'new roots' roots "-rsp_capubs $work/root.pem" \
	--cacertsout "$work/roots.pem"
try mac-no-root ir mac 80 root nothing ''
trusted=root signer=plain
try no-role ir signature 66 id-kp-cmcRA nothing ''
signer=ra issued=stranger hears=$refused
# RFC 9483 3.6.1: the CA hears of it
try other-key ir signature 75 'public key' nothing ''
issued=new hears=

# ---- the table

table() {
	columns='implicit certConf polling rejection error unprotected --reject answer other'
	awk -v columns="$columns" '
		{
			row = $1 " " $2
			if (!(row in seen)) { seen[row] = 1; rows[++n] = row }
			cell = row " " $3
			if (at[cell] != "FAILED")
				at[cell] = $4
		}
		END {
			k = split(columns, column, " ")
			printf "%-30s", ""
			for (i = 1; i <= k; i++) printf " %-11s", column[i]
			print ""
			for (r = 1; r <= n; r++) {
				printf "%-30s", rows[r]
				for (i = 1; i <= k; i++) {
					cell = rows[r] " " column[i]
					printf " %-11s", cell in at ? at[cell] : "-"
				}
				print ""
			}
		}' "$work/table"
}

[ -z "$list" ] || exit 0
echo
[ ! -e "$work/table" ] || table
echo
if [ $skipped != 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed = 0 ]
