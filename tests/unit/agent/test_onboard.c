/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of steps: nothing is needed that was not given before. */
#include "agent/onboard.h"
#include "tests/unit/test.h"

static void needs_are_given_before(void)
{
	size_t n;
	const struct step_row *rows = onboard_steps(&n);
	unsigned given = 0;

	CU_ASSERT_FATAL(n > 8);
	for (size_t i = 0; i < n; i++) {
		CU_ASSERT_EQUAL(rows[i].needs & ~given, 0);
		CU_ASSERT_EQUAL(rows[i].gives & given, 0);
		given |= rows[i].gives;
	}
}

static size_t step_of(const char *name)
{
	size_t n;
	const struct step_row *rows = onboard_steps(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return i;
	CU_FAIL_FATAL("no such step");
	return n;
}

/* Swapping two lines of the table must not go unnoticed: what trust gives is
   needed by everything that CMP does, and a commit needs a checked certificate. */
static void trust_comes_before_enrolment(void)
{
	size_t n;
	const struct step_row *rows = onboard_steps(&n);
	unsigned trust = rows[step_of("hold the peer to its pin")].gives;
	unsigned cert = rows[step_of("enrol")].gives;

	CU_ASSERT(trust != 0 && cert != 0);
	CU_ASSERT(rows[step_of("fetch CA certificates")].needs & trust);
	CU_ASSERT(rows[step_of("fetch request template")].needs & trust);
	CU_ASSERT(rows[step_of("enrol")].needs & trust);
	CU_ASSERT(rows[step_of("commit to configuration")].needs & cert);
}

const struct test_suite suite_agent_onboard = {
	"agent/onboard",
	{
		{ "every step's needs are given before it", needs_are_given_before },
		{ "trust comes before enrolment", trust_comes_before_enrolment },
	},
};
