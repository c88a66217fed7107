/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/codec/derw.h"
#include "tests/unit/fake/masa.h"
#include "tests/unit/test.h"

static uint8_t room[65536];
static struct cms cms;

static const uint8_t ecdsa_sha256[] = { 0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2 };
static const uint8_t empty_sequence[] = { 0x30, 0 }, attribute_certificate[] = { 0xa2, 0 };
static const uint8_t digest[32] = { 1, 2, 3 }, serial[] = { 5 }, key_id[] = { 9, 8, 7 };

/* One attribute of which what can be wrong is wrong when the test says so. */
struct attribute {
	const struct span *type;
	uint8_t tag;
	struct span value;
	unsigned values;
};

static const struct span some_digest = { digest, sizeof digest };
static const struct attribute content_type = {
	&OID_CMS_CONTENT_TYPE, DER_OID, { (const uint8_t *)"\x2a\x03", 2 }, 1
};
static const struct attribute message_digest = {
	&OID_CMS_MESSAGE_DIGEST, DER_OCTET_STRING, { digest, sizeof digest }, 1
};

/* A message that nobody signed, with knobs. */
struct draft {
	uint32_t version, signer_version;
	const struct span *type; /* of the ContentInfo */
	bool by_key_id, empty_key_id, detached, crls, unsigned_attrs, empty_attrs, sorted;
	struct attribute attributes[CMS_ATTRIBUTES_MAX + 1];
	size_t attribute_count, certificates, signers;
	struct span other_certificate;
	unsigned tail; /* octets behind each SignerInfo's fields, inside it */
};

static struct draft good(void)
{
	return (struct draft){
		.version = 3,
		.signer_version = 1,
		.type = &OID_CMS_SIGNED_DATA,
		.sorted = true,
		.attributes = { content_type, message_digest },
		.attribute_count = 2,
		.certificates = 1,
		.signers = 1,
	};
}

static void put_attributes(struct derw *w, const struct draft *d, uint8_t tag)
{
	size_t mark = derw_open(w, tag);

	for (size_t i = 0; i < d->attribute_count && !d->empty_attrs; i++)
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, *d->attributes[i].type);
			IN (w, DER_SET)
				for (unsigned n = 0; n < d->attributes[i].values; n++)
					derw_put(w, d->attributes[i].tag, d->attributes[i].value);
		}
	if (d->sorted)
		derw_sort_set(w, mark);
	derw_close(w, mark);
}

static void put_signer(struct derw *w, const struct draft *d)
{
	struct span id = { key_id, d->empty_key_id ? 0 : sizeof key_id };

	IN (w, DER_SEQUENCE) {
		derw_uint(w, d->signer_version);
		if (d->by_key_id)
			derw_put(w, DER_CONTEXT_PRIMITIVE(0), id);
		else
			IN (w, DER_SEQUENCE) {
				derw_raw(w, SPAN(empty_sequence));
				derw_put(w, DER_INTEGER, SPAN(serial));
			}
		hash_alg_write(w, HASH_SHA256);
		put_attributes(w, d, DER_CONTEXT(0));
		derw_raw(w, SPAN(ecdsa_sha256));
		derw_put(w, DER_OCTET_STRING, some_digest);
		if (d->unsigned_attrs)
			put_attributes(w, d, DER_CONTEXT(1));
		if (d->tail > 0)
			derw_null(w);
	}
}

static void put_signed_data(struct derw *w, const struct draft *d)
{
	IN (w, DER_SEQUENCE) {
		derw_uint(w, d->version);
		IN (w, DER_SET)
			hash_alg_write(w, HASH_SHA256);
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, OID_CMS_DATA);
			if (!d->detached)
				IN (w, DER_CONTEXT(0))
					derw_text(w, DER_OCTET_STRING, "content");
		}
		IN (w, DER_CONTEXT(0)) {
			for (size_t i = 0; i < d->certificates; i++)
				derw_raw(w, SPAN(empty_sequence));
			derw_raw(w, d->other_certificate);
		}
		if (d->crls)
			IN (w, DER_CONTEXT(1))
				derw_raw(w, SPAN(empty_sequence));
		IN (w, DER_SET)
			for (size_t i = 0; i < d->signers; i++)
				put_signer(w, d);
	}
}

static enum err read(const struct draft *d)
{
	struct derw w = DERW_ON(room);
	struct span der = NO_BYTES;

	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_OID, *d->type);
		IN (&w, DER_CONTEXT(0))
			put_signed_data(&w, d);
	}
	CHECK_OK(derw_end(&w, &der));
	return cms_read(der, &cms);
}

static void refuses(const struct draft *d, enum err want)
{
	CHECK_ERR(read(d), want);
	/* and nothing of it is left for somebody to use */
	CU_ASSERT(cms.content.n == 0 && cms.signer_count == 0 && cms.cert_count == 0);
}

