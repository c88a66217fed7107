/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/date.h"
#include "platform/codec/pem.h"
#include "platform/pki/name.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 20];

static struct span leaf_in(struct arena *a, struct cert *leaf, struct cert *sub)
{
	struct span der = fake_x509_file(a, "leaf.der");

	CHECK_OK(cert_read(der, leaf));
	CHECK_OK(cert_read(fake_x509_file(a, "sub.der"), sub));
	return der;
}

static void reads_what_openssl_wrote(void)
{
	struct arena a = ARENA_ON(block);
	struct cert leaf, sub;
	struct span text;
	struct span der = leaf_in(&a, &leaf, &sub);
	int64_t from;

	CU_ASSERT(span_equal(leaf.der, der));
	CU_ASSERT_EQUAL(leaf.version, 3);
	CU_ASSERT(span_equal(leaf.serial, test_hex(&a, "1000")));
	CU_ASSERT(name_equal(leaf.issuer, sub.subject));
	CHECK_OK(date_from_utctime(span_str("260101000000Z"), &from));
	CU_ASSERT_EQUAL(leaf.not_before, from);
	CU_ASSERT(leaf.has_key_usage && leaf.key_usage == KU_DIGITAL_SIGNATURE);
	CU_ASSERT(leaf.has_basic && !leaf.is_ca && leaf.path_len == PATH_LEN_NONE);
	CU_ASSERT(cert_has_eku(&leaf, OID_EKU_SERVER_AUTH));
	CU_ASSERT(cert_has_eku(&leaf, OID_EKU_CMC_RA));
	CU_ASSERT_FALSE(cert_has_eku(&leaf, OID_EKU_CMC_CA));
	CU_ASSERT_FALSE(cert_has_eku(&sub, OID_EKU_CMC_RA));
	CU_ASSERT_EQUAL(leaf.skid.n, 20);
	CU_ASSERT(span_equal(leaf.akid, sub.skid));
	CU_ASSERT(span_is(leaf.masa_url, "masa.example.net:9443"));
	CU_ASSERT_FALSE(leaf.unknown_critical);
	CU_ASSERT(cert_serial_number(&leaf, &text) && span_is(text, "R-1"));
	CU_ASSERT_FALSE(cert_serial_number(&sub, &text));
	CU_ASSERT(sub.is_ca && sub.path_len == 0);
	CU_ASSERT(sub.name_constraints.n > 0);
	CU_ASSERT_FALSE(cert_self_issued(&leaf));
	CHECK_OK(cert_signed_by(&leaf, &sub));
	CHECK_ERR(cert_signed_by(&sub, &sub), E_ALGORITHM); /* ECDSA, an RSA key */
}

static void finds_any_extension(void)
{
	static const uint8_t policies[] = { 0x55, 29, 32 }, basic[] = { 0x55, 29, 19 };
	static const uint8_t none[] = { 0x55, 29, 99 };
	struct arena a = ARENA_ON(block);
	struct cert leaf, sub;
	struct span value;
	bool critical;

	leaf_in(&a, &leaf, &sub);
	CU_ASSERT(cert_extension(&leaf, SPAN(policies), &critical, &value));
	CU_ASSERT(!critical && value.n == 15 && value.p[0] == 0x30);
	CU_ASSERT(cert_extension(&sub, SPAN(basic), &critical, &value));
	CU_ASSERT(critical);
	CU_ASSERT_FALSE(cert_extension(&sub, SPAN(none), &critical, &value));
}

static void refuses_every_prefix(void)
{
	struct arena a = ARENA_ON(block);
	struct cert leaf, sub;
	struct span der = leaf_in(&a, &leaf, &sub);

	for (size_t n = 0; n < der.n; n++) {
		/* its own block: the sanitizer sees a step too far */
		uint8_t *exact = malloc(n + 1);

		memcpy(exact, der.p, n);
		CHECK_ERR(cert_read((struct span){ exact, n }, &leaf), E_CERT_SYNTAX);
		CU_ASSERT(leaf.der.n == 0 && leaf.subject.n == 0);
		free(exact);
	}
}

