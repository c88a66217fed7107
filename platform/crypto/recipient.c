/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of a recipient's key, read; and done by the family of the key. */
#include "platform/crypto/internal.h"
#include "platform/crypto/recipient.h"

static const struct span rsa_encryption = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"),
			 id_rsaes_oaep = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07");

/* rsaEncryption has NULL (RFC 8017 A.1), which some leave out. */
enum err key_transport_read(struct span algorithm_identifier, struct key_transport *out)
{
	enum err e, oaep = OK;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = (struct key_transport){ .scheme = TRANSPORT_PKCS1 };
	if (e != OK)
		return e;
	if (span_equal(oid, id_rsaes_oaep)) {
		struct span params = der_element(&a);

		out->scheme = TRANSPORT_OAEP;
		if (e == OK)
			oaep = oaep_params_read(params, out);
	} else if (span_equal(oid, rsa_encryption)) {
		if (der_more(&a))
			der_null(&a);
	} else {
		return algorithm_unknown("key transport", oid);
	}
	der_end(&a);
	der_end(&c);
	return e != OK ? e : oaep;
}

enum err signer_decrypt(const struct signer *s, const struct key_transport *t,
                        struct span ciphertext, uint8_t *key, size_t n)
{
	const struct private_key *k = signer_private(s);
	const struct key_ops *ops = key_ops_of(k->kind.family);

	if (ops->decrypt == NULL || k->kind.pss_only) /* RFC 4055 1.2: that one only signs */
		return err_because(E_ALGORITHM, "RSA key transport to a key that is %s",
		                   k->kind.pss_only ? "for RSASSA-PSS" : ops->name);
	return ops->decrypt(k, t, ciphertext, key, n);
}

/* RFC 5753 7.1.4.  Our curves have cofactor 1: both primitives are the same. */
#define SECG "\x2b\x81\x04\x01" /* 1.3.132.1 */
static const struct agreement_row {
	struct span oid;
	enum hash kdf;
} agreements[] = {
	{ OCTETS(SECG "\x0b\x00"), HASH_SHA224 }, { OCTETS(SECG "\x0b\x01"), HASH_SHA256 },
	{ OCTETS(SECG "\x0b\x02"), HASH_SHA384 }, { OCTETS(SECG "\x0b\x03"), HASH_SHA512 },
	{ OCTETS(SECG "\x0e\x00"), HASH_SHA224 }, { OCTETS(SECG "\x0e\x01"), HASH_SHA256 },
	{ OCTETS(SECG "\x0e\x02"), HASH_SHA384 }, { OCTETS(SECG "\x0e\x03"), HASH_SHA512 },
};

enum err key_agreement_read(struct span algorithm_identifier, struct key_agreement *out)
{
	enum err e;
	struct der c = der_open(algorithm_identifier, &e);
	struct der a = der_enter(&c, DER_SEQUENCE);
	struct span oid = der_oid(&a);

	*out = (struct key_agreement){ .kdf = HASH_NONE };
	for (size_t i = 0; e == OK && i < sizeof agreements / sizeof *agreements; i++)
		if (span_equal(agreements[i].oid, oid))
			out->kdf = agreements[i].kdf;
	if (e == OK && out->kdf == HASH_NONE)
		return algorithm_unknown("key agreement", oid);
	out->wrap_id = der_element_of(&a, DER_SEQUENCE);
	der_end(&a);
	der_end(&c);
	if (e == OK)
		e = key_wrap_read(out->wrap_id, &out->wrap);
	if (e == OK && out->wrap.scheme != WRAP_AES)
		e = err_because(E_ALGORITHM, "key agreement with another key wrap than AES's");
	return e;
}

/*
 * OriginatorPublicKey ::= SEQUENCE {			(RFC 5652 6.2.2)
 *	algorithm AlgorithmIdentifier,
 *	publicKey BIT STRING }
 *
 * The parameters of id-ecPublicKey are absent, the recipient's curve, or NULL (RFC
 * 5753 7.1.2).  EcPoint without its octet-string header, as everybody has it.
 */
