/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device's journal (agent/pending.h) of one attempt, written, read, and its generation dropped. */
#include <stdio.h>

#include "agent/flow.h"

enum err read_pending(const struct device *d, struct arena *a, bool *there, unsigned *generation,
                      struct pending *out)
{
	struct journal j;
	enum err e = journal_read(&d->store, a, there, &j);

	*generation = j.generation;
	return e == OK && *there ? pending_read(a, j.content, out) : e;
}

bool is_revoking(const struct device *d, struct arena *a)
{
	struct pending p;
	unsigned generation;
	bool there;

	return read_pending(d, a, &there, &generation, &p) == OK && there &&
	       p.errand == ERRAND_REVOKE;
}

void discard_staged(struct device *d, unsigned generation)
{
	struct generation g;

	if (generation != 0 && generation != d->store.live &&
	    generation_resume(&d->store, generation, &g) == OK)
		generation_discard(&g);
}

/* One thing at a time: an outstanding voucher-request makes room in the journal. */
void describe_attempt(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct candidate *other = candidates_journalled(o->candidates);

	if (other != NULL)
		other->journalled = false;

	t->pending = (struct pending){
		.errand = o->errand,
		.nonce = t->request.nonce,
		.accepted = t->accepted,
		.reason = o->reason,
	};
	snprintf(t->pending.registrar, URL_MAX, "%s", t->candidate->at.url);
	snprintf(t->pending.origin, URL_MAX, "%s", t->origin);
}

enum err journal_put(struct onboard *o, const struct pending *p)
{
	size_t mark = arena_mark(o->arena);
	unsigned ours = o->attempt.generation.number, before = o->device->store.journalled;
	struct span json;
	enum err e = pending_write(o->arena, p, &json);

	if (e == OK)
		e = journal_write(&o->device->store, &(struct journal){ ours, json });
	arena_rewind(o->arena, mark);
	if (e == OK && before != ours)
		discard_staged(o->device, before);
	return e;
}
