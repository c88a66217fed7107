/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/codec/b64.h"
#include "tests/unit/test.h"

static uint8_t block[8192];

static void decodes(enum b64_kind kind, const char *text, const char *want)
{
	struct arena a = ARENA_ON(block);
	struct span out;

	CHECK_OK(b64_decode(&a, kind, span_str(text), &out));
	CU_ASSERT(span_is(out, want));
	CU_ASSERT_EQUAL(a.used, strlen(want));
}

static void refuses(enum b64_kind kind, const char *text)
{
	struct arena a = ARENA_ON(block);
	struct span out = { block, 1 };

	if (!CHECK_ERR(b64_decode(&a, kind, span_str(text), &out), E_TEXT))
		printf("accepted: %s\n", text);
	CU_ASSERT(out.p == NULL && out.n == 0);
	CU_ASSERT_EQUAL(a.used, 0);
}

/* RFC 4648 10. */
static const struct {
	const char *octets, *text;
} vector[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void vectors_of_the_rfc(void)
{
	for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
		struct arena a = ARENA_ON(block);
		struct span out;

		decodes(B64_STRICT, vector[i].text, vector[i].octets);
		decodes(B64_ANY, vector[i].text, vector[i].octets);
		decodes(B64_LINES, vector[i].text, vector[i].octets);
		CHECK_OK(b64_encode(&a, span_str(vector[i].octets), &out));
		CU_ASSERT(span_is(out, vector[i].text));
		CU_ASSERT_EQUAL(out.p[out.n], '\0');
		CU_ASSERT_EQUAL(out.n, B64_SIZE(strlen(vector[i].octets)));
	}
}

