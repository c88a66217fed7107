/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PBKDF2 as an AlgorithmIdentifier (RFC 8018 A.2) and the HMACs it is made of
 * (RFC 8018 B.1.1, RFC 9481 6.2.1), for PBMAC1 and for what a password encrypts.
 *
 * The parameters come from a peer and are work that it asks of us before anything
 * is proved: salt, iterations and key length are inside the limits of limits.h.
 */
#ifndef ONRAMP_CRYPTO_PBKDF2_H
#define ONRAMP_CRYPTO_PBKDF2_H

#include "platform/base/limits.h"
#include "platform/codec/derw.h"
#include "platform/crypto/hash.h"

struct pbkdf2_params {
	struct span salt;
	uint32_t iterations;
	size_t key_size; /* octets; 0: not said */
	enum hash prf;   /* of the HMAC; SHA-1 where nothing is said */
};

/* E_ALGORITHM: another function, or a parameter outside our limits. */
MUST_CHECK enum err pbkdf2_params_read(struct span algorithm_identifier, struct pbkdf2_params *out);
void pbkdf2_params_write(struct derw *w, const struct pbkdf2_params *p);

/* n octets of key, n below MAC_KEY_LENGTH_MAX. E_ALGORITHM: too much work. */
MUST_CHECK enum err pbkdf2_derive(const struct pbkdf2_params *p, struct span password, uint8_t *out,
                                  size_t n);

/* HMAC-SHA1 and HMAC with SHA-2; what the MAC is for decides whether SHA-1 will do. */
MUST_CHECK enum err hmac_alg_read(struct span algorithm_identifier, enum hash *out);
void hmac_alg_write(struct derw *w, enum hash h);

/* Salt and iterations that a peer sends, whatever for. */
MUST_CHECK enum err stretching_check(struct span salt, uint32_t iterations);

#endif
