/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificate requests: the syntax of CRMF (RFC 4211), IMPLICIT TAGS. */
#include "cmp/syntax_crmf.h"

static const struct syntax any_row = { "", ANY };

/*
 * OptionalValidity ::= SEQUENCE {			(RFC 4211 5)
 *	notBefore  [0] Time OPTIONAL,
 *	notAfter   [1] Time OPTIONAL }
 *
 * CertTemplate ::= SEQUENCE {
 *	version      [0] Version               OPTIONAL,
 *	serialNumber [1] INTEGER               OPTIONAL,
 *	signingAlg   [2] AlgorithmIdentifier   OPTIONAL,
 *	issuer       [3] Name                  OPTIONAL,
 *	validity     [4] OptionalValidity      OPTIONAL,
 *	subject      [5] Name                  OPTIONAL,
 *	publicKey    [6] SubjectPublicKeyInfo  OPTIONAL,
 *	issuerUID    [7] UniqueIdentifier      OPTIONAL,
 *	subjectUID   [8] UniqueIdentifier      OPTIONAL,
 *	extensions   [9] Extensions            OPTIONAL }
 */
static const struct syntax optional_validity[] = {
	{ "notBefore", EXPLICIT(0), TIME, OPTIONAL },
	{ "notAfter", EXPLICIT(1), TIME, OPTIONAL },
	ROWS_END,
};
const struct syntax TEMPLATE_ROWS[] = {
	{ "version", IMPLICIT(0), NUMBERED("v1\0v2\0v3\0"), OPTIONAL },
	{ "serialNumber", IMPLICIT(1), OCTETS_INTEGER, OPTIONAL },
	{ "signingAlg", IMPLICIT(2), ALGORITHM, OPTIONAL },
	{ "issuer", EXPLICIT(3), NAME, OPTIONAL },
	{ "validity", IMPLICIT(4), SEQUENCE(optional_validity), OPTIONAL },
	{ "subject", EXPLICIT(5), NAME, OPTIONAL },
	{ "publicKey", IMPLICIT(6), PUBLIC_KEY_INFO, OPTIONAL },
	{ "issuerUID", IMPLICIT(7), BIT_STRING, OPTIONAL },
	{ "subjectUID", IMPLICIT(8), BIT_STRING, OPTIONAL },
	{ "extensions", IMPLICIT(9), EXTENSIONS, OPTIONAL },
	ROWS_END,
};

/* AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }	(RFC 4211 3) */
static const struct syntax control[] = {
	{ "type", OID },
	{ "value", OPEN },
	ROWS_END,
};
const struct syntax CONTROL_ROW = { "", SEQUENCE(control) };

/*
 * EncryptedValue ::= SEQUENCE {			(RFC 4211 2.1)
 *	intendedAlg  [0] AlgorithmIdentifier  OPTIONAL,
 *	symmAlg      [1] AlgorithmIdentifier  OPTIONAL,
 *	encSymmKey   [2] BIT STRING           OPTIONAL,
 *	keyAlg       [3] AlgorithmIdentifier  OPTIONAL,
 *	valueHint    [4] OCTET STRING         OPTIONAL,
 *	encValue         BIT STRING }
 *
 * EncryptedKey ::= CHOICE {
 *	encryptedValue     EncryptedValue,
 *	envelopedData  [0] EnvelopedData }
 */
static const struct syntax encrypted_value[] = {
	{ "intendedAlg", IMPLICIT(0), ALGORITHM, OPTIONAL },
	{ "symmAlg", IMPLICIT(1), ALGORITHM, OPTIONAL },
	{ "encSymmKey", IMPLICIT(2), BIT_STRING, OPTIONAL },
	{ "keyAlg", IMPLICIT(3), ALGORITHM, OPTIONAL },
	{ "valueHint", IMPLICIT(4), OCTET_STRING, OPTIONAL },
	{ "encValue", BIT_STRING },
	ROWS_END,
};
const struct syntax ENCRYPTED_KEY_ROWS[] = {
	{ "encryptedValue", SEQUENCE(encrypted_value) },
	{ "envelopedData", IMPLICIT(0), SEQUENCE(ENVELOPED_ROWS) },
	ROWS_END,
};

