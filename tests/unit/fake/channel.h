/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS channels for tests: opened, asked, judged. */
#ifndef ONRAMP_TESTS_UNIT_FAKE_CHANNEL_H
#define ONRAMP_TESTS_UNIT_FAKE_CHANNEL_H

#include "platform/tls/channel.h"
#include "tests/unit/fake/server.h"

extern const enum tls_version tls_both[2]; /* 1.2, 1.3 */

struct channel_request tls_to(const struct server *s);
enum err tls_try(const struct channel_request *r); /* opens and closes */
enum err tls_try_server(const char *const *words, enum tls_version version);

/* Sends a request over the open channel; what comes back, as text, and how it ended. */
enum channel_io tls_ask(struct channel *c, const char *path, char *out, size_t cap);

/* A judge that says what it is told to, and remembers that it was asked. */
struct opinion {
	enum err says;
	unsigned asked;
	size_t certs;
};

enum err opinion_say(void *context, struct chain chain);

#endif
