/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key files: what is taken, and what is refused with which words. */
#include <sys/stat.h>
#include <unistd.h>

#include "platform/crypto/internal.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 15];
static struct arena arena = ARENA_ON(room);

static void make_p256(void)
{
	arena_reset(&arena);
	tools_make_key("k", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
}

/* The file has the key k. */
static void taken(const char *name)
{
	struct signer *s;

	CHECK_OK(signer_from_file(&s, tools_path(name)));
	if (s != NULL)
		CU_ASSERT(span_equal(signer_spki(s), tools_get(&arena, "k.spki")));
	signer_close(s);
}

/* Refused as an identity, with words that say what is the matter. */
static void refused(const char *path, const char *words)
{
	struct signer *s;

	CHECK_ERR(signer_from_file(&s, path), E_IDENTITY);
	CU_ASSERT_PTR_NULL(s);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_IDENTITY), words));
	if (strstr(err_reason(E_IDENTITY), words) == NULL)
		printf("said: %s\n", err_reason(E_IDENTITY));
	signer_close(s);
}

static void put_and_refuse(struct span content, const char *words)
{
	tools_put("bad", content);
	CU_ASSERT_EQUAL(chmod(tools_path("bad"), 0600), 0);
	refused(tools_path("bad"), words);
}

static void all_encodings_are_taken(void)
{
	make_p256();
	taken("k.pem");
	CU_ASSERT(openssl("pkcs8 -topk8 -nocrypt -in k.pem -outform DER -out k.der"));
	CU_ASSERT(openssl("ec -in k.pem -out sec1.pem"));
	CU_ASSERT(openssl("ec -in k.pem -outform DER -out sec1.der"));
	CU_ASSERT(openssl("ec -in k.pem -no_public -out bare.pem"));
	CU_ASSERT(openssl("ecparam -name prime256v1 -out params.pem"));
	CU_ASSERT(openssl("req -x509 -key k.pem -subj /CN=x -out cert.pem"));
	taken("k.der");
	taken("sec1.pem");
	taken("sec1.der");
	taken("bare.pem");
	/* "0: Pkey": text that begins like DER */
	CU_ASSERT(openssl("storeutl -keys k.pem"));
	tools_put("listed.pem", tools_get(&arena, "out.log"));
	CU_ASSERT_EQUAL(chmod(tools_path("listed.pem"), 0600), 0);
	CU_ASSERT_EQUAL(tools_get(&arena, "listed.pem").p[0], '0');
	taken("listed.pem");

	size_t mark = arena_mark(&arena);
	struct span params = tools_get(&arena, "params.pem");

	tools_get(&arena, "sec1.pem");
	tools_get(&arena, "cert.pem");
	tools_put("all.pem", (struct span){ params.p, arena.used - mark });
	CU_ASSERT_EQUAL(chmod(tools_path("all.pem"), 0600), 0);
	taken("all.pem");
}

static void rsa_in_both_encodings_is_one_key(void)
{
	static const char *const files[] = { "r.pem", "pkcs1.pem", "pkcs1.der", "pkcs8.der" };

	arena_reset(&arena);
	tools_make_key("r", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	CU_ASSERT(openssl("rsa -in r.pem -traditional -out pkcs1.pem"));
	CU_ASSERT(openssl("rsa -in r.pem -traditional -outform DER -out pkcs1.der"));
	CU_ASSERT(openssl("pkcs8 -topk8 -nocrypt -in r.pem -outform DER -out pkcs8.der"));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct signer *s;

		CHECK_OK(signer_from_file(&s, tools_path(files[i])));
		CU_ASSERT(span_equal(signer_spki(s), tools_get(&arena, "r.spki")));
		signer_close(s);
	}
}

static void a_file_open_to_others_is_refused(void)
{
	static const mode_t open[] = { 0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666 };
	static const mode_t shut[] = { 0600, 0400, 0700 };

	make_p256();
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		CU_ASSERT_EQUAL(chmod(tools_path("k.pem"), open[i]), 0);
		refused(tools_path("k.pem"), "chmod 600");
	}
	for (size_t i = 0; i < sizeof shut / sizeof *shut; i++) {
		CU_ASSERT_EQUAL(chmod(tools_path("k.pem"), shut[i]), 0);
		taken("k.pem");
	}
	CU_ASSERT_EQUAL(chmod(tools_path("k.pem"), 0600), 0);
	if (geteuid() != 0)
		return;
	CU_ASSERT_EQUAL(chown(tools_path("k.pem"), 65534, 65534), 0);
	refused(tools_path("k.pem"), "belongs to user 65534");
	CU_ASSERT_EQUAL(chown(tools_path("k.pem"), 0, 0), 0);
	taken("k.pem");
}

