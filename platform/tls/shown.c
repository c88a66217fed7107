/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signatures of a chain that was shown, as far as they go (RFC 8995 5.1: validated
 * although no anchor is known).
 *
 * It makes nobody trusted.  What is in another order than a chain, or signed by an
 * algorithm that we do not have, is left to the path that counts later.
 */
#include "platform/pki/name.h"
#include "platform/pki/x509.h"
#include "platform/tls/internal.h"

static bool may_have_issued(const struct cert *by, const struct cert *c)
{
	return name_equal(c->issuer, by->subject) &&
	       (c->akid.n == 0 || by->skid.n == 0 || span_equal(c->akid, by->skid));
}

/* By itself, or by the one that was sent next; E_SIGNATURE alone counts against it, and
   what fails in ourselves is passed on. */
static enum err check_one(const struct cert *c, const struct cert *next)
{
	const struct cert *issuers[] = { c, next };
	enum err e = OK;

	for (size_t i = 0; i < 2; i++) {
		enum err found;

		if (issuers[i] == NULL || !may_have_issued(issuers[i], c))
			continue;
		found = cert_signed_by(c, issuers[i]);
		if (found != E_SIGNATURE)
			return err_verdict(found) == HALT ? found : OK;
		e = found;
	}
	return e;
}

enum err shown_check(struct chain chain)
{
	struct cert certs[2];
	bool there = cert_read(chain.certs[0], &certs[0]) == OK;
	struct quoted q;

	for (size_t i = 0; i < chain.n; i++) {
		struct cert *c = &certs[i % 2], *next = &certs[(i + 1) % 2];
		bool more = i + 1 < chain.n && cert_read(chain.certs[i + 1], next) == OK;
		enum err e = there ? check_one(c, more ? next : NULL) : OK;

		if (e == E_SIGNATURE)
			return err_because(E_TLS, "the signature of the certificate of %s is wrong",
			                   name_text(&q, c->subject));
		if (e != OK)
			return e;
		there = more;
	}
	return OK;
}
