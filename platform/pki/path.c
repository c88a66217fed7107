/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a path: from the target upwards, depth first, anchors before the
 * pool.  Signatures are checked while climbing; what is left is judged by
 * path_judge() when an anchor is reached, and a path that fails there is only
 * one of several that may be.
 */
#include <stdio.h>

#include "platform/pki/internal.h"

/* How far a failure got: the reason of the farthest is the one that helps.  What failed
   in ourselves says nothing of a certificate, and no other failure hides it. */
enum progress { NOTHING, NAME_FOUND, ANCHOR_REACHED, BROKEN };

struct search {
	const struct path_request *r;
	struct cert certs[PATH_DEPTH_MAX]; /* target first */
	size_t n;
	const struct anchor *anchor; /* of the last certificate, when it is one */
	unsigned steps;

	enum progress progress;
	enum err fault;
	char reason[ERR_REASON_MAX];
};

enum err anchors_add(struct anchors *to, enum anchor_kind kind, struct span der)
{
	if (to->n == ANCHORS_MAX)
		return err_because(E_SPACE, "more than %d trust anchors", ANCHORS_MAX);
	to->a[to->n++] = (struct anchor){ kind, der };
	return OK;
}

static void note(struct search *s, enum progress p, enum err e)
{
	if (err_verdict(e) == HALT)
		p = BROKEN;
	if (p <= s->progress)
		return;
	s->progress = p;
	s->fault = e;
	snprintf(s->reason, sizeof s->reason, "%s", err_reason(e));
}

/*
 * The same entity twice leads nowhere that it did not lead before.  An anchor is not
 * asked: it ends the path, and a root that was renewed with its key (RFC 5280 6.1:
 * self-issued) is signed by the entity that it is itself.
 */
static bool is_on_path(const struct search *s, const struct cert *c)
{
	for (size_t i = 0; i < s->n; i++)
		if (span_equal(s->certs[i].spki, c->spki) &&
		    name_equal(s->certs[i].subject, c->subject))
			return true;
	return false;
}

/* Whether the certificate on top was signed by the candidate, which then is the new top. */
static bool climb(struct search *s, const struct cert *candidate)
{
	const struct cert *top = &s->certs[s->n - 1];
	struct quoted q;
	enum err e;

	if (s->n == PATH_DEPTH_MAX || s->steps == PATH_STEPS_MAX) {
		note(s, NAME_FOUND,
		     err_because(E_CERT_CHAIN, "gave up after %zu certificates and %u signatures",
		                 s->n, s->steps));
		return false;
	}
	s->steps++;
	e = cert_signed_by(top, candidate);
	if (e != OK) {
		note(s, NAME_FOUND, err_within(e, e, name_text(&q, top->subject)));
		return false;
	}
	s->certs[s->n++] = *candidate;
	return true;
}

/* Key identifiers tell which of several to try first, nothing more (RFC 5280 4.2.1.1). */
static bool is_likely(const struct cert *of, const struct cert *issuer)
{
	return of->akid.n == 0 || issuer->skid.n == 0 || span_equal(of->akid, issuer->skid);
}

/* Names first: who has another one costs little. */
static bool is_candidate(struct search *s, struct span der, bool likely, struct cert *out)
{
	const struct cert *top = &s->certs[s->n - 1];
	struct quoted q;
	enum err e;

	if (!name_equal(cert_peek_subject(der), top->issuer))
		return false;
	e = cert_read(der, out);
	if (e != OK)
		note(s, NAME_FOUND, err_within(e, e, name_text(&q, top->issuer)));
	return e == OK && is_likely(top, out) == likely;
}

static enum err judge(struct search *s)
{
	enum err e = path_judge(s->r, s->certs, s->n);

	if (e != OK)
		note(s, ANCHOR_REACHED, e);
	return e;
}

static bool ends_at_anchor(struct search *s, bool likely)
{
	const struct anchors *anchors = s->r->anchors;
	struct cert c;

	for (size_t i = 0; i < anchors->n; i++) {
		if (anchors->a[i].kind != ANCHOR_CERT ||
		    !is_candidate(s, anchors->a[i].der, likely, &c) || !climb(s, &c))
			continue;
		s->anchor = &anchors->a[i];
		if (judge(s) == OK)
			return true;
		s->n--;
	}
	return false;
}

static bool reach_anchor(struct search *s);

static bool goes_through_pool(struct search *s, bool likely)
{
	struct cert c;

	for (size_t i = 0; i < s->r->pool_count; i++) {
		if (!is_candidate(s, s->r->pool[i], likely, &c) || is_on_path(s, &c) ||
		    !climb(s, &c))
			continue;
		if (reach_anchor(s))
			return true;
		s->n--;
	}
	return false;
}

/* Recursion as deep as the path: PATH_DEPTH_MAX. */
static bool reach_anchor(struct search *s)
{
	return ends_at_anchor(s, true) || ends_at_anchor(s, false) || goes_through_pool(s, true) ||
	       goes_through_pool(s, false);
}

static enum err anchor_key_is(const struct anchor *a, struct span spki, bool of_cert_too, bool *yes)
{
	struct digest d;
	struct cert c;
	enum err e;

	*yes = false;
	switch (a->kind) {
	case ANCHOR_KEY:
		*yes = span_equal(a->der, spki);
		break;
	case ANCHOR_KEY_SHA256:
		e = hash_of(HASH_SHA256, spki, &d);
		*yes = e == OK && span_equal(a->der, digest_span(&d));
		return e;
	case ANCHOR_CERT:
		*yes = of_cert_too && cert_read(a->der, &c) == OK && span_equal(c.spki, spki);
		break;
	}
	return OK;
}

/* The anchor that the target is itself: byte for byte, or by its key; or NULL. */
static enum err anchor_of_target(const struct path_request *r, const struct anchor **out)
{
	*out = NULL;
	for (size_t i = 0; i < r->anchors->n; i++) {
		const struct anchor *a = &r->anchors->a[i];
		bool yes = a->kind == ANCHOR_CERT && span_equal(a->der, r->target->der);
		enum err e = yes ? OK : anchor_key_is(a, r->target->spki, r->equality, &yes);

		if (e != OK)
			return e;
		if (!yes)
			continue;
		*out = a;
		return OK;
	}
	return OK;
}

static enum err no_path(struct search *s)
{
	struct quoted subject, issuer;

	if (s->fault != OK)
		return err_because(s->fault, "%s", s->reason);
	return err_because(E_CERT_CHAIN, "%s: issuer %s not found (%zu trust anchors tried)",
	                   name_text(&subject, s->r->target->subject),
	                   name_text(&issuer, s->r->target->issuer), s->r->anchors->n);
}

enum err path_check(const struct path_request *r, struct path *out)
{
	struct search s = { .r = r, .certs = { *r->target }, .n = 1 };
	enum err e;

	*out = (struct path){ .n = 0 };
	e = anchor_of_target(r, &s.anchor);
	if (e != OK)
		return e;
	if (s.anchor != NULL)
		e = path_judge(r, s.certs, s.n);
	else
		e = reach_anchor(&s) ? OK : no_path(&s);
	if (e != OK)
		return e;
	for (; out->n < s.n; out->n++)
		out->certs[out->n] = s.certs[out->n].der;
	out->anchor = s.anchor;
	return OK;
}
