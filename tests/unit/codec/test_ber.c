/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/codec/ber.h"
#include "platform/codec/derw.h"
#include "tests/unit/test.h"

static uint8_t room[1 << 18], other_room[1 << 18];
static struct arena arena = ARENA_ON(room), input = ARENA_ON(other_room);

static enum err bring(const char *hex, struct span *der)
{
	arena_reset(&arena);
	arena_reset(&input);
	return ber_to_der(&arena, test_hex(&input, hex), der);
}

static const struct {
	const char *what, *ber, *der;
} good[] = {
	{ "DER", "3003 020101", "3003 020101" },
	{ "DER that is empty", "3000", "3000" },
	{ "an indefinite length", "3080 020101 0000", "3003 020101" },
	{ "an empty one", "3080 0000", "3000" },
	{ "one in one", "3080 3180 020101 0000 0000", "3005 3103 020101" },
	{ "one behind one", "3080 3180 0000 3180 0000 0000", "3004 3100 3100" },
	{ "indefinite in definite", "3007 3180 020101 0000", "3005 3103 020101" },
	{ "definite in indefinite", "3080 3103 020101 0000", "3005 3103 020101" },
	{ "a length of two octets", "308103 020101", "3003 020101" },
	{ "a length with zeros", "30850000000003 020101", "3003 020101" },
	{ "of a value", "3080 02820001 01 0000", "3003 020101" },
	{ "pieces", "3080 2480 040141 040142 0000 0000", "3004 0402 4142" },
	{ "pieces of definite length", "3008 2406 040141 040142", "3004 0402 4142" },
	{ "pieces of pieces", "3080 2480 2480 040141 0000 2403 040142 0000 0000",
	  "3004 0402 4142" },
	{ "no piece", "3080 2480 0000 0000", "3002 0400" },
	{ "an empty piece", "3006 2404 0400 0400", "3002 0400" },
	{ "pieces alone", "2480 040141 0000", "0401 41" },
	{ "a context tag", "a080 0201 01 0000", "a003 0201 01" },
	{ "octets that look like an end", "3080 0402 0000 0000", "3004 0402 0000" },
	{ "a set out of order stays so", "3180 020102 020101 0000", "3106 020102 020101" },
	{ "a BOOLEAN of 01 stays so", "3080 010101 0000", "3003 010101" },
};

static void becomes_der(void)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct span der;

		if (!test_check_err(bring(good[i].ber, &der), OK, good[i].what, __FILE__, __LINE__))
			continue;
		CU_ASSERT(span_equal(der, test_hex(&input, good[i].der)));
	}
}

static void leaves_der_alone(void)
{
	struct span der, ber;

	arena_reset(&arena);
	arena_reset(&input);
	ber = test_hex(&input, "3009 3003 020101 0402 0000");
	CHECK_OK(ber_to_der(&arena, ber, &der));
	CU_ASSERT(der.p == ber.p && der.n == ber.n && arena.used == 0);
}

static const struct {
	const char *what, *ber;
	enum err want;
} bad[] = {
	{ "nothing", "", E_TRUNCATED },
	{ "a primitive one of indefinite length", "3080 0480 0000 0000", E_NOT_DER },
	{ "an end where nothing began", "3002 0000", E_NOT_DER },
	{ "an end in definite length", "3080 3002 0000 0000", E_NOT_DER },
	{ "an end of one octet", "3080 020101 000100 0000", E_NOT_DER },
	{ "no end", "3080 020101", E_TRUNCATED },
	{ "one end for two", "3080 3080 020101 0000", E_TRUNCATED },
	{ "half an end", "3080 020101 00", E_TRUNCATED },
	{ "an end outside of its element", "3004 3080 0201 01 0000", E_TRUNCATED },
	{ "something behind", "3080 0000 00", E_TRAILING },
	{ "another one behind", "3080 0000 3000", E_TRAILING },
	{ "two that are DER", "3000 3000", E_TRAILING },
	{ "longer than what holds it", "3080 0405 41 0000", E_TRUNCATED },
	{ "the length of nobody", "30ff 00", E_RANGE },
	{ "a length of nine octets", "3089 000000000000000000", E_RANGE },
	{ "a length beyond all limits", "3088 ffffffffffffffff", E_RANGE },
	{ "a length cut short", "3082 00", E_TRUNCATED },
	{ "a tag above 30", "3080 1f2100 0000", E_RANGE },
	{ "a piece that is an INTEGER", "2480 020101 0000", E_NOT_DER },
	{ "a piece that is a SEQUENCE", "2480 3000 0000", E_NOT_DER },
	{ "a primitive element", "048101 41", E_NOT_DER },
};