static void refuses_every_flipped_bit(void)
{
	struct arena a = ARENA_ON(block);
	struct cert leaf, sub;
	struct span der = leaf_in(&a, &leaf, &sub);
	uint8_t *copy = arena_take(&a, der.n);
	size_t unread = 0, unsigned_ = 0;

	memcpy(copy, der.p, der.n);
	for (size_t bit = 0; bit < 8 * der.n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (cert_read((struct span){ copy, der.n }, &leaf) != OK)
			unread++;
		else if (cert_signed_by(&leaf, &sub) != OK)
			unsigned_++;
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CU_ASSERT_EQUAL(unread + unsigned_, 8 * der.n);
	CU_ASSERT(unread > 1000 && unsigned_ > 4000);
	CHECK_OK(cert_read((struct span){ copy, der.n }, &leaf));
	CHECK_OK(cert_signed_by(&leaf, &sub));
}

static void refuses_what_follows(void)
{
	struct arena a = ARENA_ON(block);
	struct span der = fake_x509_file(&a, "root.der");
	uint8_t *longer = arena_take(&a, der.n + 1);
	struct cert c;

	memcpy(longer, der.p, der.n);
	CHECK_ERR(cert_read((struct span){ longer, der.n + 1 }, &c), E_CERT_SYNTAX);
}

#define GENERATOR_KEY                                                      \
	"3059 3013 0607 2a8648ce3d0201 0608 2a8648ce3d030107 0342 00 04"   \
	"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" \
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

#define OCTETS_31 "11223344556677889900aabbccddeeff11223344556677889900aabbccddee"

/* One part changed; the reason must hold the words, or the certificate is good. */
static const struct {
	const char *what;
	struct fake_parts parts;
	const char *words;
} frames[] = {
	{ "as it should be", { .extensions = X_NOT_CA }, NULL },
	{ "version 1", { .version = "" }, NULL },
	{ "version 1, encoded", { .version = "a003 020100" }, NULL },
	{ "version 2", { .version = "a003 020101" }, NULL },
	{ "extensions in version 1, encoded",
	  { .version = "a003 020100", .extensions = X_NOT_CA },
	  "version 1 certificate has none" },
	{ "version 1 of two octets", { .version = "a004 02020000" }, "version" },
	{ "version 4", { .version = "a003 020103" }, "version: it is 3" },
	{ "version negative", { .version = "a003 0201ff" }, "version" },
	{ "extensions in version 1",
	  { .version = "", .extensions = X_NOT_CA },
	  "version 1 certificate has none" },
	{ "extensions in version 2",
	  { .version = "a003 020101", .extensions = X_NOT_CA },
	  "version 2 certificate has none" },
	{ "no extension in the list", { .extensions = "" }, NULL },
	{ "no list of extensions", { .after_spki = "a300" }, "extensions" },
	{ "a list of extensions that is a NULL", { .after_spki = "a302 0500" }, "extensions" },
	{ "unique identifiers in version 2",
	  { .version = "a003 020101", .after_spki = "8102 0001 8202 0001" },
	  NULL },
	{ "unique identifier in version 1",
	  { .version = "", .after_spki = "8102 0001" },
	  "issuerUniqueID" },
	{ "serial number zero", { .serial = "020100" }, NULL },
	{ "serial number negative", { .serial = "020180" }, NULL },
	{ "serial number not minimal", { .serial = "02020001" }, "serialNumber" },
	{ "serial number of 20 octets",
	  { .serial = "0214 7f112233445566778899aabbccddeeff00112233" },
	  NULL },
	{ "serial number of 20 octets, the first bit set",
	  { .serial = "0215 00 ff112233445566778899aabbccddeeff00112233" },
	  NULL },
	{ "serial number of 21 octets",
	  { .serial = "0215 7f112233445566778899aabbccddeeff0011223344" },
	  NULL },
	{ "serial number negative, not minimal", { .serial = "0202 ff80" }, "serialNumber" },
	{ "serial number of no octets", { .serial = "0200" }, "serialNumber" },
	{ "serial number of 32 octets", { .serial = "0220 7f" OCTETS_31 }, NULL },
	{ "serial number of 32 octets, negative", { .serial = "0220 80" OCTETS_31 }, NULL },
	{ "serial number of 32 octets, the first bit set",
	  { .serial = "0221 00 ff" OCTETS_31 },
	  NULL },
	{ "serial number of 33 octets",
	  { .serial = "0221 7f01" OCTETS_31 },
	  "serialNumber: it has 33 octets" },
	{ "serial number of 33 octets, negative",
	  { .serial = "0221 8001" OCTETS_31 },
	  "serialNumber: it has 33 octets" },
	{ "two algorithms",
	  { .inner_alg = "300a 0608 2a8648ce3d040303" },
	  "signatureAlgorithm: it is not the one that was signed" },
	{ "algorithm with parameters outside",
	  { .alg = "300c 0608 2a8648ce3d040302 0500" },
	  "signatureAlgorithm" },
	{ "issuer no SEQUENCE", { .issuer_der = "0500" }, "issuer" },
	{ "issuer with an empty RDN", { .issuer_der = "3002 3100" }, "issuer: an RDN of 0" },
	{ "subject with a trailing value",
	  { .subject_der = "300e 310c 300a 0603550403 0c0141 0500" },
	  "subject" },
	{ "empty subject", { .subject_der = "3000" }, NULL },
	{ "GeneralizedTime before 2050",
	  { .validity = "3020 170d 3236303130313030303030305a 180f "
	                "32303436303130313030303030305a" },
	  NULL },
	{ "no end", { .validity = "300f 170d 3236303130313030303030305a" }, "validity" },
	{ "dates in an OCTET STRING", { .validity = "0402 3030" }, "validity" },
	{ "no such day",
	  { .validity = "301e 170d 3236303233303030303030305a 170d "
	                "3436303130313030303030305a" },
	  "validity" },
	{ "key no SEQUENCE", { .spki_der = "0500" }, "subjectPublicKeyInfo" },
	{ "key of unknown kind", { .spki_der = "300b 3005 0603 2a0304 0302 0001" }, NULL },
	{ "something behind the key", { .spki_der = GENERATOR_KEY "0500" }, "tbsCertificate" },
	{ "signature of 7 bits", { .signature = "0302 0180" }, "signatureValue" },
	{ "signature in an OCTET STRING", { .signature = "0402 0180" }, "signatureValue" },
	{ "something behind the signature", { .signature = "0302 0080 0500" }, "end" },
	{ "extension without value", { .extensions = "3005 0603 2a0304" }, "extensions" },
	{ "critical FALSE encoded",
	  { .extensions = "300e 0603 2a0304 010100 0404 02020102" },
	  NULL },
	{ "critical neither true nor false",
	  { .extensions = "300e 0603 2a0304 010101 0404 02020102" },
	  "00 or FF" },
	{ "critical of two octets",
	  { .extensions = "300f 0603 2a0304 01020000 0404 02020102" },
	  "00 or FF" },
	{ "subject out of order",
	  { .subject_der = "3016 3114 3008 0603550403 0c0142 3008 0603550403 0c0141" },
	  NULL },
	{ "issuer out of order",
	  { .issuer_der = "3016 3114 3008 0603550403 0c0142 3008 0603550403 0c0141" },
	  NULL },
	{ "the same extension twice",
	  { .extensions = X_UNKNOWN X_NOT_CA X_UNKNOWN },
	  "one is there twice" },
};

static void holds_the_frame(void)
{
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct arena a = ARENA_ON(block);
		struct span der = fake_x509(&a, &frames[i].parts);
		struct cert c;
		enum err e = cert_read(der, &c),
			 want = frames[i].words == NULL ? OK : E_CERT_SYNTAX;
		bool said = frames[i].words == NULL ||
		            strstr(err_reason(e), frames[i].words) != NULL;

		test_check_err(said ? e : E_BUG, want, frames[i].what, __FILE__, __LINE__);
	}
}

