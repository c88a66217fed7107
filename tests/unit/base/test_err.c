/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "platform/base/limits.h"
#include "platform/base/utf8.h"
#include "tests/unit/test.h"

/* The table itself: what the command's users and the driver rely on. */
static void every_code_has_its_own_status_and_words(void)
{
	for (enum err e = OK; e < ERR_COUNT; e++) {
		CU_ASSERT(err_exit_status(e) >= 0 && err_exit_status(e) < 126);
		CU_ASSERT(strlen(err_text(e)) > 0);
		CU_ASSERT(strncmp(err_name(e), "E_", 2) == 0 || e == OK);
		for (enum err other = OK; other < e; other++) {
			CU_ASSERT_NOT_EQUAL(err_exit_status(e), err_exit_status(other));
			CU_ASSERT(strcmp(err_text(e), err_text(other)) != 0);
		}
	}
}

static void only_ok_is_fine(void)
{
	CU_ASSERT_EQUAL(err_verdict(OK), FINE);
	CU_ASSERT_EQUAL(err_exit_status(OK), 0);
	for (enum err e = OK + 1; e < ERR_COUNT; e++)
		CU_ASSERT_NOT_EQUAL(err_verdict(e), FINE);
	CU_ASSERT_EQUAL(err_verdict(E_WAITING), WAIT);
	CU_ASSERT_EQUAL(err_verdict(E_REG_TROUBLE), AGAIN);
	CU_ASSERT_EQUAL(err_verdict(E_VOUCHER_SERIAL), NEXT);
	CU_ASSERT_EQUAL(err_verdict(E_STORE), HALT);
	CU_ASSERT_STRING_EQUAL(err_name(E_VOUCHER_SERIAL), "E_VOUCHER_SERIAL");
}

/* An integer from nowhere must not read behind the table, nor let anything go on. */
static void no_code_is_our_bug(void)
{
	CU_ASSERT_EQUAL(err_verdict(ERR_COUNT), HALT);
	CU_ASSERT_EQUAL(err_verdict((enum err) - 1), HALT);
	CU_ASSERT_STRING_EQUAL(err_name((enum err)12345), "E_BUG");
}

static void reason_belongs_to_its_code(void)
{
	CU_ASSERT_STRING_EQUAL(err_reason(E_RANGE), err_text(E_RANGE));
	CU_ASSERT_EQUAL(err_because(E_RANGE, "pathLen %u", 7u), E_RANGE);
	CU_ASSERT_STRING_EQUAL(err_reason(E_RANGE), "pathLen 7");
	CU_ASSERT_STRING_EQUAL(err_reason(E_TLS), err_text(E_TLS));
	CU_ASSERT_STRING_EQUAL(err_reason(OK), "ok");
	err_because(E_TLS, "alert 42");
	CU_ASSERT_STRING_EQUAL(err_reason(E_RANGE), err_text(E_RANGE));
	err_forget();
	CU_ASSERT_STRING_EQUAL(err_reason(E_TLS), err_text(E_TLS));
}

static void the_object_is_named_outside_in(void)
{
	err_because(E_TRUNCATED, "a length is cut short");
	CHECK_ERR(err_within(E_CERT_SYNTAX, E_TRUNCATED, "validity"), E_CERT_SYNTAX);
	CHECK_ERR(err_within(E_CMP_SYNTAX, E_CERT_SYNTAX, "extraCerts"), E_CMP_SYNTAX);
	CU_ASSERT_STRING_EQUAL(err_reason(E_CMP_SYNTAX),
	                       "extraCerts: validity: a length is cut short");
	CHECK_ERR(err_within(E_CMP_SYNTAX, E_RANGE, "pvno"), E_CMP_SYNTAX);
	CU_ASSERT_STRING_EQUAL(err_reason(E_CMP_SYNTAX), "pvno: value outside the accepted range");
}

static void halt_keeps_its_code_and_gains_words(void)
{
	err_because(E_STORE, "disk full");
	CHECK_ERR(err_within(E_CMP_SYNTAX, E_STORE, "journal"), E_STORE);
	CU_ASSERT_STRING_EQUAL(err_reason(E_STORE), "journal: disk full");
	CHECK_OK(err_within(E_CMP_SYNTAX, OK, "journal"));
	CU_ASSERT_STRING_EQUAL(err_reason(E_STORE), "journal: disk full");
}

static void a_long_reason_is_cut_and_says_so(void)
{
	char words[2 * ERR_REASON_MAX];

	for (size_t n = ERR_REASON_MAX - 8; n < ERR_REASON_MAX + 8; n++) {
		const char *reason;

		memset(words, 'x', n);
		words[n] = '\0';
		err_because(E_RANGE, "%s", words);
		reason = err_reason(E_RANGE);
		if (n < ERR_REASON_MAX) {
			CU_ASSERT_STRING_EQUAL(reason, words);
		} else {
			CU_ASSERT_EQUAL(strlen(reason), ERR_REASON_MAX - 1);
			CU_ASSERT_STRING_EQUAL(reason + ERR_REASON_MAX - 4, "...");
		}
	}
}

/* Two-octet characters at both parities: a cut inside one must not leave its first half. */
static void a_cut_leaves_whole_characters(void)
{
	char words[2 * ERR_REASON_MAX + 2];

	for (size_t shift = 0; shift < 2; shift++) {
		struct span s;
		uint32_t scalar;

		memset(words, 'x', shift);
		for (size_t i = shift; i + 1 < sizeof words; i += 2)
			memcpy(words + i, "\xc3\xa4", 2);
		words[sizeof words - 1] = '\0';
		err_because(E_RANGE, "%s", words);
		s = span_str(err_reason(E_RANGE));
		CU_ASSERT(s.n > ERR_REASON_MAX - 8);
		while (s.n > 0) {
			size_t n = utf8_next(s, &scalar);

			CU_ASSERT_FATAL(n > 0);
			s.p += n;
			s.n -= n;
		}
	}
}

const struct test_suite suite_base_err = {
	"base/err",
	{
		{ "every code has its own status and words",
	          every_code_has_its_own_status_and_words },
		{ "only OK is fine", only_ok_is_fine },
		{ "a number that is no code is our bug", no_code_is_our_bug },
		{ "a reason belongs to its code", reason_belongs_to_its_code },
		{ "objects are named from the outside in", the_object_is_named_outside_in },
		{ "HALT codes and OK pass untouched", halt_keeps_its_code_and_gains_words },
		{ "a long reason is cut and says so", a_long_reason_is_cut_and_says_so },
		{ "a cut leaves whole characters", a_cut_leaves_whole_characters },
	}
};
