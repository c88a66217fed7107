/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private keys under a password: PKCS#8 encrypted by PBES2 (RFC 5958 3, RFC 8018 6.2),
 * PBKDF2 and AES-CBC.
 *
 * The file is the operator's own, so it may ask for more work than a peer's message; but
 * a file that was put there by somebody else must not hold us for hours.
 */
#include "platform/crypto/cipher.h"
#include "platform/crypto/internal.h"
#include "platform/crypto/pbkdf2.h"

#define PKCS5 "\x2a\x86\x48\x86\xf7\x0d\x01\x05"
static const struct span id_pbes2 = OCTETS(PKCS5 "\x0d"), id_pbkdf2 = OCTETS(PKCS5 "\x0c");

static const char again[] = "encrypt it anew with openssl pkcs8 -topk8 -v2 aes-256-cbc";

static enum err check_limits(const struct pbkdf2_params *p)
{
	if (p->salt.n == 0 || p->salt.n > KEY_SALT_MAX)
		return err_because(E_ALGORITHM, "a salt of %zu octets, taken are 1 to %d; %s",
		                   p->salt.n, KEY_SALT_MAX, again);
	if (p->iterations == 0 || p->iterations > KEY_ITERATIONS_MAX)
		return err_because(E_ALGORITHM, "%u iterations, taken are 1 to %d; %s",
		                   (unsigned)p->iterations, KEY_ITERATIONS_MAX, again);
	return OK;
}

/*
 * keyDerivationFunc: PBKDF2-params ::= SEQUENCE {	(RFC 8018 A.2)
 *	salt OCTET STRING, iterationCount INTEGER, keyLength INTEGER OPTIONAL,
 *	prf AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }
 */
static enum err read_derivation(struct span algorithm, struct pbkdf2_params *out)
{
	enum err e, prf = OK;
	struct der c = der_open(algorithm, &e), a = der_enter(&c, DER_SEQUENCE), p;
	struct span oid = der_oid(&a);

	*out = (struct pbkdf2_params){ .prf = HASH_SHA1 };
	if (e == OK && !span_equal(oid, id_pbkdf2))
		return err_because(E_ALGORITHM, "its key is not made by PBKDF2; %s", again);
	p = der_enter(&a, DER_SEQUENCE);
	out->salt = der_get(&p, DER_OCTET_STRING);
	out->iterations = der_uint(&p);
	if (der_at(&p, DER_INTEGER))
		out->key_size = der_uint(&p);
	if (der_more(&p))
		prf = hmac_alg_read(der_element(&p), &out->prf);
	der_end(&p);
	der_end(&a);
	der_end(&c);
	if (e == OK)
		e = prf;
	return e == OK ? check_limits(out) : e;
}

struct scheme {
	struct pbkdf2_params derivation;
	struct aes_cbc cipher;
	struct span content;
};

/*
 * EncryptedPrivateKeyInfo ::= SEQUENCE {		(RFC 5958 3)
 *	encryptionAlgorithm AlgorithmIdentifier,
 *	encryptedData       OCTET STRING }
 *
 * PBES2-params ::= SEQUENCE {				(RFC 8018 A.4)
 *	keyDerivationFunc AlgorithmIdentifier,
 *	encryptionScheme  AlgorithmIdentifier }
 */
static enum err read_scheme(struct span der, struct scheme *out)
{
	enum err e;
	struct der c = der_open(der, &e), k = der_enter(&c, DER_SEQUENCE);
	struct der a = der_enter(&k, DER_SEQUENCE), p;
	struct span oid = der_oid(&a), derivation, cipher;

	*out = (struct scheme){ .content = NO_BYTES };
	if (e == OK && !span_equal(oid, id_pbes2))
		return err_because(E_ALGORITHM, "it is not encrypted by PBES2; %s", again);
	p = der_enter(&a, DER_SEQUENCE);
	derivation = der_element_of(&p, DER_SEQUENCE);
	cipher = der_element_of(&p, DER_SEQUENCE);
	der_end(&p);
	der_end(&a);
	out->content = der_get(&k, DER_OCTET_STRING);
	der_end(&k);
	der_end(&c);
	if (e == OK)
		e = read_derivation(derivation, &out->derivation);
	if (e == OK && aes_cbc_read(cipher, &out->cipher) != OK)
		e = err_because(E_ALGORITHM, "it is not encrypted by AES-CBC; %s", again);
	if (e == OK && out->derivation.key_size != 0 &&
	    out->derivation.key_size != out->cipher.key_size)
		e = err_because(E_RANGE, "a key of %zu octets for AES-%zu",
		                out->derivation.key_size, 8 * out->cipher.key_size);
	return e;
}

bool pbes2_is(struct span der)
{
	enum err e;
	struct der c = der_open(der, &e), k = der_enter(&c, DER_SEQUENCE);

	der_element_of(&k, DER_SEQUENCE);
	return e == OK && der_at(&k, DER_OCTET_STRING);
}

enum err pbes2_decrypt(struct span der, struct span password, struct arena *a, struct span *out)
{
	uint8_t key[AES_KEY_SIZE_MAX], *room;
	struct scheme s;
	enum err e = read_scheme(der, &s);

	*out = NO_BYTES;
	if (e != OK)
		return e;
	room = arena_take(a, s.content.n);
	if (room == NULL)
		return err_because(E_SPACE, "no memory left for a key");
	e = pbkdf2(s.derivation.prf, password, s.derivation.salt, s.derivation.iterations, key,
	           s.cipher.key_size);
	if (e == OK)
		e = aes_cbc_open(&s.cipher, (struct span){ key, s.cipher.key_size }, s.content,
		                 room, &out->n);
	out->p = room;
	wipe(key, sizeof key);
	return e == E_SIGNATURE ? err_because(E_IDENTITY, "wrong passphrase, or damaged") : e;
}
