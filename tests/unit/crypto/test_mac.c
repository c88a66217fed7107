/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MAC parameters in both directions; what openssl cmp protects with a secret verifies. */
#include "cmp/internal.h"
#include "platform/crypto/mac.h"
#include "platform/crypto/pbkdf2.h"
#include "tests/unit/crypto/tools.h"

static uint8_t room[1 << 16];
static struct arena arena = ARENA_ON(room);

static struct span put(const struct mac_params *p)
{
	struct derw w = derw_in(&arena, 256);
	struct span der;

	mac_params_write(&w, p);
	CHECK_OK(derw_end(&w, &der));
	return der;
}

static void with_salt(struct mac_params *p)
{
	p->salt_size = 16;
	for (uint8_t i = 0; i < 16; i++)
		p->salt[i] = i;
}

static void ours_are_fresh_and_strong(void)
{
	struct mac_params p, q;

	for (enum mac_scheme s = MAC_PBMAC1; s <= MAC_PASSWORD_BASED; s++) {
		CHECK_OK(mac_params_new(s, &p));
		CHECK_OK(mac_params_new(s, &q));
		CU_ASSERT(p.scheme == s && p.kdf == HASH_SHA256 && p.hmac == HASH_SHA256);
		CU_ASSERT(p.iterations >= 10000 && p.salt_size == 16);
		CU_ASSERT(memcmp(p.salt, q.salt, p.salt_size) != 0);
		CU_ASSERT_EQUAL(p.key_size, s == MAC_PBMAC1 ? 32 : 0);
	}
	CU_ASSERT_STRING_EQUAL(mac_scheme_name(MAC_PBMAC1), "PBMAC1");
	CU_ASSERT_STRING_EQUAL(mac_scheme_name(MAC_PASSWORD_BASED), "PasswordBasedMac");
}

static void what_is_written_is_read(void)
{
	struct mac_params p, q;

	for (enum mac_scheme s = MAC_PBMAC1; s <= MAC_PASSWORD_BASED; s++) {
		arena_reset(&arena);
		CHECK_OK(mac_params_new(s, &p));
		CHECK_OK(mac_params_read(put(&p), &q));
		CU_ASSERT(p.scheme == q.scheme && p.kdf == q.kdf && p.hmac == q.hmac);
		CU_ASSERT(p.iterations == q.iterations && p.key_size == q.key_size);
		CU_ASSERT(span_equal((struct span){ p.salt, p.salt_size },
		                     (struct span){ q.salt, q.salt_size }));
	}
}

