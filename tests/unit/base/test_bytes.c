/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/test.h"

static void spans_are_compared(void)
{
	static const uint8_t abc[] = { 'a', 'b', 'c' };

	CU_ASSERT_EQUAL(SPAN(abc).n, 3);
	CU_ASSERT(span_equal(SPAN(abc), span_str("abc")));
	CU_ASSERT(span_is(SPAN(abc), "abc"));
	CU_ASSERT_FALSE(span_is(SPAN(abc), "abcd"));
	CU_ASSERT_FALSE(span_is(SPAN(abc), "ab"));
	CU_ASSERT_FALSE(span_is(SPAN(abc), "abd"));
	CU_ASSERT(span_equal(NO_BYTES, span_str("")));
	CU_ASSERT_FALSE(span_equal(NO_BYTES, span_str("a")));
}

static void secrets_are_compared_in_every_bit(void)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	CU_ASSERT(span_equal_secret(SPAN(a), SPAN(b)));
	CU_ASSERT(span_equal_secret(NO_BYTES, NO_BYTES));
	CU_ASSERT_FALSE(span_equal_secret(SPAN(a), (struct span){ b, 31 }));
	CU_ASSERT_FALSE(span_equal_secret((struct span){ a, 31 }, SPAN(b)));
	for (size_t bit = 0; bit < 8 * sizeof b; bit++) {
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_FALSE(span_equal_secret(SPAN(a), SPAN(b)));
		b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void wiping_stays_inside(void)
{
	uint8_t b[16];

	memset(b, 0xaa, sizeof b);
	wipe(b + 4, 8);
	for (size_t i = 0; i < sizeof b; i++)
		CU_ASSERT_EQUAL(b[i], i >= 4 && i < 12 ? 0 : 0xaa);
	wipe(b, 0);
	CU_ASSERT_EQUAL(b[0], 0xaa);
}

const struct test_suite suite_base_bytes = { "base/bytes",
	                                     {
						     { "spans are compared", spans_are_compared },
						     { "secrets are compared in every bit",
	                                               secrets_are_compared_in_every_bit },
						     { "wiping stays inside", wiping_stays_inside },
					     } };
