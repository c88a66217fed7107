/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AlgorithmIdentifiers of hashes, and RSASSA-PSS-params made of them. */
#include "platform/crypto/internal.h"
#include "tests/unit/test.h"

static uint8_t room[1 << 12];
static struct arena arena = ARENA_ON(room);

#define NIST "0609 6086480165030402"
static const struct {
	const char *der; /* as written: without parameters */
	const char *with_null;
	enum hash hash;
} hashes[] = {
	{ "300b" NIST "04", "300d" NIST "04 0500", HASH_SHA224 },
	{ "300b" NIST "01", "300d" NIST "01 0500", HASH_SHA256 },
	{ "300b" NIST "02", "300d" NIST "02 0500", HASH_SHA384 },
	{ "300b" NIST "03", "300d" NIST "03 0500", HASH_SHA512 },
	{ "300b" NIST "0c", NULL, HASH_SHAKE256 },
};

static enum err read(const char *hex, enum hash *out)
{
	arena_reset(&arena);
	return hash_alg_read(test_hex(&arena, hex), out);
}

static void hashes_are_read_and_written(void)
{
	for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
		uint8_t buffer[32];
		struct derw w = DERW_ON(buffer);
		struct span written, s;
		enum hash got;

		CHECK_OK(read(hashes[i].der, &got));
		CU_ASSERT_EQUAL(got, hashes[i].hash);
		hash_alg_write(&w, got);
		CHECK_OK(derw_end(&w, &written));
		s = test_hex(&arena, hashes[i].der);
		CU_ASSERT(span_equal(written, s));
		for (size_t n = 0; n < s.n; n++)
			CU_ASSERT(hash_alg_read((struct span){ s.p, n }, &got) != OK &&
			          got == HASH_NONE);
		if (hashes[i].with_null == NULL)
			continue;
		CHECK_OK(read(hashes[i].with_null, &got));
		CU_ASSERT_EQUAL(got, hashes[i].hash);
	}
}

static void other_hashes_are_refused(void)
{
	uint8_t buffer[32];
	struct derw w = DERW_ON(buffer);
	struct span written;
	enum hash got;

	CHECK_ERR(read("3009 0605 2b0e03021a 0500", &got), E_ALGORITHM); /* SHA-1 */
	CHECK_ERR(read("300b" NIST "0b", &got), E_ALGORITHM);            /* SHAKE128 */
	CHECK_ERR(read("300d" NIST "0c 0500", &got), E_TRAILING);
	CHECK_ERR(read("300d" NIST "01 3000", &got), E_UNEXPECTED);
	CHECK_ERR(read("300b" NIST "01 0500", &got), E_TRAILING);
	CHECK_ERR(read("", &got), E_TRUNCATED);
	hash_alg_write(&w, HASH_SHA1);
	CHECK_ERR(derw_end(&w, &written), E_BUG);
}

#define SHAKE256_LEN "300f" NIST "12 02020200"

/* RFC 8419 3.1, RFC 8702 3.1 */
static void digests_of_messages(void)
{
	static const struct sig_alg ed448 = { SIG_ED448, HASH_NONE, 0 };
	static const struct sig_alg shake = { SIG_ECDSA, HASH_SHAKE256, 0 };
	uint8_t buffer[64];
	struct derw w = DERW_ON(buffer);
	struct span written, s;
	enum hash got;

	arena_reset(&arena);
	hash_alg_write_cms(&w, &ed448);
	hash_alg_write_cms(&w, &shake);
	CHECK_OK(derw_end(&w, &written));
	CU_ASSERT(span_equal(written, test_hex(&arena, SHAKE256_LEN "300b" NIST "0c")));
	s = test_hex(&arena, SHAKE256_LEN);
	CHECK_OK(hash_alg_read_cms(s, &got));
	CU_ASSERT_EQUAL(got, HASH_SHAKE256);
	for (size_t n = 0; n < s.n; n++)
		CU_ASSERT(hash_alg_read_cms((struct span){ s.p, n }, &got) != OK &&
		          got == HASH_NONE);
	CHECK_OK(hash_alg_read_cms(test_hex(&arena, "300b" NIST "0c"), &got));
	CU_ASSERT_EQUAL(got, HASH_SHAKE256);
	CHECK_OK(hash_alg_read_cms(test_hex(&arena, "300d" NIST "01 0500"), &got));
	CU_ASSERT_EQUAL(got, HASH_SHA256);
	CHECK_ERR(hash_alg_read_cms(test_hex(&arena, "300f" NIST "12 02020100"), &got),
	          E_ALGORITHM);
	CU_ASSERT_EQUAL(got, HASH_NONE);
	CHECK_ERR(hash_alg_read_cms(test_hex(&arena, "300b" NIST "12"), &got), E_TRUNCATED);
	CHECK_ERR(hash_alg_read_cms(test_hex(&arena, "3011" NIST "12 02020200 0500"), &got),
	          E_TRAILING);
	/* elsewhere it is none (RFC 9481 2.2) */
	CHECK_ERR(hash_alg_read(s, &got), E_ALGORITHM);
}

