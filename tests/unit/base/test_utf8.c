/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "platform/base/utf8.h"
#include "tests/unit/test.h"

/* The bit table of RFC 3629 3. */
static size_t encode(uint32_t v, uint8_t *out)
{
	if (v < 0x80) {
		out[0] = (uint8_t)v;
		return 1;
	}
	if (v < 0x800) {
		out[0] = (uint8_t)(0xc0 | v >> 6);
		out[1] = (uint8_t)(0x80 | (v & 0x3f));
		return 2;
	}
	if (v < 0x10000) {
		out[0] = (uint8_t)(0xe0 | v >> 12);
		out[1] = (uint8_t)(0x80 | (v >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (v & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | v >> 18);
	out[1] = (uint8_t)(0x80 | (v >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (v >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (v & 0x3f));
	return 4;
}

static void every_character_is_read_back(void)
{
	uint32_t wrong = 0;

	for (uint32_t v = 0; v <= 0x10ffff; v++) {
		uint8_t b[8];
		uint32_t got = UINT32_MAX;
		size_t n = encode(v, b), want = v >= 0xd800 && v <= 0xdfff ? 0 : n;

		b[n] = 'x'; /* what follows does not matter */
		if (utf8_next((struct span){ b, n + 1 }, &got) != want || (want && got != v))
			wrong++;
		for (size_t cut = 0; cut < n; cut++)
			if (utf8_next((struct span){ b, cut }, &got) != 0)
				wrong++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void malformed_sequences_are_none(void)
{
	static const char *const bad[] = {
		"",
		"\x80",
		"\xbf",
		"\xc0\xaf", /* `/` in two octets */
		"\xc1\xbf",
		"\xe0\x80\xaf",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\xaf",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", /* surrogates */
		"\xed\xbf\xbf",
		"\xf4\x90\x80\x80", /* U+110000 */
		"\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xfe",
		"\xff",
		"\xc3(", /* no continuation */
		"\xe2\x82(",
		"\xe2(\xac",
		"\xf0\x9f\x98(",
	};
	uint32_t scalar = 42;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_EQUAL(utf8_next(span_str(bad[i]), &scalar), 0);
	CU_ASSERT_EQUAL(scalar, 42);
}

const struct test_suite suite_base_utf8 = {
	"base/utf8",
	{
		{ "every character is read back", every_character_is_read_back },
		{ "malformed sequences are none", malformed_sequences_are_none },
	}
};
