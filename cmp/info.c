/* SPDX-License-Identifier: GPL-2.0-or-later */
/* General responses: the one thing asked for (RFC 9483 4.3), and the CA certificates. */
#include "cmp/internal.h"
#include "platform/codec/der_walk.h"

/*
 * GenRepContent ::= SEQUENCE OF InfoTypeAndValue
 *
 * InfoTypeAndValue ::= SEQUENCE {
 *	infoType   OBJECT IDENTIFIER,
 *	infoValue  ANY DEFINED BY infoType OPTIONAL }
 */
enum err cmp_info_value(const struct cmp_session *s, struct octets *value)
{
	struct window w;
	enum err e, inner;
	struct der_walk c = der_walk_open(&s->in.value, &w, &e);
	struct der_walk list = der_walk_enter(&c, DER_SEQUENCE);
	struct der_walk info = der_walk_enter(&list, DER_SEQUENCE);
	struct der oid = der_open(der_walk_take(&info, DER_OID), &inner);
	struct span type = e == OK ? der_oid(&oid) : NO_BYTES;
	struct span wanted = s->op->info_answer.n > 0 ? s->op->info_answer : s->op->info_type;
	char text[64];
	bool is_wanted = span_equal(type, wanted);

	der_oid_text(type, text, sizeof text);
	if (e == OK && inner != OK)
		der_walk_fail(&info, inner);
	*value = der_walk_more(&info) ? der_walk_element(&info, DER_ANY) : NO_OCTETS;
	der_walk_end(&info);
	der_walk_end(&list);
	der_walk_end(&c);
	if (e != OK)
		return e == E_STORE ? e : err_within(E_CMP_SYNTAX, e, "general response");
	if (!is_wanted)
		return err_because(E_CMP_CONTENT, "the answer is about %s, which was not asked for",
		                   text);
	return OK;
}

enum err cmp_ask_info(const struct cmp_client *c, struct arena *a, const struct cmp_op *op,
                      struct span request, struct cmp_info *out)
{
	struct cmp_session *s;
	enum err e = cmp_session_new(c, a, op, &s);

	*out = (struct cmp_info){ .value = NO_OCTETS };
	if (e != OK)
		return e;
	s->info_request = request;
	e = cmp_open(s);
	out->refused = e == E_CMP_ERROR && s->authentic;
	return e == OK ? cmp_info_value(s, &out->value) : e;
}

/* CaCertsValue ::= SEQUENCE SIZE (1..MAX) OF CMPCertificate */
enum err cmp_ca_certs_each(const struct octets *value, const struct cmp_taker *to)
{
	struct window w;
	enum err e, taken = OK;
	struct der_walk c = der_walk_open(value, &w, &e);
	struct der_walk list = der_walk_enter(&c, DER_SEQUENCE);

	do {
		struct span der = der_walk_take(&list, DER_SEQUENCE);

		if (e == OK)
			taken = to->take(to->context, der);
	} while (taken == OK && der_walk_more(&list));
	if (taken != OK)
		return taken;
	der_walk_end(&c);
	return e == E_STORE || e == E_TOO_BIG ? e : err_within(E_CMP_SYNTAX, e, "CA certificates");
}

struct holding {
	struct arena *a;
	struct span *certs;
	size_t cap, n, unreadable;
};

static bool is_held(const struct holding *h, struct span der)
{
	for (size_t i = 0; i < h->n; i++)
		if (span_equal(h->certs[i], der))
			return true;
	return false;
}

/* What is no certificate, or is there already, is passed over: these are candidates for paths. */
static enum err hold(void *context, struct span der)
{
	struct holding *h = context;
	struct cert cert;

	if (der.n > CERT_SIZE_MAX || cert_read(der, &cert) != OK) {
		h->unreadable++;
		return OK;
	}
	if (is_held(h, der))
		return OK;
	if (h->n == h->cap)
		return err_because(E_TOO_BIG, "more than %zu CA certificates", h->cap);
	if (arena_copy(h->a, der, &h->certs[h->n]) != OK)
		return err_because(E_TOO_BIG,
		                   "more CA certificates than there is memory for: %zu fit", h->n);
	h->n++;
	return OK;
}

enum err cmp_ca_certs_hold(const struct octets *list, struct arena *a, struct span *certs,
                           size_t cap, size_t *count)
{
	struct holding h = { .a = a, .certs = certs, .cap = cap };
	const struct cmp_taker to = { hold, &h };
	enum err e = list->n > 0 ? cmp_ca_certs_each(list, &to) : OK;

	*count = e == OK ? h.n : 0;
	if (e == OK && h.unreadable > 0)
		log_notice("%zu of %zu CA certificates cannot be read", h.unreadable,
		           h.unreadable + h.n);
	return e;
}

/* Are they all there? */
static enum err pass(void *context, struct span der)
{
	(void)context;
	(void)der;
	return OK;
}

enum err cmp_get_ca_certs(const struct cmp_client *c, struct arena *a, struct octets *list)
{
	const struct cmp_taker nobody = { pass, NULL };
	struct cmp_info info;
	enum err e = cmp_ask_info(c, a, &CMP_OP_CA_CERTS, NO_BYTES, &info);

	*list = NO_OCTETS;
	if (e == OK && info.value.n > 0)
		e = cmp_ca_certs_each(&info.value, &nobody);
	if (e == OK)
		*list = info.value;
	return e;
}