static void says_what_is_in_a_foreign_message(void)
{
	struct arena a = ARENA_ON(room);
	struct span inside = masa_cert(&a, "masa");
	struct cert masa;

	CHECK_OK(cms_read(masa_file(&a, "plain.vcj"), &cms));
	CHECK_OK(cert_read(inside, &masa));
	CU_ASSERT_EQUAL(cms.version, 3);
	CU_ASSERT(span_equal(cms.content_type, OID_CT_ANIMA_JSON_VOUCHER));
	CU_ASSERT(cms.content.n > 0 && cms.content.p[0] == '{');
	CU_ASSERT_EQUAL(cms.cert_count, 1);
	CU_ASSERT(span_equal(cms.certs[0], inside));
	CU_ASSERT_EQUAL(cms.signer_count, 1);

	const struct cms_signer *s = &cms.signers[0];

	CU_ASSERT(span_equal(s->issuer, masa.issuer) && span_equal(s->serial, masa.serial));
	CU_ASSERT(s->skid.n == 0 && s->has_signed_attrs);
	CU_ASSERT(span_equal(s->content_type, OID_CT_ANIMA_JSON_VOUCHER));
	CU_ASSERT_EQUAL(s->message_digest.n, 32);
	CU_ASSERT(s->signing_time > 1700000000);
	CU_ASSERT(s->signature.n >= 68 && s->signature.n <= 72);
}

static void signer_by_key_identifier(void)
{
	struct arena a = ARENA_ON(room);
	struct cert masa;

	CHECK_OK(cms_read(masa_file(&a, "key-id.vcj"), &cms));
	CHECK_OK(cert_read(masa_cert(&a, "masa"), &masa));
	CU_ASSERT(span_equal(cms.signers[0].skid, masa.skid) && masa.skid.n == 20);
	CU_ASSERT(cms.signers[0].issuer.n == 0 && cms.signers[0].serial.n == 0);
}

static void every_prefix_is_refused(void)
{
	struct arena a = ARENA_ON(room);
	struct span whole = masa_file(&a, "two-signers.vcj");

	CHECK_OK(cms_read(whole, &cms));
	for (size_t n = 0; n < whole.n; n++)
		CHECK_ERR(cms_read((struct span){ whole.p, n }, &cms), E_TRUNCATED);
}

static void nothing_may_follow(void)
{
	struct arena a = ARENA_ON(room);
	struct span whole = masa_file(&a, "plain.vcj"), longer;
	uint8_t *copy = arena_take(&a, whole.n + 1);
	struct draft d = good();

	CU_ASSERT_FATAL(copy != NULL);
	memcpy(copy, whole.p, whole.n);
	longer = (struct span){ copy, whole.n + 1 };
	CHECK_ERR(cms_read(longer, &cms), E_TRAILING);
	d.tail = 1;
	refuses(&d, E_TRAILING);
}

/* As it lies in an EnvelopedData, which has named its type. */
static void without_a_content_info(void)
{
	struct draft d = good();
	uint8_t signed_room[1024];
	struct derw w = DERW_ON(signed_room);
	struct span der = NO_BYTES;
	struct cms inner;

	put_signed_data(&w, &d);
	CHECK_OK(derw_end(&w, &der));
	CHECK_OK(cms_read_signed_data(der, &inner));
	CHECK_OK(read(&d));
	CU_ASSERT(span_equal(inner.content, cms.content) && inner.content.n > 0);
	CU_ASSERT(span_equal(inner.digest_algs, cms.digest_algs));
	CU_ASSERT(inner.cert_count == cms.cert_count && inner.signer_count == cms.signer_count);
	for (size_t n = 0; n < der.n; n++)
		CHECK_ERR(cms_read_signed_data((struct span){ der.p, n }, &inner), E_TRUNCATED);
	CU_ASSERT_EQUAL(inner.content.n, 0);
	derw_null(&w);
	CHECK_OK(derw_end(&w, &der));
	CHECK_ERR(cms_read_signed_data(der, &inner), E_TRAILING);
	CU_ASSERT_EQUAL(inner.signer_count, 0);
}

/* RFC 8366 5.4: receivers are prepared for the versions of old formats. */
static void versions(void)
{
	for (uint32_t version = 0; version < 300; version++) {
		struct draft d = good();
		bool known = version == 1 || (version >= 3 && version <= 5);

		d.version = version;
		CHECK_ERR(read(&d), known ? OK : E_UNEXPECTED);
	}
}

/* RFC 5652 5.3 */
static void signer_version_says_how_it_is_named(void)
{
	struct draft d = good();

	CHECK_OK(read(&d));
	CU_ASSERT(span_equal(cms.signers[0].serial, SPAN(serial)));
	d.signer_version = 3;
	refuses(&d, E_UNEXPECTED);
	d.by_key_id = true;
	CHECK_OK(read(&d));
	CU_ASSERT(span_equal(cms.signers[0].skid, SPAN(key_id)));
	d.signer_version = 1;
	refuses(&d, E_UNEXPECTED);
	d.signer_version = 3;
	d.empty_key_id = true;
	refuses(&d, E_UNEXPECTED);
	d = good();
	d.signer_version = 0;
	refuses(&d, E_UNEXPECTED);
	d.signer_version = 2;
	refuses(&d, E_UNEXPECTED);
}

