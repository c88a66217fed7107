/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verifying a CMS SignedData that cms_read() took apart (RFC 5652 5.4, 5.6). */
#include "platform/pki/cms.h"

/* One SignerInfo, and what it is held against. */
struct signing {
	const struct cms *message;
	const struct cms_rules *rules;
	const struct cms_signer *signer;
	enum hash hash;
	struct sig_alg alg;
	struct span signed_bytes;
};

static enum err check_content_type(const struct cms *m, const struct cms_rules *r)
{
	char dotted[80];

	for (size_t i = 0; i < r->content_type_count; i++)
		if (span_equal(m->content_type, r->content_types[i]))
			return OK;
	return err_because(E_UNEXPECTED, "the content is of type %s, which is not asked for",
	                   der_oid_text(m->content_type, dotted, sizeof dotted));
}

/*
 * RFC 5652 5.3 demands signed attributes unless the content is id-data, and
 * both attributes wherever there are any.  Without the demand, the DER of
 * somebody's attributes could be passed off as signed content.
 */
static enum err check_attributes(const struct signing *x)
{
	const struct cms_signer *s = x->signer;
	char said[80], is[80];

	if (!s->has_signed_attrs) {
		if (x->rules->signed_attrs == CMS_ATTRS_OPTIONAL_FOR_DATA &&
		    span_equal(x->message->content_type, OID_CMS_DATA))
			return OK;
		return err_because(E_UNEXPECTED, "the signature covers no signed attributes");
	}
	if (s->content_type.n == 0 || s->message_digest.n == 0)
		return err_because(E_UNEXPECTED, "signed attributes without %s",
		                   s->content_type.n == 0 ? "contentType" : "messageDigest");
	if (!span_equal(s->content_type, x->message->content_type))
		return err_because(E_UNEXPECTED, "content of type %s was signed as %s",
		                   der_oid_text(x->message->content_type, is, sizeof is),
		                   der_oid_text(s->content_type, said, sizeof said));
	return OK;
}

/* RFC 5652 5.1: a digest missing here MAY be refused; an empty set has made
   verifiers take the message for one without signatures. */
static bool digest_listed(const struct signing *x)
{
	enum err e;
	enum hash h;
	struct der set = der_open(x->message->digest_algs, &e);
	bool found = false;

	while (der_more(&set))
		if (hash_alg_read_cms(der_element(&set), &h) == OK && h == x->hash)
			found = true;
	return found;
}

static enum err read_algorithms(struct signing *x)
{
	enum err e = hash_alg_read_cms(x->signer->digest_alg, &x->hash);

	if (e == OK)
		e = sig_alg_read_cms(x->signer->sig_alg, x->hash, &x->alg);
	if (e != OK)
		return e;
	if (sig_alg_cert_hash(&x->alg) != x->hash)
		return err_because(E_ALGORITHM, "%s over a digest by %s", sig_alg_name(&x->alg),
		                   hash_name(x->hash));
	if (!digest_listed(x))
		return err_because(E_UNEXPECTED, "digestAlgorithms does not list %s",
		                   hash_name(x->hash));
	return OK;
}

/* RFC 5652 5.4: the attributes stand for the content by its digest. */
static enum err check_digest(const struct signing *x)
{
	struct digest is;
	enum err e;

	if (!x->signer->has_signed_attrs)
		return OK;
	e = hash_of(x->hash, x->message->content, &is);
	if (e == OK && !span_equal(digest_span(&is), x->signer->message_digest))
		return err_because(E_SIGNATURE, "the content is not the one that was signed");
	return e;
}

/* Where the signer's certificate may be: inside, with the caller, among anchors. */
static struct span candidate(const struct signing *x, size_t i)
{
	const struct anchors *anchors = x->rules->anchors;

	if (i < x->message->cert_count)
		return x->message->certs[i];
	i -= x->message->cert_count;
	if (i < x->rules->extra_count)
		return x->rules->extra_certs[i];
	i -= x->rules->extra_count;
	return anchors->a[i].kind == ANCHOR_CERT ? anchors->a[i].der : NO_BYTES;
}

static size_t candidates(const struct signing *x)
{
	return x->message->cert_count + x->rules->extra_count + x->rules->anchors->n;
}

/* Octet for octet: the identifier is no part of what is signed, so that a looser
   comparison of names would let it be altered on the way. */
