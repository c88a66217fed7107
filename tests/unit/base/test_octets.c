/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets in memory and in a file are the same octets. */
#include <stdio.h>
#include <unistd.h>

#include "platform/base/octets.h"
#include "tests/unit/test.h"

enum { SIZE = 3 * OCTETS_WINDOW + 77 };
static uint8_t memory[SIZE];

static struct octets in_file(FILE *f)
{
	for (size_t i = 0; i < SIZE; i++)
		memory[i] = (uint8_t)(i % 251);
	CU_ASSERT_EQUAL(write(fileno(f), memory, SIZE), SIZE);
	return octets_in(fileno(f), 0, SIZE);
}

static void pieces(void)
{
	FILE *f = tmpfile();
	struct octets file = in_file(f), inner;
	struct window w = NO_WINDOW;
	struct span s;
	size_t at = 0, seen = 0;

	while (at < file.n) {
		CHECK_OK(octets_next(&file, &w, &at, &s));
		CU_ASSERT(s.n > 0 && memcmp(s.p, memory + seen, s.n) == 0);
		seen += s.n;
	}
	CU_ASSERT_EQUAL(seen, SIZE);
	for (size_t n = 1; n <= OCTETS_WINDOW; n += 997)
		for (size_t from = 0; from + n < SIZE; from += 1009) {
			CHECK_OK(octets_part(&file, &w, from, n, &s));
			CU_ASSERT(s.n == n && memcmp(s.p, memory + from, n) == 0);
		}
	CHECK_OK(octets_within(&file, 100, 50, &inner));
	CHECK_OK(octets_part(&inner, &w, 10, 40, &s));
	CU_ASSERT(memcmp(s.p, memory + 110, 40) == 0);
	CHECK_ERR(octets_part(&inner, &w, 11, 40, &s), E_BUG);
	CHECK_ERR(octets_within(&file, SIZE, 1, &inner), E_BUG);
	CHECK_ERR(octets_part(&file, &w, 0, OCTETS_WINDOW + 1, &s), E_TOO_BIG);
	fclose(f);
}

static void what_became_shorter(void)
{
	FILE *f = tmpfile();
	struct octets file = in_file(f);
	struct window w = NO_WINDOW;
	static uint8_t room[SIZE];
	struct span s;

	CHECK_ERR(octets_hold(&file, room, SIZE - 1, &s), E_TOO_BIG);
	CHECK_OK(octets_hold(&file, room, SIZE, &s));
	CU_ASSERT(s.n == SIZE && memcmp(s.p, memory, SIZE) == 0);
	CHECK_OK(octets_map(&file, &s));
	CU_ASSERT(s.n == SIZE && memcmp(s.p, memory, SIZE) == 0);
	octets_unmap(&file, s);
	CU_ASSERT_EQUAL(ftruncate(fileno(f), SIZE - 1), 0);
	CHECK_ERR(octets_hold(&file, room, SIZE, &s), E_STORE);
	CHECK_ERR(octets_part(&file, &w, SIZE - 2, 2, &s), E_STORE);
	CU_ASSERT_EQUAL(s.n, 0);
	fclose(f);
}

const struct test_suite suite_base_octets = {
	"base/octets",
	{
		{ "a file by pieces", pieces },
		{ "a file that became shorter, and one that is held", what_became_shorter },
	}
};
