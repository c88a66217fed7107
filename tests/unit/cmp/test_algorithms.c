/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signature algorithms of RFC 9481 3, in whole transactions: as the protection of
 * messages, as signatures of certificates, as proof of possession; and the hash by
 * which certConf names a certificate.
 */
#include <stdio.h>

#include "platform/crypto/internal.h"
#include "platform/crypto/signer_tls.h"
#include "tests/unit/fake/cmp_ca.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t ca_room[2 << 20], room[512 * 1024];
static struct arena ca_arena = ARENA_ON(ca_room), a = ARENA_ON(room);
static struct fake_ca ca;
static struct cmp_issued issued;

enum { PSS_KEY = KEY_KINDS }; /* an RSA key that is for RSASSA-PSS alone */

/* How the CA signs, and the hash of certConf (RFC 9481 2.1, 2.2, 3.3). Rows of a key together. */
static const struct row {
	int kind; /* enum key_kind, or PSS_KEY */
	struct sig_alg alg;
	enum hash cert_hash;
} rows[] = {
	{ KEY_KIND_RSA2048, { SIG_RSA_PKCS1, HASH_SHA224, 0 }, HASH_SHA224 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PKCS1, HASH_SHA256, 0 }, HASH_SHA256 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PKCS1, HASH_SHA384, 0 }, HASH_SHA384 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PKCS1, HASH_SHA512, 0 }, HASH_SHA512 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PSS, HASH_SHA224, 28 }, HASH_SHA224 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PSS, HASH_SHA256, 32 }, HASH_SHA256 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PSS, HASH_SHA384, 48 }, HASH_SHA384 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PSS, HASH_SHA512, 64 }, HASH_SHA512 },
	{ KEY_KIND_RSA2048, { SIG_RSA_PSS, HASH_SHAKE256, 64 }, HASH_SHAKE256 },
	{ PSS_KEY, { SIG_RSA_PSS, HASH_SHA256, 32 }, HASH_SHA256 },
	{ PSS_KEY, { SIG_RSA_PSS, HASH_SHA512, 64 }, HASH_SHA512 },
	{ KEY_KIND_EC256, { SIG_ECDSA, HASH_SHA224, 0 }, HASH_SHA224 },
	{ KEY_KIND_EC256, { SIG_ECDSA, HASH_SHA256, 0 }, HASH_SHA256 },
	{ KEY_KIND_EC256, { SIG_ECDSA, HASH_SHA384, 0 }, HASH_SHA384 },
	{ KEY_KIND_EC256, { SIG_ECDSA, HASH_SHA512, 0 }, HASH_SHA512 },
	{ KEY_KIND_EC256, { SIG_ECDSA, HASH_SHAKE256, 0 }, HASH_SHAKE256 },
	{ KEY_KIND_EC384, { SIG_ECDSA, HASH_SHA384, 0 }, HASH_SHA384 },
	{ KEY_KIND_EC384, { SIG_ECDSA, HASH_SHAKE256, 0 }, HASH_SHAKE256 },
	{ KEY_KIND_EC521, { SIG_ECDSA, HASH_SHA512, 0 }, HASH_SHA512 },
	{ KEY_KIND_EC521, { SIG_ECDSA, HASH_SHAKE256, 0 }, HASH_SHAKE256 },
	{ KEY_KIND_ED25519, { SIG_ED25519, HASH_NONE, 0 }, HASH_SHA512 },
	{ KEY_KIND_ED448, { SIG_ED448, HASH_NONE, 0 }, HASH_SHAKE256 },
};

/* The key of rows[], and the certificates it has in them. */
static const struct row *row;
static struct signer *key;
static struct span ra, sub;

static enum err adopt_as_pss(void *context, struct span pkcs8)
{
	static const uint8_t id_rsassa_pss[] = { 0x30, 11,   6,    9,    0x2a, 0x86, 0x48,
		                                 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a };
	struct private_key k;
	enum err e = private_key_from_pkcs8(pkcs8, &k);

	k.algorithm = SPAN(id_rsassa_pss);
	if (e == OK)
		e = key_algorithm_read(k.algorithm, &k.kind);
	return e == OK ? signer_adopt(context, &k) : e;
}

static enum err make_key(int kind)
{
	struct signer *plain;
	enum err e;

	if (kind != PSS_KEY)
		return signer_generate(&key, (enum key_kind)kind);
	e = signer_generate(&plain, KEY_KIND_RSA2048);
	if (e != OK)
		return e;
	/* there is room for one key more, and the fake RA can do without its own */
	signer_close(ca.ra_key);
	e = signer_lend_private(plain, adopt_as_pss, &key);
	ca.ra_key = key;
	signer_close(plain);
	return e;
}

static bool lacking(const struct row *r)
{
	struct digest d;

	if ((r->kind == PSS_KEY || key_kind_available((enum key_kind)r->kind)) &&
	    hash_of(r->cert_hash, NO_BYTES, &d) == OK &&
	    (r->alg.hash == HASH_NONE || hash_of(r->alg.hash, NO_BYTES, &d) == OK))
		return false;
	test_skip("this build of wolfSSL lacks an algorithm");
	return true;
}

