/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EnvelopedData that openssl makes, opened; what is altered or for others, not. */
#include "platform/pki/envelope.h"
#include "platform/crypto/cipher.h"
#include "platform/crypto/pbkdf2.h"
#include "platform/pki/cms.h"
#include "platform/pki/internal.h"
#include "tests/unit/crypto/tools.h"
#include "tests/unit/fake/pki.h"

static uint8_t room[1 << 18], other_room[1 << 16];
static struct arena arena = ARENA_ON(room), opened = ARENA_ON(other_room);

static const char text[] = "a content of no particular meaning, longer than one block";
static const char *const keys[][2] = {
	{ "rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048" },
	{ "ec256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256" },
	{ "ec384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384" },
	{ "ec521", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521" },
};
enum { RSA, EC256, EC384, EC521 };

static struct credential holder;
static struct opener us;

/* The key of keys[i] and a certificate for it, also as NAME.crt for openssl. */
static void become(size_t i)
{
	char path[64];

	arena_reset(&arena);
	holder = (struct credential){ 0 };
	tools_make_key(keys[i][0], keys[i][1]);
	snprintf(path, sizeof path, "%s.pem", keys[i][0]);
	CHECK_OK(signer_from_bytes(&holder.key, tools_get(&arena, path)));
	CU_ASSERT_PTR_NOT_NULL_FATAL(holder.key);
	holder.chain[0] = fake_cert(&arena, &(struct fake_cert){
						    .subject = keys[i][0],
						    .issuer = "Maker",
						    .issuer_key = holder.key,
						    .spki = signer_spki(holder.key),
						    .serial = (uint8_t)(i + 1),
					    });
	holder.count = 1;
	CHECK_OK(cert_read(holder.chain[0], &holder.leaf));
	tools_put("cert.der", holder.chain[0]);
	CU_ASSERT_FATAL(openssl("x509 -inform DER -in cert.der -out %s.crt", keys[i][0]));
	us = (struct opener){ .credential = &holder };
}

static void leave(void)
{
	signer_close(holder.key);
}

static struct span enveloped(const char *options)
{
	tools_put("text", span_str(text));
	CU_ASSERT_FATAL(
		openssl("cms -encrypt -binary -in text -outform DER -out env.der %s", options));
	return fake_cms_content(tools_get(&arena, "env.der"));
}

static enum err open(struct span der, struct span *content)
{
	struct span type;
	enum err e;

	arena_reset(&opened);
	e = envelope_open(&opened, der, &us, &type, content);
	CU_ASSERT(e != OK || span_equal(type, OID_CMS_DATA));
	CU_ASSERT(e == OK || (type.n == 0 && content->n == 0));
	return e;
}

static void opens(struct span der)
{
	struct span content;

	CHECK_OK(open(der, &content));
	CU_ASSERT(span_is(content, text));
}

static void key_transport_opens(void)
{
	static const char *const ways[] = {
		"-aes128 -recip rsa.crt",
		"-aes192 -keyid -recip rsa.crt",
		"-aes256 -recip rsa.crt -keyopt rsa_padding_mode:oaep",
		"-aes256 -recip rsa.crt -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256",
		"-aes128 -recip rsa.crt -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha384 "
		"-keyopt rsa_mgf1_md:sha512",
	};

	become(RSA);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		opens(enveloped(ways[i]));
	leave();
}

static void key_agreement_opens(void)
{
	static const char *const ways[] = {
		"-aes128 -keyopt ecdh_kdf_md:sha256",
		"-aes192 -keyid -keyopt ecdh_kdf_md:sha224",
		"-aes256 -keyid -keyopt ecdh_kdf_md:sha384",
		"-aes256 -keyopt ecdh_kdf_md:sha512 -keyopt ecdh_cofactor_mode:1",
		"-aes128 -aes256-wrap -keyopt ecdh_kdf_md:sha256",
	};
	char options[160];

	for (size_t k = EC256; k <= EC521; k++) {
		become(k);
		for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
			snprintf(options, sizeof options, "-recip %s.crt %s", keys[k][0], ways[i]);
			opens(enveloped(options));
		}
		leave();
	}
}

static const char password[] = "a secret of some length";

static void with_secret(void)
{
	arena_reset(&arena);
	us = (struct opener){ .secret = span_str(password) };
}

static struct span for_password(const char *cipher)
{
	char options[128];

	snprintf(options, sizeof options, "%s -pwri_password '%s'", cipher, password);
	return enveloped(options);
}

/* PBKDF2 with HMAC-SHA1, the default, and PWRI-KEK. */
static void a_password_of_openssl_opens(void)
{
	with_secret();
	opens(for_password("-aes128"));
	opens(for_password("-aes192"));
	opens(for_password("-aes256"));
}

