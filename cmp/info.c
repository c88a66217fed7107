/* SPDX-License-Identifier: GPL-2.0-or-later */
/* General responses: the one thing asked for (RFC 9483 4.3), and the CA certificates. */
#include "cmp/internal.h"

/*
 * GenRepContent ::= SEQUENCE OF InfoTypeAndValue
 *
 * InfoTypeAndValue ::= SEQUENCE {
 *	infoType   OBJECT IDENTIFIER,
 *	infoValue  ANY DEFINED BY infoType OPTIONAL }
 */
enum err cmp_info_value(const struct cmp_session *s, struct span *value)
{
	enum err e;
	struct der c = der_open(s->in.content, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	struct der info = der_enter(&list, DER_SEQUENCE);
	struct span type = der_oid(&info);
	struct span wanted = s->op->info_answer.n > 0 ? s->op->info_answer : s->op->info_type;
	char text[64];

	*value = der_more(&info) ? der_element(&info) : NO_BYTES;
	der_end(&info);
	der_end(&list);
	der_end(&c);
	if (e != OK)
		return err_within(E_CMP_SYNTAX, e, "general response");
	if (!span_equal(type, wanted))
		return err_because(E_CMP_CONTENT, "the answer is about %s, which was not asked for",
		                   der_oid_text(type, text, sizeof text));
	return OK;
}

enum err cmp_ask_info(const struct cmp_client *c, struct arena *a, const struct cmp_op *op,
                      struct span request, struct cmp_info *out)
{
	struct cmp_session *s;
	enum err e = cmp_session_new(c, a, op, &s);

	*out = (struct cmp_info){ .value = NO_BYTES };
	if (e != OK)
		return e;
	s->info_request = request;
	e = cmp_open(s);
	out->refused = e == E_CMP_ERROR && s->authentic;
	return e == OK ? cmp_info_value(s, &out->value) : e;
}

/*
 * CaCertsValue ::= SEQUENCE SIZE (1..MAX) OF CMPCertificate
 *
 * What is no certificate is passed over: these are candidates for paths.
 */
static enum err read_ca_certs(struct span value, struct span certs[POOL_MAX], size_t *count)
{
	enum err e;
	struct der c = der_open(value, &e);
	struct der list = der_enter(&c, DER_SEQUENCE);
	size_t ignored = 0;

	do {
		struct span der = der_element_of(&list, DER_SEQUENCE);
		struct cert cert;

		if (*count < POOL_MAX && der.n > 0 && der.n <= CERT_SIZE_MAX &&
		    cert_read(der, &cert) == OK)
			certs[(*count)++] = der;
		else
			ignored++;
	} while (der_more(&list));
	der_end(&c);
	if (e == OK && ignored > 0)
		log_notice("%zu of %zu CA certificates are unreadable or too many, and ignored",
		           ignored, ignored + *count);
	return err_within(E_CMP_SYNTAX, e, "CA certificates");
}

enum err cmp_get_ca_certs(const struct cmp_client *c, struct arena *a, struct span certs[POOL_MAX],
                          size_t *count)
{
	struct cmp_info info;
	enum err e = cmp_ask_info(c, a, &CMP_OP_CA_CERTS, NO_BYTES, &info);

	*count = 0;
	if (e == OK && info.value.n > 0)
		e = read_ca_certs(info.value, certs, count);
	return e;
}
