/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `onramp cmp rr` and get...: revocation and support messages (RFC 9483 4.2, 4.3). */
#include <string.h>

#include "agent/cmp_tool.h"
#include "platform/pki/crl.h"
#include "platform/pki/name.h"

/* ---- rr */

static enum err try_revoke(struct cmp_tool *t, void *context)
{
	const enum crl_reason *reason = context;
	enum cmp_revocation outcome;

	return cmp_revoke(&t->client, t->arena, *reason, &outcome);
}

enum err tool_run_rr(struct cmp_tool *t)
{
	enum crl_reason reason = REASON_UNSPECIFIED;
	enum err e = tool_in_force(t);

	if (e == OK && t->revreason != NULL)
		e = crl_reason_from_name(t->revreason, &reason);
	if (e == OK)
		e = tool_try(t, &(struct tool_attempt){ try_revoke, &reason });
	if (e != OK)
		return e;
	tool_say_name(t, "revoked:", NULL, t->identity.leaf.subject);
	tool_say(t, "reason", "reason_code", crl_reason_name(reason));
	tool_say_cert(t, &t->identity.leaf);
	return OK;
}

/* ---- getcacerts */

struct ca_certs {
	struct cmp_tool *tool;
	struct octets list;
	size_t n, unreadable;
};

static enum err try_ca_certs(struct cmp_tool *t, void *context)
{
	struct ca_certs *c = context;

	return cmp_get_ca_certs(&t->client, t->arena, &c->list);
}

static enum err count_cert(void *context, struct span der)
{
	struct ca_certs *c = context;
	struct cert cert;

	c->n++;
	c->unreadable += der.n > CERT_SIZE_MAX || cert_read(der, &cert) != OK;
	return OK;
}

static enum err say_ca_cert(void *context, struct span der)
{
	struct ca_certs *c = context;
	struct cert cert;

	if (der.n <= CERT_SIZE_MAX && cert_read(der, &cert) == OK)
		tool_say_name(c->tool, cert_self_issued(&cert) ? "root" : "CA", NULL, cert.subject);
	tool_say_entry(c->tool, der);
	tool_say_flush(c->tool);
	return OK;
}

/* One after the other: there may be any number of them. */
static enum err say_ca_certs(struct cmp_tool *t, struct ca_certs *c)
{
	const struct cmp_taker counter = { count_cert, c }, sayer = { say_ca_cert, c };
	enum err e = c->list.n > 0 ? cmp_ca_certs_each(&c->list, &counter) : OK;

	if (e != OK)
		return e;
	tool_say_number(t, "CA certificates:", "count", (int64_t)c->n);
	tool_say_number(t, NULL, "unreadable", (int64_t)c->unreadable);
	if (c->unreadable > 0)
		log_warning("%zu of %zu CA certificates cannot be read here; they are written as "
		            "they came",
		            c->unreadable, c->n);
	tool_say_list_open(t, "certificates");
	if (c->n > 0)
		e = cmp_ca_certs_each(&c->list, &sayer);
	tool_say_list_close(t);
	return e;
}

enum err tool_run_ca_certs(struct cmp_tool *t)
{
	struct ca_certs got = { .tool = t, .list = NO_OCTETS };
	enum err e = tool_spool(t, t->cacertsout);

	if (e == OK)
		e = tool_try(t, &(struct tool_attempt){ try_ca_certs, &got });
	if (e == OK)
		e = say_ca_certs(t, &got);
	if (e == OK && got.n > 0)
		e = tool_write_ca_certs(t, "--cacertsout", t->cacertsout, &got.list);
	return e;
}

/* ---- getcertreqtemplate */

static enum err try_template(struct cmp_tool *t, void *context)
{
	return cmp_get_template(&t->client, t->arena, context);
}

enum err tool_run_template(struct cmp_tool *t)
{
	struct cmp_template got;
	enum err e = tool_try(t, &(struct tool_attempt){ try_template, &got });

	if (e != OK)
		return e;
	tool_say_flag(t, "present", got.present);
	if (!got.present) {
		tool_say(t, "no template:", NULL, "CA provides no request template");
		return OK;
	}
	tool_say_number(t, "template, octets:", NULL, (int64_t)got.bytes.n);
	if (got.subject.n > 0)
		tool_say_name(t, "subject", "subject", got.subject);
	if (got.issuer.n > 0)
		tool_say_name(t, "issuer", "issuer", got.issuer);
	tool_say(t, "key", "key", got.has_key_kind ? key_kind_name(got.key_kind) : "of any kind");
	tool_say_number(t, "extensions", "extensions_octets", (int64_t)got.extensions.n);
	tool_say_bytes(t, "template", got.bytes);
	return tool_write(t, "--template-out", t->template_out, got.bytes, 0644);
}

/* ---- getrootupdate */

struct root_update {
	struct cert old;
	struct cmp_root_update got;
};