static bool names(const struct cms_signer *s, const struct cert *c)
{
	if (s->skid.n > 0)
		return span_equal(s->skid, c->skid);
	return span_equal(s->serial, c->serial) && span_equal(s->issuer, c->issuer);
}

/*
 * The certificates that the signer identifier names: one, or none.  Only
 * somebody who puts look-alikes beside it makes it more, and few of them are
 * tried, each of which may cost a path search.
 */
static size_t find_certificates(const struct signing *x, struct cert *found)
{
	size_t n = 0;

	for (size_t i = 0; i < candidates(x) && n < CMS_CANDIDATES_MAX; i++) {
		struct span der = candidate(x, i);
		bool again = false;

		for (size_t k = 0; k < n; k++)
			again = again || span_equal(found[k].der, der);
		if (!again && der.n > 0 && cert_read(der, &found[n]) == OK &&
		    names(x->signer, &found[n]))
			n++;
	}
	return n;
}

/*
 * The certificates inside and the caller's help to reach an anchor, unless the
 * signer is one itself.  What is wrong on that way is no fault of the message's
 * own signature, so its codes are told apart.
 */
static enum err check_path(const struct signing *x, const struct cert *c)
{
	const struct cms_rules *r = x->rules;
	struct span pool[2 * POOL_MAX];
	size_t n = x->message->cert_count + r->extra_count;
	struct path path;
	enum err e;

	for (size_t i = 0; i < n; i++)
		pool[i] = candidate(x, i);
	e = path_check(
		&(struct path_request){
			.target = c,
			.anchors = r->anchors,
			.pool = pool,
			.pool_count = n,
			.now = r->now,
			.key_usage = r->key_usage,
			.eku = r->eku,
			.eku_count = r->eku_count,
		},
		&path);
	return err_within(e == E_SIGNATURE || e == E_ALGORITHM ? E_CERT_CHAIN : e, e,
	                  "the signer's certificate");
}

static enum err check_signature(const struct signing *x, const struct cert *c)
{
	struct public_key key;
	enum err e = public_key_read(c->spki, &key);

	if (e == OK)
		e = sig_verify(&key, &x->alg, x->signed_bytes, x->signer->signature);
	return e == OK ? check_path(x, c) : e;
}

static enum err check_certificates(const struct signing *x, struct cert *out)
{
	struct cert found[CMS_CANDIDATES_MAX];
	size_t n = find_certificates(x, found);
	enum err e = E_CERT_CHAIN;

	if (n == 0)
		return err_because(e, "the certificate that the signer is named by is not here");
	for (size_t i = 0; i < n && e != OK; i++) {
		e = check_signature(x, &found[i]);
		if (e == OK)
			*out = found[i];
		else if (err_verdict(e) == HALT)
			break;
	}
	return e;
}

/*
 * What was signed: the attributes as a SET OF, not under the tag [0] that they
 * have in the message (RFC 5652 5.4), or the bare content.
 */
static enum err verify_signer(struct signing *x, struct cert *out)
{
	uint8_t room[CMS_SIGNED_MAX];
	struct derw w = DERW_ON(room);
	enum err e = check_attributes(x);

	if (e == OK)
		e = read_algorithms(x);
	if (e == OK)
		e = check_digest(x);
	if (e != OK)
		return e;
	if (x->signer->has_signed_attrs) {
		derw_put(&w, DER_SET, x->signer->signed_attrs);
		if ((e = derw_end(&w, &x->signed_bytes)) != OK)
			return err_within(E_RANGE, e, "signed attributes");
	} else {
		x->signed_bytes = x->message->content;
	}
	return check_certificates(x, out);
}

enum err cms_verify(const struct cms *m, const struct cms_rules *rules, struct cert *signer)
{
	struct cert certs[CMS_SIGNERS_MAX];
	enum err e = check_content_type(m, rules);

	if (e != OK)
		return e;
	if (rules->extra_count > POOL_MAX)
		return err_because(E_RANGE, "%zu more certificates to look at", rules->extra_count);
	if (m->signer_count == 0)
		return err_because(E_UNEXPECTED, "nobody signed the message");
	for (size_t i = 0; i < m->signer_count && e == OK; i++) {
		struct signing x = { .message = m, .rules = rules, .signer = &m->signers[i] };

		e = verify_signer(&x, &certs[i]);
	}
	if (e == OK && signer != NULL)
		*signer = certs[0];
	return e;
}
