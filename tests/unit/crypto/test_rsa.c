/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RSA: the encodings beside the one, numbers beside the range, salts of all lengths. */
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"
#include "tests/unit/crypto/wycheproof.h"

static uint8_t room[1 << 16];
static struct arena arena = ARENA_ON(room);

static const struct sig_alg pkcs1 = { SIG_RSA_PKCS1, HASH_SHA256, 0 };

static bool try_vector(struct arena *a, const json_t *group, const json_t *vector)
{
	struct public_key key;

	CHECK_OK(public_key_read(wycheproof_hex(a, group, "publicKeyDer"), &key));
	return sig_verify(&key, &pkcs1, wycheproof_hex(a, vector, "msg"),
	                  wycheproof_hex(a, vector, "sig")) == OK;
}

/* `acceptable` is a DigestInfo without its NULL: RFC 8017 9.2 note 1 has it. */
static void wycheproof_is_held(void)
{
	wycheproof_run("rsa_signature_2048_sha256", try_vector, false);
	wycheproof_run("rsa_signature_3072_sha256", try_vector, false);
}

static struct public_key made(const char *name, const char *genpkey)
{
	char file[64];
	struct public_key key;

	arena_reset(&arena);
	tools_make_key(name, genpkey);
	snprintf(file, sizeof file, "%s.spki", name);
	CHECK_OK(public_key_read(tools_get(&arena, file), &key));
	return key;
}

