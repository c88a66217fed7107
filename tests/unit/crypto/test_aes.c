/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AES-CBC against openssl, and paddings of every kind. */
#include "platform/crypto/cipher.h"
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 16];
static struct arena arena = ARENA_ON(room);

static const uint8_t bytes[32] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa,
	                           0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x0f, 0x1e, 0x2d, 0x3c, 0x4b, 0x5a,
	                           0x69, 0x78, 0x87, 0x96, 0xa5, 0xb4, 0xc3, 0xd2, 0xe1, 0xf0 };
static const char key_hex[] = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0";
static const char iv_hex[] = "0102030405060708090a0b0c0d0e0f10";
static const size_t sizes[] = { 16, 24, 32 };

static struct aes_cbc cbc_of(size_t key_size)
{
	return (struct aes_cbc){ key_size, test_hex(&arena, iv_hex) };
}

static struct span encrypted(size_t key_size, struct span plain, const char *options)
{
	tools_put("plain", plain);
	CU_ASSERT_FATAL(openssl("enc -aes-%zu-cbc -K %.*s -iv %s %s -in plain -out cipher",
	                        8 * key_size, (int)(2 * key_size), key_hex, iv_hex, options));
	return tools_get(&arena, "cipher");
}

static void what_openssl_encrypts_opens(void)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 32 };

	for (size_t i = 0; i < 3; i++)
		for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
			struct span key = { bytes, sizes[i] }, plain = { bytes, lengths[l] }, in;
			struct aes_cbc c;
			uint8_t out[64];
			size_t got;

			arena_reset(&arena);
			c = cbc_of(sizes[i]);
			in = encrypted(sizes[i], plain, "");
			CHECK_OK(aes_cbc_open(&c, key, in, out, &got));
			CU_ASSERT(span_equal((struct span){ out, got }, plain));
		}
}

/* A last block of openssl's without padding: whatever we want is under the cipher. */
static enum err open_padded(const uint8_t *block, size_t *n)
{
	struct aes_cbc c;
	uint8_t out[16];
	struct span in;

	arena_reset(&arena);
	c = cbc_of(16);
	in = encrypted(16, (struct span){ block, 16 }, "-nopad");
	return aes_cbc_open(&c, (struct span){ bytes, 16 }, in, out, n);
}

static void only_exact_paddings_are_taken(void)
{
	uint8_t block[16];
	size_t n;

	for (unsigned count = 1; count <= 16; count++) {
		memset(block, (int)count, sizeof block);
		CHECK_OK(open_padded(block, &n));
		CU_ASSERT_EQUAL(n, 16 - count);
		/* the first octet of the padding is another's */
		block[16 - count] ^= 0x10;
		CHECK_ERR(open_padded(block, &n), E_SIGNATURE);
		CU_ASSERT_EQUAL(n, 0);
	}
	memset(block, 0, sizeof block);
	CHECK_ERR(open_padded(block, &n), E_SIGNATURE);
	memset(block, 17, sizeof block);
	CHECK_ERR(open_padded(block, &n), E_SIGNATURE);
	memset(block, 0xff, sizeof block);
	CHECK_ERR(open_padded(block, &n), E_SIGNATURE);
}

/* Which of them it was is for nobody to learn. */
static void all_failures_are_told_alike(void)
{
	struct aes_cbc c;
	uint8_t out[64], block[16] = { 0 };
	char said[ERR_REASON_MAX];
	size_t n;

	CHECK_ERR(open_padded(block, &n), E_SIGNATURE);
	snprintf(said, sizeof said, "%s", err_reason(E_SIGNATURE));
	arena_reset(&arena);
	c = cbc_of(16);
	for (size_t size = 0; size <= 33; size++) {
		struct span in = { bytes, size < 32 ? size : 31 };

		if (in.n == 16)
			continue;
		err_forget();
		CHECK_ERR(aes_cbc_open(&c, (struct span){ bytes, 16 }, in, out, &n), E_SIGNATURE);
		CU_ASSERT_STRING_EQUAL(err_reason(E_SIGNATURE), said);
	}
	CHECK_ERR(aes_cbc_open(&c, (struct span){ bytes, 24 }, SPAN(block), out, &n), E_BUG);
}

static enum err read_cbc(const char *hex, struct aes_cbc *c)
{
	arena_reset(&arena);
	return aes_cbc_read(test_hex(&arena, hex), c);
}

#define IV "0410 0102030405060708090a0b0c0d0e0f10"

static void algorithm_identifiers_are_read(void)
{
	struct aes_cbc c;

	CHECK_OK(read_cbc("301d 0609 608648016503040102" IV, &c));
	CU_ASSERT(c.key_size == 16 && c.iv.n == 16 && c.iv.p[15] == 0x10);
	CHECK_OK(read_cbc("301d 0609 608648016503040116" IV, &c));
	CU_ASSERT_EQUAL(c.key_size, 24);
	CHECK_OK(read_cbc("301d 0609 60864801650304012a" IV, &c));
	CU_ASSERT_EQUAL(c.key_size, 32);
	/* AES-128-GCM, 3DES, a key wrap */
	CHECK_ERR(read_cbc("301d 0609 608648016503040106" IV, &c), E_ALGORITHM);
	CHECK_ERR(read_cbc("3014 0608 2a864886f70d0307 0408 0102030405060708", &c), E_ALGORITHM);
	CHECK_ERR(read_cbc("300b 0609 608648016503040105", &c), E_ALGORITHM);
	CHECK_ERR(read_cbc("301c 0609 608648016503040102 040f 0102030405060708090a0b0c0d0e0f", &c),
	          E_RANGE);
	CHECK_ERR(read_cbc("301e 0609 608648016503040102 0411 0102030405060708090a0b0c0d0e0f1011",
	                   &c),
	          E_RANGE);
	CHECK_ERR(read_cbc("300b 0609 608648016503040102", &c), E_TRUNCATED);
	CHECK_ERR(read_cbc("301f 0609 608648016503040102" IV "0500", &c), E_TRAILING);
	CHECK_ERR(read_cbc("301d 0609 608648016503040102" IV "00", &c), E_TRAILING);
}

const struct test_suite suite_crypto_aes = {
	"crypto/aes",
	{
		{ "what openssl encrypts opens", what_openssl_encrypts_opens },
		{ "only exact paddings are taken", only_exact_paddings_are_taken },
		{ "all failures are told alike", all_failures_are_told_alike },
		{ "AlgorithmIdentifiers are read", algorithm_identifiers_are_read },
	},
};
