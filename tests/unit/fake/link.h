/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A link without a network: every exchange is answered by the test, and what was
 * sent is kept.
 */
#ifndef ONRAMP_TESTS_UNIT_FAKE_LINK_H
#define ONRAMP_TESTS_UNIT_FAKE_LINK_H

#include "platform/link.h"

enum { FAKE_EXCHANGES_MAX = 64 };

struct fake_link {
	struct link link; /* first: the ops cast back */

	/* the test's: fills status, media_type and answer; a code other than OK is
	   passed on as the transport's failure */
	enum err (*serve)(void *context, struct exchange *x);
	void *context;
	bool spools;        /* answers go to the exchange's spool, where it has one */
	struct chain chain; /* what the peer showed; empty: plain transport */

	/* the record */
	size_t count;
	struct {
		char path[URL_MAX];
		struct span body;
		int64_t total_ms;
	} sent[FAKE_EXCHANGES_MAX];
	struct arena *arena; /* requests are copied here */
	bool closed;
};

/* Sets ops; arena, serve and context as given, the rest empty. */
void fake_link_open(struct fake_link *l, struct arena *a,
                    enum err (*serve)(void *context, struct exchange *x), void *context);

/* 200 with a body of that media type, or any other status. */
void fake_answer(struct exchange *x, unsigned status, const char *media_type, struct span body);

#endif
