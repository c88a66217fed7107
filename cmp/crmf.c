/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRMF: the request for a certificate, with proof of possession (RFC 4211). */
#include "cmp/internal.h"

/* A field whose IMPLICIT tag takes the place of the SEQUENCE's. */
static enum err put_implicit(struct derw *w, uint8_t n, struct span sequence)
{
	enum err e;
	struct der c = der_open(sequence, &e);

	derw_put(w, DER_CONTEXT(n), der_get(&c, DER_SEQUENCE));
	der_end(&c);
	return e;
}

/*
 * CertTemplate ::= SEQUENCE {				-- IMPLICIT TAGS
 *	...
 *	issuer      [3] Name                  OPTIONAL,	-- explicit: Name is a CHOICE
 *	validity    [4] OptionalValidity      OPTIONAL,
 *	subject     [5] Name                  OPTIONAL,
 *	publicKey   [6] SubjectPublicKeyInfo  OPTIONAL,
 *	...
 *	extensions  [9] Extensions            OPTIONAL }
 */
static enum err put_template(struct derw *w, const struct cmp_wishes *wishes)
{
	enum err e = OK;

	IN (w, DER_SEQUENCE) {
		if (wishes->issuer.n > 0)
			derw_put(w, DER_CONTEXT(3), wishes->issuer);
		if (wishes->validity.n > 0)
			derw_put(w, DER_CONTEXT(4), wishes->validity);
		derw_put(w, DER_CONTEXT(5), wishes->subject);
		e = put_implicit(w, 6, signer_spki(wishes->key));
		if (wishes->extensions.n > 0)
			derw_put(w, DER_CONTEXT(9), wishes->extensions);
	}
	return e;
}

/*
 * ProofOfPossession ::= CHOICE { ..., signature [1] POPOSigningKey, ... }
 *
 * POPOSigningKey ::= SEQUENCE {
 *	poposkInput      [0] POPOSigningKeyInput OPTIONAL,
 *	algorithmIdentifier  AlgorithmIdentifier,
 *	signature            BIT STRING }
 *
 * RFC 9483 4.1.1: poposkInput is not used; signed is the DER of certReq.
 */
static enum err put_possession(struct cmp_session *s, struct derw *w, struct span cert_request)
{
	const struct signer *key = s->wishes->key;
	struct span signature;
	enum err e = w->err;

	if (e == OK)
		e = signer_sign(key, cert_request, s->arena, &signature);
	if (e != OK)
		return e;
	IN (w, DER_CONTEXT(1)) {
		sig_alg_write(w, signer_alg(key));
		derw_bits(w, signature);
	}
	return OK;
}

/*
 * CertReqMessages ::= SEQUENCE SIZE (1..MAX) OF CertReqMsg
 *
 * CertReqMsg ::= SEQUENCE {
 *	certReq  CertRequest,
 *	popo     ProofOfPossession  OPTIONAL,
 *	regInfo  ...                OPTIONAL }
 *
 * CertRequest ::= SEQUENCE {
 *	certReqId     INTEGER,
 *	certTemplate  CertTemplate,
 *	controls      Controls OPTIONAL }
 *
 * RFC 9483 4.1.1: one CertReqMsg, its certReqId 0.
 */
enum err cmp_put_cert_request(struct cmp_session *s, struct derw *w)
{
	enum err e = OK;

	IN (w, DER_SEQUENCE)
		IN (w, DER_SEQUENCE) {
			size_t begin = w->n;

			IN (w, DER_SEQUENCE) {
				derw_uint(w, CERT_REQ_ID);
				e = put_template(w, s->wishes);
			}
			if (e == OK)
				e = put_possession(s, w,
				                   (struct span){ w->buf + begin, w->n - begin });
		}
	return e;
}