/* By Python's hashlib and hmac: the MAC of "onramp" by "Password", salt 00..0f. */
static const struct known {
	enum mac_scheme scheme;
	enum hash kdf, hmac;
	uint32_t iterations;
	size_t key_size;
	const char *tag, *tag_by_bits;
} known[] = {
	{ MAC_PBMAC1, HASH_SHA256, HASH_SHA256, 1000, 32,
	  "315ddd2192d109f2e1edfb30d60a7ee583a3cddf1c54a6b81ef6febc60caab89", NULL },
	{ MAC_PBMAC1, HASH_SHA256, HASH_SHA256, 1000, 0,
	  "315ddd2192d109f2e1edfb30d60a7ee583a3cddf1c54a6b81ef6febc60caab89", NULL },
	{ MAC_PBMAC1, HASH_SHA1, HASH_SHA256, 1000, 32,
	  "47b629de72468cdf2e9b8363c99d0acfc2c99931ff35d4acf43ad5e6fba8ccca", NULL },
	{ MAC_PBMAC1, HASH_SHA512, HASH_SHA512, 100, 64,
	  "22283f7cdcb0461ef179e4077f73f3e620c93a4371aed7eeb0e4e21aaa04898f"
	  "5bf620f04398d7544bc10496fdb4f4325bfe64f319e4d4ebedfb816750ac5db7",
	  NULL },
	{ MAC_PBMAC1, HASH_SHA384, HASH_SHA224, 100, 28,
	  "7e3f837a3a68b2500d49beb44bfcae6e71d31047d05c54cc38faa6fb", NULL },
	{ MAC_PBMAC1, HASH_SHA256, HASH_SHA384, 100, 200,
	  "2f2e4d52518ce3a73d0a5e702c2fd198d4e3d602cd08b5c145dd79ecd2d34f14"
	  "e638632d47c399c6057ad8c8133ad77d",
	  NULL },
	{ MAC_PBMAC1, HASH_SHA256, HASH_SHA256, 100, 512,
	  "83febc16ad8de3ebf5062fe76029bb370ce62055463f1d9969a754139ddb558d",
	  "0015ab87d857f6410f9054d242c3055dc37a30ec63bece0aa3654ae6c941021a" },
	{ MAC_PBMAC1, HASH_SHA256, HASH_SHA512, 100, 512,
	  "2599e52fe7f3e0cc39010c0e5cc33af6d1527654e9bdd66d7a4d0562f146a857"
	  "04b31f5afb4f7d4426525ec4b72b96ec8bf3e291b2d57ee9677232b1f90d1f63",
	  "8d015f73b1d280c4861c852d7c79f206f10f5d137259fbad9d49f16c6aad89e3"
	  "78655927be36be87c26045427ec047166031885a6b21b9547037e0d7cd1a45a5" },
	{ MAC_PASSWORD_BASED, HASH_SHA256, HASH_SHA256, 100, 0,
	  "933d5edac741246e7de3ee16f9f21e2e057edcd311ea66e35c0071111b7680e4", NULL },
	{ MAC_PASSWORD_BASED, HASH_SHA256, HASH_SHA1, 500, 0,
	  "de48cd53b01cf9e4805558b41e7ab3463b00178b", NULL },
	{ MAC_PASSWORD_BASED, HASH_SHA512, HASH_SHA256, 101, 0,
	  "3f649ea4b40491cfd85e53fce11e45a61199069f3465e2ed1e3b73037145035d", NULL },
	{ MAC_PASSWORD_BASED, HASH_SHA384, HASH_SHA512, 100, 0,
	  "255fd701302813265889d3b50278ec4caa55a317520183cb4967ebd9a655298b"
	  "fa147223846960497185b179bad37d7644a1b5c95e50138b67502b1d1ecf01fe",
	  NULL },
	{ MAC_PASSWORD_BASED, HASH_SHA224, HASH_SHA224, 100, 0,
	  "1b4531621bfa4e9de4c75ee0b4629f1861032034442fdb5db1b6a0b1", NULL },
};
enum { KNOWN = sizeof known / sizeof *known };

static struct mac_params params_of(const struct known *k)
{
	struct mac_params p = { k->scheme, k->kdf, k->hmac, { 0 }, 0, k->iterations, k->key_size };

	with_salt(&p);
	return p;
}

static enum err verify(const struct mac_params *p, const char *secret, const char *data,
                       struct span tag)
{
	return mac_verify(put(p), span_str(secret), NULL, span_str(data), tag);
}

static void macs_are_known(void)
{
	for (size_t i = 0; i < KNOWN; i++) {
		struct mac_params p = params_of(&known[i]);
		struct mac_key key;
		struct digest d;
		struct span tag;

		arena_reset(&arena);
		tag = test_hex(&arena, known[i].tag);
		CHECK_OK(mac_key_derive(&p, span_str("Password"), &key));
		CHECK_OK(mac_of(&key, span_str("onramp"), &d));
		CU_ASSERT(span_equal(digest_span(&d), tag));
		CHECK_OK(verify(&p, "Password", "onramp", tag));
		CHECK_ERR(verify(&p, "password", "onramp", tag), E_SIGNATURE);
		CHECK_ERR(verify(&p, "Password", "Onramp", tag), E_SIGNATURE);
		if (known[i].tag_by_bits != NULL)
			CHECK_OK(verify(&p, "Password", "onramp",
			                test_hex(&arena, known[i].tag_by_bits)));
	}
}

