#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `onramp show` against what OpenSSL says of the same certificates, CRLs, requests
# and CMS messages, all made by OpenSSL: serial numbers, dates, names, fingerprints,
# extensions, recipients, and how many elements there are.
# Usage: tests/interop/show_openssl.sh      ONRAMP: the agent to try
set -u
onramp=${ONRAMP:-build/onramp}
passed=0 failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/show-openssl-XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

for tool in openssl /usr/bin/python3; do
	command -v $tool > /dev/null || {
		echo "skipped: $tool is not here"
		echo '0 passed, 0 failed, 1 skipped'
		exit 0
	}
done

# name, what is expected, what is there: the same text
same() {
	if [ -n "$2" ] && [ "$2" = "$3" ]; then
		echo "ok      show_openssl $1"
		passed=$((passed + 1))
	else
		echo "FAILED  show_openssl $1"
		printf '%s\n' "$2" > "$work/want"
		printf '%s\n' "$3" > "$work/got"
		diff "$work/want" "$work/got" | sed 's/^/        /'
		failed=$((failed + 1))
	fi
}

# file, a path of members and indices: the value in the JSON
value() {
	"$onramp" show --json "$1" | /usr/bin/python3 -c '
import json, sys
v = json.load(sys.stdin)
for step in sys.argv[1].split("/"):
    v = v[int(step)] if step.isdigit() else v[step]
print(v)' "$2"
}

date_of() { # of OpenSSL's text behind the `=`, in UTC
	date -u -d "${1#*=}" +%Y-%m-%dT%H:%M:%SZ
}

cat > "$work/config" << END
[req]
distinguished_name = dn
prompt = no
[dn]
O = Example, Inc.
CN = router 1
serialNumber = SN-0001
[all]
basicConstraints = critical, CA:true, pathlen:3
keyUsage = critical, digitalSignature, keyCertSign, cRLSign, decipherOnly
extendedKeyUsage = serverAuth, clientAuth, 1.3.6.1.5.5.7.3.28, 1.2.3.4
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
subjectAltName = DNS:a.example, IP:192.0.2.1, IP:2001:db8::1, email:x@example.com, \
	URI:https://example.com/, RID:1.2.3, dirName:dn, otherName:1.3.6.1.4.1.1;UTF8:y
nameConstraints = permitted;DNS:example.com, excluded;IP:10.0.0.0/255.0.0.0
crlDistributionPoints = point
certificatePolicies = 1.2.3.4, 2.5.29.32.0
authorityInfoAccess = OCSP;URI:http://ocsp.example/, caIssuers;URI:http://ca.example/
policyConstraints = requireExplicitPolicy:3
inhibitAnyPolicy = 2
1.3.6.1.5.5.7.1.32 = ASN1:IA5STRING:masa.example
1.3.6.1.4.1.51483.2.1 = ASN1:SEQUENCE:root
1.2.3.4.5 = DER:04:02:ab:cd
[some]
basicConstraints = CA:false
subjectAltName = DNS:a.example
[point]
fullname = URI:http://crl.example/crl
CRLissuer = dirName:dn
reasons = keyCompromise, CACompromise
[root]
hashAlg = SEQUENCE:sha256
hashValue = FORMAT:HEX,OCTETSTRING:0123
[sha256]
algorithm = OID:2.16.840.1.101.3.4.2.1
[ca]
database = $work/index
crlnumber = $work/number
default_md = sha256
default_crl_days = 30
END
: > "$work/index"
echo 1234 > "$work/number"
exec 3>&2 2> "$work/openssl.log"
openssl req -x509 -config "$work/config" -extensions all -newkey rsa:2048 -nodes \
	-keyout "$work/key" -out "$work/cert.pem" -days 36500 -set_serial 0xfedcba9876543210
openssl req -new -config "$work/config" -reqexts some -key "$work/key" \
	-out "$work/csr.pem"
openssl ca -name ca -config "$work/config" -keyfile "$work/key" -cert "$work/cert.pem" \
	-revoke "$work/cert.pem" -crl_reason keyCompromise
openssl ca -name ca -config "$work/config" -keyfile "$work/key" -cert "$work/cert.pem" -gencrl \
	-out "$work/crl.pem"
