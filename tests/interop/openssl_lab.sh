#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# OpenSSL's CMP client against the lab's CA: what the agent is judged by is itself
# judged by a program that shares no code with it.  Each case checks the exit
# status, what OpenSSL says, and with a certificate that it is of the new key and
# leads to the domain's root.
# Usage: tests/interop/openssl_lab.sh [--list | case...]
set -u
here=$(cd "$(dirname "$0")" && pwd)
lab=$here/../lab/lab
list=
[ "${1:-}" != --list ] || { list=yes && shift; }
only=" $* "
passed=0 failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/openssl-lab-XXXXXX") || exit 2
server=

stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2> /dev/null
	server=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

for tool in openssl /usr/bin/python3; do
	command -v $tool > /dev/null || {
		echo "skipped: $tool is not here"
		echo '0 passed, 0 failed, 1 skipped'
		exit 0
	}
done
[ -n "$list" ] || echo "planned $(sh "$0" --list | wc -l)"
[ -n "$list" ] || "$lab" pki "$work" > /dev/null || exit 2
root=$work/domain/root.pem sub=$work/domain/sub.pem idevid=$work/device/idevid-p256
name='/O=Example Domain/serialNumber=SN-0001' secret=correct-horse-battery-staple
[ -n "$list" ] || openssl ecparam -name prime256v1 -genkey -noout -out "$work/new.key"
[ -n "$list" ] || openssl req -new -key "$work/new.key" -subj "$name" -out "$work/new.csr"

# ---- the server: options of `lab ca`

serve() {
	[ -z "$list" ] || return 0
	stop
	: > "$work/port" # the one before must not be read for this one's
	"$lab" ca "$work" --cmp-secret "$secret" --cmp-mac-sender any "$@" \
		> "$work/port" 2> "$work/server.log" &
	server=$!
	tries=300
	until [ -s "$work/port" ]; do
		if [ $((tries -= 1)) = 0 ]; then
			echo 'the CA does not start:'
			cat "$work/server.log"
			exit 1
		fi
		sleep 0.1
	done
	port=$(cat "$work/port")
}

# ---- the client: kind of protection, command, label, options

client() {
	protection=$1 command=$2 label=$3
	shift 3
	set -- openssl cmp -config '' -server "127.0.0.1:$port" -cmd "$command" \
		-path ".well-known/cmp${label:+/$label}" -total_timeout 20 "$@"
	case $protection in
	pbm) "$@" -ref SN-0001 -secret "pass:$secret" -mac hmacWithSHA256 ;;
	pbm-sha1) "$@" -ref SN-0001 -secret "pass:$secret" ;;
	wrong-secret) "$@" -ref SN-0001 -secret pass:another-secret -trusted "$root" ;;
	idevid) "$@" -cert "$idevid.pem" -key "$idevid.key" -extracerts "$idevid.pem" \
		-trusted "$root" -untrusted "$sub" ;;
	own) "$@" -cert "$work/own.pem" -key "$work/own.key" -extracerts "$work/own.pem" \
		-trusted "$root" -untrusted "$sub" ;;
	esac
}

is_ours() {
	openssl verify -x509_strict -CAfile "$root" -untrusted "$sub" "$work/out.pem" &&
		openssl x509 -in "$work/out.pem" -noout -pubkey > "$work/out.pub" &&
		openssl pkey -in "$work/new.key" -pubout | cmp - "$work/out.pub"
}

report() { # name, good or bad
	if [ "$2" = good ]; then
		echo "ok      openssl_lab $1"
		passed=$((passed + 1))
	else
		echo "FAILED  openssl_lab $1"
		sed 's/^/        client: /' "$work/client.log"
		tail -n 5 "$work/log/ca.log" | sed 's/^/        CA: /'
		failed=$((failed + 1))
	fi
}

chosen() {
	[ -z "$list" ] || { echo "$1" && return 1; }
	[ "$only" = '  ' ] || case $only in *" $1 "*) ;; *) return 1 ;; esac
}

# name, yes or no: is there to be a certificate; text in the output; protection,
# command, label, options
try() {
	case_name=$1 certifies=$2 text=$3
	shift 3
	chosen "$case_name" || return
	rm -f "$work/out.pem"
	[ "$certifies" = no ] || set -- "$@" -certout "$work/out.pem"
	verdict=good
	client "$@" > "$work/client.log" 2>&1 || verdict=bad
	grep -qF -- "$text" "$work/client.log" || verdict=bad
	[ "$certifies" = no ] || is_ours >> "$work/client.log" 2>&1 || verdict=bad
	report "$case_name" $verdict
}

# It must fail, and say why.
refuse() {
	case_name=$1 text=$2
	shift 2
	chosen "$case_name" || return
	verdict=good
	[ "$2" = rr ] || set -- "$@" -certout "$work/out.pem"
	client "$@" > "$work/client.log" 2>&1 && verdict=bad
	grep -qF -- "$text" "$work/client.log" || verdict=bad
	report "$case_name" $verdict
}

