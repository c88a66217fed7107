/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ed25519: what RFC 8032 5.1.7 refuses and libraries let pass. */
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 12];
static struct arena arena = ARENA_ON(room);

static const struct sig_alg ed25519 = { SIG_ED25519, HASH_NONE, 0 };

static bool there(void)
{
	if (ed25519_ops.verify != NULL)
		return true;
	test_skip("this build of wolfSSL lacks Ed25519");
	return false;
}

/* S + L signs the same in the eyes of whoever does not compare. */
static void an_s_that_is_not_reduced_is_refused(void)
{
	static const uint8_t order[32] = {
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,        0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10,
	};
	struct public_key key;
	uint8_t signature[64];
	struct span s;
	unsigned carry = 0;

	if (!there())
		return;
	arena_reset(&arena);
	tools_make_key("ed", "-algorithm ED25519");
	tools_put("m", span_str("m"));
	CU_ASSERT_FATAL(openssl("pkeyutl -sign -rawin -inkey ed.pem -in m -out s"));
	CHECK_OK(public_key_read(tools_get(&arena, "ed.spki"), &key));
	s = tools_get(&arena, "s");
	CU_ASSERT_EQUAL_FATAL(s.n, sizeof signature);
	memcpy(signature, s.p, sizeof signature);
	CHECK_OK(sig_verify(&key, &ed25519, span_str("m"), SPAN(signature)));
	for (size_t i = 0; i < 32; i++) {
		carry += signature[32 + i] + order[i];
		signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	CHECK_ERR(sig_verify(&key, &ed25519, span_str("m"), SPAN(signature)), E_SIGNATURE);
	memcpy(signature + 32, order, 32);
	CHECK_ERR(sig_verify(&key, &ed25519, span_str("m"), SPAN(signature)), E_SIGNATURE);
}

/*
 * The same with S = L + 2^128, whose top octet is that of L and whose middle is
 * not zero: wolfSSL 5.5.4 then looks no further.  Under the neutral point anyone
 * signs anything, by any S and R = S B.
 */
static void an_s_just_above_the_order_is_refused(void)
{
	static const char r[] = "6ba6f54b11bdba5b9ec4a4511ebed0903a9cc226b61ef1957dc86d52e6992c5f",
			  s[] = "edd3f55c1a631258d69cf7a2def9de1401000000000000000000000000000010";
	uint8_t spki[44] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0 };
	uint8_t signature[64] = { 0 };
	struct public_key key;
	enum err e;

	if (!there())
		return;
	arena_reset(&arena);
	spki[12] = 1;
	CHECK_OK(public_key_read(SPAN(spki), &key));
	memcpy(signature, test_hex(&arena, r).p, 32);
	signature[32 + 16] = 1;
	e = sig_verify(&key, &ed25519, span_str("m"), SPAN(signature));
	if (e != OK && tools_library_refuses_small_order())
		return;
	CHECK_OK(e);
	memcpy(signature + 32, test_hex(&arena, s).p, 32);
	CHECK_ERR(sig_verify(&key, &ed25519, span_str("m"), SPAN(signature)), E_SIGNATURE);
}

/*
 * y = p + 1 is 1 in disguise, the neutral point, under which R = 1, S = 0 signs
 * every message.
 */
static void a_y_that_is_not_reduced_is_refused(void)
{
	uint8_t spki[44] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0 };
	uint8_t signature[64] = { 1 };
	struct public_key key;

	if (!there())
		return;
	memset(spki + 12, 0xff, 32);
	spki[12] = 0xee;
	spki[43] = 0x7f;
	CHECK_OK(public_key_read(SPAN(spki), &key));
	CHECK_ERR(sig_verify(&key, &ed25519, span_str("m"), SPAN(signature)), E_SIGNATURE);
}

static void comparison_is_little_endian(void)
{
	static const uint8_t low[] = { 0xff, 0x00, 0x01 }, high[] = { 0x00, 0x01, 0x01 };

	CU_ASSERT(little_endian_below(SPAN(low), SPAN(high)));
	CU_ASSERT(!little_endian_below(SPAN(high), SPAN(low)));
	CU_ASSERT(!little_endian_below(SPAN(low), SPAN(low)));
}

const struct test_suite suite_crypto_ed25519 = {
	"crypto/ed25519",
	{
		{ "S from the order on is refused", an_s_that_is_not_reduced_is_refused },
		{ "S just above the order is refused", an_s_just_above_the_order_is_refused },
		{ "y from the prime on is refused", a_y_that_is_not_reduced_is_refused },
		{ "numbers are compared from their last octet", comparison_is_little_endian },
	},
};
