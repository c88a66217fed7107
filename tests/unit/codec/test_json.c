/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "platform/base/heap.h"
#include "platform/base/limits.h"
#include "platform/codec/json.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 20];

/* Opens and closes; the code is the answer. */
static enum err opens(struct span text)
{
	const struct json *root;
	enum err e = json_open(text, &root);

	CU_ASSERT((e == OK) == (root != NULL));
	json_close(root);
	return e;
}

static void members_of_an_object(void)
{
	const struct json *root, *inner = NULL;
	struct span s = NO_BYTES;
	int64_t i = 0;
	bool b = false;

	CHECK_OK(
		json_open(span_str("{\"o\":{\"x\":1},\"s\":\"a\\u00e4\\n\",\"i\":-9007199254740993,"
	                           "\"t\":true,\"f\":false,\"n\":null,\"r\":1.0,\"a\":[]}"),
	                  &root));
	CU_ASSERT_EQUAL(json_members(root), 8);
	CU_ASSERT_EQUAL(json_object(root, "o", &inner), JSON_FOUND);
	CU_ASSERT_EQUAL(json_integer(inner, "x", &i), JSON_FOUND);
	CU_ASSERT_EQUAL(i, 1);
	CU_ASSERT_EQUAL(json_string(root, "s", &s), JSON_FOUND);
	CU_ASSERT(span_is(s, "a\xc3\xa4\n"));
	CU_ASSERT_EQUAL(json_integer(root, "i", &i), JSON_FOUND);
	CU_ASSERT_EQUAL(i, -INT64_C(9007199254740993));
	CU_ASSERT_EQUAL(json_bool(root, "t", &b), JSON_FOUND);
	CU_ASSERT(b);
	CU_ASSERT_EQUAL(json_bool(root, "f", &b), JSON_FOUND);
	CU_ASSERT_FALSE(b);
	json_close(root);
}

static void absent_and_wrong_leave_the_value(void)
{
	static const char *const names[] = { "o", "s", "i", "t", "n", "r", "a" };
	const struct json *root, *o = NULL;
	struct span s = NO_BYTES;
	int64_t i = 42;
	bool b = true;

	CHECK_OK(json_open(span_str("{\"o\":{},\"s\":\"\",\"i\":0,\"t\":false,\"n\":null,"
	                            "\"r\":1.0,\"a\":[{}]}"),
	                   &root));
	CU_ASSERT_EQUAL(json_object(root, "x", &o), JSON_ABSENT);
	CU_ASSERT_EQUAL(json_string(root, "", &s), JSON_ABSENT);
	CU_ASSERT_EQUAL(json_integer(root, "I", &i), JSON_ABSENT);
	CU_ASSERT_EQUAL(json_bool(root, "tt", &b), JSON_ABSENT);
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		char kind = names[k][0];

		if (kind != 'o')
			CU_ASSERT_EQUAL(json_object(root, names[k], &o), JSON_WRONG);
		if (kind != 's')
			CU_ASSERT_EQUAL(json_string(root, names[k], &s), JSON_WRONG);
		if (kind != 'i')
			CU_ASSERT_EQUAL(json_integer(root, names[k], &i), JSON_WRONG);
		if (kind != 't')
			CU_ASSERT_EQUAL(json_bool(root, names[k], &b), JSON_WRONG);
	}
	CU_ASSERT(o == NULL && s.p == NULL && i == 42 && b);
	json_close(root);
}

static void what_is_no_object_has_no_members(void)
{
	static const char *const texts[] = { "[1]", "\"x\"", "1", "1.5", "true", "null" };

	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
		const struct json *root;
		struct span s;

		CHECK_OK(json_open(span_str(texts[k]), &root));
		CU_ASSERT_EQUAL(json_members(root), 0);
		CU_ASSERT_EQUAL(json_string(root, "x", &s), JSON_ABSENT);
		json_close(root);
	}
	CU_ASSERT_EQUAL(json_members(NULL), 0);
	CU_ASSERT_EQUAL(json_string(NULL, "x", &(struct span){ 0 }), JSON_ABSENT);
	json_close(NULL);
}

