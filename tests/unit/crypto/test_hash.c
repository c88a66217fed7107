/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Known answers (by Python's hashlib and hmac), and third-party ones read in place. */
#include <stdio.h>
#include <unistd.h>

#include "platform/crypto/features.h"
#include "platform/crypto/hash.h"
#include "platform/crypto/signer.h"
#include "tests/unit/crypto/wycheproof.h"

static uint8_t room[4096];
static struct arena arena = ARENA_ON(room);

static const struct known {
	enum hash hash;
	const char *name;
	size_t size;
	const char *digest;    /* of "onramp" */
	const char *empty;     /* of nothing */
	const char *mac;       /* HMAC of "onramp" under "key" */
	const char *empty_mac; /* of nothing under nothing */
} known[] = {
	{ HASH_SHA1, "SHA-1", 20, "da493e55a0a669e3618fb1545a0c18dc9a934078",
	  "da39a3ee5e6b4b0d3255bfef95601890afd80709", "5dddd588240d93794ec432fff1c2b2c4605c46a1",
	  "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d" },
	{ HASH_SHA224, "SHA-224", 28, "b4f377ea0937e25192173260ba520e1c5ce527609333d477f69c59cf",
	  "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
	  "3def49530ce9799e916224fc0fb6d4d0ae1cfa370b5216fc6bfd8f1f",
	  "5ce14f72894662213e2748d2a6ba234b74263910cedde2f5a9271524" },
	{ HASH_SHA256, "SHA-256", 32,
	  "081fe473dba9d7926004f8b0a825534cc51a29948f2b57a4cd7e6dddd07e8675",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "7590e89eaf82517d09f077e19c314f253b2ec8422c7671630653e065338f40a4",
	  "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
	{ HASH_SHA384, "SHA-384", 48,
	  "fa7e44fb0d6e0339d86252f7fd49c8d5389e57885f21c81999918410c1988b19"
	  "df6f8e2252c3b20212ab7d84059dfe90",
	  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
	  "274edebfe76f65fbd51ad2f14898b95b",
	  "9335942d41721eecc09a1d78215212366969c24139f60f542e68f3b36d4d6c54"
	  "d8c8521a9731d21a2f37bccc448953db",
	  "6c1f2ee938fad2e24bd91298474382ca218c75db3d83e114b3d4367776d14d35"
	  "51289e75e8209cd4b792302840234adc" },
	{ HASH_SHA512, "SHA-512", 64,
	  "1efe4f2b8e3c81ea5812c93f09d91d9b2931045b5aea720ee58b26f3c05ca010"
	  "e1e6aab0eab3ed04bb65682e126c3871926a66148643d080c094e32ef1d30920",
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
	  "7aa91f38421ddf47fd918344877cbf0a8d87d38c7c10dec4943008ac72729c38"
	  "3f643a59dfa24de0df51f0d395b1f8971e5df1d17332f6fb358a957fbfd53f15",
	  "b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac673"
	  "0c6c515421b327ec1d69402e53dfb49ad7381eb067b338fd7b0cb22247225d47" },
	{ HASH_SHAKE256, "SHAKE256", 64,
	  "0000dd20bf6b854a4a8c479118adeafd6c1835514b106fa1ba3df4aaf54057d2"
	  "b7e512a1885dd69b1524ccb15a2b584c136808e8b10dec924415df037d172573",
	  "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
	  "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be",
	  NULL, NULL },
};
enum { KNOWN = sizeof known / sizeof *known };

/* What this build of the library lacks is skipped, and said; SHA-1 and SHA-256 never lack. */
static bool there(const struct known *k)
{
	struct digest d;

	if (k->hash != HASH_SHAKE256 && k->hash != HASH_SHA224)
		return true;
	if (hash_of(k->hash, NO_BYTES, &d) != E_ALGORITHM)
		return true;
	test_skip("this build of wolfSSL lacks a hash");
	return false;
}

static void is(const struct digest *d, const char *hex)
{
	arena_reset(&arena);
	CU_ASSERT(span_equal(digest_span(d), test_hex(&arena, hex)));
}

static void digests_are_known(void)
{
	struct digest d;

	for (size_t i = 0; i < KNOWN; i++) {
		if (!there(&known[i]))
			continue;
		CHECK_OK(hash_of(known[i].hash, span_str("onramp"), &d));
		is(&d, known[i].digest);
		CHECK_OK(hash_of(known[i].hash, NO_BYTES, &d));
		is(&d, known[i].empty);
		CU_ASSERT_STRING_EQUAL(hash_name(known[i].hash), known[i].name);
		CU_ASSERT_EQUAL(hash_size(known[i].hash), known[i].size);
	}
}

static void two_parts_hash_as_one(void)
{
	static const char text[] = "onramp";
	struct digest d;

	for (size_t i = 0; i < KNOWN; i++)
		for (size_t n = 0; there(&known[i]) && n <= 6; n++) {
			struct span a = { (const uint8_t *)text, n },
				    b = { (const uint8_t *)text + n, 6 - n };

			CHECK_OK(hash_of_two(known[i].hash, a, b, &d));
			is(&d, known[i].digest);
		}
}

static void macs_are_known(void)
{
	struct digest d;

	for (size_t i = 0; i < KNOWN; i++) {
		if (known[i].mac == NULL || !there(&known[i]))
			continue;
		CHECK_OK(hmac_of(known[i].hash, span_str("key"), span_str("onramp"), &d));
		is(&d, known[i].mac);
		CHECK_OK(hmac_of(known[i].hash, NO_BYTES, NO_BYTES, &d));
		is(&d, known[i].empty_mac);
	}
}

static void what_is_no_hash_is_refused(void)
{
	struct digest d = { { 1 }, 1 };
	uint8_t out[8];

	CHECK_ERR(hash_of(HASH_NONE, NO_BYTES, &d), E_ALGORITHM);
	CU_ASSERT_EQUAL(d.n, 0);
	CHECK_ERR(hash_of((enum hash)77, NO_BYTES, &d), E_ALGORITHM);
	CHECK_ERR(hmac_of(HASH_NONE, NO_BYTES, NO_BYTES, &d), E_ALGORITHM);
	CHECK_ERR(hmac_of(HASH_SHAKE256, NO_BYTES, NO_BYTES, &d), E_ALGORITHM);
	CHECK_ERR(pbkdf2(HASH_SHAKE256, NO_BYTES, NO_BYTES, 1, out, sizeof out), E_ALGORITHM);
	CU_ASSERT_EQUAL(hash_size(HASH_NONE), 0);
	CU_ASSERT_EQUAL(hash_size((enum hash)77), 0);
}

static void pbkdf2_is_known(void)
{
	static const struct {
		enum hash prf;
		const char *key;
	} answers[] = {
		{ HASH_SHA1, "6e88be8bad7eae9d9e10aa061224034fed48d03f" },
		{ HASH_SHA256, "632c2812e46d4604102ba7618e9d6d7d2f8128f6" },
		{ HASH_SHA512, "afe6c5530785b6cc6b1c6453384731bd5ee432ee" },
	};
	uint8_t out[20];

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		arena_reset(&arena);
		CHECK_OK(pbkdf2(answers[i].prf, span_str("password"), span_str("salt"), 1000, out,
		                sizeof out));
		CU_ASSERT(span_equal(SPAN(out), test_hex(&arena, answers[i].key)));
	}
	CHECK_ERR(pbkdf2(HASH_SHA256, NO_BYTES, NO_BYTES, 0, out, sizeof out), E_RANGE);
	CHECK_ERR(pbkdf2(HASH_SHA256, NO_BYTES, NO_BYTES, UINT32_MAX, out, sizeof out), E_RANGE);
	CHECK_ERR(pbkdf2(HASH_SHA256, NO_BYTES, NO_BYTES, 1, out, 0), E_RANGE);
}

static bool try_mac(struct arena *a, const json_t *group, const json_t *vector)
{
	struct span tag = wycheproof_hex(a, vector, "tag");
	struct digest d;

	CU_ASSERT_EQUAL(tag.n, wycheproof_number(group, "tagSize") / 8);
	CHECK_OK(hmac_of(HASH_SHA256, wycheproof_hex(a, vector, "key"),
	                 wycheproof_hex(a, vector, "msg"), &d));
	return span_equal_secret((struct span){ d.b, tag.n }, tag);
}

static bool try_kdf(struct arena *a, const json_t *group, const json_t *vector)
{
	unsigned n = wycheproof_number(vector, "dkLen");
	uint8_t *key = arena_take(a, n);

	(void)group;
	CHECK_OK(pbkdf2(HASH_SHA256, wycheproof_hex(a, vector, "password"),
	                wycheproof_hex(a, vector, "salt"),
	                wycheproof_number(vector, "iterationCount"), key, n));
	return span_equal((struct span){ key, n }, wycheproof_hex(a, vector, "dk"));
}

static void wycheproof_is_held(void)
{
	wycheproof_run("hmac_sha256", try_mac, false);
	wycheproof_run("pbkdf2_hmacsha256", try_kdf, false);
}

/* Every hash and signature over a file is that over the same octets in memory. */
static void of_files(void)
{
	static uint8_t octets[3 * OCTETS_WINDOW + 5];
	FILE *f = tmpfile();
	struct message m = { span_str("head"), octets_in(fileno(f), 0, sizeof octets) };
	struct digest is, expected;

	memset(octets, 'x', sizeof octets);
	CU_ASSERT_EQUAL(write(fileno(f), octets, sizeof octets), (ssize_t)sizeof octets);
	for (enum hash h = HASH_SHA1; h <= HASH_SHAKE256; h++) {
		enum err e = hash_of_two(h, m.head, SPAN(octets), &expected);

		CHECK_ERR(hash_of_message(h, &m, &is), e);
		CU_ASSERT(span_equal(digest_span(&is), digest_span(&expected)));
	}
	CU_ASSERT_EQUAL(ftruncate(fileno(f), 1), 0);
	CHECK_ERR(hash_of_message(HASH_SHA256, &m, &is), E_STORE);
	CU_ASSERT_EQUAL(is.n, 0);
	fclose(f);
}

static void signatures_of_files(void)
{
	static uint8_t octets[3 * OCTETS_WINDOW + 5];
	FILE *f = tmpfile();
	struct message m = { NO_BYTES, octets_in(fileno(f), 0, sizeof octets) };

	memset(octets, 'x', sizeof octets);
	CU_ASSERT_EQUAL(write(fileno(f), octets, sizeof octets), (ssize_t)sizeof octets);
	for (enum key_kind kind = 0; kind <= KEY_KIND_ED448; kind++) {
		struct signer *key;
		struct public_key public;
		struct span signature;

		if (kind == KEY_KIND_RSA3072 || kind == KEY_KIND_RSA4096 ||
		    signer_generate(&key, kind) != OK)
			continue;
		arena_reset(&arena);
		CHECK_OK(signer_sign(key, SPAN(octets), &arena, &signature));
		CHECK_OK(public_key_read(signer_spki(key), &public));
		CHECK_OK(sig_verify_message(&public, signer_alg(key), &m, signature));
		CU_ASSERT_EQUAL(pwrite(fileno(f), "y", 1, sizeof octets - 1), 1);
		CHECK_ERR(sig_verify_message(&public, signer_alg(key), &m, signature), E_SIGNATURE);
		CU_ASSERT_EQUAL(pwrite(fileno(f), "x", 1, sizeof octets - 1), 1);
		signer_close(key);
	}
	fclose(f);
}

const struct test_suite suite_crypto_hash = {
	"crypto/hash",
	{
		{ "digests are known", digests_are_known },
		{ "two parts hash as one", two_parts_hash_as_one },
		{ "MACs are known", macs_are_known },
		{ "what is no hash is refused", what_is_no_hash_is_refused },
		{ "PBKDF2 is known, and refuses no iterations", pbkdf2_is_known },
		{ "wycheproof: HMAC and PBKDF2", wycheproof_is_held },
		{ "hashes of files", of_files },
		{ "signatures of files", signatures_of_files },
	},
};