static void what_is_no_file_is_refused(void)
{
	char link[1100];

	make_p256();
	refused(tools_path("missing"), "No such file");
	refused(tools_path("."), "not a regular file");
	refused("/dev/null", "not a regular file");
	snprintf(link, sizeof link, "%s", tools_path("link"));
	unlink(link);
	CU_ASSERT_EQUAL(symlink("k.pem", link), 0);
	refused(link, "symbolic link");
	snprintf(link, sizeof link, "%s", tools_path("fifo"));
	unlink(link);
	CU_ASSERT_EQUAL(mkfifo(link, 0600), 0);
	refused(link, "not a regular file");
}

static void what_is_no_key_is_refused(void)
{
	struct span pem, cert;
	static uint8_t zeros[KEY_FILE_MAX + 1];

	make_p256();
	put_and_refuse(NO_BYTES, "no private key");
	put_and_refuse(span_str("hello\n"), "no private key");
	put_and_refuse(span_str("0garbage"), "neither PKCS#8");
	put_and_refuse(SPAN(zeros), "at most 16384");
	put_and_refuse((struct span){ zeros, KEY_FILE_MAX }, "no private key");
	CU_ASSERT(openssl("req -x509 -key k.pem -subj /CN=x -out cert.pem"));
	cert = tools_get(&arena, "cert.pem");
	put_and_refuse(cert, "no private key");
	pem = tools_get(&arena, "k.pem");
	put_and_refuse((struct span){ pem.p, pem.n - 30 }, "PEM block");
	put_and_refuse((struct span){ pem.p, 60 }, "PEM block");

	struct span twice = { pem.p, 2 * pem.n };

	tools_get(&arena, "k.pem");
	put_and_refuse(twice, "more than one private key");
}

static void an_encrypted_key_is_refused(void)
{
	make_p256();
	CU_ASSERT(openssl("pkey -in k.pem -aes256 -passout pass:x -out e8.pem"));
	refused(tools_path("e8.pem"), "encrypted");
	CU_ASSERT(openssl("ec -in k.pem -aes256 -passout pass:x -out e1.pem"));
	refused(tools_path("e1.pem"), "encrypted");
}

static const char *typed;

static enum err type_it(void *context, uint8_t *out, size_t *n)
{
	unsigned *asked = context;

	++*asked;
	*n = strlen(typed);
	memcpy(out, typed, *n);
	return OK;
}

/* PBES2 as OpenSSL writes it; every prefix of it is refused, and what is altered opens nothing. */
static void keys_under_a_password(void)
{
	static const char *const forms[] = { "-v2 aes-256-cbc", "-v2 aes-128-cbc -iter 1",
		                             "-v2 aes-192-cbc -v2prf hmacWithSHA1",
		                             "-v2 aes-256-cbc -v2prf hmacWithSHA512" };
	unsigned asked = 0;
	const struct key_password password = { type_it, &asked };
	uint8_t copy[1000];
	char line[200];
	struct signer *s, *plain;
	struct span der;

	make_p256();
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		snprintf(line, sizeof line,
		         "pkcs8 -topk8 -in k.pem -outform DER -out e.der -passout pass:x %s",
		         forms[i]);
		CU_ASSERT_FATAL(openssl(line));
		der = tools_get(&arena, "e.der");
		typed = "x";
		CHECK_OK(signer_from_bytes_with(&s, der, &password));
		signer_close(s);
		typed = "y";
		CHECK_ERR(signer_from_bytes_with(&s, der, &password), E_IDENTITY);
		CU_ASSERT_PTR_NULL(s);
		CHECK_ERR(signer_from_bytes(&s, der), E_IDENTITY);
	}
	CU_ASSERT_EQUAL(asked, 2 * sizeof forms / sizeof *forms);
	CU_ASSERT_FATAL(openssl("pkcs8 -topk8 -in k.pem -outform DER -out e.der -passout pass:x "
	                        "-v2 aes-256-cbc -iter 1"));
	der = tools_get(&arena, "e.der");
	typed = "x";
	for (size_t n = 0; n < der.n; n++)
		CHECK_ERR(signer_from_bytes_with(&s, (struct span){ der.p, n }, &password),
		          E_IDENTITY);
	CU_ASSERT_FATAL(der.n <= sizeof copy);
	CHECK_OK(signer_from_file(&plain, tools_path("k.pem")));
	for (size_t bit = 0; bit < 8 * der.n; bit++) {
		memcpy(copy, der.p, der.n);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (signer_from_bytes_with(&s, (struct span){ copy, der.n }, &password) != OK)
			continue;
		/* CBC: the version of the PKCS#8 in it, and no more */
		CU_ASSERT(span_equal(signer_spki(s), signer_spki(plain)));
		signer_close(s);
	}
	signer_close(plain);
}

