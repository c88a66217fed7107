/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 20];

/* An extension whose value is given, lengths filled in. */
static struct span with(struct arena *a, const char *oid, bool critical, const char *value)
{
	static char hex[2048];
	struct span v = test_hex(a, value), x, outer = test_hex(a, oid);
	struct derw w = derw_in(a, 1024);
	size_t n = 0;

	IN (&w, DER_SEQUENCE) {
		derw_put(&w, DER_OID, outer);
		if (critical)
			derw_bool(&w, true);
		derw_put(&w, DER_OCTET_STRING, v);
	}
	CHECK_OK(derw_end(&w, &x));
	for (size_t i = 0; i < x.n; i++)
		n += (size_t)snprintf(hex + n, sizeof hex - n, "%02x", x.p[i]);
	return fake_x509(a, &(struct fake_parts){ .extensions = hex });
}

#define POINTS "300b 3009 a007 a005 8603 613a62"
enum { NO, YES };
#define BASIC_CONSTRAINTS "551d13"
#define KEY_USAGE         "551d0f"
#define EXT_KEY_USAGE     "551d25"
#define ALT_NAME          "551d11"
#define SUBJECT_KEY       "551d0e"
#define AUTHORITY_KEY     "551d23"
#define CONSTRAINTS       "551d1e"
#define POLICIES          "551d20"
#define MAPPINGS          "551d21"
#define POLICY_LIMITS     "551d24"
#define NO_ANY_POLICY     "551d36"
#define INFO_ACCESS       "2b06010505070101"
#define CRL_POINTS        "551d1f"
#define MASA_URL          "2b06010505070120"

