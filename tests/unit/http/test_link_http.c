/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP links against a server that behaves as the path says: tests/unit/http/server.py. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "platform/clock.h"
#include "platform/http/link_http.h"
#include "tests/unit/fake/server.h"
#include "tests/unit/test.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static uint8_t room[HTTP_BODY_MAX + 65536];
static struct arena arena = ARENA_ON(room);

/* The ways a link can go. */
static const struct way {
	const char *scheme;
	const char *const *words;
} ways[] = {
	{ "http", WORDS(NULL) },
	{ "https", WORDS("--tls", "1.2", "--cert", "@p256.pem") },
	{ "https", WORDS("--tls", "1.3", "--cert", "@p256.pem") },
};
enum { WAYS = sizeof ways / sizeof *ways };

static struct link *open_to(const struct server *s, const struct way *w)
{
	char url[64];
	struct link_request r = { .url = url };
	struct link *l;

	snprintf(url, sizeof url, "%s://127.0.0.1:%u", w->scheme, (unsigned)s->port);
	CHECK_OK(link_http_open(&l, &r));
	CU_ASSERT_FATAL(l != NULL);
	return l;
}

static struct exchange about(const char *path)
{
	return (struct exchange){
		.path = path,
		.sends = "application/x-question",
		.accepts = "application/x-answer",
		.body = span_str("question"),
		.total_ms = 3000,
	};
}

static enum err ask(struct link *l, const char *path, struct exchange *x)
{
	*x = about(path);
	arena_reset(&arena);
	return link_exchange(l, x, &arena);
}

/* The server's counters, by their names. */
static unsigned count(struct link *l, const char *name)
{
	struct exchange x;
	char text[1024] = "";
	const char *at;

	CHECK_OK(ask(l, "/state", &x));
	memcpy(text, x.answer.p, x.answer.n < sizeof text ? x.answer.n : sizeof text - 1);
	at = strstr(text, name);
	CU_ASSERT_FATAL(at != NULL);
	return (unsigned)strtoul(at + strlen(name), NULL, 10);
}

/* What comes of a path, and whether the connection outlives it. */
enum fate { KEPT, ENDED };
struct case_ {
	const char *path;
	enum err e;
	unsigned status;
	const char *answer;
	enum fate fate;
};

static const struct case_ good[] = {
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
	{ "/lf", OK, 200, "hello", KEPT },
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
static const struct case_ more[] = {
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

static const struct case_ broken[] = {
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
	{ "/fold", E_HTTP, 0, "", ENDED },
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
	{ "/header-half", E_HTTP, 0, "", ENDED },
	{ "/nothing", E_HTTP, 0, "", ENDED },
	{ "/100-only", E_HTTP, 0, "", ENDED },
	{ "/cut-nothing", E_HTTP, 0, "", ENDED },
	{ "/cut-short", E_HTTP, 0, "", ENDED },
	{ "/reset", E_HTTP, 0, "", ENDED },
};

static const struct case_ endless[] = {
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

static bool is_case(struct link *l, const struct case_ *c)
{
	struct exchange x;
	unsigned before = count(l, "connections "), after;
	enum err e = ask(l, c->path, &x);
	bool ok = CHECK_ERR(e, c->e) && x.status == c->status && span_is(x.answer, c->answer);

	after = count(l, "connections ");
	return ok && after - before == (c->fate == ENDED);
}

static void run_cases(const struct case_ *cases, size_t n)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct server s;
		struct link *l;

		server_start(&s, ways[w].words);
		l = open_to(&s, &ways[w]);
		for (size_t i = 0; i < n; i++) {
			bool ok = is_case(l, &cases[i]);

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

const struct test_suite suite_http_link_http = {
	"http/link_http",
	{
		{ "good answers, and whether the connection is kept", good_answers },
		{ "what follows an answer ends the connection", more_than_an_answer },
		{ "what is no proper answer is refused", no_answers },
		{ "answers without end are cut off", too_much },
	},
};
