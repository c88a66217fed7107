/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the library says is good, bad or failed: each allocation fails once, in each primitive. */
#include <stdlib.h>

#include <wolfssl/options.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "platform/base/heap.h"
#include "platform/crypto/cipher.h"
#include "platform/crypto/internal.h"
#include "platform/crypto/recipient.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 16];
static struct arena arena = ARENA_ON(room);

static struct {
	unsigned asked, fails;
} heap;

static void *failing(void *p, size_t n)
{
	return n > 0 && ++heap.asked == heap.fails ? NULL : realloc(p, n);
}

/* From now on the k-th allocation fails, once. */
static void fail_at(unsigned k)
{
	heap.asked = 0;
	heap.fails = k;
	heap_use(failing);
}

/* Whether it came to that. */
static bool stop_failing(void)
{
	heap_use(NULL);
	return heap.asked >= heap.fails;
}

static bool is_own_failure(enum err e)
{
	return e == E_MEMORY || e == E_CRYPTO || e == E_ENTROPY;
}

/*
 * Fails each allocation of a piece of work that ends with `ends` when none fails: it ends so,
 * or with a failure of our own, and never with a verdict that it would not have given.
 * Returns how many there were.
 */
static unsigned fail_each(enum err (*work)(void *context), void *context, enum err ends,
                          const char *what)
{
	unsigned k = 1;

	CHECK_ERR(work(context), ends);
	for (;; k++) {
		enum err e;
		bool hit;

		fail_at(k);
		e = work(context);
		hit = stop_failing();
		if (e != ends && !is_own_failure(e)) {
			printf("%s, allocation %u: %s\n", what, k, err_name(e));
			CU_FAIL("a failed allocation became a verdict");
		}
		if (!hit)
			break;
	}
	/* and nothing of it is left behind */
	CHECK_ERR(work(context), ends);
	return k - 1;
}

struct signed_message {
	struct signer *key;
	struct public_key public;
	struct span message, signature;
};

static enum err verify(void *context)
{
	const struct signed_message *m = context;

	return sig_verify(&m->public, signer_alg(m->key), m->message, m->signature);
}

static enum err sign(void *context)
{
	const struct signed_message *m = context;
	uint8_t small[SIGNATURE_MAX + 64];
	struct arena a = ARENA_ON(small);
	struct span signature;

	return signer_sign(m->key, m->message, &a, &signature);
}

static void make(struct signed_message *m, enum key_kind kind)
{
	arena_reset(&arena);
	m->message = span_str("a message");
	CHECK_OK(signer_generate(&m->key, kind));
	CU_ASSERT_PTR_NOT_NULL_FATAL(m->key);
	CHECK_OK(public_key_read(signer_spki(m->key), &m->public));
	CHECK_OK(signer_sign(m->key, m->message, &arena, &m->signature));
}

/* One of each family is enough for RSA: the arithmetic does not ask how long a number is. */
static const enum key_kind kinds[] = { KEY_KIND_EC256,   KEY_KIND_EC384,   KEY_KIND_EC521,
	                               KEY_KIND_RSA2048, KEY_KIND_ED25519, KEY_KIND_ED448 };

static void a_failed_allocation_is_no_wrong_signature(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct signed_message m;

		if (!key_kind_available(kinds[i]))
			continue;
		make(&m, kinds[i]);
		n += fail_each(verify, &m, OK, key_kind_name(kinds[i]));
		n += fail_each(sign, &m, OK, key_kind_name(kinds[i]));
		signer_close(m.key);
	}
	CU_ASSERT(n > 20);
}

/* What is wrong stays wrong, or is not known. */
static void a_failed_allocation_makes_nothing_good(void)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct signed_message m;

		if (!key_kind_available(kinds[i]))
			continue;
		make(&m, kinds[i]);
		m.message = span_str("another message");
		fail_each(verify, &m, E_SIGNATURE, key_kind_name(kinds[i]));
		signer_close(m.key);
	}
}

static enum err take_key(void *context)
{
	struct signer *s = NULL;
	enum err e = signer_from_bytes(&s, *(const struct span *)context);

	signer_close(s);
	return e;
}

