/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A key and a file of certificates, put together. */
#include "platform/pki/credential.h"
#include "platform/codec/pem.h"
#include "platform/pki/name.h"

struct pile {
	struct span certs[POOL_MAX];
	size_t n;
	bool used[POOL_MAX];
};

static void take(struct pile *p, size_t i, struct credential *out)
{
	out->chain[out->count++] = p->certs[i];
	p->used[i] = true;
}

static bool find_leaf(struct pile *p, struct credential *out)
{
	struct span key = signer_spki(out->key);

	for (size_t i = 0; i < p->n; i++) {
		if ((cert_read(p->certs[i], &out->leaf) != OK &&
		     cert_read_own(p->certs[i], &out->leaf) != OK) ||
		    !public_key_equal(out->leaf.spki, key))
			continue;
		take(p, i, out);
		return true;
	}
	return false;
}

static bool same_key(const struct cert *of, const struct cert *issuer)
{
	return of->akid.n == 0 || issuer->skid.n == 0 || span_equal(of->akid, issuer->skid);
}

/*
 * Whoever signed it, not only who has the name: files keep CA certificates of old.  With
 * E_ALGORITHM: by a signature that this build of the library cannot verify, or that nobody
 * here takes (SHA-1).  The chain is only sent: who receives it may well believe it.
 */
static enum err find_issuer(struct pile *p, const struct cert *of, struct cert *issuer,
                            enum err wanted, size_t *found)
{
	*found = p->n;
	for (size_t i = 0; i < p->n; i++) {
		enum err e;

		if (p->used[i] || cert_read(p->certs[i], issuer) != OK ||
		    !name_equal(of->issuer, issuer->subject))
			continue;
		e = cert_signed_by(of, issuer);
		if (err_verdict(e) == HALT)
			return e;
		if (e != wanted || (wanted != OK && !same_key(of, issuer)))
			continue;
		*found = i;
		return OK;
	}
	return OK;
}

/* *found: there was one, and it is the next of the chain. */
static enum err take_issuer(struct pile *p, const struct cert *of, struct cert *issuer,
                            struct credential *out, bool *found)
{
	struct quoted q;
	size_t i;
	enum err e = find_issuer(p, of, issuer, OK, &i);

	*found = false;
	if (e == OK && i == p->n) {
		e = find_issuer(p, of, issuer, E_ALGORITHM, &i);
		if (e == OK && i < p->n)
			log_notice("certificate %zu of the file, %s, is taken for an issuer by its "
			           "name: %s",
			           i + 1, name_text(&q, issuer->subject), err_reason(E_ALGORITHM));
	}
	if (e != OK || i == p->n)
		return e;
	take(p, i, out);
	*found = true;
	return OK;
}

static enum err take_issuers(struct pile *p, struct cert at, struct credential *out)
{
	struct cert issuer;
	bool more = true;
	enum err e = OK;

	while (e == OK && more && out->count < CHAIN_MAX && !cert_self_issued(&at)) {
		e = take_issuer(p, &at, &issuer, out, &more);
		at = issuer;
	}
	return e;
}

static void report_rest(const struct pile *p)
{
	struct quoted q;
	struct cert c;

	for (size_t i = 0; i < p->n; i++) {
		enum err e = p->used[i] ? OK : cert_read(p->certs[i], &c);

		if (e != OK)
			log_warning("certificate %zu of the file is left out: %s", i + 1,
			            err_reason(e));
		else if (!p->used[i])
			log_notice("certificate %zu of the file, %s, is left out: not of the chain",
			           i + 1, name_text(&q, c.subject));
	}
}

enum err credential_from(struct arena *a, struct signer *key, struct span cert_file,
                         struct credential *out)
{
	struct pile p = { .n = 0 };
	enum err e = pem_certificates(a, cert_file, p.certs, POOL_MAX, &p.n);

	*out = (struct credential){ .key = key };
	if (e != OK)
		return err_within(E_IDENTITY, e, "file of certificates");
	if (!find_leaf(&p, out)) {
		report_rest(&p);
		return err_because(E_IDENTITY, "none of the %zu certificates is for the key", p.n);
	}
	e = take_issuers(&p, out->leaf, out);
	if (e != OK)
		return e;
	report_rest(&p);
	return OK;
}

static bool top_of(const struct credential *c, struct cert *out)
{
	return c->count > 0 && cert_read(c->chain[c->count - 1], out) == OK;
}

bool credential_is_complete(const struct credential *c)
{
	struct cert top;

	return !top_of(c, &top) || cert_self_issued(&top);
}

enum err credential_complete(struct credential *c, const struct span *pool, size_t count)
{
	struct pile p = { .n = count < POOL_MAX ? count : POOL_MAX };
	struct cert top;

	memcpy(p.certs, pool, p.n * sizeof *pool);
	return top_of(c, &top) ? take_issuers(&p, top, c) : OK;
}

struct span credential_subject(const struct credential *c)
{
	return c->leaf.subject;
}

struct span credential_kid(const struct credential *c)
{
	return c->leaf.skid;
}
