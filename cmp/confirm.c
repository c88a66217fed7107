/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said to the certificate that came: certConf and pkiConf (RFC 9483 4.1.1). */
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
 * The hash is the one of the certificate's signature, or the one that RFC 9481 3.3
 * dedicates to it; so hashAlg is left out (RFC 9483 4.1.1), but for a CA that
 * insists on it, and where the signature names no hash (RFC 9480 2.10).
 */
static enum err put_cert_conf(struct cmp_session *s, struct derw *w)
{
	struct digest hash;
	enum err e = hash_of(s->cert_hash, s->new_cert, &hash);

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
			if (s->names_hash)
				IN (w, DER_CONTEXT(0))
					hash_alg_write(w, s->cert_hash);
		}
	return OK;
}

/*
 * Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm, ... }
 *
 * One that nobody here can read is rejected all the same (RFC 9483 3.6.1): its second
 * member is all that matters, and may be of any kind, too.
 */
static bool hash_of_signature(struct span der, enum hash *out)
{
	struct sig_alg alg;
	struct digest d;
	enum err e;
	struct der c = der_open(der, &e);
	struct der in = der_enter(&c, DER_SEQUENCE);
	struct span algorithm;

	der_element_of(&in, DER_SEQUENCE);
	algorithm = der_element_of(&in, DER_SEQUENCE);
	if (e != OK || sig_alg_read_signed(algorithm, &alg) != OK)
		return false;
	*out = sig_alg_cert_hash(&alg);
	return hash_of(*out, NO_BYTES, &d) == OK;
}

static void choose_hash(struct cmp_session *s)
{
	bool known = hash_of_signature(s->new_cert, &s->cert_hash);

	if (!known)
		s->cert_hash = HASH_SHA256;
	s->names_hash = s->client->hash_alg || !known;
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
	return e == E_CMP_ERROR && (s->resent || s->resumed) && s->authentic &&
	       (s->status.fail_info & FAIL_CERT_CONFIRMED) != 0;
}

/* The answer to certConf: pkiConf, or that it was confirmed before. */
static enum err read_confirmation(const struct cmp_session *s, enum err e)
{
	if (e == OK)
		return read_pki_conf(s);
	return was_confirmed_before(s, e) ? OK : e;
}

/* certConf, with acceptance or with the rejection that is due (RFC 9483 3.6.1); pkiConf. */
enum err cmp_confirm(struct cmp_session *s, enum err refused)
{
	struct cmp_fault why = { 0 };
	enum err e = refused == OK ? cmp_journal_confirming(s) : OK;

	if (e == E_TOO_BIG) /* it came so: what cannot outlive us is not taken */
		refused = e;
	else if (e != OK)
		return e;
	cmp_fault_keep(&why, refused);
	s->refused = refused;
	choose_hash(s);
	cmp_tell(s, CMP_CONFIRMING, BODY_CERT_CONF, 0);
	e = read_confirmation(s, cmp_ask(s, &CERT_CONF, BODY_PKICONF));
	if (refused == OK)
		return e;
	if (e == OK)
		cmp_tell(s, CMP_REFUSED, BODY_PKICONF, 0);
	else
		log_notice("the CA did not hear that we refuse its certificate: %s", err_reason(e));
	return cmp_fault_say(&why);
}

/* certConf went out before we were here, and pkiConf was delayed. */
enum err cmp_confirm_resume(struct cmp_session *s, int64_t milliseconds)
{
	return read_confirmation(s, cmp_ask_resume(s, BODY_PKICONF, milliseconds));
}