static void numbers_outside_the_range_are_refused(void)
{
	struct public_key key = made("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	struct span message = span_str("m");
	struct rsa_public rsa;
	uint8_t s[257] = { 0 };
	struct span whole = { s, 256 };

	CHECK_OK(rsa_public_read(key.key, &rsa));
	CU_ASSERT_EQUAL_FATAL(rsa.n.n, 256);
	CHECK_ERR(sig_verify(&key, &pkcs1, message, whole), E_SIGNATURE); /* 0 */
	s[255] = 1;
	CHECK_ERR(sig_verify(&key, &pkcs1, message, whole), E_SIGNATURE); /* 1 */
	memcpy(s, rsa.n.p, 256);
	CHECK_ERR(sig_verify(&key, &pkcs1, message, whole), E_SIGNATURE); /* n */
	s[255]--;
	CHECK_ERR(sig_verify(&key, &pkcs1, message, whole), E_SIGNATURE); /* n - 1 */
	memset(s, 0xff, sizeof s);
	CHECK_ERR(sig_verify(&key, &pkcs1, message, whole), E_SIGNATURE);
	CHECK_ERR(sig_verify(&key, &pkcs1, message, NO_BYTES), E_SIGNATURE);
}

static void a_signature_is_as_long_as_the_modulus(void)
{
	struct public_key key = made("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	struct span message = span_str("m"), s;
	uint8_t longer[257] = { 0 };

	tools_put("m", message);
	CU_ASSERT_FATAL(openssl("dgst -sha256 -sign rsa.pem -out s m"));
	s = tools_get(&arena, "s");
	CHECK_OK(sig_verify(&key, &pkcs1, message, s));
	memcpy(longer + 1, s.p, 256);
	CHECK_ERR(sig_verify(&key, &pkcs1, message, SPAN(longer)), E_SIGNATURE);
	for (size_t n = 0; n < 256; n++)
		CHECK_ERR(sig_verify(&key, &pkcs1, message, (struct span){ s.p, n }), E_SIGNATURE);
}

/* The encoding may begin inside the first octet, or behind it. */
static void moduli_of_any_length_will_do(void)
{
	static const int lengths[] = { 2048, 2049, 2050, 2055, 2056, 2057, 3072 };
	struct sig_alg pss = { SIG_RSA_PSS, HASH_SHA256, 32 };
	struct span message = span_str("m");
	char genpkey[96], name[16];

	tools_put("m", message);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct public_key key;

		snprintf(name, sizeof name, "rsa%d", lengths[i]);
		/* openssl makes odd lengths of three primes only; who verifies sees no primes */
		snprintf(genpkey, sizeof genpkey,
		         "-algorithm RSA -pkeyopt rsa_keygen_bits:%d -pkeyopt rsa_keygen_primes:3",
		         lengths[i]);
		key = made(name, genpkey);
		CU_ASSERT_EQUAL(key.bits, lengths[i]);
		CU_ASSERT(openssl("dgst -sha256 -sign %s.pem -out s m", name));
		CHECK_OK(sig_verify(&key, &pkcs1, message, tools_get(&arena, "s")));
		CU_ASSERT(openssl("dgst -sha256 -sigopt rsa_padding_mode:pss "
		                  "-sigopt rsa_pss_saltlen:32 -sign %s.pem -out s m",
		                  name));
		CHECK_OK(sig_verify(&key, &pss, message, tools_get(&arena, "s")));
	}
}

static void salts_of_all_lengths_are_those_announced(void)
{
	static const unsigned salts[] = { 0, 1, 20, 31, 32, 33, 64, 222 };
	struct public_key key = made("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	struct span message = span_str("m"), s;

	tools_put("m", message);
	for (size_t i = 0; i < sizeof salts / sizeof *salts; i++) {
		size_t mark = arena_mark(&arena);

		CU_ASSERT(openssl("dgst -sha256 -sigopt rsa_padding_mode:pss "
		                  "-sigopt rsa_pss_saltlen:%u -sign rsa.pem -out s m",
		                  salts[i]));
		s = tools_get(&arena, "s");
		for (size_t k = 0; k < sizeof salts / sizeof *salts; k++) {
			struct sig_alg pss = { SIG_RSA_PSS, HASH_SHA256, salts[k] };

			CHECK_ERR(sig_verify(&key, &pss, message, s), i == k ? OK : E_SIGNATURE);
		}
		arena_rewind(&arena, mark);
	}
	/* 256 octets hold 32 of hash, 2 around and 222 of salt */
	CHECK_ERR(sig_verify(&key, &(struct sig_alg){ SIG_RSA_PSS, HASH_SHA256, 223 }, message, s),
	          E_ALGORITHM);
}

static void pss_of_another_hash_or_mask_is_refused(void)
{
	static const struct sig_alg pss256 = { SIG_RSA_PSS, HASH_SHA256, 32 },
				    pss384 = { SIG_RSA_PSS, HASH_SHA384, 32 };
	struct public_key key = made("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	struct span message = span_str("m"), s;

	tools_put("m", message);
	CU_ASSERT(openssl("dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 "
	                  "-sigopt rsa_mgf1_md:sha384 -sign rsa.pem -out s m"));
	s = tools_get(&arena, "s");
	CHECK_ERR(sig_verify(&key, &pss256, message, s), E_SIGNATURE);
	CHECK_ERR(sig_verify(&key, &pss384, message, s), E_SIGNATURE);
	CHECK_ERR(sig_verify(&key, &pkcs1, message, s), E_SIGNATURE);
}

/* EMSA-PSS with one thing wrong, put through the verification by itself. */
static void every_part_of_the_encoding_counts(void)
{
	uint8_t good[256], em[256];
	struct pss p = { HASH_SHA256, 32, good, 2047 };
	struct span message = span_str("m");

	CHECK_OK(pss_encode(&p, message));
	p.em = em;
	memcpy(em, good, sizeof em);
	CHECK_OK(pss_verify(&p, &(struct message){ message, NO_OCTETS }));
	memcpy(em, good, sizeof em);
	CHECK_ERR(pss_verify(&p, &(struct message){ span_str("n"), NO_OCTETS }), E_SIGNATURE);
	for (size_t bit = 0; bit < 8 * sizeof em; bit++) {
		memcpy(em, good, sizeof em);
		em[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_ERR(pss_verify(&p, &(struct message){ message, NO_OCTETS }), E_SIGNATURE);
	}
}

/* One number of the CRT is off by a bit, as if the computation had gone wrong. */
static void a_signature_gone_wrong_does_not_leave(void)
{
	uint8_t buffer[SIGNATURE_MAX];
	struct derw w = DERW_ON(buffer);
	struct private_key key;
	struct span der, number = NO_BYTES;
	enum err e;
	struct der c, k;

	made("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	CU_ASSERT_FATAL(openssl("rsa -in rsa.pem -traditional -outform DER -out der"));
	der = tools_get(&arena, "der");
	CHECK_OK(private_key_from_pkcs1(der, &key));
	CHECK_OK(rsa_ops.sign(&key, &pkcs1, span_str("m"), &w));
	CU_ASSERT_EQUAL(w.n, 256);
	c = der_open(der, &e);
	k = der_enter(&c, DER_SEQUENCE);
	for (int i = 0; i < 7; i++)
		number = der_integer(&k);
	((uint8_t *)(uintptr_t)number.p)[number.n - 1] ^= 2; /* exponent1 */
	w = (struct derw)DERW_ON(buffer);
	CHECK_ERR(rsa_ops.sign(&key, &pkcs1, span_str("m"), &w), E_RANGE);
	CU_ASSERT_EQUAL(w.n, 0);
}

/* What openssl's SHAKE256 says of octets, n of it; into the arena. */
static struct span xof(struct span octets, size_t n)
{
	tools_put("x", octets);
	CU_ASSERT(openssl("dgst -shake256 -xoflen %zu -binary -out y x", n));
	return tools_get(&arena, "y");
}

/*
 * RFC 8692 4.1.1: SHAKE256 of 64 octets is the hash, SHAKE256 itself the mask,
 * and the salt has 64 octets.  openssl opens the signature and makes the masks;
 * the encoding is taken apart here.
 */
static void pss_with_shake256_is_as_its_rfc_has_it(void)
{
	enum { DB = 256 - 64 - 1 };
	struct sig_alg alg = { SIG_RSA_PSS, HASH_SHAKE256, 64 };
	struct public_key key = made("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	uint8_t buffer[SIGNATURE_MAX], db[DB], salted[8 + 64 + 64] = { 0 };
	struct derw w = DERW_ON(buffer);
	struct private_key private;
	struct span em, mask, digest;

	if (hash_of(HASH_SHAKE256, NO_BYTES, &(struct digest){ { 0 }, 0 }) != OK) {
		test_skip("this build of wolfSSL lacks SHAKE256");
		return;
	}
	CU_ASSERT_FATAL(openssl("rsa -in rsa.pem -traditional -outform DER -out der"));
	CHECK_OK(private_key_from_pkcs1(tools_get(&arena, "der"), &private));
	CHECK_OK(rsa_ops.sign(&private, &alg, span_str("m"), &w));
	CHECK_OK(sig_verify(&key, &alg, span_str("m"), (struct span){ buffer, w.n }));
	CHECK_ERR(sig_verify(&key, &alg, span_str("n"), (struct span){ buffer, w.n }), E_SIGNATURE);

	tools_put("s", (struct span){ buffer, w.n });
	CU_ASSERT(openssl("pkeyutl -verifyrecover -pkeyopt rsa_padding_mode:none -inkey rsa.pem "
	                  "-in s -out em"));
	em = tools_get(&arena, "em");
	CU_ASSERT_EQUAL_FATAL(em.n, 256);
	CU_ASSERT_EQUAL(em.p[255], 0xbc);
	mask = xof((struct span){ em.p + DB, 64 }, DB);
	for (size_t i = 0; i < DB; i++)
		db[i] = em.p[i] ^ mask.p[i];
	db[0] &= 0x7f;
	for (size_t i = 0; i < DB - 65; i++)
		CU_ASSERT_EQUAL(db[i], 0);
	CU_ASSERT_EQUAL(db[DB - 65], 0x01);
	memcpy(salted + 8, xof(span_str("m"), 64).p, 64);
	memcpy(salted + 8 + 64, db + DB - 64, 64);
	digest = xof(SPAN(salted), 64);
	CU_ASSERT(span_equal(digest, (struct span){ em.p + DB, 64 }));
}

const struct test_suite suite_crypto_rsa = {
	"crypto/rsa",
	{
		{ "wycheproof: nothing invalid, everything valid", wycheproof_is_held },
		{ "0, 1, n - 1, n are no signatures", numbers_outside_the_range_are_refused },
		{ "a signature is as long as the modulus", a_signature_is_as_long_as_the_modulus },
		{ "moduli of any length", moduli_of_any_length_will_do },
		{ "salts are as long as announced", salts_of_all_lengths_are_those_announced },
		{ "PSS with another hash or mask", pss_of_another_hash_or_mask_is_refused },
		{ "every bit of EMSA-PSS counts", every_part_of_the_encoding_counts },
		{ "a signature gone wrong does not leave", a_signature_gone_wrong_does_not_leave },
		{ "PSS with SHAKE256 as RFC 8692 has it", pss_with_shake256_is_as_its_rfc_has_it },
	},
};
