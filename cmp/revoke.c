/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rr: the certificate that signs is not to be believed any more (RFC 9483 4.2). */
#include "cmp/internal.h"

/*
 * crlEntryDetails: reasonCode, "0 if unknown": always there, for there are RAs
 * that refuse a request without it.
 *
 * CRLReason ::= ENUMERATED
 */
static void put_reason(struct derw *w, enum crl_reason reason)
{
	IN (w, DER_SEQUENCE)
		IN (w, DER_SEQUENCE) {
			derw_put(w, DER_OID, CE_REASON_CODE);
			IN (w, DER_OCTET_STRING)
				IN (w, DER_ENUMERATED)
					derw_byte(w, (uint8_t)reason);
		}
}

/*
 * RevReqContent ::= SEQUENCE OF RevDetails
 *
 * RevDetails ::= SEQUENCE {
 *	certDetails      CertTemplate,
 *	crlEntryDetails  Extensions OPTIONAL }
 *
 * RFC 9483 4.2: one of them, with serialNumber [1] and issuer [3].
 */
enum err cmp_put_revocation(struct cmp_session *s, struct derw *w)
{
	const struct cert *c = &s->client->signer->leaf;

	IN (w, DER_SEQUENCE)
		IN (w, DER_SEQUENCE) {
			IN (w, DER_SEQUENCE) {
				derw_put(w, DER_CONTEXT_PRIMITIVE(1), c->serial);
				derw_put(w, DER_CONTEXT(3), c->issuer);
			}
			put_reason(w, s->reason);
		}
	return OK;
}

static bool is_refusal(const struct cmp_session *s, enum err e)
{
	return s->authentic && (e == E_CMP_REJECTED || e == E_CMP_ERROR || e == E_CMP_AGAIN);
}

/* RFC 9483 3.5, 3.6.2: certRevoked, signerNotTrusted, notAuthorized. */
static enum cmp_revocation outcome_of(const struct cmp_session *s, enum err e)
{
	uint32_t why = s->status.fail_info;

	if (e == OK)
		return CMP_REVOKED;
	if (!is_refusal(s, e))
		return CMP_UNDECIDED;
	if ((why & FAIL_CERT_REVOKED) != 0)
		return CMP_REVOKED;
	return (why & (FAIL_SIGNER_NOT_TRUSTED | FAIL_NOT_AUTHORIZED)) != 0 ? CMP_DISTRUSTED
	                                                                    : CMP_NOT_REVOKED;
}

enum err cmp_revoke(const struct cmp_client *c, struct arena *a, enum crl_reason reason,
                    enum cmp_revocation *outcome)
{
	struct cmp_session *s;
	enum err e = cmp_session_new(c, a, &CMP_OP_RR, &s);

	*outcome = CMP_UNDECIDED;
	if (e != OK)
		return e;
	s->reason = reason;
	e = cmp_open(s);
	*outcome = outcome_of(s, e);
	return e;
}