static void a_long_key_may_be_told_in_bits_a_short_one_not(void)
{
	struct mac_params p = params_of(&known[0]), eighth;
	struct mac_key key;
	struct digest d;

	/* 248 octets are 31: below what is taken for bits */
	for (p.key_size = 248; p.key_size <= 264; p.key_size += 8) {
		arena_reset(&arena);
		eighth = p;
		eighth.key_size = p.key_size / 8;
		CHECK_OK(mac_key_derive(&eighth, span_str("Password"), &key));
		CHECK_OK(mac_of(&key, span_str("onramp"), &d));
		CHECK_ERR(verify(&p, "Password", "onramp", digest_span(&d)),
		          p.key_size < 256 ? E_SIGNATURE : OK);
	}
	p.key_size = 260; /* no whole octets */
	eighth.key_size = 32;
	CHECK_OK(mac_key_derive(&eighth, span_str("Password"), &key));
	CHECK_OK(mac_of(&key, span_str("onramp"), &d));
	CHECK_ERR(verify(&p, "Password", "onramp", digest_span(&d)), E_SIGNATURE);
}

static void a_known_key_serves_its_own_parameters_only(void)
{
	struct mac_params p = params_of(&known[0]);
	struct span der, tag, secret = span_str("Password"), data = span_str("onramp");
	struct mac_key key, other;

	arena_reset(&arena);
	der = put(&p);
	tag = test_hex(&arena, known[0].tag);
	CHECK_OK(mac_key_derive(&p, secret, &key));
	CHECK_OK(mac_verify(der, secret, &key, data, tag));
	/* it is used: another secret is not even looked at */
	CHECK_OK(mac_verify(der, span_str("not it"), &key, data, tag));
	CHECK_ERR(mac_verify(der, secret, &key, span_str("Onramp"), tag), E_SIGNATURE);
	p.salt[0] ^= 1;
	CHECK_OK(mac_key_derive(&p, secret, &other));
	CHECK_OK(mac_verify(der, secret, &other, data, tag));
	CHECK_ERR(mac_verify(der, span_str("not it"), &other, data, tag), E_SIGNATURE);
	other = key;
	other.params.iterations++;
	CHECK_ERR(mac_verify(der, span_str("not it"), &other, data, tag), E_SIGNATURE);
	other = key;
	other.params.salt_size--;
	CHECK_ERR(mac_verify(der, span_str("not it"), &other, data, tag), E_SIGNATURE);
	other = key;
	other.params.hmac = HASH_SHA512;
	CHECK_ERR(mac_verify(der, span_str("not it"), &other, data, tag), E_SIGNATURE);
}

static void tags_are_compared_whole(void)
{
	struct mac_params p = params_of(&known[0]);
	struct span tag;
	uint8_t longer[33] = { 0 };

	arena_reset(&arena);
	tag = test_hex(&arena, known[0].tag);
	for (size_t n = 0; n < tag.n; n++)
		CHECK_ERR(verify(&p, "Password", "onramp", (struct span){ tag.p, n }), E_SIGNATURE);
	memcpy(longer, tag.p, tag.n);
	CHECK_ERR(verify(&p, "Password", "onramp", SPAN(longer)), E_SIGNATURE);
}

static void an_empty_secret_protects_nothing(void)
{
	struct mac_params p = params_of(&known[0]);
	struct mac_key key;

	CHECK_ERR(mac_key_derive(&p, NO_BYTES, &key), E_CONFIG);
}

/* AlgorithmIdentifiers as a peer might write them; integers are content octets in hex. */
struct forged {
	const char *scheme, *iterations;
	size_t salt;
	const char *owf;              /* PasswordBasedMac */
	const char *key_length, *prf; /* PBMAC1; NULL: absent */
	const char *mac;
};
#define PBMAC1       "06092a864886f70d01050e"
#define PBM          "06092a864886f67d07420d"
#define PBKDF2       "06092a864886f70d01050c"
#define SHA256       "300b0609608648016503040201"
#define HMAC_SHA1    "300a06082a864886f70d0207"
#define HMAC_SHA256  "300a06082a864886f70d0209"
#define WITH_NULL(h) "300c" h "0500"

static const struct forged good_pbmac1 = { .scheme = PBMAC1,
	                                   .iterations = "2710",
	                                   .salt = 16,
	                                   .key_length = "20",
	                                   .prf = WITH_NULL("06082a864886f70d0209"),
	                                   .mac = HMAC_SHA256 };
