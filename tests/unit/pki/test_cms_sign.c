/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/fake/masa.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t room[131072];
static struct arena arena;
static const char content[] = "{\"x\":1}\r\n\n";

static const char *const identities[] = { "idevid", "idevid-p384", "idevid-rsa", "idevid-ed25519" };
enum { IDENTITIES = sizeof identities / sizeof *identities };

static void begin(void)
{
	arena = (struct arena)ARENA_ON(room);
}

static struct span sign_as(const char *who, struct span type, struct moment now)
{
	struct credential by = masa_credential(&arena, who);
	struct span out = NO_BYTES;

	CHECK_OK(cms_sign(&arena, &by, type, span_str(content), now, &out));
	masa_close();
	return out;
}

static enum err verify(struct span der)
{
	struct anchors anchors = masa_anchors(&arena, "vendor-root");
	struct cms m;
	enum err e = cms_read(der, &m);

	return e != OK ? e
	               : cms_verify(&m,
	                            &(struct cms_rules){
					    .content_types = &OID_CT_ANIMA_JSON_VOUCHER,
					    .content_type_count = 1,
					    .anchors = &anchors,
					    .now = masa_now,
				    },
	                            NULL);
}

static void we_verify_what_we_sign(void)
{
	for (size_t i = 0; i < IDENTITIES; i++) {
		begin();
		CHECK_OK(verify(sign_as(identities[i], OID_CT_ANIMA_JSON_VOUCHER, masa_now)));
	}
}

/* OpenSSL 3.0 knows EdDSA in no CMS. */
static void so_does_openssl(void)
{
	for (size_t i = 0; i < IDENTITIES - 1 && openssl_is_here(); i++) {
		struct span said, cms;

		begin();
		cms = sign_as(identities[i], OID_CT_ANIMA_JSON_VOUCHER, masa_now);
		CU_ASSERT(openssl_verifies(&arena, cms, "vendor-root", &said));
		CU_ASSERT(span_is(said, content));
		/* and not below somebody else's root */
		CU_ASSERT(!openssl_verifies(&arena, cms, "masa-root", &said));
	}
}

/* RFC 5652 5.1, 5.3 */
static void versions_follow_the_content(void)
{
	struct cms m;

	begin();
	CHECK_OK(cms_read(sign_as("idevid", OID_CT_ANIMA_JSON_VOUCHER, masa_now), &m));
	CU_ASSERT_EQUAL(m.version, 3);
	CU_ASSERT(span_equal(m.content_type, OID_CT_ANIMA_JSON_VOUCHER));
	CU_ASSERT(span_is(m.content, content));
	CHECK_OK(cms_read(sign_as("idevid", OID_CMS_DATA, masa_now), &m));
	CU_ASSERT_EQUAL(m.version, 1);
}

/* A device without a clock does not say what time it is. */
static void signing_time_only_with_a_clock(void)
{
	struct cms m;

	begin();
	CHECK_OK(cms_read(sign_as("idevid", OID_CMS_DATA, masa_now), &m));
	CU_ASSERT_EQUAL(m.signers[0].signing_time, MASA_NOW);
	CHECK_OK(cms_read(sign_as("idevid", OID_CMS_DATA, (struct moment){ TIME_FLOOR, MASA_NOW }),
	                  &m));
	CU_ASSERT_EQUAL(m.signers[0].signing_time, 0);
	CHECK_OK(cms_read(sign_as("idevid", OID_CMS_DATA, (struct moment){ TIME_UNSET, 0 }), &m));
	CU_ASSERT_EQUAL(m.signers[0].signing_time, 0);
	CU_ASSERT_EQUAL(m.signers[0].message_digest.n, 32);
}

