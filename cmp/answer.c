/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a final answer says, and whether it may say so. */
#include "cmp/internal.h"

/*
 * A p10cr has no certReqId, so the cp has -1 (RFC 9480 2.9, RFC 9483 4.1.4); some
 * servers say 0 all the same.  What came is echoed in certConf and pollReq.
 */
static bool id_fits(const struct cmp_session *s, int64_t id)
{
	return id == CERT_REQ_ID || (id == NO_CERT_REQ_ID && s->op->ask.body == BODY_P10CR);
}

/* RFC 9483 4.1.1, 4.4: what a CertResponse may say, and what must come with it. */
/* A key of ours does not come back; one that the CA was to make has to come. */
static enum err check_delivery(const struct cmp_session *s)
{
	bool asked = s->spki.n == 0;

	if (s->rep.delivers && !asked)
		return err_because(E_CMP_CONTENT, "a private key comes with the certificate, but "
		                                  "we made our own");
	if (!s->rep.delivers && asked && s->rep.cert.n > 0)
		return err_because(E_KEY_DELIVERY, "the CA was asked to make the key, and sent "
		                                   "the certificate without it");
	return OK;
}

enum err cmp_read_cert_response(struct cmp_session *s)
{
	const struct cmp_cert_rep *rep = &s->rep;
	enum err e = cmp_cert_rep_read(s->in.content, &s->rep);

	if (e != OK)
		return e;
	s->status = rep->status;
	if (!id_fits(s, rep->cert_req_id))
		return err_because(E_CMP_CONTENT, "certReqId is %lld, expected %d",
		                   (long long)rep->cert_req_id, CERT_REQ_ID);
	if (rep->status.status > PKI_WAITING)
		return err_because(E_CMP_CONTENT, "PKIStatus %u does not answer a request",
		                   rep->status.status);
	if (rep->status.status <= PKI_GRANTED_WITH_MODS && rep->cert.n == 0)
		return err_because(E_CMP_CONTENT,
		                   "the request is granted, but no certificate came");
	if (rep->status.status != PKI_REJECTION && rep->status.fail_info != 0)
		log_notice("failInfo comes with a status that is no rejection, it is ignored");
	if (rep->ca_pubs_ignored > 0)
		log_notice("caPubs holds more than %d certificates, %zu are ignored", CA_PUBS_MAX,
		           rep->ca_pubs_ignored);
	return check_delivery(s);
}

/*
 * RevRepContent ::= SEQUENCE {
 *	status        SEQUENCE SIZE (1..MAX) OF PKIStatusInfo,
 *	revCerts  [0] SEQUENCE SIZE (1..MAX) OF CertId           OPTIONAL,
 *	crls      [1] SEQUENCE SIZE (1..MAX) OF CertificateList  OPTIONAL }
 *
 * RFC 9483 4.2: one PKIStatusInfo, accepted or rejection; the rest is not used.
 */
enum err cmp_revocation_read(struct span content, struct cmp_status *out)
{
	enum err e;
	struct der c = der_open(content, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);
	struct der list = der_enter(&in, DER_SEQUENCE);

	cmp_status_read(&list, out);
	der_end(&list);
	der_skip(&in, DER_CONTEXT(0));
	der_skip(&in, DER_CONTEXT(1));
	der_end(&in);
	der_end(&c);
	return err_within(E_CMP_SYNTAX, e, "revocation response");
}

enum err cmp_read_revocation(struct cmp_session *s)
{
	enum err e = cmp_revocation_read(s->in.content, &s->status);

	if (e != OK)
		return e;
	if (s->status.status != PKI_ACCEPTED && s->status.status != PKI_REJECTION)
		return err_because(E_CMP_CONTENT, "PKIStatus %u does not answer a revocation",
		                   s->status.status);
	return OK;
}
