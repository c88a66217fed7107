/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/pki/internal.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 20];

/* A path of at most five, the target first; signatures are not looked at here. */
struct chain_of {
	const char *what;
	struct fake_parts parts[5]; /* ends at the first without extensions */
	uint32_t key_usage;
	const struct span *eku[2];
	enum err want;
	const char *words;
};

#define LEAF(x)                                                             \
	{                                                                   \
		.issuer = "/CN=Sub", .subject = "/CN=Leaf", .extensions = x \
	}
#define SUB(x)                                                              \
	{                                                                   \
		.issuer = "/CN=Root", .subject = "/CN=Sub", .extensions = x \
	}
#define ROOT(x)                                                              \
	{                                                                    \
		.issuer = "/CN=Root", .subject = "/CN=Root", .extensions = x \
	}
#define BETWEEN(x)                                                             \
	{                                                                      \
		.issuer = "/CN=Sub", .subject = "/CN=Between", .extensions = x \
	}
#define ROLLOVER(x)                                                        \
	{                                                                  \
		.issuer = "/CN=Sub", .subject = "/CN=Sub", .extensions = x \
	}
#define GOOD_ROOT  ROOT(X_CA X_KU_CA)
#define GOOD_SUB   SUB(X_CA X_KU_CA)
#define X_NC_NET   "3018 0603551d1e 0101ff 040e 300c a00a 3008 8206 6e65742e6e6f"
#define X_SAN_NET  "3011 0603551d11 040a 3008 8206 6e65742e6e6f"
#define X_SAN_ORG  "3011 0603551d11 040a 3008 8206 6f72672e6e6f"
#define X_SAN_MUST "3014 0603551d11 0101ff 040a 3008 8206 6e65742e6e6f"
#define X_EKU_BOTH "301d 0603551d25 0416 3014 0608 2b0601050507031c 0608 2b06010505070301"

#define X_POLICY   "3012 0603551d20 0101ff 0408 3006 3004 0602 2a03"
#define X_NO_ANY   "300d 0603551d36 0101ff 0403 020100"
#define X_NO_MAP   "300f 0603551d24 0101ff 0405 3003 810100"
#define X_EXPLICIT "300f 0603551d24 0101ff 0405 3003 800100"
#define X_MAP      "3016 0603551d21 0101ff 040c 300a 3008 0602 2a03 0602 2a04"