/* RFC 8366 5.4: up to and including the root; X.690 11.6: in order. */
static void all_certificates_are_inside(void)
{
	static const char *const want[] = { "idevid", "vendor-sub", "vendor-root" };
	struct cms m;

	begin();
	CHECK_OK(cms_read(sign_as("idevid", OID_CMS_DATA, masa_now), &m));
	CU_ASSERT_EQUAL(m.cert_count, 3);
	for (size_t i = 0; i < 3; i++) {
		struct span der = masa_cert(&arena, want[i]);
		bool there = false;

		for (size_t k = 0; k < m.cert_count; k++)
			there = there || span_equal(m.certs[k], der);
		CU_ASSERT(there);
	}
	struct span all = { m.certs[0].p, m.certs[0].n + m.certs[1].n + m.certs[2].n };

	CU_ASSERT(der_set_ordered(all));
}

/* RFC 8419 3.1, RFC 5754: the digest goes with the signature. */
static void digests(void)
{
	static const enum hash want[] = { HASH_SHA256, HASH_SHA384, HASH_SHA256, HASH_SHA512 };

	for (size_t i = 0; i < IDENTITIES; i++) {
		enum hash hash;
		struct cms m;

		begin();
		CHECK_OK(cms_read(sign_as(identities[i], OID_CMS_DATA, masa_now), &m));
		CHECK_OK(hash_alg_read(m.signers[0].digest_alg, &hash));
		CU_ASSERT_EQUAL(hash, want[i]);
		CU_ASSERT(span_equal(m.digest_algs, m.signers[0].digest_alg));
	}
}

/* RFC 8419 3.1: id-shake256-len with 512. */
static void ed448(void)
{
	struct credential by = { .count = 1 };
	struct anchors anchors = { .n = 0 };
	struct span der, want;
	struct cms m;
	enum err e = signer_generate(&by.key, KEY_KIND_ED448);

	begin();
	if (e == E_ALGORITHM) {
		test_skip("no Ed448 in this build of wolfSSL");
		return;
	}
	CHECK_OK(e);
	by.chain[0] = fake_x509(&arena, &(struct fake_parts){ .inner_alg = "3005 0603 2b6571",
	                                                      .alg = "3005 0603 2b6571",
	                                                      .spki = signer_spki(by.key),
	                                                      .extensions = X_KU_SIGN,
	                                                      .key = by.key });
	CHECK_OK(cert_read(by.chain[0], &by.leaf));
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, by.chain[0]));
	CHECK_OK(cms_sign(&arena, &by, OID_CMS_DATA, span_str(content), x509_now, &der));
	CHECK_OK(cms_read(der, &m));
	want = test_hex(&arena, "300f 0609 608648016503040212 02020200");
	CU_ASSERT(span_equal(m.signers[0].digest_alg, want));
	CU_ASSERT(span_equal(m.digest_algs, want));
	CU_ASSERT_EQUAL(m.signers[0].message_digest.n, 64);
	CHECK_OK(cms_verify(&m,
	                    &(struct cms_rules){ .content_types = &OID_CMS_DATA,
	                                         .content_type_count = 1,
	                                         .anchors = &anchors,
	                                         .now = x509_now },
	                    NULL));
	signer_close(by.key);
}

static void an_arena_too_small_is_said(void)
{
	struct credential by;
	struct span cms, out;
	size_t need;

	begin();
	cms = sign_as("idevid", OID_CMS_DATA, masa_now);
	need = cms.n;
	by = masa_credential(&arena, "idevid");
	for (size_t n = 0; n < need; n += n < need - 16 ? 16 : 1) {
		struct arena small = { arena.base + arena.used, n, 0 };

		CHECK_ERR(cms_sign(&small, &by, OID_CMS_DATA, span_str(content), masa_now, &out),
		          E_SPACE);
		CU_ASSERT(out.n == 0);
	}
	masa_close();
}

const struct test_suite suite_pki_cms_sign = {
	"pki/cms_sign",
	{
		{ "we verify what we sign", we_verify_what_we_sign },
		{ "so does openssl", so_does_openssl },
		{ "versions follow the content", versions_follow_the_content },
		{ "signing time only with a clock", signing_time_only_with_a_clock },
		{ "all certificates are inside", all_certificates_are_inside },
		{ "digests", digests },
		{ "Ed448 has the digest of RFC 8419", ed448 },
		{ "an arena too small is said", an_arena_too_small_is_said },
	}
};
