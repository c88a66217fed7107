/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private keys in three encodings, and the same key out of each. */
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 14];
static struct arena arena = ARENA_ON(room);

typedef enum err reader(struct span der, struct private_key *out);

static struct span make(const char *name, const char *genpkey, const char *convert)
{
	arena_reset(&arena);
	tools_make_key(name, genpkey);
	CU_ASSERT_FATAL(openssl("%s -in %s.pem -outform DER -out der", convert, name));
	return tools_get(&arena, "der");
}

static const struct {
	const char *name, *genpkey, *convert;
	reader *read;
	enum key_family family;
	enum curve curve;
	size_t secret; /* octets; 0: many */
	bool stated;
} kinds[] = {
	{ "p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "pkcs8 -topk8 -nocrypt",
	  private_key_from_pkcs8, KEY_EC, CURVE_P256, 32, true },
	{ "p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "ec", private_key_from_sec1,
	  KEY_EC, CURVE_P256, 32, true },
	{ "p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "ec -no_public",
	  private_key_from_sec1, KEY_EC, CURVE_P384, 48, false },
	{ "p521", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "pkcs8 -topk8 -nocrypt",
	  private_key_from_pkcs8, KEY_EC, CURVE_P521, 66, true },
	{ "rsa", "-algorithm RSA", "pkcs8 -topk8 -nocrypt", private_key_from_pkcs8, KEY_RSA,
	  CURVE_NONE, 0, false },
	{ "rsa", "-algorithm RSA", "rsa -traditional", private_key_from_pkcs1, KEY_RSA, CURVE_NONE,
	  0, false },
	{ "pss", "-algorithm RSA-PSS", "pkcs8 -topk8 -nocrypt", private_key_from_pkcs8, KEY_RSA,
	  CURVE_NONE, 0, false },
	{ "ed25519", "-algorithm ED25519", "pkcs8 -topk8 -nocrypt", private_key_from_pkcs8,
	  KEY_ED25519, CURVE_NONE, 32, false },
	{ "ed448", "-algorithm ED448", "pkcs8 -topk8 -nocrypt", private_key_from_pkcs8, KEY_ED448,
	  CURVE_NONE, 57, false },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static struct span made(size_t i)
{
	return make(kinds[i].name, kinds[i].genpkey, kinds[i].convert);
}

static void keys_are_taken_apart(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct span der = made(i);
		struct private_key k;

		CHECK_OK(kinds[i].read(der, &k));
		CU_ASSERT_EQUAL(k.kind.family, kinds[i].family);
		CU_ASSERT_EQUAL(k.kind.curve, kinds[i].curve);
		CU_ASSERT_EQUAL(k.stated.n > 0, kinds[i].stated);
		CU_ASSERT(kinds[i].secret == 0 ? k.secret.n > 1000 : k.secret.n == kinds[i].secret);
		CU_ASSERT(k.algorithm.n > 0);
	}
}

static void every_prefix_and_every_tail_is_refused(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct span der = made(i);
		struct private_key k;

		for (size_t n = 0; n < der.n; n++)
			CU_ASSERT(kinds[i].read((struct span){ der.p, n }, &k) != OK);
		CHECK_ERR(kinds[i].read((struct span){ der.p, der.n + 1 }, &k), E_TRAILING);
	}
}

/* No encoding is read as another. */
static void encodings_are_not_mixed_up(void)
{
	static reader *const readers[] = { private_key_from_pkcs8, private_key_from_sec1,
		                           private_key_from_pkcs1 };

	for (size_t i = 0; i < KINDS; i++) {
		struct span der = made(i);
		struct private_key k;

		for (size_t r = 0; r < 3; r++)
			CU_ASSERT_EQUAL(readers[r](der, &k) == OK, readers[r] == kinds[i].read);
	}
}

static void what_is_written_openssl_reads_as_the_same_key(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		uint8_t buffer[KEY_DER_MAX];
		struct derw w = DERW_ON(buffer);
		struct span der = made(i), written, public;
		struct private_key k, again;
		struct public_key spki;
		char name[32];

		CHECK_OK(kinds[i].read(der, &k));
		snprintf(name, sizeof name, "%s.spki", kinds[i].name);
		public = tools_get(&arena, name);
		CHECK_OK(public_key_read(public, &spki));
		private_key_write(&w, &k, spki.key);
		CHECK_OK(derw_end(&w, &written));
		CHECK_OK(private_key_from_pkcs8(written, &again));
		CU_ASSERT(span_equal(again.secret, k.secret));
		tools_put("w", written);
		CU_ASSERT(openssl("pkey -inform DER -in w -pubout -outform DER -out w.spki"));
		CU_ASSERT(span_equal(tools_get(&arena, "w.spki"), public));
		arena_rewind(&arena, 0);
	}
}

static enum err read8(const char *hex, struct private_key *k)
{
	arena_reset(&arena);
	return private_key_from_pkcs8(test_hex(&arena, hex), k);
}

#define ED    "3005 0603 2b6570"
#define SEED  "0422 0420 0101010101010101010101010101010101010101010101010101010101010101"
#define STATE "8121 00 0202020202020202020202020202020202020202020202020202020202020202"

