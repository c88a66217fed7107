/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers, proper and not, as tests/unit/http/server.py gives them. */
#include <stdio.h>

#include <curl/curl.h>

#include "platform/clock.h"
#include "tests/unit/fake/client.h"
#include "tests/unit/test.h"

/* What comes of a path, and whether the connection outlives it. */
enum fate { KEPT, ENDED };
struct outcome {
	const char *path;
	enum err e;
	unsigned status;
	const char *answer;
	enum fate fate;
};

static const struct outcome good[] = {
	{ "/good", OK, 200, "hello", KEPT },
	{ "/empty", OK, 200, "", KEPT },
	{ "/204", OK, 204, "", KEPT },
	{ "/304", OK, 304, "", KEPT },
	{ "/404", OK, 404, "who?", KEPT },
	{ "/500", OK, 500, "", KEPT },
	{ "/no-reason", OK, 200, "hello", KEPT },
	{ "/chunked", OK, 200, "hello", KEPT },
	{ "/chunked-lines", OK, 200, "a\nb\r\n\r\nc\n0\r\n\r\n", KEPT },
	{ "/chunked-extension", OK, 200, "hello", KEPT },
	{ "/chunked-trailer", OK, 200, "hello", KEPT },
	{ "/100", OK, 200, "hello", KEPT },
	{ "/103", OK, 200, "hello", KEPT },
	{ "/http10-keep", OK, 200, "hello", KEPT },
	{ "/keep-close", OK, 200, "hello", ENDED },
	{ "/lf", OK, 200, "hello", KEPT },
	{ "/fold", OK, 200, "hello", KEPT },
	{ "/fold-tab", OK, 200, "hello", KEPT },
	{ "/fold-lf", OK, 200, "hello", KEPT },
	{ "/fold-value", OK, 200, "hello", KEPT },
	{ "/fold-last", OK, 200, "", KEPT },
	{ "/fold-interim", OK, 200, "hello", KEPT },
	{ "/fold-close", OK, 200, "hello", ENDED },
	{ "/length-twice", OK, 200, "hello", KEPT },
	{ "/slowly", OK, 200, "hello", KEPT },
	{ "/close", OK, 200, "hello", ENDED },
	{ "/http10", OK, 200, "hello", ENDED },
	{ "/http10-chunked", OK, 200, "hello", ENDED },
	{ "/until-close", OK, 200, "hello", ENDED },
	{ "/silently", OK, 200, "hello", ENDED },
	{ "/cut", OK, 200, "hello", ENDED },
};

/* Whatever is behind an answer is not the answer to what is asked next. */
static const struct outcome more[] = {
	{ "/surplus", OK, 200, "hello", ENDED },
	{ "/second", OK, 200, "hello", ENDED },
	{ "/chunked-surplus", OK, 200, "hello", ENDED },
	{ "/chunked-second", OK, 200, "hello", ENDED },
	{ "/trailer-second", OK, 200, "hello", ENDED },
	{ "/204-surplus", OK, 204, "", ENDED },
	{ "/204-second", OK, 204, "", ENDED },
	{ "/304-body", OK, 304, "", ENDED },
	{ "/empty-second", OK, 200, "", ENDED },
};

