/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CMS: SignedData and EnvelopedData (RFC 5652). */
#include "platform/pki/internal.h"
#include "platform/pki/syntax.h"

/*
 * ContentInfo ::= SEQUENCE {				(RFC 5652 3)
 *	contentType	ContentType,
 *	content		[0] EXPLICIT ANY DEFINED BY contentType }
 */
const struct syntax CONTENT_INFO_ROWS[] = {
	{ "contentType", OID },
	{ "content", EXPLICIT(0), OPEN, OPTIONAL },
	ROWS_END,
};

/* IssuerAndSerialNumber ::= SEQUENCE {			(RFC 5652 10.2.4)
 *	issuer		Name,
 *	serialNumber	CertificateSerialNumber }
 */
static const struct syntax issuer_and_serial[] = {
	{ "issuer", NAME },
	{ "serialNumber", OCTETS_INTEGER },
	ROWS_END,
};

/* SignerIdentifier, RecipientIdentifier ::= CHOICE {
 *	issuerAndSerialNumber	IssuerAndSerialNumber,
 *	subjectKeyIdentifier	[0] SubjectKeyIdentifier }
 */
static const struct syntax identifier[] = {
	{ "issuerAndSerialNumber", SEQUENCE(issuer_and_serial) },
	{ "subjectKeyIdentifier", IMPLICIT(0), OCTET_STRING },
	ROWS_END,
};

/*
 * SignerInfo ::= SEQUENCE {				(RFC 5652 5.3)
 *	version			CMSVersion,
 *	sid			SignerIdentifier,
 *	digestAlgorithm		DigestAlgorithmIdentifier,
 *	signedAttrs		[0] IMPLICIT SignedAttributes OPTIONAL,
 *	signatureAlgorithm	SignatureAlgorithmIdentifier,
 *	signature		SignatureValue,
 *	unsignedAttrs		[1] IMPLICIT UnsignedAttributes OPTIONAL }
 */
static const struct syntax signer_info[] = {
	{ "version", INTEGER },
	{ "sid", CHOICE(identifier) },
	{ "digestAlgorithm", ALGORITHM },
	{ "signedAttrs", IMPLICIT(0), ATTRIBUTES, OPTIONAL },
	{ "signatureAlgorithm", ALGORITHM },
	{ "signature", OCTET_STRING },
	{ "unsignedAttrs", IMPLICIT(1), ATTRIBUTES, OPTIONAL },
	ROWS_END,
};
static const struct syntax signer_row = { "", SEQUENCE(signer_info) };

/*
 * EncapsulatedContentInfo ::= SEQUENCE {		(RFC 5652 5.2)
 *	eContentType	ContentType,
 *	eContent	[0] EXPLICIT OCTET STRING OPTIONAL }
 */
static const struct syntax encapsulated[] = {
	{ "eContentType", OID },
	{ "eContent", EXPLICIT(0), CONTENT, OPTIONAL },
	ROWS_END,
};

/* CertificateChoices, RevocationInfoChoice: the untagged one, and others. (RFC 5652 10.2) */
static const struct syntax certificate_choice[] = {
	{ "certificate", CERTIFICATE },
	{ "other", ANY },
	ROWS_END,
};
static const struct syntax crl_choice[] = {
	{ "crl", SEQUENCE(CRL_ROWS) },
	{ "other", ANY },
	ROWS_END,
};
static const struct syntax certificate_row = { "", CHOICE(certificate_choice) };
static const struct syntax crl_row = { "", CHOICE(crl_choice) };
static const struct syntax algorithm_row = { "", ALGORITHM };

/*
 * SignedData ::= SEQUENCE {				(RFC 5652 5.1)
 *	version			CMSVersion,
 *	digestAlgorithms	DigestAlgorithmIdentifiers,
 *	encapContentInfo	EncapsulatedContentInfo,
 *	certificates		[0] IMPLICIT CertificateSet OPTIONAL,
 *	crls			[1] IMPLICIT RevocationInfoChoices OPTIONAL,
 *	signerInfos		SignerInfos }
 */
const struct syntax SIGNED_ROWS[] = {
	{ "version", INTEGER },
	{ "digestAlgorithms", SET_OF(&algorithm_row) },
	{ "encapContentInfo", SEQUENCE(encapsulated) },
	{ "certificates", IMPLICIT(0), SET_OF(&certificate_row), OPTIONAL },
	{ "crls", IMPLICIT(1), SET_OF(&crl_row), OPTIONAL },
	{ "signerInfos", SET_OF(&signer_row) },
	ROWS_END,
};

/*
 * KeyTransRecipientInfo ::= SEQUENCE {			(RFC 5652 6.2.1)
 *	version			CMSVersion,
 *	rid			RecipientIdentifier,
 *	keyEncryptionAlgorithm	KeyEncryptionAlgorithmIdentifier,
 *	encryptedKey		EncryptedKey }
 */
