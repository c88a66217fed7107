/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A key from a shared secret (RFC 8018 5.2, RFC 4210 5.1.3.1), and MACs by it. */
#include "platform/crypto/internal.h"
#include "platform/crypto/mac.h"
#include "platform/crypto/pbkdf2.h"

/* HMAC hashes a key that is longer than the hash's block before anything else. */
static enum err keep(struct mac_key *k, struct span key)
{
	struct digest d;
	enum err e = OK;

	if (key.n > sizeof k->key) {
		e = hash_of(k->params.hmac, key, &d);
		key = digest_span(&d);
	}
	if (e == OK) {
		memcpy(k->key, key.p, key.n);
		k->key_size = key.n;
	}
	wipe(&d, sizeof d);
	return e;
}

/* RFC 8018 7.1.1; without a keyLength the key is as long as the MAC's hash. */
static enum err derive_pbmac1(struct mac_key *k, struct span secret, size_t size)
{
	const struct mac_params *p = &k->params;
	const struct pbkdf2_params kdf = {
		.salt = { p->salt, p->salt_size },
		.iterations = p->iterations,
		.prf = p->kdf,
	};
	uint8_t room[MAC_KEY_LENGTH_MAX];
	enum err e;

	if (size == 0)
		size = hash_size(p->hmac);
	e = pbkdf2_derive(&kdf, secret, room, size);
	if (e == OK)
		e = keep(k, (struct span){ room, size });
	wipe(room, sizeof room);
	return e;
}

/*
 * The function is applied iterationCount times in all, first to secret || salt
 * (RFC 4210 5.1.3.1; the loop in RFC 4211 4.4 would come to one more).  An HMAC
 * has no key size of its own: BASEKEY is its key as it is, whatever its hash.
 */
static enum err derive_password_based(struct mac_key *k, struct span secret)
{
	const struct mac_params *p = &k->params;
	struct digest base, next;
	enum err e = hash_of_two(p->kdf, secret, (struct span){ p->salt, p->salt_size }, &base);

	for (uint32_t i = 1; e == OK && i < p->iterations; i++) {
		e = hash_of(p->kdf, digest_span(&base), &next);
		base = next;
	}
	if (e == OK)
		e = keep(k, digest_span(&base));
	wipe(&base, sizeof base);
	wipe(&next, sizeof next);
	return e;
}

static enum err derive(const struct mac_params *p, struct span secret, size_t size,
                       struct mac_key *out)
{
	enum err e;

	*out = (struct mac_key){ .params = *p };
	if (secret.n == 0)
		return err_because(E_CONFIG, "the shared secret is empty");
	e = p->scheme == MAC_PBMAC1 ? derive_pbmac1(out, secret, size)
	                            : derive_password_based(out, secret);
	if (e != OK)
		wipe(out, sizeof *out);
	return e;
}

enum err mac_key_derive(const struct mac_params *p, struct span secret, struct mac_key *out)
{
	return derive(p, secret, p->key_size, out);
}

enum err mac_of(const struct mac_key *k, struct span data, struct digest *out)
{
	return hmac_of(k->params.hmac, (struct span){ k->key, k->key_size }, data, out);
}

static enum err compare(const struct mac_key *k, const struct message *data, struct span tag)
{
	struct digest is;
	enum err e = hmac_of_message(k->params.hmac, (struct span){ k->key, k->key_size }, data,
	                             &is);

	if (e == OK && !span_equal_secret(digest_span(&is), tag))
		e = err_because(E_SIGNATURE, "the MAC is not one by our shared secret");
	wipe(&is, sizeof is);
	return e;
}

static bool same(const struct mac_params *a, const struct mac_params *b)
{
	return a->scheme == b->scheme && a->kdf == b->kdf && a->hmac == b->hmac &&
	       a->iterations == b->iterations && a->key_size == b->key_size &&
	       a->salt_size == b->salt_size && memcmp(a->salt, b->salt, a->salt_size) == 0;
}

static enum err derive_and_compare(const struct mac_params *p, struct span secret, size_t size,
                                   const struct message *data, struct span tag)
{
	struct mac_key k;
	enum err e = derive(p, secret, size, &k);

	if (e == OK)
		e = compare(&k, data, tag);
	wipe(&k, sizeof k);
	return e;
}

/* A keyLength of 256 octets and more was meant as bits by some; so read it is an
   eighth of the work, and thus tried first. */
static enum err try_bits(const struct mac_params *p, struct span secret, const struct message *data,
                         struct span tag)
{
	if (p->scheme != MAC_PBMAC1 || p->key_size < MAC_KEY_BITS_MIN || p->key_size % 8 != 0)
		return E_SIGNATURE;
	return derive_and_compare(p, secret, p->key_size / 8, data, tag);
}

enum err mac_verify_message(struct span algorithm_identifier, struct span secret,
                            const struct mac_key *known, const struct message *data,
                            struct span tag)
{
	struct mac_params p;
	enum err e = mac_params_read(algorithm_identifier, &p);

	if (e == OK)
		e = try_bits(&p, secret, data, tag);
	if (e != E_SIGNATURE)
		return e;
	if (known != NULL && same(&known->params, &p))
		return compare(known, data, tag);
	return derive_and_compare(&p, secret, p.key_size, data, tag);
}

enum err mac_verify(struct span algorithm_identifier, struct span secret,
                    const struct mac_key *known, struct span data, struct span tag)
{
	const struct message m = message_of(data);

	return mac_verify_message(algorithm_identifier, secret, known, &m, tag);
}