static enum err read_originator(struct span originator, enum curve curve, struct span *point)
{
	static const struct span absent = OCTETS("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01");
	static const struct span null = OCTETS(
		"\x30\x0b\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x05\x00");
	enum err e;
	struct der c = der_open(originator, &e);
	struct span algorithm = der_element_of(&c, DER_SEQUENCE);

	*point = der_bit_octets(&c);
	der_end(&c);
	if (e == OK && !span_equal(algorithm, absent) && !span_equal(algorithm, null) &&
	    !span_equal(algorithm, key_algorithm_of(KEY_EC, curve)))
		return err_because(E_ALGORITHM, "the originator's key is of another curve");
	return e;
}

/*
 * ECC-CMS-SharedInfo ::= SEQUENCE {			(RFC 5753 7.2)
 *	keyInfo		AlgorithmIdentifier,
 *	entityUInfo	[0] EXPLICIT OCTET STRING OPTIONAL,
 *	suppPubInfo	[2] EXPLICIT OCTET STRING }	-- length of the KEK in bits
 */
static enum err write_shared_info(struct derw *w, const struct key_agreement *a, struct span ukm,
                                  struct span *out)
{
	const uint8_t bits[4] = { 0, 0, (uint8_t)(a->wrap.key_size >> 5),
		                  (uint8_t)(a->wrap.key_size << 3) };

	IN (w, DER_SEQUENCE) {
		derw_raw(w, a->wrap_id);
		if (ukm.n > 0)
			IN (w, DER_CONTEXT(0))
				derw_put(w, DER_OCTET_STRING, ukm);
		IN (w, DER_CONTEXT(2))
			derw_put(w, DER_OCTET_STRING, SPAN(bits));
	}
	return err_within(E_RANGE, derw_end(w, out), "ukm");
}

/* Hash(Z || counter || SharedInfo), counter from 1 (SEC 1 3.6.1). */
static enum err stretch(enum hash kdf, struct span z, struct span shared_info, uint8_t *out,
                        size_t n)
{
	uint8_t counted[EC_SECRET_MAX + 4];
	enum err e = OK;

	memcpy(counted, z.p, z.n);
	for (size_t done = 0, i = 1; e == OK && done < n; done += hash_size(kdf), i++) {
		const uint8_t counter[4] = { 0, 0, 0, (uint8_t)i };
		size_t left = n - done;
		struct digest d;

		memcpy(counted + z.n, counter, sizeof counter);
		e = hash_of_two(kdf, (struct span){ counted, z.n + sizeof counter }, shared_info,
		                &d);
		memcpy(out + done, d.b, left < d.n ? left : d.n);
		wipe(&d, sizeof d);
	}
	wipe(counted, sizeof counted);
	return e;
}

enum err signer_agree(const struct signer *s, const struct key_agreement *a, struct span originator,
                      struct span ukm, uint8_t *kek)
{
	const struct private_key *k = signer_private(s);
	const struct key_ops *ops = key_ops_of(k->kind.family);
	uint8_t room[SHARED_INFO_MAX], secret[EC_SECRET_MAX];
	struct derw w = DERW_ON(room);
	struct span shared_info, point, z = { secret, 0 };
	enum err e;

	if (ops->agree == NULL)
		return err_because(E_ALGORITHM, "EC key agreement with a key that is %s",
		                   ops->name);
	e = read_originator(originator, k->kind.curve, &point);
	if (e == OK)
		e = write_shared_info(&w, a, ukm, &shared_info);
	if (e == OK)
		e = ops->agree(k, point, secret, &z.n);
	if (e == OK)
		e = stretch(a->kdf, z, shared_info, kek, a->wrap.key_size);
	wipe(secret, sizeof secret);
	return e;
}
