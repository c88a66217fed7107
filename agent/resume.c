/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going on with what an exit, a reboot or a power cut interrupted: same server,
 * same staged key, same CMP transaction.  What was believed before has to be
 * believed anew, from the stored voucher or the owner's roots.
 */
#include <stdio.h>

#include "agent/flow.h"
#include "agent/life.h"
#include "agent/progress.h"

/* Whose word the name there is follows from the configuration, not from the journal. */
static enum err lead_back(struct attempt *t, const struct pending *p)
{
	struct url own;
	enum err e = url_read(t->candidate->at.url, &own);

	if (e == OK)
		e = url_read(p->origin, &t->at);
	t->redirected = e == OK && !url_same_origin(&own, &t->at);
	return e;
}

enum err find_interrupted(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct pending p;
	bool there;
	enum err e = read_pending(o->device, o->arena, &there, &t->staged, &p);

	if (e == OK && (!there || p.confirmed)) {
		o->over = true; /* an earlier round has come to an end with it, one or the other */
		return OK;
	}
	if (e == OK)
		e = find_registrar(o);
	if (e != OK || o->over)
		return e;
	t->pending = p;
	t->request.nonce = p.nonce;
	t->accepted = p.accepted;
	return lead_back(t, &p);
}

/* Damage to what was staged is no reason to halt: it is discarded, and begun anew. */
static enum err unusable(enum err e, const char *what)
{
	char why[ERR_REASON_MAX];

	if (e == OK)
		return OK;
	snprintf(why, sizeof why, "%s", err_reason(e));
	return err_because(E_CMP_GONE, "%s: %s", what, why);
}

/* From here on it is ours: kept when it works out, discarded when it does not. */
static enum err take_up_generation(struct onboard *o)
{
	struct attempt *t = &o->attempt;

	if (t->generation.store != NULL)
		return OK;
	return generation_resume(&o->device->store, t->staged, &t->generation);
}

enum err take_up_voucher(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	enum err e = take_up_generation(o);

	if (e == OK)
		e = generation_get(&t->generation, o->arena, "voucher.vcj", &t->answer);
	return unusable(e, "the stored voucher");
}

static enum err take_up_template(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct span der;
	bool absent;
	enum err e = generation_find(&t->generation, o->arena, "profile.der", &der, &absent);

	t->template = (struct cmp_template){ .present = false };
	return e == OK && !absent ? cmp_template_read(der, &t->template) : e;
}

static enum err take_up_state(struct onboard *o)
{
	struct attempt *t = &o->attempt;

	if ((t->state_room = arena_take(o->arena, CMP_STATE_MAX)) == NULL)
		return err_because(E_SPACE, "no memory for a transaction's state");
	if (t->pending.state.n > 0)
		memcpy(t->state_room, t->pending.state.p, t->pending.state.n);
	t->pending.state.p = t->state_room;
	return OK;
}

enum err take_up_key(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct span file;
	enum err e = take_up_generation(o);

	if (e == OK)
		e = generation_get(&t->generation, o->arena, "key.pem", &file);
	if (e == OK)
		e = signer_from_bytes(&t->key, file);
	if (e == OK)
		e = take_up_template(o);
	e = unusable(e, "the staged key");
	return e == OK ? take_up_state(o) : e;
}

/* The store has kept it as it was found good; it has to be whole. */
static enum err check_staged(const struct generation *g, struct arena *a, struct span *leaf)
{
	struct credential staged = { .key = NULL };
	struct span key, certs, other;
	enum err e = generation_get(g, a, "key.pem", &key);

	if (e == OK)
		e = generation_get(g, a, "fullchain.pem", &certs);
	if (e == OK)
		e = generation_get(g, a, "roots.pem", &other);
	if (e == OK)
		e = generation_get(g, a, "onramp_state", &other);
	if (e == OK)
		e = signer_from_bytes(&staged.key, key);
	if (e == OK)
		e = credential_from(a, staged.key, certs, &staged);
	*leaf = staged.leaf.der;
	signer_close(staged.key);
	return e;
}

enum err take_up_record(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct span leaf, reason;
	struct pending p;
	bool there;
	enum err damage, e = read_pending(o->device, o->arena, &there, &t->staged, &p);

	if (e != OK || !there || p.errand != ERRAND_REVOKE)
		return e;
	damage = generation_resume(&o->device->store, t->staged, &t->generation);
	if (damage == OK)
		damage = check_staged(&t->generation, o->arena, &leaf);
	if (damage == OK)
		damage = generation_get(&t->generation, o->arena, "revoked", &reason);
	if (damage == OK && !span_equal(leaf, t->live.leaf.der))
		damage = err_because(E_STORE, "it is about another certificate");
	if (damage == OK) {
		t->pending = p;
		return OK;
	}
	log_notice("the record that was staged is written anew: %s", err_reason(damage));
	generation_discard(&t->generation);
	t->generation = (struct generation){ .dir = -1 };
	return OK;
}

/* By `onramp revoke`, while a renewal waited: it is not to be renewed. */
static enum err find_revocation(const struct device *d, struct arena *a, bool *revoked)
{
	struct span reason;
	bool absent = true;
	enum err e = d->store.live == 0 ? OK
	                                : store_find(&d->store, a, "revoked", &reason, &absent);

	*revoked = e == OK && !absent;
	return e;
}

/* RFC 9483 4.1.3: what has ended signs no kur, and no pollReq for one either. */
static bool has_ended(const struct device *d, struct arena *a)
{
	struct credential live = { .key = NULL };
	bool ended = device_live_credential(d, a, &live) == OK &&
	             time_over(clock_now(), live.leaf.not_after);

	signer_close(live.key);
	return ended;
}