echo content > "$work/content"
openssl cms -encrypt -aes256 -in "$work/content" -outform DER -out "$work/ktri" \
	-recip "$work/cert.pem" -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
openssl cms -encrypt -aes128 -in "$work/content" -outform DER -out "$work/pwri" -pwri_password x
openssl cms -sign -binary -nodetach -in "$work/content" -outform DER -out "$work/signed" \
	-signer "$work/cert.pem" -inkey "$work/key"
openssl x509 -in "$work/cert.pem" -outform DER -out "$work/cert.der"
exec 2>&3

# ---- certificates

echo "planned $(($(grep -c '^same ' "$0") + 1))"
c=PEM/0/Certificate t=PEM/0/Certificate/tbsCertificate
x509() { openssl x509 -in "$work/cert.pem" -noout "$@"; }
same serial "$(x509 -serial | sed 's/.*=//' | tr 'A-F' 'a-f')" \
	"$(value "$work/cert.pem" $t/serialNumber)"
same not-before "$(date_of "$(x509 -startdate)")" "$(value "$work/cert.pem" $t/validity/notBefore)"
same not-after "$(date_of "$(x509 -enddate)")" "$(value "$work/cert.pem" $t/validity/notAfter)"
same fingerprint "$(x509 -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr 'A-F' 'a-f')" \
	"$(value "$work/cert.pem" $c/sha256)"
same key-size '2048 bits' "$(value "$work/cert.pem" \
	$t/subjectPublicKeyInfo/subjectPublicKey/modulus)"
same subject 'O=Example\, Inc.,CN=router 1,serialNumber=SN-0001' \
	"$(value "$work/cert.pem" $t/subject)"
same key-identifier "$(x509 -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :' | tr 'A-F' 'a-f')" \
	"$(value "$work/cert.pem" $t/extensions/3/extnValue)"
