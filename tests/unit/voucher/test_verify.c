/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/test.h"
#include "voucher/internal.h"

static uint8_t room[524288];
static struct arena arena;
static struct fake_device device;
static const struct voucher *voucher;

static void begin_as(const char *idevid)
{
	arena = (struct arena)ARENA_ON(room);
	fake_device(&device, &arena, idevid);
}

static void begin(void)
{
	begin_as("idevid");
}

static enum err verify(struct span cms)
{
	return voucher_verify(&arena, cms, &device.facts, &voucher);
}

static void a_good_one_holds(void)
{
	struct span cms;

	begin();
	cms = fake_voucher(&arena, &masa_good);
	CHECK_OK(verify(cms));
	CU_ASSERT_PTR_NOT_NULL_FATAL(voucher);
	CU_ASSERT(span_equal(voucher_bytes(voucher), cms) && voucher_bytes(voucher).p != cms.p);
	CU_ASSERT(span_is(voucher_says(voucher)->serial_number, MASA_SERIAL));
	CU_ASSERT_EQUAL(voucher_says(voucher)->created_on, MASA_NOW - 3600);
	CU_ASSERT(voucher->pin.kind == ANCHOR_CERT);
	CU_ASSERT(span_equal(voucher->pin.der, masa_cert(&arena, "domain-root")));
}

static void foreign_ones_hold(void)
{
	static const char *const files[] = { "plain.vcj",     "data.vcj",       "key-id.vcj",
		                             "below-sub.vcj", "with-root.vcj",  "rsa.vcj",
		                             "rsa-pss.vcj",   "root-signs.vcj", "p384.vcj",
		                             "sha512.vcj" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		begin();
		if (!CHECK_OK(verify(masa_file(&arena, files[i]))))
			printf("%s\n", files[i]);
	}
}

/* ---- container and signature */

static void the_container_is_strict(void)
{
	struct span cms, big;
	uint8_t *copy;

	begin();
	cms = masa_file(&arena, "plain.vcj");
	copy = arena_take(&arena, VOUCHER_SIZE_MAX + 1);
	CU_ASSERT_FATAL(copy != NULL);
	memcpy(copy, cms.p, cms.n);
	big = (struct span){ copy, cms.n + 1 };
	CHECK_ERR(verify(big), E_VOUCHER_SYNTAX);
	big.n = VOUCHER_SIZE_MAX + 1;
	CHECK_ERR(verify(big), E_VOUCHER_SYNTAX);
	CHECK_ERR(verify(NO_BYTES), E_VOUCHER_SYNTAX);
	CHECK_ERR(verify(span_str("{\"ietf-voucher:voucher\":{}}")), E_VOUCHER_SYNTAX);
	CU_ASSERT_PTR_NULL(voucher);
	big.n = cms.n;
	CHECK_OK(verify(big));
}

static void every_prefix_is_refused(void)
{
	struct span cms;
	size_t begun;

	begin();
	cms = masa_file(&arena, "below-sub.vcj");
	begun = arena.used;
	for (size_t n = 0; n < cms.n; n++) {
		CHECK_ERR(verify((struct span){ cms.p, n }), E_VOUCHER_SYNTAX);
		CU_ASSERT_PTR_NULL(voucher);
		/* a refused one leaves nothing behind */
		CU_ASSERT_EQUAL(arena.used, begun);
	}
	CHECK_OK(verify(cms));
}

/*
 * The version of SignedData is not signed, and any of 1, 3, 4, 5 is taken
 * (RFC 8366 5.4).  3 is one bit away from 1, and nothing else in the message
 * can be flipped: its certificates are exactly those that the path needs.
 */
static bool flip_is_harmless(const uint8_t *at, const uint8_t *version)
{
	return at == version && *at == 1;
}