static const struct forged good_pbm = {
	.scheme = PBM, .iterations = "01f4", .salt = 16, .owf = SHA256, .mac = HMAC_SHA256
};

static void put_hex(struct derw *w, const char *hex)
{
	derw_raw(w, test_hex(&arena, hex));
}

static void put_integer(struct derw *w, const char *hex)
{
	derw_put(w, DER_INTEGER, test_hex(&arena, hex));
}

static struct span forge(const struct forged *f)
{
	static uint8_t out[512];
	static const uint8_t zeros[128];
	struct derw w = DERW_ON(out);
	struct span salt = { zeros, f->salt }, der;

	arena_reset(&arena);
	IN (&w, DER_SEQUENCE) {
		put_hex(&w, f->scheme);
		IN (&w, DER_SEQUENCE) {
			if (f->owf != NULL) {
				derw_put(&w, DER_OCTET_STRING, salt);
				put_hex(&w, f->owf);
				put_integer(&w, f->iterations);
			} else {
				IN (&w, DER_SEQUENCE) {
					put_hex(&w, PBKDF2);
					IN (&w, DER_SEQUENCE) {
						derw_put(&w, DER_OCTET_STRING, salt);
						put_integer(&w, f->iterations);
						if (f->key_length != NULL)
							put_integer(&w, f->key_length);
						if (f->prf != NULL)
							put_hex(&w, f->prf);
					}
				}
			}
			put_hex(&w, f->mac);
		}
	}
	CHECK_OK(derw_end(&w, &der));
	return der;
}

static enum err read_forged(struct forged f, struct mac_params *out)
{
	return mac_params_read(forge(&f), out);
}

/* One field of a good one replaced. */
#define READ(base, field, value)                              \
	(forgery = (base), forgery.field = (value), /* one */ \
	 read_forged(forgery, &got))
static struct forged forgery;
static struct mac_params got;

static void what_others_write_is_read(void)
{
	CHECK_OK(read_forged(good_pbmac1, &got));
	CU_ASSERT(got.scheme == MAC_PBMAC1 && got.kdf == HASH_SHA256 && got.hmac == HASH_SHA256);
	CU_ASSERT(got.iterations == 10000 && got.salt_size == 16 && got.key_size == 32);
	CHECK_OK(read_forged(good_pbm, &got));
	CU_ASSERT(got.scheme == MAC_PASSWORD_BASED && got.kdf == HASH_SHA256);
	CU_ASSERT(got.iterations == 500 && got.hmac == HASH_SHA256);
}

static void parameters_null_and_absent_are_the_same(void)
{
	CHECK_OK(READ(good_pbmac1, mac, WITH_NULL("06082a864886f70d020b")));
	CU_ASSERT_EQUAL(got.hmac, HASH_SHA512);
	CHECK_OK(READ(good_pbmac1, prf, "300a06082a864886f70d020a"));
	CU_ASSERT_EQUAL(got.kdf, HASH_SHA384);
	CHECK_OK(READ(good_pbm, mac, WITH_NULL("06082a864886f70d0208")));
	CU_ASSERT_EQUAL(got.hmac, HASH_SHA224);
	CHECK_OK(READ(good_pbm, owf, "300d06096086480165030402030500"));
	CU_ASSERT_EQUAL(got.kdf, HASH_SHA512);
	CHECK_ERR(READ(good_pbm, mac, "300c06082a864886f70d02090400"), E_UNEXPECTED);
}

static void prf_and_key_length_may_be_left_out(void)
{
	CHECK_OK(READ(good_pbmac1, prf, NULL));
	CU_ASSERT(got.kdf == HASH_SHA1 && got.hmac == HASH_SHA256);
	CHECK_OK(READ(good_pbmac1, key_length, NULL));
	CU_ASSERT_EQUAL(got.key_size, 0);
	/* the DEFAULT written out; with absent parameters it is another value */
	CHECK_ERR(READ(good_pbmac1, prf, WITH_NULL("06082a864886f70d0207")), E_NOT_DER);
	CHECK_OK(READ(good_pbmac1, prf, HMAC_SHA1));
}

