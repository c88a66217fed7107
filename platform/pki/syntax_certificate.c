/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates, CRLs and requests: their syntax, and that of keys in files. */
#include "platform/crypto/hash.h"
#include "platform/pki/internal.h"
#include "platform/pki/syntax.h"

static void put_in_view(void *to, struct span piece)
{
	view_text_add(to, piece);
}

/* A Name on one line, as name_text() has it, but whole. */
void show_name(struct walk *w, const char *name, const struct element *e)
{
	enum err err;
	struct der c = der_open(e->whole, &err);

	if (name_is_empty(e->whole)) {
		view_word(w->view, name, "NULL-DN");
		return;
	}
	view_text_open(w->view, name);
	name_write(e->whole, put_in_view, w->view);
	view_text_close(w->view);
	name_check(&c, e->whole);
	if (err != OK && e->missing == 0)
		walk_fault(w, e->whole.p, err);
}

/*
 * Validity ::= SEQUENCE { notBefore Time, notAfter Time }	(RFC 5280 4.1)
 *
 * TBSCertificate ::= SEQUENCE {
 *	version		[0] EXPLICIT Version DEFAULT v1,
 *	serialNumber	CertificateSerialNumber,
 *	signature	AlgorithmIdentifier,
 *	issuer		Name,
 *	validity	Validity,
 *	subject		Name,
 *	subjectPublicKeyInfo SubjectPublicKeyInfo,
 *	issuerUniqueID	[1] IMPLICIT UniqueIdentifier OPTIONAL,
 *	subjectUniqueID	[2] IMPLICIT UniqueIdentifier OPTIONAL,
 *	extensions	[3] EXPLICIT Extensions OPTIONAL }
 *
 * Certificate ::= SEQUENCE {
 *	tbsCertificate		TBSCertificate,
 *	signatureAlgorithm	AlgorithmIdentifier,
 *	signatureValue		BIT STRING }
 */
static const struct syntax validity[] = {
	{ "notBefore", TIME },
	{ "notAfter", TIME },
	ROWS_END,
};
static const struct syntax tbs_certificate[] = {
	{ "version", EXPLICIT(0), NUMBERED("v1\0v2\0v3\0"), OPTIONAL },
	{ "serialNumber", OCTETS_INTEGER },
	{ "signature", ALGORITHM },
	{ "issuer", NAME },
	{ "validity", SEQUENCE(validity) },
	{ "subject", NAME },
	{ "subjectPublicKeyInfo", PUBLIC_KEY_INFO },
	{ "issuerUniqueID", IMPLICIT(1), BIT_STRING, OPTIONAL },
	{ "subjectUniqueID", IMPLICIT(2), BIT_STRING, OPTIONAL },
	{ "extensions", EXPLICIT(3), EXTENSIONS, OPTIONAL },
	ROWS_END,
};
static const struct syntax certificate[] = {
	{ "tbsCertificate", SEQUENCE(tbs_certificate) },
	{ "signatureAlgorithm", ALGORITHM },
	{ "signatureValue", BIT_STRING },
	ROWS_END,
};

/* With its fingerprint: what certConf sends as certHash, and people compare. */
void show_certificate(struct walk *w, const char *name, const struct element *e)
{
	struct digest d;

	view_group(w->view, name);
	if (e->missing == 0 && hash_of(HASH_SHA256, e->whole, &d) == OK)
		view_hex(w->view, "sha256", digest_span(&d));
	walk_fields(w, certificate, e->content);
	view_close(w->view);
}

/*
 * TBSCertList ::= SEQUENCE {				(RFC 5280 5.1)
 *	version			Version OPTIONAL,
 *	signature		AlgorithmIdentifier,
 *	issuer			Name,
 *	thisUpdate		Time,
 *	nextUpdate		Time OPTIONAL,
 *	revokedCertificates	SEQUENCE OF SEQUENCE {
 *		userCertificate		CertificateSerialNumber,
 *		revocationDate		Time,
 *		crlEntryExtensions	Extensions OPTIONAL } OPTIONAL,
 *	crlExtensions		[0] EXPLICIT Extensions OPTIONAL }
 *
 * CertificateList ::= SEQUENCE {
 *	tbsCertList		TBSCertList,
 *	signatureAlgorithm	AlgorithmIdentifier,
 *	signatureValue		BIT STRING }
 */
static const struct syntax revoked[] = {
	{ "userCertificate", OCTETS_INTEGER },
	{ "revocationDate", TIME },
	{ "crlEntryExtensions", EXTENSIONS, OPTIONAL },
	ROWS_END,
};
static const struct syntax revoked_row = { "", SEQUENCE(revoked) };
static const struct syntax tbs_cert_list[] = {
	{ "version", NUMBERED("v1\0v2\0"), OPTIONAL },
	{ "signature", ALGORITHM },
	{ "issuer", NAME },
	{ "thisUpdate", TIME },
	{ "nextUpdate", TIME, OPTIONAL },
	{ "revokedCertificates", SEQUENCE_OF(&revoked_row), OPTIONAL },
	{ "crlExtensions", EXPLICIT(0), EXTENSIONS, OPTIONAL },
	ROWS_END,
};
const struct syntax CRL_ROWS[] = {
	{ "tbsCertList", SEQUENCE(tbs_cert_list) },
	{ "signatureAlgorithm", ALGORITHM },
	{ "signatureValue", BIT_STRING },
	ROWS_END,
};

