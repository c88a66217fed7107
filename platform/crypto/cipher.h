/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AES as CMS hides keys and contents with it (RFC 9481 4.3, 5.1), opened: CBC, key
 * wrap (RFC 3394), and PWRI-KEK (RFC 3211 2.3), which is CBC twice.
 *
 * CBC proves nothing: an altered ciphertext opens as another content, and PWRI-KEK's
 * check is 24 bits.  So whatever comes out is as hostile as what went in.  What does
 * not open is E_SIGNATURE in always the same words: whether a padding or a check
 * was wrong is for nobody to learn.
 */
#ifndef ONRAMP_CRYPTO_CIPHER_H
#define ONRAMP_CRYPTO_CIPHER_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"

enum { AES_BLOCK = 16, AES_KEY_SIZE_MAX = 32 };

/* AES-CBC with a key of key_size octets; iv of AES_BLOCK points into what was read. */
struct aes_cbc {
	size_t key_size;
	struct span iv;
};
MUST_CHECK enum err aes_cbc_read(struct span algorithm_identifier, struct aes_cbc *out);

/* in.n octets, whole blocks and at least one; nothing is said about a padding. */
MUST_CHECK enum err aes_cbc_decrypt(const struct aes_cbc *c, struct span key, struct span in,
                                    uint8_t *out);

/* The same, and the padding of RFC 5652 6.3 taken off: *n of the in.n octets of out. */
MUST_CHECK enum err aes_cbc_open(const struct aes_cbc *c, struct span key, struct span in,
                                 uint8_t *out, size_t *n);

/* How a key is hidden under a key-encryption key of key_size octets. */
struct key_wrap {
	enum { WRAP_AES, WRAP_PWRI_KEK } scheme;
	size_t key_size;
	struct aes_cbc cbc; /* of PWRI-KEK */
};
MUST_CHECK enum err key_wrap_read(struct span algorithm_identifier, struct key_wrap *out);

/* A key of exactly n octets, or E_SIGNATURE. */
MUST_CHECK enum err key_unwrap(const struct key_wrap *w, struct span kek, struct span wrapped,
                               uint8_t *key, size_t n);

#endif
