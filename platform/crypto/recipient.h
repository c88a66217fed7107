/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A signer as the recipient of a key that somebody encrypted for its public key:
 * RSA key transport (RFC 9481 4.2), ephemeral-static ECDH (RFC 9481 4.1.2).
 *
 * The private key stays where it is.  What the peer may learn from an answer is
 * nothing: PKCS#1 v1.5 and OAEP that are no encryption of a key of n octets give a
 * random one instead of an error (Bleichenbacher, Manger; RFC 3218 2.3.2), with which
 * nothing opens.  X25519 and X448 are no recipients here: who receives a key signed
 * the request with the same key (RFC 9483 4.1.6.2), and these do not sign.
 */
#ifndef ONRAMP_CRYPTO_RECIPIENT_H
#define ONRAMP_CRYPTO_RECIPIENT_H

#include "platform/crypto/cipher.h"
#include "platform/crypto/signer.h"

struct key_transport {
	enum { TRANSPORT_PKCS1, TRANSPORT_OAEP } scheme;
	enum hash hash, mask; /* OAEP: of the label, and of MGF1 */
	struct span label;
};
/* rsaEncryption, or id-RSAES-OAEP with SHA-1 (the default) or SHA-2. E_ALGORITHM. */
MUST_CHECK enum err key_transport_read(struct span algorithm_identifier, struct key_transport *out);

/* n octets of key, random ones if ciphertext is nothing that the key opens. E_ALGORITHM:
   no RSA key; E_SIGNATURE: a ciphertext of another size than the key's. */
MUST_CHECK enum err signer_decrypt(const struct signer *s, const struct key_transport *t,
                                   struct span ciphertext, uint8_t *key, size_t n);

struct key_agreement {
	enum hash kdf; /* of X9.63's */
	struct span wrap_id;
	struct key_wrap wrap;
};
/* dhSinglePass-stdDH and -cofactorDH with SHA-2, and the key wrap in the parameters. */
MUST_CHECK enum err key_agreement_read(struct span algorithm_identifier, struct key_agreement *out);

/* The key-encryption key, of a->wrap.key_size octets. originator: OriginatorPublicKey's
   content; ukm may be empty. */
MUST_CHECK enum err signer_agree(const struct signer *s, const struct key_agreement *a,
                                 struct span originator, struct span ukm, uint8_t *kek);

#endif