static const struct chain_of rows[] = {
	{ "a good chain", { LEAF(X_KU_SIGN), GOOD_SUB, GOOD_ROOT }, .want = OK },
	{ "no keyUsage anywhere", { LEAF(X_NOT_CA), SUB(X_CA), ROOT(X_CA) }, .want = OK },
	{ "an unknown extension", { LEAF(X_UNKNOWN), GOOD_SUB, GOOD_ROOT }, .want = OK },

	{ "an issuer that is no CA",
	  { LEAF(X_KU_SIGN), SUB(X_NOT_CA), GOOD_ROOT },
	  .want = E_CERT_CA,
	  .words = "is no CA" },
	{ "an issuer that says nothing",
	  { LEAF(X_KU_SIGN), SUB(X_KU_SIGN), GOOD_ROOT },
	  .want = E_CERT_CA,
	  .words = "is no CA" },
	{ "an issuer whose basicConstraints are not critical",
	  { LEAF(X_KU_SIGN), SUB(X_CA_LAX), GOOD_ROOT },
	  .want = OK },
	{ "an issuer without keyCertSign",
	  { LEAF(X_KU_SIGN), SUB(X_CA X_KU_SIGN), GOOD_ROOT },
	  .want = E_CERT_CA,
	  .words = "keyCertSign" },
	{ "an anchor that is no CA",
	  { LEAF(X_KU_SIGN), GOOD_SUB, ROOT(X_NOT_CA) },
	  .want = E_CERT_CA,
	  .words = "\"CN=Root\"" },
	{ "an anchor without keyCertSign",
	  { LEAF(X_KU_SIGN), GOOD_SUB, ROOT(X_CA X_KU_CRL) },
	  .want = E_CERT_CA,
	  .words = "\"CN=Root\"" },
	{ "a target that is a CA", { LEAF(X_CA X_KU_CA), GOOD_SUB, GOOD_ROOT }, .want = OK },
	{ "keyCertSign of one that is no CA",
	  { LEAF(X_NOT_CA X_KU_CERT), GOOD_SUB, GOOD_ROOT },
	  .want = E_CERT_CA,
	  .words = "keyCertSign" },

	{ "pathLen 0 and an end entity",
	  { LEAF(X_KU_SIGN), SUB(X_CA_LEN_0), GOOD_ROOT },
	  .want = OK },
	{ "pathLen 0 and a CA as target", { LEAF(X_CA), SUB(X_CA_LEN_0), GOOD_ROOT }, .want = OK },
	{ "pathLen 0 and a CA that issues",
	  { LEAF(X_KU_SIGN), BETWEEN(X_CA), SUB(X_CA_LEN_0), GOOD_ROOT },
	  .want = E_CERT_CA,
	  .words = "pathLenConstraint" },
	{ "pathLen 0 of the anchor",
	  { LEAF(X_KU_SIGN), GOOD_SUB, ROOT(X_CA_LEN_0) },
	  .want = E_CERT_CA,
	  .words = "pathLenConstraint" },
	{ "pathLen 1 of the anchor", { LEAF(X_KU_SIGN), GOOD_SUB, ROOT(X_CA_LEN_1) }, .want = OK },
	{ "a pathLen that grows",
	  { LEAF(X_KU_SIGN), BETWEEN(X_CA_LEN_1), SUB(X_CA_LEN_0), GOOD_ROOT },
	  .want = E_CERT_CA,
	  .words = "pathLenConstraint" },
	{ "pathLen 1 and two CAs",
	  { LEAF(X_KU_SIGN), BETWEEN(X_CA), SUB(X_CA), ROOT(X_CA_LEN_1) },
	  .want = E_CERT_CA,
	  .words = "\"CN=Between\"" },
	{ "pathLen 1 and two CAs, one of which gives itself more",
	  { LEAF(X_KU_SIGN), BETWEEN(X_CA), SUB(X_CA_LEN_1), ROOT(X_CA_LEN_1) },
	  .want = E_CERT_CA,
	  .words = "\"CN=Between\"" },
	{ "a self-issued CA does not count",
	  { LEAF(X_KU_SIGN), ROLLOVER(X_CA), SUB(X_CA_LEN_0), GOOD_ROOT },
	  .want = OK },
	{ "but binds what follows",
	  { LEAF(X_KU_SIGN), BETWEEN(X_CA), ROLLOVER(X_CA_LEN_0), SUB(X_CA_LEN_1), GOOD_ROOT },
	  .want = E_CERT_CA,
	  .words = "pathLenConstraint" },

	{ "a name within", { LEAF(X_SAN_NET), SUB(X_CA X_NC_NET), GOOD_ROOT }, .want = OK },
	{ "a name outside",
	  { LEAF(X_SAN_ORG), SUB(X_CA X_NC_NET), GOOD_ROOT },
	  .want = E_CERT_NAMES,
	  .words = "org.no" },
	{ "a name outside, of the anchor",
	  { LEAF(X_SAN_ORG), GOOD_SUB, ROOT(X_CA X_NC_NET) },
	  .want = E_CERT_NAMES,
	  .words = "org.no" },
	{ "a CA's name outside",
	  { LEAF(X_SAN_NET), SUB(X_CA X_SAN_ORG), ROOT(X_CA X_NC_NET) },
	  .want = E_CERT_NAMES,
	  .words = "\"CN=Sub\"" },
	{ "a self-issued CA's name outside",
	  { LEAF(X_SAN_NET), ROLLOVER(X_CA X_SAN_ORG), SUB(X_CA X_NC_NET), GOOD_ROOT },
	  .want = OK },
	{ "a self-issued target's name outside",
	  { ROLLOVER(X_SAN_ORG), SUB(X_CA X_NC_NET), GOOD_ROOT },
	  .want = E_CERT_NAMES,
	  .words = "org.no" },
	{ "constraints across a tier that has none",
	  { LEAF(X_SAN_ORG), BETWEEN(X_CA), SUB(X_CA), ROOT(X_CA X_NC_NET) },
	  .want = E_CERT_NAMES,
	  .words = "org.no" },
	{ "constraints do not bind their owner",
	  { LEAF(X_SAN_NET), SUB(X_CA X_SAN_ORG X_NC_NET), GOOD_ROOT },
	  .want = OK },
	{ "constraints of one that is no CA",
	  { LEAF(X_NC_NET), GOOD_SUB, GOOD_ROOT },
	  .want = E_CERT_NAMES,
	  .words = "no CA" },

	{ "an unknown critical extension",
	  { LEAF(X_CRITICAL), GOOD_SUB, GOOD_ROOT },
	  .want = E_CERT_CRITICAL,
	  .words = "1.2.3.4" },
	{ "... of an issuer",
	  { LEAF(X_KU_SIGN), SUB(X_CA X_CRITICAL), GOOD_ROOT },
	  .want = E_CERT_CRITICAL,
	  .words = "\"CN=Sub\"" },
	{ "... of the anchor",
	  { LEAF(X_KU_SIGN), GOOD_SUB, ROOT(X_CA X_CRITICAL) },
	  .want = E_CERT_CRITICAL,
	  .words = "\"CN=Root\"" },

	{ "critical policies: any will do",
	  { LEAF(X_POLICY), SUB(X_CA X_POLICY X_NO_ANY X_MAP), ROOT(X_CA X_NO_MAP X_NO_ANY) },
	  .want = OK },
	{ "an explicit policy is demanded",
	  { LEAF(X_POLICY), SUB(X_CA X_POLICY X_EXPLICIT), GOOD_ROOT },
	  .want = E_CERT_CRITICAL,
	  .words = "explicit policy" },
	{ "... by the anchor",
	  { LEAF(X_POLICY), SUB(X_CA X_POLICY), ROOT(X_CA X_EXPLICIT) },
	  .want = E_CERT_CRITICAL,
	  .words = "\"CN=Root\"" },

	{ "a keyUsage that is asked for",
	  { LEAF(X_KU_SIGN), GOOD_SUB, GOOD_ROOT },
	  .key_usage = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION,
	  .want = OK },
	{ "none, so any",
	  { LEAF(X_NOT_CA), GOOD_SUB, GOOD_ROOT },
	  .key_usage = KU_DIGITAL_SIGNATURE,
	  .want = OK },
	{ "another keyUsage",
	  { LEAF(X_KU_CRL), GOOD_SUB, GOOD_ROOT },
	  .key_usage = KU_DIGITAL_SIGNATURE,
	  .want = E_CERT_USAGE,
	  .words = "keyUsage" },
	{ "another keyUsage, none asked for", { LEAF(X_KU_CRL), GOOD_SUB, GOOD_ROOT }, .want = OK },

	{ "the purpose asked for",
	  { LEAF(X_EKU_RA), GOOD_SUB, GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA },
	  .want = OK },
	{ "one of two",
	  { LEAF(X_EKU_RA), GOOD_SUB, GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_CA, &OID_EKU_CMC_RA },
	  .want = OK },
	{ "no purposes, so any",
	  { LEAF(X_KU_SIGN), GOOD_SUB, GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA },
	  .want = OK },
	{ "any purpose",
	  { LEAF(X_EKU_ANY), GOOD_SUB, GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA },
	  .want = OK },
	{ "another purpose",
	  { LEAF(X_EKU_WEB), GOOD_SUB, GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA },
	  .want = E_CERT_USAGE,
	  .words = "\"CN=Leaf\"" },
	{ "another purpose, none asked for", { LEAF(X_EKU_WEB), GOOD_SUB, GOOD_ROOT }, .want = OK },
	{ "an issuer for another purpose",
	  { LEAF(X_EKU_RA), SUB(X_CA X_EKU_WEB), GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA },
	  .want = E_CERT_USAGE,
	  .words = "\"CN=Sub\"" },
	{ "an issuer for any purpose",
	  { LEAF(X_EKU_RA), SUB(X_CA X_EKU_ANY), GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA },
	  .want = OK },
	{ "an issuer for another, the target for all",
	  { LEAF(X_KU_SIGN), SUB(X_CA X_EKU_WEB), GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA },
	  .want = E_CERT_USAGE },
	{ "two that would do, but not the same",
	  { LEAF(X_EKU_RA), SUB(X_CA X_EKU_WEB), GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA, &OID_EKU_SERVER_AUTH },
	  .want = E_CERT_USAGE },
	{ "two that would do, one the same",
	  { LEAF(X_EKU_BOTH), SUB(X_CA X_EKU_WEB), GOOD_ROOT },
	  .eku = { &OID_EKU_CMC_RA, &OID_EKU_SERVER_AUTH },
	  .want = OK },

	{ "no issuer",
	  { { .issuer_der = "3000", .subject = "/CN=Leaf", .extensions = X_NOT_CA },
	    GOOD_SUB,
	    GOOD_ROOT },
	  .want = E_CERT_NAMES,
	  .words = "issuer is the empty" },
	{ "no subject",
	  { { .issuer = "/CN=Sub", .subject_der = "3000", .extensions = X_SAN_NET },
	    GOOD_SUB,
	    GOOD_ROOT },
	  .want = E_CERT_NAMES,
	  .words = "no critical subjectAltName" },
	{ "no subject, but a critical name",
	  { { .issuer = "/CN=Sub", .subject_der = "3000", .extensions = X_SAN_MUST },
	    GOOD_SUB,
	    GOOD_ROOT },
	  .want = OK },
	{ "a CA without subject",
	  { LEAF(X_NOT_CA),
	    { .issuer = "/CN=Root", .subject_der = "3000", .extensions = X_CA X_SAN_MUST },
	    GOOD_ROOT },
	  .want = E_CERT_NAMES,
	  .words = "CA with the empty name" },
	{ "serial number zero",
	  { { .serial = "020100", .extensions = X_NOT_CA }, GOOD_SUB, GOOD_ROOT },
	  .want = OK },
	{ "serial number zero of the anchor",
	  { LEAF(X_NOT_CA), GOOD_SUB, { .serial = "020100", .extensions = X_CA } },
	  .want = OK },
	{ "a key of unknown kind",
	  { { .spki_der = "300b 3005 0603 2a0304 0302 0001", .extensions = X_NOT_CA },
	    GOOD_SUB,
	    GOOD_ROOT },
	  .want = E_ALGORITHM },
	{ "a key of unknown kind of the anchor",
	  { LEAF(X_NOT_CA), { .spki_der = "300b 3005 0603 2a0304 0302 0001", .extensions = X_CA } },
	  .want = E_ALGORITHM },
};

