/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changes about a certificate in use without a new one: newer roots beside the
 * old, a newer CRL, or that it is revoked.  Each makes a whole new generation.
 */
#include <stdio.h>

#include "agent/flow.h"
#include "agent/progress.h"
#include "platform/pki/crl.h"

static enum err carry_all(struct onboard *o, const struct octets *crl)
{
	static const char *const names[] = { "cert.pem",    "chain.pem", "fullchain.pem",
		                             "roots.pem",   "pin.pem",   "voucher.vcj",
		                             "profile.der", "meta.json", "revoked",
		                             "onramp_state" };
	struct generation *g = &o->attempt.generation;
	enum err e = generation_begin(&o->device->store, g);

	if (e == OK)
		e = generation_carry(g, o->arena, "key.pem", FILE_SECRET);
	for (size_t i = 0; i < sizeof names / sizeof *names && e == OK; i++)
		e = generation_carry(g, o->arena, names[i], FILE_PUBLIC);
	return e == OK ? stage_crl(o, crl) : e;
}

/* A root that has surely ended proves nothing any more (RFC 9483 4.3.2). */
static bool is_over(struct span root)
{
	struct cert c;

	return cert_read(root, &c) == OK && time_over(clock_now(), c.not_after);
}

static bool is_held(const struct news *n, struct span root)
{
	for (size_t i = 0; i < n->root_count; i++)
		if (span_equal(n->roots[i], root))
			return true;
	return false;
}

static enum err add_root(struct news *n, struct span root)
{
	if (n->root_count == ROOTS_MAX)
		return err_because(E_ROOT_UPDATE, "more than %d roots", (int)ROOTS_MAX);
	n->roots[n->root_count++] = root;
	return OK;
}

static enum err ask_root(struct onboard *o, const struct cmp_client *c, struct span old)
{
	struct news *n = &o->attempt.news;
	struct cmp_root_update update;
	struct cert root;
	struct quoted q;
	enum err e = cmp_get_root_update(c, o->arena, old, &update);

	if (e != OK || !update.present || is_held(n, update.new_with_new))
		return e;
	e = add_root(n, update.new_with_new);
	if (e == OK)
		e = cert_read(update.new_with_new, &root);
	if (e == OK)
		log_notice("the owner has a new root, %s, proved by %s",
		           name_text(&q, root.subject),
		           update.by_hash ? "the hash in the old one" : "the old one's signature");
	n->any = true;
	return e;
}

/* A server that has nothing to say about one of them does not hide what it has about
   another. */
static enum err ask_each_root(struct onboard *o)
{
	const struct anchors *held = &o->attempt.owner.roots;
	char room[URL_MAX], why[ERR_REASON_MAX] = "";
	struct cmp_client c = flow_client(o, room, sizeof room);
	enum err first = OK;

	for (size_t i = 0; i < held->n && !clock_stopped(); i++) {
		enum err e = is_over(held->a[i].der) ? OK : ask_root(o, &c, held->a[i].der);

		if (e == OK || first != OK)
			continue;
		first = e;
		snprintf(why, sizeof why, "%s", err_reason(e));
	}
	if (first == OK || !o->attempt.news.any)
		return first == OK ? OK : err_because(first, "%s", why);
	log_notice("of another root the owner's server says: %s", why);
	return OK;
}

/* RFC 9483 4.3.2, for each root that is held; the old ones stay as long as they last. */
enum err ask_roots(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	const struct anchors *held = &t->owner.roots;
	enum err e = OK;

	t->news = (struct news){ .any = false };
	for (size_t i = 0; i < held->n && e == OK; i++)
		if (!is_over(held->a[i].der))
			e = add_root(&t->news, held->a[i].der);
	if (e == OK && t->news.root_count == 0)
		return err_because(E_CERT_TIME, "every root that is held has ended");
	if (e == OK)
		e = ask_each_root(o);
	if (e == OK && !t->news.any)
		progress_detail("nothing newer");
	return e;
}

/* RFC 9483 4.3.4: that of the CA which issued our certificate. */
enum err ask_crl(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = flow_client(o, room, sizeof room);
	struct cmp_crl_param param = {
		.issuer = t->live.leaf.issuer,
		.pool = t->live.chain,
		.pool_count = t->live.count,
	};
	int64_t next;
	enum err e;

	t->news = (struct news){ .any = false };
	e = cert_crl_point(&t->live.leaf, &param.dpn);
	if (e == OK && t->owner.crl.n > 0)
		e = crl_dates(&t->owner.crl, &param.this_update, &next);
	if (e == OK)
		e = flow_spool(o, CRL_KEPT_MAX, &c);
	if (e == OK)
		e = cmp_get_crl(&c, o->arena, &param, &t->news.crl);
	t->news.any = e == OK && t->news.crl.n > 0;
	if (e == OK && !t->news.any)
		progress_detail("nothing newer");
	return e;
}

enum err commit_upkeep(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	enum err e;

	if (!t->news.any)
		return OK;
	e = carry_all(o, t->news.crl.n > 0 ? &t->news.crl : &t->owner.crl);
	if (e == OK && t->news.root_count > 0)
		e = stage_roots(o, t->news.roots, t->news.root_count);
	if (e == OK)
		e = make_live(o->device, o->arena, &t->generation, t->live.leaf.der);
	return e;
}

static enum err write_record(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char line[64];
	enum err e = carry_all(o, &t->owner.crl);

	snprintf(line, sizeof line, "%s\n", crl_reason_name(o->reason));
	if (e == OK)
		e = generation_put(&t->generation, "revoked", FILE_PUBLIC, span_str(line));
	if (e == OK)
		e = stage_view(o, t->live.leaf.der, "revoked");
	if (e != OK)
		return e;
	describe_attempt(o);
	return journal_put(o, &t->pending);
}

/* Nobody can take an rr back: that it went out, and all that its success needs, is on
   the disk before. */
enum err stage_record(struct onboard *o)
{
	enum err e = o->again ? take_up_record(o) : OK;

	return e == OK && o->attempt.generation.store == NULL ? write_record(o) : e;
}

/* Who has asked before takes certRevoked, and that the CA does not believe our
   certificate any more, for the answer that got lost. */
static bool is_done(const struct onboard *o, enum cmp_revocation outcome)
{
	return outcome == CMP_REVOKED || (outcome == CMP_DISTRUSTED && o->again);
}

/* A refusal that may pass, and a server that has no CMP, take no earlier request back. */
static bool is_undecided(const struct onboard *o, enum cmp_revocation outcome, enum err e)
{
	return e == E_CMP_AGAIN || e == E_CMP_NONE ? o->again : outcome == CMP_UNDECIDED;
}

enum err revoke_in_use(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	char room[URL_MAX];
	struct cmp_client c = flow_client(o, room, sizeof room);
	enum cmp_revocation outcome;
	enum err e = cmp_revoke(&c, o->arena, o->reason, &outcome);

	t->undecided = is_undecided(o, outcome, e);
	if (e != OK && is_done(o, outcome)) {
		log_notice("%s: it had been revoked before", err_reason(e));
		e = OK;
	}
	if (e == OK)
		progress_detail("%s", crl_reason_name(o->reason));
	else if (t->undecided)
		log_notice("whether it is revoked is not known: it is to be asked again");
	t->undecided = t->undecided || e == OK;
	o->again = o->again || t->undecided;
	return e;
}

enum err record_revocation(struct onboard *o)
{
	struct attempt *t = &o->attempt;

	return make_live(o->device, o->arena, &t->generation, t->live.leaf.der);
}
