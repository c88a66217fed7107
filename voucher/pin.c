/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a link to a trusted one: the only place where a struct trusted is made
 * (RFC 8995 5.6.2; by what that left on an enrolled device; or by anchors that the
 * operator configured).
 */
#include "platform/pki/name.h"
#include "platform/pki/trusted_make.h"
#include "voucher/internal.h"

/*
 * What the peer of a link is held to, now and whenever it comes back.  Lives,
 * with all that it points to, in the arena of whoever asked for it.
 */
struct pin {
	struct trusted trusted; /* first: pin_judge() casts back */
	enum err (*decide)(const struct pin *p, struct chain chain, struct moment now);
	const char *host;          /* the operator's name for the peer; or NULL */
	const struct anchors *tls; /* for the peer alone; NULL: those of trusted */
	bool by_key;               /* the first anchor's very key is enough */
	struct octets crl;         /* or empty */
	struct chain seen;
};

static enum err read_peer(struct chain chain, struct cert *out)
{
	if (chain.n == 0)
		return err_because(E_PIN, "the peer showed no certificate");
	return err_within(E_PIN, cert_read(chain.certs[0], out), "the peer's certificate");
}

static enum err check_dates(const struct cert *c, struct moment now)
{
	struct quoted q;

	if (time_over(now, c->not_after))
		return err_because(E_CERT_TIME, "the certificate of %s has expired",
		                   name_text(&q, c->subject));
	if (time_ahead(now, c->not_before))
		return err_because(E_CERT_TIME, "the certificate of %s is not valid yet",
		                   name_text(&q, c->subject));
	return OK;
}

/* Whatever a pin is, a peer with its very key is the one that is meant. */
static enum err has_pinned_key(const struct anchor *pin, const struct cert *peer, bool *yes)
{
	struct digest digest;
	struct cert cert;
	enum err e = OK;

	*yes = false;
	switch (pin->kind) {
	case ANCHOR_CERT:
		e = cert_read(pin->der, &cert);
		*yes = e == OK && span_equal(cert.spki, peer->spki);
		break;
	case ANCHOR_KEY:
		*yes = span_equal(pin->der, peer->spki);
		break;
	case ANCHOR_KEY_SHA256:
		e = hash_of(HASH_SHA256, peer->spki, &digest);
		*yes = e == OK && span_equal(pin->der, digest_span(&digest));
		break;
	}
	return e;
}

/* RFC 5280 4.2.1.12: whose name it is says nothing of a certificate that is for clients. */
static bool may_serve(const struct cert *c)
{
	return c->eku.n == 0 || cert_has_eku(c, OID_EKU_SERVER_AUTH) ||
	       cert_has_eku(c, OID_EKU_ANY);
}

/*
 * A member of the domain is not yet its registrar: every device with an LDevID
 * leads to the same CA.  RFC 8995 5.6.2 points to RFC 7030 3.6.1: id-kp-cmcRA,
 * or the name (or the address) that was configured.
 */
static enum err check_role(const struct pin *p, const struct cert *peer)
{
	struct quoted q, name;

	if (cert_has_eku(peer, OID_EKU_CMC_RA))
		return OK;
	if (p->host != NULL && cert_matches_host(peer, p->host)) {
		if (may_serve(peer))
			return OK;
		return err_because(E_PIN_ROLE,
		                   "the certificate of %s is for %s, but its extended key usage "
		                   "has neither id-kp-cmcRA nor id-kp-serverAuth",
		                   name_text(&q, peer->subject),
		                   log_quote(&name, span_str(p->host)));
	}
	if (p->host == NULL)
		return err_because(E_PIN_ROLE, "the certificate of %s has no id-kp-cmcRA",
		                   name_text(&q, peer->subject));
	return err_because(E_PIN_ROLE, "the certificate of %s has no id-kp-cmcRA, nor the name %s",
	                   name_text(&q, peer->subject), log_quote(&name, span_str(p->host)));
}

/* RFC 8446 4.4.2.2: a certificate that says what it is for is for signatures. */
static enum err check_path(const struct pin *p, const struct cert *peer, struct chain chain,
                           struct path_request r)
{
	struct path path;

	r.target = peer;
	r.anchors = p->tls != NULL ? p->tls : &p->trusted.anchors;
	r.pool = chain.certs + 1;
	r.pool_count = chain.n - 1;
	r.key_usage = KU_DIGITAL_SIGNATURE;
	r.revocation = REVOCATION_IF_KNOWN;
	r.crls = &p->crl;
	r.crl_count = p->crl.n > 0;
	return path_check(&r, &path);
}

/* A CA is the sole temporary trust anchor; an end entity or a key issues nothing. */
static enum err check_below(const struct pin *p, const struct cert *peer, struct chain chain,
                            struct moment now)
{
	const struct anchor *pin = &p->trusted.anchors.a[0];
	struct quoted q;
	struct cert ca;
	enum err e = OK;

