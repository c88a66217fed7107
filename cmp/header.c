/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PKIHeader, filled in line by line as RFC 9483 3.1 asks of an end entity. */
#include "cmp/internal.h"

static void put_octets(struct derw *w, uint8_t n, struct span s)
{
	IN (w, DER_CONTEXT(n))
		derw_put(w, DER_OCTET_STRING, s);
}

/* RFC 9483 3.4: as the operator says, or "the issuer field from a CertReqTemplate"; the CA
   of a certificate that is updated or revoked is the one that issued it. */
static struct span name_of_ca(const struct cmp_session *s)
{
	unsigned body = s->op->ask.body;

	if (s->client->recipient.n > 0)
		return s->client->recipient;
	if (s->op->certifies && s->params->issuer.n > 0)
		return s->params->issuer;
	if (body == BODY_KUR || body == BODY_RR)
		return s->client->signer->leaf.issuer;
	return NAME_EMPTY;
}

/* Later messages go to who sent the last one; the first to the CA, if we know its name. */
static void put_recipient(struct derw *w, const struct cmp_session *s)
{
	if (s->txn.peer_size > 0)
		derw_raw(w, (struct span){ s->txn.peer, s->txn.peer_size });
	else
		IN (w, DER_CONTEXT(4))
			derw_raw(w, name_of_ca(s));
}

/* "MUST be the time at which the message was produced": only a clock that is set knows it. */
static void put_time(struct derw *w, struct moment now)
{
	if (now.confidence == TIME_SET)
		IN (w, DER_CONTEXT(0))
			derw_generalized_time(w, now.seconds);
}

/*
 * ImplicitConfirmValue ::= NULL
 * CertProfileValue ::= SEQUENCE SIZE (1..MAX) OF UTF8String
 *
 * Both belong into the message that opens an operation, and only there.
 */
static void put_general_info(struct derw *w, const struct cmp_session *s)
{
	bool implicit = s->op->certifies && s->params->confirm == CMP_CONFIRM_IMPLICIT;
	bool profile = s->op->takes_profile && s->client->profile.n > 0;

	if (s->opened || (!implicit && !profile))
		return;
	IN (w, DER_CONTEXT(8))
		IN (w, DER_SEQUENCE) {
			if (implicit)
				IN (w, DER_SEQUENCE) {
					derw_put(w, DER_OID, IT_IMPLICIT_CONFIRM);
					derw_null(w);
				}
			if (profile)
				IN (w, DER_SEQUENCE) {
					derw_put(w, DER_OID, IT_CERT_PROFILE);
					IN (w, DER_SEQUENCE)
						derw_put(w, DER_UTF8, s->client->profile);
				}
		}
}

/*
 * RFC 9480 2.20: 3 only where EnvelopedData is expected, from the first message on,
 * and in a certConf with hashAlg.
 */
static uint32_t version(const struct cmp_session *s, unsigned body)
{
	bool central = s->op->certifies && s->spki.n == 0;

	return central || (body == BODY_CERT_CONF && s->names_hash) ? 3 : 2;
}

void cmp_put_header(struct derw *w, const struct cmp_session *s, unsigned body)
{
	const struct cmp_txn *t = &s->txn;
	struct span kid = cmp_sender_kid(s);

	IN (w, DER_SEQUENCE) {
		derw_uint(w, version(s, body));
		cmp_put_sender(w, s);
		put_recipient(w, s);
		put_time(w, s->client->now());
		IN (w, DER_CONTEXT(1))
			cmp_put_protection_alg(w, s);
		if (kid.n > 0)
			put_octets(w, 2, kid);
		put_octets(w, 4, SPAN(t->id));
		put_octets(w, 5, SPAN(t->nonce));
		if (t->peer_nonce_size > 0)
			put_octets(w, 6, (struct span){ t->peer_nonce, t->peer_nonce_size });
		put_general_info(w, s);
	}
}