static struct span certify(const char *subject, const char *issuer, const struct signer *by,
                           const struct sig_alg *alg, bool is_ca)
{
	return fake_cert(ca.arena, &(struct fake_cert){ .subject = subject,
	                                                .issuer = issuer,
	                                                .issuer_key = by,
	                                                .alg = alg,
	                                                .spki = signer_spki(key),
	                                                .ca = is_ca,
	                                                .purpose = is_ca ? NULL : "ra" });
}

/* Root > Sub, signed as Root does; Sub > RA, and Sub > what is issued, signed by the row. */
static void by_the_row(struct fake_ca *c, struct fake_message *m)
{
	(void)c;
	m->key = key;
	m->alg = &row->alg;
	m->kid = fake_kid(ca.arena, signer_spki(key));
	m->certs[0] = ra;
	m->certs[1] = sub;
	m->cert_count = 2;
}

static void spoiled(struct fake_ca *c, struct fake_message *m)
{
	by_the_row(c, m);
	m->spoiled = true;
}

static enum err enrol_by(void (*bend)(struct fake_ca *, struct fake_message *),
                         void (*confirm)(struct fake_ca *, struct fake_message *))
{
	const struct fake_row script[] = { { REPLY_GRANT, bend },
		                           { REPLY_PKI_CONF, confirm },
		                           { REPLY_NONE, NULL } };

	arena_reset(&a);
	fake_ca_plays(&ca, script);
	return cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued);
}

static enum err enrol(void (*bend)(struct fake_ca *, struct fake_message *))
{
	return enrol_by(bend, by_the_row);
}

static void open_with(int kind)
{
	fake_ca_open(&ca, &ca_arena);
	signer_close(ca.stranger_key); /* there is room for six keys */
	ca.stranger_key = NULL;
	CHECK_OK(make_key(kind));
	CU_ASSERT_PTR_NOT_NULL_FATAL(key);
	sub = certify("Sub", "Root", ca.root_key, NULL, true);
	ca.params.confirm = CMP_CONFIRM_EXPLICIT;
	ca.issue = (struct fake_cert){ .issuer = "Sub", .issuer_key = key };
}

static void close_all(void)
{
	signer_close(key);
	key = NULL;
	fake_ca_close(&ca);
}

/* One transaction signed throughout by a row: ip, pkiConf, RA's and the new certificate. */
static void try_row(const struct row *r)
{
	uint8_t *last;

	row = r;
	ra = certify("RA", "Sub", key, &r->alg, false);
	ca.issue.alg = &r->alg;
	ca.cert_hash = r->cert_hash;
	CHECK_OK(enrol(by_the_row));
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	CHECK_ERR(enrol(spoiled), E_CMP_PROTECTION);
	/* the RA's certificate, with a bit of its signature turned over */
	last = (uint8_t *)(uintptr_t)(ra.p + ra.n - 1);
	*last ^= 1;
	CHECK_ERR(enrol(by_the_row), E_CMP_SIGNER);
	*last ^= 1;
}

/* And the issued one: it is refused, by a certConf that still has its hash. */
static void try_bad_certificate(const struct row *r)
{
	struct fake_cert c = ca.issue;

	row = r;
	c.subject_der = ca.params.subject;
	c.spki = signer_spki(ca.new_key);
	fake_ca_plays(&ca, (const struct fake_row[]){ { REPLY_GRANT, by_the_row },
	                                              { REPLY_PKI_CONF, by_the_row },
	                                              { REPLY_NONE, NULL } });
	ca.issued = fake_cert(ca.arena, &c);
	((uint8_t *)(uintptr_t)ca.issued.p)[ca.issued.n - 1] ^= 1;
	arena_reset(&a);
	CHECK_ERR(cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued), E_ISSUED_CHAIN);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_REJECTION);
}

static void what_the_ca_signs(void)
{
	int kind = -1;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t mark;

		if (lacking(&rows[i]))
			continue;
		if (rows[i].kind != kind) {
			if (kind >= 0)
				close_all();
			kind = rows[i].kind;
			open_with(kind);
		}
		mark = arena_mark(&ca_arena);
		try_row(&rows[i]);
		try_bad_certificate(&rows[i]);
		arena_rewind(&ca_arena, mark);
	}
	close_all();
}

#define SHA256_RSA "300b 0609 2a864886f70d01010b" /* as some write it */

static void without_parameters(struct fake_ca *c, struct fake_message *m)
{
	by_the_row(c, m);
	m->alg_id = test_hex(c->arena, SHA256_RSA);
}