static const struct outcome broken[] = {
	{ "/http09", E_HTTP, 0, "", ENDED },
	{ "/garbage", E_HTTP, 0, "", ENDED },
	{ "/newlines", E_HTTP, 0, "", ENDED },
	{ "/http2", E_HTTP, 0, "", ENDED },
	{ "/http12", E_HTTP, 0, "", ENDED },
	{ "/http1", E_HTTP, 0, "", ENDED },
	{ "/status-short", E_HTTP, 0, "", ENDED },
	{ "/status-long", E_HTTP, 0, "", ENDED },
	{ "/status-low", E_HTTP, 0, "", ENDED },
	{ "/status-text", E_HTTP, 0, "", ENDED },
	{ "/101", E_HTTP, 0, "", ENDED },
	{ "/nul", E_HTTP, 0, "", ENDED },
	{ "/nul-late", E_HTTP, 0, "", ENDED },
	{ "/cr", E_HTTP, 0, "", ENDED },
	{ "/cr-location", E_HTTP, 0, "", ENDED },
	{ "/escape", E_HTTP, 0, "", ENDED },
	{ "/fold-first", E_HTTP, 0, "", ENDED },
	{ "/fold-name", E_HTTP, 0, "", ENDED },
	{ "/fold-length", E_HTTP, 0, "", ENDED },
	{ "/fold-length-list", E_HTTP, 0, "", ENDED },
	{ "/fold-coding", E_HTTP, 0, "", ENDED },
	{ "/fold-control", E_HTTP, 0, "", ENDED },
	{ "/fold-many", E_TOO_BIG, 0, "", ENDED },
	{ "/blank-colon", E_HTTP, 0, "", ENDED },
	{ "/no-colon", E_HTTP, 0, "", ENDED },
	{ "/no-name", E_HTTP, 0, "", ENDED },
	{ "/both", E_HTTP, 0, "", ENDED },
	{ "/length-differs", E_HTTP, 0, "", ENDED },
	{ "/length-list", E_HTTP, 0, "", ENDED },
	{ "/length-negative", E_HTTP, 0, "", ENDED },
	{ "/length-plus", E_HTTP, 0, "", ENDED },
	{ "/length-hex", E_HTTP, 0, "", ENDED },
	{ "/length-none", E_HTTP, 0, "", ENDED },
	{ "/coding-gzip", E_HTTP, 0, "", ENDED },
	{ "/coding-unknown", E_HTTP, 0, "", ENDED },
	{ "/coding-twice", E_HTTP, 0, "", ENDED },
	{ "/content-gzip", E_HTTP, 0, "", ENDED },
	{ "/chunk-bad", E_HTTP, 0, "", ENDED },
	{ "/chunk-negative", E_HTTP, 0, "", ENDED },
	{ "/chunk-huge", E_HTTP, 0, "", ENDED },
	{ "/chunk-long", E_HTTP, 0, "", ENDED },
	{ "/short", E_HTTP, 0, "", ENDED },
	{ "/chunk-missing", E_HTTP, 0, "", ENDED },
	{ "/chunk-half", E_HTTP, 0, "", ENDED },
	{ "/chunk-over", E_HTTP, 0, "", ENDED },
	{ "/chunk-over-line", E_HTTP, 0, "", ENDED },
	{ "/header-half", E_HTTP, 0, "", ENDED },
	{ "/nothing", E_HTTP, 0, "", ENDED },
	{ "/100-only", E_HTTP, 0, "", ENDED },
	{ "/cut-nothing", E_HTTP, 0, "", ENDED },
	{ "/cut-short", E_HTTP, 0, "", ENDED },
	{ "/reset", E_HTTP, 0, "", ENDED },
};

static const struct outcome endless[] = {
	{ "/length-huge", E_TOO_BIG, 0, "", ENDED },
	{ "/length-overflow", E_TOO_BIG, 0, "", ENDED },
	{ "/fields-many", E_TOO_BIG, 0, "", ENDED },
	{ "/flood-fields", E_TOO_BIG, 0, "", ENDED },
	{ "/flood-line", E_TOO_BIG, 0, "", ENDED },
	{ "/flood-interim", E_TOO_BIG, 0, "", ENDED },
	{ "/flood-chunks", E_TOO_BIG, 0, "", ENDED },
	{ "/flood-extension", E_TOO_BIG, 0, "", ENDED },
	{ "/flood-trailer", E_TOO_BIG, 0, "", ENDED },
	{ "/flood-body", E_TOO_BIG, 0, "", ENDED },
};

/*
 * Later versions of libcurl than Debian 13's join folded lines themselves.  Then they
 * mean the same to it and to us also where they frame the answer; but it is shorter
 * than what came, so that the connection counts as one with something behind it.
 */
static struct outcome as_read_here(const struct outcome *c)
{
	const bool joins = curl_version_info(CURLVERSION_NOW)->version_num > 0x080e01;