static enum err try_root_update(struct cmp_tool *t, void *context)
{
	struct root_update *u = context;

	return cmp_get_root_update(&t->client, t->arena, u->old.der, &u->got);
}

static enum err write_root_update(const struct cmp_tool *t, const struct cmp_root_update *u)
{
	struct span links[2];
	size_t n = 0;
	enum err e = OK;

	if (u->new_with_old.n > 0)
		links[n++] = u->new_with_old;
	if (u->old_with_new.n > 0)
		links[n++] = u->old_with_new;
	if (n > 0)
		e = tool_write_certs(t, "--chainout", t->chainout, links, n);
	return e == OK ? tool_write_certs(t, "--rootout", t->rootout, &u->new_with_new, 1) : e;
}

enum err tool_run_root_update(struct cmp_tool *t)
{
	struct root_update u = { .got = { .present = false } };
	struct cert c;
	enum err e = tool_read_cert(t, "--oldroot", t->oldroot, &u.old);

	if (e == OK)
		e = tool_try(t, &(struct tool_attempt){ try_root_update, &u });
	if (e != OK)
		return e;
	tool_say_flag(t, "present", u.got.present);
	if (!u.got.present) {
		tool_say_name(t, "no root replaces", NULL, u.old.subject);
		return OK;
	}
	e = cert_read(u.got.new_with_new, &c);
	if (e != OK)
		return e;
	tool_say_name(t, "new root", NULL, c.subject);
	tool_say_date(t, "valid until", NULL, c.not_after);
	tool_say(t, "proved by", "proof", u.got.by_hash ? "hashOfRootKey" : "newWithOld");
	tool_say_cert(t, &c);
	return write_root_update(t, &u.got);
}

/* ---- getcrls */

struct crl_query {
	struct cert issuer;
	struct cmp_crl_param param;
	struct octets crl;
};

static enum err try_crl(struct cmp_tool *t, void *context)
{
	struct crl_query *q = context;

	return cmp_get_crl(&t->client, t->arena, &q->param, &q->crl);
}

/* The issuer's certificate need not be an anchor, only lead to one. */
static enum err pool_with(struct cmp_tool *t, struct span issuer, struct cmp_crl_param *w)
{
	struct span *pool = arena_take(t->arena, (t->pool_count + 1) * sizeof *pool);

	if (pool == NULL)
		return err_because(E_SPACE, "no room left for certificates");
	pool[0] = issuer;
	memcpy(pool + 1, t->pool, t->pool_count * sizeof *pool);
	w->pool = pool;
	w->pool_count = t->pool_count + 1;
	return OK;
}

/* RFC 9483 4.3.4: the distribution point if one is known, else the issuer's name. */
static enum err param_crl(struct cmp_tool *t, struct crl_query *q)
{
	int64_t next_update;
	struct octets old;
	enum err e = tool_read_cert(t, "--crl-issuer", t->crl_issuer, &q->issuer);

	if (e == OK)
		e = pool_with(t, q->issuer.der, &q->param);
	q->param.issuer = q->issuer.subject;
	if (e == OK && name_equal(t->identity.leaf.issuer, q->issuer.subject))
		e = cert_crl_point(&t->identity.leaf, &q->param.dpn);
	if (e != OK || t->oldcrl == NULL)
		return e;
	e = tool_open_crl(t, "--oldcrl", t->oldcrl, &old);
	if (e == OK)
		e = err_within(E_CRL, crl_dates(&old, &q->param.this_update, &next_update),
		               "--oldcrl");
	octets_close(&old);
	return e;
}

static enum err say_crl(struct cmp_tool *t, const struct crl_query *q)
{
	int64_t this_update, next_update;
	enum err e = crl_dates(&q->crl, &this_update, &next_update);

	if (e != OK)
		return e;
	tool_say_name(t, "revocation list of", "issuer", q->issuer.subject);
	tool_say_date(t, "of", "this_update", this_update);
	if (next_update != 0)
		tool_say_date(t, "next by", "next_update", next_update);
	tool_say_number(t, NULL, "octets", (int64_t)q->crl.n);
	tool_say_octets(t, "crl", &q->crl);
	return OK;
}

enum err tool_run_crls(struct cmp_tool *t)
{
	struct crl_query q = { .crl = NO_OCTETS };
	enum err e = param_crl(t, &q);

	if (e == OK)
		e = tool_spool(t, t->crlout);
	if (e == OK)
		e = tool_try(t, &(struct tool_attempt){ try_crl, &q });
	if (e != OK)
		return e;
	tool_say_flag(t, "present", q.crl.n > 0);
	if (q.crl.n == 0) {
		tool_say_name(t, "no newer list of", NULL, q.issuer.subject);
		return OK;
	}
	e = say_crl(t, &q);
	return e == OK ? tool_write_crl(t, "--crlout", t->crlout, &q.crl) : e;
}