static void refuses_what_is_neither(void)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct span der;

		test_check_err(bring(bad[i].ber, &der), bad[i].want, bad[i].what, __FILE__,
		               __LINE__);
		CU_ASSERT_EQUAL(der.n, 0);
		CU_ASSERT_EQUAL(arena.used, 0);
	}
}

/* Every one of its own size, so that nothing is read behind it. */
static void refuses_every_prefix(void)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct span ber, der;

		arena_reset(&input);
		ber = test_hex(&input, good[i].ber);
		for (size_t n = 0; n < ber.n; n++) {
			uint8_t *exact = malloc(n + 1);

			memcpy(exact, ber.p, n);
			arena_reset(&arena);
			CU_ASSERT(ber_to_der(&arena, (struct span){ exact, n }, &der) != OK);
			free(exact);
		}
	}
}

/* depth elements around a NULL: 30 80 ... 00 00, or 24 80. */
static struct span nested(uint8_t tag, size_t depth)
{
	uint8_t *p = arena_take(&input, 4 * depth + 2);

	for (size_t i = 0; i < depth; i++) {
		p[2 * i] = tag;
		p[2 * i + 1] = 0x80;
	}
	p[2 * depth] = tag == 0x24 ? 0x04 : 0x05;
	p[2 * depth + 1] = 0;
	memset(p + 2 * depth + 2, 0, 2 * depth);
	return (struct span){ p, 4 * depth + 2 };
}

static void depth_is_bounded(void)
{
	static const uint8_t tags[] = { 0x30, 0x24 };
	struct span der;

	for (size_t i = 0; i < 2; i++) {
		arena_reset(&arena);
		arena_reset(&input);
		CHECK_OK(ber_to_der(&arena, nested(tags[i], BER_DEPTH_MAX), &der));
		CHECK_ERR(ber_to_der(&arena, nested(tags[i], BER_DEPTH_MAX + 1), &der), E_RANGE);
		CHECK_ERR(ber_to_der(&arena, nested(tags[i], 10000), &der), E_RANGE);
	}
}

/* 30 80 04 82 xx xx ... 00 00 of n octets */
static struct span of_size(size_t n)
{
	uint8_t *p = arena_take(&input, n);

	memset(p, 0, n);
	memcpy(p, "\x30\x80\x04\x82", 4);
	p[4] = (uint8_t)((n - 8) >> 8);
	p[5] = (uint8_t)(n - 8);
	return (struct span){ p, n };
}

static void size_is_bounded(void)
{
	struct span der;
	uint8_t little[16];
	struct arena small = ARENA_ON(little);

	arena_reset(&arena);
	arena_reset(&input);
	CHECK_OK(ber_to_der(&arena, of_size(BER_SIZE_MAX), &der));
	CU_ASSERT_EQUAL(der.n, BER_SIZE_MAX);
	CHECK_ERR(ber_to_der(&arena, of_size(BER_SIZE_MAX + 1), &der), E_RANGE);
	CHECK_ERR(ber_to_der(&small, of_size(300), &der), E_SPACE);
	CU_ASSERT_EQUAL(small.used, 0);
}

/* What a widespread implementation encrypts for us. */
static void reads_the_field(void)
{
	const char *path = test_field("cmp/kga-indefinite-plain.ber");
	struct span ber, der;
	enum err e;
	struct der c;

	if (path == NULL)
		return;
	arena_reset(&arena);
	arena_reset(&input);
	ber = test_file(&input, path);
	CHECK_OK(ber_to_der(&arena, ber, &der));
	CU_ASSERT(der.n < ber.n);
	c = der_open(der, &e);
	der_element_of(&c, DER_SEQUENCE);
	der_end(&c);
	CHECK_OK(e);
}

const struct test_suite suite_codec_ber = {
	"codec/ber",
	{
		{ "BER becomes DER", becomes_der },
		{ "DER is left alone", leaves_der_alone },
		{ "what is neither is refused", refuses_what_is_neither },
		{ "every prefix is refused", refuses_every_prefix },
		{ "depth is bounded", depth_is_bounded },
		{ "size is bounded", size_is_bounded },
		{ "BER of the field is read", reads_the_field },
	}
};
