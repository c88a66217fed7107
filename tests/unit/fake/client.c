/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client for tests of links: opens, asks, looks at what the server has counted. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/fake/client.h"
#include "tests/unit/test.h"

static uint8_t room[HTTP_BODY_MAX + 65536];
struct arena client_arena = ARENA_ON(room);

const struct way ways[WAYS] = {
	{ "http", WORDS(NULL) },
	{ "https", WORDS("--tls", "1.2", "--cert", "@p256.pem") },
	{ "https", WORDS("--tls", "1.3", "--cert", "@p256.pem") },
};

struct link *client_open(const struct server *s, const struct way *w)
{
	char url[64];
	struct link_request r = { .url = url };
	struct link *l;

	snprintf(url, sizeof url, "%s://127.0.0.1:%u", w->scheme, (unsigned)s->port);
	CHECK_OK(link_http_open(&l, &r));
	CU_ASSERT_FATAL(l != NULL);
	return l;
}

struct exchange client_asks(const char *path)
{
	return (struct exchange){
		.path = path,
		.sends = "application/x-question",
		.accepts = "application/x-answer",
		.body = span_str("question"),
		.total_ms = 10000,
	};
}

enum err client_ask(struct link *l, const char *path, struct exchange *x)
{
	*x = client_asks(path);
	arena_reset(&client_arena);
	return link_exchange(l, x, &client_arena);
}

enum err client_ask_after_close(struct link *l, const char *path, struct exchange *x)
{
	enum err e = client_ask(l, path, x);

	return e == E_HTTP ? client_ask(l, path, x) : e;
}

/* The server's counters, by their names. */
unsigned client_count(struct link *l, const char *name)
{
	struct exchange x;
	char text[1024] = "";
	const char *at;

	CHECK_OK(client_ask_after_close(l, "/state", &x));
	memcpy(text, x.answer.p, x.answer.n < sizeof text ? x.answer.n : sizeof text - 1);
	at = strstr(text, name);
	CU_ASSERT_FATAL(at != NULL);
	return (unsigned)strtoul(at + strlen(name), NULL, 10);
}

bool client_was_told(const struct exchange *x, const char *want)
{
	static char text[4096];
	size_t n = x->answer.n < sizeof text ? x->answer.n : sizeof text - 1;

	memcpy(text, x->answer.p, n);
	text[n] = '\0';
	return strstr(text, want) != NULL;
}
