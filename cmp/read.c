/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PKIMessage taken apart, in the order of its syntax. */
#include "cmp/internal.h"
#include "platform/codec/der_walk.h"

static const char *const body_names[] = { [BODY_IR] = "ir",
	                                  [BODY_IP] = "ip",
	                                  [BODY_CR] = "cr",
	                                  [BODY_CP] = "cp",
	                                  [BODY_P10CR] = "p10cr",
	                                  [5] = "popdecc",
	                                  [6] = "popdecr",
	                                  [BODY_KUR] = "kur",
	                                  [BODY_KUP] = "kup",
	                                  [9] = "krr",
	                                  [10] = "krp",
	                                  [BODY_RR] = "rr",
	                                  [BODY_RP] = "rp",
	                                  [13] = "ccr",
	                                  [14] = "ccp",
	                                  [15] = "ckuann",
	                                  [16] = "cann",
	                                  [17] = "rann",
	                                  [18] = "crlann",
	                                  [BODY_PKICONF] = "pkiConf",
	                                  [BODY_NESTED] = "nested",
	                                  [BODY_GENM] = "genm",
	                                  [BODY_GENP] = "genp",
	                                  [BODY_ERROR] = "error",
	                                  [BODY_CERT_CONF] = "certConf",
	                                  [BODY_POLL_REQ] = "pollReq",
	                                  [BODY_POLL_REP] = "pollRep" };

const char *pki_body_name(unsigned body)
{
	return body <= BODY_LAST ? body_names[body] : "?";
}

/* What we keep or send back has a size (limits.h). */
static struct span at_most(struct der *c, struct span s, size_t max, const char *what)
{
	if (s.n <= max)
		return s;
	der_fail(c, err_because(E_RANGE, "%s of %zu octets, we take %zu", what, s.n, max));
	return NO_BYTES;
}

/* GeneralName: one context tag, 0 to 8 (RFC 5280 4.2.1.6). */
static struct span general_name(struct der *c, const char *what)
{
	struct span name = der_element(c);

	if (der_ok(c) && ((name.p[0] & 0xc0) != 0x80 || (name.p[0] & 0x1f) > 8))
		der_fail(c, err_because(E_UNEXPECTED, "%s is no GeneralName", what));
	return at_most(c, name, CMP_PEER_MAX, what);
}

/* directoryName [4] Name: explicit, Name being a CHOICE. */
static struct span directory_name(const struct der *c, struct span general)
{
	struct der outer = der_within(c, general);
	struct span name = NO_BYTES;

	if (der_at(&outer, DER_CONTEXT(4))) {
		struct der inner = der_enter(&outer, DER_CONTEXT(4));

		name = der_element_of(&inner, DER_SEQUENCE);
		der_end(&inner);
	}
	return name;
}

/* [n] OCTET STRING OPTIONAL */
static struct span octets(struct der *c, uint8_t n, size_t max, const char *what)
{
	struct span s;

	if (!der_at(c, DER_CONTEXT(n)))
		return NO_BYTES;

	struct der inner = der_enter(c, DER_CONTEXT(n));

	s = der_get(&inner, DER_OCTET_STRING);
	der_end(&inner);
	return at_most(c, s, max, what);
}

/*
 * What we look for in generalInfo.  A value of another form than the standard's
 * counts as not there: these fields are handled gracefully (RFC 9483 3.5).
 */
static void note_info(struct cmp_header *h, struct span type, struct span value)
{
	enum err e;
	struct der c = der_open(value, &e);

	if (span_equal(type, IT_IMPLICIT_CONFIRM)) {
		der_null(&c);
		der_end(&c);
		h->implicit_confirm = h->implicit_confirm || e == OK;
	} else if (span_equal(type, IT_CONFIRM_WAIT_TIME)) {
		h->confirm_wait = der_generalized_time(&c);
		h->has_confirm_wait = e == OK;
	} else if (span_equal(type, IT_CERT_PROFILE)) {
		struct der list = der_enter(&c, DER_SEQUENCE);

		h->profile = der_get(&list, DER_UTF8);
	}
}

/* generalInfo [8] SEQUENCE SIZE (1..MAX) OF InfoTypeAndValue OPTIONAL */
static void read_general_info(struct der *c, struct cmp_header *h)
{
	if (!der_at(c, DER_CONTEXT(8)))
		return;

	struct der outer = der_enter(c, DER_CONTEXT(8));
	struct der list = der_enter(&outer, DER_SEQUENCE);

	do {
		struct der item = der_enter(&list, DER_SEQUENCE);
		struct span type = der_oid(&item);
		struct span value = der_more(&item) ? der_element(&item) : NO_BYTES;

		der_end(&item);
		if (der_ok(&item))
			note_info(h, type, value);
	} while (der_more(&list));
	der_end(&outer);
}

