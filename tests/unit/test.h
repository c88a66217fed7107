/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: one file per product file, at the same path, exporting one suite:
 *
 *	static void refuses_every_prefix(void) { ... CU_ASSERT(...); }
 *
 *	const struct test_suite suite_codec_der = { "codec/der", {
 *		{ "every prefix is refused", refuses_every_prefix },
 *	} };
 *
 * The runner finds the suites by the files' names (tests/unit/DIR/test_FILE.c
 * exports suite_DIR_FILE) and runs them under CUnit.
 */
#ifndef ONRAMP_TESTS_UNIT_TEST_H
#define ONRAMP_TESTS_UNIT_TEST_H

#include <CUnit/CUnit.h>

#include "platform/base/arena.h"
#include "platform/base/bytes.h"
#include "platform/base/err.h"

struct test {
	const char *name;
	void (*run)(void);
};

struct test_suite {
	const char *name;
	struct test tests[64]; /* ends at the first without a function */
};

/* Asserts the code, and shows code and reason when it is another. */
#define CHECK_ERR(got, want) test_check_err((got), (want), #got, __FILE__, __LINE__)
bool test_check_err(enum err got, enum err want, const char *expr, const char *file, int line);
#define CHECK_OK(got) CHECK_ERR((got), OK)

/* Third-party data: the path below $ONRAMP_VECTORS or ../shared/vectors, or NULL
   after `skipped: NAME is not here` was printed. */
const char *test_vectors(const char *name);

/* What strangers' programs made: the path below $ONRAMP_FIELD or ../shared/field, or NULL
   after the same was printed. */
const char *test_field(const char *name);

/* Data of the project's own, tests/vectors/NAME: must be there. */
const char *test_own_vectors(const char *name);

/* A whole file into the arena; a fatal failure when it cannot be read. */
struct span test_file(struct arena *a, const char *path);
bool test_file_exists(const char *path);

/* Names of the regular files of a directory, sorted, into the arena; *count of them. */
char **test_directory(struct arena *a, const char *path, size_t *count);

/* Prints `skipped: REASON` once for the running test and counts it. */
void test_skip(const char *reason);

/* A fresh directory below build/tmp, removed at the end of the run. */
const char *test_tmpdir(void);

/* Bytes from hex text with blanks, in the arena. */
struct span test_hex(struct arena *a, const char *hex);

#endif
