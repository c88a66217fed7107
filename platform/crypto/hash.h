/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes, MACs, key derivation and random numbers, on wolfCrypt. */
#ifndef ONRAMP_CRYPTO_HASH_H
#define ONRAMP_CRYPTO_HASH_H

#include "platform/base/octets.h"

/* Order and values are ours; OIDs are in platform/crypto/hashalg.c. */
enum hash {
	HASH_NONE,
	HASH_SHA1, /* key identifiers only (RFC 5280 4.2.1.2), never signatures */
	HASH_SHA224,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	HASH_SHAKE256 /* 64 octets (RFC 9481 2.2); where the library has it */
};

enum { HASH_SIZE_MAX = 64 };

struct digest {
	uint8_t b[HASH_SIZE_MAX];
	size_t n;
};
static inline struct span digest_span(const struct digest *d)
{
	return (struct span){ d->b, d->n };
}

size_t hash_size(enum hash h);      /* octets; 0 for HASH_NONE */
const char *hash_name(enum hash h); /* "SHA-256" */

/* E_ALGORITHM when the library lacks it, E_CRYPTO when it fails. */
MUST_CHECK enum err hash_of(enum hash h, struct span data, struct digest *out);
/* The same over the concatenation of two. */
MUST_CHECK enum err hash_of_two(enum hash h, struct span a, struct span b, struct digest *out);

/* What a hash, a MAC or a signature is over: octets in memory, and others behind them. */
struct message {
	struct span head;
	struct octets rest;
};
static inline struct message message_of(struct span s)
{
	return (struct message){ s, NO_OCTETS };
}
/* By pieces: what is in a file is never held. E_STORE: it cannot be read. */
MUST_CHECK enum err hash_of_message(enum hash h, const struct message *m, struct digest *out);
MUST_CHECK enum err hmac_of_message(enum hash h, struct span key, const struct message *m,
                                    struct digest *out);

MUST_CHECK enum err hmac_of(enum hash h, struct span key, struct span data, struct digest *out);

/* PBKDF2 with HMAC (RFC 8018 5.2). The caller has capped iterations. */
MUST_CHECK enum err pbkdf2(enum hash prf, struct span password, struct span salt,
                           uint32_t iterations, uint8_t *out, size_t n);

/*
 * Secure random octets.  The first call waits until the kernel's pool is
 * seeded (getrandom(2)).  E_ENTROPY when there is no source: out is then
 * zeroed and must not be used.
 */
MUST_CHECK enum err rng_bytes(uint8_t *out, size_t n);

#endif