static enum err take_key_of_another(void *context)
{
	struct signer *s = NULL;
	enum err e = signer_from_pkcs8(&s, *(const struct span *)context);

	signer_close(s);
	return e;
}

/* Neither the device's identity nor a delivered key is wrong for lack of memory. */
static void a_failed_allocation_is_no_wrong_key(void)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct signer *s = NULL;
		struct span pem, der;
		char file[32];

		if (!key_kind_available(kinds[i]))
			continue;
		arena_reset(&arena);
		CHECK_OK(signer_generate(&s, kinds[i]));
		CHECK_OK(signer_to_pem(s, &arena, &pem));
		signer_close(s);
		fail_each(take_key, &pem, OK, key_kind_name(kinds[i]));
		snprintf(file, sizeof file, "%s.pem", key_kind_name(kinds[i]));
		tools_put(file, pem);
		CU_ASSERT_FATAL(
			openssl("pkcs8 -topk8 -nocrypt -in %s -outform DER -out der", file));
		der = tools_get(&arena, "der");
		fail_each(take_key_of_another, &der, OK, key_kind_name(kinds[i]));
	}
}

static enum err make_key(void *context)
{
	struct signer *s = NULL;
	enum err e = signer_generate(&s, *(const enum key_kind *)context);

	signer_close(s);
	return e;
}

static void keys_are_made_or_not(void)
{
	static enum key_kind made[] = { KEY_KIND_EC256, KEY_KIND_EC384 };

	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		fail_each(make_key, &made[i], OK, key_kind_name(made[i]));
}

struct agreement {
	const struct signer *ours;
	struct span point;
};

static enum err agree(void *context)
{
	const struct agreement *a = context;
	uint8_t secret[EC_SECRET_MAX];
	size_t n;

	return ec_ops.agree(signer_private(a->ours), a->point, secret, &n);
}

static enum err transport(void *context)
{
	const struct key_transport t = { TRANSPORT_PKCS1, HASH_NONE, HASH_NONE, { 0 } };
	const struct agreement *a = context;
	uint8_t key[16];

	return signer_decrypt(a->ours, &t, a->point, key, sizeof key);
}

/* "It was not encrypted for our key" is a verdict, too. */
static void a_failed_allocation_is_no_wrong_ciphertext(void)
{
	struct agreement a;
	struct public_key public;
	struct signer *ec = NULL, *rsa = NULL;
	uint8_t ciphertext[256];

	CHECK_OK(signer_generate(&ec, KEY_KIND_EC256));
	CHECK_OK(public_key_read(signer_spki(ec), &public));
	a = (struct agreement){ ec, public.key };
	CU_ASSERT(fail_each(agree, &a, OK, "ECDH") > 0);
	signer_close(ec);
	CHECK_OK(signer_generate(&rsa, KEY_KIND_RSA2048));
	memset(ciphertext, 0x55, sizeof ciphertext);
	a = (struct agreement){ rsa, SPAN(ciphertext) };
	CU_ASSERT(fail_each(transport, &a, OK, "RSAES") > 0);
	signer_close(rsa);
}

static enum err hash_all(void *context)
{
	struct digest d;
	uint8_t key[32];
	enum err e = OK;

	(void)context;
	for (enum hash h = HASH_SHA1; e == OK && h <= HASH_SHA512; h++) {
		e = hash_of(h, span_str("data"), &d);
		if (e == OK)
			e = hmac_of(h, span_str("key"), span_str("data"), &d);
		if (e == OK)
			e = pbkdf2(h, span_str("password"), span_str("saltsalt"), 3, key,
			           sizeof key);
	}
	return e;
}

static void hashes_are_right_or_not_there(void)
{
	fail_each(hash_all, NULL, OK, "hashes");
}

