/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that openssl encrypts for ours, or agrees on with ours. */
#include "platform/crypto/internal.h"
#include "platform/crypto/recipient.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 16];
static struct arena arena = ARENA_ON(room);

static const uint8_t cek[32] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
	                         17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };

static struct signer *key_of(const char *name, const char *genpkey)
{
	char file[64];
	struct signer *s = NULL;

	tools_make_key(name, genpkey);
	snprintf(file, sizeof file, "%s.pem", name);
	CHECK_OK(signer_from_bytes(&s, tools_get(&arena, file)));
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	return s;
}

static struct signer *rsa(void)
{
	return key_of("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
}

/* The ciphertext that openssl makes of plain with these options. */
static struct span encrypt(struct span plain, const char *options)
{
	tools_put("plain", plain);
	CU_ASSERT_FATAL(openssl("pkeyutl -encrypt -pubin -keyform DER -inkey rsa.spki -in plain "
	                        "-out cipher %s",
	                        options));
	return tools_get(&arena, "cipher");
}

static const struct {
	const char *options;
	struct key_transport t;
} transports[] = {
	{ "-pkeyopt rsa_padding_mode:pkcs1", { TRANSPORT_PKCS1, HASH_NONE, HASH_NONE, { 0 } } },
	{ "-pkeyopt rsa_padding_mode:oaep", { TRANSPORT_OAEP, HASH_SHA1, HASH_SHA1, { 0 } } },
	{ "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256",
	  { TRANSPORT_OAEP, HASH_SHA256, HASH_SHA256, { 0 } } },
	{ "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha1",
	  { TRANSPORT_OAEP, HASH_SHA256, HASH_SHA1, { 0 } } },
	{ "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha512 -pkeyopt rsa_mgf1_md:sha384",
	  { TRANSPORT_OAEP, HASH_SHA512, HASH_SHA384, { 0 } } },
	{ "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_label:6c6162656c",
	  { TRANSPORT_OAEP, HASH_SHA1, HASH_SHA1, { (const uint8_t *)"label", 5 } } },
};
enum { TRANSPORTS = sizeof transports / sizeof *transports };

static void what_openssl_encrypts_is_decrypted(void)
{
	for (size_t i = 0; i < TRANSPORTS; i++)
		for (size_t n = 16; n <= 32; n += 8) {
			struct span plain = { cek, n }, ciphertext;
			struct signer *s;
			uint8_t key[32];

			arena_reset(&arena);
			s = rsa();
			ciphertext = encrypt(plain, transports[i].options);
			CHECK_OK(signer_decrypt(s, &transports[i].t, ciphertext, key, n));
			CU_ASSERT(span_equal((struct span){ key, n }, plain));
			signer_close(s);
		}
}

/* No error: a key of the right size, another one each time, and not the one inside. */
static void gives_random(const struct signer *s, const struct key_transport *t,
                         struct span ciphertext, size_t n)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	CHECK_OK(signer_decrypt(s, t, ciphertext, a, n));
	CHECK_OK(signer_decrypt(s, t, ciphertext, b, n));
	CU_ASSERT(memcmp(a, b, n) != 0 && memcmp(a, cek, n) != 0);
}

static void what_is_of_another_form_gives_a_random_key(void)
{
	struct signer *s;
	struct span ciphertext;

	for (size_t i = 0; i < TRANSPORTS; i++) {
		arena_reset(&arena);
		s = rsa();
		ciphertext = encrypt((struct span){ cek, 16 }, transports[i].options);
		for (size_t k = 0; k < TRANSPORTS; k++)
			if (k != i)
				gives_random(s, &transports[k].t, ciphertext, 16);
		/* the right form around a key of another size */
		gives_random(s, &transports[i].t, ciphertext, 24);
		gives_random(s, &transports[i].t, ciphertext, 15);
		signer_close(s);
	}
}

/* Whatever openssl raises of an encoding that we make. */
static void raw_gives(const struct signer *s, struct span em, bool good)
{
	size_t mark = arena_mark(&arena);
	struct span ciphertext = encrypt(em, "-pkeyopt rsa_padding_mode:none");
	uint8_t key[16];

	if (good) {
		CHECK_OK(signer_decrypt(s, &transports[0].t, ciphertext, key, 16));
		CU_ASSERT(memcmp(key, cek, 16) == 0);
	} else {
		gives_random(s, &transports[0].t, ciphertext, 16);
	}
	arena_rewind(&arena, mark);
}

