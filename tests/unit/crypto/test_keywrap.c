/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wrapped keys: third-party vectors, openssl's, and PWRI-KEK by an encoder of the test. */
#include "platform/crypto/cipher.h"
#include "tests/unit/crypto/tools.h"
#include "tests/unit/crypto/wycheproof.h"

static uint8_t room[1 << 16];
static struct arena arena = ARENA_ON(room);

static const uint8_t bytes[32] = { 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88, 0x77, 0x66, 0x55,
	                           0x44, 0x33, 0x22, 0x11, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
	                           0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 };
static const char kek_hex[] = "ffeeddccbbaa99887766554433221100"
			      "0123456789abcdeffedcba9876543210";

static bool try_unwrap(struct arena *a, const json_t *group, const json_t *vector)
{
	struct span kek = wycheproof_hex(a, vector, "key"), msg = wycheproof_hex(a, vector, "msg"),
		    ct = wycheproof_hex(a, vector, "ct");
	struct key_wrap w = { .scheme = WRAP_AES, .key_size = kek.n };
	size_t n = ct.n >= 8 ? ct.n - 8 : 0;
	uint8_t *key = arena_take(a, n + 1);

	(void)group;
	if (key_unwrap(&w, kek, ct, key, n) != OK)
		return false;
	CU_ASSERT(span_equal((struct span){ key, n }, msg));
	return true;
}

static void wycheproof_is_held(void)
{
	wycheproof_run("aes_wrap", try_unwrap, false);
}

