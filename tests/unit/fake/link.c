/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A link without a network. */
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/fake/link.h"

static struct fake_link *of(const struct link *l)
{
	return (struct fake_link *)(uintptr_t)l;
}

static void record(struct fake_link *f, const struct exchange *x)
{
	if (f->count == FAKE_EXCHANGES_MAX)
		return;
	snprintf(f->sent[f->count].path, URL_MAX, "%s", x->path);
	f->sent[f->count].total_ms = x->total_ms;
	if (arena_copy(f->arena, x->body, &f->sent[f->count].body) == OK)
		f->count++;
}

/* The answer is moved into the caller's arena, as a real link would have it there. */
static enum err exchange(struct link *l, struct exchange *x, struct arena *a)
{
	struct fake_link *f = of(l);
	enum err e;

	if (f->count == FAKE_EXCHANGES_MAX)
		return err_because(E_BUG, "more exchanges than a fake link takes");
	record(f, x);
	x->retry_after = -1;
	x->status = 0;
	x->answer = NO_BYTES;
	x->large = NO_OCTETS;
	e = f->serve(f->context, x);
	if (e != OK || !f->spools || x->spool == NULL)
		return e == OK ? arena_copy(a, x->answer, &x->answer) : e;
	if (pwrite(x->spool->fd, x->answer.p, x->answer.n, 0) != (ssize_t)x->answer.n)
		return err_because(E_STORE, "the test's file");
	x->large = octets_in(x->spool->fd, 0, x->answer.n);
	x->answer = NO_BYTES;
	return OK;
}

static struct chain peer_chain(const struct link *l)
{
	return of(l)->chain;
}

static void set_judge(struct link *l, const struct judge *j)
{
	(void)l;
	(void)j;
}

static void close_link(struct link *l)
{
	of(l)->closed = true;
}

static const struct link_ops ops = { exchange, peer_chain, set_judge, close_link };

void fake_link_open(struct fake_link *l, struct arena *a,
                    enum err (*serve)(void *context, struct exchange *x), void *context)
{
	*l = (struct fake_link){
		.link = { .ops = &ops, .origin = "http://fake" },
		.serve = serve,
		.context = context,
		.arena = a,
	};
}

void fake_answer(struct exchange *x, unsigned status, const char *media_type, struct span body)
{
	x->status = status;
	snprintf(x->media_type, sizeof x->media_type, "%s", media_type);
	x->answer = body;
}
