/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/codec/pem.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/test.h"

static uint8_t room[262144];
static struct arena arena;

/* What a caller allows; by default what a voucher's reader does. */
static const struct span voucher_and_data[] = {
	{ (const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x28", 11 },
	{ (const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 9 },
};
static struct anchors anchors;

static struct cms_rules rules(void)
{
	return (struct cms_rules){
		.content_types = voucher_and_data,
		.content_type_count = 2,
		.signed_attrs = CMS_ATTRS_DEMANDED,
		.anchors = &anchors,
		.now = masa_now,
	};
}

static void begin(const char *anchor)
{
	arena = (struct arena)ARENA_ON(room);
	anchors = masa_anchors(&arena, anchor);
}

static enum err verify(struct span der, const struct cms_rules *r, struct cert *signer)
{
	struct cms m;
	enum err e = cms_read(der, &m);

	return e == OK ? cms_verify(&m, r, signer) : e;
}

static void file_is(const char *name, enum err want)
{
	struct cms_rules r = rules();
	struct cert signer = { .version = 0 };

	if (!CHECK_ERR(verify(masa_file(&arena, name), &r, &signer), want))
		printf("%s\n", name);
	CU_ASSERT_EQUAL(signer.der.n > 0, want == OK);
}

/* RFC 5652 5, and what other verifiers were seen to let pass. */
static const struct {
	const char *name;
	enum err want;
} traps[] = {
	{ "ok.p7", OK },
	{ "bad_then_good.p7", E_SIGNATURE },
	{ "badversion.p7", E_UNEXPECTED },
	{ "certsonly.p7", E_UNEXPECTED },
	{ "ct_mismatch.p7", E_UNEXPECTED },
	{ "detached.p7", E_UNEXPECTED },
	{ "evil.p7", E_CERT_CHAIN },
	{ "good_then_bad.p7", E_SIGNATURE },
	{ "hugelen.p7", E_TRUNCATED },
	{ "iddata.p7", E_UNEXPECTED },
	{ "indef.p7", E_NOT_DER },
	{ "noattr.p7", E_UNEXPECTED },
	{ "nocert.p7", E_CERT_CHAIN },
	{ "nocerts_valid.p7", E_CERT_CHAIN },
	{ "nodigalg.p7", E_UNEXPECTED },
	{ "nodigalg_tamper.p7", E_UNEXPECTED },
	{ "nodigalg_tamper_certs_nosigner.p7", E_UNEXPECTED },
	{ "nodigalg_tamper_nosigner.p7", E_UNEXPECTED },
	{ "nosigner.p7", E_UNEXPECTED },
	{ "nosigner_nocerts.p7", E_UNEXPECTED },
	{ "sha1.p7", E_ALGORITHM },
	{ "tamper.p7", E_SIGNATURE },
	{ "trailing.p7", E_TRAILING },
	{ "two.p7", E_UNEXPECTED },
};
enum { TRAPS = sizeof traps / sizeof *traps };

static struct span trap(const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "cms-traps/%s", name);
	return test_file(&arena, test_own_vectors(path));
}

static struct cms_rules rules_of_traps(void)
{
	struct cms_rules r = rules();
	struct span ca = NO_BYTES;
	size_t n;

	arena = (struct arena)ARENA_ON(room);
	CHECK_OK(pem_certificates(&arena, trap("ca.pem"), &ca, 1, &n));
	anchors = (struct anchors){ .n = 0 };
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, ca));
	r.now.seconds += 7 * 86400;
	return r;
}

static void no_trap_is_stepped_into(void)
{
	struct cms_rules r = rules_of_traps();
	size_t n;

	r.content_type_count = 1;
	for (size_t i = 0; i < TRAPS; i++)
		if (!CHECK_ERR(verify(trap(traps[i].name), &r, NULL), traps[i].want))
			printf("%s\n", traps[i].name);
	test_directory(&arena, "tests/vectors/cms-traps", &n);
	CU_ASSERT_EQUAL(n, TRAPS + 4); /* README.md, expected.tsv, ca.pem, s.pem */
}

/* The three that are id-data, for a caller that allows it. */
static void traps_with_data_allowed(void)
{
	struct cms_rules r = rules_of_traps();

	CHECK_OK(verify(trap("ok.p7"), &r, NULL));
	CHECK_OK(verify(trap("iddata.p7"), &r, NULL));
	CHECK_ERR(verify(trap("noattr.p7"), &r, NULL), E_UNEXPECTED);
	CHECK_ERR(verify(trap("two.p7"), &r, NULL), E_CERT_CHAIN);
}