/* Work that nobody waits for, and what is not PBES2: refused with what to do. */
static void passwords_of_other_kinds(void)
{
	static const char *const forms[] = { "-scrypt", "-v2 des3", "-v1 PBE-SHA1-3DES" };
	unsigned asked = 0;
	const struct key_password password = { type_it, &asked };
	char line[200];
	struct signer *s;

	make_p256();
	typed = "x";
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		snprintf(line, sizeof line, "pkcs8 -topk8 -in k.pem -out e.pem -passout pass:x %s",
		         forms[i]);
		CU_ASSERT_FATAL(openssl(line));
		CHECK_ERR(signer_from_file_with(&s, tools_path("e.pem"), &password), E_IDENTITY);
		CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_IDENTITY), "openssl pkcs8 -topk8 -v2"));
	}
}

static void the_work_has_a_limit(void)
{
	static uint8_t der[] = { 0x30, 0x6b, 0x30, 0x57, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		                 0x0d, 0x01, 0x05, 0x0d, 0x30, 0x4a, 0x30, 0x29, 0x06, 0x09, 0x2a,
		                 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c, 0x30, 0x1c, 0x04,
		                 0x08, 1,    2,    3,    4,    5,    6,    7,    8,    0x02, 0x02,
		                 0x08, 0x00, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		                 0x0d, 0x02, 0x09, 0x05, 0x00, 0x30, 0x1d, 0x06, 0x09, 0x60, 0x86,
		                 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a, 0x04, 0x10, 0,    0,
		                 0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
		                 0,    0,    0,    0x04, 0x10, 0,    0,    0,    0,    0,    0,
		                 0,    0,    0,    0,    0,    0,    0,    0,    0,    0 };
	static const struct span iterations = OCTETS("\x02\x04\x00\x98\x96\x81");
	unsigned asked = 0;
	const struct key_password password = { type_it, &asked };
	uint8_t more[sizeof der + 2];
	struct signer *s;

	typed = "x";
	CHECK_ERR(signer_from_bytes_with(&s, SPAN(der), &password), E_IDENTITY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_IDENTITY), "wrong passphrase"));
	/* 10,000,001 of them: each length around them is two more */
	memcpy(more, der, 42);
	memcpy(more + 42, iterations.p, iterations.n);
	memcpy(more + 48, der + 46, sizeof der - 46);
	more[1] += 2;
	more[3] += 2;
	more[16] += 2;
	more[18] += 2;
	more[31] += 2;
	CHECK_ERR(signer_from_bytes_with(&s, SPAN(more), &password), E_IDENTITY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_IDENTITY), "10000001 iterations"));
}

static void pkcs12_has_a_hint(void)
{
	struct signer *s;

	make_p256();
	CU_ASSERT(openssl("req -x509 -key k.pem -subj /CN=x -out cert.pem"));
	CU_ASSERT(openssl("pkcs12 -export -inkey k.pem -in cert.pem -out a.p12 -passout pass:x"));
	CU_ASSERT(chmod(tools_path("a.p12"), 0600) == 0);
	CHECK_ERR(signer_from_file(&s, tools_path("a.p12")), E_IDENTITY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_IDENTITY), "PKCS#12; openssl pkcs12 -in "));
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_IDENTITY), "/a.pem"));
	CHECK_OK(key_refuse_pkcs12(tools_get(&arena, "k.pem"), "k.pem"));
	CU_ASSERT(openssl("pkey -in k.pem -outform DER -out k.der"));
	CHECK_OK(key_refuse_pkcs12(tools_get(&arena, "k.der"), "k.der"));
}

