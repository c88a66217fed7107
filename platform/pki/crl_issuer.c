/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who signed a CRL, where it is not the key that signed the certificate: a CA in the
 * middle of a change of keys (RFC 4210 4.4), or one that signs its CRLs with another.
 *
 * RFC 5280 6.3.3 f: "obtain and validate the complete certification path for the issuer
 * of the complete CRL.  The trust anchor for the certification path MUST be the same as
 * the trust anchor used to validate the target certificate."  A root with two keys is one
 * trust anchor here: both of its certificates are trusted, under one name.
 */
#include "platform/pki/internal.h"

struct asking {
	const struct path_request *r;
	const struct crl *l;
	const struct cert *issuer, *anchor; /* of the certificate's path */
	unsigned tried;
};

/* A CA of the issuer's name with another key. */
static bool is_candidate(const struct asking *a, struct span der, struct cert *out)
{
	return name_equal(cert_peek_subject(der), a->issuer->subject) &&
	       cert_read(der, out) == OK && out->is_ca && !span_equal(out->spki, a->issuer->spki);
}

static enum err check_anchor(const struct asking *a, const struct path *p)
{
	struct quoted is, wanted;
	struct cert top;
	enum err e = cert_read(p->certs[p->n - 1], &top);

	if (e != OK || name_equal(top.subject, a->anchor->subject))
		return e;
	return err_because(E_CERT_CHAIN, "the CRL's issuer leads to %s, the certificate to %s",
	                   name_text(&is, top.subject), name_text(&wanted, a->anchor->subject));
}

/* Its own path: no CRL about it is taken from yet another key, so that this ends. */
static enum err check_path(const struct asking *a, const struct cert *c)
{
	struct path p;
	struct path_request r = {
		.target = c,
		.anchors = a->r->anchors,
		.pool = a->r->pool,
		.pool_count = a->r->pool_count,
		.now = a->r->now,
		.key_usage = KU_CRL_SIGN,
		.revocation = REVOCATION_IF_KNOWN,
		.crls = a->r->crls,
		.crl_count = a->r->crl_count,
		.of_crl_issuer = true,
	};
	enum err e = path_check(&r, &p);

	return e == OK ? check_anchor(a, &p) : e;
}

static enum err try_one(struct asking *a, struct span der)
{
	struct cert c;
	enum err e;

	if (a->tried == CRL_ISSUERS_MAX || !is_candidate(a, der, &c))
		return E_CERT_CHAIN;
	a->tried++;
	e = crl_check(a->l, &c);
	return e == OK ? check_path(a, &c) : e;
}

/* What the issuer's own key says of the list, and whether another may be meant. */
static bool may_be_of_another(const struct asking *a, enum err e)
{
	return (e == E_SIGNATURE || e == E_CERT_CA || e == E_ALGORITHM) && a->anchor != NULL &&
	       !a->r->of_crl_issuer && a->l->usable;
}

enum err crl_check_issuer(const struct crl *l, const struct path_request *r,
                          const struct cert *issuer, const struct cert *anchor)
{
	struct asking a = { r, l, issuer, anchor, 0 };
	size_t anchors = r->anchors != NULL ? r->anchors->n : 0;
	enum err own = crl_check(l, issuer);

	for (size_t i = 0; may_be_of_another(&a, own) && i < anchors + r->pool_count; i++) {
		bool pooled = i >= anchors;
		enum err e;

		if (!pooled && r->anchors->a[i].kind != ANCHOR_CERT)
			continue;
		e = try_one(&a, pooled ? r->pool[i - anchors] : r->anchors->a[i].der);
		if (e == OK || err_verdict(e) == HALT)
			return e;
	}
	return a.tried == 0 ? own
	                    : err_because(own, "it is signed by none of the keys that its issuer "
	                                       "is known by");
}