static void foreign_messages(void)
{
	begin("masa-root");
	file_is("plain.vcj", OK);
	file_is("data.vcj", OK);
	file_is("key-id.vcj", OK);
	file_is("rsa.vcj", OK);
	file_is("rsa-pss.vcj", OK);
	file_is("p384.vcj", OK);
	file_is("sha512.vcj", OK);
	file_is("two-signers.vcj", OK);
	begin("other-root"); /* of the same name */
	file_is("plain.vcj", E_CERT_CHAIN);
	file_is("rsa-pss.vcj", E_CERT_CHAIN);
}

static void paths(void)
{
	begin("masa-root");
	file_is("below-sub.vcj", OK);
	file_is("with-root.vcj", OK);
	file_is("no-sub.vcj", E_CERT_CHAIN);
	file_is("root-signs.vcj", OK); /* the anchor signed by itself */
	begin("masa-sub");
	file_is("no-sub.vcj", OK);
	begin("masa-below-sub");
	file_is("no-sub.vcj", OK);
	begin("masa-self");
	file_is("no-certs.vcj", OK); /* its certificate is nowhere but here */
	begin("masa-root");
	file_is("no-certs.vcj", E_CERT_CHAIN);
}

/* A message may rely on certificates that the caller has from elsewhere. */
static void certificates_of_the_caller(void)
{
	struct cms_rules r = rules();
	struct span extra[2];

	begin("masa-root");
	extra[0] = masa_cert(&arena, "vendor-root");
	extra[1] = masa_cert(&arena, "masa-sub");
	r.extra_certs = extra;
	CHECK_ERR(verify(masa_file(&arena, "no-sub.vcj"), &r, NULL), E_CERT_CHAIN);
	r.extra_count = 2;
	CHECK_OK(verify(masa_file(&arena, "no-sub.vcj"), &r, NULL));
	r.extra_count = POOL_MAX + 1;
	CHECK_ERR(verify(masa_file(&arena, "no-sub.vcj"), &r, NULL), E_RANGE);
}

static void the_signer_is_handed_out(void)
{
	struct cms_rules r = rules();
	struct cert signer;

	begin("masa-root");
	CHECK_OK(verify(masa_file(&arena, "below-sub.vcj"), &r, &signer));
	CU_ASSERT(span_equal(signer.der, masa_cert(&arena, "masa-below-sub")));
}

static void content_types(void)
{
	struct cms_rules r = rules();

	begin("masa-root");
	r.content_type_count = 1;
	CHECK_OK(verify(masa_file(&arena, "plain.vcj"), &r, NULL));
	CHECK_ERR(verify(masa_file(&arena, "data.vcj"), &r, NULL), E_UNEXPECTED);
	r.content_types = voucher_and_data + 1;
	CHECK_ERR(verify(masa_file(&arena, "plain.vcj"), &r, NULL), E_UNEXPECTED);
	CHECK_OK(verify(masa_file(&arena, "data.vcj"), &r, NULL));
	r.content_type_count = 0;
	CHECK_ERR(verify(masa_file(&arena, "data.vcj"), &r, NULL), E_UNEXPECTED);
}

/* RFC 5652 5.3: dispensable for id-data alone, and only if the caller says so. */
static void signed_attributes(void)
{
	struct cms_rules r = rules();
	struct cms m;

	begin("masa-root");
	file_is("no-attributes.vcj", E_UNEXPECTED);
	r.signed_attrs = CMS_ATTRS_OPTIONAL_FOR_DATA;
	CHECK_OK(verify(masa_file(&arena, "no-attributes.vcj"), &r, NULL));
	CHECK_OK(verify(masa_file(&arena, "data.vcj"), &r, NULL));

	CHECK_OK(cms_read(masa_file(&arena, "plain.vcj"), &m));
	m.signers[0].has_signed_attrs = false;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED);
}

/* Content that is the DER of somebody's attributes must not pass for signed. */
static void attributes_are_no_content(void)
{
	struct cms_rules r = rules();
	uint8_t block[512];
	struct derw w = DERW_ON(block);
	struct cms m;

	begin("masa-root");
	r.signed_attrs = CMS_ATTRS_OPTIONAL_FOR_DATA;
	CHECK_OK(cms_read(masa_file(&arena, "data.vcj"), &m));
	derw_put(&w, DER_SET, m.signers[0].signed_attrs);
	CHECK_OK(derw_end(&w, &m.content));
	m.signers[0].has_signed_attrs = false;
	CHECK_OK(cms_verify(&m, &r, NULL)); /* so it would be with the waiver, */
	r.signed_attrs = CMS_ATTRS_DEMANDED;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED); /* which no voucher gets */
}

