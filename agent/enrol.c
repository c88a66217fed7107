/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CMP part of the flow (RFC 9733 5.1, RFC 9483): what is asked, with which key. */
#include <stdio.h>
#include <unistd.h>

#include "agent/flow.h"
#include "agent/progress.h"
#include "agent/retry.h"
#include "platform/base/log.h"

/* Where CMP is spoken: of the enrolment, or what differs from it in later life. */
struct place {
	const char *path, *profile;
	enum cmp_labels labels;
};

static struct place place_of(const struct onboard *o)
{
	const struct settings *s = &o->device->settings;
	const struct life_settings *l = &s->life;
	struct place p = { s->cmp_path, s->profile, s->cmp_labels };

	if (o->errand == ERRAND_ONBOARD)
		return p;
	p.path = l->path != NULL ? l->path : p.path;
	p.profile = l->profile != NULL ? l->profile : p.profile;
	p.labels = l->has_labels ? l->labels : p.labels;
	return p;
}

const char *profile_asked(const struct onboard *o)
{
	return place_of(o).profile;
}

/* "/.well-known/cmp", or ".../p/PROFILE" when the operator wants it so (RFC 9483 6.1). */
static const char *cmp_path(const struct settings *s, const struct place *p, char *room, size_t cap)
{
	if (!s->profile_in_path || p->profile[0] == '\0')
		return p->path;
	snprintf(room, cap, "%s/p/%s", p->path, p->profile);
	return room;
}

/* Of the patience; what is over is not without end. */
static int64_t time_left(const struct onboard *o)
{
	int64_t left = o->deadline - clock_ticks();

	if (o->deadline == 0)
		return 0;
	return left > 1 ? left : 1;
}

struct cmp_client flow_client(const struct onboard *o, char *room, size_t cap)
{
	const struct attempt *t = &o->attempt;
	struct place p = place_of(o);

	return (struct cmp_client){
		.trusted = t->trusted,
		.signer = flow_identity(o),
		.path = cmp_path(&o->device->settings, &p, room, cap),
		.labels = p.labels,
		.profile = span_str(p.profile),
		.now = clock_now,
		.total_ms = time_left(o),
		.watch = &progress_cmp_watch,
		.crls = &t->owner.crl,
		.crl_count = t->owner.crl.n > 0,
		.pool = t->ca_certs,
		.pool_count = t->ca_cert_count,
	};
}

enum err flow_spool(struct onboard *o, size_t max, struct cmp_client *c)
{
	struct attempt *t = &o->attempt;
	size_t room;
	int fd;
	enum err e;

	if (t->spool.max > 0)
		close(t->spool.fd);
	t->spool.max = 0;
	e = store_spool(&o->device->store, &fd, &room);
	if (e != OK)
		return e;
	t->spool = (struct spool){ fd, room < max ? room : max, HTTP_LARGE_MS };
	if (t->spool.max > 0)
		c->spool = &t->spool;
	else
		close(fd);
	return OK;
}

/* RFC 9733 4.3: a registrar that does not offer an operation answers 404; but a CA behind
   it says so by an error message, which the registrar hands on. */
static bool is_not_offered(enum err e)
{
	if (e == E_CMP_ERROR)
		log_notice("taken as not offered: %s", err_reason(e));
	return e == E_CMP_NONE || e == E_CMP_ERROR;
}

/* RFC 9733 4.2.4: optional.  What they would have helped with is missed where it is needed. */
enum err fetch_ca_certs(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = flow_client(o, room, sizeof room);
	struct octets list = NO_OCTETS;
	enum err e = flow_spool(o, CA_CERTS_SIZE_MAX, &c);

	if (e == OK)
		e = cmp_get_ca_certs(&c, o->arena, &list);
	if (e == OK)
		e = cmp_ca_certs_hold(&list, o->arena, t->ca_certs, CA_CERTS_MAX,
		                      &t->ca_cert_count);

	if (is_not_offered(e)) {
		progress_detail("the registrar offers none");
		t->ca_cert_count = 0;
		return OK;
	}
	progress_detail("%zu certificates", t->ca_cert_count);
	return e;
}

/* RFC 9733 4.2.4: optional.  Where the operator names a profile, its template is not given
   up for an error that anybody between registrar and CA may have said. */
static bool does_without_template(const struct onboard *o, enum err e)
{
	if (e == E_CMP_ERROR && place_of(o).profile[0] != '\0' && !o->attempt.template.refused)
		return false;
	return is_not_offered(e);
}

enum err fetch_template(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = flow_client(o, room, sizeof room);
	enum err e = cmp_get_template(&c, o->arena, &t->template);

	if (does_without_template(o, e)) {
		t->template = (struct cmp_template){ .present = false };
		e = OK;
	}
	progress_detail(t->template.present ? "CA provides a request template"
	                                    : "CA provides no request template");
	return e;
}

static enum key_kind wanted_kind(const struct onboard *o)
{
	const struct cmp_template *t = &o->attempt.template;

	return t->present && t->has_key_kind ? t->key_kind : o->device->settings.key_kind;
}

static enum err put_key(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	size_t mark = arena_mark(o->arena);
	struct span pem;
	enum err e = signer_to_pem(t->key, o->arena, &pem);

	if (e == OK)
		e = generation_put(&t->generation, "key.pem", FILE_SECRET, pem);
	arena_rewind(o->arena, mark);
	return e;
}

/* The key is durable before the CA hears of it: a certificate that comes while
   the power goes must not be for a key nobody has.  It is written last, so that a
   generation with a key has all that is needed to go on. */