static void every_flipped_bit_is_refused(void)
{
	struct span cms;
	const uint8_t *version;
	unsigned accepted = 0;
	uint8_t *copy;

	begin();
	cms = masa_file(&arena, "below-sub.vcj");
	copy = arena_take(&arena, cms.n);
	CU_ASSERT_FATAL(copy != NULL && cms.n > 30);
	memcpy(copy, cms.p, cms.n);
	/* 30 82 xx xx 06 09 <9> a0 82 xx xx 30 82 xx xx 02 01 03 */
	version = copy + 25;
	CU_ASSERT_FATAL(version[-2] == 2 && version[-1] == 1 && version[0] == 3);
	for (size_t bit = 0; bit < 8 * cms.n; bit++) {
		enum err e;

		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		e = verify((struct span){ copy, cms.n });
		if (e == OK)
			accepted++;
		if (e == OK && !flip_is_harmless(copy + bit / 8, version)) {
			printf("bit %zu of octet %zu\n", bit % 8, bit / 8);
			CU_FAIL("a flipped bit was accepted");
		}
		CU_ASSERT(e == OK || (err_verdict(e) == NEXT && voucher == NULL));
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CU_ASSERT_EQUAL(accepted, 1);
	CHECK_OK(verify((struct span){ copy, cms.n }));
}

static void signature_and_signer_are_told_apart(void)
{
	static const struct {
		const char *file, *anchor;
		enum err want;
	} rows[] = {
		{ "plain.vcj", "other-root", E_VOUCHER_SIGNER },
		{ "plain.vcj", "vendor-root", E_VOUCHER_SIGNER },
		{ "no-sub.vcj", "masa-root", E_VOUCHER_SIGNER },
		{ "no-certs.vcj", "masa-root", E_VOUCHER_SIGNER },
		{ "no-certs.vcj", "masa-self", OK },
		{ "no-sub.vcj", "masa-below-sub", OK },
		{ "no-attributes.vcj", "masa-root", E_VOUCHER_SIGNATURE },
		{ "two-signers.vcj", "masa-root", E_VOUCHER_SIGNATURE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		device.masa = masa_anchors(&arena, rows[i].anchor);
		if (!CHECK_ERR(verify(masa_file(&arena, rows[i].file)), rows[i].want))
			printf("%s below %s\n", rows[i].file, rows[i].anchor);
	}
	begin();
	device.masa.n = 0;
	CHECK_ERR(verify(masa_file(&arena, "plain.vcj")), E_VOUCHER_SIGNER);
}

/* No usage is demanded of a MASA, but one that is there must let it sign. */
static void signers_by_their_usage(void)
{
	static const struct {
		const char *signer;
		enum err want;
	} rows[] = {
		{ "masa", OK },
		{ "masa-below-sub", OK }, /* EKU serverAuth */
		{ "masa-notary", OK },
		{ "masa-root", OK },
		{ "masa-wrong-use", E_VOUCHER_SIGNER },
		{ "masa-expired", E_CERT_TIME },
		{ "masa-issuer-only", E_VOUCHER_SIGNER },
		{ "other-masa", E_VOUCHER_SIGNER },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span json;

		begin();
		CHECK_OK(anchors_add(&device.masa, ANCHOR_CERT,
		                     masa_cert(&arena, "masa-issuer-only")));
		json = fake_voucher_json(&arena, &masa_good);
		if (!CHECK_ERR(verify(masa_sign(&arena, rows[i].signer, json)), rows[i].want))
			printf("%s\n", rows[i].signer);
	}
	begin(); /* RFC 8995 2.6.1 */
	device.facts.now = (struct moment){ TIME_UNSET, 0 };
	CHECK_OK(verify(masa_sign(&arena, "masa-expired", fake_voucher_json(&arena, &masa_good))));
}

/* Content of another type, or none that is a voucher, under a good signature. */
static void signed_rubbish(void)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"ietf-voucher-request:voucher\":{\"serial-number\":\"" MASA_SERIAL "\"}}",
		"{\"ietf-voucher:voucher\":{\"serial-number\":1}}",
		"{\"ietf-voucher:voucher\":{\"serial-number\":\"" MASA_SERIAL
		"\",\"serial-number\":\"" MASA_SERIAL "\"}}",
	};
	struct credential by;
	struct span cms;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		begin();
		CHECK_ERR(verify(masa_sign(&arena, "masa", span_str(bad[i]))), E_VOUCHER_SYNTAX);
	}
	begin();
	CHECK_ERR(verify(masa_sign(&arena, "masa",
	                           span_str("{\"ietf-voucher:voucher\":{\"nonce\":1}}"))),
	          E_VOUCHER_NONCE);
	begin();
	by = masa_credential(&arena, "masa");
	CHECK_OK(cms_sign(&arena, &by, OID_CMS_CONTENT_TYPE, fake_voucher_json(&arena, &masa_good),
	                  masa_now, &cms));
	masa_close();
	CHECK_ERR(verify(cms), E_VOUCHER_SIGNATURE);
}

