/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signature algorithms and public keys: AlgorithmIdentifier and
 * SubjectPublicKeyInfo in, a yes or no out.  sig_verify() is the only place
 * where a signature is found good.
 *
 * The algorithms are those of RFC 9481 3 without SHA-1 and MD5: RSA PKCS#1 v1.5
 * and RSASSA-PSS with SHA-224..512, ECDSA with SHA-224..512 on P-256, P-384,
 * P-521, the SHAKE256 forms, Ed25519 and Ed448 where the library has them.
 */
#ifndef ONRAMP_CRYPTO_SIGALG_H
#define ONRAMP_CRYPTO_SIGALG_H

#include "platform/base/limits.h"
#include "platform/codec/derw.h"
#include "platform/crypto/hash.h"

enum key_family { KEY_RSA, KEY_EC, KEY_ED25519, KEY_ED448 };
enum curve { CURVE_NONE, CURVE_P256, CURVE_P384, CURVE_P521 };

/* A public key, parsed; spans point into the SubjectPublicKeyInfo. */
struct public_key {
	enum key_family family;
	enum curve curve;   /* KEY_EC */
	unsigned bits;      /* RSA modulus, EC field, 256 / 448 */
	bool pss_only;      /* RSA key under id-RSASSA-PSS */
	struct span spki;   /* whole SubjectPublicKeyInfo, DER */
	struct span key;    /* content of subjectPublicKey, octets */
	enum hash pss_hash; /* pss_only: the one hash its signatures have (RFC 4055 3.3) ... */
	unsigned pss_salt;  /* ... and the least salt; HASH_NONE: any */
};

/* E_ALGORITHM: not a key we take (RSA below RSA_BITS_MIN, other curves,
   explicit EC parameters; a compressed point where the library lacks them).
   E_CERT_SYNTAX: malformed. */
MUST_CHECK enum err public_key_read(struct span spki, struct public_key *out);

/* The same key, in whatever form of SubjectPublicKeyInfo that public_key_read() takes. */
bool public_key_equal(struct span spki_a, struct span spki_b);
/* Who has the secret of one has that of the other, also where one is for RSASSA-PSS alone. */
bool public_key_same_secret(struct span spki_a, struct span spki_b);

/* Bits of security, RFC 9481 7, table 1: 112 to 256. */
unsigned public_key_strength(const struct public_key *key);

enum sig_scheme { SIG_RSA_PKCS1, SIG_RSA_PSS, SIG_ECDSA, SIG_ED25519, SIG_ED448 };

struct sig_alg {
	enum sig_scheme scheme;
	enum hash hash; /* of the message; HASH_NONE for EdDSA, see sig_alg_cert_hash() */
	unsigned salt;  /* RSASSA-PSS: octets */
};

/*
 * AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters ANY OPTIONAL }
 * Strict about parameters: absent for ECDSA and EdDSA, NULL or absent for
 * RSA PKCS#1 (handbook dialects), RSASSA-PSS-params complete with MGF1 of the
 * same hash (RFC 4055 3.1).
 */
MUST_CHECK enum err sig_alg_read(struct span algorithm_identifier, struct sig_alg *out);

/* That of a certificate or CRL, which the issuer signed: a NULL where no parameters should be
   and an encoded DEFAULT of RSASSA-PSS-params are taken. */
MUST_CHECK enum err sig_alg_read_signed(struct span algorithm_identifier, struct sig_alg *out);
void sig_alg_write(struct derw *w, const struct sig_alg *a);
const char *sig_alg_name(const struct sig_alg *a); /* "ecdsa-with-SHA256" */
bool sig_alg_equal(const struct sig_alg *a, const struct sig_alg *b);

/*
 * The same for a CMS SignerInfo, whose signatureAlgorithm may also be
 * rsaEncryption (RFC 3370 3.2, RFC 5754 3.2): then the hash is that of
 * digestAlgorithm.
 */
MUST_CHECK enum err sig_alg_read_cms(struct span algorithm_identifier, enum hash digest,
                                     struct sig_alg *out);

/* Hash for a certificate's hash in certConf: RFC 9483 4.1.1, RFC 9481 3.3; for EdDSA
   also the hash of a SignerInfo's digestAlgorithm (RFC 8419 3.1). */
enum hash sig_alg_cert_hash(const struct sig_alg *a);

/* Digest AlgorithmIdentifiers as CMS carries them: parameters absent or NULL. */
MUST_CHECK enum err hash_alg_read(struct span algorithm_identifier, enum hash *out);
void hash_alg_write(struct derw *w, enum hash h); /* parameters absent (RFC 5754 2) */

/*
 * digestAlgorithm of a SignerInfo with signed attributes.  For Ed448 it is
 * id-shake256-len with 512 (RFC 8419 3.1); id-shake256, without a length, is for
 * signatures over SHAKE256 (RFC 8702 3.1).  Both are read, and are the same hash.
 */
MUST_CHECK enum err hash_alg_read_cms(struct span algorithm_identifier, enum hash *out);
void hash_alg_write_cms(struct derw *w, const struct sig_alg *of);

/*
 * OK only if signature is that of message under key: algorithm allowed and
 * fitting the key, RSA s < n, EdDSA S < L, ECDSA DER strict.  E_SIGNATURE,
 * E_ALGORITHM, or E_CRYPTO when the library fails otherwise.
 */
MUST_CHECK enum err sig_verify(const struct public_key *key, const struct sig_alg *alg,
                               struct span message, struct span signature);
/* The same of a message that is not held; E_STORE: it cannot be read. */
MUST_CHECK enum err sig_verify_message(const struct public_key *key, const struct sig_alg *alg,
                                       const struct message *message, struct span signature);

#endif