static enum err stage_key(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	enum err e = generation_begin(&o->device->store, &t->generation);

	if (e != OK)
		return e;
	if ((t->state_room = arena_take(o->arena, CMP_STATE_MAX)) == NULL)
		return err_because(E_SPACE, "no memory for a transaction's state");
	describe_attempt(o);
	e = journal_put(o, &t->pending);
	if (e == OK)
		e = stage_sources(o);
	return e == OK ? put_key(o) : e;
}

enum err make_key(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	enum key_kind kind = wanted_kind(o);
	enum err e = signer_generate(&t->key, kind);

	if (e == OK)
		e = stage_key(o);
	if (e == OK)
		progress_detail("%s", key_kind_name(kind));
	return e;
}

/* RFC 9483 4.1.3: a kur asks for the names of the certificate it updates, whatever a
   template or the configuration asks for. */
static enum err make_params(struct onboard *o)
{
	const struct settings *s = &o->device->settings;
	struct attempt *t = &o->attempt;
	struct cmp_facts facts = {
		.idevid = &o->device->idevid,
		.subject = s->subject,
		.dns_names = s->dns_names.s,
		.dns_count = s->dns_names.n,
		.ip_addresses = s->ip_addresses.s,
		.ip_count = s->ip_addresses.n,
	};
	enum err e = o->errand == ERRAND_RENEW
	                     ? cmp_update_params(&t->live.leaf, o->arena, &t->params)
	                     : cmp_apply_template(&t->template, &facts, o->arena, &t->params);

	t->params.key = t->key;
	t->params.confirm = s->confirm;
	return e;
}

static enum err save_state(void *context, struct span state)
{
	struct onboard *o = context;
	struct attempt *t = &o->attempt;

	if (state.n > CMP_STATE_MAX)
		return err_because(E_BUG, "a transaction's state of %zu octets", state.n);
	if (state.n > 0)
		memmove(t->state_room, state.p, state.n);
	t->pending.state = (struct span){ t->state_room, state.n };
	return journal_put(o, &o->attempt.pending);
}

/* From here on it is ours, whatever happens: the next start makes it live. */
static enum err note_confirmed(struct onboard *o)
{
	struct pending *p = &o->attempt.pending;

	if (p->confirmed)
		return OK;
	p->confirmed = true;
	return journal_put(o, p);
}

/* What is granted implicitly needs no certConf. */
static enum err keep_issued(void *context, const struct cmp_issued *issued)
{
	struct onboard *o = context;
	enum err e = stage_issued(o, issued);

	return e == OK && issued->confirmed_implicitly ? note_confirmed(o) : e;
}

static enum err ask_certificate(struct onboard *o, const struct cmp_client *c)
{
	struct attempt *t = &o->attempt;
	enum cmp_request kind = o->errand == ERRAND_RENEW ? CMP_KUR : CMP_IR;
	struct cmp_keep keep = { keep_issued, o };
	struct span state;
	enum err e = arena_copy(o->arena, t->pending.state,
	                        &state); /* which save_state() replaces */

	if (e == OK && state.n > 0) {
		e = cmp_resume(c, state, o->arena, &t->params, &keep, &t->issued);
		if (e != E_CMP_GONE)
			return e;
		log_notice("%s; asking anew, with the same key", err_reason(e));
		t->pending.state = NO_BYTES;
		e = journal_put(o, &t->pending);
	}
	return e == OK ? cmp_enrol(c, kind, o->arena, &t->params, &keep, &t->issued) : e;
}

/* Between us and the CA, not in what it said. */
static bool is_of_the_way(enum err e)
{
	return e == E_UNREACHABLE || e == E_TIMEOUT || e == E_TLS || e == E_HTTP;
}

/* The CA has our request and may take days: a cable that is out for an hour must not
   cost a second one, so the step is taken again until the waiting is over. */
static enum err wait_for_the_way(struct onboard *o, enum err e)
{
	struct candidate *c = o->attempt.candidate;
	char why[ERR_REASON_MAX];
	uint32_t random = 0;
	enum err waits;

	snprintf(why, sizeof why, "%s", err_reason(e));
	if (rng_bytes((uint8_t *)&random, sizeof random) != OK)
		random = 0; /* jitter only */
	waits = candidate_waits(c, clock_ticks(), retry_backoff_ms(++c->failures, random));
	return waits == E_WAITING ? err_because(waits, "the CA is out of reach: %s", why) : e;
}

enum err enrol(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = flow_client(o, room, sizeof room);
	struct cmp_journal journal = { save_state, o };
	struct cert cert;
	struct quoted q;
	size_t mark = arena_mark(o->arena);
	enum err e = make_params(o);

	c.journal = &journal;
	if (e == OK)
		e = ask_certificate(o, &c);
	if (e == OK)
		e = note_confirmed(o);
	if (e != OK)
		arena_rewind(o->arena, mark);
	/* the patience ends before the CA's: who comes next goes on */
	o->interrupted = o->interrupted ||
	                 (e == E_CMP_TIMEOUT && o->deadline != 0 && t->pending.state.n > 0);
	if (is_of_the_way(e) && t->pending.state.n > 0 && !clock_stopped())
		return wait_for_the_way(o, e);
	if (e == OK && cmp_issued_changes(&t->issued)[0] != '\0')
		log_notice("the certificate has other names than asked for, by the CA: %s",
		           cmp_issued_changes(&t->issued));
	if (e == OK && (e = cert_read(t->issued.cert, &cert)) == OK)
		progress_detail("%s, %s", name_text(&q, cert.subject),
		                t->issued.confirmed_implicitly ? "confirmed implicitly"
		                                               : "confirmed");
	return e;
}