static void the_arena_bounds_it(void)
{
	struct span cms;
	size_t begun, need;

	begin();
	cms = masa_file(&arena, "plain.vcj");
	begun = arena.used;
	CHECK_OK(verify(cms));
	need = arena.used - begun;
	for (size_t n = 0; n + 16 < need; n += 13) {
		struct arena small = { arena.base + arena.used, n, 0 };
		enum err e = voucher_verify(&small, cms, &device.facts, &voucher);

		CU_ASSERT(e != OK && err_verdict(e) == NEXT && voucher == NULL);
		CU_ASSERT_EQUAL(small.used, 0);
	}
}

/* ---- third parties */

struct sample {
	const char *voucher, *device, *masa; /* masa NULL: the certificate inside it */
	const char *nonce;
	int64_t now;
};

/* A certificate file in PEM or DER. */
static struct span certificate(const char *path)
{
	struct span der = NO_BYTES;
	size_t n;

	CHECK_OK(pem_certificates(&arena, test_file(&arena, path), &der, 1, &n));
	return der;
}

static struct span sample_voucher(const char *path)
{
	struct span file = test_file(&arena, path), der;

	if (file.n > 0 && file.p[0] == 0x30)
		return file;
	CHECK_OK(b64_decode(&arena, B64_LINES, file, &der));
	return der;
}

static void anchor_inside(struct span cms)
{
	struct cms m;

	CHECK_OK(cms_read(cms, &m));
	CU_ASSERT_FATAL(m.cert_count > 0);
	device.masa.a[0].der = m.certs[0];
}

static void sample_nonce(const char *text, struct nonce *out)
{
	struct span octets = NO_BYTES;

	CHECK_OK(b64_decode(&arena, B64_ANY, span_str(text), &octets));
	CU_ASSERT_FATAL(octets.n <= sizeof out->b);
	memcpy(out->b, octets.p, octets.n);
	out->n = octets.n;
}

static void sample_is(const struct sample *s, enum confidence clock, enum err want)
{
	const char *path = test_vectors(s->voucher), *own = test_vectors(s->device);
	const char *masa = s->masa != NULL ? test_vectors(s->masa) : NULL;
	struct nonce nonce;
	struct span cms;

	if (path == NULL || own == NULL || (s->masa != NULL && masa == NULL))
		return;
	begin();
	cms = sample_voucher(path);
	sample_nonce(s->nonce, &nonce);
	CHECK_OK(cert_read(certificate(own), &device.idevid.leaf));
	if (masa != NULL)
		device.masa.a[0].der = certificate(masa);
	else
		anchor_inside(cms);
	device.facts.nonce = &nonce;
	device.facts.now = (struct moment){ clock, clock == TIME_UNSET ? 0 : s->now };
	if (!CHECK_ERR(verify(cms), want))
		printf("%s, clock %d\n", s->voucher, (int)clock);
	if (want == OK)
		CU_ASSERT(voucher != NULL && voucher->pin.kind == ANCHOR_CERT);
}