static const struct syntax key_transport[] = {
	{ "version", INTEGER },
	{ "rid", CHOICE(identifier) },
	{ "keyEncryptionAlgorithm", ALGORITHM },
	{ "encryptedKey", OCTET_STRING },
	ROWS_END,
};

/*
 * OriginatorIdentifierOrKey ::= CHOICE {		(RFC 5652 6.2.2)
 *	issuerAndSerialNumber	IssuerAndSerialNumber,
 *	subjectKeyIdentifier	[0] SubjectKeyIdentifier,
 *	originatorKey		[1] OriginatorPublicKey }
 *
 * OriginatorPublicKey ::= SEQUENCE { algorithm AlgorithmIdentifier, publicKey BIT STRING }
 */
static const struct syntax originator_key[] = {
	{ "algorithm", ALGORITHM },
	{ "publicKey", BIT_STRING },
	ROWS_END,
};
static const struct syntax originator[] = {
	{ "issuerAndSerialNumber", SEQUENCE(issuer_and_serial) },
	{ "subjectKeyIdentifier", IMPLICIT(0), OCTET_STRING },
	{ "originatorKey", IMPLICIT(1), SEQUENCE(originator_key) },
	ROWS_END,
};

/*
 * RecipientKeyIdentifier ::= SEQUENCE {		(RFC 5652 6.2.2)
 *	subjectKeyIdentifier	SubjectKeyIdentifier,
 *	date			GeneralizedTime OPTIONAL,
 *	other			OtherKeyAttribute OPTIONAL }
 *
 * KeyAgreeRecipientIdentifier ::= CHOICE {
 *	issuerAndSerialNumber	IssuerAndSerialNumber,
 *	rKeyId			[0] IMPLICIT RecipientKeyIdentifier }
 *
 * RecipientEncryptedKey ::= SEQUENCE {
 *	rid		KeyAgreeRecipientIdentifier,
 *	encryptedKey	EncryptedKey }
 *
 * KeyAgreeRecipientInfo ::= SEQUENCE {
 *	version			CMSVersion,
 *	originator		[0] EXPLICIT OriginatorIdentifierOrKey,
 *	ukm			[1] EXPLICIT UserKeyingMaterial OPTIONAL,
 *	keyEncryptionAlgorithm	KeyEncryptionAlgorithmIdentifier,
 *	recipientEncryptedKeys	RecipientEncryptedKeys }
 */
static const struct syntax key_identifier[] = {
	{ "subjectKeyIdentifier", OCTET_STRING },
	{ "date", TIME, OPTIONAL },
	{ "other", ANY, OPTIONAL },
	ROWS_END,
};
static const struct syntax agreement_identifier[] = {
	{ "issuerAndSerialNumber", SEQUENCE(issuer_and_serial) },
	{ "rKeyId", IMPLICIT(0), SEQUENCE(key_identifier) },
	ROWS_END,
};
static const struct syntax encrypted_key[] = {
	{ "rid", CHOICE(agreement_identifier) },
	{ "encryptedKey", OCTET_STRING },
	ROWS_END,
};
static const struct syntax encrypted_key_row = { "", SEQUENCE(encrypted_key) };
static const struct syntax key_agreement[] = {
	{ "version", INTEGER },
	{ "originator", EXPLICIT(0), CHOICE(originator) },
	{ "ukm", EXPLICIT(1), OCTET_STRING, OPTIONAL },
	{ "keyEncryptionAlgorithm", ALGORITHM },
	{ "recipientEncryptedKeys", SEQUENCE_OF(&encrypted_key_row) },
	ROWS_END,
};

/*
 * KEKIdentifier ::= SEQUENCE {				(RFC 5652 6.2.3)
 *	keyIdentifier	OCTET STRING,
 *	date		GeneralizedTime OPTIONAL,
 *	other		OtherKeyAttribute OPTIONAL }
 *
 * KEKRecipientInfo ::= SEQUENCE {
 *	version			CMSVersion,
 *	kekid			KEKIdentifier,
 *	keyEncryptionAlgorithm	KeyEncryptionAlgorithmIdentifier,
 *	encryptedKey		EncryptedKey }
 *
 * PasswordRecipientInfo ::= SEQUENCE {			(RFC 5652 6.2.4)
 *	version			CMSVersion,
 *	keyDerivationAlgorithm	[0] KeyDerivationAlgorithmIdentifier OPTIONAL,
 *	keyEncryptionAlgorithm	KeyEncryptionAlgorithmIdentifier,
 *	encryptedKey		EncryptedKey }
 *
 * OtherRecipientInfo ::= SEQUENCE {			(RFC 5652 6.2.5)
 *	oriType			OBJECT IDENTIFIER,
 *	oriValue		ANY DEFINED BY oriType }
 */