static const struct {
	const char *what, *oid;
	bool critical;
	const char *value;
	const char *words; /* of the reason; NULL: read */
} rows[] = {
	{ "no CA", BASIC_CONSTRAINTS, YES, "3000", NULL },
	{ "a CA", BASIC_CONSTRAINTS, YES, "3003 0101ff", NULL },
	{ "a CA with a path length", BASIC_CONSTRAINTS, YES, "3006 0101ff 02017f", NULL },
	{ "the longest path", BASIC_CONSTRAINTS, YES, "300a 0101ff 0205 00ffffffff", NULL },
	{ "cA FALSE encoded", BASIC_CONSTRAINTS, NO, "3003 010100", NULL },
	{ "cA FALSE encoded, a path length", BASIC_CONSTRAINTS, YES, "3006 010100 020100",
	  "without cA" },
	{ "cA neither true nor false", BASIC_CONSTRAINTS, YES, "3003 010101", "00 or FF" },
	{ "a path length without cA", BASIC_CONSTRAINTS, YES, "3003 020100", "without cA" },
	{ "a negative path length", BASIC_CONSTRAINTS, YES, "3006 0101ff 0201ff", "negative" },
	{ "a path length too much", BASIC_CONSTRAINTS, YES, "300a 0101ff 0205 0100000000",
	  "above" },
	{ "a third field", BASIC_CONSTRAINTS, YES, "3009 0101ff 020100 020100",
	  "basicConstraints" },
	{ "a byte behind", BASIC_CONSTRAINTS, YES, "3000 0500", "basicConstraints" },

	{ "digitalSignature", KEY_USAGE, YES, "0302 0780", NULL },
	{ "decipherOnly", KEY_USAGE, YES, "0303 070080", NULL },
	{ "no bit", KEY_USAGE, YES, "0301 00", "no bit is set" },
	{ "trailing zero bits", KEY_USAGE, YES, "0302 0080", NULL },
	{ "five zero bits behind two uses", KEY_USAGE, YES, "0302 00a0", NULL },
	{ "zero bits to the fourth octet and beyond", KEY_USAGE, YES, "0306 00a000000000", NULL },
	{ "a use beyond the fourth octet", KEY_USAGE, YES, "0306 00a000000080", "32 named bits" },
	{ "no bit in an octet", KEY_USAGE, YES, "0302 0000", "no bit is set" },
	{ "no bit of seven", KEY_USAGE, YES, "0302 0100", "no bit is set" },
	{ "an unused bit that is set", KEY_USAGE, YES, "0302 05a1", "unused bits" },
	{ "an INTEGER", KEY_USAGE, YES, "0201 01", "keyUsage" },

	{ "one purpose", EXT_KEY_USAGE, NO, "3004 0602 2a03", NULL },
	{ "no purpose", EXT_KEY_USAGE, NO, "3000", "no purpose" },
	{ "a purpose that is a NULL", EXT_KEY_USAGE, NO, "3002 0500", "extKeyUsage" },
	{ "an arc cut short", EXT_KEY_USAGE, NO, "3004 0602 2a83", "inside an arc" },

	{ "every kind of name", ALT_NAME, NO,
	  "303a a008 0602 2a03 a002 0500 8103 614062 8201 61 a302 0500 a40e " NAME_A
	  " a502 0500 8604 613a2f2f 8704 c0000201 8802 2a03",
	  NULL },
	{ "no name", ALT_NAME, NO, "3000", "no name" },
	{ "an empty dNSName", ALT_NAME, NO, "3002 8200", "empty" },
	{ "a NUL inside a dNSName", ALT_NAME, NO, "3005 8203 610062", "octet 00" },
	{ "a dNSName beyond ASCII", ALT_NAME, NO, "3004 8202 c3a4", "octet c3" },
	{ "an IPv6 address", ALT_NAME, NO, "3012 8710 20010db8000000000000000000000001", NULL },
	{ "an address of 5 octets", ALT_NAME, NO, "3007 8705 c000020100", "iPAddress of 5" },
	{ "a subnet", ALT_NAME, NO, "300a 8708 c0000200ffffff00", "iPAddress of 8" },
	{ "a ninth kind of name", ALT_NAME, NO, "3003 8901 61", "no GeneralName" },
	{ "a dNSName as a structure", ALT_NAME, NO, "3003 a201 61", "no GeneralName" },
	{ "a directoryName that is none", ALT_NAME, NO, "3004 a402 0500", "subjectAltName" },
	{ "an otherName without value", ALT_NAME, NO, "3006 a004 0602 2a03", "subjectAltName" },

	{ "a key identifier", SUBJECT_KEY, NO, "0402 0102", NULL },
	{ "a critical key identifier", SUBJECT_KEY, YES, "0402 0102", NULL },
	{ "a bare key identifier", SUBJECT_KEY, NO, "0102", "subjectKeyIdentifier" },

	{ "an authority's key", AUTHORITY_KEY, NO, "3004 8002 0102", NULL },
	{ "an authority of nothing", AUTHORITY_KEY, NO, "3000", NULL },
	{ "an authority's certificate", AUTHORITY_KEY, NO, "3015 a110 a40e " NAME_A " 8201 01",
	  NULL },
	{ "an issuer without number", AUTHORITY_KEY, NO, "3012 a110 a40e " NAME_A, NULL },
	{ "a number without issuer", AUTHORITY_KEY, NO, "3003 8201 01", NULL },
	{ "a key and half a pair", AUTHORITY_KEY, NO, "3007 8002 0102 8201 01", NULL },
	{ "half a pair, no name in it", AUTHORITY_KEY, NO, "3002 a100", "no name" },
	{ "half a pair, no number", AUTHORITY_KEY, NO, "3002 8200", "authorityKeyIdentifier" },
	{ "half a pair, turned round", AUTHORITY_KEY, NO, "3015 8201 01 a110 a40e " NAME_A,
	  "authorityKeyIdentifier" },
	{ "a critical authority", AUTHORITY_KEY, YES, "3004 8002 0102", NULL },

	{ "where CRLs are", CRL_POINTS, NO, POINTS, NULL },
	{ "where CRLs are, critical", CRL_POINTS, YES, POINTS, NULL },
	{ "nowhere, critical", CRL_POINTS, YES, "3000", "cRLDistributionPoints" },
	{ "a point that is a NULL, critical", CRL_POINTS, YES, "3002 0500",
	  "cRLDistributionPoints" },
	{ "a point that is a NULL", CRL_POINTS, NO, "3002 0500", NULL },
	{ "a byte behind the points", CRL_POINTS, NO, POINTS "00", NULL },
	{ "a byte behind the points, critical", CRL_POINTS, YES, POINTS "00",
	  "cRLDistributionPoints" },

	{ "constraints", CONSTRAINTS, YES, "3007 a005 3003 8201 61", NULL },
	{ "no constraints", CONSTRAINTS, YES, "3000", "0 subtrees" },
	{ "an empty list", CONSTRAINTS, YES, "3002 a000", "empty" },

	{ "a policy", POLICIES, YES, "3006 3004 0602 2a03", NULL },
	{ "any policy", POLICIES, NO, "3008 3006 0604 551d2000", NULL },
	{ "a policy with a qualifier", POLICIES, YES,
	  "3017 3015 0602 2a03 300f 300d 0608 2b06010505070201 1601 61", NULL },
	{ "no policies", POLICIES, NO, "3000", "no policy" },
	{ "a policy that is a NULL", POLICIES, NO, "3004 3002 0500", "certificatePolicies" },
	{ "an empty list of qualifiers", POLICIES, NO, "3008 3006 0602 2a03 3000", "no qualifier" },
	{ "a qualifier without value", POLICIES, NO, "300e 300c 0602 2a03 3006 3004 0602 2a03",
	  "certificatePolicies" },
	{ "a third field of a policy", POLICIES, NO, "3010 300e 0602 2a03 3006 3004 0602 2a03 0500",
	  "certificatePolicies" },
	{ "a mapping", MAPPINGS, YES, "300a 3008 0602 2a03 0602 2a04", NULL },
	{ "no mappings", MAPPINGS, NO, "3000", "no mapping" },
	{ "a mapping of one", MAPPINGS, NO, "3006 3004 0602 2a03", "policyMappings" },
	{ "a mapping to any", MAPPINGS, NO, "300c 300a 0602 2a03 0604 551d2000", "is mapped" },
	{ "a mapping from any", MAPPINGS, NO, "300c 300a 0604 551d2000 0602 2a03", "is mapped" },
	{ "no mapping inhibited", POLICY_LIMITS, YES, "3003 810100", NULL },
	{ "both", POLICY_LIMITS, YES, "3006 800100 810100", NULL },
	{ "the longest way", POLICY_LIMITS, YES, "3007 8105 00ffffffff", NULL },
	{ "the wrong order", POLICY_LIMITS, YES, "3006 810100 800100", "policyConstraints" },
	{ "no constraint", POLICY_LIMITS, YES, "3000", "no constraint" },
	{ "a negative way", POLICY_LIMITS, YES, "3003 8101ff", "negative" },
	{ "an empty number", POLICY_LIMITS, YES, "3002 8100", "policyConstraints" },
	{ "a third constraint", POLICY_LIMITS, YES, "3009 800100 810100 820100",
	  "policyConstraints" },
	{ "no anyPolicy", NO_ANY_POLICY, YES, "020100", NULL },
	{ "no anyPolicy, of a text", NO_ANY_POLICY, YES, "160100", "inhibitAnyPolicy" },
	{ "a negative anyPolicy", NO_ANY_POLICY, YES, "0201ff", "negative" },

	{ "where to ask", INFO_ACCESS, NO, "300a 3008 0602 2a03 8602 613a", NULL },
	{ "nowhere to ask", INFO_ACCESS, NO, "3000", "no access description" },
	{ "asking without a name", INFO_ACCESS, NO, "3006 3004 0602 2a03", "authorityInfoAccess" },

	{ "a MASA", MASA_URL, NO, "1603 612e62", NULL },
	{ "a MASA as UTF8String", MASA_URL, NO, "0c03 612e62", NULL },
	{ "a MASA as OCTET STRING", MASA_URL, NO, "0403 612e62", "id-pe-masa-url" },
};