same extensions "        extensions:
          - extnID: basicConstraints
            critical: true
            extnValue:
              cA: true
              pathLenConstraint: 3
          - extnID: keyUsage
            critical: true
            extnValue: digitalSignature, keyCertSign, cRLSign, decipherOnly
          - extnID: extKeyUsage
            extnValue:
              - serverAuth
              - clientAuth
              - cmcRA
              - 1.2.3.4
          - extnID: subjectAltName
            extnValue:
              - dNSName: \"a.example\"
              - iPAddress: 192.0.2.1
              - iPAddress: 2001:0db8:0000:0000:0000:0000:0000:0001
              - rfc822Name: \"x@example.com\"
              - uniformResourceIdentifier: \"https://example.com/\"
              - registeredID: 1.2.3
              - directoryName: \"O=Example\\\\, Inc.,CN=router 1,serialNumber=SN-0001\"
              - otherName:
                  type-id: 1.3.6.1.4.1.1
                  value: \"y\"
          - extnID: nameConstraints
            extnValue:
              permittedSubtrees:
                - base:
                    dNSName: \"example.com\"
              excludedSubtrees:
                - base:
                    iPAddress: 10.0.0.0/255.0.0.0
          - extnID: cRLDistributionPoints
            extnValue:
              - distributionPoint:
                  fullName:
                    - uniformResourceIdentifier: \"http://crl.example/crl\"
                reasons: keyCompromise, cACompromise
                cRLIssuer:
                  - directoryName: \"O=Example\\\\, Inc.,CN=router 1,serialNumber=SN-0001\"
          - extnID: certificatePolicies
            extnValue:
              - policyIdentifier: 1.2.3.4
              - policyIdentifier: anyPolicy
          - extnID: authorityInfoAccess
            extnValue:
              - accessMethod: ocsp
                accessLocation:
                  uniformResourceIdentifier: \"http://ocsp.example/\"
              - accessMethod: caIssuers
                accessLocation:
                  uniformResourceIdentifier: \"http://ca.example/\"
          - extnID: policyConstraints
            extnValue:
              requireExplicitPolicy: 3
          - extnID: inhibitAnyPolicy
            extnValue: 2
          - extnID: id-pe-masa-url
            extnValue: \"masa.example\"
          - extnID: hashOfRootKey
            extnValue:
              hashAlg:
                algorithm: sha256
              hashValue: 0123
          - extnID: 1.2.3.4.5
            extnValue: 0402abcd" \
	"$("$onramp" show "$work/cert.pem" | sed -n '/^        extensions:/,/^      signatureAlg/p' |
		sed '$d' | awk '
			/extnID: (subject|authority)KeyIdentifier/ { left = 1; next }
			/extnID:/ { left = 0 }
			!left')"

# ---- CRLs

l=PEM/0/CertificateList/tbsCertList
crl() { openssl crl -in "$work/crl.pem" -noout "$@"; }
same this-update "$(date_of "$(crl -lastupdate)")" "$(value "$work/crl.pem" $l/thisUpdate)"
same next-update "$(date_of "$(crl -nextupdate)")" "$(value "$work/crl.pem" $l/nextUpdate)"
same revoked-serial fedcba9876543210 \
	"$(value "$work/crl.pem" $l/revokedCertificates/0/userCertificate)"
same revoked-reason keyCompromise \
	"$(value "$work/crl.pem" $l/revokedCertificates/0/crlEntryExtensions/0/extnValue)"
same crl-number 1234 "$(value "$work/crl.pem" $l/crlExtensions/0/extnValue)"

# ---- requests and CMS

same request-extension basicConstraints "$(value "$work/csr.pem" \
	PEM/0/CertificationRequest/certificationRequestInfo/attributes/0/values/0/0/extnID)"
same recipient RSAES-OAEP "$(value "$work/ktri" \
	ContentInfo/content/recipientInfos/0/ktri/keyEncryptionAlgorithm/algorithm)"
same recipient-hash sha256 "$(value "$work/ktri" \
	ContentInfo/content/recipientInfos/0/ktri/keyEncryptionAlgorithm/parameters/hashFunc/algorithm)"
same content-encryption aes256-CBC "$(value "$work/ktri" \
	ContentInfo/content/encryptedContentInfo/contentEncryptionAlgorithm/algorithm)"
same password PBKDF2 "$(value "$work/pwri" \
	ContentInfo/content/recipientInfos/0/pwri/keyDerivationAlgorithm/algorithm)"
same signer fedcba9876543210 "$(value "$work/signed" \
	ContentInfo/content/signerInfos/0/sid/issuerAndSerialNumber/serialNumber)"
same digest "$(openssl dgst -sha256 -r "$work/content" | cut -d ' ' -f 1)" \
	"$(value "$work/signed" ContentInfo/content/signerInfos/0/signedAttrs/2/values/0)"

# ---- any other DER: as many elements as asn1parse finds (the outermost has no dash)

openssl asn1parse -genstr SEQUENCE:tree -genconf - -noout -out "$work/tree" << END
[tree]
a = INTEGER:5
b = SEQUENCE:inner
c = EXPLICIT:3,UTF8:x
d = OCTETSTRING:y
[inner]
e = OID:1.2.3
f = NULL
g = BOOLEAN:true
END
same tree "$(openssl asn1parse -inform DER -in "$work/tree" | wc -l)" \
	"$("$onramp" show "$work/tree" | grep -c -e '- ' -e '^DER:')"
same encrypted-key EncryptedPrivateKeyInfo "$(
	openssl pkcs8 -topk8 -in "$work/key" -passout pass:x -out "$work/encrypted"
	"$onramp" show --json "$work/encrypted" | grep -o EncryptedPrivateKeyInfo
)"
if "$onramp" show "$work/key" | grep -q 'privateKey: [0-9]* octets, not shown$'; then
	echo 'ok      show_openssl private-key'
	passed=$((passed + 1))
else
	echo 'FAILED  show_openssl private-key'
	failed=$((failed + 1))
fi

# ---- the command itself

"$onramp" show "$work/cert.der" > /dev/full 2> /dev/null
same full-disk 5 $?
head -c 900 "$work/cert.der" > "$work/cut"
"$onramp" show "$work/cut" > "$work/out" 2> /dev/null
same cut-status 50 $?
same cut-last-line 'broken: offset ' "$(tail -n 1 "$work/out" | cut -c 1-15)"
"$onramp" show /dev/null > /dev/null 2>&1
same nothing 5 $?

echo "$passed passed, $failed failed"
[ $failed = 0 ]
