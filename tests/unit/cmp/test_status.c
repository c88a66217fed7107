/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKIStatusInfo and error messages. */
#include <stdio.h>

#include "cmp/internal.h"
#include "tests/unit/test.h"

static uint8_t room[64 * 1024];
static struct arena a = ARENA_ON(room);

static const char *words(const struct cmp_status *s)
{
	static char text[ERR_REASON_MAX];
	struct cmp_text t = CMP_TEXT_ON(text);

	text[0] = '\0';
	cmp_status_words(&t, s);
	return text;
}

static enum err read_status(const char *hex, struct cmp_status *out)
{
	enum err e;
	struct der c = der_open(test_hex(&a, hex), &e);

	cmp_status_read(&c, out);
	der_end(&c);
	return e;
}

static void every_fail_info_has_its_name(void)
{
	static const char *const names[] = { "badAlg",
		                             "badMessageCheck",
		                             "badRequest",
		                             "badTime",
		                             "badCertId",
		                             "badDataFormat",
		                             "wrongAuthority",
		                             "incorrectData",
		                             "missingTimeStamp",
		                             "badPOP",
		                             "certRevoked",
		                             "certConfirmed",
		                             "wrongIntegrity",
		                             "badRecipientNonce",
		                             "timeNotAvailable",
		                             "unacceptedPolicy",
		                             "unacceptedExtension",
		                             "addInfoNotAvailable",
		                             "badSenderNonce",
		                             "badCertTemplate",
		                             "signerNotTrusted",
		                             "transactionIdInUse",
		                             "unsupportedVersion",
		                             "notAuthorized",
		                             "systemUnavail",
		                             "systemFailure",
		                             "duplicateCertReq",
		                             "bit 27" };

	for (unsigned bit = 0; bit < 28; bit++) {
		struct cmp_status s = { .status = PKI_REJECTION, .fail_info = UINT32_C(1) << bit };
		char expected[64];

		snprintf(expected, sizeof expected, "rejection (%s)", names[bit]);
		CU_ASSERT_STRING_EQUAL(words(&s), expected);
	}
}

static void every_status_has_its_name(void)
{
	static const char *const names[] = { "accepted",          "grantedWithMods",
		                             "rejection",         "waiting",
		                             "revocationWarning", "revocationNotification",
		                             "keyUpdateWarning",  "status 7" };

	for (uint32_t i = 0; i < 8; i++)
		CU_ASSERT_STRING_EQUAL(words(&(struct cmp_status){ .status = i }), names[i]);
}

static void reads_status_info(void)
{
	struct cmp_status s;

	arena_reset(&a);
	CHECK_OK(read_status("30 03 02 01 00", &s));
	CU_ASSERT_EQUAL(s.status, PKI_ACCEPTED);
	/* two texts, badRequest and badPOP */
	CHECK_OK(read_status("30 14 02 01 02 30 0a 0c 02 6e 6f 0c 04 6e 65 69 6e 03 03 06 20 40",
	                     &s));
	CU_ASSERT_STRING_EQUAL(words(&s), "rejection (badRequest, badPOP): \"no\"");
	CHECK_ERR(read_status("30 03 02 01 ff", &s), E_RANGE);
	CHECK_ERR(read_status("30 0b 02 09 01 00 00 00 00 00 00 00 00", &s), E_RANGE);
	CHECK_ERR(read_status("30 05 02 01 02 30 00", &s), E_TRUNCATED);
	CHECK_ERR(read_status("30 08 02 01 02 30 03 13 01 61", &s), E_UNEXPECTED);
	/* trailing zero bits, more than 32 bits */
	CHECK_ERR(read_status("30 07 02 01 02 03 02 00 20", &s), E_NOT_DER);
	CHECK_ERR(read_status("30 0b 02 01 02 03 06 00 01 01 01 01 01", &s), E_RANGE);
	CHECK_ERR(read_status("30 05 02 01 02 05 00", &s), E_TRAILING);
}

