#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Certificates and CRLs made by openssl, foreign to the reader that tests/unit/pki
# holds to them: root (P-384) > sub (RSA) > leaf (P-256), sub > Ed25519 leaf and a
# revoked one, other-root.  Valid from 2026 to 2046.  Keys but leaf.key are thrown away.
# Usage: tests/vectors/x509/make.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > ca.cnf << 'EOF'
[ca]
default_ca = this
[this]
database = $ENV::CA.index
serial = $ENV::CA.serial
crlnumber = $ENV::CA.crlnumber
new_certs_dir = .
certificate = $ENV::CA.pem
private_key = $ENV::CA.key
default_md = sha256
policy = any
string_mask = utf8only
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
serialNumber = optional
domainComponent = optional
emailAddress = optional
[req]
distinguished_name = dn
string_mask = utf8only
[dn]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[sub]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
nameConstraints = critical, permitted;DNS:example.net, permitted;IP:192.0.2.0/255.255.255.0, permitted;dirName:site, excluded;DNS:secret.example.net
crlDistributionPoints = URI:http://crl.example.net/sub.crl
[site]
O = Example
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, 1.3.6.1.5.5.7.3.28
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid, issuer:always
subjectAltName = DNS:reg.example.net, DNS:*.lab.example.net, IP:192.0.2.7, URI:https://reg.example.net/, email:ops@example.net, otherName:1.3.6.1.4.1.99999.1;UTF8:r1
authorityInfoAccess = OCSP;URI:http://ocsp.example.net/, caIssuers;URI:http://ca.example.net/sub.cer
certificatePolicies = 1.3.6.1.4.1.99999.2
1.3.6.1.5.5.7.1.32 = ASN1:IA5STRING:masa.example.net:9443
[plain]
authorityKeyIdentifier = keyid
[crl]
authorityKeyIdentifier = keyid
EOF

from=20260101000000Z until=20460101000000Z

ca() { # NAME
	echo 1000 > "$1.serial"
	echo 01 > "$1.crlnumber"
	: > "$1.index"
}

key() { # NAME ALGORITHM...
	name=$1
	shift
	openssl genpkey -quiet -algorithm "$@" -out "$name.key" 2> /dev/null ||
		openssl genpkey -algorithm "$@" -out "$name.key" 2> /dev/null
}

issue() { # CA NAME SUBJECT EXTENSIONS [OPTION...]
	CA=$1 name=$2 subject=$3 extensions=$4
	export CA
	shift 4
	openssl req -new -utf8 -config ca.cnf -key "$name.key" -subj "$subject" \
		-multivalue-rdn -out "$name.csr"
	openssl ca -batch -notext -utf8 -config ca.cnf -in "$name.csr" -out "$name.pem" \
		-extensions "$extensions" -startdate $from -enddate $until -preserveDN "$@" \
		2> "$name.log" || { cat "$name.log"; exit 1; }
	openssl x509 -in "$name.pem" -outform DER -out "$here/$name.der"
}

list() { # CA FILE LAST NEXT
	CA=$1 openssl ca -config ca.cnf -gencrl -crl_lastupdate "$3" -crl_nextupdate "$4" \
		-crlexts crl -out crl.pem 2> crl.log || { cat crl.log; exit 1; }
	openssl crl -in crl.pem -outform DER -out "$here/$2.crl"
}

key root EC -pkeyopt ec_paramgen_curve:P-384
key other-root ED25519
key sub RSA -pkeyopt rsa_keygen_bits:2048
key leaf EC -pkeyopt ec_paramgen_curve:P-256
key revoked ED25519
key names EC -pkeyopt ec_paramgen_curve:P-256
for c in root sub other-root; do
	ca $c
done
issue root root '/C=FI/O=Example/CN=Example Root' root -selfsign
issue other-root other-root '/CN=Example Root 2' root -selfsign -md null
issue root sub '/O=Example/CN=Example Issuing CA' sub
issue sub leaf '/O=Example/CN=Registrar/serialNumber=R-1' leaf -sigopt rsa_padding_mode:pss \
	-sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256
issue sub revoked '/O=Example/CN=Revoked' plain
issue root names '/DC=net/DC=Example/O=Exämple, Oy/OU=a+OU=b/CN=R 1/emailAddress=r@example.net' \
	plain

list sub good $from $until
CA=sub openssl ca -config ca.cnf -revoke revoked.pem 2> /dev/null
list sub revoked $from $until
list sub stale $from 20260201000000Z
list root root $from $until

cp leaf.key "$here/leaf.key"
cat root.pem revoked.pem leaf.pem sub.pem > "$here/leaf-shuffled.pem"