static void judge(const struct chain_of *row)
{
	struct arena a = ARENA_ON(block);
	struct cert certs[5];
	struct span eku[2];
	struct path_request r = { .now = x509_now, .key_usage = row->key_usage, .eku = eku };
	size_t n = 0;
	enum err e;

	for (; n < 5 && row->parts[n].extensions != NULL; n++)
		CHECK_OK(cert_read(fake_x509(&a, &row->parts[n]), &certs[n]));
	for (; r.eku_count < 2 && row->eku[r.eku_count] != NULL; r.eku_count++)
		eku[r.eku_count] = *row->eku[r.eku_count];
	r.target = &certs[0];
	e = path_judge(&r, certs, n);
	test_check_err(e, row->want, row->what, __FILE__, __LINE__);
	if (row->words != NULL)
		test_check_err(strstr(err_reason(e), row->words) != NULL ? OK : e, OK, row->what,
		               __FILE__, __LINE__);
}

static void holds_every_rule(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		judge(&rows[i]);
}

/* Dates of each certificate, by what the clock is worth (RFC 8995 2.6.1). */
static void judges_dates(void)
{
	enum { BEGIN = 1800000000, END = 1900000000 };
	static const struct {
		enum confidence confidence;
		int64_t seconds;
		enum err want;
	} moments[] = {
		{ TIME_SET, BEGIN - CLOCK_SKEW_MAX_S - 1, E_CERT_TIME },
		{ TIME_SET, BEGIN - CLOCK_SKEW_MAX_S, OK }, /* clocks are apart */
		{ TIME_SET, BEGIN, OK },
		{ TIME_SET, END, OK },
		{ TIME_SET, END + 1, E_CERT_TIME },
		{ TIME_FLOOR, BEGIN - CLOCK_SKEW_MAX_S - 1, OK },
		{ TIME_FLOOR, END, OK },
		{ TIME_FLOOR, END + 1, E_CERT_TIME },
		{ TIME_UNSET, 0, OK },
		{ TIME_UNSET, END + 1, OK },
	};

	for (size_t which = 0; which < 3; which++) {
		struct arena a = ARENA_ON(block);
		struct fake_parts parts[] = { LEAF(X_NOT_CA), GOOD_SUB, GOOD_ROOT };
		struct cert certs[3];

		parts[which].not_before = BEGIN;
		parts[which].not_after = END;
		for (size_t i = 0; i < 3; i++)
			CHECK_OK(cert_read(fake_x509(&a, &parts[i]), &certs[i]));
		for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
			struct path_request r = { .now = { moments[i].confidence,
				                           moments[i].seconds } };

			CHECK_ERR(path_judge(&r, certs, 3), moments[i].want);
		}
	}
}

