/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AlgorithmIdentifiers of signatures, there and back, and what lies beside them. */
#include "platform/crypto/internal.h"
#include "tests/unit/test.h"

static uint8_t room[1 << 12];
static struct arena arena = ARENA_ON(room);

#define RSA_ "300d 0609 2a864886f70d0101"
#define PSS_ "0609 2a864886f70d01010a"
static const struct {
	const char *der, *name;
	struct sig_alg alg;
	enum hash cert_hash;
} algs[] = {
	{ RSA_ "0e 0500",
	  "sha224WithRSAEncryption",
	  { SIG_RSA_PKCS1, HASH_SHA224, 0 },
	  HASH_SHA224 },
	{ RSA_ "0b 0500",
	  "sha256WithRSAEncryption",
	  { SIG_RSA_PKCS1, HASH_SHA256, 0 },
	  HASH_SHA256 },
	{ RSA_ "0c 0500",
	  "sha384WithRSAEncryption",
	  { SIG_RSA_PKCS1, HASH_SHA384, 0 },
	  HASH_SHA384 },
	{ RSA_ "0d 0500",
	  "sha512WithRSAEncryption",
	  { SIG_RSA_PKCS1, HASH_SHA512, 0 },
	  HASH_SHA512 },
	{ "3041" PSS_
	  "3034 a00f 300d 0609 608648016503040201 0500 a11c 301a 0609 2a864886f70d010108 "
	  "300d 0609 608648016503040201 0500 a203 020120",
	  "RSASSA-PSS with SHA-256",
	  { SIG_RSA_PSS, HASH_SHA256, 32 },
	  HASH_SHA256 },
	{ "3041" PSS_
	  "3034 a00f 300d 0609 608648016503040202 0500 a11c 301a 0609 2a864886f70d010108 "
	  "300d 0609 608648016503040202 0500 a203 020130",
	  "RSASSA-PSS with SHA-384",
	  { SIG_RSA_PSS, HASH_SHA384, 48 },
	  HASH_SHA384 },
	{ "303c" PSS_
	  "302f a00f 300d 0609 608648016503040203 0500 a11c 301a 0609 2a864886f70d010108 "
	  "300d 0609 608648016503040203 0500",
	  "RSASSA-PSS with SHA-512",
	  { SIG_RSA_PSS, HASH_SHA512, 20 },
	  HASH_SHA512 },
	{ "300a 0608 2b0601050507061f",
	  "RSASSA-PSS-SHAKE256",
	  { SIG_RSA_PSS, HASH_SHAKE256, 64 },
	  HASH_SHAKE256 },
	{ "300a 0608 2a8648ce3d040301",
	  "ecdsa-with-SHA224",
	  { SIG_ECDSA, HASH_SHA224, 0 },
	  HASH_SHA224 },
	{ "300a 0608 2a8648ce3d040302",
	  "ecdsa-with-SHA256",
	  { SIG_ECDSA, HASH_SHA256, 0 },
	  HASH_SHA256 },
	{ "300a 0608 2a8648ce3d040303",
	  "ecdsa-with-SHA384",
	  { SIG_ECDSA, HASH_SHA384, 0 },
	  HASH_SHA384 },
	{ "300a 0608 2a8648ce3d040304",
	  "ecdsa-with-SHA512",
	  { SIG_ECDSA, HASH_SHA512, 0 },
	  HASH_SHA512 },
	{ "300a 0608 2b06010505070621",
	  "ecdsa-with-shake256",
	  { SIG_ECDSA, HASH_SHAKE256, 0 },
	  HASH_SHAKE256 },
	{ "3005 0603 2b6570", "Ed25519", { SIG_ED25519, HASH_NONE, 0 }, HASH_SHA512 },
	{ "3005 0603 2b6571", "Ed448", { SIG_ED448, HASH_NONE, 0 }, HASH_SHAKE256 },
};
enum { ALGS = sizeof algs / sizeof *algs };

static enum err read(const char *hex, struct sig_alg *out)
{
	arena_reset(&arena);
	return sig_alg_read(test_hex(&arena, hex), out);
}

