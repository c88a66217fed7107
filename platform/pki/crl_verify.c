/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CRL that somebody brought: whose it is, and where a certificate says that its own is. */
#include <stdio.h>

#include "platform/pki/crl.h"
#include "platform/pki/internal.h"

/*
 * RFC 5280 6.3.3 f: "obtain and validate the complete certification path for the
 * issuer of the CRL".  Who shares the CA's name without being a CA is not heard.
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
	enum err e = crl_read(r->der, &l);

	*this_update = 0;
	if (e == OK && !name_equal(l.issuer, r->issuer))
		e = err_because(E_CERT_NAMES, "it is the list of %s, asked for was that of %s",
		                name_text(&is, l.issuer), name_text(&asked, r->issuer));
	if (e == OK)
		e = find_issuer(r, &l);
	if (e == OK)
		e = crl_check_fresh(&l, r->now);
	if (e == OK)
		*this_update = l.this_update;
	return e;
}

enum err crl_dates(struct span der, int64_t *this_update, int64_t *next_update)
{
	struct crl l;
	enum err e = crl_read(der, &l);

	*this_update = e == OK ? l.this_update : 0;
	*next_update = e == OK ? l.next_update : 0;
	return e;
}

static const uint8_t ce_crl_distribution_points[] = { 0x55, 0x1d, 31 };

/*
 * DistributionPointName ::= CHOICE {			(RFC 5280 4.2.1.13, IMPLICIT TAGS)
 *	fullName		[0] GeneralNames,
 *	nameRelativeToCRLIssuer	[1] RelativeDistinguishedName }
 *
 * The second says nothing by itself; CAs "SHOULD NOT use" it.
 */
static struct span full_name(struct der *point)
{
	struct der outer = der_enter(point, DER_CONTEXT(0));
	struct span name = der_element(&outer);
	struct der choice = der_within(&outer, name);
	struct der names;

	der_end(&outer);
	if (!der_at(&choice, DER_CONTEXT(0))) {
		der_get(&choice, DER_CONTEXT(1));
		return NO_BYTES;
	}
	names = der_enter(&choice, DER_CONTEXT(0));
	general_names_check(&names);
	return name;
}

/*
 * DistributionPoint ::= SEQUENCE {
 *	distributionPoint	[0] DistributionPointName OPTIONAL,
 *	reasons			[1] ReasonFlags OPTIONAL,
 *	cRLIssuer		[2] GeneralNames OPTIONAL }
 */
static struct span point_next(struct der *list)
{
	struct der point = der_enter(list, DER_SEQUENCE);
	struct span name = NO_BYTES;

	if (der_at(&point, DER_CONTEXT(0)))
		name = full_name(&point);
	if (der_at(&point, DER_CONTEXT_PRIMITIVE(1))) {
		der_flags_of(&point, DER_CONTEXT_PRIMITIVE(1));
		name = NO_BYTES;
	}
	if (der_skip(&point, DER_CONTEXT(2)))
		name = NO_BYTES;
	der_end(&point);
	return name;
}

/* CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint */
enum err cert_crl_point(const struct cert *c, struct span *name)
{
	struct span value = NO_BYTES;
	bool critical;
	enum err e;
	struct der whole, list;

	*name = NO_BYTES;
	if (!cert_extension(c, SPAN(ce_crl_distribution_points), &critical, &value))
		return OK;
	whole = der_open(value, &e);
	list = der_enter(&whole, DER_SEQUENCE);
	do {
		struct span found = point_next(&list);

		if (name->n == 0)
			*name = found;
	} while (der_more(&list));
	der_end(&whole);
	if (e != OK)
		*name = NO_BYTES;
	return err_within(E_CERT_SYNTAX, e, "cRLDistributionPoints");
}