static void attributes_appear_once_with_one_value(void)
{
	static const struct span time = { (const uint8_t *)"261124090000Z", 13 };
	struct draft d = good();

	d.attributes[2] = (struct attribute){ &OID_CMS_SIGNING_TIME, DER_UTCTIME, time, 1 };
	d.attribute_count = 3;
	CHECK_OK(read(&d));
	CU_ASSERT_EQUAL(cms.signers[0].signing_time, MASA_NOW);
	for (size_t i = 0; i < 3; i++) {
		struct draft twice = d;

		twice.attributes[3] = d.attributes[i];
		twice.attribute_count = 4;
		refuses(&twice, E_UNEXPECTED);
		twice = d;
		twice.attributes[i].values = 2;
		refuses(&twice, E_TRAILING);
		twice.attributes[i].values = 0;
		refuses(&twice, E_TRUNCATED);
		twice = d;
		twice.attributes[i].tag = DER_UTF8;
		refuses(&twice, E_UNEXPECTED);
	}
}

/* Unknown ones are signed like the rest, and mean nothing to us. */
static void unknown_attributes_are_read_over(void)
{
	static const uint8_t type[] = { 0x2a, 3, 4 };
	static const struct span other = { type, sizeof type };
	struct draft d = good();

	for (d.attribute_count = 2; d.attribute_count < CMS_ATTRIBUTES_MAX; d.attribute_count++) {
		d.attributes[d.attribute_count] = (struct attribute){ &other, DER_UTF8, some_digest,
			                                              (unsigned)d.attribute_count };
		CHECK_OK(read(&d));
	}
	CHECK_OK(read(&d));
	d.attributes[d.attribute_count++] = (struct attribute){ &other, DER_UTF8, some_digest, 1 };
	refuses(&d, E_RANGE);
}

static void attributes_stand_in_order(void)
{
	struct draft d = good();

	d.sorted = false;
	CHECK_OK(read(&d)); /* contentType is the shorter one */
	d.attributes[0] = message_digest;
	d.attributes[1] = content_type;
	refuses(&d, E_NOT_DER);
	d.sorted = true;
	CHECK_OK(read(&d));
	d.empty_attrs = true;
	refuses(&d, E_UNEXPECTED);
}

static void crls_and_unsigned_attributes_are_ignored(void)
{
	struct draft d = good();

	d.crls = true;
	d.unsigned_attrs = true;
	CHECK_OK(read(&d));
	CU_ASSERT(cms.signer_count == 1 && cms.cert_count == 1);
}

static void certificates(void)
{
	struct draft d = good();

	for (d.certificates = 0; d.certificates <= POOL_MAX; d.certificates++) {
		CHECK_OK(read(&d));
		CU_ASSERT_EQUAL(cms.cert_count, d.certificates);
	}
	refuses(&d, E_RANGE);
	d = good();
	d.other_certificate = SPAN(attribute_certificate);
	refuses(&d, E_UNEXPECTED);
}

static void signers(void)
{
	struct draft d = good();

	for (d.signers = 0; d.signers <= CMS_SIGNERS_MAX; d.signers++) {
		CHECK_OK(read(&d));
		CU_ASSERT_EQUAL(cms.signer_count, d.signers);
	}
	refuses(&d, E_RANGE);
}

static void other_content(void)
{
	struct draft d = good();

	d.type = &OID_CMS_DATA;
	refuses(&d, E_UNEXPECTED);
	d = good();
	d.detached = true;
	refuses(&d, E_UNEXPECTED);
}

/* RFC 8366 5.4: DER. */
static void ber_is_refused(void)
{
	struct arena a = ARENA_ON(room);

	CHECK_ERR(cms_read(test_file(&a, test_own_vectors("cms-traps/indef.p7")), &cms), E_NOT_DER);
}

const struct test_suite suite_pki_cms_read = {
	"pki/cms_read",
	{
		{ "says what is in a foreign message", says_what_is_in_a_foreign_message },
		{ "signer by key identifier", signer_by_key_identifier },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "nothing may follow", nothing_may_follow },
		{ "a SignedData without ContentInfo", without_a_content_info },
		{ "versions", versions },
		{ "a SignerInfo's version says how it is named",
	          signer_version_says_how_it_is_named },
		{ "attributes appear once with one value", attributes_appear_once_with_one_value },
		{ "unknown attributes are read over", unknown_attributes_are_read_over },
		{ "attributes stand in order", attributes_stand_in_order },
		{ "CRLs and unsigned attributes are ignored",
	          crls_and_unsigned_attributes_are_ignored },
		{ "certificates", certificates },
		{ "signers", signers },
		{ "other content", other_content },
		{ "BER is refused", ber_is_refused },
	}
};