static void strict_takes_one_form_only(void)
{
	static const char *const bad[] = {
		"Zg",   "Zg=",  "Zg===", "Zm8",   "Zm8==",    "Zm9v=", "Zm9v====", "=",
		"====", "Z",    "Z===",  "Zm9vY", "Zm9v\n",   " Zm9v", "Zm 9v",    "Zm9v\r\n",
		"Zh==", "Zm9=", "Z=g=",  "Zg=v",  "Zg==Zg==", "-_8=",  "__8=",     "Zm9\xb6",
		"Zm9.", "Zm9*", "Zm9:",  "Zm9,",  "Zm9@",     "Zm9[",  "Zm9`",     "Zm9{",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refuses(B64_STRICT, bad[i]);
	decodes(B64_STRICT, "+/8=", "\xfb\xff");
}

static void any_takes_both_alphabets_but_no_mixture(void)
{
	decodes(B64_ANY, "+/8=", "\xfb\xff");
	decodes(B64_ANY, "-_8=", "\xfb\xff");
	decodes(B64_ANY, "-_8", "\xfb\xff");
	decodes(B64_ANY, "+/8", "\xfb\xff");
	decodes(B64_ANY, "Zg", "f");
	refuses(B64_ANY, "+_8=");
	refuses(B64_ANY, "-/8");
	refuses(B64_ANY, "Zg=");
	refuses(B64_ANY, "Zm9v=");
	refuses(B64_ANY, "Z");
	refuses(B64_ANY, "Zh");
	refuses(B64_ANY, "Zm9");
	refuses(B64_ANY, "Zm9v\n");
	/* RFC 8995 C.1.1's nonce */
	struct arena a = ARENA_ON(block);
	struct span out;

	CHECK_OK(b64_decode(&a, B64_ANY, span_str("-_XE9zK9q8Ll1qylMtLKeg"), &out));
	CU_ASSERT_EQUAL(out.n, 16);
}

static void lines_may_be_broken_anywhere(void)
{
	decodes(B64_LINES, "Zm9v\nYmFy\n", "foobar");
	decodes(B64_LINES, "Zm9v\r\nYmFy\r\n", "foobar");
	decodes(B64_LINES, "\n\tZ m9vYg=\n=\n ", "foob");
	decodes(B64_LINES, "\n", "");
	refuses(B64_LINES, "Zm9v\vYmFy");
	refuses(B64_LINES, "Zg=\n");
	refuses(B64_LINES, "Zg==\nZg==");
	refuses(B64_LINES, "-_8=");
	refuses(B64_LINES, "Zh==");
}

static void a_nul_is_no_character(void)
{
	static const uint8_t text[] = { 'Z', 'm', '9', 0 };
	struct arena a = ARENA_ON(block);
	struct span out;

	for (enum b64_kind kind = B64_STRICT; kind <= B64_LINES; kind++)
		CHECK_ERR(b64_decode(&a, kind, SPAN(text), &out), E_TEXT);
}

/* Every length, every octet value, every prefix of what was written. */
static void round_trip(void)
{
	uint8_t octets[300];

	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = (uint8_t)(i * 251 + 7);
	for (size_t n = 0; n <= sizeof octets; n++) {
		struct arena a = ARENA_ON(block);
		struct span text, back;

		CHECK_OK(b64_encode(&a, (struct span){ octets, n }, &text));
		CHECK_OK(b64_decode(&a, B64_STRICT, text, &back));
		CU_ASSERT(span_equal(back, (struct span){ octets, n }));
		for (size_t cut = 1; n > 0 && cut < 4; cut++) {
			struct span part = { text.p, text.n - cut };

			CHECK_ERR(b64_decode(&a, B64_STRICT, part, &back), E_TEXT);
		}
	}
}

static void several_share_an_arena(void)
{
	uint8_t room[14];
	struct arena a = ARENA_ON(room);
	struct span one, two, text, none;

	CHECK_OK(b64_decode(&a, B64_STRICT, span_str("Zm9v"), &one));
	CHECK_OK(b64_decode(&a, B64_STRICT, span_str("YmFy"), &two));
	CHECK_OK(b64_encode(&a, two, &text));
	CU_ASSERT(span_is(one, "foo"));
	CU_ASSERT(span_is(two, "bar"));
	CU_ASSERT(span_is(text, "YmFy"));
	CU_ASSERT_EQUAL(a.used, 11);
	CHECK_ERR(b64_decode(&a, B64_STRICT, span_str("Zm9vYg=="), &none), E_SPACE);
	CHECK_ERR(b64_encode(&a, span_str("f"), &none), E_SPACE);
	CU_ASSERT(span_is(text, "YmFy"));
}

static void the_arena_bounds_it(void)
{
	uint8_t small[8];

	for (size_t room = 0; room <= 3; room++) {
		struct arena a = { small, room, 0 };
		struct span out;

		memset(small, 0xaa, sizeof small);
		CHECK_ERR(b64_decode(&a, B64_STRICT, span_str("Zm9vYg=="), &out), E_SPACE);
		CU_ASSERT_EQUAL(a.used, 0);
		/* what was decoded so far may be a key */
		CU_ASSERT_EQUAL(small[0], room == 3 ? 0 : 0xaa);
		CU_ASSERT_EQUAL(small[3], 0xaa);
	}
	for (size_t room = 0; room <= sizeof small; room++) {
		struct arena a = { small, room, 0 };
		struct span out;

		CHECK_ERR(b64_encode(&a, span_str("foob"), &out), E_SPACE);
		CU_ASSERT_EQUAL(a.used, 0);
		if (room < 5)
			CHECK_ERR(b64_encode(&a, span_str("foo"), &out), E_SPACE);
	}
	struct arena a = { small, 5, 0 };
	struct span out;

	CHECK_OK(b64_encode(&a, span_str("foo"), &out));
	CU_ASSERT_EQUAL(a.used, 5);
}

const struct test_suite suite_codec_b64 = {
	"codec/b64",
	{
		{ "vectors of RFC 4648", vectors_of_the_rfc },
		{ "strict takes one form only", strict_takes_one_form_only },
		{ "any takes both alphabets but no mixture",
	          any_takes_both_alphabets_but_no_mixture },
		{ "lines may be broken anywhere", lines_may_be_broken_anywhere },
		{ "a NUL is no character", a_nul_is_no_character },
		{ "round trip", round_trip },
		{ "several share an arena", several_share_an_arena },
		{ "the arena bounds it", the_arena_bounds_it },
	}
};