static void visits_in_document_order(void)
{
	static const char kinds[] = "oasirttn", names[] = "zyxwvuts";
	const struct json *root;
	struct json_member m;
	void *at = NULL;
	size_t n = 0;

	CHECK_OK(json_open(span_str("{\"z\":{},\"y\":[1,\"b\",null],\"x\":\"c\",\"w\":-7,"
	                            "\"v\":1.5,\"u\":true,\"t\":false,\"s\":null}"),
	                   &root));
	for (; json_next(root, &at, &m); n++) {
		CU_ASSERT_FATAL(n < 8);
		CU_ASSERT_EQUAL(m.kind, kinds[n]);
		CU_ASSERT(m.name.n == 1 && m.name.p[0] == names[n]);
		CU_ASSERT_EQUAL(m.integer, m.kind == 'i' ? -7 : names[n] == 'u' ? 1 : 0);
		CU_ASSERT(m.kind == 's' ? span_is(m.text, "c") : m.text.n == 0);
		if (m.kind == 'a') {
			struct json_member e;
			void *in = NULL;

			CU_ASSERT(json_next(m.value, &in, &e) && e.kind == 'i' && e.integer == 1);
			CU_ASSERT(json_next(m.value, &in, &e) && span_is(e.text, "b"));
			CU_ASSERT(json_next(m.value, &in, &e) && e.kind == 'n');
			CU_ASSERT_EQUAL(e.name.n, 0);
			CU_ASSERT_FALSE(json_next(m.value, &in, &e));
		}
		if (m.kind == 'o' || m.kind == 's')
			CU_ASSERT_FALSE(json_next(m.value, &(void *){ NULL }, &m));
	}
	CU_ASSERT_EQUAL(n, 8);
	CU_ASSERT_FALSE(json_next(NULL, &(void *){ NULL }, &m));
	json_close(root);
}

static void our_subset_refuses(void)
{
	static const char nul[] = "{\"a\":1}\0";

	CHECK_ERR(opens(NO_BYTES), E_JSON);
	CHECK_ERR(opens((struct span){ (const uint8_t *)nul, sizeof nul - 1 }), E_JSON);
	CHECK_ERR(opens(span_str("{\"a\":1,\"a\":1}")), E_JSON);
	CHECK_ERR(opens(span_str("{\"a\":1,\"\\u0061\":2}")), E_JSON);
	CHECK_ERR(opens(span_str("{\"b\":{\"a\":1,\"a\":1}}")), E_JSON);
	CHECK_ERR(opens(span_str("[\"\\u0000\"]")), E_JSON);
	CHECK_ERR(opens(span_str("{\"\\u0000\":1}")), E_JSON);
	CHECK_ERR(opens(span_str("{} x")), E_JSON);
	CHECK_ERR(opens(span_str("{}{}")), E_JSON);
	CHECK_ERR(opens(span_str("\xef\xbb\xbf{}")), E_JSON);
	CHECK_ERR(opens(span_str("[\"\xed\xa0\x80\"]")), E_JSON);
	CHECK_ERR(opens(span_str("[\"\\ud800\"]")), E_JSON);
	CHECK_ERR(opens(span_str("{\"a\":1,}")), E_JSON);
	CHECK_ERR(opens(span_str("{'a':1}")), E_JSON);
	CHECK_ERR(opens(span_str("/**/{}")), E_JSON);
	CHECK_ERR(opens(span_str("[NaN]")), E_JSON);
	CHECK_OK(opens(span_str("{\"a\":1,\"b\":{\"a\":1}}")));
}