/* The table by itself: where a library calls its own failure what it likes. */
static void codes_have_one_meaning(void)
{
	static const struct {
		enum call_of of;
		int code;
		enum outcome means;
	} table[] = {
		{ CALL_ECDSA, MP_ZERO_E, BAD },
		{ CALL_ECDSA, MP_VAL, BAD },
		{ CALL_ECDSA, ECC_BAD_ARG_E, BAD },
		{ CALL_ECDSA, ECC_OUT_OF_RANGE_E, BAD },
		{ CALL_ECDSA, IS_POINT_E, BAD },
		{ CALL_ECDSA, SIG_VERIFY_E, BAD },
		{ CALL_ECDSA, MP_MEM, FAILED },
		{ CALL_ECDSA, MEMORY_E, FAILED },
		{ CALL_ECDSA, MP_INIT_E, FAILED },
		{ CALL_ECDSA, WC_HW_E, FAILED },
		{ CALL_ECDSA, BAD_STATE_E, FAILED },
		{ CALL_ECDSA, NOT_COMPILED_IN, FAILED },
		{ CALL_ECDSA, -9999, FAILED },
		{ CALL_RSA, RSA_OUT_OF_RANGE_E, BAD },
		{ CALL_RSA, BAD_PADDING_E, BAD },
		{ CALL_RSA, RSA_BUFFER_E, BAD },
		{ CALL_RSA, MP_EXPTMOD_E, FAILED },
		{ CALL_RSA, MEMORY_E, FAILED },
		{ CALL_RSA, BAD_FUNC_ARG, FAILED },
		{ CALL_ED25519, SIG_VERIFY_E, BAD },
		{ CALL_ED25519, BAD_FUNC_ARG, BAD },
		{ CALL_ED25519, MEMORY_E, FAILED },
		{ CALL_ED448, SIG_VERIFY_E, BAD },
		{ CALL_ED448, MEMORY_E, FAILED },
		{ CALL_ECDH, ECC_BAD_ARG_E, BAD },
		{ CALL_ECDH, RNG_FAILURE_E, FAILED },
		{ CALL_EC_PRIVATE, ECC_PRIV_KEY_E, BAD },
		{ CALL_EC_PRIVATE, MP_MEM, FAILED },
		{ CALL_RSA_PRIVATE, RSA_KEY_PAIR_E, BAD },
		{ CALL_RSA_PRIVATE, MP_MEM, FAILED },
		{ CALL_HASH, BAD_FUNC_ARG, FAILED },
		{ CALL_AES, BAD_FUNC_ARG, FAILED },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct call c = call_begin(table[i].of);

		CU_ASSERT_EQUAL(call_outcome(&c, table[i].code, false), table[i].means);
		CU_ASSERT_EQUAL(call_outcome(&c, 0, true), GOOD);
		CU_ASSERT_EQUAL(call_outcome(&c, 0, false), BAD);
	}
}

/* Whatever it says then, and also where it notices nothing. */
static void after_a_failed_allocation_nothing_is_a_verdict(void)
{
	static const int codes[] = { 0, SIG_VERIFY_E, MP_VAL, ECC_BAD_ARG_E, ASN_PARSE_E };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct call c = call_begin(CALL_ECDSA);

		fail_at(1);
		CU_ASSERT_PTR_NULL(heap_malloc(1));
		stop_failing();
		CU_ASSERT_EQUAL(call_outcome(&c, codes[i], true), FAILED);
		CHECK_ERR(call_verdict(&c, codes[i], false), E_MEMORY);
		CHECK_ERR(call_worked(&c, codes[i]), E_MEMORY);
		CHECK_ERR(call_made_key(&c, codes[i]), E_MEMORY);
	}
}

const struct test_suite suite_crypto_call = {
	"crypto/call",
	{
		{ "a failed allocation is no wrong signature",
	          a_failed_allocation_is_no_wrong_signature },
		{ "a failed allocation makes nothing good",
	          a_failed_allocation_makes_nothing_good },
		{ "a failed allocation is no wrong key", a_failed_allocation_is_no_wrong_key },
		{ "keys are made or not", keys_are_made_or_not },
		{ "a failed allocation is no wrong ciphertext",
	          a_failed_allocation_is_no_wrong_ciphertext },
		{ "hashes are right or not there", hashes_are_right_or_not_there },
		{ "codes have one meaning", codes_have_one_meaning },
		{ "after a failed allocation nothing is a verdict",
	          after_a_failed_allocation_nothing_is_a_verdict },
	}
};
