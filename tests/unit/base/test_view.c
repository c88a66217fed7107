/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events as text and as JSON, and what happens when there are too many. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/base/view.h"
#include "tests/unit/test.h"

static char out[VIEW_SIZE_MAX + 1];
static size_t used;

static void put(void *to, const char *s, size_t n)
{
	CU_ASSERT_PTR_EQUAL(to, out);
	if (n > VIEW_SIZE_MAX - used) {
		CU_FAIL("more than the limit is written");
		return;
	}
	memcpy(out + used, s, n);
	used += n;
	out[used] = '\0';
}

static void begin(struct view *v, const struct view_form *form)
{
	used = 0;
	view_begin(v, form, put, out);
}

/* Every event, lists and groups in each other. */
static void tell(const struct view_form *form)
{
	struct view v;

	begin(&v, form);
	view_number(&v, "number", -5);
	view_group(&v, "group");
	view_bool(&v, "yes", true);
	view_list(&v, "list");
	view_word(&v, NULL, "%d of us", 2);
	view_group(&v, NULL);
	view_text(&v, "a", span_str("x"));
	view_bool(&v, "b", false);
	view_close(&v);
	view_list(&v, NULL);
	view_number(&v, NULL, 1);
	view_number(&v, NULL, 2);
	view_close(&v);
	view_close(&v);
	view_hex(&v, "hex", span_str("\x01\xff"));
	view_close(&v);
	view_group(&v, "empty");
	view_close(&v);
	view_list(&v, "void");
	view_close(&v);
	view_hex(&v, "nothing", NO_BYTES);
	view_end(&v);
}

static void text(void)
{
	tell(&VIEW_TEXT);
	CU_ASSERT_STRING_EQUAL(out, "number: -5\n"
	                            "group:\n"
	                            "  yes: true\n"
	                            "  list:\n"
	                            "    - 2 of us\n"
	                            "    - a: \"x\"\n"
	                            "      b: false\n"
	                            "    - - 1\n"
	                            "      - 2\n"
	                            "  hex: 01ff\n"
	                            "empty: none\n"
	                            "void: none\n"
	                            "nothing: none\n");
}

static void json(void)
{
	tell(&VIEW_JSON);
	CU_ASSERT_STRING_EQUAL(out, "{\"number\":-5,\"group\":{\"yes\":true,\"list\":[\"2 of us\","
	                            "{\"a\":\"x\",\"b\":false},[1,2]],\"hex\":\"01ff\"},"
	                            "\"empty\":{},\"void\":[],\"nothing\":\"\"}\n");
}

static void shows(const struct view_form *form, struct span s, const char *as)
{
	struct view v;

	begin(&v, form);
	view_text(&v, "t", s);
	view_end(&v);
	CU_ASSERT_STRING_EQUAL(out, as);
}

static void escapes(void)
{
	static const char hostile[] =
		"\"\\\x1b[2J\n\x7f\xc2\x9b\xe2\x80\xae\xf3\xa0\x80\x81\xff\xc3\xbc";
	struct span s = { (const uint8_t *)hostile, sizeof hostile - 1 };

	shows(&VIEW_TEXT, s,
	      "t: \"\\\"\\\\\\x1b[2J\\x0a\\x7f\\xc2\\x9b\\xe2\\x80\\xae\\xf3\\xa0\\x80\\x81"
	      "\\xff\xc3\xbc\"\n");
	shows(&VIEW_JSON, s,
	      "{\"t\":\"\\\"\\\\\\u001b[2J\\u000a\\u007f\\u009b\\u202e\\udb40\\udc01\\ufffd"
	      "\xc3\xbc\"}\n");
}

/* Words of ours may quote a peer's text: in JSON they are escaped once more. */
static void words_are_escaped(void)
{
	struct view v;

	begin(&v, &VIEW_JSON);
	view_word(&v, "w", "said %s", "\"x\\x1b\"");
	view_end(&v);
	CU_ASSERT_STRING_EQUAL(out, "{\"w\":\"said \\\"x\\\\x1b\\\"\"}\n");
}