static void every_prefix_is_refused(void)
{
	const char *text = "{\"ietf-voucher:voucher\":{\"nonce\":\"x\\\"y\",\"n\":[1,true]}}";

	CHECK_OK(opens(span_str(text)));
	for (size_t n = 0; n < strlen(text); n++) {
		uint8_t *copy = malloc(n > 0 ? n : 1);

		CHECK_ERR(opens((struct span){ memcpy(copy, text, n), n }), E_JSON);
		free(copy);
	}
}

static void the_place_is_named_without_the_peers_words(void)
{
	CHECK_ERR(opens(span_str("{\"a\":1,\n \"b\":\x1b[2J}")), E_JSON);
	CU_ASSERT_STRING_EQUAL(err_reason(E_JSON), "line 2, column 6: not JSON");
	CHECK_ERR(opens(span_str("{\"evil\":1,\n\"evil\":2}")), E_JSON);
	CU_ASSERT_STRING_EQUAL(err_reason(E_JSON),
	                       "line 2, column 6: a name appears twice in one object");
	CHECK_ERR(opens(span_str("[[[\n[[[[[[1")), E_TOO_BIG);
	CU_ASSERT_STRING_EQUAL(err_reason(E_TOO_BIG), "line 2, column 6: nested too deep");
}

static struct span repeated(const char *begin, const char *unit, size_t times, const char *end)
{
	size_t n = 0;

	memcpy(block, begin, strlen(begin));
	n += strlen(begin);
	for (size_t i = 0; i < times; i++, n += strlen(unit))
		memcpy(block + n, unit, strlen(unit));
	memcpy(block + n, end, strlen(end));
	return (struct span){ block, n + strlen(end) };
}

static void caps_come_before_the_library(void)
{
	CHECK_OK(opens(repeated("", "[", JSON_DEPTH_MAX, "1]]]]]]]]")));
	CHECK_ERR(opens(repeated("", "[", JSON_DEPTH_MAX + 1, "1]]]]]]]]]")), E_TOO_BIG);
	CHECK_ERR(opens(repeated("", "[", 100000, "")), E_TOO_BIG);
	CHECK_ERR(opens(repeated("", "[", 10000, "")), E_TOO_BIG);
	CHECK_OK(opens(repeated("[", "1,", JSON_NODES_MAX - 1, "1]")));
	CHECK_ERR(opens(repeated("[", "1,", JSON_NODES_MAX, "1]")), E_TOO_BIG);
	CHECK_OK(opens(repeated("[\"", "[{:,", 4000, "\"]"))); /* no structure in strings */
	CHECK_OK(opens(repeated("[\"", "\\\"[", 4000, "\"]")));
	/* but behind one: where a string ends is seen as the library sees it */
	CHECK_ERR(opens(span_str("[\"x\",[[[[[[[[1]]]]]]]]]")), E_TOO_BIG);
	CHECK_ERR(opens(span_str("[\"\\\"\",[[[[[[[[1]]]]]]]]]")), E_TOO_BIG);
	CHECK_ERR(opens(span_str("[\"\\\\\",[[[[[[[[1]]]]]]]]]")), E_TOO_BIG);
	CHECK_ERR(opens(span_str("]]]")), E_JSON); /* depth does not go below none */
	CHECK_ERR(opens(span_str("[]]")), E_JSON);
	CHECK_OK(opens(repeated("", " ", JSON_SIZE_MAX - 2, "{}")));
	CHECK_ERR(opens(repeated("", " ", JSON_SIZE_MAX - 1, "{}")), E_TOO_BIG);
	CHECK_OK(opens(repeated("[", "[[]],", 100, "1]"))); /* depth goes down again */
}