/* RFC 3394 4.6, the last of its vectors. */
static void the_vector_of_the_rfc_opens(void)
{
	struct key_wrap w = { .scheme = WRAP_AES, .key_size = 32 };
	uint8_t key[32];

	arena_reset(&arena);
	CHECK_OK(key_unwrap(
		&w,
		test_hex(&arena,
	                 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
		test_hex(&arena, "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326"
	                         "cbc7f0e71a99f43bfb988b9b7a02dd21"),
		key, sizeof key));
	CU_ASSERT(span_equal(SPAN(key), test_hex(&arena, "00112233445566778899aabbccddeeff"
	                                                 "000102030405060708090a0b0c0d0e0f")));
}

static struct span enc(size_t key_size, const char *iv_hex, struct span plain)
{
	tools_put("plain", plain);
	CU_ASSERT_FATAL(openssl("enc -aes-%zu-cbc -nopad -K %.*s -iv %s -in plain -out cipher",
	                        8 * key_size, (int)(2 * key_size), kek_hex, iv_hex));
	return tools_get(&arena, "cipher");
}

static const char *hex_of(struct span s)
{
	static char text[2 * AES_BLOCK + 1];

	for (size_t i = 0; i < s.n; i++)
		snprintf(text + 2 * i, 3, "%02x", s.p[i]);
	return text;
}

/* RFC 3211 2.3.1: encrypted, and again with the last block as the IV. */
static struct span wrap_pwri(size_t key_size, struct span formatted)
{
	struct span once = enc(key_size, "000102030405060708090a0b0c0d0e0f", formatted);
	struct span iv = { once.p + once.n - AES_BLOCK, AES_BLOCK };

	return enc(key_size, hex_of(iv), once);
}

/* count, complement of three octets, key, padding */
static struct span format(struct span key, size_t blocks)
{
	uint8_t *p = arena_take(&arena, blocks * AES_BLOCK);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	memset(p, 0x5a, blocks * AES_BLOCK);
	p[0] = (uint8_t)key.n;
	for (size_t i = 0; i < 3; i++)
		p[1 + i] = (uint8_t)~key.p[i];
	memcpy(p + 4, key.p, key.n);
	return (struct span){ p, blocks * AES_BLOCK };
}

static struct key_wrap pwri(size_t key_size)
{
	return (struct key_wrap){
		WRAP_PWRI_KEK,
		key_size,
		{ key_size, test_hex(&arena, "000102030405060708090a0b0c0d0e0f") },
	};
}

static void pwri_opens(size_t kek_size, size_t cek_size, size_t blocks)
{
	struct span kek = { bytes, kek_size }, cek = { bytes, cek_size };
	struct key_wrap w;
	uint8_t key[32];

	arena_reset(&arena);
	w = pwri(kek_size);
	CHECK_OK(key_unwrap(&w, kek, wrap_pwri(kek_size, format(cek, blocks)), key, cek.n));
	CU_ASSERT(span_equal((struct span){ key, cek.n }, cek));
}

static void pwri_kek_opens(void)
{
	for (size_t kek = 16; kek <= 32; kek += 8)
		for (size_t cek = 16; cek <= 32; cek += 8)
			pwri_opens(kek, cek, 3);
	for (size_t blocks = 2; blocks <= 8; blocks++)
		pwri_opens(16, 16, blocks);
}

static enum err unwrap_formatted(struct span formatted, size_t n)
{
	struct key_wrap w = pwri(16);
	uint8_t key[32];

	return key_unwrap(&w, (struct span){ bytes, 16 }, wrap_pwri(16, formatted), key, n);
}

static void pwri_kek_checks_what_it_finds(void)
{
	struct span good, cek = { bytes, 16 };
	uint8_t *p;

	arena_reset(&arena);
	good = format(cek, 2);
	p = (uint8_t *)(uintptr_t)good.p;
	CHECK_OK(unwrap_formatted(good, 16));
	CHECK_ERR(unwrap_formatted(good, 24), E_SIGNATURE); /* another size than is needed */
	for (size_t bit = 0; bit < 8 * 7; bit += 5) {       /* count, check value, its octets */
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_ERR(unwrap_formatted(good, 16), E_SIGNATURE);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	p[7] ^= 1; /* beyond the check there is none */
	CHECK_OK(unwrap_formatted(good, 16));
}

static void pwri_kek_has_two_to_eight_blocks(void)
{
	static const uint8_t zeros[10 * AES_BLOCK];
	uint8_t key[32];

	for (size_t n = 0; n <= sizeof zeros; n++) {
		struct key_wrap w;

		arena_reset(&arena);
		w = pwri(16);
		CHECK_ERR(key_unwrap(&w, (struct span){ bytes, 16 }, (struct span){ zeros, n }, key,
		                     16),
		          E_SIGNATURE);
	}
}

static enum err read_wrap(const char *hex, struct key_wrap *w)
{
	arena_reset(&arena);
	return key_wrap_read(test_hex(&arena, hex), w);
}

#define PWRI_KEK "060b 2a864886f70d0109100309"
#define AES256   "301d 0609 60864801650304012a 0410 0102030405060708090a0b0c0d0e0f10"

static void algorithm_identifiers_are_read(void)
{
	struct key_wrap w;

	CHECK_OK(read_wrap("300b 0609 608648016503040105", &w));
	CU_ASSERT(w.scheme == WRAP_AES && w.key_size == 16);
	CHECK_OK(read_wrap("300b 0609 608648016503040119", &w));
	CU_ASSERT(w.scheme == WRAP_AES && w.key_size == 24);
	CHECK_OK(read_wrap("300b 0609 60864801650304012d", &w));
	CU_ASSERT(w.scheme == WRAP_AES && w.key_size == 32);
	CHECK_OK(read_wrap("302c" PWRI_KEK AES256, &w));
	CU_ASSERT(w.scheme == WRAP_PWRI_KEK && w.key_size == 32 && w.cbc.iv.p[0] == 1);
	/* with NULL; 3DES wrap; PWRI-KEK without a cipher, and with 3DES */
	CHECK_ERR(read_wrap("300d 0609 608648016503040105 0500", &w), E_TRAILING);
	CHECK_ERR(read_wrap("300f 060b 2a864886f70d0109100306 0500", &w), E_ALGORITHM);
	CHECK_ERR(read_wrap("300d" PWRI_KEK, &w), E_TRUNCATED);
	CHECK_ERR(read_wrap("3023" PWRI_KEK "3014 0608 2a864886f70d0307 0408 0102030405060708", &w),
	          E_ALGORITHM);
	CHECK_ERR(read_wrap("302e" PWRI_KEK AES256 "0500", &w), E_TRAILING);
}

const struct test_suite suite_crypto_keywrap = {
	"crypto/keywrap",
	{
		{ "wycheproof: AES key wrap", wycheproof_is_held },
		{ "the vector of RFC 3394 opens", the_vector_of_the_rfc_opens },
		{ "PWRI-KEK opens, of every size", pwri_kek_opens },
		{ "PWRI-KEK checks count and check value", pwri_kek_checks_what_it_finds },
		{ "PWRI-KEK has two to eight blocks", pwri_kek_has_two_to_eight_blocks },
		{ "AlgorithmIdentifiers are read", algorithm_identifiers_are_read },
	},
};
