/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RSA (RFC 8017).  wolfCrypt raises to powers; what is signed is built here,
 * octet by octet, and compared whole, so that there is no padding to be parsed.
 */
#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include "platform/crypto/internal.h"

enum { MODULUS_MAX = RSA_BITS_MAX / 8 };

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 ff...ff 00 DigestInfo, at least eight ff. */
static enum err pkcs1_encode(enum hash hash, const struct message *message, uint8_t *em, size_t n)
{
	uint8_t room[32 + HASH_SIZE_MAX];
	struct derw w = DERW_ON(room);
	struct span info;
	struct digest d;
	enum err e = hash_of_message(hash, message, &d);

	if (e != OK)
		return e;
	digest_info_write(&w, hash, &d);
	e = derw_end(&w, &info);
	if (e != OK)
		return e;
	memset(em, 0xff, n);
	em[0] = 0x00;
	em[1] = 0x01;
	em[n - info.n - 1] = 0x00;
	memcpy(em + n - info.n, info.p, info.n);
	return OK;
}

/*
 * The encoding for PSS has one bit less than the modulus, thus sometimes one
 * octet less: then the first octet of the k is zero.
 */
static struct pss pss_in(const struct sig_alg *alg, unsigned bits, uint8_t *em)
{
	struct pss p = { alg->hash, alg->salt, em, bits - 1 };

	if (p.em_bits % 8 == 0) {
		em[0] = 0x00;
		p.em++;
	}
	return p;
}

/* signature^e mod n; n octets of em. */
static enum err open_signature(const struct rsa_public *key, struct span signature, uint8_t *em)
{
	const struct call call = call_begin(CALL_RSA);
	word32 n = MODULUS_MAX;
	RsaKey rsa;
	int code = wc_InitRsaKey(&rsa, NULL);

	if (code == 0)
		code = wc_RsaPublicKeyDecodeRaw(key->n.p, (word32)key->n.n, key->e.p,
		                                (word32)key->e.n, &rsa);
	if (code == 0)
		code = wc_RsaFunction(signature.p, (word32)signature.n, em, &n, RSA_PUBLIC_DECRYPT,
		                      &rsa, NULL);
	wc_FreeRsaKey(&rsa);
	return call_verdict(&call, code, n == key->n.n);
}

/* RFC 8017 8.1.2, 8.2.2 step 1 and 5.2.2: as long as the modulus, and below it. */
static bool in_range(const struct rsa_public *key, struct span signature)
{
	return signature.n == key->n.n && memcmp(signature.p, key->n.p, key->n.n) < 0;
}

static enum err verify(const struct public_key *key, const struct sig_alg *alg,
                       const struct message *message, struct span signature)
{
	uint8_t em[MODULUS_MAX], expected[MODULUS_MAX];
	struct rsa_public rsa;
	struct pss pss;
	enum err e = rsa_public_read(key->key, &rsa);

	if (e != OK)
		return e;
	if (!in_range(&rsa, signature))
		return verdict(false, sig_alg_name(alg));
	e = open_signature(&rsa, signature, em);
	if (e != OK)
		return e;
	if (alg->scheme == SIG_RSA_PSS) {
		if (rsa.bits % 8 == 1 && em[0] != 0)
			return verdict(false, sig_alg_name(alg));
		pss = pss_in(alg, rsa.bits, em);
		return pss_verify(&pss, message);
	}
	e = pkcs1_encode(alg->hash, message, expected, rsa.n.n);
	if (e != OK)
		return e;
	return verdict(memcmp(em, expected, rsa.n.n) == 0, sig_alg_name(alg));
}

/* em^d mod n by the CRT, blinded. E_RANGE: the key's numbers make none. */
static enum err raise_privately(const struct private_key *key, struct span em, uint8_t *out,
                                size_t *n)
{
	word32 at = 0, len = MODULUS_MAX;
	RsaKey rsa;
	WC_RNG *rng;
	enum err e = rng_library(&rng);
	struct call call;
	int code;

	*n = 0;
	if (e != OK)
		return e;
	call = call_begin(CALL_RSA_PRIVATE);
	code = wc_InitRsaKey(&rsa, NULL);
	if (code == 0)
		code = wc_RsaPrivateKeyDecode(key->secret.p, &at, &rsa, (word32)key->secret.n);
	if (code == 0)
		code = wc_RsaFunction(em.p, (word32)em.n, out, &len, RSA_PRIVATE_ENCRYPT, &rsa,
		                      rng);
	wc_FreeRsaKey(&rsa);
	*n = len;
	return call_made_key(&call, code);
}

