/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runner.  Usage: unit [-v] [-s I/N] [NAME...]
 *
 * Runs the suites whose names begin with a NAME, all without one; -v names each
 * test, -s 1/2 takes the first of two shares of all suites.  A test that asserted nothing and did not skip has failed.
 */
#include <stdio.h>
#include <stdlib.h>

#include <CUnit/TestRun.h>

#include "tests/unit/runner.h"

static bool verbose;
static unsigned share = 1, shares = 1;
static unsigned passed, failed, skipped, asserts_before;

static void show(const CU_pTest test, const CU_pSuite suite, const char *how)
{
	printf("%-7s %s: %s\n", how, suite->pName, test->pName);
}

static void before_test(const CU_pTest test, const CU_pSuite suite)
{
	(void)test;
	(void)suite;
	asserts_before = CU_get_number_of_asserts();
	test_begins();
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
		failed++;
		show(test, suite, "FAILED");
		show_failures(test, failure);
	} else if (test_has_skipped()) {
		skipped++;
		show(test, suite, "skipped");
	} else if (CU_get_number_of_asserts() == asserts_before) {
		failed++;
		show(test, suite, "FAILED");
		printf("        it asserted nothing\n");
	} else {
		passed++;
		if (verbose)
			show(test, suite, "ok");
	}
	fflush(stdout);
}

static bool wanted(const struct test_suite *suite, char **names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strncmp(suite->name, *names, strlen(*names)) == 0)
			return true;
	return false;
}

static void add(const struct test_suite *suite)
{
	const size_t most = sizeof suite->tests / sizeof *suite->tests;
	CU_pSuite s = CU_add_suite(suite->name, NULL, NULL);

	for (size_t i = 0; s != NULL && i < most && suite->tests[i].run != NULL; i++)
		if (CU_add_test(s, suite->tests[i].name, suite->tests[i].run) == NULL)
			s = NULL;
	if (s == NULL || s->uiNumberOfTests == 0) {
		printf("%s: %s\n", suite->name, s == NULL ? CU_get_error_msg() : "no tests");
		failed++;
	}
}

/* "-s" and its word; all is one share of one. */
static bool read_share(char ***argv)
{
	char more;

	if (**argv == NULL || strcmp(**argv, "-s") != 0)
		return true;
	if ((*argv)[1] == NULL || sscanf((*argv)[1], "%u/%u%c", &share, &shares, &more) != 2 ||
	    share < 1 || share > shares)
		return false;
	*argv += 2;
	return true;
}

int main(int argc, char **argv)
{
	(void)argc;
	argv++;
	verbose = *argv != NULL && strcmp(*argv, "-v") == 0;
	argv += verbose;
	if (!read_share(&argv)) {
		fputs("unit: -s I/N takes share I of N\n", stderr);
		return EXIT_FAILURE;
	}
	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	for (size_t i = 0; suites[i] != NULL; i++)
		if (i % shares == share - 1 && wanted(suites[i], argv))
			add(suites[i]);
	CU_set_test_start_handler(before_test);
	CU_set_test_complete_handler(after_test);
	CU_set_error_action(CUEA_IGNORE);
	CU_run_all_tests();
	CU_cleanup_registry();
	test_tmpdir_remove();
	printf("%u passed, %u failed", passed, failed);
	printf(skipped > 0 ? ", %u skipped\n" : "\n", skipped);
	return failed > 0 || passed + skipped == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
