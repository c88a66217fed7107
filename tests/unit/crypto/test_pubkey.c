/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SubjectPublicKeyInfo: one encoding each, and keys we do not take. */
#include <stdio.h>

#include "platform/crypto/features.h"
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 14];
static struct arena arena = ARENA_ON(room);

static struct span make_another(const char *name, const char *genpkey)
{
	char spki[32];

	tools_make_key(name, genpkey);
	snprintf(spki, sizeof spki, "%s.spki", name);
	return tools_get(&arena, spki);
}

static struct span make(const char *name, const char *genpkey)
{
	arena_reset(&arena);
	return make_another(name, genpkey);
}

static enum err read(struct span spki)
{
	struct public_key key;

	return public_key_read(spki, &key);
}

static void keys_are_read(void)
{
	static const struct {
		const char *name, *genpkey;
		enum key_family family;
		enum curve curve;
		unsigned bits, strength;
		bool pss_only;
	} kinds[] = {
		{ "p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", KEY_EC, CURVE_P256, 256,
		  128, false },
		{ "p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", KEY_EC, CURVE_P384, 384,
		  192, false },
		{ "p521", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521", KEY_EC, CURVE_P521, 521,
		  256, false },
		{ "rsa2048", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", KEY_RSA, CURVE_NONE,
		  2048, 112, false },
		{ "pss2048", "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", KEY_RSA,
		  CURVE_NONE, 2048, 112, true },
		{ "ed25519", "-algorithm ED25519", KEY_ED25519, CURVE_NONE, 256, 128, false },
		{ "ed448", "-algorithm ED448", KEY_ED448, CURVE_NONE, 448, 224, false },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct span spki = make(kinds[i].name, kinds[i].genpkey);
		struct public_key key;

		CHECK_OK(public_key_read(spki, &key));
		CU_ASSERT_EQUAL(key.family, kinds[i].family);
		CU_ASSERT_EQUAL(key.curve, kinds[i].curve);
		CU_ASSERT_EQUAL(key.bits, kinds[i].bits);
		CU_ASSERT_EQUAL(public_key_strength(&key), kinds[i].strength);
		CU_ASSERT_EQUAL(key.pss_only, kinds[i].pss_only);
		CU_ASSERT(span_equal(key.spki, spki));
		CU_ASSERT(key.key.n > 0 && key.key.p + key.key.n == spki.p + spki.n);
		for (size_t n = 0; n < spki.n; n++)
			CHECK_ERR(read((struct span){ spki.p, n }), E_CERT_SYNTAX);
		CHECK_ERR(read((struct span){ spki.p, spki.n + 1 }), E_CERT_SYNTAX);
	}
}

static void other_keys_are_refused(void)
{
	CHECK_ERR(read(make("secp256k1", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1")),
	          E_ALGORITHM);
	CHECK_ERR(read(make("p224", "-algorithm EC -pkeyopt ec_paramgen_curve:P-224")),
	          E_ALGORITHM);
	CHECK_ERR(read(make("brainpoolp256r1",
	                    "-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1")),
	          E_ALGORITHM);
	CHECK_ERR(read(make("explicit", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
	                                "-pkeyopt ec_param_enc:explicit")),
	          E_ALGORITHM);
	CHECK_ERR(read(make("x25519", "-algorithm X25519")), E_ALGORITHM);
}

/* SubjectPublicKeyInfo of that AlgorithmIdentifier and key. */
static struct span spki_of(struct span algorithm, struct span key)
{
	struct derw w = derw_in(&arena, SPKI_MAX + 64);
	struct span spki;

	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, algorithm);
		derw_bits(&w, key);
	}
	CHECK_OK(derw_end(&w, &spki));
	return spki;
}

static struct span written_as(const char *curve, const char *form)
{
	char command[128];

	snprintf(command, sizeof command,
	         "ec -in %s.pem -pubout -conv_form %s -outform DER -out form.spki", curve, form);
	CU_ASSERT(openssl(command));
	return tools_get(&arena, "form.spki");
}

/* RFC 5480 2.2: a MAY, and the library's */
static void reads_compressed_points(void)
{
	static const char *const curves[] = { "P-256", "P-384", "P-521" };

	for (size_t i = 0; i < 3; i++) {
		char options[64];
		struct span plain, compressed, cut;

		snprintf(options, sizeof options, "-algorithm EC -pkeyopt ec_paramgen_curve:%s",
		         curves[i]);
		plain = make(curves[i], options);
		compressed = written_as(curves[i], "compressed");
		CHECK_ERR(read(compressed), compressed_points_available() ? OK : E_ALGORITHM);
		if (!compressed_points_available())
			CU_ASSERT(strstr(err_reason(E_ALGORITHM), "compressed EC point") != NULL);
		CU_ASSERT_EQUAL(public_key_equal(plain, compressed), compressed_points_available());
		CU_ASSERT_FALSE(public_key_equal(make_another("other", options), compressed));
		cut = compressed;
		cut.n--;
		CU_ASSERT(read(cut) != OK);
		CHECK_ERR(read(written_as(curves[i], "hybrid")), E_CERT_SYNTAX);
	}
}