static void bounds_extensions(void)
{
	char many[40 * (CERT_EXTENSIONS_MAX + 1) + 1], *at = many;
	struct arena a = ARENA_ON(block);
	struct cert c;

	for (int i = 0; i < CERT_EXTENSIONS_MAX; i++)
		at += snprintf(at, 40, "3008 0603 2a03%02x 0401 00", i);
	CHECK_OK(cert_read(fake_x509(&a, &(struct fake_parts){ .extensions = many }), &c));
	snprintf(at, 40, "3008 0603 2a037f 0401 00");
	CHECK_ERR(cert_read(fake_x509(&a, &(struct fake_parts){ .extensions = many }), &c),
	          E_CERT_SYNTAX);
}

static void bounds_size(void)
{
	struct cert c;

	memset(block, 0x30, sizeof block);
	CHECK_ERR(cert_read((struct span){ block, CERT_SIZE_MAX + 1 }, &c), E_CERT_SYNTAX);
	CU_ASSERT(strstr(err_reason(E_CERT_SYNTAX), "at most") != NULL);
	/* nothing of it is left for whoever passes over the fault */
	CU_ASSERT(c.der.n == 0 && c.spki.n == 0 && c.path_len == PATH_LEN_NONE);
}

/* What others published, also what is old and lenient, can be read. */
static void reads_published_files(void)
{
	static const char *const names[] = {
		"rfc8995/idevid_00-D0-E5-F2-00-02.crt",
		"rfc8995/jrc_prime256v1.crt",
		"rfc8995/masa.crt",
		"rfc8995/ownerca_secp384r1.crt",
		"rfc8995/vendor.crt",
		"rfc8366bis/00-D0-E5-F2-00-02.crt",
		"rfc8366bis/masa-00-D0-E5-F2-00-02.crt",
		"rfc8366bis/vendor-00-D0-E5-F2-00-02.crt",
		"minerva/00-D0-E5-02-00-2D/device.crt",
		"minerva/00-D0-E5-02-00-2D/masa.crt",
		"minerva/00-D0-E5-F2-00-02/ownerca_secp384r1.crt",
		"minerva/00-D0-E5-F2-00-03/device.crt",
		"minerva/voucher-crate/masa.crt",
		"ca-clone/ca.pem",
		"ca-clone/s.pem",
		"ca-clone/evil.pem",
		"cbrski-draft/pledge.pem",
		"cbrski-draft/registrar.pem",
		"cbrski-draft/masa_ca.pem",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct arena a = ARENA_ON(block);
		const char *path = test_vectors(names[i]);
		struct span der;
		size_t n;
		struct cert c;

		if (path == NULL)
			return;
		CHECK_OK(pem_certificates(&a, test_file(&a, path), &der, 1, &n));
		test_check_err(cert_read(der, &c), OK, names[i], __FILE__, __LINE__);
	}
}

