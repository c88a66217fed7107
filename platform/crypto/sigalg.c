/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AlgorithmIdentifiers of signatures (RFC 9481 3), read and written. */
#include "platform/crypto/internal.h"

enum parameters {
	ABSENT,
	NULL_OR_ABSENT, /* read; written as NULL */
	PSS             /* RSASSA-PSS-params */
};

/* A row without a hash takes it from its parameters; SHA-1 is named to be refused. */
#define PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define ECDSA "\x2a\x86\x48\xce\x3d\x04"
#define PKIX  "\x2b\x06\x01\x05\x05\x07\x06"
static const struct sig_row {
	const char *name;
	struct span oid;
	enum sig_scheme scheme;
	enum hash hash;
	enum parameters parameters;
} sigs[] = {
	{ "sha1WithRSAEncryption", OCTETS(PKCS1 "\x05"), SIG_RSA_PKCS1, HASH_SHA1, NULL_OR_ABSENT },
	{ "sha224WithRSAEncryption", OCTETS(PKCS1 "\x0e"), SIG_RSA_PKCS1, HASH_SHA224,
	  NULL_OR_ABSENT },
	{ "sha256WithRSAEncryption", OCTETS(PKCS1 "\x0b"), SIG_RSA_PKCS1, HASH_SHA256,
	  NULL_OR_ABSENT },
	{ "sha384WithRSAEncryption", OCTETS(PKCS1 "\x0c"), SIG_RSA_PKCS1, HASH_SHA384,
	  NULL_OR_ABSENT },
	{ "sha512WithRSAEncryption", OCTETS(PKCS1 "\x0d"), SIG_RSA_PKCS1, HASH_SHA512,
	  NULL_OR_ABSENT },
	{ "RSASSA-PSS", OCTETS(PKCS1 "\x0a"), SIG_RSA_PSS, HASH_NONE, PSS },
	{ "RSASSA-PSS-SHAKE256", OCTETS(PKIX "\x1f"), SIG_RSA_PSS, HASH_SHAKE256, ABSENT },
	{ "ecdsa-with-SHA1", OCTETS(ECDSA "\x01"), SIG_ECDSA, HASH_SHA1, ABSENT },
	{ "ecdsa-with-SHA224", OCTETS(ECDSA "\x03\x01"), SIG_ECDSA, HASH_SHA224, ABSENT },
	{ "ecdsa-with-SHA256", OCTETS(ECDSA "\x03\x02"), SIG_ECDSA, HASH_SHA256, ABSENT },
	{ "ecdsa-with-SHA384", OCTETS(ECDSA "\x03\x03"), SIG_ECDSA, HASH_SHA384, ABSENT },
	{ "ecdsa-with-SHA512", OCTETS(ECDSA "\x03\x04"), SIG_ECDSA, HASH_SHA512, ABSENT },
	{ "ecdsa-with-shake256", OCTETS(PKIX "\x21"), SIG_ECDSA, HASH_SHAKE256, ABSENT },
	{ "Ed25519", OCTETS("\x2b\x65\x70"), SIG_ED25519, HASH_NONE, ABSENT },
	{ "Ed448", OCTETS("\x2b\x65\x71"), SIG_ED448, HASH_NONE, ABSENT },
};

static const struct span rsa_encryption = OCTETS(PKCS1 "\x01");

static const struct sig_row *row_of_oid(struct span oid)
{
	for (size_t i = 0; i < sizeof sigs / sizeof *sigs; i++)
		if (span_equal(sigs[i].oid, oid))
			return &sigs[i];
	return NULL;
}

static const struct sig_row *row_of(const struct sig_alg *a)
{
	const struct sig_row *named_by_parameters = NULL;

	for (size_t i = 0; i < sizeof sigs / sizeof *sigs; i++) {
		if (sigs[i].scheme != a->scheme)
			continue;
		if (sigs[i].hash == a->hash)
			return &sigs[i];
		if (sigs[i].parameters == PSS)
			named_by_parameters = &sigs[i];
	}
	return named_by_parameters;
}