static void holds_every_syntax(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(block);
		struct cert c;
		enum err e = cert_read(with(&a, rows[i].oid, rows[i].critical, rows[i].value), &c);
		enum err want = rows[i].words == NULL ? OK : E_CERT_SYNTAX;
		bool said = rows[i].words == NULL || strstr(err_reason(e), rows[i].words) != NULL;

		test_check_err(said ? e : E_BUG, want, rows[i].what, __FILE__, __LINE__);
	}
}

static void reads_values(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c;

	CHECK_OK(cert_read(with(&a, BASIC_CONSTRAINTS, YES, "3006 0101ff 02017f"), &c));
	CU_ASSERT(c.is_ca && c.path_len == 127);
	CHECK_OK(cert_read(with(&a, BASIC_CONSTRAINTS, YES, "300a 0101ff 0205 00ffffffff"), &c));
	CU_ASSERT(c.path_len > 1000);
	CHECK_OK(cert_read(with(&a, KEY_USAGE, YES, "0303 070080"), &c));
	CU_ASSERT_EQUAL(c.key_usage, KU_DECIPHER_ONLY);
	CHECK_OK(cert_read(with(&a, MASA_URL, NO, "0c03 612e62"), &c));
	CU_ASSERT(span_is(c.masa_url, "a.b"));
	CHECK_OK(cert_read(with(&a, AUTHORITY_KEY, NO, "3004 8002 0102"), &c));
	CU_ASSERT(span_equal(c.akid, test_hex(&a, "0102")));
	CU_ASSERT(span_equal(c.aki_ext, test_hex(&a, "3004 8002 0102")));
	CHECK_OK(cert_read(with(&a, POLICY_LIMITS, NO, "3003 810100"), &c));
	CU_ASSERT_FALSE(c.requires_policy);
	CHECK_OK(cert_read(with(&a, POLICY_LIMITS, NO, "3003 800100"), &c));
	CU_ASSERT(c.requires_policy);
	CHECK_OK(cert_read(with(&a, EXT_KEY_USAGE, YES, "3006 0604 551d2500"), &c));
	CU_ASSERT(c.eku_critical && cert_has_eku(&c, OID_EKU_ANY));
}

