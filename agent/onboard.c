/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The story of an onboarding, top to bottom: what one can hold, the steps with
 * what each needs and gives, and the driver, which names no step and no error.
 */
#include "agent/flow.h"
#include "agent/progress.h"
#include "agent/retry.h"

/* What we hold.  A step runs only when everything it needs is held. */
enum {
	REGISTRAR = 1 << 0, /* an address to try */
	LINK = 1 << 1,      /* TLS is up; the peer may still be anyone */
	ANSWER = 1 << 2,    /* the peer sent something that may be a voucher */
	VOUCHER = 1 << 3,   /* MASA's signature, our serial number, our nonce */
	TRUST = 1 << 4,     /* the peer of this link is the one the voucher pins */
	CA_CERTS = 1 << 5,  /* CA certificates that may help to build paths */
	TEMPLATE = 1 << 6,  /* what the certificate request shall contain */
	KEY = 1 << 7,       /* operational key, staged, not in use */
	CERT = 1 << 8,      /* it is for KEY, as asked, chains to the domain, is confirmed */
	STORED = 1 << 9,    /* all of it survives power loss and is live */
};

static const struct step {
	struct step_row row;
	enum err (*run)(struct onboard *o);
	enum { MUST_WORK, MAY_FAIL } demand; /* a report: the flow goes on without it */
} flow[] = {
	{ { "find a registrar", 0, REGISTRAR }, find_registrar, MUST_WORK },
	{ { "open provisional TLS", REGISTRAR, LINK }, open_link, MUST_WORK },
	{ { "request a voucher", LINK, ANSWER }, ask_voucher, MUST_WORK },
	{ { "verify the voucher", ANSWER, VOUCHER }, check_voucher, MUST_WORK },
	{ { "hold the peer to its pin", LINK | VOUCHER, TRUST }, pin_link, MUST_WORK },
	{ { "report voucher status", TRUST, 0 }, tell_voucher_status, MAY_FAIL },
	{ { "fetch CA certificates", TRUST, CA_CERTS }, fetch_ca_certs, MUST_WORK },
	{ { "fetch request template", TRUST, TEMPLATE }, fetch_template, MUST_WORK },
	{ { "make the operational key", TEMPLATE, KEY }, make_key, MUST_WORK },
	{ { "enrol", TRUST | CA_CERTS | TEMPLATE | KEY, CERT }, enrol, MUST_WORK },
	{ { "commit to configuration", CERT, STORED }, commit, MUST_WORK },
	{ { "report enrolment", STORED, 0 }, tell_enrolled, MAY_FAIL },
};

enum { STEPS = sizeof flow / sizeof *flow };

const struct step_row *onboard_steps(size_t *count)
{
	static struct step_row rows[STEPS];

	for (size_t i = 0; i < STEPS; i++)
		rows[i] = flow[i].row;
	*count = STEPS;
	return rows;
}

/* Lets go of all the attempt holds; what was staged is discarded. */
static void let_go(struct onboard *o)
{
	struct attempt *t = &o->attempt;

	link_close(t->link);
	signer_close(t->key);
	if (t->generation.store != NULL && !(o->facts & STORED)) {
		generation_discard(&t->generation);
		if (journal_clear(&o->device->store) != OK)
			log_warning("%s", err_reason(E_STORE));
	}
	*t = (struct attempt){ .generation = { .dir = -1 } };
	arena_reset(o->arena);
	o->facts = 0;
	o->at = 0;
	o->tries = 0;
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
		candidate_failed(o->attempt.candidate, clock_ticks(), random);
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

/* The peer is thinking: wait here, or give the turn to others that are due. */
static void wait_turn(struct onboard *o, enum err e)
{
	struct candidate *c = o->attempt.candidate;
	int64_t now = clock_ticks();

	o->last = e;
	if (candidates_others_due(o->candidates, c, c->not_before))
		let_go(o);
	else
		flow_pause(o, c->not_before - now, "the registrar asks us to come back later");
}

static void run_step(struct onboard *o)
{
	const struct step *s = &flow[o->at];
	enum err e;

	progress_step(s->row.name);
	e = (o->facts & s->row.needs) == s->row.needs ? s->run(o) : E_BUG;
	if (o->over)
		return;
	progress_done(e);
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

enum err onboard(struct device *d, struct arena *attempt, const struct onboard_limits *limits)
{
	static struct candidates candidates;
	struct onboard o = {
		.device = d,
		.arena = attempt,
		.candidates = &candidates,
		.attempt = { .generation = { .dir = -1 } },
		.last = E_CONFIG,
	};
	enum err e;

	candidates_from(&candidates, &d->settings, limits->rounds);
	if (limits->patience_ms > 0)
		o.deadline = clock_ticks() + limits->patience_ms;
	progress_state("onboarding", OK);
	while (o.at < STEPS && !o.over)
		run_step(&o);
	e = o.at == STEPS ? OK : o.last;
	let_go(&o);
	return e;
}
