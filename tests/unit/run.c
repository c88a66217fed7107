/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runner.  Usage: unit [-v] [-p] [-s I/N] [-t SECONDS] [NAME...]
 *
 * Runs the suites whose names begin with a NAME, all without one; -v names each
 * test, -p also as it begins, -s 1/2 takes the first of two shares of all suites.
 * A test that asserted nothing and did not skip has failed, and so has one that
 * ended the process or did not end within its time (-t, 300 s): the tests run in
 * a process of their own, and another one goes on with the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <CUnit/TestRun.h>

#include "tests/unit/runner.h"

static struct {
	bool verbose, progress;
	unsigned share, shares, seconds;
	char **names;
} options = { .share = 1, .shares = 1, .seconds = 300 };

static struct tally *tally;
static unsigned asserts_before;

static void show(const char *how, const char *suite, const char *test)
{
	printf("%-7s %s: %s\n", how, suite, test);
	fflush(stdout);
}

/* ---- in the process of the tests */

static void before_test(const CU_pTest test, const CU_pSuite suite)
{
	if (options.progress)
		show("begin", suite->pName, test->pName);
	asserts_before = CU_get_number_of_asserts();
	test_begins();
	tally->began = watch_clock();
}

/* A loop may fail a thousand times for one reason. */
static void show_failures(const CU_pTest test, CU_pFailureRecord f)
{
	enum { MOST = 10 };
	unsigned shown = 0;

	for (; f != NULL; f = f->pNext)
		if (f->pTest == test && shown++ < MOST)
			printf("        %s:%u: %s\n", f->strFileName, f->uiLineNumber,
			       f->strCondition);
	if (shown > MOST)
		printf("        and %u more\n", shown - MOST);
}

static void after_test(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	if (failure != NULL) {
		tally->failed++;
		show("FAILED", suite->pName, test->pName);
		show_failures(test, failure);
	} else if (test_has_skipped()) {
		tally->skipped++;
		show("skipped", suite->pName, test->pName);
	} else if (CU_get_number_of_asserts() == asserts_before) {
		tally->failed++;
		show("FAILED", suite->pName, test->pName);
		printf("        it asserted nothing\n");
	} else {
		tally->passed++;
		if (options.verbose)
			show("ok", suite->pName, test->pName);
	}
	fflush(stdout);
	tally->began = 0;
	tally->at++;
}

/* ---- which tests there are, by number */

static bool wanted(const struct test_suite *suite)
{
	/* they fail on purpose, for the runner's own tests: only by their whole name */
	bool fails = strcmp(suite->name, "runner/cases") == 0;
	char **name = options.names;

	if (*name == NULL)
		return !fails;
	for (; *name != NULL; name++)
		if (strcmp(suite->name, *name) == 0 ||
		    (!fails && strncmp(suite->name, *name, strlen(*name)) == 0))
			return true;
	return false;
}

static bool chosen(size_t i)
{
	return i % options.shares == options.share - 1 && wanted(suites[i]);
}

static unsigned tests_of(const struct test_suite *suite)
{
	const unsigned most = sizeof suite->tests / sizeof *suite->tests;
	unsigned n = 0;

	while (n < most && suite->tests[n].run != NULL)
		n++;
	return n;
}

static unsigned count_all(void)
{
	unsigned n = 0;

	for (size_t i = 0; suites[i] != NULL; i++)
		if (chosen(i))
			n += tests_of(suites[i]);
	return n;
}

static const struct test *test_number(unsigned number, const struct test_suite **suite)
{
	for (size_t i = 0; suites[i] != NULL; i++) {
		unsigned n = chosen(i) ? tests_of(suites[i]) : 0;

		*suite = suites[i];
		if (number < n)
			return &suites[i]->tests[number];
		number -= n;
	}
	return NULL;
}

/* A suite's tests but for the first few. */
static void add(const struct test_suite *suite, unsigned from)
{
	unsigned n = tests_of(suite);
	CU_pSuite s = CU_add_suite(suite->name, NULL, NULL);

	for (unsigned i = from; s != NULL && i < n; i++)
		if (CU_add_test(s, suite->tests[i].name, suite->tests[i].run) == NULL)
			s = NULL;
	if (s == NULL || s->uiNumberOfTests == 0) {
		printf("%s: %s\n", suite->name, s == NULL ? CU_get_error_msg() : "no tests");
		tally->failed++;
	}
}

static void add_from(unsigned number)
{
	for (size_t i = 0; suites[i] != NULL; i++) {
		unsigned n = chosen(i) ? tests_of(suites[i]) : 0;

		if (chosen(i) && (number < n || n == 0))
			add(suites[i], number);
		number = number > n ? number - n : 0;
	}
}

/* The tests from this number on; the exit status says that all of them were run. */
static int run_from(unsigned number)
{
	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	add_from(number);
	CU_set_test_start_handler(before_test);
	CU_set_test_complete_handler(after_test);
	CU_set_error_action(CUEA_IGNORE);
	CU_run_all_tests();
	CU_cleanup_registry();
	return EXIT_SUCCESS;
}

/* ---- around it */

/* A test that ended its process, or never ended. */
static void blame(const char *how)
{
	const struct test_suite *suite;
	const struct test *test = test_number(tally->at, &suite);

	tally->failed++;
	if (tally->began == 0 || test == NULL)
		printf("FAILED  unit: the process of the tests\n        %s\n", how);
	else
		printf("FAILED  %s: %s\n        %s\n", suite->name, test->name, how);
	fflush(stdout);
	tally->at++;
	tally->began = 0;
}

static void run_all(unsigned count)
{
	char how[80];

	do {
		fflush(stdout);
		if (!watch_run(run_from, tally, options.seconds, how, sizeof how))
			blame(how);
		else if (tally->at < count)
			blame("ended the process");
	} while (tally->at < count);
}

/* "I/N" */
static bool read_share(const char *word)
{
	char more;

	return sscanf(word, "%u/%u%c", &options.share, &options.shares, &more) == 2 &&
	       options.share >= 1 && options.share <= options.shares;
}

static bool read_seconds(const char *word)
{
	char more;

	return sscanf(word, "%u%c", &options.seconds, &more) == 1 && options.seconds > 0;
}

static bool read_options(char **argv)
{
	for (; *argv != NULL && **argv == '-'; argv++) {
		if (strcmp(*argv, "-v") == 0)
			options.verbose = true;
		else if (strcmp(*argv, "-p") == 0)
			options.verbose = options.progress = true;
		else if (strcmp(*argv, "-s") == 0 && argv[1] != NULL && read_share(argv[1]))
			argv++;
		else if (strcmp(*argv, "-t") == 0 && argv[1] != NULL && read_seconds(argv[1]))
			argv++;
		else
			return false;
	}
	options.names = argv;
	return true;
}

int main(int argc, char **argv)
{
	(void)argc;
	if (!read_options(argv + 1)) {
		fputs("unit: [-v] [-p] [-s I/N] [-t SECONDS] [NAME...]\n", stderr);
		return EXIT_FAILURE;
	}
	tally = watch_tally();
	if (tally == NULL || !test_tmpdirs_begin())
		return EXIT_FAILURE;
	if (options.progress)
		printf("planned %u\n", count_all());
	run_all(count_all());
	test_tmpdirs_remove();
	printf("%u passed, %u failed", tally->passed, tally->failed);
	printf(tally->skipped > 0 ? ", %u skipped\n" : "\n", tally->skipped);
	return tally->failed > 0 || tally->passed + tally->skipped == 0 ? EXIT_FAILURE
	                                                                : EXIT_SUCCESS;
}
