/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ECDSA: signatures that are not DER, numbers beside the range, points beside the curve. */
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"
#include "tests/unit/crypto/wycheproof.h"

static uint8_t room[1 << 14];
static struct arena arena = ARENA_ON(room);

static const struct sig_alg sha256 = { SIG_ECDSA, HASH_SHA256, 0 };

static bool try_vector(struct arena *a, const json_t *group, const json_t *vector)
{
	const char *sha = json_string_value(json_object_get(group, "sha"));
	struct sig_alg alg = { SIG_ECDSA, strcmp(sha, "SHA-256") == 0 ? HASH_SHA256 : HASH_SHA384,
		               0 };
	struct public_key key;
	enum err e;

	CHECK_OK(public_key_read(wycheproof_hex(a, group, "publicKeyDer"), &key));
	e = sig_verify(&key, &alg, wycheproof_hex(a, vector, "msg"),
	               wycheproof_hex(a, vector, "sig"));
	CU_ASSERT(e == OK || e == E_SIGNATURE);
	return e == OK;
}

static void wycheproof_is_held(void)
{
	wycheproof_run("ecdsa_secp256r1_sha256", try_vector, false);
	wycheproof_run("ecdsa_secp384r1_sha384", try_vector, false);
}

/* A key of ours, "m" signed by it, and r and s of the signature. */
struct made {
	struct public_key key;
	struct span signature, r, s;
};

static struct made made(void)
{
	struct made m;
	enum err e;
	struct der c, s;

	arena_reset(&arena);
	tools_make_key("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
	CHECK_OK(public_key_read(tools_get(&arena, "p256.spki"), &m.key));
	tools_put("m", span_str("m"));
	CU_ASSERT_FATAL(openssl("dgst -sha256 -sign p256.pem -out s m"));
	m.signature = tools_get(&arena, "s");
	c = der_open(m.signature, &e);
	s = der_enter(&c, DER_SEQUENCE);
	m.r = der_integer(&s);
	m.s = der_integer(&s);
	CHECK_OK(e);
	return m;
}

static enum err verify(const struct made *m, struct span signature)
{
	return sig_verify(&m->key, &sha256, span_str("m"), signature);
}

static enum err verify_rs(const struct made *m, struct span r, struct span s)
{
	uint8_t buffer[256];
	struct derw w = DERW_ON(buffer);
	struct span signature;

	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_INTEGER, r);
		derw_put(&w, DER_INTEGER, s);
	}
	CHECK_OK(derw_end(&w, &signature));
	return verify(m, signature);
}

static void numbers_outside_the_range_are_refused(void)
{
	struct made m = made();
	struct span zero = test_hex(&arena, "00"), negative = test_hex(&arena, "ff"),
		    order = test_hex(&arena, "00ffffffff00000000ffffffffffffffff"
	                                     "bce6faada7179e84f3b9cac2fc632551"),
		    longer = test_hex(&arena, "01ffffffff00000000ffffffffffffffff"
	                                      "bce6faada7179e84f3b9cac2fc632551");

	CHECK_OK(verify_rs(&m, m.r, m.s));
	CHECK_ERR(verify_rs(&m, zero, m.s), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, m.r, zero), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, zero, zero), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, negative, m.s), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, order, m.s), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, m.r, order), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, m.r, longer), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, longer, m.s), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, NO_BYTES, m.s), E_SIGNATURE);
	CHECK_ERR(verify_rs(&m, m.s, m.r), E_SIGNATURE);
}

static void every_prefix_and_every_tail_is_refused(void)
{
	struct made m = made();
	uint8_t longer[128] = { 0 };

	CHECK_OK(verify(&m, m.signature));
	for (size_t n = 0; n < m.signature.n; n++)
		CHECK_ERR(verify(&m, (struct span){ m.signature.p, n }), E_SIGNATURE);
	memcpy(longer, m.signature.p, m.signature.n);
	CHECK_ERR(verify(&m, (struct span){ longer, m.signature.n + 1 }), E_SIGNATURE);
}

/* An octet of padding in front of a number, or behind s, with all lengths right. */
static void what_is_ber_is_refused(void)
{
	struct made m = made();
	uint8_t padded[40] = { 0 };

	memcpy(padded + 2, m.r.p, m.r.n);
	CHECK_ERR(verify_rs(&m, (struct span){ padded, m.r.n + 2 }, m.s), E_SIGNATURE);
	CU_ASSERT_EQUAL(m.signature.p[1], m.signature.n - 2);

	uint8_t ber[128] = { 0x30, 0x81, m.signature.p[1] };

	memcpy(ber + 3, m.signature.p + 2, m.signature.n - 2);
	CHECK_ERR(verify(&m, (struct span){ ber, m.signature.n + 1 }), E_SIGNATURE);
}

static void a_point_beside_the_curve_is_refused(void)
{
	struct made m = made();
	uint8_t spki[91];
	struct public_key key;

	CU_ASSERT_EQUAL_FATAL(m.key.spki.n, sizeof spki);
	memcpy(spki, m.key.spki.p, sizeof spki);
	CHECK_OK(public_key_read(SPAN(spki), &key));
	CHECK_OK(sig_verify(&key, &sha256, span_str("m"), m.signature));
	spki[90] ^= 1; /* y of another curve */
	CHECK_ERR(sig_verify(&key, &sha256, span_str("m"), m.signature), E_SIGNATURE);
	memset(spki + 27, 0, 64); /* what some take for infinity */
	CHECK_ERR(sig_verify(&key, &sha256, span_str("m"), m.signature), E_SIGNATURE);
	memset(spki + 27, 0xff, 64); /* above the field's prime */
	CHECK_ERR(sig_verify(&key, &sha256, span_str("m"), m.signature), E_SIGNATURE);
}

/*
 * (1, 0) lies on another curve of the same a, where twice it is nothing: under
 * it anyone signs "m", by any s for which r / s is even, with r = x(e / s G).
 */
static void a_forgery_by_a_point_of_another_curve_is_refused(void)
{
	static const struct {
		const char *r, *s;
	} forged[] = {
		{ "00f23a7f519b2b0d6d945a549b2042d6abe76d0c7f77b0b2d51a5ee8c96dad3937", "02" },
		{ "74d6f30f4a1a350cf19cc3426e1e3bcc7c765a79d8dee1560455554d4fa289bf", "05" },
		{ "3ffe41b6937f6347040249497f8c09266cce74c0cd46eb1c6851a4db789eca05", "06" },
		{ "533968449eb2b79d5b0873a1053fbd34e0986c838f46c33f8378086ce990cedd", "09" },
	};
	struct made m = made();
	uint8_t spki[91];

	memcpy(spki, m.key.spki.p, sizeof spki);
	memset(spki + 27, 0, 64);
	spki[27 + 31] = 1;
	CHECK_OK(public_key_read(SPAN(spki), &m.key));
	for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
		CHECK_ERR(
			verify_rs(&m, test_hex(&arena, forged[i].r), test_hex(&arena, forged[i].s)),
			E_SIGNATURE);
}

const struct test_suite suite_crypto_ecc = {
	"crypto/ecc",
	{
		{ "wycheproof: nothing invalid, everything valid", wycheproof_is_held },
		{ "r and s outside 1 to n - 1", numbers_outside_the_range_are_refused },
		{ "every prefix, and anything behind", every_prefix_and_every_tail_is_refused },
		{ "BER is refused", what_is_ber_is_refused },
		{ "a point beside the curve is refused", a_point_beside_the_curve_is_refused },
		{ "a forgery by another curve's point",
	          a_forgery_by_a_point_of_another_curve_is_refused },
	},
};
