/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The duties of an enrolled device. */
#include <stdio.h>

#include "agent/retry.h"
#include "agent/service.h"
#include "platform/base/date.h"
#include "platform/crypto/hash.h"

/* A CA that takes its time must not keep the others from their turn, nor `onramp revoke`
   from the store. */
enum { NEVER = -1, DUTY_TURN_MS = 300 * 1000, DUTY_PAUSE_MS = 60 * 1000 };

/* Seconds until it is due by what is stored; 0: now; NEVER. */
static int64_t renewal_in(const struct device *d, const struct life *l, struct moment now)
{
	int64_t in_s;

	switch (schedule_look(&l->lifetime, &d->settings.life.when, now, &in_s)) {
	case DUE_NOW:
	case DUE_ENDED:
		return 0;
	case DUE_LATER:
		return l->waiting ? 0 : in_s;
	case DUE_UNKNOWN:
	case DUE_NEVER:
		break;
	}
	return l->waiting ? 0 : NEVER;
}

/* Once in the life of the process where no clock tells how old the certificate is: a device
   that is switched off every night would never come to a share of the lifetime. */
static int64_t blind_renewal_in(const struct life *l, const struct agenda *g, struct moment now)
{
	int64_t ms = g->begun + schedule_blind(&l->lifetime) * 1000 - clock_ticks();

	if (now.confidence == TIME_SET || g->renewed || l->lifetime.not_after >= DATE_NEVER)
		return NEVER;
	return ms > 0 ? (ms + 999) / 1000 : 0;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a == NEVER || (b != NEVER && b < a) ? b : a;
}

static int64_t renewal_rest(const struct life *l, struct moment now)
{
	return schedule_rest(&l->lifetime, now);
}

static bool wants_renewal(const struct settings *s)
{
	return s->life.renew;
}

static int64_t roots_in(const struct device *d, const struct life *l, struct moment now)
{
	(void)d, (void)l, (void)now;
	return 0; /* nothing that is stored tells; so at the start, and then by the rest */
}

static int64_t roots_rest(const struct life *l, struct moment now)
{
	(void)l, (void)now;
	return ROOTS_EVERY_S;
}

static bool wants_roots(const struct settings *s)
{
	return s->life.root_updates;
}

static int64_t crl_in(const struct device *d, const struct life *l, struct moment now)
{
	int64_t at = schedule_crl(l->crl_made, l->crl_next, l->lifetime.seed);

	(void)d;
	if (!l->has_crl || l->crl_next == 0 || now.confidence != TIME_SET)
		return 0;
	return at > now.seconds ? at - now.seconds : 0;
}

static int64_t crl_rest(const struct life *l, struct moment now)
{
	return l->crl_next != 0 && now.confidence == TIME_SET ? LIFE_LOOK_S : CRL_EVERY_S;
}

static bool wants_crl(const struct settings *s)
{
	return s->life.crls;
}

/* Only that of the operator whose answer got lost; what has ended cannot be revoked. */
static int64_t revocation_in(const struct device *d, const struct life *l, struct moment now)
{
	(void)d;
	return l->revoking && !time_over(now, l->lifetime.not_after) ? 0 : NEVER;
}

static int64_t revocation_rest(const struct life *l, struct moment now)
{
	(void)l, (void)now;
	return 0;
}

static bool wants_revocation(const struct settings *s)
{
	(void)s;
	return true;
}

static enum err revoke_once_more(struct device *d, struct arena *a,
                                 const struct onboard_limits *limits)
{
	return life_revoke(d, a, limits, REASON_UNSPECIFIED); /* the journal has the reason */
}

static const struct duty {
	const char *name;
	bool (*wanted)(const struct settings *s);
	int64_t (*in)(const struct device *d, const struct life *l, struct moment now);
	int64_t (*rest)(const struct life *l, struct moment now); /* after it was done */
	enum err (*run)(struct device *d, struct arena *a, const struct onboard_limits *limits);
} duties[DUTIES] = {
	{ "renewal", wants_renewal, renewal_in, renewal_rest, life_renew },
	{ "roots", wants_roots, roots_in, roots_rest, life_fetch_roots },
	{ "crl", wants_crl, crl_in, crl_rest, life_fetch_crl },
	{ "revocation", wants_revocation, revocation_in, revocation_rest, revoke_once_more },
};

/* The CA has not decided, and the journal knows how to ask again: no failure. */
static bool is_thinking(const struct life *l, enum err e)
{
	return e == E_CMP_TIMEOUT && l->waiting;
}

int64_t service_pause_ms(enum err e, unsigned failures, uint32_t random)
{
	if (e == E_CONFIG)
		return INT64_C(24) * 3600 * 1000;
	if (e == E_BUSY)
		return (int64_t)LIFE_BUSY_S * 1000;
	return retry_backoff_ms(failures, random);
}