/*
 * CertificationRequestInfo ::= SEQUENCE {		(RFC 2986 4.1)
 *	version       INTEGER { v1(0) },
 *	subject       Name,
 *	subjectPKInfo SubjectPublicKeyInfo,
 *	attributes    [0] Attributes }
 *
 * CertificationRequest ::= SEQUENCE {
 *	certificationRequestInfo  CertificationRequestInfo,
 *	signatureAlgorithm        AlgorithmIdentifier,
 *	signature                 BIT STRING }
 */
static const struct syntax request_info[] = {
	{ "version", NUMBERED("v1\0") },
	{ "subject", NAME },
	{ "subjectPKInfo", PUBLIC_KEY_INFO },
	{ "attributes", IMPLICIT(0), ATTRIBUTES, OPTIONAL },
	ROWS_END,
};
const struct syntax REQUEST_ROWS[] = {
	{ "certificationRequestInfo", SEQUENCE(request_info) },
	{ "signatureAlgorithm", ALGORITHM },
	{ "signature", BIT_STRING },
	ROWS_END,
};

/*
 * OneAsymmetricKey ::= SEQUENCE {			(RFC 5958 2)
 *	version              INTEGER { v1(0), v2(1) },
 *	privateKeyAlgorithm  AlgorithmIdentifier,
 *	privateKey           OCTET STRING,
 *	attributes       [0] Attributes OPTIONAL,
 *	publicKey        [1] BIT STRING OPTIONAL }
 */
const struct syntax PRIVATE_KEY_ROWS[] = {
	{ "version", NUMBERED("v1\0v2\0") },
	{ "privateKeyAlgorithm", ALGORITHM },
	{ "privateKey", SECRET },
	{ "attributes", IMPLICIT(0), ATTRIBUTES, OPTIONAL },
	{ "publicKey", IMPLICIT(1), BIT_STRING, OPTIONAL },
	ROWS_END,
};

/* EncryptedPrivateKeyInfo ::= SEQUENCE {		(RFC 5958 3)
 *	encryptionAlgorithm  AlgorithmIdentifier,
 *	encryptedData        OCTET STRING }
 */
static const struct syntax encrypted_key[] = {
	{ "encryptionAlgorithm", ALGORITHM },
	{ "encryptedData", OCTET_STRING },
	ROWS_END,
};

/* Keys in forms of their own (RFC 5915, RFC 8017 A.1.2): that they are keys is all we say. */
static void show_private_key(struct walk *w, const char *name, const struct element *e)
{
	view_word(w->view, name, "%zu octets, not shown", e->content.n);
}

const struct syntax_kind PKI_KINDS[] = {
	{ "30(30(a0(02", { "Certificate", CERTIFICATE }, E_CERT_SYNTAX },
	{ "30(30(02 30 30 30(t", { "Certificate", CERTIFICATE }, E_CERT_SYNTAX },
	{ "30(30(02 30 30 t", { "CertificateList", SEQUENCE(CRL_ROWS) }, E_CRL },
	{ "30(30(30 30 t", { "CertificateList", SEQUENCE(CRL_ROWS) }, E_CRL },
	{ "30(30(02 30 30(30(06", { "CertificationRequest", SEQUENCE(REQUEST_ROWS) }, OK },
	{ "30(06 a0(30", { "ContentInfo", SEQUENCE(CONTENT_INFO_ROWS) }, OK },
	{ "30(02 31(30(06", { "SignedData", SEQUENCE(SIGNED_ROWS) }, OK },
	{ "30(02 31(30(02", { "EnvelopedData", SEQUENCE(ENVELOPED_ROWS) }, OK },
	{ "30(02 31(c", { "EnvelopedData", SEQUENCE(ENVELOPED_ROWS) }, OK },
	{ "30(02 a0 31(", { "EnvelopedData", SEQUENCE(ENVELOPED_ROWS) }, OK },
	{ "30(02 30(06", { "OneAsymmetricKey", SEQUENCE(PRIVATE_KEY_ROWS) }, OK },
	{ "30(02 04", { "ECPrivateKey", SEQUENCE_BY(show_private_key) }, OK },
	{ "30(02 02 02 02", { "RSAPrivateKey", SEQUENCE_BY(show_private_key) }, OK },
	{ "30(30(06 04", { "EncryptedPrivateKeyInfo", SEQUENCE(encrypted_key) }, OK },
	{ "30(30 04", { "EncryptedPrivateKeyInfo", SEQUENCE(encrypted_key) }, OK },
	{ "30(30(06 03", { "SubjectPublicKeyInfo", PUBLIC_KEY_INFO }, OK },
	{ "30(30 03", { "SubjectPublicKeyInfo", PUBLIC_KEY_INFO }, OK },
	{ .shape = NULL },
};