enrol="-newkey $work/new.key"

# A certificate of the domain's own, for what only such may ask.
own() {
	[ -z "$list" ] || return 0
	cp "$work/new.key" "$work/own.key"
	client idevid ir initialization -newkey "$work/own.key" -subject "$name" \
		-implicit_confirm -certout "$work/own.pem" > "$work/client.log" 2>&1 || {
		cat "$work/client.log"
		exit 1
	}
}

# ---- straight, by either protection

# Since 3.2 it writes them to a file, before it only names what came.
case $(openssl version) in
'OpenSSL 3.'[01].*) names_ca_certs=id-it-caCerts ;;
*) names_ca_certs='certificate' ;;
esac

serve
own
for by in idevid pbm pbm-sha1; do
	# shellcheck disable=SC2086 # a list of options without blanks
	{
		try "ir-$by" yes CERTCONF $by ir initialization $enrol -subject "$name"
		try "ir-$by-implicit" yes 'received IP' $by ir initialization $enrol -subject "$name" \
			-implicit_confirm
		try "p10cr-$by" yes CERTCONF $by p10cr pkcs10 -csr "$work/new.csr"
	}
	try "genm-$by" no "$names_ca_certs" $by genm getcacerts -infotype caCerts \
		-cacertsout "$work/ca.pem"
	try "genm-crl-$by" no id-it-currentCRL $by genm '' -infotype currentCRL
done
for by in own pbm; do
	# shellcheck disable=SC2086
	try "cr-$by" yes CERTCONF $by cr certification $enrol -subject "$name"
done
# shellcheck disable=SC2086
{
	try kur yes CERTCONF own kur keyupdate $enrol
	try kur-implicit yes 'received KUP' own kur keyupdate $enrol -implicit_confirm
	try ir-capubs yes '1 CA certificate' pbm ir initialization $enrol -subject "$name" \
		-cacertsout "$work/capubs.pem"
}
chosen ir-capubs && {
	verdict=bad
	openssl x509 -in "$work/capubs.pem" | cmp -s - "$root" && verdict=good
	report 'ir-capubs: of the domain' $verdict
}
# shellcheck disable=SC2086
{
	refuse kur-by-pbm wrongIntegrity pbm kur keyupdate $enrol -oldcert "$work/own.pem" \
		-trusted "$root"
	refuse ir-wrong-secret badMessageCheck wrong-secret ir initialization $enrol \
		-subject "$name"
	refuse ir-other-name notAuthorized idevid ir initialization $enrol -subject /CN=else
	refuse cr-by-idevid notAuthorized idevid cr certification $enrol -subject "$name"
	refuse ir-wrong-label badRequest idevid ir getcacerts $enrol -subject "$name"
}

# ---- delayed

serve --cmp-wait 2 --cmp-check-after 0
# shellcheck disable=SC2086
{
	for by in idevid pbm; do
		try "ir-polled-$by" yes POLLREP $by ir initialization $enrol -subject "$name"
		try "p10cr-polled-$by" yes POLLREP $by p10cr pkcs10 -csr "$work/new.csr"
	done
	try cr-polled yes POLLREP own cr certification $enrol -subject "$name"
	try kur-polled yes POLLREP own kur keyupdate $enrol
}

# ---- insisting on certConf, other signers, no messageTime

serve --cmp-confirm explicit --cmp-signer ca --cmp-message-time off
# shellcheck disable=SC2086
for by in idevid pbm; do
	try "ir-explicit-$by" yes CERTCONF $by ir initialization $enrol -subject "$name" \
		-implicit_confirm
done

# ---- refusing

serve --fault cmp-rejection-badCertTemplate --fault cmp-rp-rejection
# shellcheck disable=SC2086
for by in idevid pbm; do
	refuse "ir-rejected-$by" badCertTemplate $by ir initialization $enrol -subject "$name"
	refuse "p10cr-rejected-$by" badCertTemplate $by p10cr pkcs10 -csr "$work/new.csr"
done
# shellcheck disable=SC2086
refuse kur-rejected badCertTemplate own kur keyupdate $enrol
serve --fault cmp-error-systemUnavail
# shellcheck disable=SC2086
for by in idevid pbm; do
	refuse "ir-error-$by" systemUnavail $by ir initialization $enrol -subject "$name"
done

# ---- revoking: last, since it is done then

serve
own
try rr no 'received RP' own rr revocation -oldcert "$work/own.pem" -revreason 4
refuse rr-again signerNotTrusted own rr revocation -oldcert "$work/own.pem" -revreason 4
# shellcheck disable=SC2086
refuse kur-revoked signerNotTrusted own kur keyupdate $enrol

[ -z "$list" ] || exit 0
echo "$passed passed, $failed failed"
[ $failed = 0 ]