/* RFC 5754 3.2: the parameters "MUST be NULL", and are left out by some. */
static void rsa_without_null(void)
{
	static const struct row plain = { KEY_KIND_RSA2048,
		                          { SIG_RSA_PKCS1, HASH_SHA256, 0 },
		                          HASH_SHA256 };

	open_with(KEY_KIND_RSA2048);
	row = &plain;
	ra = fake_x509(ca.arena, &(struct fake_parts){ .issuer = "/CN=Sub",
	                                               .subject = "/CN=RA",
	                                               .inner_alg = SHA256_RSA,
	                                               .alg = SHA256_RSA,
	                                               .spki = signer_spki(key),
	                                               .extensions = X_EKU_RA,
	                                               .key = key });
	CHECK_OK(enrol(without_parameters));
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
	close_all();
}

/* What we sign by each kind of key (RFC 9481 3, RFC 5754 3.3). */
static const struct own {
	int kind;
	struct sig_alg alg;
} own[] = {
	{ KEY_KIND_EC256, { SIG_ECDSA, HASH_SHA256, 0 } },
	{ KEY_KIND_EC384, { SIG_ECDSA, HASH_SHA384, 0 } },
	{ KEY_KIND_EC521, { SIG_ECDSA, HASH_SHA512, 0 } },
	{ KEY_KIND_RSA2048, { SIG_RSA_PKCS1, HASH_SHA256, 0 } },
	{ PSS_KEY, { SIG_RSA_PSS, HASH_SHA256, 32 } },
	{ KEY_KIND_ED25519, { SIG_ED25519, HASH_NONE, 0 } },
	{ KEY_KIND_ED448, { SIG_ED448, HASH_NONE, 0 } },
};

static void in_requests(const struct own *o)
{
	struct cmp_message m;
	struct sig_alg alg;

	CHECK_OK(cmp_read(ca.link.sent[0].body, &m));
	CHECK_OK(sig_alg_read(m.header.protection_alg, &alg));
	CU_ASSERT(sig_alg_equal(&alg, &o->alg));
	CU_ASSERT(sig_alg_equal(signer_alg(ca.params.key), &o->alg));
}

/* No answer is signed with our own key. */
static void by_the_root(struct fake_ca *c, struct fake_message *m)
{
	m->key = c->root_key;
	m->kid = fake_kid(c->arena, signer_spki(c->root_key));
	m->sender = fake_name(c->arena, "Root");
	m->certs[0] = sub;
}

/* The fake CA verifies protection and proof of possession of all it gets. */
static void try_own(const struct own *o)
{
	ca.issue.alg = NULL;
	ca.cert_hash = sig_alg_cert_hash(signer_alg(key));
	ca.device.key = key;
	ca.device.chain[0] = certify("Device 1", "Root", ca.root_key, NULL, false);
	ca.device.count = 1;
	CHECK_OK(cert_read(ca.device.chain[0], &ca.device.leaf));
	ca.params.key = key;
	ca.kind = CMP_IR;
	CHECK_OK(enrol_by(by_the_root, by_the_root));
	in_requests(o);
	CU_ASSERT_EQUAL(ca.confirmed, PKI_ACCEPTED);
}

static void what_we_sign(void)
{
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (own[i].kind != PSS_KEY && !key_kind_available((enum key_kind)own[i].kind)) {
			test_skip("this build of wolfSSL lacks an algorithm");
			continue;
		}
		open_with(own[i].kind);
		try_own(&own[i]);
		close_all();
	}
}

static char logged[512];

static void keep(void *context, enum log_level level, const char *line)
{
	(void)context;
	(void)level;
	snprintf(logged, sizeof logged, "%s", line);
}

/* RFC 9481 7, table 1: the key that signs should be as strong as the one to be certified. */
static void strength(void)
{
	fake_ca_open(&ca, &ca_arena);
	signer_close(ca.new_key);
	CHECK_OK(signer_generate(&ca.new_key, KEY_KIND_EC384));
	ca.params.key = ca.new_key;
	fake_ca_plays(&ca,
	              (const struct fake_row[]){ { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } });
	arena_reset(&a);
	log_to(keep, NULL);
	log_limit(LOG_LEVEL_NOTICE);
	logged[0] = '\0';
	CHECK_OK(cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued));
	CU_ASSERT(strstr(logged, "192 bits of security is protected by one of 128") != NULL);
	/* stronger than need be */
	logged[0] = '\0';
	ca.params.key = ca.stranger_key;
	fake_ca_plays(&ca,
	              (const struct fake_row[]){ { REPLY_GRANT, NULL }, { REPLY_NONE, NULL } });
	CHECK_OK(cmp_enrol(&ca.client, CMP_IR, &a, &ca.params, NULL, &issued));
	CU_ASSERT_STRING_EQUAL(logged, "");
	log_limit(LOG_LEVEL_ERROR);
	log_to(NULL, NULL);
	fake_ca_close(&ca);
}

const struct test_suite suite_cmp_algorithms = {
	"cmp/algorithms",
	{
		{ "what the CA signs: protection, certificates, the hash of certConf",
	          what_the_ca_signs },
		{ "RSA without its NULL", rsa_without_null },
		{ "what we sign: protection, proof of possession", what_we_sign },
		{ "a weaker key that asks for a stronger one is mentioned", strength },
	}
};