/*
 * PKMACValue ::= SEQUENCE { algId AlgorithmIdentifier, value BIT STRING }	(RFC 4211 4.1)
 *
 * POPOSigningKeyInput ::= SEQUENCE {
 *	authInfo   CHOICE { sender [0] GeneralName, publicKeyMAC PKMACValue },
 *	publicKey  SubjectPublicKeyInfo }
 *
 * POPOSigningKey ::= SEQUENCE {
 *	poposkInput      [0] POPOSigningKeyInput OPTIONAL,
 *	algorithmIdentifier  AlgorithmIdentifier,
 *	signature            BIT STRING }
 */
static const struct syntax mac_value[] = {
	{ "algId", ALGORITHM },
	{ "value", BIT_STRING },
	ROWS_END,
};
static const struct syntax auth_info[] = {
	{ "sender", EXPLICIT(0), GENERAL_NAME },
	{ "publicKeyMAC", SEQUENCE(mac_value) },
	ROWS_END,
};
static const struct syntax signing_input[] = {
	{ "authInfo", CHOICE(auth_info) },
	{ "publicKey", PUBLIC_KEY_INFO },
	ROWS_END,
};
static const struct syntax signing_key[] = {
	{ "poposkInput", IMPLICIT(0), SEQUENCE(signing_input), OPTIONAL },
	{ "algorithmIdentifier", ALGORITHM },
	{ "signature", BIT_STRING },
	ROWS_END,
};

/*
 * POPOPrivKey ::= CHOICE {				(RFC 4211 4.2)
 *	thisMessage       [0] BIT STRING,
 *	subsequentMessage [1] INTEGER { encrCert (0), challengeResp (1) },
 *	dhMAC             [2] BIT STRING,
 *	agreeMAC          [3] PKMACValue,
 *	encryptedKey      [4] EnvelopedData }
 *
 * ProofOfPossession ::= CHOICE {			(RFC 4211 4)
 *	raVerified        [0] NULL,
 *	signature         [1] POPOSigningKey,
 *	keyEncipherment   [2] POPOPrivKey,
 *	keyAgreement      [3] POPOPrivKey }
 */
static const struct syntax private_key_proof[] = {
	{ "thisMessage", IMPLICIT(0), BIT_STRING },
	{ "subsequentMessage", IMPLICIT(1), NUMBERED("encrCert\0challengeResp\0") },
	{ "dhMAC", IMPLICIT(2), BIT_STRING },
	{ "agreeMAC", IMPLICIT(3), SEQUENCE(mac_value) },
	{ "encryptedKey", IMPLICIT(4), SEQUENCE(ENVELOPED_ROWS) },
	ROWS_END,
};
static const struct syntax proof[] = {
	{ "raVerified", IMPLICIT(0), NULL_VALUE },
	{ "signature", IMPLICIT(1), SEQUENCE(signing_key) },
	{ "keyEncipherment", EXPLICIT(2), CHOICE(private_key_proof) },
	{ "keyAgreement", EXPLICIT(3), CHOICE(private_key_proof) },
	ROWS_END,
};

/*
 * CertRequest ::= SEQUENCE {				(RFC 4211 5)
 *	certReqId     INTEGER,
 *	certTemplate  CertTemplate,
 *	controls      Controls OPTIONAL }
 *
 * CertReqMsg ::= SEQUENCE {				(RFC 4211 3)
 *	certReq   CertRequest,
 *	popo      ProofOfPossession  OPTIONAL,
 *	regInfo   SEQUENCE OF AttributeTypeAndValue OPTIONAL }
 */