static void both_attributes_must_be_there(void)
{
	struct cms_rules r = rules();
	struct cms good, m;

	begin("masa-root");
	CHECK_OK(cms_read(masa_file(&arena, "plain.vcj"), &good));
	m = good;
	m.signers[0].content_type = NO_BYTES;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED);
	m = good;
	m.signers[0].message_digest = NO_BYTES;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED);
	m = good;
	m.signers[0].content_type = OID_CMS_DATA;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED);
	m.signers[0].content_type = good.content_type;
	CHECK_OK(cms_verify(&m, &r, NULL));
}

static struct span algorithm(enum hash h)
{
	struct derw w = derw_in(&arena, 32);
	struct span out = NO_BYTES;

	hash_alg_write(&w, h);
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void digests_are_consistent(void)
{
	struct cms_rules r = rules();
	struct cms good, m;

	begin("masa-root");
	CHECK_OK(cms_read(masa_file(&arena, "plain.vcj"), &good));
	m = good; /* another than the signature's */
	m.signers[0].digest_alg = m.digest_algs = algorithm(HASH_SHA512);
	CHECK_ERR(cms_verify(&m, &r, NULL), E_ALGORITHM);
	m = good; /* another is listed */
	m.digest_algs = algorithm(HASH_SHA512);
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED);
	m.digest_algs = NO_BYTES;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED);
	m.digest_algs = algorithm(HASH_SHA256);
	CHECK_OK(cms_verify(&m, &r, NULL));
	m.content.n--;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_SIGNATURE);
}

static void every_signer_counts(void)
{
	struct cms_rules r = rules();
	struct cms good, m;

	begin("masa-root");
	CHECK_OK(cms_read(masa_file(&arena, "two-signers.vcj"), &good));
	CU_ASSERT_EQUAL_FATAL(good.signer_count, 2);
	CHECK_OK(cms_verify(&good, &r, NULL));
	for (size_t i = 0; i < 2; i++) {
		m = good;
		m.signers[i].signature = good.signers[1 - i].signature;
		CHECK_ERR(cms_verify(&m, &r, NULL), E_SIGNATURE);
		m = good;
		m.signers[i].serial = OID_CMS_DATA;
		CHECK_ERR(cms_verify(&m, &r, NULL), E_CERT_CHAIN);
	}
	m = good;
	m.signer_count = 0;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_UNEXPECTED);
}

/* RFC 8995 2.6.1: dates are judged as far as the clock allows. */
static void dates(void)
{
	struct cms_rules r = rules();
	struct span expired, later;

	begin("masa-root");
	expired = masa_sign(&arena, "masa-expired", span_str("x"));
	later = masa_sign(&arena, "masa", span_str("x"));
	CHECK_ERR(verify(expired, &r, NULL), E_CERT_TIME);
	r.now.confidence = TIME_FLOOR;
	CHECK_ERR(verify(expired, &r, NULL), E_CERT_TIME);
	r.now = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(verify(expired, &r, NULL));
	r.now = (struct moment){ TIME_SET, MASA_NOW - 366 * 86400 };
	CHECK_ERR(verify(later, &r, NULL), E_CERT_TIME);
	r.now.confidence = TIME_FLOOR;
	CHECK_OK(verify(later, &r, NULL));
}

static void key_usage(void)
{
	struct cms_rules r = rules();
	struct span notary, wrong;

	begin("masa-root");
	notary = masa_sign(&arena, "masa-notary", span_str("x"));
	wrong = masa_sign(&arena, "masa-wrong-use", span_str("x"));
	r.key_usage = KU_DIGITAL_SIGNATURE;
	CHECK_OK(verify(masa_file(&arena, "plain.vcj"), &r, NULL)); /* says nothing */
	CHECK_ERR(verify(notary, &r, NULL), E_CERT_USAGE);
	CHECK_ERR(verify(wrong, &r, NULL), E_CERT_USAGE);
	r.key_usage |= KU_NON_REPUDIATION;
	CHECK_OK(verify(notary, &r, NULL));
	CHECK_ERR(verify(wrong, &r, NULL), E_CERT_USAGE);
	r.key_usage = 0;
	CHECK_OK(verify(wrong, &r, NULL));
}

