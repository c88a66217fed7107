/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signers: made, used, written, lent, closed; openssl says whether rightly. */
#include "platform/crypto/features.h"
#include "platform/crypto/internal.h"
#include "platform/crypto/signer_tls.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 14];
static struct arena arena = ARENA_ON(room);

/* Generating RSA takes seconds: one of each kind serves all tests of this file. */
static struct signer *one_of(enum key_kind kind)
{
	static struct span pems[KEY_KINDS];
	static uint8_t kept[KEY_KINDS][4096];
	struct signer *s = NULL;

	if (!key_kind_available(kind)) {
		test_skip("this build of wolfSSL lacks a kind of key");
		return NULL;
	}
	if (pems[kind].n == 0) {
		struct arena a = ARENA_ON(kept[kind]);

		CHECK_OK(signer_generate(&s, kind));
		CHECK_OK(signer_to_pem(s, &a, &pems[kind]));
		return s;
	}
	CHECK_OK(signer_from_bytes(&s, pems[kind]));
	return s;
}

static const struct {
	const char *name, *verify; /* openssl VERIFY s m */
	struct sig_alg alg;
	size_t spki;
} kinds[KEY_KINDS] = {
	[KEY_KIND_EC256] = { "ec256", "dgst -sha256", { SIG_ECDSA, HASH_SHA256, 0 }, 91 },
	[KEY_KIND_EC384] = { "ec384", "dgst -sha384", { SIG_ECDSA, HASH_SHA384, 0 }, 120 },
	[KEY_KIND_EC521] = { "ec521", "dgst -sha512", { SIG_ECDSA, HASH_SHA512, 0 }, 158 },
	[KEY_KIND_RSA2048] = { "rsa2048", "dgst -sha256", { SIG_RSA_PKCS1, HASH_SHA256, 0 }, 294 },
	[KEY_KIND_RSA3072] = { "rsa3072", "dgst -sha256", { SIG_RSA_PKCS1, HASH_SHA256, 0 }, 422 },
	[KEY_KIND_RSA4096] = { "rsa4096", "dgst -sha256", { SIG_RSA_PKCS1, HASH_SHA256, 0 }, 550 },
	[KEY_KIND_ED25519] = { "ed25519", NULL, { SIG_ED25519, HASH_NONE, 0 }, 44 },
	[KEY_KIND_ED448] = { "ed448", NULL, { SIG_ED448, HASH_NONE, 0 }, 69 },
};

static void openssl_verifies(const struct signer *s, const char *verify, struct span message)
{
	struct span signature;
	bool verified;

	CHECK_OK(signer_sign(s, message, &arena, &signature));
	tools_put("pub", signer_spki(s));
	tools_put("m", message);
	tools_put("s", signature);
	if (verify == NULL)
		verified = openssl(
			"pkeyutl -verify -rawin -keyform DER -pubin -inkey pub -sigfile s "
			"-in m");
	else
		verified = openssl("%s -keyform DER -verify pub -signature s m", verify);
	CU_ASSERT(verified);
}

static void what_is_signed_openssl_verifies(void)
{
	for (enum key_kind k = 0; k < KEY_KINDS; k++) {
		struct signer *s = one_of(k);

		if (s == NULL)
			continue;
		arena_reset(&arena);
		CU_ASSERT(sig_alg_equal(signer_alg(s), &kinds[k].alg));
		CU_ASSERT_EQUAL(signer_spki(s).n, kinds[k].spki);
		openssl_verifies(s, kinds[k].verify, span_str("a message"));
		signer_close(s);
	}
}

static void openssl_finds_the_key_in_order(void)
{
	for (enum key_kind k = 0; k < KEY_KINDS; k++) {
		struct signer *s = one_of(k);
		struct span pem;

		if (s == NULL)
			continue;
		arena_reset(&arena);
		CHECK_OK(signer_to_pem(s, &arena, &pem));
		CU_ASSERT(memcmp(pem.p, "-----BEGIN PRIVATE KEY-----\n", 28) == 0);
		CU_ASSERT_EQUAL(pem.p[pem.n - 1], '\n');
		tools_put("k.pem", pem);
		CU_ASSERT(openssl("pkey -in k.pem -check"));
		CU_ASSERT(openssl("pkey -in k.pem -pubout -outform DER -out k.spki"));
		CU_ASSERT(span_equal(tools_get(&arena, "k.spki"), signer_spki(s)));
		signer_close(s);
	}
}