static const struct syntax request[] = {
	{ "certReqId", INTEGER },
	{ "certTemplate", SEQUENCE(TEMPLATE_ROWS) },
	{ "controls", CONTROLS, OPTIONAL },
	ROWS_END,
};
static const struct syntax request_message[] = {
	{ "certReq", SEQUENCE(request) },
	{ "popo", CHOICE(proof), OPTIONAL },
	{ "regInfo", CONTROLS, OPTIONAL },
	ROWS_END,
};
const struct syntax REQUEST_MESSAGE_ROW = { "", SEQUENCE(request_message) };

/* CertId ::= SEQUENCE { issuer GeneralName, serialNumber INTEGER }	(RFC 4211 6.5) */
const struct syntax CERT_ID_ROWS[] = {
	{ "issuer", GENERAL_NAME },
	{ "serialNumber", OCTETS_INTEGER },
	ROWS_END,
};

/*
 * SinglePubInfo ::= SEQUENCE {				(RFC 4211 6.3)
 *	pubMethod    INTEGER { dontCare (0), x500 (1), web (2), ldap (3) },
 *	pubLocation  GeneralName OPTIONAL }
 *
 * PKIPublicationInfo ::= SEQUENCE {
 *	action    INTEGER { dontPublish (0), pleasePublish (1) },
 *	pubInfos  SEQUENCE SIZE (1..MAX) OF SinglePubInfo OPTIONAL }
 */
static const struct syntax single_pub_info[] = {
	{ "pubMethod", NUMBERED("dontCare\0x500\0web\0ldap\0") },
	{ "pubLocation", GENERAL_NAME, OPTIONAL },
	ROWS_END,
};
static const struct syntax single_pub_info_row = { "", SEQUENCE(single_pub_info) };
const struct syntax PUBLICATION_ROWS[] = {
	{ "action", NUMBERED("dontPublish\0pleasePublish\0") },
	{ "pubInfos", SEQUENCE_OF(&single_pub_info_row), OPTIONAL },
	ROWS_END,
};

/*
 * PKIArchiveOptions ::= CHOICE {			(RFC 4211 6.4)
 *	encryptedPrivKey     [0] EncryptedKey,
 *	keyGenParameters     [1] OCTET STRING,
 *	archiveRemGenPrivKey [2] BOOLEAN }
 */
static const struct syntax archive_options[] = {
	{ "encryptedPrivKey", EXPLICIT(0), CHOICE(ENCRYPTED_KEY_ROWS) },
	{ "keyGenParameters", IMPLICIT(1), OCTET_STRING },
	{ "archiveRemGenPrivKey", IMPLICIT(2), BOOLEAN },
	ROWS_END,
};

static const struct syntax values[] = {
	{ "regToken", TEXT },
	{ "authenticator", TEXT },
	{ "pkiPublicationInfo", SEQUENCE(PUBLICATION_ROWS) },
	{ "pkiArchiveOptions", CHOICE(archive_options) },
	{ "oldCertID", SEQUENCE(CERT_ID_ROWS) },
	{ "protocolEncrKey", PUBLIC_KEY_INFO },
	{ "altCertTemplate", SEQUENCE_OF(&any_row) },
	{ "algId", ALGORITHM },
	{ "rsaKeyLen", INTEGER },
	{ "utf8Pairs", TEXT },
	{ "certReq", SEQUENCE(request) },
	ROWS_END,
};

#define OCTETS(s)                                   \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
#define REG "\x2b\x06\x01\x05\x05\x07\x05"
static const struct oid_family families[] = {
	{ OCTETS(REG "\x01"), "1 regToken\0"
	                      "2 authenticator\0"
	                      "3 pkiPublicationInfo\0"
	                      "4 pkiArchiveOptions\0"
	                      "5 oldCertID\0"
	                      "6 protocolEncrKey\0"
	                      "7 altCertTemplate\0"
	                      "11 algId\0"
	                      "12 rsaKeyLen\0" },
	{ OCTETS(REG "\x02"), "1 utf8Pairs\0"
	                      "2 certReq\0" },
	{ { NULL, 0 }, "" },
};

const struct oid_book CRMF_BOOK = { families, values };
