/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements of what is not held: found by their heads, under the rules of DER. */
#include <stdio.h>
#include <unistd.h>

#include "platform/codec/der_walk.h"
#include "tests/unit/test.h"

static uint8_t room[4096];
static struct arena arena = ARENA_ON(room);

/* SEQUENCE { INTEGER, SEQUENCE OF INTEGER }, the sum of them all. */
static enum err walk(const struct octets *o, size_t *sum)
{
	static struct window w;
	enum err e;
	struct der_walk whole = der_walk_open(o, &w, &e);
	struct der_walk c = der_walk_enter(&whole, DER_SEQUENCE), list;

	*sum = der_walk_take(&c, DER_INTEGER).n;
	list = der_walk_enter(&c, DER_SEQUENCE);
	while (der_walk_more(&list))
		*sum += der_walk_element(&list, DER_INTEGER).n;
	der_walk_end(&c);
	der_walk_end(&whole);
	return e;
}

static void holds_to_the_rules(void)
{
	static const struct {
		const char *hex;
		enum err e;
	} rows[] = {
		{ "300a 020101 3005 020102 0500", E_UNEXPECTED },
		{ "3008 020101 3003 020102", OK },
		{ "3005 020101 3000", OK },
		{ "3008 020101 3003 020102 00", E_TRAILING },
		{ "300a 020101 3003 020102 0500", E_TRAILING },
		{ "3007 020101 3003 020102", E_TRUNCATED },
		{ "3008 020101 3004 020102", E_TRUNCATED },
		{ "3008 020101 3002 020102", E_TRUNCATED },
		{ "308008 020101 3003 020102", E_NOT_DER },
		{ "308108 020101 3003 020102", E_NOT_DER },
		{ "30850000000008 020101 3003 020102", E_RANGE },
		{ "3108 020101 3003 020102", E_UNEXPECTED },
		{ "3006 3004 020102 00", E_UNEXPECTED },
		{ "30", E_TRUNCATED },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span der = test_hex(&arena, rows[i].hex);
		struct octets memory = octets_of(der), file;
		FILE *f = tmpfile();
		size_t sum;

		CU_ASSERT_EQUAL(write(fileno(f), der.p, der.n), (ssize_t)der.n);
		file = octets_in(fileno(f), 0, der.n);
		test_check_err(walk(&memory, &sum), rows[i].e, rows[i].hex, __FILE__, __LINE__);
		test_check_err(walk(&file, &sum), rows[i].e, rows[i].hex, __FILE__, __LINE__);
		fclose(f);
		arena_reset(&arena);
	}
}

static void nesting_is_bounded(void)
{
	uint8_t deep[2 * (DER_DEPTH_MAX + 2)];
	struct window w;
	struct octets o = octets_of(SPAN(deep));
	enum err e;
	struct der_walk c = der_walk_open(&o, &w, &e);

	for (size_t i = 0; i < sizeof deep; i += 2) {
		deep[i] = DER_SEQUENCE;
		deep[i + 1] = (uint8_t)(sizeof deep - i - 2);
	}
	for (int i = 0; i < DER_DEPTH_MAX; i++)
		c = der_walk_enter(&c, DER_SEQUENCE);
	CHECK_OK(e);
	der_walk_enter(&c, DER_SEQUENCE);
	CHECK_ERR(e, E_RANGE);
}

const struct test_suite suite_codec_der_walk = {
	"codec/der_walk",
	{
		{ "the rules of DER hold", holds_to_the_rules },
		{ "nesting is bounded", nesting_is_bounded },
	}
};
