/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdalign.h>

#include "tests/unit/test.h"

static bool all(const uint8_t *p, size_t n, uint8_t value)
{
	while (n > 0 && p[n - 1] == value)
		n--;
	return n == 0;
}

static void takes_zeroed_and_aligned(void)
{
	uint8_t block[256];

	for (size_t shift = 0; shift < alignof(max_align_t); shift++) {
		struct arena a = { block + shift, sizeof block - shift, 0 };

		memset(block, 0xaa, sizeof block);
		for (size_t n = 1; n < 10; n++) {
			uint8_t *p = arena_take(&a, n);

			CU_ASSERT_PTR_NOT_NULL_FATAL(p);
			CU_ASSERT_EQUAL((uintptr_t)p % alignof(max_align_t), 0);
			CU_ASSERT(all(p, n, 0));
			memset(p, 0xbb, n);
		}
	}
}

static void refuses_what_does_not_fit(void)
{
	alignas(max_align_t) uint8_t block[64];
	struct arena a = ARENA_ON(block);
	struct span out = { block, 1 };

	CU_ASSERT_PTR_NULL(arena_take(&a, 65));
	CU_ASSERT_PTR_NULL(arena_take(&a, SIZE_MAX));
	CU_ASSERT_PTR_NULL(arena_take(&a, SIZE_MAX - 8));
	CU_ASSERT_EQUAL(a.used, 0);
	CU_ASSERT_PTR_NOT_NULL(arena_take(&a, 64));
	CU_ASSERT_PTR_NULL(arena_take(&a, 1));
	CU_ASSERT_PTR_NOT_NULL(arena_take(&a, 0));
	CHECK_ERR(arena_copy(&a, span_str("x"), &out), E_SPACE);
	CU_ASSERT(out.p == NULL && out.n == 0);
	CHECK_OK(arena_copy(&a, NO_BYTES, &out));
	CU_ASSERT_EQUAL(out.n, 0);
}

/* An odd number of bytes used, and exactly as many left as alignment needs. */
static void alignment_is_counted(void)
{
	alignas(max_align_t) uint8_t block[2 * alignof(max_align_t)];
	struct arena a = ARENA_ON(block);
	struct span out;

	CHECK_OK(arena_copy(&a, span_str("x"), &out));
	CU_ASSERT_PTR_NULL(arena_take(&a, alignof(max_align_t) + 1));
	CU_ASSERT_PTR_EQUAL(arena_take(&a, alignof(max_align_t)), block + alignof(max_align_t));
	CU_ASSERT_EQUAL(a.used, sizeof block);
}

static void copies_tightly(void)
{
	uint8_t block[6];
	struct arena a = ARENA_ON(block);
	struct span one, two;

	CHECK_OK(arena_copy(&a, span_str("abc"), &one));
	CHECK_OK(arena_copy(&a, span_str("def"), &two));
	CU_ASSERT(span_is(one, "abc"));
	CU_ASSERT(span_is(two, "def"));
	CU_ASSERT_EQUAL(arena_rest(&a).n, 0);
}

static void rewinding_wipes_what_came_after(void)
{
	uint8_t block[32];
	struct arena a = ARENA_ON(block);
	struct span s;
	size_t mark;

	memset(block, 0xaa, sizeof block);
	CHECK_OK(arena_copy(&a, span_str("stays"), &s));
	mark = arena_mark(&a);
	CHECK_OK(arena_copy(&a, span_str("secret"), &s));
	arena_rewind(&a, mark);
	CU_ASSERT(memcmp(block, "stays", 5) == 0);
	CU_ASSERT(all(block + 5, 6, 0));
	CU_ASSERT(all(block + 11, sizeof block - 11, 0xaa));
	arena_rewind(&a, 20); /* forward: nothing happens */
	CU_ASSERT_EQUAL(arena_mark(&a), 5);
	arena_reset(&a);
	CU_ASSERT(all(block, 11, 0));
	CU_ASSERT_EQUAL(a.used, 0);
}

static void rest_is_kept_up_to_its_end(void)
{
	uint8_t block[8];
	struct arena a = ARENA_ON(block);

	CU_ASSERT_PTR_EQUAL(arena_rest(&a).p, block);
	arena_keep(&a, 3);
	CU_ASSERT_PTR_EQUAL(arena_rest(&a).p, block + 3);
	CU_ASSERT_EQUAL(arena_rest(&a).n, 5);
	arena_keep(&a, 6);
	CU_ASSERT_EQUAL(a.used, 8);
}

const struct test_suite suite_base_arena = {
	"base/arena",
	{
		{ "memory is zeroed and aligned", takes_zeroed_and_aligned },
		{ "what does not fit is refused", refuses_what_does_not_fit },
		{ "alignment counts as used", alignment_is_counted },
		{ "copies need no alignment", copies_tightly },
		{ "rewinding wipes what came after the mark", rewinding_wipes_what_came_after },
		{ "the rest is kept up to its end", rest_is_kept_up_to_its_end },
	}
};
