/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates, CRLs, requests, and keys in files: their syntax. */
#include "platform/crypto/hash.h"
#include "platform/pki/internal.h"
#include "platform/pki/syntax.h"

/* RFC 5280 4.1, 5.1; RFC 2986 4; RFC 5958 2, 3 */
static const char text[] = "Name ::= SEQUENCE OF ANY "
			   "Version ::= INTEGER { v1(0), v2(1), v3(2) }"

			   "Certificate ::= SEQUENCE {"
			   " tbsCertificate TBSCertificate,"
			   " signatureAlgorithm AlgorithmIdentifier,"
			   " signatureValue BIT STRING }"
			   "TBSCertificate ::= SEQUENCE {"
			   " version [0] EXPLICIT Version DEFAULT v1,"
			   " serialNumber CertificateSerialNumber,"
			   " signature AlgorithmIdentifier,"
			   " issuer Name,"
			   " validity SEQUENCE { notBefore Time, notAfter Time },"
			   " subject Name,"
			   " subjectPublicKeyInfo SubjectPublicKeyInfo,"
			   " issuerUniqueID [1] IMPLICIT BIT STRING OPTIONAL,"
			   " subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,"
			   " extensions [3] EXPLICIT Extensions OPTIONAL }"

			   "CertificateList ::= SEQUENCE {"
			   " tbsCertList TBSCertList,"
			   " signatureAlgorithm AlgorithmIdentifier,"
			   " signatureValue BIT STRING }"
			   "TBSCertList ::= SEQUENCE {"
			   " version Version OPTIONAL,"
			   " signature AlgorithmIdentifier,"
			   " issuer Name,"
			   " thisUpdate Time,"
			   " nextUpdate Time OPTIONAL,"
			   " revokedCertificates SEQUENCE OF SEQUENCE {"
			   "  userCertificate CertificateSerialNumber,"
			   "  revocationDate Time,"
			   "  crlEntryExtensions Extensions OPTIONAL } OPTIONAL,"
			   " crlExtensions [0] EXPLICIT Extensions OPTIONAL }"

			   "CertificationRequest ::= SEQUENCE {"
			   " certificationRequestInfo CertificationRequestInfo,"
			   " signatureAlgorithm AlgorithmIdentifier,"
			   " signature BIT STRING }"
			   "CertificationRequestInfo ::= SEQUENCE {"
			   " version Version,"
			   " subject Name,"
			   " subjectPKInfo SubjectPublicKeyInfo,"
			   " attributes [0] Attributes OPTIONAL }"

			   "OneAsymmetricKey ::= SEQUENCE {"
			   " version Version,"
			   " privateKeyAlgorithm AlgorithmIdentifier,"
			   " privateKey PrivateKey,"
			   " attributes [0] Attributes OPTIONAL,"
			   " publicKey [1] BIT STRING OPTIONAL }"
			   "EncryptedPrivateKeyInfo ::= SEQUENCE {"
			   " encryptionAlgorithm AlgorithmIdentifier,"
			   " encryptedData OCTET STRING }";

static const struct syntax_kind kinds[] = {
	{ "30(30(a0(02", "Certificate", E_CERT_SYNTAX },
	{ "30(30(02 30 30 30(t", "Certificate", E_CERT_SYNTAX },
	{ "30(30(02 30 30 t", "CertificateList", E_CRL },
	{ "30(30(30 30 t", "CertificateList", E_CRL },
	{ "30(30(02 30 30(30(06", "CertificationRequest", OK },
	{ "30(30 03", "SubjectPublicKeyInfo", OK },
	{ "", "", OK },
};

/* An OneAsymmetricKey that has lost its version looks like one that is encrypted. */
static const struct syntax_kind keys[] = {
	{ "30(02 30 04", "OneAsymmetricKey", OK },
	{ "30(30(02 30 04", "aKeyPackage", OK },
	{ "30(02 04", "ECPrivateKey", OK },
	{ "30(02 02 02 02", "RSAPrivateKey", OK },
	{ "30(30 04", "EncryptedPrivateKeyInfo", OK },
	{ "", "", OK },
};

static void put_in_view(void *to, struct span piece)
{
	view_text_add(to, piece);
}

/* A Name on one line, as name_text() has it, but whole. */
static void show_name(struct walk *w, const struct syntax *of, const char *name,
                      const struct element *e)
{
	enum err err;
	struct der c = der_open(e->whole, &err);

	(void)of;
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

/* With its fingerprint: what certConf sends as certHash, and people compare. */
static void show_certificate(struct walk *w, const struct syntax *of, const char *name,
                             const struct element *e)
{
	struct digest d;

	view_group(w->view, name);
	if (e->missing == 0 && hash_of(HASH_SHA256, e->whole, &d) == OK)
		view_hex(w->view, "sha256", digest_span(&d));
	walk_fields(w, of->rows, e->content);
	view_close(w->view);
}

static const struct syntax_hook hooks[] = {
	{ "Name", show_name },
	{ "Certificate", show_certificate },
	{ "", NULL },
};

const struct syntax_module PKI_CERTIFICATES = {
	.text = text, .kinds = kinds, .keys = keys, .hooks = hooks
};