static void sha1_is_the_mac_of_old_servers_only(void)
{
	CHECK_OK(READ(good_pbm, mac, HMAC_SHA1));
	CU_ASSERT_EQUAL(got.hmac, HASH_SHA1);
	CHECK_OK(READ(good_pbm, mac, "300a06082b06010505080102"));
	CU_ASSERT_EQUAL(got.hmac, HASH_SHA1);
	CHECK_ERR(READ(good_pbm, owf, "300706052b0e03021a"), E_ALGORITHM);
	CHECK_ERR(READ(good_pbmac1, mac, HMAC_SHA1), E_ALGORITHM);
	CHECK_ERR(READ(good_pbmac1, mac, "300a06082b06010505080102"), E_ALGORITHM);
}

static void other_algorithms_are_refused(void)
{
	CHECK_ERR(READ(good_pbm, scheme, "06082a8648ce3d040302"), E_ALGORITHM);
	CHECK_ERR(READ(good_pbm, owf, "300b060960864801650304020c"), E_ALGORITHM); /* SHAKE256 */
	CHECK_ERR(READ(good_pbm, owf, HMAC_SHA256), E_ALGORITHM);
	CHECK_ERR(READ(good_pbm, mac, SHA256), E_ALGORITHM);
	CHECK_ERR(READ(good_pbmac1, mac, SHA256), E_ALGORITHM);
	CHECK_ERR(READ(good_pbmac1, prf, SHA256), E_ALGORITHM);
	CHECK_ERR(READ(good_pbmac1, mac, "300b0609608648016503040109"), E_ALGORITHM); /* GMAC */
}

/* The first and last value taken, and the next to each that is not. */
static void limits_hold_both_ways(void)
{
	static const struct {
		const char *iterations;
		enum err want;
	} counts[] = {
		{ "00", E_ALGORITHM },
		{ "01", E_ALGORITHM },
		{ "63", E_ALGORITHM },
		{ "64", OK },
		{ "0186a0", OK },
		{ "040000", OK },
		{ "13d620", OK },
		{ "13d621", E_ALGORITHM },
		{ "7fffffff", E_ALGORITHM },
		{ "00ffffffff", E_ALGORITHM },
		{ "0100000000", E_RANGE },
		{ "ff", E_RANGE },
		{ "80000000", E_RANGE },
	};
	static const struct {
		const char *key_length;
		enum err want;
	} keys[] = {
		{ "00", E_ALGORITHM }, { "0f", E_ALGORITHM },     { "10", OK },
		{ "1000", OK },        { "1001", E_ALGORITHM },   { "00ffffffff", E_ALGORITHM },
		{ "ff", E_RANGE },     { "0100000000", E_RANGE },
	};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		CHECK_ERR(READ(good_pbmac1, iterations, counts[i].iterations), counts[i].want);
		CHECK_ERR(READ(good_pbm, iterations, counts[i].iterations), counts[i].want);
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		CHECK_ERR(READ(good_pbmac1, key_length, keys[i].key_length), keys[i].want);
	for (size_t n = 0; n <= 80; n++) {
		enum err want = n >= 8 && n <= 64 ? OK : E_ALGORITHM;

		CHECK_ERR(READ(good_pbmac1, salt, n), want);
		CHECK_ERR(READ(good_pbm, salt, n), want);
	}
}

/* Each limit alone would allow it. */
static void long_keys_with_many_iterations_are_too_much_work(void)
{
	struct forged f = good_pbmac1;

	f.key_length = "1000";
	f.iterations = "27ac"; /* 10156, for 128 hashes */
	CHECK_OK(read_forged(f, &got));
	f.iterations = "27ad";
	CHECK_ERR(read_forged(f, &got), E_ALGORITHM);
	f.iterations = "0186a0";
	CHECK_ERR(read_forged(f, &got), E_ALGORITHM);
	f.key_length = "40";
	CHECK_OK(read_forged(f, &got));
	/* SHA-1 makes 205 of it */
	f.key_length = "1000";
	f.iterations = "2710";
	f.prf = HMAC_SHA1;
	CHECK_ERR(read_forged(f, &got), E_ALGORITHM);
}

