/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private keys stay behind this line; the rest of the agent holds a signer.
 *
 * A signer comes from a file or is generated, out of a fixed set of
 * SIGNERS_MAX; signer_close() wipes it.  Only platform/tls sees the private
 * encoding, through platform/crypto/signer_tls.h.
 */
#ifndef ONRAMP_CRYPTO_SIGNER_H
#define ONRAMP_CRYPTO_SIGNER_H

#include "platform/base/arena.h"
#include "platform/crypto/sigalg.h"

struct signer;

enum { SIGNERS_MAX = 6 };

/* What a key is made as. Names are those of the configuration: "ec256", "rsa2048"... */
enum key_kind {
	KEY_KIND_EC256,
	KEY_KIND_EC384,
	KEY_KIND_EC521,
	KEY_KIND_RSA2048,
	KEY_KIND_RSA3072,
	KEY_KIND_RSA4096,
	KEY_KIND_ED25519,
	KEY_KIND_ED448,
	KEY_KINDS
};
const char *key_kind_name(enum key_kind k);
MUST_CHECK enum err key_kind_from_name(const char *name, enum key_kind *out); /* E_CONFIG */
bool key_kind_available(enum key_kind k); /* the library can make and use it */
/* What a key could have been made as; false for one that we make none like. */
bool key_kind_of(struct span spki, enum key_kind *out);

/* PEM (PKCS#8 "PRIVATE KEY", SEC1 "EC PRIVATE KEY", PKCS#1 "RSA PRIVATE KEY") or
   the same in DER.  E_IDENTITY with the reason; encrypted keys are refused. */
MUST_CHECK enum err signer_from_bytes(struct signer **out, struct span file);
/* OneAsymmetricKey, DER (RFC 5958 2), which somebody else made: E_ALGORITHM, E_RANGE and
   the like when it is no key that we take, or its two halves do not belong together. */
MUST_CHECK enum err signer_from_pkcs8(struct signer **out, struct span der);
/* The file: regular, not a link, and when strict_mode not readable by group or others. */
MUST_CHECK enum err signer_from_file(struct signer **out, const char *path);

/*
 * The same of keys under a password (PKCS#8 by PBES2): ask() is called for these alone,
 * and brings at most KEY_PASSWORD_MAX octets.
 */
struct key_password {
	enum err (*ask)(void *context, uint8_t *out, size_t *n);
	void *context;
};
MUST_CHECK enum err signer_from_bytes_with(struct signer **out, struct span file,
                                           const struct key_password *p);
MUST_CHECK enum err signer_from_file_with(struct signer **out, const char *path,
                                          const struct key_password *p);

/* E_IDENTITY, "is PKCS#12; openssl pkcs12 -in PATH ...", where a file is that; else OK. */
MUST_CHECK enum err key_refuse_pkcs12(struct span file, const char *path);

MUST_CHECK enum err signer_generate(struct signer **out, enum key_kind kind);

/* PKCS#8 PEM for the store to write; the arena is wiped by its owner. */
MUST_CHECK enum err signer_to_pem(const struct signer *s, struct arena *a, struct span *pem);

struct span signer_spki(const struct signer *s);          /* SubjectPublicKeyInfo, DER */
const struct sig_alg *signer_alg(const struct signer *s); /* what signer_sign() uses */

/* ECDSA: hash by curve (P-256 SHA-256, P-384 SHA-384, P-521 SHA-512); RSA: PKCS#1 v1.5
   with SHA-256, or PSS with SHA-256 for id-RSASSA-PSS keys. Signature in the arena. */
MUST_CHECK enum err signer_sign(const struct signer *s, struct span message, struct arena *a,
                                struct span *signature);

void signer_close(struct signer *s); /* NULL is fine */

#endif