static void all_are_read_and_written(void)
{
	for (size_t i = 0; i < ALGS; i++) {
		uint8_t buffer[128];
		struct derw w = DERW_ON(buffer);
		struct sig_alg got;
		struct span written;

		CHECK_OK(read(algs[i].der, &got));
		CU_ASSERT_EQUAL(got.scheme, algs[i].alg.scheme);
		CU_ASSERT_EQUAL(got.hash, algs[i].alg.hash);
		CU_ASSERT_EQUAL(got.salt, algs[i].alg.salt);
		CU_ASSERT_STRING_EQUAL(sig_alg_name(&got), algs[i].name);
		CU_ASSERT_EQUAL(sig_alg_cert_hash(&got), algs[i].cert_hash);
		sig_alg_write(&w, &got);
		CHECK_OK(derw_end(&w, &written));
		CU_ASSERT(span_equal(written, test_hex(&arena, algs[i].der)));
	}
}

static void only_the_same_are_equal(void)
{
	struct sig_alg salted = algs[4].alg;

	for (size_t i = 0; i < ALGS; i++)
		for (size_t k = 0; k < ALGS; k++)
			CU_ASSERT_EQUAL(sig_alg_equal(&algs[i].alg, &algs[k].alg), i == k);
	salted.salt++;
	CU_ASSERT(!sig_alg_equal(&salted, &algs[4].alg));
}

static void every_prefix_is_refused(void)
{
	for (size_t i = 0; i < ALGS; i++) {
		struct sig_alg got;
		struct span s;

		arena_reset(&arena);
		s = test_hex(&arena, algs[i].der);
		for (size_t n = 0; n < s.n; n++)
			CU_ASSERT(sig_alg_read((struct span){ s.p, n }, &got) != OK);
		CU_ASSERT(sig_alg_read((struct span){ s.p, s.n + 1 }, &got) != OK);
	}
}

/* A flipped bit may name another algorithm of the list, never the same one. */
static void no_flipped_bit_is_overlooked(void)
{
	for (size_t i = 0; i < ALGS; i++) {
		struct span s;

		arena_reset(&arena);
		s = test_hex(&arena, algs[i].der);
		for (size_t bit = 0; bit < 8 * s.n; bit++) {
			uint8_t *p = (uint8_t *)(uintptr_t)s.p + bit / 8;
			struct sig_alg got;

			*p ^= (uint8_t)(1 << bit % 8);
			CU_ASSERT(sig_alg_read(s, &got) != OK ||
			          !sig_alg_equal(&got, &algs[i].alg));
			*p ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* What the issuer of a certificate signed: a NULL says nothing, an encoded DEFAULT the same. */
static void signed_ones_are_read(void)
{
	static const struct {
		const char *hex;
		enum err strict, of_issuer;
	} rows[] = {
		{ "300a 0608 2a8648ce3d040302", OK, OK },
		{ "300c 0608 2a8648ce3d040302 0500", E_TRAILING, OK },
		{ "300c 0608 2a8648ce3d040303 0500", E_TRAILING, OK },
		{ "300d 0608 2a8648ce3d040302 0501 00", E_TRAILING, E_NOT_DER },
		{ "300e 0608 2a8648ce3d040302 0500 0500", E_TRAILING, E_TRAILING },
		{ "300c 0608 2a8648ce3d040302 3000", E_TRAILING, E_UNEXPECTED },
		{ "3007 0603 2b6570 0500", E_TRAILING, OK },
		{ "300b 0609 2a864886f70d01010b", OK, OK },
		{ "300f 0609 2a864886f70d01010b 0500 0500", E_TRAILING, E_TRAILING },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sig_alg got;

		arena_reset(&arena);
		CHECK_ERR(sig_alg_read(test_hex(&arena, rows[i].hex), &got), rows[i].strict);
		CHECK_ERR(sig_alg_read_signed(test_hex(&arena, rows[i].hex), &got),
		          rows[i].of_issuer);
	}
}

/* RFC 5754 3.2: NULL MUST be written, absent MUST be read; for the others absent is all. */
static void parameters_are_as_each_has_them(void)
{
	struct sig_alg got;

	CHECK_OK(read("300b 0609 2a864886f70d01010b", &got));
	CU_ASSERT(sig_alg_equal(&got, &algs[1].alg));
	CHECK_ERR(read("300e 0609 2a864886f70d01010b 0501 00", &got), E_NOT_DER);
	CHECK_ERR(read("300f 0609 2a864886f70d01010b 0500 0500", &got), E_TRAILING);
	CHECK_ERR(read("300c 0608 2a8648ce3d040302 0500", &got), E_TRAILING);
	CHECK_ERR(read("3007 0603 2b6570 0500", &got), E_TRAILING);
	CHECK_ERR(read("300c 0608 2b0601050507061f 0500", &got), E_TRAILING);
	CHECK_ERR(read("300b" PSS_, &got), E_TRUNCATED);
}

static void what_is_weak_or_unknown_is_refused(void)
{
	struct sig_alg got;

	CHECK_ERR(read(RSA_ "05 0500", &got), E_ALGORITHM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_ALGORITHM), "sha1WithRSAEncryption"));
	CHECK_ERR(read(RSA_ "04 0500", &got), E_ALGORITHM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_ALGORITHM), "1.2.840.113549.1.1.4"));
	CHECK_ERR(read(RSA_ "01 0500", &got), E_ALGORITHM);
	CHECK_ERR(read("3009 0607 2a8648ce3d0401", &got), E_ALGORITHM);
	CHECK_ERR(read("300a 0608 2b06010505070620", &got), E_ALGORITHM);
}