/* RFC 5958 2: publicKey only in v2; attributes are passed over. */
static void versions_go_with_their_fields(void)
{
	struct private_key k;

	CHECK_OK(read8("302e 020100" ED SEED, &k));
	CU_ASSERT(k.secret.n == 32 && k.stated.n == 0);
	CHECK_OK(read8("3030 020100" ED SEED "a000", &k));
	CHECK_OK(read8("3051 020101" ED SEED STATE, &k));
	CU_ASSERT(k.stated.n == 32 && k.stated.p[0] == 2);
	CHECK_ERR(read8("3051 020100" ED SEED STATE, &k), E_RANGE);
	CHECK_ERR(read8("302e 020102" ED SEED, &k), E_RANGE);
	CHECK_ERR(read8("302e 0201ff" ED SEED, &k), E_RANGE);
	CHECK_ERR(read8("3051 020101" ED SEED "8121 01 02020202020202020202020202020202020202020"
	                "20202020202020202020202",
	                &k),
	          E_RANGE);
	CHECK_ERR(read8("3030 020101" ED SEED "8100", &k), OK);
	CHECK_ERR(read8("302d 020100" ED
	                "0421 041f 01010101010101010101010101010101010101010101010101"
	                "010101010101",
	                &k),
	          E_RANGE);
}

#define P256 "3013 0607 2a8648ce3d0201 0608 2a8648ce3d030107"
#define HALF "0101010101010101010101010101010101010101010101010101010101010101"

static void scalars_are_as_long_as_the_order(void)
{
	struct private_key k;

	CHECK_OK(read8("3041 020100" P256 "0427 3025 020101 0420" HALF, &k));
	CHECK_ERR(read8("3040 020100" P256 "0426 3024 020101 041f" HALF, &k), E_TRAILING);
	CHECK_ERR(read8("3042 020100" P256 "0428 3026 020101 0421 00" HALF, &k), E_RANGE);
	CHECK_ERR(read8("3041 020100" P256 "0427 3025 020102 0420" HALF, &k), E_RANGE);
}

static void a_curve_named_twice_is_the_same(void)
{
	struct private_key k;

	CHECK_OK(read8("304d 020100" P256 "0433 3031 020101 0420" HALF "a00a 0608 2a8648ce3d030107",
	               &k));
	CHECK_ERR(read8("304a 020100" P256 "0430 302e 020101 0420" HALF "a007 0605 2b81040022", &k),
	          E_RANGE);
	CHECK_ERR(read8("3045 020100" P256 "042b 3029 020101 0420" HALF "a002 0500", &k), E_RANGE);
}

/* Version 1 is RSA of more primes; a negative or zero number is none of a key's. */
static void rsa_numbers_are_looked_at(void)
{
	struct private_key k;
	struct span der;

	arena_reset(&arena);
	der = test_hex(&arena,
	               "301b 020100 020103 020103 020103 020103 020103 020103 020103 020103");
	CHECK_OK(private_key_from_pkcs1(der, &k));
	for (size_t i = 0; i < 8; i++) {
		uint8_t *number = (uint8_t *)(uintptr_t)der.p + 2 + 3 * (i + 1) + 2;

		*number = 0;
		CHECK_ERR(private_key_from_pkcs1(der, &k), E_RANGE);
		*number = 0x83;
		CHECK_ERR(private_key_from_pkcs1(der, &k), E_RANGE);
		*number = 3;
	}
	((uint8_t *)(uintptr_t)der.p)[4] = 1;
	CHECK_ERR(private_key_from_pkcs1(der, &k), E_ALGORITHM);
}

static void a_sec1_key_names_a_curve_we_take(void)
{
	struct private_key k;

	CHECK_ERR(
		private_key_from_sec1(
			make("k1", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", "ec"), &k),
		E_ALGORITHM);
	CHECK_ERR(private_key_from_sec1(make("x",
	                                     "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
	                                     "-pkeyopt ec_param_enc:explicit",
	                                     "ec"),
	                                &k),
	          E_ALGORITHM);
	arena_reset(&arena);
	CHECK_ERR(private_key_from_sec1(test_hex(&arena, "3025 020101 0420" HALF), &k),
	          E_ALGORITHM);
}

const struct test_suite suite_crypto_privkey = {
	"crypto/privkey",
	{
		{ "keys are taken apart", keys_are_taken_apart },
		{ "every prefix, and anything behind", every_prefix_and_every_tail_is_refused },
		{ "no encoding is read as another", encodings_are_not_mixed_up },
		{ "openssl reads what is written", what_is_written_openssl_reads_as_the_same_key },
		{ "versions go with their fields", versions_go_with_their_fields },
		{ "scalars are as long as the order", scalars_are_as_long_as_the_order },
		{ "a curve named twice is the same", a_curve_named_twice_is_the_same },
		{ "RSA's numbers are looked at", rsa_numbers_are_looked_at },
		{ "a SEC 1 key names a curve we take", a_sec1_key_names_a_curve_we_take },
	},
};