static const struct syntax kek_identifier[] = {
	{ "keyIdentifier", OCTET_STRING },
	{ "date", TIME, OPTIONAL },
	{ "other", ANY, OPTIONAL },
	ROWS_END,
};
static const struct syntax key_encryption[] = {
	{ "version", INTEGER },
	{ "kekid", SEQUENCE(kek_identifier) },
	{ "keyEncryptionAlgorithm", ALGORITHM },
	{ "encryptedKey", OCTET_STRING },
	ROWS_END,
};
static const struct syntax password[] = {
	{ "version", INTEGER },
	{ "keyDerivationAlgorithm", IMPLICIT(0), ALGORITHM, OPTIONAL },
	{ "keyEncryptionAlgorithm", ALGORITHM },
	{ "encryptedKey", OCTET_STRING },
	ROWS_END,
};
static const struct syntax other_recipient[] = {
	{ "oriType", OID },
	{ "oriValue", OPEN },
	ROWS_END,
};

/* RecipientInfo ::= CHOICE {				(RFC 5652 6.2)
 *	ktri	KeyTransRecipientInfo,
 *	kari	[1] KeyAgreeRecipientInfo,
 *	kekri	[2] KEKRecipientInfo,
 *	pwri	[3] PasswordRecipientInfo,
 *	ori	[4] OtherRecipientInfo }
 */
static const struct syntax recipient[] = {
	{ "ktri", SEQUENCE(key_transport) },
	{ "kari", IMPLICIT(1), SEQUENCE(key_agreement) },
	{ "kekri", IMPLICIT(2), SEQUENCE(key_encryption) },
	{ "pwri", IMPLICIT(3), SEQUENCE(password) },
	{ "ori", IMPLICIT(4), SEQUENCE(other_recipient) },
	ROWS_END,
};
static const struct syntax recipient_row = { "", CHOICE(recipient) };

/*
 * EncryptedContentInfo ::= SEQUENCE {			(RFC 5652 6.1)
 *	contentType			ContentType,
 *	contentEncryptionAlgorithm	ContentEncryptionAlgorithmIdentifier,
 *	encryptedContent		[0] IMPLICIT OCTET STRING OPTIONAL }
 *
 * EnvelopedData ::= SEQUENCE {
 *	version			CMSVersion,
 *	originatorInfo		[0] IMPLICIT OriginatorInfo OPTIONAL,
 *	recipientInfos		RecipientInfos,
 *	encryptedContentInfo	EncryptedContentInfo,
 *	unprotectedAttrs	[1] IMPLICIT UnprotectedAttributes OPTIONAL }
 */
static const struct syntax any_row = { "", ANY };
static const struct syntax encrypted_content[] = {
	{ "contentType", OID },
	{ "contentEncryptionAlgorithm", ALGORITHM },
	{ "encryptedContent", IMPLICIT(0), OCTET_STRING, OPTIONAL },
	ROWS_END,
};
const struct syntax ENVELOPED_ROWS[] = {
	{ "version", INTEGER },
	{ "originatorInfo", IMPLICIT(0), SEQUENCE_OF(&any_row), OPTIONAL },
	{ "recipientInfos", SET_OF(&recipient_row) },
	{ "encryptedContentInfo", SEQUENCE(encrypted_content) },
	{ "unprotectedAttrs", IMPLICIT(1), ATTRIBUTES, OPTIONAL },
	ROWS_END,
};

/* AsymmetricKeyPackage ::= SEQUENCE SIZE (1..MAX) OF OneAsymmetricKey	(RFC 5958 2) */
static const struct syntax private_key_row = { "", SEQUENCE(PRIVATE_KEY_ROWS) };

static const struct syntax values[] = {
	{ "signedData", SEQUENCE(SIGNED_ROWS) },
	{ "envelopedData", SEQUENCE(ENVELOPED_ROWS) },
	{ "aKeyPackage", SEQUENCE_OF(&private_key_row) },
	ROWS_END,
};

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"
static const struct oid_family families[] = {
	{ OCTETS(PKCS "\x07"), "1 data\0"
	                       "2 signedData\0"
	                       "3 envelopedData\0"
	                       "5 digestedData\0"
	                       "6 encryptedData\0" },
	{ OCTETS(PKCS "\x09"), "3 contentType\0"
	                       "4 messageDigest\0"
	                       "5 signingTime\0"
	                       "6 countersignature\0"
	                       "7 challengePassword\0"
	                       "14 extensionRequest\0"
	                       "15 smimeCapabilities\0"
	                       "52 cmsAlgorithmProtect\0" },
	{ OCTETS(PKCS "\x09\x10\x01"), "2 authData\0"
	                               "23 authEnvelopedData\0"
	                               "40 animaJSONVoucher\0"
	                               "42 sztpConveyedInfoXML\0"
	                               "43 sztpConveyedInfoJSON\0" },
	{ OCTETS(PKCS "\x09\x10\x02"), "12 signingCertificate\0"
	                               "47 signingCertificateV2\0"
	                               "54 asymmDecryptKeyID\0" },
	{ OCTETS("\x60\x86\x48\x01\x65\x02\x01\x02\x4e"), "2 encryptedKeyPackage\0"
	                                                  "5 aKeyPackage\0" },
	{ { NULL, 0 }, "" },
};

const struct oid_book PKI_CMS_BOOK = { families, values };