static void reads_error_messages(void)
{
	struct cmp_status s;
	struct span whole;

	arena_reset(&a);
	whole = test_hex(&a, "30 1a 30 0d 02 01 02 30 04 0c 02 6e 6f 03 02 05 20"
	                     "02 02 01 00 30 05 0c 03 77 68 79");
	CHECK_OK(cmp_error_read(whole, &s));
	CU_ASSERT_STRING_EQUAL(words(&s),
	                       "rejection (badRequest): \"no\", error code 0x0100, \"why\"");
	for (size_t n = 0; n < whole.n; n++)
		CHECK_ERR(cmp_error_read((struct span){ whole.p, n }, &s), E_CMP_SYNTAX);
	CHECK_OK(cmp_error_read(test_hex(&a, "30 05 30 03 02 01 02"), &s));
	CU_ASSERT_FALSE(s.has_code);
	CHECK_ERR(cmp_error_read(test_hex(&a, "30 07 30 03 02 01 02 05 00"), &s), E_CMP_SYNTAX);
}

static void says_what_to_do(void)
{
	struct cmp_status s = { .status = PKI_REJECTION };

	CHECK_ERR(cmp_status_refused(&s, E_CMP_ERROR, "error"), E_CMP_ERROR);
	CU_ASSERT_STRING_EQUAL(err_reason(E_CMP_ERROR), "error: rejection");
	s.fail_info = FAIL_TRANSACTION_ID_IN_USE;
	CHECK_ERR(cmp_status_refused(&s, E_CMP_ERROR, "error"), E_CMP_AGAIN);
	s.fail_info = FAIL_SYSTEM_UNAVAIL | 1;
	CHECK_ERR(cmp_status_refused(&s, E_CMP_REJECTED, "answer"), E_CMP_AGAIN);
	s.fail_info = FAIL_SYSTEM_FAILURE;
	CHECK_ERR(cmp_status_refused(&s, E_CMP_REJECTED, "answer"), E_CMP_AGAIN);
	s.fail_info = ~(uint32_t)(FAIL_SYSTEM_FAILURE | FAIL_SYSTEM_UNAVAIL |
	                          FAIL_TRANSACTION_ID_IN_USE);
	CHECK_ERR(cmp_status_refused(&s, E_CMP_REJECTED, "answer"), E_CMP_REJECTED);
	/* words without end are cut, whatever they are */
	CU_ASSERT(strlen(err_reason(E_CMP_REJECTED)) < ERR_REASON_MAX);
}

static void writes_what_it_reads(void)
{
	struct derw w;
	struct cmp_status s;
	struct span out;
	enum err e;

	arena_reset(&a);
	w = derw_in(&a, 256);
	cmp_put_status(&w, PKI_REJECTION, "not ours", FAIL_INCORRECT_DATA);
	CHECK_OK(derw_end(&w, &out));

	struct der c = der_open(out, &e);

	cmp_status_read(&c, &s);
	der_end(&c);
	CHECK_OK(e);
	CU_ASSERT_STRING_EQUAL(words(&s), "rejection (incorrectData): \"not ours\"");
	w = derw_in(&a, 256);
	cmp_put_status(&w, PKI_ACCEPTED, NULL, 0);
	CHECK_OK(derw_end(&w, &out));
	CU_ASSERT(span_equal(out, test_hex(&a, "30 03 02 01 00")));
}

const struct test_suite suite_cmp_status = {
	"cmp/status",
	{
		{ "every bit of failInfo by its name", every_fail_info_has_its_name },
		{ "every PKIStatus by its name", every_status_has_its_name },
		{ "PKIStatusInfo is read strictly", reads_status_info },
		{ "error messages are read strictly", reads_error_messages },
		{ "refusals say what to do", says_what_to_do },
		{ "PKIStatusInfo written and read again", writes_what_it_reads },
	}
};