static void read_time(struct der *c, struct cmp_header *h)
{
	if (!der_at(c, DER_CONTEXT(0)))
		return;

	struct der inner = der_enter(c, DER_CONTEXT(0));

	h->time = der_generalized_time(&inner);
	der_end(&inner);
	h->has_time = der_ok(c);
}

static void read_protection_alg(struct der *c, struct cmp_header *h)
{
	if (!der_at(c, DER_CONTEXT(1)))
		return;

	struct der inner = der_enter(c, DER_CONTEXT(1));

	h->protection_alg = der_element_of(&inner, DER_SEQUENCE);
	der_end(&inner);
}

/*
 * PKIHeader ::= SEQUENCE {
 *	pvno               INTEGER,
 *	sender             GeneralName,
 *	recipient          GeneralName,
 *	messageTime    [0] GeneralizedTime      OPTIONAL,
 *	protectionAlg  [1] AlgorithmIdentifier  OPTIONAL,
 *	senderKID      [2] KeyIdentifier        OPTIONAL,
 *	recipKID       [3] KeyIdentifier        OPTIONAL,
 *	transactionID  [4] OCTET STRING         OPTIONAL,
 *	senderNonce    [5] OCTET STRING         OPTIONAL,
 *	recipNonce     [6] OCTET STRING         OPTIONAL,
 *	freeText       [7] PKIFreeText          OPTIONAL,
 *	generalInfo    [8] SEQUENCE SIZE (1..MAX) OF InfoTypeAndValue OPTIONAL }
 */
static struct span read_header(struct der *c, struct cmp_header *h)
{
	struct span whole = der_element_of(c, DER_SEQUENCE);
	struct der outer = der_within(c, whole);
	struct der in = der_enter(&outer, DER_SEQUENCE);

	h->pvno = der_uint(&in);
	h->sender = general_name(&in, "sender");
	h->sender_name = directory_name(&in, h->sender);
	h->recipient = general_name(&in, "recipient");
	read_time(&in, h);
	read_protection_alg(&in, h);
	h->sender_kid = octets(&in, 2, CMP_NONCE_MAX, "senderKID");
	h->recip_kid = octets(&in, 3, CMP_NONCE_MAX, "recipKID");
	h->transaction_id = octets(&in, 4, CMP_NONCE_MAX, "transactionID");
	h->sender_nonce = octets(&in, 5, CMP_NONCE_MAX, "senderNonce");
	h->recip_nonce = octets(&in, 6, CMP_NONCE_MAX, "recipNonce");
	if (der_at(&in, DER_CONTEXT(7))) {
		struct der text = der_enter(&in, DER_CONTEXT(7));

		h->free_text = cmp_free_text_read(&text);
		der_end(&text);
	}
	read_general_info(&in, h);
	der_end(&in);
	return whole;
}

/* PKIBody: a CHOICE of explicit tags [0] to [26]. */
static struct span read_body(struct der *c, struct cmp_message *m)
{
	struct span whole = der_element(c);

	if (!der_ok(c))
		return whole;
	m->body = whole.p[0] & 0x1fu;
	if ((whole.p[0] & 0xe0) != DER_CONTEXT(0) || m->body > BODY_LAST)
		der_fail(c, err_because(E_UNEXPECTED, "tag %02x is no PKIBody", whole.p[0]));

	struct der outer = der_within(c, whole);
	struct der inner = der_enter(&outer, DER_CONTEXT((uint8_t)m->body));

	m->content = der_element(&inner);
	der_end(&inner);
	return whole;
}

/* extraCerts [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL */
static void read_extra_certs(struct der *c, struct cmp_message *m)
{
	if (!der_at(c, DER_CONTEXT(1)))
		return;

	struct der outer = der_enter(c, DER_CONTEXT(1));
	struct der list = der_enter(&outer, DER_SEQUENCE);

	do {
		struct span cert = der_element_of(&list, DER_SEQUENCE);

		if (m->cert_count < POOL_MAX)
			m->certs[m->cert_count++] = cert;
		else
			m->certs_ignored++;
	} while (der_more(&list));
	der_end(&outer);
}

/* What is behind the body. */
static void read_tail(struct der *in, struct cmp_message *m)
{
	if (der_at(in, DER_CONTEXT(0))) {
		struct der protection = der_enter(in, DER_CONTEXT(0));

		m->protection = der_bit_octets(&protection);
		m->has_protection = true;
		der_end(&protection);
	}
	read_extra_certs(in, m);
	der_end(in);
}

