/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CRL that somebody brought: whose it is. */
#include <stdio.h>

#include "platform/pki/crl.h"
#include "platform/pki/internal.h"

/*
 * RFC 5280 6.3.3 f: "obtain and validate the complete certification path for the
 * issuer of the CRL".  A certificate with the CA's name that is no CA's is not accepted.
 */
static enum err check_issuer(const struct crl_request *r, const struct crl *l, struct span der)
{
	struct cert c;
	struct path p;
	struct path_request path = {
		.target = &c,
		.anchors = r->anchors,
		.pool = r->pool,
		.pool_count = r->pool_count,
		.now = r->now,
		.key_usage = KU_CRL_SIGN,
		.revocation = REVOCATION_IF_KNOWN,
		.crls = r->crls,
		.crl_count = r->crl_count,
	};
	enum err e = cert_read(der, &c);

	if (e == OK && !c.is_ca)
		e = err_because(E_CERT_CA, "a certificate with its issuer's name is no CA's");
	if (e == OK)
		e = crl_check(l, &c);
	return e == OK ? path_check(&path, &p) : e;
}

struct search {
	const struct crl_request *r;
	const struct crl *l;
	unsigned tried; /* a signature each */
	enum err fault;
	char why[ERR_REASON_MAX];
};

static bool is_issuer(struct search *s, struct span der)
{
	enum err e;

	if (!name_equal(cert_peek_subject(der), s->l->issuer) || s->tried == PATH_STEPS_MAX)
		return false;
	s->tried++;
	e = check_issuer(s->r, s->l, der);
	if (e == OK)
		return true;
	if (err_verdict(s->fault) == HALT)
		return false; /* what failed in ourselves is not hidden by another's fault */
	s->fault = e;
	snprintf(s->why, sizeof s->why, "%s", err_reason(e));
	return false;
}

/* Anchors first: they are the likeliest, and nobody else chose them. */
static enum err find_issuer(const struct crl_request *r, const struct crl *l)
{
	struct search s = { .r = r, .l = l, .fault = E_CERT_CHAIN };
	struct quoted q;

	snprintf(s.why, sizeof s.why, "no certificate of its issuer %s is known",
	         name_text(&q, l->issuer));
	for (size_t i = 0; i < r->anchors->n; i++)
		if (r->anchors->a[i].kind == ANCHOR_CERT && is_issuer(&s, r->anchors->a[i].der))
			return OK;
	for (size_t i = 0; i < r->pool_count; i++)
		if (is_issuer(&s, r->pool[i]))
			return OK;
	return err_because(s.fault, "%s", s.why);
}

enum err crl_verify(const struct crl_request *r, int64_t *this_update)
{
	struct quoted is, asked;
	struct crl l;
	enum err e = crl_read(&r->der, &l);

	*this_update = 0;
	if (e == OK && !name_equal(l.issuer, r->issuer))
		e = err_because(E_CERT_NAMES, "it is the list of %s, asked for was that of %s",
		                name_text(&is, l.issuer), name_text(&asked, r->issuer));
	if (e == OK && l.scope.point.n > 0 && !crl_point_equal(l.scope.point, r->point))
		e = err_because(E_CERT_NAMES, "it is the list of another distribution point");
	if (e == OK)
		e = find_issuer(r, &l);
	if (e == OK)
		e = crl_check_fresh(&l, r->now);
	if (e == OK)
		*this_update = l.this_update;
	return e;
}

enum err crl_dates(const struct octets *der, int64_t *this_update, int64_t *next_update)
{
	struct crl l;
	enum err e = crl_read(der, &l);

	*this_update = e == OK ? l.this_update : 0;
	*next_update = e == OK ? l.next_update : 0;
	return e;
}
