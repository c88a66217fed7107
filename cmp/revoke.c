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

enum err cmp_revoke(const struct cmp_client *c, struct arena *a, enum crl_reason reason)
{
	struct cmp_session *s;
	enum err e = cmp_session_new(c, a, &CMP_OP_RR, &s);

	if (e != OK)
		return e;
	s->reason = reason;
	return cmp_open(s);
}
