/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "platform/codec/json.h"
#include "tests/unit/test.h"

static void put_sample(struct jsonw *w)
{
	static const uint8_t octets[] = { 'f', 'o', 'o', 'b' };

	jsonw_open(w, NULL, '{');
	jsonw_string(w, "s", span_str("a \"\\\n\r\t\x01\x7f\xc3\xa4"));
	jsonw_integer(w, "i", INT64_MIN);
	jsonw_bool(w, "t", true);
	jsonw_open(w, "a", '[');
	jsonw_integer(w, NULL, 0);
	jsonw_open(w, NULL, '{');
	jsonw_close(w, '}');
	jsonw_bool(w, NULL, false);
	jsonw_string(w, NULL, NO_BYTES);
	jsonw_close(w, ']');
	jsonw_base64(w, "b", SPAN(octets));
	jsonw_base64(w, "e", NO_BYTES);
	jsonw_open(w, "o\"", '{');
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static const char sample[] = "{\"s\":\"a \\\"\\\\\\n\\r\\t\\u0001\\u007f\xc3\xa4\","
			     "\"i\":-9223372036854775808,\"t\":true,\"a\":[0,{},false,\"\"],"
			     "\"b\":\"Zm9vYg==\",\"e\":\"\",\"o\\\"\":{}}";

static void commas_and_escapes_by_itself(void)
{
	char buf[256];
	struct jsonw w = JSONW_ON(buf);
	struct span out;

	put_sample(&w);
	CHECK_OK(jsonw_end(&w, &out));
	CU_ASSERT_STRING_EQUAL((const char *)out.p, sample);
	CU_ASSERT_EQUAL(out.n, strlen(sample));
}

static void an_array_may_be_all(void)
{
	char buf[16];
	struct jsonw w = JSONW_ON(buf);
	struct span out;

	jsonw_open(&w, NULL, '[');
	jsonw_integer(&w, NULL, 1);
	jsonw_integer(&w, NULL, 2);
	jsonw_close(&w, ']');
	CHECK_OK(jsonw_end(&w, &out));
	CU_ASSERT(span_is(out, "[1,2]"));
}

static void read_back(void)
{
	char buf[256];
	struct jsonw w = JSONW_ON(buf);
	const struct json *root;
	struct span out, s = NO_BYTES;
	int64_t i = 0;

	put_sample(&w);
	CHECK_OK(jsonw_end(&w, &out));
	CHECK_OK(json_open(out, &root));
	CU_ASSERT_EQUAL(json_string(root, "s", &s), JSON_FOUND);
	CU_ASSERT(span_is(s, "a \"\\\n\r\t\x01\x7f\xc3\xa4"));
	CU_ASSERT_EQUAL(json_integer(root, "i", &i), JSON_FOUND);
	CU_ASSERT_EQUAL(i, INT64_MIN);
	json_close(root);
}

static void running_out_of_room_is_kept(void)
{
	for (size_t cap = 0; cap <= sizeof sample; cap++) {
		char *buf = malloc(cap > 0 ? cap : 1); /* the sanitizer watches its end */
		struct jsonw w = { buf, cap, 0, false, OK, 1 };
		struct span out;

		put_sample(&w);
		CHECK_ERR(jsonw_end(&w, &out), cap < sizeof sample ? E_SPACE : OK);
		CU_ASSERT_EQUAL(out.n, cap < sizeof sample ? 0 : strlen(sample));
		free(buf);
	}
}

static void nothing_needs_a_byte_for_its_nul(void)
{
	char buf[1];
	struct jsonw w = JSONW_ON(buf), none = { buf, 0, 0, false, OK, 1 };
	struct span out;

	CHECK_OK(jsonw_end(&w, &out));
	CU_ASSERT_EQUAL(out.n, 0);
	CHECK_ERR(jsonw_end(&none, &out), E_SPACE);
}

static void bad_utf8_becomes_a_replacement(void)
{
	char buf[64];
	struct jsonw w = JSONW_ON(buf);
	struct span out;

	jsonw_string(&w, NULL,
	             span_str("a\xff\xc0\xaf"
	                      "b\xe2\x82"));
	CHECK_OK(jsonw_end(&w, &out));
	CU_ASSERT_STRING_EQUAL(buf, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	                            "b\xef\xbf\xbd\xef\xbf\xbd\"");
}

/* Any bytes as a string: our reader takes it, and gives well-formed bytes back unchanged. */
static void any_string_is_read_back(void)
{
	uint32_t seed = 5;

	for (int round = 0; round < 3000; round++) {
		uint8_t text[24];
		char buf[6 * sizeof text + 8];
		struct jsonw w = JSONW_ON(buf);
		const struct json *root;
		struct span out, s = NO_BYTES;

		for (size_t i = 0; i < sizeof text; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (uint8_t)(seed >> 24);
			if (round % 2 == 0)
				text[i] %= 0x80;
			if (text[i] == 0) /* good JSON, but our reader takes no NUL */
				text[i] = 1;
		}
		jsonw_open(&w, NULL, '{');
		jsonw_string(&w, "x", SPAN(text));
		jsonw_close(&w, '}');
		CHECK_OK(jsonw_end(&w, &out));
		CHECK_OK(json_open(out, &root));
		CU_ASSERT_EQUAL(json_string(root, "x", &s), JSON_FOUND);
		if (round % 2 == 0)
			CU_ASSERT(span_equal(s, SPAN(text)));
		json_close(root);
	}
}

#define BUG(...)                                           \
	do {                                               \
		char bug_buf[128];                         \
		struct jsonw w = JSONW_ON(bug_buf);        \
		struct span bug_out;                       \
                                                           \
		__VA_ARGS__;                               \
		CHECK_ERR(jsonw_end(&w, &bug_out), E_BUG); \
	} while (0)

static void what_is_no_json_is_our_bug(void)
{
	BUG(jsonw_open(&w, NULL, '{'));
	BUG(jsonw_open(&w, NULL, '{'), jsonw_close(&w, ']'));
	BUG(jsonw_open(&w, NULL, '['), jsonw_close(&w, '}'));
	BUG(jsonw_close(&w, '}'));
	BUG(jsonw_open(&w, NULL, '{'), jsonw_integer(&w, NULL, 1), jsonw_close(&w, '}'));
	BUG(jsonw_open(&w, NULL, '['), jsonw_integer(&w, "x", 1), jsonw_close(&w, ']'));
	BUG(jsonw_integer(&w, "x", 1));
	BUG(jsonw_integer(&w, NULL, 1), jsonw_integer(&w, NULL, 2));
	BUG(for (int i = 0; i < 32; i++) jsonw_open(&w, NULL, '[');
	    for (int i = 0; i < 32; i++) jsonw_close(&w, ']'));
}

const struct test_suite suite_codec_jsonw = {
	"codec/jsonw",
	{
		{ "commas and escapes come by themselves", commas_and_escapes_by_itself },
		{ "an array may be all there is", an_array_may_be_all },
		{ "what was written is read back", read_back },
		{ "running out of room is kept", running_out_of_room_is_kept },
		{ "nothing needs a byte for its NUL", nothing_needs_a_byte_for_its_nul },
		{ "bad UTF-8 becomes U+FFFD", bad_utf8_becomes_a_replacement },
		{ "any string is read back", any_string_is_read_back },
		{ "what is no JSON is our bug", what_is_no_json_is_our_bug },
	}
};