static uint32_t random_number(void)
{
	uint32_t r = 0;

	return rng_bytes((uint8_t *)&r, sizeof r) == OK ? r : 0; /* jitter only */
}

/* A new generation would take the place of the one that an interrupted renewal has
   staged: first that one has to come to its end.  What may be revoked is not looked
   after at all. */
static bool has_to_stand_back(const struct device *d, const struct life *l, const struct duty *duty)
{
	if (l->revoking)
		return duty->run != revoke_once_more;
	return l->waiting && wants_renewal(&d->settings) && duty->run != life_renew;
}

/* Milliseconds until a duty's turn; NEVER. */
static int64_t turn_in(const struct device *d, const struct life *l, const struct agenda *g,
                       size_t i)
{
	int64_t in_s, wait = g->duty[i].not_before - clock_ticks();

	if (l->revoked || !duties[i].wanted(&d->settings) || has_to_stand_back(d, l, &duties[i]))
		return NEVER;
	in_s = duties[i].in(d, l, clock_now());
	if (duties[i].run == life_renew)
		in_s = sooner(in_s, blind_renewal_in(l, g, clock_now()));
	if (in_s == NEVER)
		return NEVER;
	return in_s * 1000 > wait ? in_s * 1000 : wait > 0 ? wait : 0;
}

static void note_result(struct agenda *g, size_t i, const struct life *l, enum err e)
{
	struct duty_report *r = &g->duty[i].report;

	r->name = duties[i].name;
	snprintf(r->last, sizeof r->last, "%s%s%s", err_name(e), e == OK ? "" : ": ",
	         e == OK ? "" : err_reason(e));
	if (is_thinking(l, e))
		log_info("%s: %s", duties[i].name, err_reason(e));
	else if (e != OK)
		log_warning("%s failed: %s", duties[i].name, err_reason(e));
}

/* After a success it rests, after a failure it backs off; a server that does not have it
   at all, or more of it than we take, is asked rarely. */
static int64_t pause_after(const struct duty *duty, const struct life *l, unsigned failures,
                           enum err e)
{
	if (e == OK)
		return duty->rest(l, clock_now()) * 1000;
	if (is_thinking(l, e))
		return DUTY_PAUSE_MS;
	if ((e == E_CMP_NONE || e == E_TOO_BIG) && duty->run != life_renew &&
	    duty->run != revoke_once_more)
		return (int64_t)NEWS_RARELY_S * 1000;
	return retry_backoff_ms(failures, random_number());
}

static enum err do_duty(struct device *d, struct arena *a, struct agenda *g, size_t i,
                        struct life *l)
{
	const struct onboard_limits turn = { 1, DUTY_TURN_MS };
	char why[ERR_REASON_MAX];
	enum err look, e = duties[i].run(d, a, &turn);

	if (clock_stopped())
		return OK;
	snprintf(why, sizeof why, "%s", err_reason(e));
	arena_reset(a);
	look = life_look(d, a, l);
	arena_reset(a);
	g->renewed = g->renewed || (e == OK && duties[i].run == life_renew);
	note_result(g, i, l, e == OK ? OK : err_because(e, "%s", why));
	g->duty[i].failures = e == OK || is_thinking(l, e) ? 0 : g->duty[i].failures + 1;
	g->duty[i].not_before = clock_ticks() + pause_after(&duties[i], l, g->duty[i].failures, e);
	return look;
}

static void tell(const struct agenda *g, const struct life *l)
{
	struct duty_report reports[DUTIES];

	for (size_t i = 0; i < DUTIES; i++)
		reports[i] = g->duty[i].report;
	progress_duties(reports, DUTIES);
	progress_state(l->revoked                                      ? "revoked"
	               : l->revoking                                   ? "revoking"
	               : time_over(clock_now(), l->lifetime.not_after) ? "expired"
	                                                               : "enrolled",
	               OK);
}

enum err service_turn(struct device *d, struct arena *a, struct agenda *g, int64_t *in_ms)
{
	struct life l;
	enum err e = life_look(d, a, &l);

	arena_reset(a);
	if (g->begun == 0)
		g->begun = clock_ticks();
	*in_ms = (int64_t)LIFE_LOOK_S * 1000;
	for (size_t i = 0; i < DUTIES && e == OK && !clock_stopped(); i++)
		if (turn_in(d, &l, g, i) == 0)
			e = do_duty(d, a, g, i, &l);
	for (size_t i = 0; i < DUTIES && e == OK; i++) {
		int64_t in = turn_in(d, &l, g, i);

		g->duty[i].report.name = duties[i].name;
		g->duty[i].report.next_s = in == NEVER ? NEVER : in / 1000;
		if (in != NEVER && in < *in_ms)
			*in_ms = in;
	}
	if (e == OK)
		tell(g, &l);
	return e;
}
