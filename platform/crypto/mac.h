/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message authentication by a shared secret, as CMP knows it (RFC 9481 6.1):
 * PBMAC1 (RFC 8018 7.1: PBKDF2 and HMAC) and, for old servers, PasswordBasedMac
 * (RFC 4210 5.1.3.1, RFC 9045).  The MAC is HMAC with SHA-2; of a peer that speaks
 * PasswordBasedMac, HMAC-SHA1 too, because servers in use answer with it.
 *
 * Parameters that a peer sends are hostile: an iteration count is work that it
 * asks of us before anything is proved, so it is capped, as are salt, key
 * length and the work of all together; too few iterations are refused as well
 * (RFC 9045 4.3: at least 100).
 */
#ifndef ONRAMP_CRYPTO_MAC_H
#define ONRAMP_CRYPTO_MAC_H

#include "platform/base/limits.h"
#include "platform/codec/derw.h"
#include "platform/crypto/hash.h"

enum mac_scheme { MAC_PBMAC1, MAC_PASSWORD_BASED };

struct mac_params {
	enum mac_scheme scheme;
	enum hash kdf;  /* PBKDF2's prf, or PasswordBasedMac's one-way function */
	enum hash hmac; /* of the MAC */
	uint8_t salt[MAC_SALT_MAX];
	size_t salt_size;
	uint32_t iterations;
	size_t key_size; /* octets, PBMAC1; 0: absent in the encoding */
};

/* A fresh salt, SHA-256, MAC_ITERATIONS, for a whole operation (RFC 9483 4.1.5). */
MUST_CHECK enum err mac_params_new(enum mac_scheme scheme, struct mac_params *out);

/* AlgorithmIdentifier of PBMAC1 or PasswordBasedMac. E_ALGORITHM: another one, or a
   parameter outside our limits; E_NOT_DER and the like: malformed. */
MUST_CHECK enum err mac_params_read(struct span algorithm_identifier, struct mac_params *out);
void mac_params_write(struct derw *w, const struct mac_params *p);
/* Whether it is one of a MAC, its parameters good or not; of which. */
bool mac_scheme_of(struct span algorithm_identifier, enum mac_scheme *out);
const char *mac_scheme_name(enum mac_scheme s); /* "PBMAC1" */

/* The key of one operation: derived once, kept as long as the salt is. */
struct mac_key {
	struct mac_params params;
	uint8_t key[MAC_KEY_MAX];
	size_t key_size;
};
MUST_CHECK enum err mac_key_derive(const struct mac_params *p, struct span secret,
                                   struct mac_key *out);
MUST_CHECK enum err mac_of(const struct mac_key *k, struct span data, struct digest *out);

/*
 * OK only if tag is the MAC of data, compared in constant time; E_SIGNATURE.  A
 * PBMAC1 keyLength of 256 or more that does not verify as octets is tried as bits
 * (what some peers mean).  known: a key derived before, used when the parameters are
 * the same; NULL is fine.
 */
MUST_CHECK enum err mac_verify(struct span algorithm_identifier, struct span secret,
                               const struct mac_key *known, struct span data, struct span tag);
/* The same of a message that is not held; E_STORE: it cannot be read. */
MUST_CHECK enum err mac_verify_message(struct span algorithm_identifier, struct span secret,
                                       const struct mac_key *known, const struct message *message,
                                       struct span tag);

#endif