static void a_written_key_is_the_same_key(void)
{
	for (enum key_kind k = 0; k < KEY_KINDS; k++) {
		struct signer *s = one_of(k), *again;
		struct span pem, twice;

		if (s == NULL)
			continue;
		arena_reset(&arena);
		CHECK_OK(signer_to_pem(s, &arena, &pem));
		CHECK_OK(signer_from_bytes(&again, pem));
		CU_ASSERT(again != s && span_equal(signer_spki(again), signer_spki(s)));
		CHECK_OK(signer_to_pem(again, &arena, &twice));
		CU_ASSERT(span_equal(pem, twice));
		signer_close(again);
		signer_close(s);
	}
}

static void two_keys_are_two(void)
{
	struct signer *a, *b;

	CHECK_OK(signer_generate(&a, KEY_KIND_EC256));
	CHECK_OK(signer_generate(&b, KEY_KIND_EC256));
	CU_ASSERT(!span_equal(signer_spki(a), signer_spki(b)));
	signer_close(a);
	signer_close(b);
}

/* What openssl made: RSASSA-PSS keys keep their parameters and sign by them. */
static void an_rsassa_pss_key_signs_by_its_parameters(void)
{
	static const char verify[] =
		"dgst -%s -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:%d";
	struct signer *s;
	char command[128];

	arena_reset(&arena);
	tools_make_key("pss", "-algorithm RSA-PSS");
	CHECK_OK(signer_from_file(&s, tools_path("pss.pem")));
	CU_ASSERT(sig_alg_equal(signer_alg(s), &(struct sig_alg){ SIG_RSA_PSS, HASH_SHA256, 32 }));
	CU_ASSERT(span_equal(signer_spki(s), tools_get(&arena, "pss.spki")));
	snprintf(command, sizeof command, verify, "sha256", 32);
	openssl_verifies(s, command, span_str("m"));
	signer_close(s);

	tools_make_key("pss384", "-algorithm RSA-PSS -pkeyopt rsa_pss_keygen_md:sha384 "
	                         "-pkeyopt rsa_pss_keygen_mgf1_md:sha384 "
	                         "-pkeyopt rsa_pss_keygen_saltlen:50");
	CHECK_OK(signer_from_file(&s, tools_path("pss384.pem")));
	CU_ASSERT(sig_alg_equal(signer_alg(s), &(struct sig_alg){ SIG_RSA_PSS, HASH_SHA384, 50 }));
	CU_ASSERT(span_equal(signer_spki(s), tools_get(&arena, "pss384.spki")));
	snprintf(command, sizeof command, verify, "sha384", 50);
	openssl_verifies(s, command, span_str("m"));
	signer_close(s);
}

struct lent {
	uint8_t pkcs8[KEY_DER_MAX];
	size_t n;
};

static enum err borrow(void *context, struct span pkcs8)
{
	struct lent *l = context;

	memcpy(l->pkcs8, pkcs8.p, pkcs8.n);
	l->n = pkcs8.n;
	return E_TLS;
}

static void what_is_lent_is_the_key(void)
{
	struct signer *s = one_of(KEY_KIND_EC384), *again;
	struct lent l;

	CHECK_ERR(signer_lend_private(s, borrow, &l), E_TLS);
	CHECK_OK(signer_from_bytes(&again, (struct span){ l.pkcs8, l.n }));
	CU_ASSERT(span_equal(signer_spki(again), signer_spki(s)));
	signer_close(again);
	signer_close(s);
}

