/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The voucher-request that a registrar has answered by 202: RFC 8995 5.6 wants the
 * same one again, for up to four days.  It outlives whatever is on the way there and
 * every exit, by the journal; its end is another answer, another peer, or those days'.
 */
#include <stdio.h>

#include "agent/flow.h"

static struct pending describe(const struct candidate *c)
{
	struct pending p = {
		.errand = ERRAND_ONBOARD,
		.nonce = c->nonce,
		.request = { c->request, c->request_size },
		.chain = digest_span(&c->chain),
		.waited_s = (clock_ticks() - c->waiting_since) / 1000,
	};

	snprintf(p.registrar, sizeof p.registrar, "%s", c->at.url);
	snprintf(p.path, sizeof p.path, "%s", c->asked_at.path);
	return p;
}

/* One request is journalled, the one that was there first; not every minute, for the flash.
   A transaction that waits, with its key, is worth more. */
static bool is_due(const struct onboard *o, const struct candidate *c, int64_t waited_s)
{
	const struct candidate *kept = candidates_journalled(o->candidates);

	if (o->device->store.journalled != 0)
		return false;
	return kept == NULL || (kept == c && waited_s - c->journalled_s >= WAITED_EVERY_S);
}

enum err outstanding_keep(struct onboard *o, struct candidate *c)
{
	struct pending p = describe(c);
	enum err e;

	if (!is_due(o, c, p.waited_s))
		return OK;
	e = url_origin(&c->asked_at, p.origin, sizeof p.origin);
	if (e == OK)
		e = journal_put(o, &p);
	if (e != OK)
		return e;
	c->journalled = true;
	c->journalled_s = p.waited_s;
	return OK;
}

enum err outstanding_forget(struct onboard *o, struct candidate *c)
{
	bool journalled = c->journalled;

	candidate_answered(c);
	c->journalled = false;
	return journalled ? journal_clear(&o->device->store) : OK;
}

/* Where it was asked.  Whose word the name there is follows from the configuration, not
   from the journal (operator_host()). */
static enum err find_again(struct candidate *c, const struct pending *p)
{
	struct url origin, at;
	enum err e = url_read(p->origin, &origin);

	if (e == OK)
		e = url_resolve(&origin, p->path, &at);
	if (e == OK && !at.tls)
		e = err_because(E_RANGE, "%s is not https", p->origin);
	return e == OK ? candidate_asked_at(c, &at) : e;
}

static void give_back(struct candidate *c, const struct pending *p)
{
	c->waiting = c->journalled = true;
	c->waiting_since = clock_ticks() - p->waited_s * 1000;
	c->journalled_s = p->waited_s;
	c->nonce = p->nonce;
	c->chain.n = p->chain.n;
	memcpy(c->chain.b, p->chain.p, p->chain.n);
	c->request_size = p->request.n;
	memcpy(c->request, p->request.p, p->request.n);
}

/* What waits there was just asked for in vain. */
static void pass_over(struct candidates *cs, const struct pending *p)
{
	for (size_t i = 0; i < cs->n; i++)
		if (strcmp(cs->c[i].at.url, p->registrar) == 0)
			cs->c[i].rounds = cs->rounds_max;
}

enum err take_up_request(struct onboard *o)
{
	struct candidates *cs = o->candidates;
	struct pending p;
	struct candidate *c = NULL;
	unsigned generation;
	bool there;
	enum err e = read_pending(o->device, o->arena, &there, &generation, &p);

	if (e != OK || !there)
		return e;
	if (p.request.n == 0) {
		pass_over(cs, &p);
		arena_reset(o->arena);
		return OK;
	}
	for (size_t i = 0; i < cs->n && c == NULL; i++)
		if (strcmp(cs->c[i].at.url, p.registrar) == 0)
			c = &cs->c[i];
	if (c != NULL && (e = find_again(c, &p)) != OK) {
		log_notice("abandoning the outstanding voucher-request: %s", err_reason(e));
		c = NULL;
	}
	if (c != NULL)
		give_back(c, &p);
	arena_reset(o->arena);
	return c != NULL ? OK : journal_clear(&o->device->store);
}
