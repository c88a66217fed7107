/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of platform/crypto tell each other.
 *
 * wolfCrypt's types stay inside the .c files.  Lengths given to it are its
 * word32: every input here is far below 4 GB (limits.h), and hash.c checks.
 */
#ifndef ONRAMP_CRYPTO_INTERNAL_H
#define ONRAMP_CRYPTO_INTERNAL_H

#include "platform/crypto/signer.h"

/* Constant octets in tables, written as a string. */
#define OCTETS(s)                                   \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

/* The process's generator, seeded. E_ENTROPY. */
struct WC_RNG;
MUST_CHECK enum err rng_library(struct WC_RNG **out);
/* The kernel's pool is ready; ends when somebody asks to stop. */
MUST_CHECK enum err rng_wait_for_kernel(void);

/* SHAKE256 by pieces: begun well it has to be ended, with what happened in between. */
struct shake256 {
	_Alignas(max_align_t) uint8_t state[512]; /* the library's is 416 to 432 octets */
};
MUST_CHECK enum err shake256_begin(struct shake256 *s);
int shake256_update(struct shake256 *s, struct span piece); /* the library's code */
MUST_CHECK enum err shake256_end(struct shake256 *s, enum err e, uint8_t *out, size_t n);
/* SHAKE256 over a then b, n octets of output. E_ALGORITHM without the library's. */
MUST_CHECK enum err shake256(struct span a, struct span b, uint8_t *out, size_t n);

/* E_ALGORITHM: "WHAT 1.2.840... is none that we take". */
enum err algorithm_unknown(const char *what, struct span oid);

/* SHA-2 and SHAKE256 sign; SHA-1 only names keys. */
bool hash_signs(enum hash h);

/*
 * DigestInfo ::= SEQUENCE { digestAlgorithm, digest OCTET STRING } with the
 * NULL parameters that RFC 8017 9.2 note 1 fixes.
 */
void digest_info_write(struct derw *w, enum hash h, const struct digest *d);

/* RSASSA-PSS-params, the parameters of an AlgorithmIdentifier. */
enum der_rules { RULES_DER, RULES_SIGNED /* of a certificate: an encoded DEFAULT is taken */ };
MUST_CHECK enum err pss_params_read(struct span params, enum der_rules rules, enum hash *hash,
                                    unsigned *salt);
void pss_params_write(struct derw *w, enum hash hash, unsigned salt);

/* MGF1 (RFC 8017 B.2.1), or SHAKE256 as it is (RFC 8692 4.1.1), laid over out. */
MUST_CHECK enum err mgf_mask(enum hash hash, struct span seed, uint8_t *out, size_t n);

/* EMSA-PSS (RFC 8017 9.1) of em_bits bits in em, ceil(em_bits / 8) octets. */
struct pss {
	enum hash hash;
	unsigned salt;
	uint8_t *em;
	size_t em_bits;
};
MUST_CHECK enum err pss_encode(const struct pss *p, struct span message);
/* em is used up */
MUST_CHECK enum err pss_verify(const struct pss *p, const struct message *message);

/* What the AlgorithmIdentifier of a key says. */
struct key_algorithm {
	enum key_family family;
	enum curve curve;
	unsigned bits; /* 0 for RSA: the modulus tells */
	bool pss_only;
	enum hash pss_hash; /* HASH_NONE: the key does not say */
	unsigned pss_salt;
};
MUST_CHECK enum err key_algorithm_read(struct span algorithm_identifier, struct key_algorithm *out);
/* The one encoding we write; CURVE_NONE but for KEY_EC. */
struct span key_algorithm_of(enum key_family family, enum curve curve);
size_t curve_octets(enum curve c); /* of a coordinate and of the order */

/* RSAPublicKey, taken apart: n and e without leading zeros. E_CERT_SYNTAX, E_ALGORITHM. */
struct rsa_public {
	struct span n, e;
	unsigned bits;
};
MUST_CHECK enum err rsa_public_read(struct span key, struct rsa_public *out);

/* A private key, taken apart; spans point into its PKCS#8, SEC1 or PKCS#1. */
struct private_key {
	struct key_algorithm kind;
	struct span algorithm; /* AlgorithmIdentifier, DER; as in the public key */
	struct span secret;    /* RSAPrivateKey, EC scalar or EdDSA seed */
	struct span stated;    /* the public key it comes with, subjectPublicKey octets; or empty */
};
MUST_CHECK enum err private_key_from_pkcs8(struct span der, struct private_key *out);
MUST_CHECK enum err private_key_from_sec1(struct span der, struct private_key *out);
MUST_CHECK enum err private_key_from_pkcs1(struct span der, struct private_key *out);
/* PKCS#8; public is subjectPublicKey octets. */
void private_key_write(struct derw *w, const struct private_key *k, struct span public);