/* Too big for the library, but numbers; what only looks like one stays refused. */
static void big_numbers_are_numbers(void)
{
	static const char *const good[] = {
		"[9223372036854775808]",
		"[-9223372036854775809]",
		"[1e999]",
		"[1E+400]",
		"[-1e99999]",
		"[0.1e999]",
		"[1e-99999]",
		"[1.5e999,2]",
		"{\"a\":1e999,\"b\":[]}",
		"[99999999999999999999999999999999.5]",
		"1e999",
		"[\"1e999\",1e999]",
		"[\"\\\"\",1e999 ]",
	};
	static const char *const bad[] = {
		"[1e999,01]",    "[1e999,1e]",
		"[1e999,1e+]",   "[1e999,-]",
		"[1e999,.5]",    "[1e999,+1]",
		"[1e999,1.]",    "[1e9991e999]",
		"[1e999 1e999]", "[1e999.5]",
		"[x1e999]",      "[1e999x]",
		"[-01e999]",     "[00000000000000000000]",
		"[1e999,\"a]",   "[+1e999]",
		"[1e999e9]",
	};
	const struct json *root = NULL;
	int64_t value;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK_OK(opens(span_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_ERR(opens(span_str(bad[i])), E_JSON);
	CHECK_OK(json_open(span_str("{\"a\":9223372036854775808,\"b\":7,\"c\":1e999}"), &root));
	CU_ASSERT_EQUAL(json_integer(root, "a", &value), JSON_WRONG);
	CU_ASSERT_EQUAL(json_integer(root, "c", &value), JSON_WRONG);
	CU_ASSERT_EQUAL(json_integer(root, "b", &value), JSON_FOUND);
	CU_ASSERT_EQUAL(value, 7);
	json_close(root);
}

/* The heap that jansson is given: what is in use, the most of it, and a fault. */
static struct {
	size_t now, peak, calls, fail_at;
} heap;

static void *counted_malloc(size_t n)
{
	size_t *p = malloc(n + 16);

	if (p == NULL)
		return NULL;
	*p = n;
	heap.now += n;
	if (heap.now > heap.peak)
		heap.peak = heap.now;
	return (char *)p + 16;
}

static void counted_free(void *p)
{
	if (p == NULL)
		return;
	heap.now -= *(size_t *)(void *)((char *)p - 16);
	free((char *)p - 16);
}

static void count_heap(void)
{
	CHECK_OK(opens(span_str("[]"))); /* the first one sets the hooks */
	memset(&heap, 0, sizeof heap);
	json_set_alloc_funcs(counted_malloc, counted_free);
}

/* Inside both caps: what costs the library most for each structural character and byte. */
static void heap_is_bounded(void)
{
	enum { BOUND = 192 * 1024 };
	static const struct {
		const char *begin, *unit, *end;
		unsigned nodes;
	} shape[] = {
		{ "[", "{},", "1]", 2 },
		{ "[", "[],", "1]", 2 },
		{ "[", "1,", "1]", 1 },
		{ "[", "\"\",", "1]", 1 },
		{ "[", "{\"\":{}},", "1]", 4 },
		{ "[", "[{}],", "1]", 3 },
		{ "[", "[[[[[{}]]]]],", "1]", 7 },
	};

	count_heap();
	for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
		struct span s = repeated(shape[i].begin, shape[i].unit,
		                         (JSON_NODES_MAX - 2) / shape[i].nodes, shape[i].end);

		/* and the rest of the size as one long string in front */
		memmove(block + JSON_SIZE_MAX - s.n, block, s.n);
		memset(block, 'x', JSON_SIZE_MAX - s.n + 1);
		block[0] = '[';
		block[1] = '"';
		block[JSON_SIZE_MAX - s.n - 1] = '"';
		block[JSON_SIZE_MAX - s.n] = ',';
		CHECK_OK(opens((struct span){ block, JSON_SIZE_MAX }));
		CU_ASSERT_EQUAL(heap.now, 0);
	}
	json_set_alloc_funcs(heap_malloc, heap_free);
	printf("json: at most %zu bytes of heap for %d bytes of text\n", heap.peak, JSON_SIZE_MAX);
	CU_ASSERT(heap.peak > JSON_SIZE_MAX && heap.peak < BOUND);
}

/* Objects with many members: names of one length differ. */
static void heap_of_objects_is_bounded(void)
{
	enum { BOUND = 192 * 1024 };
	size_t n = 1;

	block[0] = '{';
	for (unsigned i = 0; i < JSON_NODES_MAX / 2 - 1; i++)
		n += (size_t)sprintf((char *)block + n, "\"%0100u\":1,", i);
	n += (size_t)sprintf((char *)block + n, "\"\":1}");
	count_heap();
	CHECK_OK(opens((struct span){ block, n }));
	json_set_alloc_funcs(heap_malloc, heap_free);
	CU_ASSERT_EQUAL(heap.now, 0);
	CU_ASSERT(heap.peak > n && heap.peak < BOUND);
}

static void *failing(void *p, size_t n)
{
	return n > 0 && ++heap.calls == heap.fail_at ? NULL : realloc(p, n);
}

/* jansson calls some of them bad syntax, at the place where it stood. */
static void a_failed_allocation_is_no_bad_syntax(void)
{
	/* the last string is longer than what jansson begins with for one */
	const char *text = "{\"long\":\"0123456789abcdef0123456789abcdef0123456789abcdef\",\"a\":{"
			   "\"b\":[1,2.5,\"x\",null]},\"c\":\"\\u00e4\"}";

	CHECK_OK(opens(span_str(text)));
	heap.calls = heap.fail_at = 0;
	do {
		enum err e;

		heap.calls = 0;
		heap.fail_at++;
		heap_use(failing);
		e = opens(span_str(text));
		heap_use(NULL);
		CHECK_ERR(e, heap.calls < heap.fail_at ? OK : E_MEMORY);
	} while (heap.calls >= heap.fail_at);
	CU_ASSERT(heap.fail_at > 10);
}

/* Good JSON that we refuse on purpose: names that appear twice, NUL in a string. */
static bool refused_on_purpose(const char *name)
{
	static const char *const names[] = {
		"y_object_duplicated_key.json",
		"y_object_duplicated_key_and_value.json",
		"y_object_escaped_null_in_key.json",
		"y_string_null_escape.json",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void json_test_suite(void)
{
	const char *path = test_vectors("JSONTestSuite/test_parsing");
	struct arena a = ARENA_ON(block);
	size_t count, mark, wrong = 0, on_purpose = 0;
	char **names, file[1024];

	if (path == NULL)
		return;
	names = test_directory(&a, path, &count);
	mark = arena_mark(&a);
	for (size_t i = 0; i < count; i++) {
		enum err e;
		bool taken;

		snprintf(file, sizeof file, "%s/%s", path, names[i]);
		e = opens(test_file(&a, file));
		arena_rewind(&a, mark);
		CU_ASSERT(e == OK || e == E_JSON || e == E_TOO_BIG);
		taken = (e == OK);
		if (names[i][0] == 'i' || (taken == (names[i][0] == 'y')))
			continue;
		if (names[i][0] == 'y' && refused_on_purpose(names[i])) {
			on_purpose++;
			continue;
		}
		printf("%s: %s %s\n", names[i], err_name(e), err_reason(e));
		wrong++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(on_purpose, 4);
	CU_ASSERT(count > 300);
}

const struct test_suite suite_codec_json = {
	"codec/json",
	{
		{ "members of an object", members_of_an_object },
		{ "absent and wrong leave the value", absent_and_wrong_leave_the_value },
		{ "what is no object has no members", what_is_no_object_has_no_members },
		{ "members are visited in document order", visits_in_document_order },
		{ "our subset refuses", our_subset_refuses },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "the place is named, without the peer's words",
	          the_place_is_named_without_the_peers_words },
		{ "caps come before the library", caps_come_before_the_library },
		{ "heap is bounded", heap_is_bounded },
		{ "heap of objects is bounded", heap_of_objects_is_bounded },
		{ "big numbers are numbers", big_numbers_are_numbers },
		{ "a failed allocation is no bad syntax", a_failed_allocation_is_no_bad_syntax },
		{ "JSONTestSuite", json_test_suite },
	}
};
