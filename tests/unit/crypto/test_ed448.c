/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ed448: what RFC 8032 5.2.7 refuses and libraries let pass. */
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 12];
static struct arena arena = ARENA_ON(room);

static const struct sig_alg ed448 = { SIG_ED448, HASH_NONE, 0 };

static bool there(void)
{
	if (ed448_ops.verify != NULL)
		return true;
	test_skip("this build of wolfSSL lacks Ed448");
	return false;
}

/* S + L signs the same in the eyes of whoever does not compare. */
static void an_s_that_is_not_reduced_is_refused(void)
{
	static const uint8_t order[57] = {
		0xf3, 0x44, 0x58, 0xab, 0x92, 0xc2, 0x78, 0x23, 0x55, 0x8f, 0xc5, 0x8d,
		0x72, 0xc2, 0x6c, 0x21, 0x90, 0x36, 0xd6, 0xae, 0x49, 0xdb, 0x4e, 0xc4,
		0xe9, 0x23, 0xca, 0x7c, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0x00,
	};
	struct public_key key;
	uint8_t signature[114];
	struct span s;
	unsigned carry = 0;

	if (!there())
		return;
	arena_reset(&arena);
	tools_make_key("ed", "-algorithm ED448");
	tools_put("m", span_str("m"));
	CU_ASSERT_FATAL(openssl("pkeyutl -sign -rawin -inkey ed.pem -in m -out s"));
	CHECK_OK(public_key_read(tools_get(&arena, "ed.spki"), &key));
	s = tools_get(&arena, "s");
	CU_ASSERT_EQUAL_FATAL(s.n, sizeof signature);
	memcpy(signature, s.p, sizeof signature);
	CHECK_OK(sig_verify(&key, &ed448, span_str("m"), SPAN(signature)));
	for (size_t i = 0; i < 57; i++) {
		carry += signature[57 + i] + order[i];
		signature[57 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	CHECK_ERR(sig_verify(&key, &ed448, span_str("m"), SPAN(signature)), E_SIGNATURE);
	memcpy(signature + 57, order, 57);
	CHECK_ERR(sig_verify(&key, &ed448, span_str("m"), SPAN(signature)), E_SIGNATURE);
}

/*
 * The same with the least S above L, which a comparison of the first octets lets
 * pass.  Under the neutral point R = B, S = 1 signs everything, so does S = L + 1.
 */
static void the_least_s_that_is_not_reduced_is_refused(void)
{
	static const char
		base_point[] = "14fa30f25b790898adc8d74e2c13bdfdc4397ce61cffd33ad7c2a0051e9c788740"
			       "98a36c7373ea4b62c7c9563720768824bcb66e71463f6900",
		order_and_one[] =
			"f44458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7cffffffffff"
			"ffffffffffffffffffffffffffffffffffffffffffff3f00";
	uint8_t spki[69] = { 0x30, 0x43, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71, 0x03, 0x3a, 0 };
	uint8_t signature[114] = { 0 };
	struct public_key key;
	enum err e;

	if (!there())
		return;
	arena_reset(&arena);
	spki[12] = 1;
	CHECK_OK(public_key_read(SPAN(spki), &key));
	memcpy(signature, test_hex(&arena, base_point).p, 57);
	signature[57] = 1;
	e = sig_verify(&key, &ed448, span_str("m"), SPAN(signature));
	if (e != OK && tools_library_refuses_small_order())
		return;
	CHECK_OK(e);
	memcpy(signature + 57, test_hex(&arena, order_and_one).p, 57);
	CHECK_ERR(sig_verify(&key, &ed448, span_str("m"), SPAN(signature)), E_SIGNATURE);
}

/* y = p + 1 is 1 in disguise, the neutral point: R = 1, S = 0 signs every message under it. */
static void a_y_that_is_not_reduced_is_refused(void)
{
	uint8_t spki[69] = { 0x30, 0x43, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71, 0x03, 0x3a, 0 };
	uint8_t signature[114] = { 1 };
	struct public_key key;

	if (!there())
		return;
	/* 2^448 - 2^224 */
	memset(spki + 12 + 28, 0xff, 28);
	CHECK_OK(public_key_read(SPAN(spki), &key));
	CHECK_ERR(sig_verify(&key, &ed448, span_str("m"), SPAN(signature)), E_SIGNATURE);
}

const struct test_suite suite_crypto_ed448 = {
	"crypto/ed448",
	{
		{ "S from the order on is refused", an_s_that_is_not_reduced_is_refused },
		{ "and the least such S", the_least_s_that_is_not_reduced_is_refused },
		{ "y from the prime on is refused", a_y_that_is_not_reduced_is_refused },
	},
};