/* The point with the other Y is another key. */
static void tells_points_of_one_x_apart(void)
{
	struct span plain = make("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
	struct span compressed = written_as("p256", "compressed");
	uint8_t *form = (uint8_t *)compressed.p + compressed.n - 33;

	CU_ASSERT_EQUAL(public_key_equal(plain, compressed), compressed_points_available());
	*form ^= 1;
	CU_ASSERT_FALSE(public_key_equal(plain, compressed));
	CU_ASSERT_FALSE(public_key_equal(compressed, plain));
}

/* RFC 4055 1.2 has a NULL; without it the key is the same. */
static void reads_rsa_without_null(void)
{
	struct span plain = make("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"), bare;
	struct der c;
	struct public_key a, b;
	enum err e;
	struct derw w = derw_in(&arena, SPKI_MAX);
	struct span key;

	c = der_open(plain, &e);
	c = der_enter(&c, DER_SEQUENCE);
	der_element(&c);
	key = der_element(&c);
	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, test_hex(&arena, "300b 0609 2a864886f70d010101"));
		derw_raw(&w, key);
	}
	CHECK_OK(derw_end(&w, &bare));
	CHECK_OK(public_key_read(plain, &a));
	CHECK_OK(public_key_read(bare, &b));
	CU_ASSERT(b.family == KEY_RSA && b.bits == a.bits && span_equal(a.key, b.key));
	CU_ASSERT(public_key_equal(plain, bare) && public_key_equal(bare, plain));
	CU_ASSERT_FALSE(public_key_equal(
		make_another("rsa2", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"), bare));
	CU_ASSERT_FALSE(public_key_equal(NO_BYTES, NO_BYTES));
	CU_ASSERT_FALSE(public_key_same_secret(NO_BYTES, NO_BYTES));
	bare = spki_of(test_hex(&arena, "300b 0609 2a864886f70d01010a"), b.key);
	CU_ASSERT_FALSE(public_key_equal(plain, bare));
	CU_ASSERT(public_key_same_secret(plain, bare) && public_key_same_secret(bare, plain));
	CU_ASSERT_FALSE(public_key_same_secret(
		make_another("rsa3", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"), bare));
}

/* What is not among our algorithms is named. */
static void names_the_curve(void)
{
	CHECK_ERR(read(make("bp", "-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1")),
	          E_ALGORITHM);
	CU_ASSERT(strstr(err_reason(E_ALGORITHM), "EC curve 1.3.36.3.3.2.8.1.1.7") != NULL);
	CHECK_ERR(read(make("explicit", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
	                                "-pkeyopt ec_param_enc:explicit")),
	          E_ALGORITHM);
	CU_ASSERT(strstr(err_reason(E_ALGORITHM), "without a named curve") != NULL);
}

static void parameters_are_exact(void)
{
	struct public_key rsa, ec, ed;
	struct span s = make("rsa2048", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");

	CHECK_OK(public_key_read(s, &rsa));
	CHECK_OK(read(spki_of(key_algorithm_of(KEY_RSA, CURVE_NONE), rsa.key)));
	/* rsaEncryption without its NULL; with something else in its place */
	s = test_hex(&arena, "300b 0609 2a864886f70d010101");
	CHECK_OK(read(spki_of(s, rsa.key)));
	s = test_hex(&arena, "300d 0609 2a864886f70d010101 3000");
	CHECK_ERR(read(spki_of(s, rsa.key)), E_ALGORITHM);
	s = test_hex(&arena, "300d 0609 2a864886f70d010101 0400");
	CHECK_ERR(read(spki_of(s, rsa.key)), E_ALGORITHM);
	/* id-RSASSA-PSS with NULL for parameters; id-RSASSA-PSS-SHAKE256 without and with */
	s = test_hex(&arena, "300d 0609 2a864886f70d01010a 0500");
	CHECK_ERR(read(spki_of(s, rsa.key)), E_CERT_SYNTAX);
	s = test_hex(&arena, "300a 0608 2b0601050507061f");
	CHECK_OK(read(spki_of(s, rsa.key)));
	s = test_hex(&arena, "300c 0608 2b0601050507061f 0500");
	CHECK_ERR(read(spki_of(s, rsa.key)), E_ALGORITHM);

	CHECK_OK(public_key_read(make("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
	                         &ec));
	/* implicitCurve, no curve, a curve and more */
	s = test_hex(&arena, "300b 0607 2a8648ce3d0201 0500");
	CHECK_ERR(read(spki_of(s, ec.key)), E_ALGORITHM);
	s = test_hex(&arena, "3009 0607 2a8648ce3d0201");
	CHECK_ERR(read(spki_of(s, ec.key)), E_ALGORITHM);
	s = test_hex(&arena, "3015 0607 2a8648ce3d0201 0608 2a8648ce3d030107 0500");
	CHECK_ERR(read(spki_of(s, ec.key)), E_CERT_SYNTAX);
	/* the point of another curve's size */
	CHECK_ERR(read(spki_of(key_algorithm_of(KEY_EC, CURVE_P384), ec.key)), E_CERT_SYNTAX);

	CHECK_OK(public_key_read(make("ed25519", "-algorithm ED25519"), &ed));
	s = test_hex(&arena, "3007 0603 2b6570 0500");
	CHECK_ERR(read(spki_of(s, ed.key)), E_ALGORITHM);
	CHECK_ERR(read(spki_of(key_algorithm_of(KEY_ED448, CURVE_NONE), ed.key)), E_CERT_SYNTAX);
}

/* RSAPublicKey of n and e, as a whole key. */
static enum err read_rsa(struct span n, struct span e)
{
	uint8_t buffer[SPKI_MAX];
	struct derw w = DERW_ON(buffer);
	struct span key;

	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_INTEGER, n);
		derw_put(&w, DER_INTEGER, e);
	}
	CHECK_OK(derw_end(&w, &key));
	return read(spki_of(key_algorithm_of(KEY_RSA, CURVE_NONE), key));
}

/* A modulus of that many bits, all of which are set. */
static enum err read_modulus(unsigned bits)
{
	uint8_t n[1 + 4104 / 8];
	size_t octets = (bits + 7) / 8;

	n[0] = 0;
	memset(n + 1, 0xff, sizeof n - 1);
	n[1] = (uint8_t)(0xff >> (8 * octets - bits));
	arena_reset(&arena);
	return read_rsa(bits % 8 == 0 ? (struct span){ n, 1 + octets }
	                              : (struct span){ n + 1, octets },
	                test_hex(&arena, "010001"));
}

static void moduli_are_of_2048_to_4096_bits(void)
{
	CHECK_ERR(read_modulus(1024), E_ALGORITHM);
	CHECK_ERR(read_modulus(2047), E_ALGORITHM);
	CHECK_OK(read_modulus(2048));
	CHECK_OK(read_modulus(2049));
	CHECK_OK(read_modulus(4095));
	CHECK_OK(read_modulus(4096));
	CHECK_ERR(read_modulus(4097), E_ALGORITHM);
	CHECK_ERR(read_modulus(4104), E_ALGORITHM);
}

static void strength_by_the_table(void)
{
	struct public_key key = { .family = KEY_RSA, .bits = 3071 };

	CU_ASSERT_EQUAL(public_key_strength(&key), 112);
	key.bits = 3072;
	CU_ASSERT_EQUAL(public_key_strength(&key), 128);
	key.bits = 4096;
	CU_ASSERT_EQUAL(public_key_strength(&key), 128);
}

static void rsa_numbers_are_checked(void)
{
	uint8_t n[257] = { 0 };

	arena_reset(&arena);
	memset(n + 1, 0xa5, 256);
	CHECK_OK(read_rsa(SPAN(n), test_hex(&arena, "010001")));
	CHECK_OK(read_rsa(SPAN(n), test_hex(&arena, "03")));
	CHECK_OK(read_rsa(SPAN(n), test_hex(&arena, "0100000000000001")));
	CHECK_ERR(read_rsa(SPAN(n), test_hex(&arena, "010000000000000001")), E_ALGORITHM);
	CHECK_ERR(read_rsa(SPAN(n), test_hex(&arena, "01")), E_CERT_SYNTAX);
	CHECK_ERR(read_rsa(SPAN(n), test_hex(&arena, "00")), E_CERT_SYNTAX);
	CHECK_ERR(read_rsa(SPAN(n), test_hex(&arena, "010000")), E_CERT_SYNTAX);
	CHECK_ERR(read_rsa(SPAN(n), test_hex(&arena, "ff")), E_CERT_SYNTAX);
	CHECK_ERR(read_rsa((struct span){ n + 1, 256 }, test_hex(&arena, "03")), E_CERT_SYNTAX);
	CHECK_ERR(read_rsa(test_hex(&arena, "00"), test_hex(&arena, "03")), E_CERT_SYNTAX);
	n[256] = 0xa4;
	CHECK_ERR(read_rsa(SPAN(n), test_hex(&arena, "010001")), E_CERT_SYNTAX);
}

const struct test_suite suite_crypto_pubkey = {
	"crypto/pubkey",
	{
		{ "keys are read, their prefixes are not", keys_are_read },
		{ "other keys are refused", other_keys_are_refused },
		{ "compressed points are read", reads_compressed_points },
		{ "points of one X are told apart", tells_points_of_one_x_apart },
		{ "RSA without NULL is read", reads_rsa_without_null },
		{ "curves that are not ours are named", names_the_curve },
		{ "parameters are exact", parameters_are_exact },
		{ "moduli are of 2048 to 4096 bits", moduli_are_of_2048_to_4096_bits },
		{ "an RSA key's strength is that of the table", strength_by_the_table },
		{ "RSA's numbers are checked", rsa_numbers_are_checked },
	},
};
