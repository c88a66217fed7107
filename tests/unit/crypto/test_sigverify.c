/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What openssl signs is good; with one bit changed anywhere it is not. */
#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 14];
static struct arena arena = ARENA_ON(room);

#define EC  "-algorithm EC -pkeyopt ec_paramgen_curve:"
#define RSA "-algorithm RSA -pkeyopt rsa_keygen_bits:"
#define PSS "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:"
/* KEY.pem is made by `openssl genpkey GENPKEY`, the signature by `openssl SIGN`. */
static const struct made_by {
	const char *key, *genpkey, *sign;
	struct sig_alg alg;
} cases[] = {
	{ "p256", EC "P-256", "dgst -sha256", { SIG_ECDSA, HASH_SHA256, 0 } },
	{ "p256", EC "P-256", "dgst -sha224", { SIG_ECDSA, HASH_SHA224, 0 } },
	{ "p256", EC "P-256", "dgst -sha512", { SIG_ECDSA, HASH_SHA512, 0 } },
	{ "p384", EC "P-384", "dgst -sha384", { SIG_ECDSA, HASH_SHA384, 0 } },
	{ "p384", EC "P-384", "dgst -sha256", { SIG_ECDSA, HASH_SHA256, 0 } },
	{ "p521", EC "P-521", "dgst -sha512", { SIG_ECDSA, HASH_SHA512, 0 } },
	{ "rsa2048", RSA "2048", "dgst -sha256", { SIG_RSA_PKCS1, HASH_SHA256, 0 } },
	{ "rsa2048", RSA "2048", "dgst -sha224", { SIG_RSA_PKCS1, HASH_SHA224, 0 } },
	{ "rsa3072", RSA "3072", "dgst -sha384", { SIG_RSA_PKCS1, HASH_SHA384, 0 } },
	{ "rsa4096", RSA "4096", "dgst -sha512", { SIG_RSA_PKCS1, HASH_SHA512, 0 } },
	{ "rsa2048", RSA "2048", "dgst -sha256 " PSS "32", { SIG_RSA_PSS, HASH_SHA256, 32 } },
	{ "rsa2048", RSA "2048", "dgst -sha384 " PSS "48", { SIG_RSA_PSS, HASH_SHA384, 48 } },
	{ "rsa4096", RSA "4096", "dgst -sha512 " PSS "64", { SIG_RSA_PSS, HASH_SHA512, 64 } },
	{ "pss",
	  "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
	  "dgst -sha256 " PSS "32",
	  { SIG_RSA_PSS, HASH_SHA256, 32 } },
	{ "ed25519", "-algorithm ED25519", "pkeyutl -rawin", { SIG_ED25519, HASH_NONE, 0 } },
	{ "ed448", "-algorithm ED448", "pkeyutl -rawin", { SIG_ED448, HASH_NONE, 0 } },
};
enum { CASES = sizeof cases / sizeof *cases };

/* A message and its signature, with what to verify it by. */
struct signed_message {
	struct public_key key;
	struct sig_alg alg;
	struct span message, signature;
};

static bool lacking(const struct made_by *c)
{
	struct digest d;
	const struct key_ops *ops = c->alg.scheme == SIG_ED25519 ? &ed25519_ops
	                            : c->alg.scheme == SIG_ED448 ? &ed448_ops
	                                                         : &ec_ops;

	if (ops->verify != NULL &&
	    (c->alg.hash == HASH_NONE || hash_of(c->alg.hash, NO_BYTES, &d) == OK))
		return false;
	test_skip("this build of wolfSSL lacks an algorithm");
	return true;
}

static struct signed_message make(const struct made_by *c)
{
	struct signed_message m = { .alg = c->alg };
	bool whole = strncmp(c->sign, "pkeyutl", 7) == 0; /* no digest is made first */
	char spki[32];

	arena_reset(&arena);
	tools_make_key(c->key, c->genpkey);
	tools_put("m", span_str("a message"));
	CU_ASSERT_FATAL(openssl("%s -out s %s %s.pem %s", c->sign,
	                        whole ? "-in m -sign -inkey" : "-sign", c->key, whole ? "" : "m"));
	snprintf(spki, sizeof spki, "%s.spki", c->key);
	CHECK_OK(public_key_read(tools_get(&arena, spki), &m.key));
	m.message = tools_get(&arena, "m");
	m.signature = tools_get(&arena, "s");
	return m;
}

static enum err verify(const struct signed_message *m)
{
	return sig_verify(&m->key, &m->alg, m->message, m->signature);
}

static void refused(void *context)
{
	CHECK_ERR(verify(context), E_SIGNATURE);
}

/* A changed key may be none at all.  Whatever it is, a peer cannot stop us by it. */
static void key_refused(void *context)
{
	struct signed_message m = *(struct signed_message *)context;
	enum err e = public_key_read(m.key.spki, &m.key);

	if (e == OK)
		e = verify(&m);
	CU_ASSERT(e != OK && err_verdict(e) == NEXT);
}

static void every_flipped_bit_is_refused(void)
{
	for (size_t i = 0; i < CASES; i++) {
		struct signed_message m;

		if (lacking(&cases[i]))
			continue;
		m = make(&cases[i]);
		CHECK_OK(verify(&m));
		tools_flip(m.signature, refused, &m);
		tools_flip(m.message, refused, &m);
		tools_flip(m.key.spki, key_refused, &m);
		CHECK_OK(verify(&m));
	}
}