static void every_octet_of_pkcs1_counts(void)
{
	static const struct {
		size_t at;
		uint8_t value;
	} faults[] = {
		{ 0, 0x01 },   { 1, 0x00 },   { 1, 0x01 },   { 1, 0x03 },
		{ 2, 0x00 },   { 3, 0x00 },   { 9, 0x00 },   { 10, 0x00 },
		{ 120, 0x00 }, { 238, 0x00 }, { 239, 0x01 }, { 239, 0xff },
	};
	uint8_t em[256];
	struct signer *s;

	arena_reset(&arena);
	s = rsa();
	memset(em, 0xa5, sizeof em);
	em[0] = 0x00;
	em[1] = 0x02;
	em[239] = 0x00;
	memcpy(em + 240, cek, 16);
	raw_gives(s, SPAN(em), true);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		uint8_t was = em[faults[i].at];

		em[faults[i].at] = faults[i].value;
		raw_gives(s, SPAN(em), false);
		em[faults[i].at] = was;
	}
	signer_close(s);
}

static void ciphertexts_of_another_size_or_range_are_refused(void)
{
	struct signer *s;
	struct span ciphertext;
	struct public_key public;
	struct rsa_public n;
	uint8_t key[16], longer[RSA_BITS_MAX / 8 + 1] = { 0 };

	arena_reset(&arena);
	s = rsa();
	ciphertext = encrypt((struct span){ cek, 16 }, transports[0].options);
	for (size_t size = 0; size < ciphertext.n; size++)
		CHECK_ERR(signer_decrypt(s, &transports[0].t, (struct span){ ciphertext.p, size },
		                         key, 16),
		          E_SIGNATURE);
	memcpy(longer + 1, ciphertext.p, ciphertext.n);
	CHECK_ERR(signer_decrypt(s, &transports[0].t, (struct span){ longer, 257 }, key, 16),
	          E_SIGNATURE);
	CHECK_ERR(signer_decrypt(s, &transports[0].t, SPAN(longer), key, 16), E_SIGNATURE);
	/* the modulus itself, and all ones */
	CHECK_OK(public_key_read(signer_spki(s), &public));
	CHECK_OK(rsa_public_read(public.key, &n));
	CHECK_ERR(signer_decrypt(s, &transports[0].t, n.n, key, 16), E_SIGNATURE);
	memset(longer, 0xff, sizeof longer);
	CHECK_ERR(signer_decrypt(s, &transports[0].t, (struct span){ longer, 256 }, key, 16),
	          E_SIGNATURE);
	signer_close(s);
}