/* The public half: the first two of RSAPrivateKey's numbers (RFC 8017 A.1.2). */
static enum err derive_public(const struct private_key *key, struct derw *w)
{
	enum err e;
	struct der c = der_open(key->secret, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);
	struct span n, exponent;

	der_uint(&k);
	n = der_integer(&k);
	exponent = der_integer(&k);
	if (e == OK)
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_INTEGER, n);
			derw_put(w, DER_INTEGER, exponent);
		}
	return e;
}

/*
 * A fault in one half of the CRT would give away a factor of n to whoever gets
 * the signature: it is opened again before it leaves.
 */
static enum err sign_encoded(const struct private_key *key, const struct rsa_public *public,
                             struct span em, struct derw *w)
{
	uint8_t signature[MODULUS_MAX], opened[MODULUS_MAX];
	size_t n;
	enum err e = raise_privately(key, em, signature, &n);

	if (e == OK)
		e = open_signature(public, (struct span){ signature, n }, opened);
	if (e != OK && e != E_SIGNATURE)
		return e;
	if (e != OK || n != em.n || memcmp(opened, em.p, em.n) != 0)
		return err_because(E_RANGE, "RSA: the signature made does not open again");
	derw_raw(w, (struct span){ signature, n });
	return OK;
}

/* public points into room, of SPKI_MAX octets. */
static enum err public_half(const struct private_key *key, uint8_t *room, struct rsa_public *public)
{
	struct derw half = { room, SPKI_MAX, 0, 0, OK };
	struct span encoded;
	enum err e = derive_public(key, &half);

	if (e == OK)
		e = derw_end(&half, &encoded);
	return e == OK ? rsa_public_read(encoded, public) : e;
}

static enum err sign(const struct private_key *key, const struct sig_alg *alg, struct span message,
                     struct derw *w)
{
	const struct message whole = message_of(message);
	uint8_t em[MODULUS_MAX], room[SPKI_MAX];
	struct rsa_public public;
	struct pss pss;
	enum err e = public_half(key, room, &public);

	if (e != OK)
		return e;
	if (alg->scheme == SIG_RSA_PSS) {
		pss = pss_in(alg, public.bits, em);
		e = pss_encode(&pss, message);
	} else {
		e = pkcs1_encode(alg->hash, &whole, em, public.n.n);
	}
	if (e != OK)
		return e;
	return sign_encoded(key, &public, (struct span){ em, public.n.n }, w);
}

/* Size and range are public (RFC 8017 7.1.2 step 1, 5.1.2); so is 0, which nobody sends. */
enum err rsa_decrypt_raw(const struct private_key *key, struct span ciphertext, uint8_t *em,
                         size_t *k)
{
	uint8_t room[SPKI_MAX];
	struct rsa_public public;
	enum err e = public_half(key, room, &public);

	*k = 0;
	if (e == OK && !in_range(&public, ciphertext))
		e = decryption_failed();
	if (e == OK)
		e = raise_privately(key, ciphertext, em, k);
	if (e == E_RANGE || (e == OK && *k != ciphertext.n))
		e = decryption_failed();
	return e;
}

static enum err generate(enum curve curve, unsigned bits, struct derw *w)
{
	uint8_t der[KEY_DER_MAX];
	RsaKey rsa;
	WC_RNG *rng;
	enum err e = rng_library(&rng);
	struct call call;
	int code, n = 0;

	(void)curve;
	if (e != OK)
		return e;
	call = call_begin(CALL_GENERATE);
	code = wc_InitRsaKey(&rsa, NULL);
	if (code == 0)
		code = wc_MakeRsaKey(&rsa, (int)bits, WC_RSA_EXPONENT, rng);
	if (code == 0)
		n = wc_RsaKeyToDer(&rsa, der, sizeof der);
	wc_FreeRsaKey(&rsa);
	e = call_worked(&call, code == 0 && n <= 0 ? BUFFER_E : code);
	if (e == OK)
		derw_raw(w, (struct span){ der, (size_t)n });
	wipe(der, sizeof der);
	return e;
}

const struct key_ops rsa_ops = {
	.name = "RSA",
	.verify = verify,
	.sign = sign,
	.derive_public = derive_public,
	.generate = generate,
	.decrypt = rsa_decrypt,
};