/* pbes2.c: an EncryptedPrivateKeyInfo, by its shape; and the PKCS#8 in it, in the arena. */
bool pbes2_is(struct span der);
MUST_CHECK enum err pbes2_decrypt(struct span der, struct span password, struct arena *a,
                                  struct span *out);

/* A signer's private half, for whoever works with it in this directory. */
const struct private_key *signer_private(const struct signer *s);

/* Takes a key over, whose spans need not outlive the call. */
MUST_CHECK enum err signer_adopt(struct signer **out, const struct private_key *k);

/* RSA decryption: rsa_decrypt.c on what rsa.c raises; k octets, the modulus' size. */
struct key_transport;
MUST_CHECK enum err oaep_params_read(struct span params, struct key_transport *out);
MUST_CHECK enum err rsa_decrypt(const struct private_key *key, const struct key_transport *t,
                                struct span ciphertext, uint8_t *out, size_t n);
MUST_CHECK enum err rsa_decrypt_raw(const struct private_key *key, struct span ciphertext,
                                    uint8_t *em, size_t *k);

/* E_SIGNATURE, in the same words for whatever did not open. */
enum err decryption_failed(void);

/*
 * One row for each family of keys.  A build of the library without it leaves
 * the functions NULL.  Messages come whole: EdDSA signs no hash.
 */
struct key_ops {
	const char *name;
	bool whole; /* verify() takes messages in memory alone, all of it in the head */
	enum err (*verify)(const struct public_key *key, const struct sig_alg *alg,
	                   const struct message *message, struct span signature);
	/* Writes the signature behind what w holds. */
	enum err (*sign)(const struct private_key *key, const struct sig_alg *alg,
	                 struct span message, struct derw *w);
	/* subjectPublicKey octets that belong to the secret, computed. */
	enum err (*derive_public)(const struct private_key *key, struct derw *w);
	/* A new secret of that size: field bits for EC, modulus bits for RSA. */
	enum err (*generate)(enum curve curve, unsigned bits, struct derw *w);
	/* What signer_decrypt() promises. */
	enum err (*decrypt)(const struct private_key *key, const struct key_transport *t,
	                    struct span ciphertext, uint8_t *out, size_t n);
	/* The x of ECDH with an uncompressed point; at most EC_SECRET_MAX octets. */
	enum err (*agree)(const struct private_key *key, struct span point, uint8_t *out,
	                  size_t *n);
};
extern const struct key_ops rsa_ops, ec_ops, ed25519_ops, ed448_ops;
const struct key_ops *key_ops_of(enum key_family family);
bool curve_available(enum curve c);

/* a < b, both little endian and of the same length: EdDSA's S against its order. */
bool little_endian_below(struct span a, struct span b);

/* "NAME signature invalid for this message and key". */
enum err signature_wrong(const char *name);
/* OK, or that. For what was compared here. */
MUST_CHECK enum err verdict(bool good, const char *name);

/*
 * A call of the library's, or a few for one purpose: begun before the first of them and
 * judged after the last.  Each is good, bad, or failed, and failed is never bad: what the
 * library could not compute says nothing about a peer.  call.c has the table of codes.
 */
enum call_of {
	CALL_HASH,
	CALL_HMAC,
	CALL_PBKDF2,
	CALL_AES,
	CALL_RNG,
	CALL_GENERATE,
	CALL_ECDSA,
	CALL_ECDH,
	CALL_RSA,
	CALL_ED25519,
	CALL_ED448,
	CALL_EC_PRIVATE,
	CALL_EDDSA_PRIVATE,
	CALL_RSA_PRIVATE
};
struct call {
	enum call_of of;
	unsigned long heap; /* heap_failures() when it began */
};
enum outcome { GOOD, BAD, FAILED };

struct call call_begin(enum call_of of);
enum outcome call_outcome(const struct call *c, int code, bool good);
/* E_MEMORY, or E_CRYPTO with the library's number and what was tried. */
enum err library_failed(const char *what, int code);
/* What was judged code by code: e, if all had the memory that they asked for. */
MUST_CHECK enum err call_ended(const struct call *c, enum err e);
/* For what no octets can make go wrong: OK, E_MEMORY or E_CRYPTO. */
MUST_CHECK enum err call_worked(const struct call *c, int code);
/* Code 0 only says that the computation went through.  Bad is E_SIGNATURE. */
MUST_CHECK enum err call_verdict(const struct call *c, int code, bool good);
/* Bad is E_RANGE: numbers that make no key. */
MUST_CHECK enum err call_made_key(const struct call *c, int code);

#endif