static void keys_of_other_kinds_decrypt_nothing(void)
{
	struct signer *s;
	struct key_agreement a = { HASH_SHA256, { 0 }, { WRAP_AES, 16, { 0 } } };
	uint8_t key[32];

	arena_reset(&arena);
	s = key_of("ec256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
	CHECK_ERR(signer_decrypt(s, &transports[0].t, SPAN(cek), key, 16), E_ALGORITHM);
	signer_close(s);
	s = key_of("pss", "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048");
	CHECK_ERR(signer_decrypt(s, &transports[0].t, SPAN(cek), key, 16), E_ALGORITHM);
	CHECK_ERR(signer_agree(s, &a, SPAN(cek), NO_BYTES, key), E_ALGORITHM);
	signer_close(s);
	if (!key_kind_available(KEY_KIND_ED25519)) {
		test_skip("this build of wolfSSL lacks Ed25519");
		return;
	}
	s = key_of("ed25519", "-algorithm ED25519");
	CHECK_ERR(signer_decrypt(s, &transports[0].t, SPAN(cek), key, 16), E_ALGORITHM);
	CHECK_ERR(signer_agree(s, &a, SPAN(cek), NO_BYTES, key), E_ALGORITHM);
	signer_close(s);
}

/* ---- key agreement */

static const struct {
	const char *name, *genpkey, *curve; /* AlgorithmIdentifier, hex */
} curves[] = {
	{ "ec256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
	  "3013 06072a8648ce3d0201 06082a8648ce3d030107" },
	{ "ec384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
	  "3010 06072a8648ce3d0201 06052b81040022" },
	{ "ec521", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
	  "3010 06072a8648ce3d0201 06052b81040023" },
};

/* OriginatorPublicKey's content: algorithm and the point of NAME.spki. */
static struct span originator(const char *name, const char *algorithm)
{
	char file[64];
	struct public_key k;
	struct derw w = derw_in(&arena, 256);
	struct span out;

	snprintf(file, sizeof file, "%s.spki", name);
	CHECK_OK(public_key_read(tools_get(&arena, file), &k));
	derw_raw(&w, test_hex(&arena, algorithm));
	derw_bits(&w, k.key);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

/* What openssl derives: ECDH by pkeyutl, then X9.63's function by kdf. */
static struct span openssl_kek(const char *ours, const char *theirs, const char *hash,
                               const char *info_hex, size_t n)
{
	CU_ASSERT_FATAL(openssl("pkeyutl -derive -inkey %s.pem -peerform DER -peerkey %s.spki "
	                        "-out z",
	                        theirs, ours));
	CU_ASSERT_FATAL(openssl("kdf -keylen %zu -kdfopt digest:%s "
	                        "-kdfopt hexkey:$(od -An -vtx1 z | tr -d ' \\n') "
	                        "-kdfopt hexinfo:%s -binary -out kek X963KDF",
	                        n, hash, info_hex));
	return tools_get(&arena, "kek");
}

static void openssl_agrees(void)
{
	static const struct {
		enum hash kdf;
		const char *hash;
		size_t n;
		const char *wrap, *ukm, *info; /* ECC-CMS-SharedInfo */
	} cases[] = {
		{ HASH_SHA256, "SHA256", 16, "300b 0609 608648016503040105", "",
		  "3015 300b0609608648016503040105 a206 0404 00000080" },
		{ HASH_SHA224, "SHA224", 32, "300b 0609 60864801650304012d", "",
		  "3015 300b060960864801650304012d a206 0404 00000100" },
		{ HASH_SHA512, "SHA512", 24, "300b 0609 608648016503040119", "0102030405060708",
		  "3021 300b0609608648016503040119 a00a 0408 0102030405060708"
		  "a206 0404 000000c0" },
	};

	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < 3; i++) {
			struct key_agreement a = { cases[i].kdf,
				                   { 0 },
				                   { WRAP_AES, cases[i].n, { 0 } } };
			char info[160], *p = info;
			struct signer *s;
			uint8_t kek[32];

			arena_reset(&arena);
			s = key_of(curves[k].name, curves[k].genpkey);
			tools_make_key("theirs", curves[k].genpkey);
			a.wrap_id = test_hex(&arena, cases[i].wrap);
			for (const char *h = cases[i].info; *h != '\0'; h++)
				if (*h != ' ')
					*p++ = *h;
			*p = '\0';
			CHECK_OK(signer_agree(s, &a, originator("theirs", curves[k].curve),
			                      test_hex(&arena, cases[i].ukm), kek));
			CU_ASSERT(span_equal((struct span){ kek, cases[i].n },
			                     openssl_kek(curves[k].name, "theirs", cases[i].hash,
			                                 info, cases[i].n)));
			signer_close(s);
			CU_ASSERT_EQUAL(remove(tools_path("theirs.spki")), 0);
		}
}

static const struct key_agreement agreement = {
	HASH_SHA256,
	{ (const uint8_t *)"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x05", 13 },
	{ WRAP_AES, 16, { 0 } },
};

static void the_curve_is_absent_null_or_ours(void)
{
	struct signer *s;
	uint8_t a[16], b[16];

	arena_reset(&arena);
	s = key_of(curves[0].name, curves[0].genpkey);
	tools_make_key("other", curves[0].genpkey);
	CHECK_OK(signer_agree(s, &agreement, originator("other", curves[0].curve), NO_BYTES, a));
	CHECK_OK(signer_agree(s, &agreement, originator("other", "3009 06072a8648ce3d0201"),
	                      NO_BYTES, b));
	CU_ASSERT(memcmp(a, b, sizeof a) == 0);
	CHECK_OK(signer_agree(s, &agreement, originator("other", "300b 06072a8648ce3d0201 0500"),
	                      NO_BYTES, b));
	CU_ASSERT(memcmp(a, b, sizeof a) == 0);
	CHECK_ERR(signer_agree(s, &agreement, originator("other", curves[1].curve), NO_BYTES, b),
	          E_ALGORITHM);
	CHECK_ERR(signer_agree(s, &agreement, originator("other", "3005 0603 2b656e"), NO_BYTES, b),
	          E_ALGORITHM);
	signer_close(s);
}

/* A point beside the curve would give the private key away, bit by bit. */
static void only_points_of_the_curve_are_taken(void)
{
	struct signer *s;
	struct span o;
	uint8_t *point, kek[16];

	arena_reset(&arena);
	s = key_of(curves[0].name, curves[0].genpkey);
	tools_make_key("other", curves[0].genpkey);
	o = originator("other", curves[0].curve);
	point = (uint8_t *)(uintptr_t)(o.p + o.n - 65);
	CHECK_OK(signer_agree(s, &agreement, o, NO_BYTES, kek));
	for (size_t bit = 8; bit < 65 * 8; bit += 17) {
		point[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_ERR(signer_agree(s, &agreement, o, NO_BYTES, kek), E_SIGNATURE);
		point[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (unsigned form = 0; form < 8; form++) {
		point[0] = (uint8_t)form;
		CHECK_ERR(signer_agree(s, &agreement, o, NO_BYTES, kek),
		          form == 4 ? OK : E_SIGNATURE);
	}
	memset(point, 0, 65); /* at infinity, and (0, 0) */
	CHECK_ERR(signer_agree(s, &agreement, o, NO_BYTES, kek), E_SIGNATURE);
	point[0] = 0x04;
	CHECK_ERR(signer_agree(s, &agreement, o, NO_BYTES, kek), E_SIGNATURE);
	for (size_t n = 0; n < o.n; n++)
		CU_ASSERT_NOT_EQUAL(
			signer_agree(s, &agreement, (struct span){ o.p, n }, NO_BYTES, kek), OK);
	signer_close(s);
}

static void a_long_ukm_has_its_limit(void)
{
	static const uint8_t zeros[SHARED_INFO_MAX];
	struct signer *s;
	struct span o;
	uint8_t kek[16];

	arena_reset(&arena);
	s = key_of(curves[0].name, curves[0].genpkey);
	tools_make_key("other", curves[0].genpkey);
	o = originator("other", curves[0].curve);
	CHECK_OK(signer_agree(s, &agreement, o, (struct span){ zeros, 256 }, kek));
	CHECK_ERR(signer_agree(s, &agreement, o, SPAN(zeros), kek), E_RANGE);
	signer_close(s);
}

/* ---- AlgorithmIdentifiers */

static enum err read_transport(const char *hex, struct key_transport *t)
{
	arena_reset(&arena);
	return key_transport_read(test_hex(&arena, hex), t);
}

#define RSA      "0609 2a864886f70d010101"
#define OAEP     "0609 2a864886f70d010107"
#define SHA256   "300b 0609 608648016503040201"
#define MGF1     "0609 2a864886f70d010108"
#define LABELLED "0609 2a864886f70d010109"

static void key_transports_are_read(void)
{
	struct key_transport t;

	CHECK_OK(read_transport("300d" RSA "0500", &t));
	CU_ASSERT_EQUAL(t.scheme, TRANSPORT_PKCS1);
	CHECK_OK(read_transport("300b" RSA, &t));
	CHECK_ERR(read_transport("300d" RSA "3000", &t), E_UNEXPECTED);
	CHECK_OK(read_transport("300d" OAEP "3000", &t));
	CU_ASSERT(t.scheme == TRANSPORT_OAEP && t.hash == HASH_SHA1 && t.mask == HASH_SHA1);
	CU_ASSERT_EQUAL(t.label.n, 0);
	CHECK_OK(read_transport("301c" OAEP "300f a00d" SHA256, &t));
	CU_ASSERT(t.hash == HASH_SHA256 && t.mask == HASH_SHA1);
	CHECK_OK(read_transport(
		"302b" OAEP "301e a11c 301a" MGF1 "300d 0609 608648016503040203 0500", &t));
	CU_ASSERT(t.hash == HASH_SHA1 && t.mask == HASH_SHA512);
	CHECK_OK(read_transport("301f" OAEP "3012 a210 300e" LABELLED "0401 78", &t));
	CU_ASSERT(t.label.n == 1 && t.label.p[0] == 'x');
	CHECK_ERR(read_transport("300b" OAEP, &t), E_TRUNCATED);
	/* SHA-1 said, SHAKE256, another mask, another source of the label, an order turned */
	CHECK_ERR(read_transport("301a" OAEP "300d a00b 3009 0605 2b0e03021a 0500", &t),
	          E_ALGORITHM);
	CHECK_ERR(read_transport("301c" OAEP "300f a00d 300b 0609 60864801650304020c", &t),
	          E_ALGORITHM);
	CHECK_ERR(read_transport("3029" OAEP "301c a11a 3018" RSA SHA256, &t), E_ALGORITHM);
	CHECK_ERR(read_transport("301f" OAEP "3012 a210 300e" MGF1 "0401 78", &t), E_ALGORITHM);
	CHECK_ERR(read_transport("3038" OAEP "302b a11a 3018" MGF1 SHA256 "a00d" SHA256, &t),
	          E_TRAILING);
	CHECK_ERR(read_transport("300a 0608 2a8648ce3d040302", &t), E_ALGORITHM);
}

static void key_agreements_are_read(void)
{
	static const struct {
		const char *scheme;
		enum hash kdf;
	} schemes[] = {
		{ "0b00", HASH_SHA224 }, { "0b01", HASH_SHA256 }, { "0b02", HASH_SHA384 },
		{ "0b03", HASH_SHA512 }, { "0e00", HASH_SHA224 }, { "0e01", HASH_SHA256 },
		{ "0e02", HASH_SHA384 }, { "0e03", HASH_SHA512 }, { "0f01", HASH_NONE },
	};
	struct key_agreement a;
	char hex[128];

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		arena_reset(&arena);
		snprintf(hex, sizeof hex, "3017 0606 2b810401%s 300d 060b 2a864886f70d0109100309",
		         schemes[i].scheme);
		CU_ASSERT_NOT_EQUAL(key_agreement_read(test_hex(&arena, hex), &a), OK);
		snprintf(hex, sizeof hex, "3015 0606 2b810401%s 300b 0609 60864801650304012d",
		         schemes[i].scheme);
		CHECK_ERR(key_agreement_read(test_hex(&arena, hex), &a),
		          schemes[i].kdf == HASH_NONE ? E_ALGORITHM : OK);
		if (schemes[i].kdf != HASH_NONE)
			CU_ASSERT(a.kdf == schemes[i].kdf && a.wrap.key_size == 32);
	}
	/* SHA-1's KDF; PWRI-KEK as the wrap; none */
	arena_reset(&arena);
	CHECK_ERR(key_agreement_read(test_hex(&arena, "3018 0609 2b81051086483f0002"
	                                              "300b 0609 60864801650304012d"),
	                             &a),
	          E_ALGORITHM);
	CHECK_ERR(key_agreement_read(
			  test_hex(&arena, "3036 0606 2b8104010b01 302c 060b 2a864886f70d0109100309"
	                                   "301d 0609 60864801650304012a"
	                                   "0410 0102030405060708090a0b0c0d0e0f10"),
			  &a),
	          E_ALGORITHM);
	CHECK_ERR(key_agreement_read(test_hex(&arena, "3008 0606 2b8104010b01"), &a), E_TRUNCATED);
}

const struct test_suite suite_crypto_recipient = {
	"crypto/recipient",
	{
		{ "what openssl encrypts is decrypted", what_openssl_encrypts_is_decrypted },
		{ "what is of another form gives a random key",
	          what_is_of_another_form_gives_a_random_key },
		{ "every octet of a PKCS#1 encoding counts", every_octet_of_pkcs1_counts },
		{ "ciphertexts of another size or range are refused",
	          ciphertexts_of_another_size_or_range_are_refused },
		{ "keys of other kinds decrypt nothing", keys_of_other_kinds_decrypt_nothing },
		{ "openssl agrees on the same key", openssl_agrees },
		{ "the originator's curve is absent, NULL or ours",
	          the_curve_is_absent_null_or_ours },
		{ "only points of the curve are taken", only_points_of_the_curve_are_taken },
		{ "a long ukm has its limit", a_long_ukm_has_its_limit },
		{ "key transports are read", key_transports_are_read },
		{ "key agreements are read", key_agreements_are_read },
	},
};