/* RFC 8995's IDevID: no AKI, no key usage, 2999, its number in the subject. */
static void reads_an_idevid(void)
{
	struct arena a = ARENA_ON(block);
	const char *path = test_vectors("rfc8995/idevid_00-D0-E5-F2-00-02.crt");
	struct date_text t;
	struct span der, text;
	struct cert c;
	size_t n;

	if (path == NULL)
		return;
	CHECK_OK(pem_certificates(&a, test_file(&a, path), &der, 1, &n));
	CHECK_OK(cert_read(der, &c));
	CU_ASSERT(cert_serial_number(&c, &text) && span_is(text, "00-D0-E5-F2-00-02"));
	CU_ASSERT(span_is(c.masa_url, "highway-test.example.com:9443"));
	CU_ASSERT(!c.has_key_usage && c.akid.n == 0 && c.eku.n == 0 && c.san.n == 0);
	CU_ASSERT_STRING_EQUAL(date_to_rfc3339(&t, c.not_after), "2999-12-31T00:00:00Z");
}

/* Certificates inside messages: 30 82 .. .. 30 82 .. .. a0 03 02 01 02 is where one begins. */
static size_t read_inside(struct span message, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; i + 13 < message.n; i++) {
		const uint8_t *p = message.p + i;
		size_t n = 4 + (size_t)(p[2] << 8 | p[3]);
		struct cert c;

		if (p[0] != 0x30 || p[1] != 0x82 || p[4] != 0x30 || p[5] != 0x82 ||
		    memcmp(p + 8, "\xa0\x03\x02\x01\x02", 5) != 0 || n > message.n - i)
			continue;
		found++;
		test_check_err(cert_read((struct span){ p, n }, &c), OK, name, __FILE__, __LINE__);
	}
	return found;
}

static void reads_certificates_in_messages(void)
{
	static const char *const directories[] = {
		"siemens-cmp/lwcmpra/CrWithSignatureProtection",
		"siemens-cmp/lwcmpra/Kur",
		"siemens-cmp/lwcmpra/CrDelayed",
		"siemens-cmp/lwcmpra/Rr",
		"rfc8995",
		"rfc8366bis",
	};
	size_t found = 0;

	for (size_t d = 0; d < sizeof directories / sizeof *directories; d++) {
		struct arena a = ARENA_ON(block);
		const char *directory = test_vectors(directories[d]);
		char path[1024];
		char **files;
		size_t n;

		if (directory == NULL)
			return;
		files = test_directory(&a, directory, &n);
		for (size_t i = 0; i < n; i++) {
			snprintf(path, sizeof path, "%s/%s", directory, files[i]);
			found += read_inside(test_file(&a, path), path);
		}
	}
	CU_ASSERT(found >= 50);
}

const struct test_suite suite_pki_x509 = {
	"pki/x509",
	{
		{ "what openssl wrote is read field by field", reads_what_openssl_wrote },
		{ "any extension is found", finds_any_extension },
		{ "every prefix is refused", refuses_every_prefix },
		{ "every flipped bit is refused", refuses_every_flipped_bit },
		{ "a trailing byte is refused", refuses_what_follows },
		{ "the frame is held", holds_the_frame },
		{ "extensions are counted", bounds_extensions },
		{ "the size is bounded", bounds_size },
		{ "published certificates are read", reads_published_files },
		{ "an IDevID of RFC 8995 is read", reads_an_idevid },
		{ "certificates in published messages are read", reads_certificates_in_messages },
	}
};