/* RSA-1024 of an anchor or a target. */
static void refuses_weak_keys(void)
{
	static char spki[1024];
	struct arena a = ARENA_ON(block);
	struct fake_parts parts[] = { LEAF(X_NOT_CA), GOOD_ROOT };
	struct path_request r = { .now = x509_now };
	struct cert certs[2];
	size_t n = (size_t)snprintf(
		spki, sizeof spki,
		"30819f 300d 0609 2a864886f70d010101 0500 03818d 00 308189 028181 00");

	for (int i = 0; i < 128; i++)
		n += (size_t)snprintf(spki + n, sizeof spki - n, "%02x",
		                      0x80 | ((i * 7 + 1) & 0x7f));
	snprintf(spki + n, sizeof spki - n, "0203 010001");
	parts[0].spki_der = spki;
	for (size_t i = 0; i < 2; i++)
		CHECK_OK(cert_read(fake_x509(&a, &parts[i]), &certs[i]));
	CHECK_ERR(path_judge(&r, certs, 2), E_ALGORITHM);
	CU_ASSERT(strstr(err_reason(E_ALGORITHM), "1024 bits") != NULL);
}

static void bounds_purposes(void)
{
	struct arena a = ARENA_ON(block);
	struct span many[33];
	struct path_request r = { .now = x509_now, .eku = many, .eku_count = 33 };
	struct fake_parts parts = LEAF(X_EKU_RA);
	struct cert c;

	for (size_t i = 0; i < 33; i++)
		many[i] = i == 31 ? OID_EKU_CMC_RA : OID_EKU_CMC_CA;
	CHECK_OK(cert_read(fake_x509(&a, &parts), &c));
	CHECK_ERR(path_judge(&r, &c, 1), E_BUG);
	r.eku_count = 32;
	CHECK_OK(path_judge(&r, &c, 1));
	r.eku_count = 31;
	CHECK_ERR(path_judge(&r, &c, 1), E_CERT_USAGE);
}

const struct test_suite suite_pki_path_judge = {
	"pki/path_judge",
	{
		{ "every rule is held", holds_every_rule },
		{ "dates are judged by the clock's worth", judges_dates },
		{ "weak keys are refused", refuses_weak_keys },
		{ "purposes are bounded", bounds_purposes },
	}
};