#define OTHER_QUALIFIER "3010 300e 0602 2a03 3008 3006 0602 2a03 0500"

static void remembers_what_is_critical(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c;

	CHECK_OK(cert_read(with(&a, "2a0304", NO, "00"), &c));
	CU_ASSERT_FALSE(c.unknown_critical);
	CHECK_OK(cert_read(with(&a, "2a0304", YES, "00"), &c));
	CU_ASSERT(c.unknown_critical);
	CU_ASSERT(span_equal(c.unknown_critical_oid, test_hex(&a, "2a0304")));
	/* read for its syntax, but not followed */
	CHECK_OK(cert_read(with(&a, INFO_ACCESS, YES, "300a 3008 0602 2a03 8602 613a"), &c));
	CU_ASSERT(c.unknown_critical);
	/* a qualifier that is neither cps nor unotice: RFC 5280 4.2.1.4 */
	CHECK_OK(cert_read(with(&a, POLICIES, YES, OTHER_QUALIFIER), &c));
	CU_ASSERT(c.unknown_critical);
	CU_ASSERT(span_equal(c.unknown_critical_oid, test_hex(&a, POLICIES)));
	CHECK_OK(cert_read(with(&a, POLICIES, NO, OTHER_QUALIFIER), &c));
	CU_ASSERT_FALSE(c.unknown_critical);
	CHECK_OK(cert_read(with(&a, POLICIES, YES, "3006 3004 0602 2a03"), &c));
	CU_ASSERT_FALSE(c.unknown_critical);
	CHECK_OK(cert_read(with(&a, MASA_URL, YES, "1603 612e62"), &c));
	CU_ASSERT_FALSE(c.unknown_critical);
}

const struct test_suite suite_pki_extensions = {
	"pki/extensions",
	{
		{ "every syntax is held", holds_every_syntax },
		{ "values are read", reads_values },
		{ "critical unknown ones are remembered", remembers_what_is_critical },
	}
};
