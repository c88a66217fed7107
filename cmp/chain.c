/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the new certificate leads: to an anchor that is held already, or to a
 * root that came in caPubs from who may give one (RFC 9483 4.1, RFC 9480 2.24).
 */
#include "cmp/internal.h"

static enum err find_path(const struct cmp_session *s, const struct cert *cert,
                          const struct anchors *anchors, const struct cmp_pool *pool,
                          struct path *out)
{
	struct path_request r = {
		.target = cert,
		.anchors = anchors,
		.pool = pool->certs,
		.pool_count = pool->n,
		.now = s->client->now(),
		.revocation = REVOCATION_IF_KNOWN,
		.crls = s->client->crls,
		.crl_count = s->client->crl_count,
	};

	return path_check(&r, out);
}

static void take_chain(const struct path *p, struct cmp_issued *out)
{
	out->chain_count = 0;
	for (size_t i = 1; i + 1 < p->n; i++)
		out->chain[out->chain_count++] = p->certs[i];
	out->anchor = p->certs[p->n - 1];
}

static enum err check_root(struct span der)
{
	struct cert c;
	enum err e = cert_read(der, &c);

	if (e == OK && (!c.is_ca || !cert_self_issued(&c)))
		e = E_CERT_CA;
	return e == OK ? cert_signed_by(&c, &c) : e;
}

/*
 * RFC 9483 4.1: a certificate from caPubs "MUST NOT be accepted as a trust
 * anchor if it is the root CA certificate of the certificate used for protecting
 * the message".  So no chain may lift itself up.  A signer that is pinned itself
 * (path of one) needs no root to be believed: it is the voucher that authorizes
 * it to name one, also its own (RFC 9733 5.1).  Nor does who knows our secret.
 */
static enum err check_not_of_signer(const struct cmp_session *s, struct span root,
                                    const struct cmp_pool *pool)
{
	struct anchors only = { .n = 0 };
	struct path p;
	struct cert signer;
	enum err e;

	if (s->signer.n <= 1)
		return OK;
	e = cert_read(s->signer.certs[0], &signer);
	if (e == OK)
		e = anchors_add(&only, ANCHOR_CERT, root);
	if (e != OK)
		return e;
	e = find_path(s, &signer, &only, pool, &p);
	if (err_verdict(e) == HALT)
		return e;
	return e == OK ? E_CMP_SIGNER : OK;
}

/* One of caPubs: a root that this sender may give, and that the certificate leads to. */
static enum err try_ca_pub(const struct cmp_session *s, const struct cert *cert, struct span root,
                           const struct cmp_pool *pool, struct path *out)
{
	struct anchors only = { .n = 0 };
	enum err e = check_root(root);

	if (e == OK)
		e = check_not_of_signer(s, root, pool);
	if (e == OK)
		e = anchors_add(&only, ANCHOR_CERT, root);
	return e == OK ? find_path(s, cert, &only, pool, out) : e;
}

/* "take the self-issued one the new chain ends at"; under a MAC the shared secret vouches
   for it (RFC 9483 4.1.5), and there is no certificate whose status were open. */
static enum err take_ca_pubs(const struct cmp_session *s, const struct cert *cert,
                             const struct cmp_pool *pool, struct cmp_issued *out)
{
	enum err e = s->signer.n == 0 ? OK : cmp_check_signer_status(s);

	if (e != OK)
		return err_within(E_ISSUED_CHAIN, e,
		                  "caPubs does not count while the status of its sender is open");
	for (size_t i = 0; i < s->rep.ca_pubs_count; i++) {
		struct span root = s->rep.ca_pubs[i];
		struct path p;

		e = try_ca_pub(s, cert, root, pool, &p);
		if (err_verdict(e) == HALT)
			return e;
		if (e != OK)
			continue;
		take_chain(&p, out);
		out->ca_pubs[out->ca_pubs_count++] = root;
		return OK;
	}
	return err_because(
		E_ISSUED_CHAIN,
		"none of the %zu certificates in caPubs is a root of it that this sender "
		"may give",
		s->rep.ca_pubs_count);
}

static bool any_ca(const struct anchors *anchors)
{
	struct cert c;

	for (size_t i = 0; i < anchors->n; i++)
		if (anchors->a[i].kind == ANCHOR_CERT && cert_read(anchors->a[i].der, &c) == OK &&
		    c.is_ca)
			return true;
	return false;
}

enum err cmp_issued_chain(struct cmp_session *s, const struct cert *cert,
                          const struct cmp_pool *pool, struct cmp_issued *out)
{
	const struct anchors *anchors = trusted_anchors(s->client->trusted);
	struct path p;
	enum err e = find_path(s, cert, anchors, pool, &p);

	if (e == OK) {
		take_chain(&p, out);
		return OK;
	}
	if (err_verdict(e) == HALT)
		return e;
	if (s->rep.ca_pubs_count > 0 && s->op->takes_ca_pubs)
		return take_ca_pubs(s, cert, pool, out);
	if (!any_ca(anchors))
		return err_because(E_ISSUED_CHAIN,
		                   "no CA is trusted yet, and the answer has no caPubs "
		                   "(RFC 9733 5.1): configure a CA to trust, or have the "
		                   "CA send its root in caPubs");
	return err_within(E_ISSUED_CHAIN, e, "no certification path to a trust anchor");
}
