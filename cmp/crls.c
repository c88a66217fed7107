/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRL update retrieval (RFC 9483 4.3.4). */
#include "cmp/internal.h"
#include "platform/base/date.h"
#include "platform/codec/der_walk.h"
#include "platform/pki/crl.h"

/*
 * CRLSource ::= CHOICE {				(RFC 9480 2.17, EXPLICIT TAGS)
 *	dpn     [0] DistributionPointName,
 *	issuer  [1] GeneralNames }
 *
 * "MUST contain the dpn choice ... if the CRL distribution point name is
 * available", else "the issuer DN in the directoryName field of a GeneralName".
 */
static void put_source(struct derw *w, const struct cmp_crl_param *param)
{
	if (param->dpn.n > 0) {
		IN (w, DER_CONTEXT(0))
			derw_raw(w, param->dpn);
		return;
	}
	IN (w, DER_CONTEXT(1))
		IN (w, DER_SEQUENCE)
			IN (w, DER_CONTEXT(4))
				derw_raw(w, param->issuer);
}

/*
 * CRLStatusListValue ::= SEQUENCE SIZE (1..MAX) OF CRLStatus
 *
 * CRLStatus ::= SEQUENCE {
 *	source      CRLSource,
 *	thisUpdate  Time OPTIONAL }
 *
 * RFC 9483 4.3.4: one of them.
 */
static enum err make_request(const struct cmp_crl_param *param, struct arena *a, struct span *out)
{
	struct derw w = derw_in(a, CMP_PART_MAX);

	if (param->issuer.n == 0)
		return err_because(E_BUG, "a CRL of nobody");
	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SEQUENCE) {
			put_source(&w, param);
			if (param->this_update != 0)
				derw_time(&w, param->this_update);
		}
	return err_within(E_TOO_BIG, derw_end(&w, out), "CRL request");
}

/* CRLsValue ::= SEQUENCE SIZE (1..MAX) OF CertificateList; RFC 9483 4.3.4: one of them */
enum err cmp_crls_read(const struct octets *value, struct octets *crl)
{
	struct window w;
	enum err e;
	struct der_walk c = der_walk_open(value, &w, &e);
	struct der_walk list = der_walk_enter(&c, DER_SEQUENCE);

	*crl = der_walk_element(&list, DER_SEQUENCE);
	der_walk_end(&list);
	der_walk_end(&c);
	if (e != OK)
		*crl = NO_OCTETS;
	return e == E_STORE ? e : err_within(E_CMP_SYNTAX, e, "CRLs");
}

/* The message may come from an RA: the CRL has to stand by itself. */
enum err cmp_crl_prove(const struct cmp_client *client, const struct cmp_crl_param *param,
                       const struct octets *crl)
{
	struct crl_request r = {
		.der = *crl,
		.issuer = param->issuer,
		.point = param->dpn,
		.anchors = trusted_anchors(client->trusted),
		.pool = param->pool,
		.pool_count = param->pool_count,
		.now = client->now(),
		.crls = client->crls,
		.crl_count = client->crl_count,
	};
	struct date_text is, held;
	int64_t this_update;
	enum err e = crl_verify(&r, &this_update);

	if (e != OK)
		return err_within(E_CRL, e, "the CRL that came");
	if (this_update < param->this_update)
		return err_because(E_CRL,
		                   "received CRL (thisUpdate %s) is older than the stored one (%s)",
		                   date_to_rfc3339(&is, this_update),
		                   date_to_rfc3339(&held, param->this_update));
	return OK;
}

enum err cmp_get_crl(const struct cmp_client *c, struct arena *a, const struct cmp_crl_param *w,
                     struct octets *crl)
{
	struct span request;
	struct cmp_info info = { .value = NO_OCTETS };
	enum err e = make_request(w, a, &request);

	*crl = NO_OCTETS;
	if (e == OK)
		e = cmp_ask_info(c, a, &CMP_OP_CRLS, request, &info);
	if (e != OK || info.value.n == 0)
		return e;
	e = cmp_crls_read(&info.value, crl);
	if (e == OK)
		e = cmp_crl_prove(c, w, crl);
	if (e != OK)
		*crl = NO_OCTETS;
	return e;
}
