/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates of the field, each below its own anchor: what is taken, and what is not. */
#include <stdio.h>

#include "platform/crypto/features.h"
#include "platform/pki/path.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 16];

enum { CERTIFICATES = 26 };
static const struct moment judged = { TIME_SET, INT64_C(1796083200) }; /* 2026-12-01 */

static enum err judge(struct arena *a, const char *number)
{
	char name[32], ca[32];
	struct anchors anchors = { .n = 0 };
	struct cert leaf;
	struct path path;
	struct path_request r = { .target = &leaf, .anchors = &anchors, .now = judged };
	enum err e;

	snprintf(name, sizeof name, "certs/%s.der", number);
	snprintf(ca, sizeof ca, "certs/%s.ca.der", number);
	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, test_file(a, test_field(ca))));
	e = cert_read(test_file(a, test_field(name)), &leaf);
	return e == OK ? path_check(&r, &path) : e;
}

/* "accept", "refuse", "accept where wolfCrypt decompresses, else ...". */
static bool is_wanted(const char *wanted)
{
	bool accept = strncmp(wanted, "accept", 6) == 0;

	return strstr(wanted, "where wolfCrypt decompresses") != NULL
	               ? compressed_points_available()
	               : accept;
}

/* A line of expected.tsv: number, case, what the release before said, what is wanted, why. */
static bool judge_line(char *line)
{
	struct arena a = ARENA_ON(block);
	char *fields[5] = { line }, words[512];
	enum err e;

	for (size_t i = 1; i < 5; i++) {
		fields[i] = fields[i - 1] != NULL ? strchr(fields[i - 1], '\t') : NULL;
		if (fields[i] != NULL)
			*fields[i]++ = '\0';
	}
	if (line[0] == '#' || fields[3] == NULL)
		return false;
	e = judge(&a, fields[0]);
	snprintf(words, sizeof words, "%s %s: %s (%s), wanted: %s", fields[0], fields[1],
	         err_name(e), err_reason(e), fields[3]);
	CU_assertImplementation((e == OK) == is_wanted(fields[3]), __LINE__, words, __FILE__, "",
	                        CU_FALSE);
	return true;
}

static void judges_as_expected(void)
{
	const char *path = test_field("certs/expected.tsv");
	FILE *f = path != NULL ? fopen(path, "r") : NULL;
	char line[512];
	int judged_lines = 0;

	if (path == NULL)
		return;
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof line, f) != NULL)
		judged_lines += judge_line(line);
	fclose(f);
	CU_ASSERT_EQUAL(judged_lines, CERTIFICATES);
}

const struct test_suite suite_pki_field = { "pki/field",
	                                    {
						    { "26 certificates of the field",
	                                              judges_as_expected },
					    } };