static void keys_not_taken_say_why(void)
{
	arena_reset(&arena);
	tools_make_key("small", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024");
	refused(tools_path("small.pem"), "1024 bits");
	tools_make_key("k1", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1");
	refused(tools_path("k1.pem"), "EC curve 1.3.132.0.10");
	tools_make_key("x", "-algorithm X25519");
	refused(tools_path("x.pem"), "key algorithm 1.3.101.110");
}

/* The key's own public half is another's: refused, though each half is good. */
static void halves_of_two_keys_are_refused(void)
{
	struct span der, other;
	uint8_t *p;

	make_p256();
	tools_make_key("k2", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
	CU_ASSERT(openssl("pkcs8 -topk8 -nocrypt -in k.pem -outform DER -out k.der"));
	der = tools_get(&arena, "k.der");
	other = tools_get(&arena, "k2.spki");
	CU_ASSERT_EQUAL_FATAL(der.n, 138);
	p = (uint8_t *)(uintptr_t)der.p;
	memcpy(p + der.n - 65, other.p + other.n - 65, 65);
	put_and_refuse(der, "another's");
}

static void a_scalar_outside_the_order_is_refused(void)
{
	static const char head[] = "3041 020100 3013 0607 2a8648ce3d0201 0608 2a8648ce3d030107"
				   "0427 3025 020101 0420";
	static const char *const scalars[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	char hex[160];

	arena_reset(&arena);
	for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
		snprintf(hex, sizeof hex, "%s%s", head, scalars[i]);
		put_and_refuse(test_hex(&arena, hex), "no EC key has this private value");
	}
}

/*
 * A bit flipped anywhere in a key is refused, but in the part that is not used:
 * such a key is still the same in all that is.
 */
static void flip_all(struct span der, size_t step, struct span spki, struct span not_used)
{
	for (size_t bit = 0; bit < 8 * der.n; bit += step) {
		uint8_t *p = (uint8_t *)(uintptr_t)der.p + bit / 8;
		struct signer *s;
		enum err e;

		*p ^= (uint8_t)(1 << bit % 8);
		e = signer_from_bytes(&s, der);
		if (e == OK)
			CU_ASSERT(p >= not_used.p && p < not_used.p + not_used.n);
		if (e == OK)
			CU_ASSERT(span_equal(signer_spki(s), spki));
		CU_ASSERT(e == OK || e == E_IDENTITY);
		signer_close(s);
		*p ^= (uint8_t)(1 << bit % 8);
	}
}

/* Not used: the version, v2 where v1 SHOULD be (RFC 5958 2). */
static void no_flipped_bit_makes_another_key(void)
{
	struct span der, spki;

	make_p256();
	CU_ASSERT(openssl("pkcs8 -topk8 -nocrypt -in k.pem -outform DER -out flip.der"));
	der = tools_get(&arena, "flip.der");
	spki = tools_get(&arena, "k.spki");
	CU_ASSERT_EQUAL_FATAL(der.n, 138);
	flip_all(der, 1, spki, (struct span){ der.p + 5, 1 });
}

/* Not used: d.  wolfCrypt computes by the CRT, from the numbers behind it. */
static void no_flipped_bit_makes_another_rsa_key(void)
{
	struct span der, spki, d = NO_BYTES;
	enum err e;
	struct der c, k;

	arena_reset(&arena);
	tools_make_key("r", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
	CU_ASSERT(openssl("rsa -in r.pem -traditional -outform DER -out flip.der"));
	der = tools_get(&arena, "flip.der");
	spki = tools_get(&arena, "r.spki");
	c = der_open(der, &e);
	k = der_enter(&c, DER_SEQUENCE);
	for (int i = 0; i < 4; i++)
		d = der_integer(&k);
	CHECK_OK(e);
	CU_ASSERT(d.n == 256 || d.n == 257);
	flip_all(der, 11, spki, d);
}

const struct test_suite suite_crypto_signer_file = {
	"crypto/signer_file",
	{
		{ "all encodings are taken", all_encodings_are_taken },
		{ "RSA in both encodings is one key", rsa_in_both_encodings_is_one_key },
		{ "a file open to others is refused", a_file_open_to_others_is_refused },
		{ "what is no file is refused", what_is_no_file_is_refused },
		{ "what is no key is refused", what_is_no_key_is_refused },
		{ "an encrypted key is refused", an_encrypted_key_is_refused },
		{ "keys under a password", keys_under_a_password },
		{ "passwords of other kinds", passwords_of_other_kinds },
		{ "the work for a password has a limit", the_work_has_a_limit },
		{ "PKCS#12 has a hint", pkcs12_has_a_hint },
		{ "keys not taken say why", keys_not_taken_say_why },
		{ "halves of two keys are refused", halves_of_two_keys_are_refused },
		{ "a scalar outside the order is refused", a_scalar_outside_the_order_is_refused },
		{ "no flipped bit makes another key", no_flipped_bit_makes_another_key },
		{ "nor another RSA key", no_flipped_bit_makes_another_rsa_key },
	},
};