static void every_prefix_and_extension_is_refused(void)
{
	const struct forged *both[] = { &good_pbmac1, &good_pbm };

	for (size_t i = 0; i < 2; i++) {
		struct span der = forge(both[i]);
		uint8_t longer[256];

		for (size_t n = 0; n < der.n; n++)
			CU_ASSERT_NOT_EQUAL(mac_params_read((struct span){ der.p, n }, &got), OK);
		memcpy(longer, der.p, der.n);
		longer[der.n] = 0;
		CHECK_ERR(mac_params_read((struct span){ longer, der.n + 1 }, &got), E_TRAILING);
	}
	CU_ASSERT_EQUAL(got.salt_size, 0);
}

/* In the algorithm, in the data and in the tag, bit by bit. */
struct flipped {
	struct span algorithm, data, tag;
};

static void must_fail(void *context)
{
	const struct flipped *f = context;

	CU_ASSERT_NOT_EQUAL(mac_verify(f->algorithm, span_str("Password"), NULL, f->data, f->tag),
	                    OK);
}

static void no_flipped_bit_verifies(void)
{
	static const size_t of_each_scheme[] = { 3, 8 };

	for (size_t i = 0; i < 2; i++) {
		const struct known *k = &known[of_each_scheme[i]];
		struct mac_params p = params_of(k);
		struct flipped f;

		arena_reset(&arena);
		CHECK_OK(arena_copy(&arena, span_str("onramp"), &f.data));
		f.algorithm = put(&p);
		f.tag = test_hex(&arena, k->tag);
		CHECK_OK(mac_verify(f.algorithm, span_str("Password"), NULL, f.data, f.tag));
		tools_flip(f.data, must_fail, &f);
		tools_flip(f.tag, must_fail, &f);
		tools_flip(f.algorithm, must_fail, &f);
	}
}

static enum err verify_message(struct span der, const char *secret, struct cmp_message *m)
{
	struct derw w = derw_in(&arena, der.n + 8);
	struct span part;

	CHECK_OK(cmp_read(der, m));
	derw_put(&w, DER_SEQUENCE, m->header_and_body);
	CHECK_OK(derw_end(&w, &part));
	return mac_verify(m->header.protection_alg, span_str(secret), NULL, part, m->protection);
}

/* openssl's client and its server in one process: a genm and its genp. */
static void what_openssl_protects_verifies(void)
{
	static const struct {
		const char *options;
		enum hash owf, hmac;
	} cases[] = {
		{ "", HASH_SHA256, HASH_SHA1 },
		{ "-mac hmacWithSHA256", HASH_SHA256, HASH_SHA256 },
		{ "-digest sha512 -mac hmacWithSHA384", HASH_SHA512, HASH_SHA384 },
		{ "-digest sha384 -mac hmac-sha1", HASH_SHA384, HASH_SHA1 },
	};
	struct cmp_message m;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		arena_reset(&arena);
		CU_ASSERT_FATAL(openssl("cmp -config '' -cmd genm -use_mock_srv -srv_ref ra "
		                        "-srv_secret pass:s3cret -ref ee -secret pass:s3cret "
		                        "-reqout req.der -rspout rsp.der %s",
		                        cases[i].options));
		CHECK_OK(verify_message(tools_get(&arena, "req.der"), "s3cret", &m));
		CHECK_OK(mac_params_read(m.header.protection_alg, &got));
		CU_ASSERT(got.kdf == cases[i].owf && got.hmac == cases[i].hmac);
		CHECK_OK(verify_message(tools_get(&arena, "rsp.der"), "s3cret", &m));
		CHECK_ERR(verify_message(tools_get(&arena, "rsp.der"), "s3creT", &m), E_SIGNATURE);
	}
}

/* The same derivation by openssl's own commands. */
static void openssl_derives_the_same_pbmac1(void)
{
	struct mac_params p = params_of(&known[0]);
	struct mac_key key;

	arena_reset(&arena);
	CHECK_OK(mac_key_derive(&p, span_str("Password"), &key));
	CU_ASSERT_FATAL(openssl("kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt pass:Password "
	                        "-kdfopt hexsalt:000102030405060708090a0b0c0d0e0f "
	                        "-kdfopt iter:1000 -binary -out key.bin PBKDF2"));
	CU_ASSERT(span_equal(tools_get(&arena, "key.bin"), (struct span){ key.key, key.key_size }));
}