/*
 * PKIMessage ::= SEQUENCE {
 *	header           PKIHeader,
 *	body             PKIBody,
 *	protection   [0] PKIProtection OPTIONAL,
 *	extraCerts   [1] SEQUENCE SIZE (1..MAX) OF CMPCertificate OPTIONAL }
 *
 * PKIProtection ::= BIT STRING
 */
enum err cmp_read(struct span der, struct cmp_message *m)
{
	enum err e;
	struct der c = der_open(der, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);

	*m = (struct cmp_message){ .der = der };

	struct span header = read_header(&in, &m->header);
	struct span body = read_body(&in, m);

	m->header_and_body = (struct span){ header.p, header.n + body.n };
	m->part = octets_of(m->header_and_body);
	m->value = octets_of(m->content);
	read_tail(&in, m);
	der_end(&c);
	return err_within(E_CMP_SYNTAX, e, "PKIMessage");
}

/* ---- one that is not held */

/* Where the parts are; only what a genp brings is ever that large. */
struct parts {
	struct octets header, part, value, tail;
};

static void find_genp(struct der_walk *in, struct parts *out)
{
	struct window w;
	struct octets whole;
	enum err e;
	struct der_walk body, content;

	if (!der_walk_at(in, DER_CONTEXT(BODY_GENP))) {
		der_walk_fail(in, err_because(E_TOO_BIG,
		                              "it is no general response, and of more "
		                              "than %d octets",
		                              CMP_MESSAGE_MAX));
		return;
	}
	whole = der_walk_element(in, DER_CONTEXT(BODY_GENP));
	body = der_walk_open(&whole, &w, &e);
	content = der_walk_enter(&body, DER_CONTEXT(BODY_GENP));
	out->value = der_walk_element(&content, DER_ANY);
	der_walk_end(&content);
	if (e != OK)
		der_walk_fail(in, e);
	out->part.n = out->header.n + whole.n;
}

static enum err find_parts(const struct octets *der, struct parts *out)
{
	struct window w;
	enum err e;
	struct der_walk c = der_walk_open(der, &w, &e);
	struct der_walk in = der_walk_enter(&c, DER_SEQUENCE);

	*out = (struct parts){ NO_OCTETS, NO_OCTETS, NO_OCTETS, NO_OCTETS };
	out->header = der_walk_element(&in, DER_SEQUENCE);
	out->part = out->header;
	if (e == OK)
		find_genp(&in, out);
	out->tail = der_walk_rest(&in);
	der_walk_end(&c);
	return e;
}

static enum err hold(const struct octets *o, size_t max, struct arena *a, struct span *out)
{
	uint8_t *room = o->n <= max ? arena_take(a, o->n) : NULL;

	*out = NO_BYTES;
	if (room == NULL)
		return err_because(E_TOO_BIG, "%zu octets around the body, at most %zu are held",
		                   o->n, max);
	return octets_hold(o, room, o->n, out);
}

static enum err read_around(struct span header, struct span tail, struct cmp_message *m)
{
	enum err e, behind;
	struct der c = der_open(header, &e), in = der_open(tail, &behind);

	read_header(&c, &m->header);
	der_end(&c);
	read_tail(&in, m);
	return e == OK ? behind : e;
}

enum err cmp_read_octets(const struct octets *der, struct arena *a, struct cmp_message *m)
{
	struct parts p;
	struct span header, tail;
	enum err e;

	if (der->p != NULL || der->n == 0)
		return cmp_read((struct span){ der->p, der->n }, m);
	*m = (struct cmp_message){ .body = BODY_GENP };
	e = find_parts(der, &p);
	if (e == OK)
		e = hold(&p.header, CMP_PART_MAX, a, &header);
	if (e == OK)
		e = hold(&p.tail, CMP_MESSAGE_MAX, a, &tail);
	if (e == OK)
		e = read_around(header, tail, m);
	m->part = p.part;
	m->value = p.value;
	return e == E_STORE || e == E_TOO_BIG ? e : err_within(E_CMP_SYNTAX, e, "PKIMessage");
}

/* ProtectedPart ::= SEQUENCE { header PKIHeader, body PKIBody }: what is protected. */
struct message cmp_protected_part(const struct cmp_message *m, uint8_t room[CMP_PART_HEAD_MAX])
{
	size_t n = m->part.n, octets = 0, head = 0;

	while (n >> 8 * octets != 0)
		octets++;
	room[head++] = DER_SEQUENCE;
	if (n >= 0x80)
		room[head++] = (uint8_t)(0x80 | octets);
	for (size_t i = n < 0x80 ? 1 : octets; i > 0; i--)
		room[head++] = (uint8_t)(n >> 8 * (i - 1));
	return (struct message){ { room, head }, m->part };
}
