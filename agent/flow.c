/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver of every flow: goes down a table of steps, and names neither a step
 * nor an error.
 */
#include <unistd.h>

#include "agent/flow.h"
#include "agent/progress.h"
#include "agent/retry.h"

/* A transaction that the CA is thinking about outlives us, and so does a certificate
   that it takes for ours, or may have revoked; the journal has it. */
static bool outlives_us(const struct onboard *o)
{
	const struct pending *p = &o->attempt.pending;

	return p->registrar[0] != '\0' && (o->interrupted || p->confirmed || o->attempt.undecided);
}

/* The journal goes with the generation that it names, not with another one. */
static void drop_staged(struct onboard *o)
{
	struct store *s = &o->device->store;
	bool ours = s->journalled == o->attempt.generation.number;

	generation_discard(&o->attempt.generation);
	if (ours && journal_clear(s) != OK)
		log_warning("%s", err_reason(E_STORE));
}

/* Lets go of all the attempt holds; what was staged is discarded. */
static void let_go(struct onboard *o)
{
	struct attempt *t = &o->attempt;

	link_close(t->link);
	signer_close(t->key);
	signer_close(t->issued.key);
	signer_close(t->live.key);
	if (t->generation.store != NULL && !(o->facts & STORED) && !outlives_us(o))
		drop_staged(o);
	generation_close(&t->generation);
	octets_close(&t->owner.crl);
	if (t->spool.max > 0)
		close(t->spool.fd);
	*t = (struct attempt){ .generation = { .dir = -1 } };
	arena_reset(o->arena);
	o->facts = 0;
	o->at = 0;
	o->tries = 0;
}

/*
 * Back-off for it; the journal follows what becomes of its voucher-request.  A redirect is
 * good for one turn: whoever said 202 there and was not found again, or was another one,
 * must not keep us from the registrar that is configured, which may redirect us once more.
 */
static void note_failure(struct onboard *o, struct candidate *c, uint32_t random)
{
	enum err kept;

	candidate_failed(c, clock_ticks(), random);
	if (candidate_goes_home(c)) {
		log_notice("the next turn starts at %s again", c->at.url);
		c->journalled_s -= WAITED_EVERY_S; /* the journal shall know it now */
	}
	kept = candidate_is_asked(c) ? outstanding_keep(o, c) : outstanding_forget(o, c);
	if (kept != OK)
		log_warning("%s", err_reason(kept));
}

/* This registrar is no good: say so if it can still hear us, then let go. */
static void start_over(struct onboard *o, enum err e)
{
	uint32_t random = 0;

	o->last = e;
	if (o->facts & ANSWER)
		report_failure(o, e, o->facts & TRUST);
	if (rng_bytes((uint8_t *)&random, sizeof random) != OK)
		random = 0; /* jitter only */
	if (o->attempt.candidate != NULL)
		note_failure(o, o->attempt.candidate, random);
	let_go(o);
}

/* A transient fault: the same step again soon, some times. */
static void try_again(struct onboard *o, enum err e)
{
	o->last = e;
	if (++o->tries == TRIES_MAX)
		start_over(o, e);
	else
		flow_pause(o, retry_backoff_ms(o->tries, 0), "before trying this step again");
}

/* The peer is thinking: wait here, or give the turn to others that are due.  A key
   that is staged already is worth more than they. */
static void wait_turn(struct onboard *o, enum err e)
{
	struct candidate *c = o->attempt.candidate;
	int64_t now = clock_ticks();

	o->last = e;
	if (!(o->facts & KEY) && candidates_others_due(o->candidates, c, c->not_before))
		let_go(o);
	else
		flow_pause(o, c->not_before - now, "the registrar asks us to come back later");
	o->attempt.turn_end = 0; /* who comes back when told so has his whole time again */
}

static void judge(struct onboard *o, const struct step *s, enum err e)
{
	switch (s->demand == MAY_FAIL ? FINE : err_verdict(e)) {
	case FINE:
		o->facts |= s->row.gives;
		o->tries = 0;
		o->at++;
		break;
	case AGAIN:
		try_again(o, e);
		break;
	case WAIT:
		wait_turn(o, e);
		break;
	case NEXT:
		start_over(o, e);
		break;
	case HALT:
		start_over(o, e);
		o->over = true;
		break;
	}
}

static void run_step(struct onboard *o)
{
	const struct step *s = &o->flow->steps[o->at];
	enum err e;

	progress_step(s->row.name);
	e = (o->facts & s->row.needs) == s->row.needs ? s->run(o) : E_BUG;
	if (o->over)
		return;
	progress_done(e);
	o->interrupted = o->interrupted || clock_stopped();
	if (e != OK && o->interrupted) { /* nobody's fault */
		o->last = e;
		o->over = true;
		return;
	}
	judge(o, s, e);
}

void flow_pause(struct onboard *o, int64_t milliseconds, const char *why)
{
	int64_t now = clock_ticks();

	if (milliseconds < 0)
		milliseconds = 0;
	if (o->deadline != 0 && now + milliseconds >= o->deadline) {
		o->over = o->interrupted = true;
		milliseconds = o->deadline > now ? o->deadline - now : 0;
	}
	if (milliseconds > 0)
		progress_wait((milliseconds + 999) / 1000, why);
	if (clock_sleep(milliseconds))
		return;
	o->over = o->interrupted = true;
	if (clock_check() == E_STOPPED)
		o->last = E_STOPPED;
}

void flow_begin(struct onboard *o, struct device *d, struct arena *attempt,
                const struct onboard_limits *limits)
{
	static struct candidates candidates;

	*o = (struct onboard){
		.device = d,
		.arena = attempt,
		.candidates = &candidates,
		.attempt = { .generation = { .dir = -1 } },
		.last = E_CONFIG,
	};
	candidates.n = 0;
	if (limits->patience_ms > 0)
		o->deadline = clock_ticks() + limits->patience_ms;
}

enum err flow_run(struct onboard *o, const struct flow *f)
{
	int64_t before = clock_limit(o->deadline);
	enum err e;

	o->flow = f;
	progress_state(f->state, OK);
	while (o->at < f->count && !o->over)
		run_step(o);
	e = o->at == f->count ? OK : o->last;
	(void)clock_limit(before);
	let_go(o);
	return e;
}