/* Their keyLength 4096 was meant as bits; all it takes is the secret. */
static void siemens_messages_verify(void)
{
	static const char *const names[] = { "INIT_REQ", "CERT_CONFIRM" };
	struct cmp_message m;

	for (size_t i = 0; i < 2; i++) {
		char path[128];
		const char *found;

		snprintf(path, sizeof path,
		         "siemens-cmp/lwcmpra/IrWithMacProtection/downstream_%s.PKI", names[i]);
		found = test_vectors(path);
		if (found == NULL)
			return;
		arena_reset(&arena);
		CHECK_OK(verify_message(test_file(&arena, found), "Password", &m));
		CHECK_OK(mac_params_read(m.header.protection_alg, &got));
		CU_ASSERT(got.key_size == 4096 && got.iterations == 10000);
	}
	/* every reading of it is tried before it is refused */
	CHECK_ERR(verify_message(m.der, "password", &m), E_SIGNATURE);
}

/* 262,144 iterations, of which each costs PasswordBasedMac as much. */
static void many_iterations_are_work_like_any(void)
{
	const char *found = test_field("cmp/pbmac1-262144.pki");
	struct cmp_message m;

	if (found == NULL)
		return;
	arena_reset(&arena);
	CHECK_OK(verify_message(test_file(&arena, found), "SiemensIT", &m));
	CHECK_OK(mac_params_read(m.header.protection_alg, &got));
	CU_ASSERT(got.scheme == MAC_PBMAC1 && got.iterations == 262144);
	CHECK_ERR(verify_message(m.der, "SiemensIt", &m), E_SIGNATURE);
}

/* Published without their secrets: read, and not verified by another. */
static void published_messages_are_read(void)
{
	static const char *const names[] = { "cmp-der/rfc9480-V3CertConfMessageTestCase.der",
		                             "cmp-der/rfc9810-V3CertConfMessageTestCase.der" };
	struct cmp_message m;

	for (size_t i = 0; i < 2; i++) {
		const char *found = test_vectors(names[i]);

		if (found == NULL)
			return;
		arena_reset(&arena);
		CHECK_ERR(verify_message(test_file(&arena, found), "secret", &m), E_SIGNATURE);
		CHECK_OK(mac_params_read(m.header.protection_alg, &got));
		CU_ASSERT(got.scheme == MAC_PASSWORD_BASED && got.iterations == 500);
	}
}

const struct test_suite suite_crypto_mac = {
	"crypto/mac",
	{
		{ "our parameters are fresh and strong", ours_are_fresh_and_strong },
		{ "what is written is read", what_is_written_is_read },
		{ "MACs are known", macs_are_known },
		{ "a long keyLength may be meant as bits, a short one not",
	          a_long_key_may_be_told_in_bits_a_short_one_not },
		{ "a known key serves its own parameters only",
	          a_known_key_serves_its_own_parameters_only },
		{ "tags are compared whole", tags_are_compared_whole },
		{ "an empty secret protects nothing", an_empty_secret_protects_nothing },
		{ "what others write is read", what_others_write_is_read },
		{ "parameters NULL and absent are the same",
	          parameters_null_and_absent_are_the_same },
		{ "prf and keyLength may be left out", prf_and_key_length_may_be_left_out },
		{ "SHA-1 is the MAC of old servers only", sha1_is_the_mac_of_old_servers_only },
		{ "other algorithms are refused", other_algorithms_are_refused },
		{ "limits hold both ways", limits_hold_both_ways },
		{ "long keys with many iterations are too much work",
	          long_keys_with_many_iterations_are_too_much_work },
		{ "every prefix is refused, and what is behind",
	          every_prefix_and_extension_is_refused },
		{ "no flipped bit verifies", no_flipped_bit_verifies },
		{ "what openssl protects verifies", what_openssl_protects_verifies },
		{ "openssl derives the same PBMAC1 key", openssl_derives_the_same_pbmac1 },
		{ "the RA's messages verify, keyLength in bits", siemens_messages_verify },
		{ "many iterations are work like any", many_iterations_are_work_like_any },
		{ "published messages are read", published_messages_are_read },
	},
};