	if (pin->kind == ANCHOR_CERT)
		e = cert_read(pin->der, &ca);
	if (e != OK)
		return e;
	if (pin->kind != ANCHOR_CERT || !ca.is_ca)
		return err_because(E_PIN, "%s does not have the pinned key, and the pin is no CA",
		                   name_text(&q, peer->subject));
	e = check_path(p, peer, chain, (struct path_request){ .now = now });
	if (e != OK)
		return err_within(e == E_CERT_TIME ? e : E_PIN, e, "from peer to pin");
	return check_role(p, peer);
}

/* RFC 8995 5.6.2. */
static enum err decide_by_voucher(const struct pin *p, struct chain chain, struct moment now)
{
	struct cert peer;
	bool pinned;
	enum err e = read_peer(chain, &peer);

	if (e == OK)
		e = has_pinned_key(&p->trusted.anchors.a[0], &peer, &pinned);
	if (e != OK)
		return e;
	return pinned ? check_dates(&peer, now) : check_below(p, &peer, chain, now);
}

/* The owner's domain is known by its roots now; a server of his is known by its role,
   as in RFC 8995 5.6.2, or is still the pinned one. */
static enum err decide_by_owner(const struct pin *p, struct chain chain, struct moment now)
{
	struct cert peer;
	bool pinned = false;
	enum err e = read_peer(chain, &peer);

	if (e == OK && p->by_key)
		e = has_pinned_key(&p->trusted.anchors.a[0], &peer, &pinned);
	if (e != OK)
		return e;
	if (pinned)
		return check_dates(&peer, now);
	e = check_path(p, &peer, chain, (struct path_request){ .now = now });
	if (e != OK)
		return err_within(e == E_CERT_TIME ? e : E_PIN, e, "from peer to owner");
	return check_role(p, &peer);
}

/* RFC 9483 6.1 leaves the server's certificate to RFC 9110 4.3.4: path and name. */
static enum err decide_by_anchors(const struct pin *p, struct chain chain, struct moment now)
{
	const struct span eku[] = { OID_EKU_SERVER_AUTH, OID_EKU_CMC_RA };
	struct quoted q, name;
	struct cert peer;
	enum err e = read_peer(chain, &peer);

	if (e == OK)
		e = check_path(p, &peer, chain,
		               (struct path_request){
				       .now = now,
				       .eku = eku,
				       .eku_count = sizeof eku / sizeof *eku,
			       });
	if (e != OK || cert_matches_host(&peer, p->host))
		return e;
	return err_because(E_CERT_NAMES, "the certificate of %s is not for %s",
	                   name_text(&q, peer.subject), log_quote(&name, span_str(p->host)));
}

/* The very chain that was found good stays so; another has to be found good again. */
static enum err accept(void *context, struct chain chain)
{
	const struct pin *p = context;
	bool same = chain.n == p->seen.n;

	for (size_t i = 0; same && i < chain.n; i++)
		same = span_equal(chain.certs[i], p->seen.certs[i]);
	return same ? OK : p->decide(p, chain, clock_now());
}

static enum err copy_chain(struct arena *a, struct chain from, struct chain *to)
{
	struct span *certs = arena_take(a, from.n * sizeof *certs);
	enum err e = OK;

	if (certs == NULL)
		return err_because(E_SPACE, "a chain of %zu certificates", from.n);
	for (size_t i = 0; i < from.n && e == OK; i++)
		e = arena_copy(a, from.certs[i], &certs[i]);
	*to = (struct chain){ certs, from.n };
	return e;
}

static enum err copy_anchors(struct arena *a, const struct anchors *from, struct anchors *to)
{
	enum err e = OK;

	for (size_t i = 0; i < from->n && e == OK; i++) {
		struct span der;

		e = arena_copy(a, from->a[i].der, &der);
		if (e == OK)
			e = anchors_add(to, from->a[i].kind, der);
	}
	return e;
}

/* The zone of a link-local address says on which link, not who. */
static enum err copy_host(struct arena *a, const char *from, const char **to)
{
	size_t n = strcspn(from, "%");
	char *copy = arena_take(a, n + 1);

	if (copy == NULL)
		return err_because(E_SPACE, "a host of %zu octets", n);
	memcpy(copy, from, n);
	copy[n] = '\0';
	*to = copy;
	return OK;
}

/* Copies what the pin stands on; the peer is judged by the copies. */
static enum err make(struct arena *a, struct link *link, const struct anchors *anchors,
                     const char *host, struct pin **out)
{
	struct pin *p = arena_take(a, sizeof *p);
	enum err e;

	if (p == NULL)
		return err_because(E_SPACE, "no room left for a pin");
	p->trusted.link = link;
	e = copy_anchors(a, anchors, &p->trusted.anchors);
	if (e == OK && host != NULL)
		e = copy_host(a, host, &p->host);
	if (e == OK)
		e = copy_chain(a, link_peer_chain(link), &p->seen);
	*out = p;
	return e;
}