/* The operator may have changed his mind since. */
static bool is_wanted(struct device *d, struct arena *a, const struct pending *p)
{
	const struct settings *s = &d->settings;
	char server[URL_MAX];

	if ((p->errand == ERRAND_ONBOARD) != (d->store.live == 0))
		return false;
	if (p->errand != ERRAND_ONBOARD)
		return owner_server(d, a, server) == OK && strcmp(server, p->registrar) == 0;
	for (size_t i = 0; i < s->registrar_count; i++)
		if (strcmp(s->registrars[i].url, p->registrar) == 0)
			return true;
	return false;
}

/* Why it is not gone on with; NULL: it is. */
static const char *what_forbids(struct device *d, struct arena *a, const struct pending *p)
{
	if (!is_wanted(d, a, p))
		return "the configuration asks for something else now";
	if (p->errand == ERRAND_RENEW && !p->confirmed && has_ended(d, a))
		return "the certificate that asks for the renewal has ended";
	return NULL;
}

static enum err drop(struct device *d, unsigned generation, const char *why)
{
	log_notice("abandoning the interrupted attempt: %s", why);
	discard_staged(d, generation);
	return journal_clear(&d->store);
}

/* Confirmed, but not yet live when the power went.  Half of it is of no use and is
   dropped; what only cannot be shown now is kept for the next start. */
static enum err adopt_confirmed(struct device *d, struct arena *a, unsigned generation,
                                bool *resumed)
{
	struct generation g;
	struct span leaf;
	enum err damage = generation_resume(&d->store, generation, &g), e;

	if (damage == OK)
		damage = check_staged(&g, a, &leaf);
	e = damage == OK ? make_live(d, a, &g, leaf) : drop(d, generation, err_reason(damage));
	generation_close(&g);
	*resumed = damage == OK && e == OK;
	return e;
}

static enum err go_on(struct device *d, struct arena *a, const struct onboard_limits *limits,
                      const struct pending *p)
{
	const struct registrar_setting at = { "", p->registrar };
	struct onboard o;
	enum err e = p->errand == ERRAND_REENROL ? device_load_identity(d) : OK;

	if (e != OK)
		return e;
	log_notice("going on with what was interrupted at %s", p->origin);
	flow_begin(&o, d, a, limits);
	o.errand = p->errand;
	candidates_only(o.candidates, &at, limits->rounds > 0 ? limits->rounds : RESUME_ROUNDS_MAX);
	return flow_run(&o,
	                p->errand == ERRAND_ONBOARD ? &FLOW_ONBOARD_RESUME : &FLOW_RENEW_RESUME);
}

/* A failure that took the journal with it was final; else it stands, until even the
   service has tried long enough. */
static enum err after_failure(struct device *d, struct arena *a, bool service, enum err e)
{
	char why[ERR_REASON_MAX];
	unsigned generation;
	struct pending p;
	bool there, read;

	snprintf(why, sizeof why, "%s", err_reason(e));
	read = read_pending(d, a, &there, &generation, &p) == OK;
	arena_reset(a);
	if (!read)
		return err_because(e, "%s", why);
	if (there && (clock_stopped() || !service || p.confirmed))
		return err_because(e, "%s", why);
	return there ? drop(d, generation, why) : OK;
}

enum err resume_interrupted(struct device *d, struct arena *a, const struct onboard_limits *limits,
                            bool *resumed)
{
	struct pending p;
	const char *why_not;
	unsigned generation;
	bool there, revoked;
	enum err e = read_pending(d, a, &there, &generation, &p);

	*resumed = false;
	if (e == OK && !there)
		return OK;
	if (e != OK)
		return err_verdict(e) == HALT ? e : drop(d, generation, err_reason(e));
	if (p.request.n > 0 && d->store.live == 0)
		return OK; /* take_up_request() */
	if ((e = find_revocation(d, a, &revoked)) != OK)
		return e; /* what cannot be read now is no reason to drop anything */
	why_not = revoked ? "the certificate is revoked" : what_forbids(d, a, &p);
	if (why_not != NULL)
		return drop(d, generation, why_not);
	if (p.confirmed) {
		e = adopt_confirmed(d, a, generation, resumed);
		arena_reset(a);
		return e;
	}
	e = go_on(d, a, limits, &p);
	arena_reset(a);
	*resumed = e == OK;
	if (e == OK || err_verdict(e) == HALT)
		return e;
	return after_failure(d, a, limits->rounds == 0, e);
}

bool resume_leaves_others(const struct device *d, struct arena *a)
{
	const struct settings *s = &d->settings;
	struct pending p;
	unsigned generation;
	bool there, others = false;

	if (read_pending(d, a, &there, &generation, &p) == OK && there)
		for (size_t i = 0; i < s->registrar_count; i++)
			others = others || strcmp(s->registrars[i].url, p.registrar) != 0;
	arena_reset(a);
	return others;
}

enum err resume_before_revoking(struct device *d, struct arena *a,
                                const struct onboard_limits *limits, enum crl_reason *reason,
                                bool *again)
{
	struct pending p;
	unsigned generation;
	bool there, resumed;
	enum err e = read_pending(d, a, &there, &generation, &p);

	if (e != OK)
		return err_verdict(e) == HALT ? e : OK; /* not ours any more: it gets replaced */
	if (!there)
		return OK;
	if (p.confirmed)
		return resume_interrupted(d, a, limits, &resumed);
	if (p.errand != ERRAND_REVOKE)
		return OK;
	log_notice("going on with a revocation for %s", crl_reason_name(p.reason));
	*reason = p.reason;
	*again = true;
	return OK;
}
