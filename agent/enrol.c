/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CMP part of the flow (RFC 9733 5.1, RFC 9483): what is asked, with which key. */
#include <stdio.h>

#include "agent/flow.h"
#include "agent/progress.h"

/* "/.well-known/cmp", or ".../p/PROFILE" when the operator wants it so (RFC 9483 6.1). */
static const char *cmp_path(const struct settings *s, char *room, size_t cap)
{
	if (!s->profile_in_path || s->profile[0] == '\0')
		return s->cmp_path;
	snprintf(room, cap, "%s/p/%s", s->cmp_path, s->profile);
	return room;
}

static struct cmp_client client_of(const struct onboard *o, char *room, size_t cap)
{
	const struct settings *s = &o->device->settings;

	return (struct cmp_client){
		.trusted = o->attempt.trusted,
		.signer = &o->device->idevid,
		.path = cmp_path(s, room, cap),
		.labels = s->cmp_labels,
		.profile = span_str(s->profile),
		.now = clock_now,
		.total_ms = o->deadline == 0 ? 0 : o->deadline - clock_ticks(),
		.watch = &progress_cmp_watch,
	};
}

/* RFC 9733 4.2.4: optional; a registrar without it answers 404. */
enum err fetch_ca_certs(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = client_of(o, room, sizeof room);
	enum err e = cmp_get_ca_certs(&c, o->arena, t->ca_certs, &t->ca_cert_count);

	if (e == E_CMP_NONE) {
		progress_detail("the registrar offers none");
		t->ca_cert_count = 0;
		return OK;
	}
	progress_detail("%zu certificates", t->ca_cert_count);
	return e;
}

enum err fetch_template(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = client_of(o, room, sizeof room);
	enum err e = cmp_get_template(&c, o->arena, &t->template);

	if (e == E_CMP_NONE) {
		t->template = (struct cmp_template){ .present = false };
		e = OK;
	}
	progress_detail(t->template.present ? "the CA has wishes" : "the CA has no wishes");
	return e;
}

static enum key_kind wanted_kind(const struct onboard *o)
{
	const struct cmp_template *t = &o->attempt.template;

	return t->present && t->has_key_kind ? t->key_kind : o->device->settings.key_kind;
}

/* The key is durable before the CA hears of it: a certificate that comes while
   the power goes must not be for a key nobody has. */
static enum err stage_key(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	size_t mark = arena_mark(o->arena);
	struct span pem;
	enum err e = generation_begin(&o->device->store, &t->generation);

	if (e != OK)
		return e;
	e = journal_write(&o->device->store,
	                  &(struct journal){ t->generation.number, span_str("enrolling\n") });
	if (e == OK)
		e = signer_to_pem(t->key, o->arena, &pem);
	if (e == OK)
		e = generation_put(&t->generation, "key.pem", FILE_SECRET, pem);
	arena_rewind(o->arena, mark);
	return e;
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

static enum err make_wishes(struct onboard *o)
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
	enum err e = cmp_apply_template(&t->template, &facts, o->arena, &t->wishes);

	t->wishes.key = t->key;
	t->wishes.confirm = s->confirm;
	return e;
}

static enum err keep_issued(void *context, const struct cmp_issued *issued)
{
	return stage_issued(context, issued);
}

enum err enrol(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = client_of(o, room, sizeof room);
	struct cmp_keep keep = { keep_issued, o };
	struct cert cert;
	struct quoted q;
	enum err e = make_wishes(o);

	if (e == OK)
		e = cmp_enrol(&c, CMP_IR, o->arena, &t->wishes, t->ca_certs, t->ca_cert_count,
		              &keep, &t->issued);
	if (e == OK && (e = cert_read(t->issued.cert, &cert)) == OK)
		progress_detail("%s, %s", name_text(&q, cert.subject),
		                t->issued.confirmed_implicitly ? "confirmed implicitly"
		                                               : "confirmed");
	return e;
}