static enum err parameters(const struct sig_row *r, enum der_rules rules, struct der *a,
                           struct sig_alg *out)
{
	switch (r->parameters) {
	case ABSENT:
		/* RFC 8692 4.1.1: the salt is as long as the hash */
		if (r->scheme == SIG_RSA_PSS)
			out->salt = (unsigned)hash_size(r->hash);
		/* RFC 5758 3.2, RFC 8410 3: a NULL MUST NOT be there, and says nothing */
		if (rules == RULES_SIGNED && der_more(a))
			der_null(a);
		return OK;
	case NULL_OR_ABSENT:
		if (der_more(a))
			der_null(a);
		return OK;
	case PSS:
		return pss_params_read(der_element(a), rules, &out->hash, &out->salt);
	}
	return E_BUG;
}

static enum err read(struct span algorithm_identifier, enum der_rules rules, struct sig_alg *out)
{
	enum err e, p;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);
	const struct sig_row *r = row_of_oid(oid);

	*out = (struct sig_alg){ 0 };
	if (e != OK)
		return e;
	if (r == NULL)
		return algorithm_unknown("signature algorithm", oid);
	if (r->hash == HASH_SHA1)
		return err_because(E_ALGORITHM, "%s is not taken: SHA-1", r->name);
	*out = (struct sig_alg){ .scheme = r->scheme, .hash = r->hash };
	p = parameters(r, rules, &a, out);
	der_end(&a);
	der_end(&c);
	return e != OK ? e : p;
}

enum err sig_alg_read(struct span algorithm_identifier, struct sig_alg *out)
{
	return read(algorithm_identifier, RULES_DER, out);
}

enum err sig_alg_read_signed(struct span algorithm_identifier, struct sig_alg *out)
{
	return read(algorithm_identifier, RULES_SIGNED, out);
}

enum err sig_alg_read_cms(struct span algorithm_identifier, enum hash digest, struct sig_alg *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);

	*out = (struct sig_alg){ .scheme = SIG_RSA_PKCS1, .hash = digest };
	if (!span_equal(der_oid(&a), rsa_encryption))
		return sig_alg_read(algorithm_identifier, out);
	if (der_more(&a))
		der_null(&a);
	der_end(&a);
	der_end(&c);
	if (e == OK && (!hash_signs(digest) || digest == HASH_SHAKE256))
		return err_because(E_ALGORITHM, "rsaEncryption with %s", hash_name(digest));
	return e;
}

void sig_alg_write(struct derw *w, const struct sig_alg *a)
{
	const struct sig_row *r = row_of(a);

	if (r == NULL) {
		w->err = err_because(E_BUG, "a signature algorithm without a name");
		return;
	}
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, r->oid);
		if (r->parameters == NULL_OR_ABSENT)
			derw_null(w);
		else if (r->parameters == PSS)
			pss_params_write(w, a->hash, a->salt);
	}
}

const char *sig_alg_name(const struct sig_alg *a)
{
	static const char *const pss[] = {
		[HASH_SHA224] = "RSASSA-PSS with SHA-224",
		[HASH_SHA256] = "RSASSA-PSS with SHA-256",
		[HASH_SHA384] = "RSASSA-PSS with SHA-384",
		[HASH_SHA512] = "RSASSA-PSS with SHA-512",
	};
	const struct sig_row *r = row_of(a);

	if (r == NULL)
		return "no signature algorithm";
	if (r->parameters == PSS && a->hash < sizeof pss / sizeof *pss && pss[a->hash] != NULL)
		return pss[a->hash];
	return r->name;
}

bool sig_alg_equal(const struct sig_alg *a, const struct sig_alg *b)
{
	return a->scheme == b->scheme && a->hash == b->hash &&
	       (a->scheme != SIG_RSA_PSS || a->salt == b->salt);
}

/* RFC 9481 3.3: EdDSA signs no hash, but these go with it. */
enum hash sig_alg_cert_hash(const struct sig_alg *a)
{
	switch (a->scheme) {
	case SIG_ED25519:
		return HASH_SHA512;
	case SIG_ED448:
		return HASH_SHAKE256;
	case SIG_RSA_PKCS1:
	case SIG_RSA_PSS:
	case SIG_ECDSA:
		break;
	}
	return a->hash;
}
