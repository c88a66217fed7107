/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PBKDF2 and HMAC as AlgorithmIdentifiers; how much work one may ask for. */
#include "platform/crypto/internal.h"
#include "platform/crypto/pbkdf2.h"

#define PKCS5  "\x2a\x86\x48\x86\xf7\x0d\x01\x05"
#define DIGEST "\x2a\x86\x48\x86\xf7\x0d\x02" /* digestAlgorithm, 1.2.840.113549.2 */
static const struct span id_pbkdf2 = OCTETS(PKCS5 "\x0c");

/* HMAC-SHA1 has two names; the second is that of RFC 4210 D.2, and never written. */
static const struct hmac_row {
	struct span oid;
	enum hash hash;
} hmacs[] = {
	{ OCTETS(DIGEST "\x07"), HASH_SHA1 },
	{ OCTETS("\x2b\x06\x01\x05\x05\x08\x01\x02"), HASH_SHA1 },
	{ OCTETS(DIGEST "\x08"), HASH_SHA224 },
	{ OCTETS(DIGEST "\x09"), HASH_SHA256 },
	{ OCTETS(DIGEST "\x0a"), HASH_SHA384 },
	{ OCTETS(DIGEST "\x0b"), HASH_SHA512 },
};

/* Parameters: NULL (RFC 8018 B.1.1), but RFC 9045 4.4 has it only as a SHOULD. */
enum err hmac_alg_read(struct span algorithm_identifier, enum hash *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = HASH_NONE;
	if (e != OK)
		return e;
	for (size_t i = 0; i < sizeof hmacs / sizeof *hmacs; i++) {
		if (!span_equal(hmacs[i].oid, oid))
			continue;
		if (der_more(&a))
			der_null(&a);
		der_end(&a);
		der_end(&c);
		*out = e == OK ? hmacs[i].hash : HASH_NONE;
		return e;
	}
	return algorithm_unknown("MAC algorithm", oid);
}

void hmac_alg_write(struct derw *w, enum hash h)
{
	for (size_t i = 0; i < sizeof hmacs / sizeof *hmacs; i++) {
		if (hmacs[i].hash != h)
			continue;
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, hmacs[i].oid);
			derw_null(w);
		}
		return;
	}
	w->err = err_because(E_BUG, "HMAC with %s has no AlgorithmIdentifier", hash_name(h));
}

enum err stretching_check(struct span salt, uint32_t iterations)
{
	if (salt.n < MAC_SALT_MIN || salt.n > MAC_SALT_MAX)
		return err_because(E_ALGORITHM, "a salt of %zu octets, taken are %d to %d", salt.n,
		                   MAC_SALT_MIN, MAC_SALT_MAX);
	if (iterations < MAC_ITERATIONS_MIN || iterations > MAC_ROUNDS_MAX)
		return err_because(E_ALGORITHM, "%u iterations, taken are %d to %d",
		                   (unsigned)iterations, MAC_ITERATIONS_MIN, MAC_ROUNDS_MAX);
	return OK;
}

/* Each hash's worth of key costs all the iterations. */
static enum err check_work(const struct pbkdf2_params *p, size_t n)
{
	size_t blocks = (n + hash_size(p->prf) - 1) / hash_size(p->prf);

	if (n > MAC_KEY_LENGTH_MAX || blocks * p->iterations > MAC_ROUNDS_MAX)
		return err_because(E_ALGORITHM,
		                   "%u iterations for a key of %zu octets, taken are %d for all",
		                   (unsigned)p->iterations, n, MAC_ROUNDS_MAX);
	return OK;
}

/* The last field: absent it is HMAC-SHA1, and DER leaves out that one's encoding. */
static void read_prf(struct der *c, struct pbkdf2_params *out)
{
	static const struct span dflt = OCTETS("\x30\x0c\x06\x08" DIGEST "\x07\x05\x00");
	struct span prf;
	enum err e;

	out->prf = HASH_SHA1;
	if (!der_more(c))
		return;
	prf = der_element(c);
	e = hmac_alg_read(prf, &out->prf);
	if (e == OK && span_equal(prf, dflt))
		e = err_because(E_NOT_DER, "a DEFAULT is encoded");
	if (e != OK)
		der_fail(c, e);
}

/*
 * PBKDF2-params ::= SEQUENCE {				(RFC 8018 A.2)
 *	salt CHOICE { specified OCTET STRING, otherSource AlgorithmIdentifier },
 *	iterationCount INTEGER (1..MAX),
 *	keyLength INTEGER (1..MAX) OPTIONAL,
 *	prf AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }
 */
static enum err read_params(struct der *a, struct pbkdf2_params *out)
{
	struct der c = der_enter(a, DER_SEQUENCE);
	bool said;

	*out = (struct pbkdf2_params){ .salt = der_get(&c, DER_OCTET_STRING) };
	out->iterations = der_uint(&c);
	said = der_at(&c, DER_INTEGER);
	if (said)
		out->key_size = der_uint(&c);
	read_prf(&c, out);
	der_end(&c);
	if (!der_ok(&c))
		return OK;
	if (said && out->key_size == 0)
		return err_because(E_ALGORITHM, "a key of no octets");
	return stretching_check(out->salt, out->iterations);
}

enum err pbkdf2_params_read(struct span algorithm_identifier, struct pbkdf2_params *out)
{
	enum err e, limits;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = (struct pbkdf2_params){ 0 };
	if (e == OK && !span_equal(oid, id_pbkdf2))
		return algorithm_unknown("key derivation", oid);
	limits = read_params(&a, out);
	der_end(&a);
	der_end(&c);
	if (e == OK && limits == OK)
		limits = check_work(out, out->key_size);
	return e != OK ? e : limits;
}

void pbkdf2_params_write(struct derw *w, const struct pbkdf2_params *p)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, id_pbkdf2);
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OCTET_STRING, p->salt);
			derw_uint(w, p->iterations);
			if (p->key_size > 0)
				derw_uint(w, (uint32_t)p->key_size);
			if (p->prf != HASH_SHA1)
				hmac_alg_write(w, p->prf);
		}
	}
}

enum err pbkdf2_derive(const struct pbkdf2_params *p, struct span password, uint8_t *out, size_t n)
{
	enum err e = check_work(p, n);

	return e == OK ? pbkdf2(p->prf, password, p->salt, p->iterations, out, n) : e;
}