static enum err read_pss(const char *hex, enum hash *hash, unsigned *salt)
{
	arena_reset(&arena);
	return pss_params_read(test_hex(&arena, hex), RULES_DER, hash, salt);
}

#define SHA256 "300d" NIST "01 0500"
#define MGF1   "0609 2a864886f70d010108"
#define HEAD   "a00f" SHA256 "a11c 301a" MGF1 SHA256

static void pss_parameters_are_read(void)
{
	enum hash hash;
	unsigned salt;

	CHECK_OK(read_pss("3034" HEAD "a203 020120", &hash, &salt));
	CU_ASSERT(hash == HASH_SHA256 && salt == 32);
	CHECK_OK(read_pss("302f" HEAD, &hash, &salt));
	CU_ASSERT(hash == HASH_SHA256 && salt == 20);
	CHECK_OK(read_pss("3034" HEAD "a203 020100", &hash, &salt));
	CU_ASSERT(hash == HASH_SHA256 && salt == 0);
	/* the hashes without their NULL; a trailer of 1 where DER has none (RFC 4055 3.1) */
	CHECK_OK(
		read_pss("302b a00d 300b" NIST "01 a11a 3018" MGF1 "300b" NIST "01", &hash, &salt));
	CU_ASSERT_EQUAL(hash, HASH_SHA256);
	CHECK_OK(read_pss("3039" HEAD "a203 020120 a303 020101", &hash, &salt));
	CU_ASSERT_EQUAL(salt, 32);
}

static void other_pss_parameters_are_refused(void)
{
	enum hash hash;
	unsigned salt;

	CHECK_ERR(read_pss("3000", &hash, &salt), E_ALGORITHM);             /* SHA-1 */
	CHECK_ERR(read_pss("3005 a203 020120", &hash, &salt), E_ALGORITHM); /* SHA-1 */
	CHECK_ERR(read_pss("3011 a00f" SHA256, &hash, &salt), E_TRUNCATED); /* MGF1 of SHA-1 */
	CHECK_ERR(read_pss("3016 a00f" SHA256 "a203 020120", &hash, &salt), E_UNEXPECTED);
	CHECK_ERR(read_pss("302f a00f" SHA256 "a11c 301a" MGF1 "300d" NIST "02 0500", &hash, &salt),
	          E_ALGORITHM);
	CHECK_ERR(read_pss("302f a00f" SHA256 "a11c 301a 0609 2a864886f70d010109" SHA256, &hash,
	                   &salt),
	          E_ALGORITHM);
	CHECK_ERR(
		read_pss("302b a00d 300b" NIST "0c a11a 3018" MGF1 "300b" NIST "0c", &hash, &salt),
		E_ALGORITHM);
	CHECK_ERR(read_pss("3034" HEAD "a203 020114", &hash, &salt), E_NOT_DER);
	CHECK_ERR(read_pss("3034" HEAD "a203 0201ff", &hash, &salt), E_RANGE);
	CHECK_ERR(read_pss("3035" HEAD "a204 02020201", &hash, &salt), E_RANGE);
	CHECK_ERR(read_pss("3034" HEAD "a303 020102", &hash, &salt), E_ALGORITHM);
	CHECK_ERR(read_pss("3039" HEAD "a203 020120 a403 020101", &hash, &salt), E_TRAILING);
	CHECK_ERR(read_pss("3037" HEAD "a206 020120 020120", &hash, &salt), E_TRAILING);
	CHECK_ERR(read_pss("0500", &hash, &salt), E_UNEXPECTED);
}

/* RFC 8017 9.2 note 1 gives the octets in front of a SHA-256 digest. */
static void digest_info_has_its_null(void)
{
	struct digest d = { { 0 }, 32 };
	uint8_t buffer[64];
	struct derw w = DERW_ON(buffer);
	struct span written;

	arena_reset(&arena);
	digest_info_write(&w, HASH_SHA256, &d);
	CHECK_OK(derw_end(&w, &written));
	CU_ASSERT_EQUAL(written.n, 51);
	CU_ASSERT(span_equal((struct span){ written.p, 19 },
	                     test_hex(&arena, "3031 300d 0609 608648016503040201 0500 0420")));
}

const struct test_suite suite_crypto_hashalg = {
	"crypto/hashalg",
	{
		{ "hashes are read and written", hashes_are_read_and_written },
		{ "other hashes are refused", other_hashes_are_refused },
		{ "digests of messages: SHAKE256 with its length", digests_of_messages },
		{ "RSASSA-PSS-params are read", pss_parameters_are_read },
		{ "other RSASSA-PSS-params are refused", other_pss_parameters_are_refused },
		{ "DigestInfo has its NULL", digest_info_has_its_null },
	},
};