	if (!joins || strncmp(c->path, "/fold", 5) != 0)
		return *c;
	if (strcmp(c->path, "/fold-length") == 0)
		return (struct outcome){ c->path, OK, 200, "hello", ENDED };
	if (strcmp(c->path, "/fold-coding") == 0) /* the end of chunks is seen all the same */
		return (struct outcome){ c->path, OK, 200, "hello", KEPT };
	return (struct outcome){ c->path, c->e, c->status, c->answer, ENDED };
}

static bool comes_out(struct link *l, const struct outcome *as_written)
{
	const struct outcome here = as_read_here(as_written), *c = &here;
	struct exchange x;
	unsigned before = client_count(l, "connections "), after;
	enum err e = client_ask(l, c->path, &x);
	bool ok = CHECK_ERR(e, c->e) && x.status == c->status && span_is(x.answer, c->answer);

	after = client_count(l, "connections ");
	return ok && after - before == (c->fate == ENDED);
}

static void run_cases(const struct outcome *cases, size_t n)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct server s;
		struct link *l;

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		for (size_t i = 0; i < n; i++) {
			bool ok = comes_out(l, &cases[i]);

			if (!ok)
				printf("%s %zu %s\n", cases[i].path, w, ways[w].scheme);
			CU_ASSERT(ok);
		}
		link_close(l);
		server_stop(&s);
	}
}

#define CASES(list) run_cases((list), sizeof(list) / sizeof *(list))

static void good_answers(void)
{
	CASES(good);
}

static void more_than_an_answer(void)
{
	CASES(more);
}

static void no_answers(void)
{
	CASES(broken);
}

static void too_much(void)
{
	CASES(endless);
}

/* Who follows a redirect needs its header alone; and the next answer begins on another
   connection, if there is a body that was not read. */
static void redirects(void)
{
	static const struct outcome cases[] = {
		{ "/moved", OK, 307, "", ENDED },
		{ "/moved-empty", OK, 302, "", KEPT },
		{ "/moved-huge", OK, 301, "", ENDED },
		{ "/moved-slow", OK, 307, "", ENDED },
		{ "/moved-nowhere", OK, 308, "hello", KEPT },
		{ "/moved-300", OK, 300, "hello", KEPT },
		{ "/good", OK, 200, "hello", KEPT },
	};

	for (size_t i = 0; i < WAYS * (sizeof cases / sizeof *cases); i++) {
		const struct outcome *c = &cases[i / WAYS];
		struct exchange x = client_asks(c->path);
		struct server s;
		struct link *l;

		server_start(&s, ways[i % WAYS].words);
		l = client_open(&s, &ways[i % WAYS]);
		x.headers_of_redirects = true;
		x.total_ms = 5000;
		arena_reset(&client_arena);
		CHECK_OK(link_exchange(l, &x, &client_arena));
		CU_ASSERT(x.status == c->status && span_is(x.answer, c->answer));
		CU_ASSERT(client_count(l, "connections ") == (c->fate == ENDED ? 2 : 1));
		link_close(l);
		server_stop(&s);
	}
}

/* Each prefix of a good answer, and then an orderly end. */
static void prefixes(void)
{
	static const struct {
		const char *path;
		size_t n;
	} wholes[] = {
		{ "good", 74 }, { "chunked", 67 }, { "100", 119 }, { "chunked-trailer", 82 }
	};

	for (size_t w = 0; w < WAYS; w += 2) {
		struct server s;
		struct link *l;

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
			for (size_t n = 0; n <= wholes[i].n; n++) {
				struct exchange x;
				char path[64];

				snprintf(path, sizeof path, "/prefix/%s/%zu", wholes[i].path, n);
				CHECK_ERR(client_ask_after_close(l, path, &x),
				          n < wholes[i].n ? E_HTTP : OK);
			}
		link_close(l);
		server_stop(&s);
	}
}