/* Its device's certificate is printed beside it; masa.crt ended in 2023. */
static void voucher_of_rfc_8995(void)
{
	struct sample s = {
		.voucher = "rfc8995/voucher.der",
		.device = "rfc8995/idevid_00-D0-E5-F2-00-02.crt",
		.masa = "rfc8995/masa.crt",
		.nonce = "-_XE9zK9q8Ll1qylMtLKeg",
		.now = 1622505600, /* 2021-06-01 */
	};

	sample_is(&s, TIME_SET, OK);
	sample_is(&s, TIME_UNSET, OK);
	s.now = MASA_NOW;
	sample_is(&s, TIME_SET, E_CERT_TIME);
	s.now = 1622505600;
	s.nonce = "4vTsppS2CeqBzhEdoifM2g";
	sample_is(&s, TIME_SET, E_VOUCHER_NONCE);
	s.nonce = "-_XE9zK9q8Ll1qylMtLKeg";
	s.masa = "rfc8995/ownerca_secp384r1.crt";
	sample_is(&s, TIME_SET, E_VOUCHER_SIGNER);
}

static void voucher_of_8366bis(void)
{
	struct sample s = {
		.voucher = "rfc8366bis/voucher_00-D0-E5-F2-00-02.pkcs",
		.device = "rfc8366bis/00-D0-E5-F2-00-02.crt",
		.masa = "rfc8366bis/masa-00-D0-E5-F2-00-02.crt",
		.nonce = "4vTsppS2CeqBzhEdoifM2g",
		.now = 1657584000, /* 2022-07-12 */
	};

	sample_is(&s, TIME_SET, OK);
	sample_is(&s, TIME_UNSET, OK);
	s.masa = "rfc8366bis/vendor-00-D0-E5-F2-00-02.crt";
	sample_is(&s, TIME_UNSET, E_VOUCHER_SIGNER);
}

/* Of an older implementation: well signed, but not by the MASA beside it. */
static void vouchers_of_minerva(void)
{
	struct sample s = {
		.voucher = "minerva/00-D0-E5-F2-00-02/voucher_00-D0-E5-F2-00-02.pkcs",
		.device = "minerva/00-D0-E5-F2-00-02/device.crt",
		.masa = "minerva/00-D0-E5-F2-00-02/masa.crt",
		.nonce = "fXeDOJEDYCsUcvFBicfSBg",
	};

	sample_is(&s, TIME_UNSET, E_VOUCHER_SIGNER);
	s.masa = NULL;
	sample_is(&s, TIME_UNSET, OK);
	s = (struct sample){
		.voucher = "minerva/00-D0-E5-02-00-2D/voucher_00-d0-e5-02-00-2d.b64",
		.device = "minerva/00-D0-E5-02-00-2D/device.crt",
		.masa = "minerva/00-D0-E5-02-00-2D/masa.crt",
		.nonce = "GZe-OjoerpKEM4SM7SzS9g",
	};
	sample_is(&s, TIME_UNSET, E_VOUCHER_SIGNER);
	s.masa = NULL;
	sample_is(&s, TIME_UNSET, E_VOUCHER_SERIAL); /* the certificate is another device's */
}

const struct test_suite suite_voucher_verify = {
	"voucher/verify",
	{
		{ "a good one holds", a_good_one_holds },
		{ "foreign ones hold", foreign_ones_hold },
		{ "the container is strict", the_container_is_strict },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "every flipped bit is refused", every_flipped_bit_is_refused },
		{ "signature and signer are told apart", signature_and_signer_are_told_apart },
		{ "signers by their usage", signers_by_their_usage },
		{ "signed rubbish", signed_rubbish },
		{ "the arena bounds it", the_arena_bounds_it },
		{ "voucher of RFC 8995", voucher_of_rfc_8995 },
		{ "voucher of 8366bis", voucher_of_8366bis },
		{ "vouchers of minerva", vouchers_of_minerva },
	}
};
