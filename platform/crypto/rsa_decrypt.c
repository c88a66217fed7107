/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RSAES-PKCS1-v1_5 and RSAES-OAEP (RFC 8017 7), opened.
 *
 * The size of the message is known beforehand, so each octet of the encoding either
 * has one value or is the message: the encoding is compared, not searched, in a time
 * that does not depend on what is in it.
 */
#include "platform/crypto/internal.h"
#include "platform/crypto/recipient.h"

enum { MODULUS_MAX = RSA_BITS_MAX / 8 };

/* HashAlgorithm or MaskGenAlgorithm's hash; SHA-2 alone: SHA-1 is the default, unsaid. */
static enum hash read_hash(struct der *c)
{
	struct span id = der_element(c);
	enum hash h = HASH_NONE;
	enum err e = der_ok(c) ? hash_alg_read(id, &h) : OK;

	if (e == OK && h == HASH_SHAKE256)
		e = err_because(E_ALGORITHM, "RSAES-OAEP with %s", hash_name(h));
	if (e != OK)
		der_fail(c, e);
	return h;
}

static enum hash read_mask(struct der *c)
{
	static const struct span id_mgf1 = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08");
	struct der m = der_enter(c, DER_SEQUENCE);
	struct span oid = der_oid(&m);
	enum hash h;

	if (der_ok(c) && !span_equal(oid, id_mgf1))
		der_fail(c, err_because(E_ALGORITHM, "RSAES-OAEP with another mask than MGF1"));
	h = read_hash(&m);
	der_end(&m);
	return h;
}

static struct span read_label(struct der *c)
{
	static const struct span id_p_specified = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x09");
	struct der p = der_enter(c, DER_SEQUENCE);
	struct span oid = der_oid(&p), label = der_get(&p, DER_OCTET_STRING);

	der_end(&p);
	if (der_ok(c) && !span_equal(oid, id_p_specified))
		der_fail(c, err_because(E_ALGORITHM, "RSAES-OAEP with a label told elsewhere"));
	return label;
}

/*
 * RSAES-OAEP-params ::= SEQUENCE {			(RFC 8017 A.2.1)
 *	hashAlgorithm		[0] HashAlgorithm DEFAULT sha1,
 *	maskGenAlgorithm	[1] MaskGenAlgorithm DEFAULT mgf1SHA1,
 *	pSourceAlgorithm	[2] PSourceAlgorithm DEFAULT pSpecifiedEmpty }
 */
enum err oaep_params_read(struct span params, struct key_transport *out)
{
	enum err e;
	struct der c = der_open(params, &e);
	struct der p = der_enter(&c, DER_SEQUENCE);

	out->hash = out->mask = HASH_SHA1;
	if (der_at(&p, DER_CONTEXT(0))) {
		struct der h = der_enter(&p, DER_CONTEXT(0));

		out->hash = read_hash(&h);
		der_end(&h);
	}
	if (der_at(&p, DER_CONTEXT(1))) {
		struct der m = der_enter(&p, DER_CONTEXT(1));

		out->mask = read_mask(&m);
		der_end(&m);
	}
	if (der_at(&p, DER_CONTEXT(2))) {
		struct der l = der_enter(&p, DER_CONTEXT(2));

		out->label = read_label(&l);
		der_end(&l);
	}
	der_end(&p);
	der_end(&c);
	return e;
}

/* 00 02 PS 00 M, PS without zeros (RFC 8017 7.2.2); what is not so sets bits. */
static unsigned check_pkcs1(const uint8_t *em, size_t k, size_t n)
{
	size_t separator = k - n - 1;
	unsigned bad = em[0] | (em[1] ^ 0x02u) | em[separator];

	for (size_t i = 2; i < separator; i++)
		bad |= (em[i] - 1u) >> 8; /* only of 0 */
	return bad;
}

/* 00 maskedSeed maskedDB, DB = lHash || 00...00 01 M (RFC 8017 7.1.2) */
static enum err check_oaep(const struct key_transport *t, uint8_t *em, size_t k, size_t n,
                           unsigned *bad)
{
	size_t h = hash_size(t->hash), db_n = k - h - 1;
	uint8_t *seed = em + 1, *db = seed + h;
	struct digest label;
	enum err e = hash_of(t->hash, t->label, &label);

	if (e == OK)
		e = mgf_mask(t->mask, (struct span){ db, db_n }, seed, h);
	if (e == OK)
		e = mgf_mask(t->mask, (struct span){ seed, h }, db, db_n);
	*bad = em[0];
	for (size_t i = 0; e == OK && i < db_n - n; i++)
		*bad |= db[i] ^ (i < h ? label.b[i] : i + 1 < db_n - n ? 0x00u : 0x01u);
	return e;
}

/* RFC 8017 7.1.2, 7.2.2 step 1: public values, so that these are plain refusals. */
static bool fits(const struct key_transport *t, size_t k, size_t n)
{
	size_t around = t->scheme == TRANSPORT_PKCS1 ? 11 : 2 * hash_size(t->hash) + 2;

	return n + around <= k;
}

/* key = bad ? random : message, octet by octet without a branch. */
static void choose(uint8_t *key, const uint8_t *message, size_t n, unsigned bad)
{
	uint8_t mask = (uint8_t)(0u - ((bad | (0u - bad)) >> (8 * sizeof bad - 1)));

	for (size_t i = 0; i < n; i++)
		key[i] = (uint8_t)((key[i] & mask) | (message[i] & ~mask));
}

enum err rsa_decrypt(const struct private_key *private, const struct key_transport *t,
                     struct span ciphertext, uint8_t *key, size_t n)
{
	uint8_t em[MODULUS_MAX];
	unsigned bad = 0;
	size_t k;
	enum err e = rng_bytes(key, n);

	if (e == OK)
		e = rsa_decrypt_raw(private, ciphertext, em, &k);
	if (e == OK && !fits(t, k, n))
		e = decryption_failed();
	if (e == OK && t->scheme == TRANSPORT_OAEP)
		e = check_oaep(t, em, k, n, &bad);
	else if (e == OK)
		bad = check_pkcs1(em, k, n);
	if (e == OK)
		choose(key, em + k - n, n, bad);
	else
		wipe(key, n);
	wipe(em, sizeof em);
	return e;
}
