/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the runner (run.c), the help for tests (test.c) and the table of suites. */
#ifndef ONRAMP_TESTS_UNIT_RUNNER_H
#define ONRAMP_TESTS_UNIT_RUNNER_H

#include "tests/unit/test.h"

/* Ends with NULL; written by suites.sh. */
extern const struct test_suite *const suites[];

/* Called before and after each test: forgets, and says whether it skipped. */
void test_begins(void);
bool test_has_skipped(void);

/* Removes what test_tmpdir() made. */
void test_tmpdir_remove(void);

#endif
