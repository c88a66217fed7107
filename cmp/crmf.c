/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRMF: the request for a certificate, with proof of possession (RFC 4211). */
#include "cmp/internal.h"

/* A field whose IMPLICIT tag takes the place of the SEQUENCE's. */
enum err cmp_put_implicit(struct derw *w, uint8_t n, struct span sequence)
{
	enum err e;
	struct der c = der_open(sequence, &e);

	derw_put(w, DER_CONTEXT(n), der_get(&c, DER_SEQUENCE));
	der_end(&c);
	return e;
}

/*
 * RFC 9483 4.1.6: the CA is to make the key: "the algorithm field", and a
 * subjectPublicKey of "a zero-length BIT STRING".
 */
static void put_wanted_key(struct derw *w, enum key_kind kind)
{
	IN (w, DER_CONTEXT(6)) {
		derw_raw(w, cmp_key_alg(kind));
		derw_bits(w, NO_BYTES);
	}
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
static enum err put_template(struct derw *w, const struct cmp_session *s)
{
	const struct cmp_params *params = s->params;
	enum err e = OK;

	IN (w, DER_SEQUENCE) {
		if (params->issuer.n > 0)
			derw_put(w, DER_CONTEXT(3), params->issuer);
		if (params->validity.n > 0)
			derw_put(w, DER_CONTEXT(4), params->validity);
		derw_put(w, DER_CONTEXT(5), params->subject);
		if (s->spki.n > 0)
			e = cmp_put_implicit(w, 6, s->spki);
		else if (params->central != NULL)
			put_wanted_key(w, *params->central);
		if (params->extensions.n > 0)
			derw_put(w, DER_CONTEXT(9), params->extensions);
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
 * RFC 9483 4.1.1: poposkInput is not used; signed is the DER of certReq.  4.1.6:
 * absent where the key is not ours yet; raVerified is never an end entity's.
 */
static enum err put_possession(struct cmp_session *s, struct derw *w, struct span cert_request)
{
	const struct signer *key = s->params->key;
	struct span signature;
	enum err e = w->err;

	if (key == NULL)
		return e;

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
 * id-regCtrl-rsaKeyLen: RsaKeyLenCtrl ::= INTEGER (1..MAX)	(RFC 9480 2.16)
 *
 * rsaEncryption says nothing of a length: without it a CA makes what it likes.
 */
static void put_rsa_key_len(struct derw *w, uint32_t bits)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, REG_CTRL_RSA_KEY_LEN);
		derw_uint(w, bits);
	}
}

/*
 * Controls ::= SEQUENCE SIZE (1..MAX) OF SingleAttribute
 *
 * id-regCtrl-oldCertID: OldCertId ::= CertId
 * CertId ::= SEQUENCE { issuer GeneralName, serialNumber INTEGER }
 *
 * RFC 9483 4.1.3: the certificate that is updated, which is the one that signs.
 */
static void put_old_cert_id(struct derw *w, const struct cert *old)
{
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, REG_CTRL_OLD_CERT_ID);
		IN (w, DER_SEQUENCE) {
			IN (w, DER_CONTEXT(4))
				derw_raw(w, old->issuer);
			derw_put(w, DER_INTEGER, old->serial);
		}
	}
}

static void put_controls(struct derw *w, const struct cmp_session *s)
{
	bool made = s->spki.n == 0 && s->params->central != NULL; /* by the CA */
	uint32_t bits = made ? cmp_key_rsa_bits(*s->params->central) : 0;
	bool updates = s->op->ask.body == BODY_KUR;

	if (bits == 0 && !updates)
		return;
	IN (w, DER_SEQUENCE) {
		if (updates)
			put_old_cert_id(w, &s->client->signer->leaf);
		if (bits > 0)
			put_rsa_key_len(w, bits);
	}
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
				e = put_template(w, s);
				put_controls(w, s);
			}
			if (e == OK)
				e = put_possession(s, w,
				                   (struct span){ w->buf + begin, w->n - begin });
		}
	return e;
}
