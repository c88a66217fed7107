/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons for a revocation and their names. */
#include "cmp/cmp.h"
#include "tests/unit/test.h"

/* RFC 5280 5.3.1: "value 7 is not used". */
static void every_reason_has_its_name(void)
{
	unsigned named = 0;

	for (unsigned i = 0; i < 300; i++) {
		const char *name = crl_reason_name((enum crl_reason)i);
		enum crl_reason back;

		if (name == NULL)
			continue;
		named++;
		CHECK_OK(crl_reason_from_name(name, &back));
		CU_ASSERT_EQUAL((unsigned)back, i);
	}
	CU_ASSERT_EQUAL(named, 10);
	CU_ASSERT_PTR_NULL(crl_reason_name((enum crl_reason)7));
	CU_ASSERT_STRING_EQUAL(crl_reason_name(REASON_AA_COMPROMISE), "aACompromise");
}

static void other_words_are_none(void)
{
	enum crl_reason r;

	CHECK_ERR(crl_reason_from_name("", &r), E_USAGE);
	CHECK_ERR(crl_reason_from_name("KeyCompromise", &r), E_USAGE);
	CHECK_ERR(crl_reason_from_name("keyCompromised", &r), E_USAGE);
	CHECK_ERR(crl_reason_from_name("1", &r), E_USAGE);
}

const struct test_suite suite_cmp_reason = {
	"cmp/reason",
	{
		{ "every reason has its name", every_reason_has_its_name },
		{ "other words are none", other_words_are_none },
	},
};