/* Without a length, TLS alone can tell an end from a cut (RFC 9112 9.8). */
static void end_by_close(void)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct server s;
		struct link *l;
		struct exchange x;

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		CHECK_OK(client_ask(l, "/until-close", &x));
		CU_ASSERT_STRING_EQUAL(x.media_type, "a/b");
		CHECK_ERR(client_ask(l, "/until-cut", &x), w == 0 ? OK : E_HTTP);
		link_close(l);
		server_stop(&s);
	}
}

static const struct {
	const char *path;
	enum err e;
	unsigned status;
	int64_t retry_after;
	const char *media_type, *location;
} headers[] = {
	{ "/good", OK, 200, -1, "application/cms", "" },
	{ "/type-mixed", OK, 200, -1, "application/voucher-cms+json", "" },
	{ "/type-twice", OK, 200, -1, "a/first", "" },
	{ "/type-none", OK, 200, -1, "", "" },
	{ "/type-long", OK, 200, -1,
	  "a/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "" },
	{ "/found", OK, 302, -1, "", "/elsewhere?x=1" },
	{ "/found-far", E_REDIRECT, 0, -1, "", "" },
	{ "/created-far", OK, 201, -1, "", "" },
	{ "/100", OK, 200, -1, "application/cms", "" },
	{ "/103", OK, 200, -1, "application/cms", "" },
	{ "/chunked-trailer", OK, 200, -1, "", "" },
	{ "/wait", OK, 202, 17, "", "" },
	{ "/wait-fold", OK, 202, 17, "", "" },
	{ "/wait-fold-two", OK, 202, -1, "", "" }, /* "1 7" */
	{ "/found-fold", OK, 302, -1, "", "/elsewhere?x=1" },
	{ "/fold", OK, 200, -1, "application/cms", "" },
	{ "/fold-value", OK, 200, -1, "application/cms", "" },
	{ "/wait-twice", OK, 202, 17, "", "" },
	{ "/wait-negative", OK, 202, -1, "", "" },
	{ "/wait-words", OK, 202, -1, "", "" },
	{ "/wait-long", OK, 202, INT32_MAX, "", "" },
	{ "/wait-date", OK, 202, 30, "", "" },
	{ "/wait-past", OK, 202, -1, "", "" },
};

static void header_fields(void)
{
	struct server s;
	struct link *l;

	clock_pretend((struct moment){ TIME_SET, 1795514400 }); /* 2026-11-24 10:00:00 */
	server_start(&s, ways[0].words);
	l = client_open(&s, &ways[0]);
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		struct exchange x;

		CHECK_ERR(client_ask(l, headers[i].path, &x), headers[i].e);
		CU_ASSERT_EQUAL(x.status, headers[i].status);
		CU_ASSERT_EQUAL(x.retry_after, headers[i].retry_after);
		CU_ASSERT_STRING_EQUAL(x.media_type, headers[i].media_type);
		CU_ASSERT_STRING_EQUAL(x.location, headers[i].location);
	}
	link_close(l);
	server_stop(&s);
}

/* A date says nothing to a clock that is not set. */
static void retry_without_clock(void)
{
	struct server s;
	struct link *l;
	struct exchange x;

	server_start(&s, ways[0].words);
	l = client_open(&s, &ways[0]);
	clock_pretend((struct moment){ TIME_FLOOR, 1795514400 });
	CHECK_OK(client_ask(l, "/wait-date", &x));
	CU_ASSERT_EQUAL(x.retry_after, -1);
	CHECK_OK(client_ask(l, "/wait", &x));
	CU_ASSERT_EQUAL(x.retry_after, 17);
	link_close(l);
	server_stop(&s);
}

const struct test_suite suite_http_answer = {
	"http/answer",
	{
		{ "good answers, and whether the connection is kept", good_answers },
		{ "what follows an answer ends the connection", more_than_an_answer },
		{ "what is no proper answer is refused", no_answers },
		{ "answers without end are cut off", too_much },
		{ "the body of a redirect is not read", redirects },
		{ "every prefix of an answer is refused", prefixes },
		{ "an end without a length has to be an orderly one", end_by_close },
		{ "what the header says", header_fields },
		{ "a date to wait for needs a clock", retry_without_clock },
	},
};
