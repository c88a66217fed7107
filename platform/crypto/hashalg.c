/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AlgorithmIdentifiers of hashes (RFC 9481 2), alone and where RSA carries them. */
#include "platform/crypto/internal.h"

#define NIST "\x60\x86\x48\x01\x65\x03\x04\x02"
static const struct hash_row {
	struct span oid;
	enum hash hash;
	bool may_have_null;
} hashes[] = {
	{ OCTETS(NIST "\x04"), HASH_SHA224, true },    { OCTETS(NIST "\x01"), HASH_SHA256, true },
	{ OCTETS(NIST "\x02"), HASH_SHA384, true },    { OCTETS(NIST "\x03"), HASH_SHA512, true },
	{ OCTETS(NIST "\x0c"), HASH_SHAKE256, false },
};

static const struct span id_mgf1 = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08");

static const struct hash_row *row_of_hash(enum hash h)
{
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
		if (hashes[i].hash == h)
			return &hashes[i];
	return NULL;
}

enum err algorithm_unknown(const char *what, struct span oid)
{
	char dotted[80];

	return err_because(E_ALGORITHM, "%s %s is none that we take", what,
	                   der_oid_text(oid, dotted, sizeof dotted));
}

/* RFC 5754 2: with absent and with NULL parameters it is the same hash. */
enum err hash_alg_read(struct span algorithm_identifier, enum hash *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = HASH_NONE;
	for (size_t i = 0; e == OK && i < sizeof hashes / sizeof *hashes; i++) {
		if (!span_equal(hashes[i].oid, oid))
			continue;
		if (hashes[i].may_have_null && der_more(&a))
			der_null(&a);
		der_end(&a);
		der_end(&c);
		*out = e == OK ? hashes[i].hash : HASH_NONE;
		return e;
	}
	return e != OK ? e : algorithm_unknown("hash algorithm", oid);
}

static void put_hash(struct derw *w, enum hash h, bool null_parameters)
{
	const struct hash_row *r = row_of_hash(h);

	if (r == NULL) {
		w->err = err_because(E_BUG, "%s has no AlgorithmIdentifier", hash_name(h));
		return;
	}
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, r->oid);
		if (null_parameters && r->may_have_null)
			derw_null(w);
	}
}

void hash_alg_write(struct derw *w, enum hash h)
{
	put_hash(w, h, false);
}

/* id-shake256-len, parameters ShakeOutputLen ::= INTEGER -- Output length in bits (RFC 8419 2.3) */
static const struct span id_shake256_len = OCTETS(NIST "\x12");
enum { SHAKE256_BITS = 512 };

enum err hash_alg_read_cms(struct span algorithm_identifier, enum hash *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	uint32_t bits;

	*out = HASH_NONE;
	if (!span_equal(der_oid(&a), id_shake256_len))
		return hash_alg_read(algorithm_identifier, out);
	bits = der_uint(&a);
	der_end(&a);
	der_end(&c);
	if (e == OK && bits != SHAKE256_BITS)
		return err_because(E_ALGORITHM, "SHAKE256 with %lu bits, expected %d",
		                   (unsigned long)bits, SHAKE256_BITS);
	if (e == OK)
		*out = HASH_SHAKE256;
	return e;
}

void hash_alg_write_cms(struct derw *w, const struct sig_alg *of)
{
	if (of->scheme != SIG_ED448) {
		hash_alg_write(w, sig_alg_cert_hash(of));
		return;
	}
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, id_shake256_len);
		derw_uint(w, SHAKE256_BITS);
	}
}

void digest_info_write(struct derw *w, enum hash h, const struct digest *d)
{
	IN (w, DER_SEQUENCE) {
		put_hash(w, h, true);
		derw_put(w, DER_OCTET_STRING, digest_span(d));
	}
}

static enum hash hash_of_id(struct der *p, struct span algorithm_identifier)
{
	enum hash hash = HASH_NONE;
	enum err e = der_ok(p) ? hash_alg_read(algorithm_identifier, &hash) : OK;

	if (e != OK)
		der_fail(p, e);
	return hash;
}

/* HashAlgorithm and MaskGenAlgorithm { id-mgf1, HashAlgorithm } of the same hash. */
static enum hash pss_hash(struct der *p)
{
	struct der h = der_enter(p, DER_CONTEXT(0));
	struct span hash_id = der_element(&h);
	struct der m = der_enter(p, DER_CONTEXT(1));
	struct der mgf = der_enter(&m, DER_SEQUENCE);
	struct span mask_id = der_oid(&mgf);
	struct span mask_hash_id = der_element(&mgf);
	enum hash hash, mask_hash;

	der_end(&h);
	der_end(&mgf);
	der_end(&m);
	if (!der_ok(p))
		return HASH_NONE;
	if (!span_equal(mask_id, id_mgf1))
		der_fail(p, algorithm_unknown("mask generation function", mask_id));
	hash = hash_of_id(p, hash_id);
	mask_hash = hash_of_id(p, mask_hash_id);
	if (der_ok(p) && (hash != mask_hash || hash == HASH_SHAKE256))
		der_fail(p, err_because(E_ALGORITHM, "RSASSA-PSS with %s and MGF1 of %s",
		                        hash_name(hash), hash_name(mask_hash)));
	return hash;
}

/*
 * RSASSA-PSS-params ::= SEQUENCE {				(RFC 4055 3.1)
 *	hashAlgorithm		[0] HashAlgorithm DEFAULT sha1Identifier,
 *	maskGenAlgorithm	[1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
 *	saltLength		[2] INTEGER DEFAULT 20,
 *	trailerField		[3] INTEGER DEFAULT 1 }
 */
enum err pss_params_read(struct span params, enum der_rules rules, enum hash *hash, unsigned *salt)
{
	enum err e;
	struct der c = der_open(params, &e);
	struct der p = der_enter(&c, DER_SEQUENCE);

	*hash = HASH_NONE;
	*salt = 20;
	if (e == OK && !der_at(&p, DER_CONTEXT(0)))
		return err_because(E_ALGORITHM, "RSASSA-PSS with SHA-1");
	*hash = pss_hash(&p);
	if (der_at(&p, DER_CONTEXT(2))) {
		struct der s = der_enter(&p, DER_CONTEXT(2));

		*salt = der_uint(&s);
		if (*salt == 20 && rules == RULES_DER)
			der_fail(&s, err_because(E_NOT_DER, "a DEFAULT is encoded"));
		der_end(&s);
	}
	if (der_at(&p, DER_CONTEXT(3))) {
		struct der t = der_enter(&p, DER_CONTEXT(3));

		/* RFC 4055 3.1: a 1 MUST be recognized though DER leaves it out */
		if (der_uint(&t) != 1)
			der_fail(&t, err_because(E_ALGORITHM, "RSASSA-PSS with another trailer"));
		der_end(&t);
	}
	der_end(&p);
	der_end(&c);
	if (e == OK && *salt > RSA_BITS_MAX / 8)
		return err_because(E_RANGE, "RSASSA-PSS with a salt of %u octets", *salt);
	return e;
}

void pss_params_write(struct derw *w, enum hash hash, unsigned salt)
{
	IN (w, DER_SEQUENCE) {
		IN (w, DER_CONTEXT(0))
			put_hash(w, hash, true);
		IN (w, DER_CONTEXT(1))
			IN (w, DER_SEQUENCE) {
				derw_put(w, DER_OID, id_mgf1);
				put_hash(w, hash, true);
			}
		if (salt != 20)
			IN (w, DER_CONTEXT(2))
				derw_uint(w, salt);
	}
}