static void every_other_length_is_refused(void)
{
	for (size_t i = 0; i < CASES; i++) {
		struct signed_message m, cut;

		if (lacking(&cases[i]))
			continue;
		m = cut = make(&cases[i]);
		for (size_t n = 0; n < m.signature.n; n++) {
			cut.signature.n = n;
			CHECK_ERR(verify(&cut), E_SIGNATURE);
		}
		cut = m;
		for (size_t n = 0; n < m.message.n; n++) {
			cut.message.n = n;
			CHECK_ERR(verify(&cut), E_SIGNATURE);
		}
		cut = m;
		cut.signature.n++; /* the arena goes on behind it */
		CHECK_ERR(verify(&cut), E_SIGNATURE);
	}
}

/* Every algorithm with every key: good only where both are the signer's. */
static void an_algorithm_fits_its_keys_only(void)
{
	for (size_t i = 0; i < CASES; i++) {
		struct signed_message m;

		if (lacking(&cases[i]))
			continue;
		m = make(&cases[i]);
		for (size_t k = 0; k < CASES; k++) {
			struct signed_message other = m;
			enum err e;

			other.alg = cases[k].alg;
			e = verify(&other);
			CU_ASSERT(sig_alg_equal(&m.alg, &other.alg)
			                  ? e == OK
			                  : e == E_SIGNATURE || e == E_ALGORITHM);
		}
	}
}

static void an_rsassa_pss_key_signs_nothing_else(void)
{
	struct signed_message m = make(&cases[13]);

	CHECK_OK(verify(&m));
	CU_ASSERT(m.key.pss_only && m.key.pss_hash == HASH_NONE);
	m.alg = (struct sig_alg){ SIG_RSA_PKCS1, HASH_SHA256, 0 };
	CHECK_ERR(verify(&m), E_ALGORITHM);
}

/* RFC 4055 3.3: with parameters, the key binds hash and least salt. */
static void an_rsassa_pss_key_binds_its_parameters(void)
{
	static const struct made_by bound = {
		"pss384",
		"-algorithm RSA-PSS -pkeyopt rsa_pss_keygen_md:sha384 "
		"-pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:40",
		"dgst -sha384 " PSS "48",
		{ SIG_RSA_PSS, HASH_SHA384, 48 }
	};
	struct signed_message m = make(&bound);

	CU_ASSERT(m.key.pss_only && m.key.pss_hash == HASH_SHA384 && m.key.pss_salt == 40);
	CHECK_OK(verify(&m));
	m.alg.salt = 39;
	CHECK_ERR(verify(&m), E_ALGORITHM);
	m.alg = (struct sig_alg){ SIG_RSA_PSS, HASH_SHA256, 48 };
	CHECK_ERR(verify(&m), E_ALGORITHM);
}

static void sha1_and_no_hash_sign_nothing(void)
{
	static const enum sig_scheme schemes[] = { SIG_RSA_PKCS1, SIG_RSA_PSS, SIG_ECDSA };

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		struct signed_message m = make(&cases[schemes[i] == SIG_ECDSA ? 0 : 6]);

		m.alg = (struct sig_alg){ schemes[i], HASH_SHA1, 20 };
		CHECK_ERR(verify(&m), E_ALGORITHM);
		m.alg.hash = HASH_NONE;
		CHECK_ERR(verify(&m), E_ALGORITHM);
		m.alg = (struct sig_alg){ (enum sig_scheme)9, HASH_SHA256, 0 };
		CHECK_ERR(verify(&m), E_ALGORITHM);
	}
}

static void an_empty_message_has_a_signature_too(void)
{
	static const size_t some[] = { 0, 6, 10, 14, 15 };

	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		const struct made_by *c = &cases[some[i]];
		struct signer *s;
		struct span signature;
		struct public_key key;
		char pem[32];

		if (lacking(c))
			continue;
		make(c);
		snprintf(pem, sizeof pem, "%s.pem", c->key);
		CHECK_OK(signer_from_file(&s, tools_path(pem)));
		CHECK_OK(signer_sign(s, NO_BYTES, &arena, &signature));
		CHECK_OK(public_key_read(signer_spki(s), &key));
		CHECK_OK(sig_verify(&key, signer_alg(s), NO_BYTES, signature));
		CHECK_ERR(sig_verify(&key, signer_alg(s), span_str(" "), signature), E_SIGNATURE);
		signer_close(s);
	}
}

/* RFC 8702 3.2.2: 512 bits of SHAKE256; openssl signs them as a digest of no name. */
static void ecdsa_with_shake256_is_verified(void)
{
	static const struct made_by c = {
		"p384", EC "P-384", "dgst -sha384", { SIG_ECDSA, HASH_SHAKE256, 0 }
	};
	struct signed_message m;

	if (lacking(&c))
		return;
	m = make(&c);
	CHECK_ERR(verify(&m), E_SIGNATURE);
	CU_ASSERT(openssl("dgst -shake256 -xoflen 64 -binary -out d m"));
	CU_ASSERT(openssl("pkeyutl -sign -inkey p384.pem -in d -out s"));
	m.signature = tools_get(&arena, "s");
	CHECK_OK(verify(&m));
}

const struct test_suite suite_crypto_sigverify = {
	"crypto/sigverify",
	{
		{ "every flipped bit is refused, nothing else", every_flipped_bit_is_refused },
		{ "every other length is refused", every_other_length_is_refused },
		{ "an algorithm fits its own keys only", an_algorithm_fits_its_keys_only },
		{ "an RSASSA-PSS key signs nothing else", an_rsassa_pss_key_signs_nothing_else },
		{ "an RSASSA-PSS key binds its parameters",
	          an_rsassa_pss_key_binds_its_parameters },
		{ "SHA-1 and no hash sign nothing", sha1_and_no_hash_sign_nothing },
		{ "an empty message", an_empty_message_has_a_signature_too },
		{ "ECDSA with SHAKE256", ecdsa_with_shake256_is_verified },
	},
};