/* RFC 9483 4.1.6.3: PBKDF2 with HMAC-SHA256, then AES key wrap, which openssl does in parts. */
static struct span by_profile_with(uint32_t key_length, uint32_t iterations, bool extras)
{
	static const char iv[] = "0102030405060708090a0b0c0d0e0f10";
	static const uint8_t salt[16], cek[16] = { 1, 2, 3 };
	const struct pbkdf2_params kdf = { SPAN(salt), iterations, key_length, HASH_SHA256 };
	struct derw w = derw_in(&arena, 1024), inner = derw_in(&arena, 128);
	struct span out, derivation;

	tools_put("text", span_str(text));
	tools_put("cek", SPAN(cek));
	CU_ASSERT_FATAL(openssl("kdf -keylen 16 -kdfopt digest:SHA256 -kdfopt 'pass:%s' -kdfopt "
	                        "hexsalt:00000000000000000000000000000000 -kdfopt iter:%u -binary "
	                        "-out kek PBKDF2",
	                        password, (unsigned)iterations));
	CU_ASSERT_FATAL(openssl("enc -id-aes128-wrap -K $(od -An -vtx1 kek | tr -d ' ') "
	                        "-iv a6a6a6a6a6a6a6a6 -in cek -out wrapped"));
	CU_ASSERT_FATAL(openssl("enc -aes-128-cbc -K $(od -An -vtx1 cek | tr -d ' ') -iv %s "
	                        "-in text -out cipher",
	                        iv));
	pbkdf2_params_write(&inner, &kdf);
	CHECK_OK(derw_end(&inner, &derivation));
	IN (&w, DER_SEQUENCE) {
		derw_uint(&w, 0);
		if (extras) /* originatorInfo */
			derw_raw(&w, test_hex(&arena, "a000"));
		IN (&w, DER_SET)
			IN (&w, DER_CONTEXT(3)) {
				enum err e;
				struct der d = der_open(derivation, &e);

				derw_uint(&w, 0);
				derw_put(&w, DER_CONTEXT(0), der_get(&d, DER_SEQUENCE));
				derw_raw(&w, test_hex(&arena, "300b 0609 608648016503040105"));
				derw_put(&w, DER_OCTET_STRING, tools_get(&arena, "wrapped"));
			}
		IN (&w, DER_SEQUENCE) {
			derw_put(&w, DER_OID, OID_CMS_DATA);
			IN (&w, DER_SEQUENCE) {
				derw_raw(&w, test_hex(&arena, "0609 608648016503040102"));
				derw_put(&w, DER_OCTET_STRING, test_hex(&arena, iv));
			}
			derw_put(&w, DER_CONTEXT_PRIMITIVE(0), tools_get(&arena, "cipher"));
		}
		if (extras) /* unprotectedAttrs */
			derw_raw(&w, test_hex(&arena, "a109 3007 0603 2a0304 3100"));
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static struct span by_profile(uint32_t key_length, uint32_t iterations)
{
	return by_profile_with(key_length, iterations, false);
}

static void what_nothing_protects_is_passed_over(void)
{
	with_secret();
	opens(by_profile_with(16, 100, true));
}

static void a_password_by_the_profile_opens(void)
{
	struct span content;

	with_secret();
	opens(by_profile(0, 1000));
	opens(by_profile(16, 1000));
	CHECK_ERR(open(by_profile(32, 1000), &content), E_RANGE);
	CHECK_ERR(open(by_profile(0, 99), &content), E_ALGORITHM);
	CHECK_ERR(open(by_profile(0, MAC_ROUNDS_MAX + 1), &content), E_ALGORITHM);
}

static void another_key_opens_nothing(void)
{
	struct span der, content;
	struct signer *right;

	/* the certificate's names fit, the key is another one */
	become(EC256);
	der = enveloped("-aes128 -recip ec256.crt -keyopt ecdh_kdf_md:sha256");
	right = holder.key;
	CHECK_OK(signer_generate(&holder.key, KEY_KIND_EC256));
	CHECK_ERR(open(der, &content), E_SIGNATURE);
	signer_close(holder.key);
	holder.key = right;
	opens(der);
	leave();
	with_secret();
	der = for_password("-aes128");
	us.secret.n--;
	CHECK_ERR(open(der, &content), E_SIGNATURE);
}

static void what_is_for_others_is_refused(void)
{
	struct span for_rsa, for_ec, by_password, content, keyid;

	become(RSA);
	leave();
	become(EC256);
	for_ec = enveloped("-aes128 -recip ec256.crt -keyopt ecdh_kdf_md:sha256");
	for_rsa = enveloped("-aes128 -recip rsa.crt");
	keyid = enveloped("-aes128 -keyid -recip rsa.crt");
	by_password = for_password("-aes128");
	CHECK_ERR(open(for_rsa, &content), E_UNEXPECTED);
	CHECK_ERR(open(keyid, &content), E_UNEXPECTED);
	CHECK_ERR(open(by_password, &content), E_UNEXPECTED);
	CHECK_ERR(open(enveloped("-aes128 -recip ec256.crt -recip rsa.crt"), &content),
	          E_UNEXPECTED);
	CHECK_ERR(open(enveloped("-aes128 -secretkeyid 01 -secretkey "
	                         "000102030405060708090a0b0c0d0e0f"),
	               &content),
	          E_UNEXPECTED);
	us = (struct opener){ .secret = span_str(password) };
	CHECK_ERR(open(for_ec, &content), E_UNEXPECTED);
	leave();
}

static void other_ciphers_are_refused(void)
{
	struct span content;

	become(EC256);
	CHECK_ERR(open(enveloped("-des3 -recip ec256.crt"), &content), E_ALGORITHM);
	CHECK_ERR(open(enveloped("-camellia128 -recip ec256.crt"), &content), E_ALGORITHM);
	/* SHA-1 is what openssl's key derivation has by default */
	CHECK_ERR(open(enveloped("-aes128 -recip ec256.crt"), &content), E_ALGORITHM);
	leave();
}

static void a_small_arena_is_no_harm(void)
{
	uint8_t little[32];
	struct arena small = ARENA_ON(little);
	struct span der, type, content;

	with_secret();
	der = for_password("-aes128");
	CHECK_ERR(envelope_open(&small, der, &us, &type, &content), E_SPACE);
	CU_ASSERT_EQUAL(small.used, 0);
}

static struct span three(size_t i)
{
	switch (i) {
	case 0:
		become(RSA);
		return enveloped("-aes128 -recip rsa.crt");
	case 1:
		become(EC256);
		return enveloped("-aes128 -keyid -recip ec256.crt -keyopt ecdh_kdf_md:sha256");
	default:
		with_secret();
		holder.key = NULL;
		return by_profile(16, 100);
	}
}

static void every_prefix_and_extension_is_refused(void)
{
	for (size_t i = 0; i < 3; i++) {
		struct span der = three(i), content, longer;

		for (size_t n = 0; n < der.n; n++)
			CU_ASSERT_NOT_EQUAL(open((struct span){ der.p, n }, &content), OK);
		CHECK_OK(arena_copy(&arena, der, &longer));
		arena_take(&arena, 1);
		longer.n++;
		CHECK_ERR(open(longer, &content), E_TRAILING);
		leave();
	}
}

/*
 * Nothing authenticates an EnvelopedData: a turned bit of the content's IV or
 * ciphertext, or of the type beside it, is another content.  Asserted is that no
 * altered one, but for the two version numbers, opens as what it was, and that the
 * peer alone is blamed: no HALT.
 */
struct altered {
	struct span der;
	size_t same, opened;
};

static void opens_otherwise(void *context)
{
	struct altered *a = context;
	struct span type, content;
	enum err e;

	arena_reset(&opened);
	e = envelope_open(&opened, a->der, &us, &type, &content);
	CU_ASSERT_EQUAL(err_verdict(e), e == OK ? FINE : NEXT);
	a->opened += e == OK;
	a->same += e == OK && span_equal(type, OID_CMS_DATA) && span_is(content, text);
}

/* Where RSA has to work for each, not all of the encrypted key's bits are turned. */
static void no_altered_one_opens_as_it_was(void)
{
	for (size_t i = 0; i < 3; i++) {
		struct span der = three(i);
		struct altered a = { der, 0, 0 };
		struct envelope v;

		CHECK_OK(envelope_read(der, &v));
		for (size_t at = 0; at < der.n; at++) {
			bool in_key = der.p + at >= v.encrypted_key.p + 4 &&
			              der.p + at < v.encrypted_key.p + v.encrypted_key.n;

			if (i == 0 && in_key && at % 16 != 0)
				continue;
			tools_flip((struct span){ der.p + at, 1 }, opens_otherwise, &a);
		}
		/* two versions of one octet: seven other positive numbers each */
		CU_ASSERT_EQUAL(a.same, 14);
		CU_ASSERT(a.opened >= 14 + 8 * AES_BLOCK);
		leave();
	}
}

const struct test_suite suite_pki_envelope = {
	"pki/envelope",
	{
		{ "key transport opens", key_transport_opens },
		{ "key agreement opens", key_agreement_opens },
		{ "a password opens", a_password_of_openssl_opens },
		{ "a password opens, by the profile", a_password_by_the_profile_opens },
		{ "what nothing protects is passed over", what_nothing_protects_is_passed_over },
		{ "another key opens nothing", another_key_opens_nothing },
		{ "what is for others is refused", what_is_for_others_is_refused },
		{ "other ciphers are refused", other_ciphers_are_refused },
		{ "a small arena is no harm", a_small_arena_is_no_harm },
		{ "every prefix is refused, and what is behind",
	          every_prefix_and_extension_is_refused },
		{ "no altered one opens as it was", no_altered_one_opens_as_it_was },
	},
};