struct judge pin_judge(struct trusted *t)
{
	return (struct judge){ .accept = accept, .context = t };
}

/* From here on the link comes back only to a peer that passes the same test. */
static struct trusted *hold(struct pin *p)
{
	struct link *link = p->trusted.link;
	struct judge judge = pin_judge(&p->trusted);

	link->ops->set_judge(link, &judge);
	return &p->trusted;
}

enum err pin_by_voucher(struct arena *a, const struct voucher *v, struct link *link,
                        const char *host_by_operator, struct moment now, struct trusted **out)
{
	size_t mark = arena_mark(a);
	struct anchors anchors = { .n = 0 };
	struct pin *p;
	enum err e = anchors_add(&anchors, v->pin.kind, v->pin.der);

	*out = NULL;
	if (e == OK)
		e = make(a, link, &anchors, host_by_operator, &p);
	if (e == OK) {
		p->decide = decide_by_voucher;
		p->trusted.authority = AUTHORITY_BY_EKU;
		p->trusted.peer_signs = true;
		e = decide_by_voucher(p, p->seen, now);
	}
	if (e == OK)
		*out = hold(p);
	else
		arena_rewind(a, mark);
	return e;
}

static bool is_plain(const struct link *link)
{
	return strncmp(link->origin, "http://", strlen("http://")) == 0;
}

/* The pin, then the roots but for one that is the pin. */
static enum err anchors_of(const struct owner *o, struct anchors *to)
{
	enum err e = OK;

	if (o->has_pin)
		e = anchors_add(to, o->pin.kind, o->pin.der);
	for (size_t i = 0; i < o->roots.n && e == OK; i++)
		if (!o->has_pin || !span_equal(o->roots.a[i].der, o->pin.der))
			e = anchors_add(to, o->roots.a[i].kind, o->roots.a[i].der);
	return e;
}

/* A list in a file stays there: who opened it keeps it open. */
static enum err keep_crl(struct arena *a, const struct octets *crl, struct octets *out)
{
	struct span held;
	enum err e;

	*out = *crl;
	if (crl->p == NULL)
		return OK;
	e = arena_copy(a, (struct span){ crl->p, crl->n }, &held);
	*out = octets_of(held);
	return e;
}

enum err pin_by_owner(struct arena *a, const struct owner *o, struct link *link,
                      const char *host_by_operator, struct moment now, struct trusted **out)
{
	size_t mark = arena_mark(a);
	struct anchors anchors = { .n = 0 };
	struct pin *p;
	enum err e = anchors_of(o, &anchors);

	*out = NULL;
	if (e == OK)
		e = make(a, link, &anchors, host_by_operator, &p);
	if (e == OK)
		e = keep_crl(a, &o->crl, &p->crl);
	if (e == OK) {
		p->decide = decide_by_owner;
		p->by_key = o->has_pin;
		p->trusted.authority = AUTHORITY_BY_EKU;
		p->trusted.peer_signs = !is_plain(link);
		if (!is_plain(link))
			e = decide_by_owner(p, p->seen, now);
	}
	if (e != OK)
		arena_rewind(a, mark);
	else
		*out = is_plain(link) ? &p->trusted : hold(p);
	return e;
}

/* The host of scheme://host[:port]; of an address without brackets and zone. */
static enum err host_of(const char *origin, char *host, size_t cap)
{
	const char *at = strstr(origin, "://");
	size_t n;

	if (at == NULL)
		return err_because(E_BUG, "a link without an origin");
	at += strlen("://");
	if (*at == '[')
		n = strcspn(++at, "]%");
	else
		n = strcspn(at, ":/");
	if (n == 0 || n >= cap)
		return err_because(E_BUG, "a link without a host");
	memcpy(host, at, n);
	host[n] = '\0';
	return OK;
}

/* Plain HTTP has no peer to judge: CMP messages protect themselves (RFC 9483 6.1). */
enum err pin_by_operator(struct arena *a, const struct operator_trust *o, struct link *link,
                         struct trusted **out)
{
	bool plain = is_plain(link);
	size_t mark = arena_mark(a);
	char host[URL_MAX];
	struct pin *p;
	enum err e = host_of(link->origin, host, sizeof host);

	*out = NULL;
	if (e == OK)
		e = make(a, link, o->anchors, o->host != NULL ? o->host : host, &p);
	if (e == OK) {
		p->decide = decide_by_anchors;
		p->tls = o->tls;
		p->trusted.authority = o->authority;
		if (!plain)
			e = decide_by_anchors(p, p->seen, clock_now());
	}
	if (e != OK)
		arena_rewind(a, mark);
	else
		*out = plain ? &p->trusted : hold(p);
	return e;
}