static void pieces(void)
{
	struct view v;

	begin(&v, &VIEW_TEXT);
	view_text_open(&v, "t");
	view_text_add(&v, span_str("ab"));
	view_text_add(&v, NO_BYTES);
	view_text_add(&v, span_str("cd"));
	view_text_close(&v);
	view_end(&v);
	CU_ASSERT_STRING_EQUAL(out, "t: \"abcd\"\n");
}

/* Never inside of a character, and visibly. */
static void cuts(void)
{
	static uint8_t s[VIEW_STRING_MAX + 8];
	struct view v;

	for (size_t before = 0; before < 4; before++) {
		memset(s, 'a', sizeof s);
		memcpy(s + VIEW_STRING_MAX - before, "\xe2\x82\xac", 3); /* the euro sign */
		begin(&v, &VIEW_TEXT);
		view_text(&v, "t", SPAN(s));
		view_end(&v);
		CU_ASSERT(strstr(out, "\\x") == NULL);
		CU_ASSERT(strcmp(out + used - 5, "...\"\n") == 0);
	}
	begin(&v, &VIEW_TEXT);
	view_text(&v, "t", (struct span){ s, VIEW_STRING_MAX });
	view_hex(&v, "h", (struct span){ s, VIEW_HEX_MAX });
	CU_ASSERT(strstr(out, "...") == NULL);
	view_hex(&v, "h", (struct span){ s, VIEW_HEX_MAX + 1 });
	CU_ASSERT(strstr(out, "61... (81 octets)") != NULL);
	view_text_open(&v, "t");
	for (int i = 0; i < 100; i++)
		view_text_add(&v, SPAN(s));
	view_text_close(&v);
	view_end(&v);
	CU_ASSERT(used < 5 * VIEW_STRING_MAX);
}

static bool balanced(void)
{
	int depth = 0;
	bool in_string = false;

	for (const char *c = out; *c != '\0'; c++) {
		if (*c == '\\')
			c++;
		else if (*c == '"')
			in_string = !in_string;
		else if (!in_string)
			depth += (*c == '{' || *c == '[') - (*c == '}' || *c == ']');
	}
	return depth == 0 && !in_string;
}

static void too_much(void)
{
	static uint8_t s[VIEW_STRING_MAX];
	struct view v;
	unsigned opened = 0;

	begin(&v, &VIEW_JSON);
	while (!view_full(&v)) {
		view_list(&v, opened == 0 ? "l" : NULL);
		opened++;
		for (int i = 0; i < 100; i++)
			view_text(&v, NULL, SPAN(s));
	}
	view_group(&v, NULL); /* dropped, and what is in it */
	view_number(&v, "n", 77777);
	view_close(&v);
	for (; opened > 0; opened--)
		view_close(&v);
	CU_ASSERT(used > VIEW_SIZE_MAX / 2);
	CU_ASSERT(strstr(out, "77777") == NULL);
	CU_ASSERT(used <= VIEW_SIZE_MAX - 32 * VIEW_STRING_MAX); /* kept for the last word */
	view_reserve(&v);
	view_word(&v, "last", "word");
	CU_ASSERT_FALSE(view_full(&v));
	view_end(&v);
	CU_ASSERT(balanced());
	CU_ASSERT(strcmp(out + used - 16, ",\"last\":\"word\"}\n") == 0);
}

static void too_deep(void)
{
	struct view v;

	begin(&v, &VIEW_JSON);
	for (int i = 0; i < 100; i++)
		view_list(&v, i == 0 ? "l" : NULL);
	CU_ASSERT(view_full(&v));
	for (int i = 0; i < 100; i++)
		view_close(&v);
	CU_ASSERT_EQUAL(v.depth, 1);
	view_end(&v);
	CU_ASSERT(balanced());
}

const struct test_suite suite_base_view = {
	"base/view",
	{
		{ "events as indented text", text },
		{ "events as JSON", json },
		{ "a peer's text is escaped", escapes },
		{ "words of ours are escaped in JSON", words_are_escaped },
		{ "a text comes in pieces", pieces },
		{ "long values are cut, between characters", cuts },
		{ "too much is dropped, and the rest is well-formed", too_much },
		{ "too deep is dropped, and the rest is well-formed", too_deep },
	}
};
