#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Certificates for the servers and the client of the tests.  Usage: certs.sh DIRECTORY
#
# NAME.pem is what a server needs: certificate, chain, key.
set -eu
cd "$1"
exec 2> log

make() { # NAME SUBJECT openssl-req-arguments...
	name=$1
	subject=$2
	shift 2
	openssl req -x509 -nodes -days 3650 -subj "/CN=$subject" \
		-keyout "$name.key" -out "$name.crt" "$@"
	cat "$name.crt" "$name.key" > "$name.pem"
}
sign() { # NAME SUBJECT ISSUER CA
	openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj "/CN=$2" \
		-keyout "$1.key" -out "$1.csr"
	printf 'basicConstraints=critical,CA:%s\n' "$4" > "$1.ext"
	openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial \
		-days 3650 -extfile "$1.ext" -out "$1.crt"
}
repeat() { # COUNT FILE
	i=0
	while [ $i -lt "$1" ]; do
		cat "$2"
		i=$((i + 1))
	done
}
ec() {
	curve=$1
	shift
	make "$@" -newkey ec -pkeyopt "ec_paramgen_curve:$curve"
}

ec P-256 p256 peer
ec P-256 other peer
ec P-384 p384 peer
ec P-521 p521 peer
make rsa peer -newkey rsa:2048
make weak peer -newkey rsa:1024
make ed25519 peer -newkey ed25519

ec P-256 root root
sign sub sub root TRUE
sign leaf leaf sub FALSE
cat leaf.crt sub.crt leaf.key > chain.pem
cat leaf.crt leaf.key > short.pem
# the same leaf below another certificate of its issuer's key
openssl x509 -req -in sub.csr -CA root.crt -CAkey root.key -CAcreateserial \
	-days 3650 -extfile sub.ext -out sub-again.crt
cat leaf.crt sub-again.crt leaf.key > chain-again.pem
cat leaf.crt root.crt sub.crt leaf.key > unordered.pem

# The last octet of the signature is another one.
forge() { # FORGED CERTIFICATE
	openssl x509 -in "$2" -outform DER -out "$1.der"
	last=$(tail -c 1 "$1.der" | od -An -tu1)
	head -c -1 "$1.der" > "$1.cut"
	printf "\\$(printf %03o $((last ^ 1)))" | cat "$1.cut" - > "$1.der"
	openssl x509 -inform DER -in "$1.der" -out "$1.crt"
}
forge forged-leaf leaf.crt
forge forged-sub sub.crt
forge forged-self p256.crt
cat forged-leaf.crt sub.crt leaf.key > forged-leaf.pem
cat leaf.crt forged-sub.crt root.crt leaf.key > forged-sub.pem
cat forged-self.crt p256.key > forged-self.pem
cat forged-leaf.crt leaf.key > forged-alone.pem

names=$(awk 'BEGIN { for (i = 0; i < 250; i++)
	printf "%sDNS:a-name-that-is-long-enough-to-fill-a-certificate-%d.example", i ? "," : "", i }')
ec P-256 large peer -addext "subjectAltName=$names"
{ cat p256.crt && repeat 8 other.crt && cat p256.key; } > nine.pem
{ cat p256.crt && repeat 9 other.crt && cat p256.key; } > ten.pem

ec P-256 clientroot clientroot
sign clientsub clientsub clientroot TRUE
sign client client clientsub FALSE
for name in client clientsub p256 other leaf sub; do
	openssl x509 -in "$name.crt" -outform DER -out "$name.der"
done
