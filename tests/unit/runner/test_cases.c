/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests that fail, for test_runner.c: run by their whole name alone. */
#include <signal.h>
#include <unistd.h>

#include "tests/unit/test.h"

static void passes(void)
{
	CU_ASSERT(true);
}

static void fails(void)
{
	CU_ASSERT(false);
}

static void asserts_nothing(void)
{
}

static void skips(void)
{
	test_skip("for a reason");
}

static void hangs(void)
{
	CU_ASSERT(true);
	for (;;)
		pause();
}

static void dies(void)
{
	CU_ASSERT(true);
	_exit(0);
}

static void is_killed(void)
{
	CU_ASSERT(true);
	kill(getpid(), SIGKILL);
}

const struct test_suite suite_runner_cases = {
	"runner/cases",
	{
		{ "passes", passes },
		{ "hangs", hangs },
		{ "fails", fails },
		{ "asserts nothing", asserts_nothing },
		{ "ends the process", dies },
		{ "skips", skips },
		{ "is killed", is_killed },
		{ "passes, too", passes },
	},
};
