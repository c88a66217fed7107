/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS channels for tests. */
#include <stdio.h>

#include "platform/clock.h"
#include "tests/unit/fake/channel.h"
#include "tests/unit/test.h"

const enum tls_version tls_both[2] = { TLS_1_2, TLS_1_3 };

struct channel_request tls_to(const struct server *s)
{
	return (struct channel_request){ .host = "127.0.0.1", .port = s->port };
}

enum err tls_try(const struct channel_request *r)
{
	struct channel *c;
	enum err e = channel_open(&c, r);

	CU_ASSERT((e == OK) == (c != NULL));
	channel_close(c);
	return e;
}

enum err tls_try_server(const char *const *words, enum tls_version version)
{
	struct server s;
	struct channel_request r;
	enum err e;

	server_start(&s, words);
	r = tls_to(&s);
	r.version = version;
	e = tls_try(&r);
	server_stop(&s);
	return e;
}

/* Sends a request over the open channel; what comes back, as text. */
enum channel_io tls_ask(struct channel *c, const char *path, char *out, size_t cap)
{
	char request[128];
	size_t used = 0, n;
	enum channel_io io;
	int64_t end = clock_ticks() + 5000;

	n = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n\r\n", path);
	io = channel_write(c, (uint8_t *)request, &n);
	do {
		n = cap - 1 - used;
		io = channel_read(c, (uint8_t *)out + used, &n);
		used += n;
		out[used] = '\0';
	} while ((io == CHANNEL_MOVED || io == CHANNEL_WAIT_READ) && clock_ticks() < end &&
	         strstr(out, "out\n") == NULL);
	return io;
}

enum err opinion_say(void *context, struct chain chain)
{
	struct opinion *o = context;

	o->asked++;
	o->certs = chain.n;
	return o->says == OK ? OK : err_because(o->says, "the judge's words");
}
