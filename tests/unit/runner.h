/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the runner (run.c, watch.c), the help for tests (test.c) and the table of suites. */
#ifndef ONRAMP_TESTS_UNIT_RUNNER_H
#define ONRAMP_TESTS_UNIT_RUNNER_H

#include "tests/unit/test.h"

/* Ends with NULL; written by suites.sh. */
extern const struct test_suite *const suites[];

/* Called before and after each test: forgets, and says whether it skipped. */
void test_begins(void);
bool test_has_skipped(void);

/* Where test_tmpdir() makes its directories: for all processes of one run. */
bool test_tmpdirs_begin(void);
void test_tmpdirs_remove(void);

/* Shared by the process of the tests and the one that watches it. */
struct tally {
	unsigned passed, failed, skipped;
	unsigned at;   /* number of the test that runs, or is next */
	int64_t began; /* watch_clock() when it began; 0: none runs */
};

struct tally *watch_tally(void); /* NULL: no memory */
int64_t watch_clock(void);       /* milliseconds, never 0; no test can pretend another */

/*
 * run(t->at) in a process of its own, until it ends or a test takes longer than
 * its seconds.  False if it did not end by itself and well; how: in words.
 */
bool watch_run(int (*run)(unsigned from), struct tally *t, unsigned seconds, char *how, size_t cap);

#endif