static void extended_key_usage(void)
{
	struct cms_rules r = rules();

	begin("masa-root");
	r.eku = &OID_EKU_CMC_RA;
	r.eku_count = 1;
	CHECK_OK(verify(masa_file(&arena, "plain.vcj"), &r, NULL)); /* says nothing */
	CHECK_ERR(verify(masa_file(&arena, "below-sub.vcj"), &r, NULL), E_CERT_USAGE);
	r.eku = &OID_EKU_SERVER_AUTH;
	CHECK_OK(verify(masa_file(&arena, "below-sub.vcj"), &r, NULL));
}

/* Certificates beside the signer's that pretend to be it: the genuine one is found. */
static void look_alikes_are_passed_over(void)
{
	struct cms_rules r = rules();
	uint8_t copy[2048];
	struct cms m;
	struct span real;

	begin("masa-root");
	CHECK_OK(cms_read(masa_file(&arena, "plain.vcj"), &m));
	real = m.certs[0];
	CU_ASSERT_FATAL(real.n < sizeof copy);
	memcpy(copy, real.p, real.n);
	copy[real.n - 1] ^= 1; /* its signature; name and serial number are the same */
	m.certs[0] = (struct span){ copy, real.n };
	CHECK_ERR(cms_verify(&m, &r, NULL), E_CERT_CHAIN);
	m.certs[1] = real;
	m.cert_count = 2;
	CHECK_OK(cms_verify(&m, &r, NULL));
	/* but not without end: each may cost a search for a path */
	for (size_t i = 0; i < CMS_CANDIDATES_MAX; i++) {
		uint8_t *other = arena_take(&arena, real.n);

		CU_ASSERT_FATAL(other != NULL);
		memcpy(other, real.p, real.n);
		other[real.n - 1] ^= (uint8_t)(i + 1);
		m.certs[i] = (struct span){ other, real.n };
	}
	m.certs[CMS_CANDIDATES_MAX] = real;
	m.cert_count = CMS_CANDIDATES_MAX + 1;
	CHECK_ERR(cms_verify(&m, &r, NULL), E_CERT_CHAIN);
}

static void rubbish_among_the_certificates_is_passed_over(void)
{
	struct cms_rules r = rules();
	struct cms m;

	begin("masa-root");
	CHECK_OK(cms_read(masa_file(&arena, "plain.vcj"), &m));
	m.certs[1] = m.certs[0];
	m.certs[0] = SPAN(((uint8_t[]){ 0x30, 0 }));
	m.cert_count = 2;
	CHECK_OK(cms_verify(&m, &r, NULL));
}

/* Attributes are copied under another tag before they are verified: into a bounded room. */
static void huge_attributes_are_refused(void)
{
	struct cms_rules r = rules();
	uint8_t *huge;
	struct cms m;

	begin("masa-root");
	CHECK_OK(cms_read(masa_file(&arena, "plain.vcj"), &m));
	huge = arena_take(&arena, CMS_SIGNED_MAX);
	CU_ASSERT_FATAL(huge != NULL);
	m.signers[0].signed_attrs = (struct span){ huge, CMS_SIGNED_MAX };
	CHECK_ERR(cms_verify(&m, &r, NULL), E_RANGE);
}

const struct test_suite suite_pki_cms_verify = {
	"pki/cms_verify",
	{
		{ "no trap is stepped into", no_trap_is_stepped_into },
		{ "traps with data allowed", traps_with_data_allowed },
		{ "foreign messages", foreign_messages },
		{ "paths", paths },
		{ "certificates of the caller", certificates_of_the_caller },
		{ "the signer is handed out", the_signer_is_handed_out },
		{ "content types", content_types },
		{ "signed attributes", signed_attributes },
		{ "attributes are no content", attributes_are_no_content },
		{ "both attributes must be there", both_attributes_must_be_there },
		{ "digests are consistent", digests_are_consistent },
		{ "every signer counts", every_signer_counts },
		{ "dates", dates },
		{ "key usage", key_usage },
		{ "extended key usage", extended_key_usage },
		{ "look-alikes are passed over", look_alikes_are_passed_over },
		{ "rubbish among the certificates is passed over",
	          rubbish_among_the_certificates_is_passed_over },
		{ "huge attributes are refused", huge_attributes_are_refused },
	}
};
