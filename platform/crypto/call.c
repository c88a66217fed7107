/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What wolfCrypt's codes mean: good, bad, or failed.
 *
 * Bad is what a code says of the octets that came in: the listed ones, and no others.
 * Everything else is the library's own failure, and so is anything it says after an
 * allocation has failed: several of its functions then return the code of bad input
 * (MP_EXPTMOD_E, ASN_GETINT_E), or 0 and no verdict.
 */
#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/memory.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include "platform/base/heap.h"
#include "platform/crypto/internal.h"

enum { BAD_MAX = 20 };

/*
 * By primitive: the codes that its functions return for a key, a signature or a private
 * value that cannot be computed with (wolfSSL 5.5.4, 5.7.2, 5.9.2).
 */
static const struct row {
	const char *name;
	int bad[BAD_MAX]; /* 0 ends it */
} rows[] = {
	[CALL_HASH] = { "hash", { 0 } },
	[CALL_HMAC] = { "HMAC", { 0 } },
	[CALL_PBKDF2] = { "PBKDF2", { 0 } },
	[CALL_AES] = { "AES", { 0 } },
	[CALL_RNG] = { "random numbers", { 0 } },
	[CALL_GENERATE] = { "key generation", { 0 } },
	[CALL_EDDSA_PRIVATE] = { "EdDSA key", { 0 } },
	/* r or s zero or not below the order; a point that is not on the curve */
	[CALL_ECDSA] = { "ECDSA",
	                 { SIG_VERIFY_E, MP_ZERO_E, MP_VAL, ECC_BAD_ARG_E, ECC_INF_E,
	                   ECC_OUT_OF_RANGE_E, IS_POINT_E, PUBLIC_KEY_E, ASN_PARSE_E,
	                   ASN_ECC_KEY_E } },
	[CALL_ECDH] = { "ECDH",
	                { MP_ZERO_E, MP_VAL, ECC_BAD_ARG_E, ECC_INF_E, ECC_OUT_OF_RANGE_E,
	                  IS_POINT_E, PUBLIC_KEY_E, ASN_PARSE_E } },
	/* a modulus larger than the library's numbers; what does not fit the modulus */
	[CALL_RSA] = { "RSA",
	               { SIG_VERIFY_E, RSA_BUFFER_E, RSA_PAD_E, BAD_PADDING_E, RSA_OUT_OF_RANGE_E,
	                 ASN_GETINT_E, MP_VAL } },
	/* BAD_FUNC_ARG: octets that are no point (RFC 8032 5.1.3, 5.2.3) */
	[CALL_ED25519] = { "Ed25519", { SIG_VERIFY_E, PUBLIC_KEY_E, BAD_FUNC_ARG, ECC_BAD_ARG_E } },
	[CALL_ED448] = { "Ed448", { SIG_VERIFY_E, PUBLIC_KEY_E, BAD_FUNC_ARG, ECC_BAD_ARG_E } },
	/* numbers that make no key: which step of the arithmetic stumbles is chance */
	[CALL_EC_PRIVATE] = { "EC key",
	                      { ECC_PRIV_KEY_E, ECC_BAD_ARG_E, ECC_INF_E, ECC_OUT_OF_RANGE_E,
	                        IS_POINT_E, PUBLIC_KEY_E, MP_ZERO_E, MP_VAL, BUFFER_E } },
	[CALL_RSA_PRIVATE] = { "RSA key",
	                       { RSA_BUFFER_E, RSA_OUT_OF_RANGE_E, RSA_KEY_PAIR_E, ASN_PARSE_E,
	                         ASN_GETINT_E, ASN_RSA_KEY_E, WC_KEY_SIZE_E, MP_VAL, MP_EXPTMOD_E,
	                         MP_SUB_E, MP_ADD_E, MP_MUL_E, MP_MULMOD_E, MP_MOD_E, MP_INVMOD_E,
	                         MP_CMP_E, MP_ZERO_E, MP_TO_E, MP_READ_E } },
};

static bool is_bad(enum call_of of, int code)
{
	for (size_t i = 0; i < BAD_MAX && rows[of].bad[i] != 0; i++)
		if (rows[of].bad[i] == code)
			return true;
	return false;
}

/* Before the first call, whoever makes it: tests and tools call primitives by themselves. */
static void watch_heap(void)
{
	static bool watched;

	if (!watched)
		watched = wolfSSL_SetAllocators(heap_malloc, heap_free, heap_realloc) == 0;
}

struct call call_begin(enum call_of of)
{
	watch_heap();
	return (struct call){ of, heap_failures() };
}

enum outcome call_outcome(const struct call *c, int code, bool good)
{
	if (heap_failures() != c->heap)
		return FAILED;
	if (code == 0)
		return good ? GOOD : BAD;
	return is_bad(c->of, code) ? BAD : FAILED;
}

enum err library_failed(const char *what, int code)
{
	if (code == MEMORY_E || code == MP_MEM)
		return err_because(E_MEMORY, "%s: out of memory", what);
	return err_because(E_CRYPTO, "%s: wolfCrypt says %d", what, code);
}

static enum err failed(const struct call *c, int code)
{
	const char *name = rows[c->of].name;

	return heap_judge(c->heap, library_failed(name, code), name);
}

enum err call_ended(const struct call *c, enum err e)
{
	return heap_failures() == c->heap ? e : failed(c, MEMORY_E);
}

enum err call_worked(const struct call *c, int code)
{
	return call_outcome(c, code, true) == GOOD ? OK : failed(c, code);
}

enum err call_verdict(const struct call *c, int code, bool good)
{
	switch (call_outcome(c, code, good)) {
	case GOOD:
		return OK;
	case BAD:
		return signature_wrong(rows[c->of].name);
	case FAILED:
		break;
	}
	return failed(c, code);
}

enum err call_made_key(const struct call *c, int code)
{
	if (call_outcome(c, code, true) != BAD)
		return call_worked(c, code);
	return err_because(E_RANGE, "no %s has this private value (wolfCrypt: %d)",
	                   rows[c->of].name, code);
}
