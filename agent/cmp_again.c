/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An operation until it has an end: new transactions, and those that were left waiting. */
#include <inttypes.h>

#include "agent/cmp_tool.h"
#include "agent/retry.h"
#include "platform/base/log.h"
#include "platform/crypto/hash.h"

/* ---- RFC 9483 3.6.4: again, in a new transaction, after some time */

static int64_t pause_ms(unsigned failures)
{
	uint32_t random = 0;

	/* jitter is a courtesy: without it the pause is its shortest */
	if (rng_bytes((uint8_t *)&random, sizeof random) != OK)
		random = 0;
	return retry_backoff_ms(failures, random);
}

enum err tool_try(struct cmp_tool *t, const struct tool_attempt *a)
{
	size_t mark = arena_mark(t->arena);

	for (unsigned failures = 1;; failures++) {
		int64_t pause = pause_ms(failures), left = t->ends - clock_ticks();
		enum err e;

		if (left <= 0)
			return err_because(E_CMP_TIMEOUT, "the time of --total-timeout is over");
		t->client.total_ms = left;
		e = a->run(t, a->context);
		left = t->ends - clock_ticks();
		if (e != E_CMP_AGAIN || failures > (unsigned long)t->retries || pause >= left)
			return e;
		tool_note(t, "   %s: once more in %" PRId64 " s", err_reason(e),
		          (pause + 999) / 1000);
		if (!clock_sleep(pause))
			return err_within(e, clock_check(), "before trying again");
		arena_rewind(t->arena, mark);
	}
}

/* ---- requests for a certificate, and their journal */

struct request {
	enum cmp_request kind;
	const struct cmp_params *params;
	struct cmp_issued *issued;
};

static enum err begin(struct cmp_tool *t, const struct request *r)
{
	struct cmp_keep keep = { tool_keep, t };

	return cmp_enrol(&t->client, r->kind, t->arena, r->params, &keep, r->issued);
}

static enum err go_on(struct cmp_tool *t, const struct request *r, struct span state)
{
	struct cmp_keep keep = { tool_keep, t };

	tool_note(t, "   going on with the transaction in %s", t->journal_file);
	return cmp_resume(&t->client, state, t->arena, r->params, &keep, r->issued);
}

/* What the CA no longer knows is asked for anew, for the same key. */
static enum err try_request(struct cmp_tool *t, void *context)
{
	const struct request *r = context;
	struct span state;
	enum err e = tool_journal_read(t, &state);

	signer_close(r->issued->key); /* of the attempt before */
	r->issued->key = NULL;
	if (e != OK)
		return e;
	if (state.n > 0) {
		e = go_on(t, r, state);
		if (e != E_CMP_GONE)
			return tool_journal_close(t, e);
		log_notice("%s; asking anew", err_reason(e));
	}
	return tool_journal_close(t, begin(t, r));
}

enum err tool_enrol(struct cmp_tool *t, enum cmp_request kind, const struct cmp_params *w,
                    struct cmp_issued *out)
{
	struct request r = { kind, w, out };
	enum err e = tool_journal_bind(t, w);

	*out = (struct cmp_issued){ .key = NULL };
	if (e != OK)
		return e;
	return tool_try(t, &(struct tool_attempt){ try_request, &r });
}