/* The set is fixed: one more is refused, a closed one comes back. */
static void there_are_so_many_signers(void)
{
	struct signer *all[SIGNERS_MAX], *more;

	for (size_t i = 0; i < SIGNERS_MAX; i++)
		CHECK_OK(signer_generate(&all[i], KEY_KIND_EC256));
	CHECK_ERR(signer_generate(&more, KEY_KIND_EC256), E_BUG);
	CU_ASSERT_PTR_NULL(more);
	signer_close(all[3]);
	CHECK_OK(signer_generate(&all[3], KEY_KIND_EC256));
	for (size_t i = 0; i < SIGNERS_MAX; i++)
		signer_close(all[i]);
	signer_close(NULL);
}

static void a_closed_signer_leaves_nothing(void)
{
	struct signer *s = one_of(KEY_KIND_EC256);
	const uint8_t *at = signer_spki(s).p;
	bool zeros = true;

	CU_ASSERT(at[0] == DER_SEQUENCE);
	signer_close(s);
	for (size_t i = 0; i < 91; i++)
		zeros = zeros && at[i] == 0;
	CU_ASSERT(zeros);
}

static void an_arena_too_small_is_told(void)
{
	struct signer *s = one_of(KEY_KIND_EC256);
	uint8_t little[SIGNATURE_MAX];
	struct arena a = ARENA_ON(little);
	struct span out = span_str("x");

	a.used = 500;
	CHECK_ERR(signer_sign(s, span_str("m"), &a, &out), E_SPACE);
	CU_ASSERT_EQUAL(out.n, 0);
	CHECK_ERR(signer_to_pem(s, &a, &out), E_SPACE);
	signer_close(s);
}

static void kinds_have_names(void)
{
	enum key_kind got;

	for (enum key_kind k = 0; k < KEY_KINDS; k++) {
		CU_ASSERT_STRING_EQUAL(key_kind_name(k), kinds[k].name);
		CHECK_OK(key_kind_from_name(kinds[k].name, &got));
		CU_ASSERT_EQUAL(got, k);
	}
	CHECK_ERR(key_kind_from_name("ec255", &got), E_CONFIG);
	CHECK_ERR(key_kind_from_name("", &got), E_CONFIG);
	CHECK_ERR(key_kind_from_name("EC256", &got), E_CONFIG);
	CU_ASSERT(!key_kind_available(KEY_KINDS));
	CU_ASSERT(key_kind_available(KEY_KIND_EC256) && key_kind_available(KEY_KIND_RSA2048));
}

/* --version says what is there: the kinds of keys that can be made. */
static void features_are_those_of_the_kinds(void)
{
	static const struct {
		const char *name;
		enum key_kind kind;
	} told[] = { { "P-521", KEY_KIND_EC521 },
		     { "Ed25519", KEY_KIND_ED25519 },
		     { "Ed448", KEY_KIND_ED448 } };
	size_t found = 0;

	for (const struct feature *f = crypto_features(); f->name != NULL; f++)
		for (size_t i = 0; i < 3; i++)
			if (strcmp(f->name, told[i].name) == 0) {
				CU_ASSERT_EQUAL(f->there, key_kind_available(told[i].kind));
				found++;
			}
	CU_ASSERT_EQUAL(found, 3);
	CU_ASSERT(strchr(crypto_library_version(), '.') != NULL);
}

const struct test_suite suite_crypto_signer = {
	"crypto/signer",
	{
		{ "openssl verifies what is signed", what_is_signed_openssl_verifies },
		{ "openssl finds the key in order", openssl_finds_the_key_in_order },
		{ "a written key is the same key", a_written_key_is_the_same_key },
		{ "two keys are two", two_keys_are_two },
		{ "an RSASSA-PSS key signs by its parameters",
	          an_rsassa_pss_key_signs_by_its_parameters },
		{ "what is lent is the key", what_is_lent_is_the_key },
		{ "there are so many signers", there_are_so_many_signers },
		{ "a closed signer leaves nothing", a_closed_signer_leaves_nothing },
		{ "an arena too small is told", an_arena_too_small_is_told },
		{ "kinds have names", kinds_have_names },
		{ "features are those of the kinds", features_are_those_of_the_kinds },
	},
};