static void a_name_is_all_that_no_algorithm_has(void)
{
	struct sig_alg none = { (enum sig_scheme)9, HASH_SHA256, 0 };
	uint8_t buffer[64];
	struct derw w = DERW_ON(buffer);
	struct span written;

	CU_ASSERT_STRING_EQUAL(sig_alg_name(&none), "no signature algorithm");
	sig_alg_write(&w, &none);
	CHECK_ERR(derw_end(&w, &written), E_BUG);
	w = (struct derw)DERW_ON(buffer);
	none = (struct sig_alg){ SIG_RSA_PSS, HASH_SHA1, 20 };
	sig_alg_write(&w, &none);
	CHECK_ERR(derw_end(&w, &written), E_BUG);
}

static void cms_may_name_the_key_for_the_signature(void)
{
	struct sig_alg got;
	struct span rsa;

	arena_reset(&arena);
	rsa = test_hex(&arena, RSA_ "01 0500");
	CHECK_OK(sig_alg_read_cms(rsa, HASH_SHA384, &got));
	CU_ASSERT(sig_alg_equal(&got, &algs[2].alg));
	CHECK_OK(sig_alg_read_cms(test_hex(&arena, "300b 0609 2a864886f70d010101"), HASH_SHA256,
	                          &got));
	CU_ASSERT(sig_alg_equal(&got, &algs[1].alg));
	CHECK_ERR(sig_alg_read_cms(rsa, HASH_SHA1, &got), E_ALGORITHM);
	CHECK_ERR(sig_alg_read_cms(rsa, HASH_NONE, &got), E_ALGORITHM);
	CHECK_ERR(sig_alg_read_cms(rsa, HASH_SHAKE256, &got), E_ALGORITHM);
	for (size_t n = 0; n < rsa.n; n++)
		CU_ASSERT(sig_alg_read_cms((struct span){ rsa.p, n }, HASH_SHA256, &got) != OK);
	for (size_t i = 0; i < ALGS; i++) {
		CHECK_OK(sig_alg_read_cms(test_hex(&arena, algs[i].der), HASH_SHA256, &got));
		CU_ASSERT(sig_alg_equal(&got, &algs[i].alg));
	}
}

const struct test_suite suite_crypto_sigalg = {
	"crypto/sigalg",
	{
		{ "all are read and written", all_are_read_and_written },
		{ "only the same are equal", only_the_same_are_equal },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "no flipped bit is overlooked", no_flipped_bit_is_overlooked },
		{ "those of an issuer are read", signed_ones_are_read },
		{ "parameters as each has them", parameters_are_as_each_has_them },
		{ "what is weak or unknown is refused", what_is_weak_or_unknown_is_refused },
		{ "what is no algorithm is not written", a_name_is_all_that_no_algorithm_has },
		{ "CMS: rsaEncryption takes the digest's hash",
	          cms_may_name_the_key_for_the_signature },
	},
};
