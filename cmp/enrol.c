/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ir, and what is said to the certificate that comes (RFC 9483 4.1.1). */
#include "cmp/internal.h"

/*
 * CertConfirmContent ::= SEQUENCE OF CertStatus
 *
 * CertStatus ::= SEQUENCE {
 *	certHash    OCTET STRING,
 *	certReqId   INTEGER,
 *	statusInfo  PKIStatusInfo OPTIONAL,
 *	hashAlg [0] AlgorithmIdentifier OPTIONAL }
 *
 * hashAlg is left out: the hash is the one of the certificate's signature, or
 * the one RFC 9481 3.3 dedicates to it (RFC 9483 4.1.1).
 */
static enum err put_cert_conf(struct cmp_session *s, struct derw *w)
{
	struct cert cert;
	struct sig_alg alg;
	struct digest hash;
	enum err e = cert_read(s->new_cert, &cert);

	if (e == OK)
		e = sig_alg_read(cert.sig_alg, &alg);
	if (e == OK)
		e = hash_of(sig_alg_cert_hash(&alg), s->new_cert, &hash);
	if (e != OK)
		return e;
	IN (w, DER_SEQUENCE)
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OCTET_STRING, digest_span(&hash));
			derw_int(w, s->rep.cert_req_id);
			if (s->refused == OK)
				cmp_put_status(w, PKI_ACCEPTED, NULL, 0);
			else
				cmp_put_status(w, PKI_REJECTION, err_text(s->refused),
				               err_verdict(s->refused) == HALT
				                       ? FAIL_SYSTEM_FAILURE
				                       : FAIL_INCORRECT_DATA);
		}
	return OK;
}

static const struct cmp_draft CERT_CONF = { BODY_CERT_CONF, put_cert_conf };

/* PKIConfirmContent ::= NULL */
static enum err read_pki_conf(const struct cmp_session *s)
{
	enum err e;
	struct der c = der_open(s->in.content, &e);

	der_null(&c);
	der_end(&c);
	return err_within(E_CMP_SYNTAX, e, "pkiConf");
}

/* The first certConf had arrived, only its answer had not (RFC 9483 6). */
static bool was_confirmed_before(const struct cmp_session *s, enum err e)
{
	return e == E_CMP_ERROR && s->resent && s->authentic &&
	       (s->status.fail_info & FAIL_CERT_CONFIRMED) != 0;
}

/* certConf, with acceptance or with the rejection that is due (RFC 9483 3.6.1); pkiConf. */
static enum err confirm(struct cmp_session *s, enum err refused)
{
	struct cmp_fault why = { 0 };
	enum err e;

	cmp_fault_keep(&why, refused);
	s->refused = refused;
	cmp_tell(s, CMP_CONFIRMING, BODY_CERT_CONF, 0);
	e = cmp_ask(s, &CERT_CONF, BODY_PKICONF);
	if (e == OK)
		e = read_pki_conf(s);
	else if (was_confirmed_before(s, e))
		e = OK;
	if (refused == OK)
		return e;
	if (e != OK)
		log_notice("the CA did not hear that we refuse its certificate: %s", err_reason(e));
	return cmp_fault_say(&why);
}

/*
 * Implicit confirmation counts only where it was asked for.  The certificate is
 * made durable before anybody is told that we have it.
 */
static enum err take(struct cmp_session *s, const struct span *ca_certs, size_t ca_cert_count,
                     const struct cmp_keep *keep, struct cmp_issued *out)
{
	bool implicit = s->wishes->confirm == CMP_CONFIRM_IMPLICIT && s->in.header.implicit_confirm;
	struct cmp_pool pool = { .n = 0 };
	enum err e;

	cmp_pool_fill(&pool, s);
	cmp_pool_add(&pool, ca_certs, ca_cert_count);
	s->new_cert = s->rep.cert;
	e = cmp_issued_check(s, &pool, out);
	out->confirmed_implicitly = implicit;
	if (e == OK && keep != NULL)
		e = keep->store(keep->context, out);
	return implicit ? e : confirm(s, e);
}

enum err cmp_enrol(const struct cmp_client *c, enum cmp_request kind, struct arena *a,
                   const struct cmp_wishes *w, const struct span *pool, size_t pool_count,
                   const struct cmp_keep *keep, struct cmp_issued *out)
{
	static const struct cmp_op *const ops[] = { [CMP_IR] = &CMP_OP_IR };
	struct cmp_session *s;
	enum err e = cmp_session_new(c, a, ops[kind], &s);

	*out = (struct cmp_issued){ 0 };
	if (e != OK)
		return e;
	s->wishes = w;
	e = cmp_open(s);
	return e == OK ? take(s, pool, pool_count, keep, out) : e;
}
