/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runner: each test that fails does so by its name, and the others run all the same. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/test.h"

/* What this program says when it runs the cases that fail, and its exit status. */
static int run_cases(const char *options, char *out, size_t cap)
{
	char self[512], command[1024];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	FILE *p;
	size_t got;

	CU_ASSERT_FATAL(n > 0);
	self[n] = '\0';
	snprintf(command, sizeof command, "'%s' %s 2>&1", self, options);
	p = popen(command, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	got = fread(out, 1, cap - 1, p);
	out[got] = '\0';
	return pclose(p);
}

static void named(void)
{
	static const char *const lines[] = {
		"planned 8\n",
		"ok      runner/cases: passes\nbegin   runner/cases: hangs\n",
		"FAILED  runner/cases: hangs\n        no end within 1 s\n",
		"FAILED  runner/cases: fails\n",
		"FAILED  runner/cases: asserts nothing\n        it asserted nothing\n",
		"FAILED  runner/cases: ends the process\n        ended the process",
		"skipped runner/cases: skips\n",
		"FAILED  runner/cases: is killed\n        ended by signal 9\n",
		"ok      runner/cases: passes, too\n",
		"\n2 passed, 5 failed, 1 skipped\n",
	};
	static char out[1 << 16];

	CU_ASSERT(run_cases("-p -t 1 runner/cases", out, sizeof out) != 0);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const char *found = strstr(out, lines[i]);

		CU_ASSERT_PTR_NOT_NULL(found);
		if (found == NULL)
			printf("no \"%s\"\n", lines[i]);
	}
}

static void left_alone(void)
{
	static char out[1 << 16];

	CU_ASSERT(run_cases("-v runner/case", out, sizeof out) != 0);
	CU_ASSERT_STRING_EQUAL(out, "0 passed, 0 failed\n");
	CU_ASSERT(run_cases("-t 0 runner/cases", out, sizeof out) != 0);
	CU_ASSERT(strstr(out, "unit: [-v]") == out);
}

const struct test_suite suite_runner_runner = {
	"runner/runner",
	{
		{ "what hangs, dies or asserts nothing fails by its name", named },
		{ "the cases that fail are run only when they are named", left_alone },
	},
};
