/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client for tests of links. */
#ifndef ONRAMP_TESTS_UNIT_FAKE_CLIENT_H
#define ONRAMP_TESTS_UNIT_FAKE_CLIENT_H

#include "platform/http/link_http.h"
#include "tests/unit/fake/server.h"

/* The ways a link can go: plain, TLS 1.2, TLS 1.3. */
struct way {
	const char *scheme;
	const char *const *words; /* for server_start() */
};
enum { WAYS = 3 };
extern const struct way ways[WAYS];

/* Room for the largest answer; client_ask() begins it anew. */
extern struct arena client_arena;

struct link *client_open(const struct server *s, const struct way *w);
struct exchange client_asks(const char *path);
enum err client_ask(struct link *l, const char *path, struct exchange *x);
/* A server may close just when it is asked, which is for its client to repeat or not. */
enum err client_ask_after_close(struct link *l, const char *path, struct exchange *x);
unsigned client_count(struct link *l, const char *name); /* one of /state */
bool client_was_told(const struct exchange *x, const char *text);

#endif
