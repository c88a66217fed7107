/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private keys of others in all their wrappings. */
#include "platform/pki/envelope.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 16];
static struct arena arena = ARENA_ON(room);

static const char *const kinds[][2] = {
	{ "rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048" },
	{ "ec", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256" },
	{ "ed", "-algorithm ED25519" },
};

/* PrivateKeyInfo as openssl writes it, and the public key's octets. */
static struct span pkcs8(size_t i)
{
	char path[32];

	arena_reset(&arena);
	tools_make_key(kinds[i][0], kinds[i][1]);
	CU_ASSERT_FATAL(openssl("pkcs8 -topk8 -nocrypt -in %s.pem -outform DER -out %s.p8",
	                        kinds[i][0], kinds[i][0]));
	snprintf(path, sizeof path, "%s.p8", kinds[i][0]);
	return tools_get(&arena, path);
}

static struct span spki(size_t i)
{
	char path[32];

	snprintf(path, sizeof path, "%s.spki", kinds[i][0]);
	return tools_get(&arena, path);
}

static struct span public_octets(size_t i)
{
	struct public_key k;

	CHECK_OK(public_key_read(spki(i), &k));
	return k.key;
}

/* OneAsymmetricKey with the content of a PrivateKeyInfo behind another version. */
static struct span one_key(struct span p8, uint32_t version, struct span public)
{
	enum err e;
	struct der c = der_open(p8, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);
	struct derw w = derw_in(&arena, p8.n + 700);
	struct span out;

	der_uint(&k);
	IN (&w, DER_SEQUENCE) {
		derw_uint(&w, version);
		derw_raw(&w, der_element(&k));
		derw_raw(&w, der_element(&k));
		if (public.n > 0) {
			size_t mark = derw_open(&w, DER_CONTEXT_PRIMITIVE(1));

			derw_byte(&w, 0);
			derw_raw(&w, public);
			derw_close(&w, mark);
		}
	}
	CHECK_OK(e);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static struct span package(struct span a, struct span b)
{
	struct derw w = derw_in(&arena, a.n + b.n + 16);
	struct span out;

	IN (&w, DER_SEQUENCE) {
		derw_raw(&w, a);
		derw_raw(&w, b);
	}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void is(size_t i, struct span content, enum err want)
{
	struct signer *s;

	CHECK_ERR(key_package_read(content, &s), want);
	CU_ASSERT((s != NULL) == (want == OK));
	if (s != NULL)
		CU_ASSERT(span_equal(signer_spki(s), spki(i)));
	signer_close(s);
}

static void one_key_is_taken_in_every_wrapping(void)
{
	for (size_t i = 0; i < 3; i++) {
		struct span p8 = pkcs8(i);

		if (i == 2 && !key_kind_available(KEY_KIND_ED25519)) {
			test_skip("this build of wolfSSL lacks Ed25519");
			break;
		}
		is(i, package(one_key(p8, 1, public_octets(i)), NO_BYTES), OK);
		is(i, package(one_key(p8, 0, NO_BYTES), NO_BYTES), OK);
		is(i, one_key(p8, 1, public_octets(i)), OK);
		is(i, p8, OK);
	}
}

static void none_and_two_are_refused(void)
{
	struct span p8 = pkcs8(1);

	is(1, package(NO_BYTES, NO_BYTES), E_TRUNCATED);
	is(1, package(p8, p8), E_UNEXPECTED);
	is(1, NO_BYTES, E_TRUNCATED);
	is(1, package(test_hex(&arena, "0500"), NO_BYTES), E_UNEXPECTED);
}

static void the_public_key_beside_it_is_its_own(void)
{
	struct span p8 = pkcs8(1), public = public_octets(1), other;

	CHECK_OK(arena_copy(&arena, public, &other));
	((uint8_t *)(uintptr_t)other.p)[64] ^= 1;
	is(1, package(one_key(p8, 1, public), NO_BYTES), OK);
	is(1, package(one_key(p8, 1, other), NO_BYTES), E_RANGE);
	/* v1 has none */
	is(1, package(one_key(p8, 0, public), NO_BYTES), E_RANGE);
	is(1, package(one_key(p8, 2, public), NO_BYTES), E_RANGE);
}

/* The peer made it: never our identity, never our library. */
static void a_bad_key_is_its_makers_fault(void)
{
	struct span p8 = pkcs8(0);
	uint8_t *p = (uint8_t *)(uintptr_t)p8.p;

	for (size_t at = 40; at < p8.n; at += 97) {
		struct signer *s;
		enum err e;

		p[at] ^= 0x10;
		e = key_package_read(p8, &s);
		CU_ASSERT_EQUAL(err_verdict(e), e == OK ? FINE : NEXT);
		signer_close(s);
		p[at] ^= 0x10;
	}
}

static void every_prefix_and_extension_is_refused(void)
{
	struct span whole[2], longer;
	struct signer *s;

	whole[0] = pkcs8(1);
	whole[1] = package(one_key(whole[0], 1, public_octets(1)), NO_BYTES);
	for (size_t i = 0; i < 2; i++) {
		for (size_t n = 0; n < whole[i].n; n++) {
			CU_ASSERT_NOT_EQUAL(key_package_read((struct span){ whole[i].p, n }, &s),
			                    OK);
			CU_ASSERT_PTR_NULL(s);
		}
		CHECK_OK(arena_copy(&arena, whole[i], &longer));
		arena_take(&arena, 1);
		longer.n++;
		is(1, longer, E_TRAILING);
	}
}

const struct test_suite suite_pki_keypackage = {
	"pki/keypackage",
	{
		{ "one key is taken in every wrapping", one_key_is_taken_in_every_wrapping },
		{ "none and two are refused", none_and_two_are_refused },
		{ "the public key beside it is its own", the_public_key_beside_it_is_its_own },
		{ "a bad key is its maker's fault", a_bad_key_is_its_makers_fault },
		{ "every prefix is refused, and what is behind",
	          every_prefix_and_extension_is_refused },
	},
};
