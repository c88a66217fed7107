/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protection, ours and theirs: by signature or by MAC, one kind as long as the
 * operation lasts (RFC 9483 3.2).  Who signed is signer.c's business.
 */
#include "cmp/internal.h"

/* id-at-commonName 2.5.4.3 */
static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };

/* RFC 9483 3.1: with a MAC "the sender MUST be a directoryName with a CN of the reference". */
static void put_reference_name(struct derw *w, struct span reference)
{
	IN (w, DER_SEQUENCE)
		IN (w, DER_SET)
			IN (w, DER_SEQUENCE) {
				derw_put(w, DER_OID, SPAN(common_name));
				derw_put(w, DER_UTF8, reference);
			}
}

void cmp_put_sender(struct derw *w, const struct cmp_session *s)
{
	const struct cmp_client *c = s->client;

	IN (w, DER_CONTEXT(4)) {
		if (c->secret != NULL)
			put_reference_name(w, c->secret->reference);
		else
			derw_raw(w, credential_subject(c->signer));
	}
}

void cmp_put_protection_alg(struct derw *w, const struct cmp_session *s)
{
	if (s->client->secret != NULL)
		mac_params_write(w, &s->mac.params);
	else
		sig_alg_write(w, signer_alg(s->client->signer->key));
}

struct span cmp_sender_kid(const struct cmp_session *s)
{
	const struct cmp_client *c = s->client;

	return c->secret != NULL ? c->secret->reference : credential_kid(c->signer);
}

enum err cmp_protect(struct cmp_session *s, struct span part, struct span *protection)
{
	struct digest tag;
	enum err e;

	if (s->client->secret == NULL)
		return signer_sign(s->client->signer->key, part, s->arena, protection);
	e = mac_of(&s->mac, part, &tag);
	return e == OK ? arena_copy(s->arena, digest_span(&tag), protection) : e;
}

/* The secret vouches for whoever holds it; names and senderKID are its holder's own. */
static enum err check_mac(struct cmp_session *s)
{
	uint8_t room[CMP_PART_HEAD_MAX];
	const struct message part = cmp_protected_part(&s->in, room);

	return err_within(E_CMP_PROTECTION,
	                  mac_verify_message(s->in.header.protection_alg, s->client->secret->value,
	                                     &s->mac, &part, s->in.protection),
	                  "MAC");
}

/* RFC 9483 3.2: the answer is protected as the request was; said in these words where it is
   not.  Servers that sign whatever was asked by MAC are for the operator to accept. */
static enum err check_kind(const struct cmp_session *s)
{
	struct span algorithm = s->in.header.protection_alg;
	enum mac_scheme scheme;
	struct sig_alg alg;

	if (s->client->secret == NULL && mac_scheme_of(algorithm, &scheme))
		return err_because(E_CMP_PROTECTION,
		                   "answer is MAC-protected (%s), the request was signed: RFC 9483 "
		                   "3.2",
		                   mac_scheme_name(scheme));
	if (s->client->secret != NULL && !s->by_signature && sig_alg_read(algorithm, &alg) == OK)
		return err_because(E_CMP_PROTECTION,
		                   "answer is signed (%s), the request was MAC-protected (%s): RFC "
		                   "9483 3.2",
		                   sig_alg_name(&alg), mac_scheme_name(s->mac.params.scheme));
	return OK;
}

/* Signed, although our request has a MAC, and the operator accepts that. */
static bool is_signed_answer(const struct cmp_session *s)
{
	struct sig_alg alg;

	return s->client->secret != NULL && s->client->accept_signed &&
	       trusted_anchors(s->client->trusted)->n > 0 &&
	       sig_alg_read(s->in.header.protection_alg, &alg) == OK;
}

/*
 * An error is signed even where all else has a MAC (RFC 4210 5.3.21: the CA "MUST
 * always sign" it).  Without anchors to judge the signer by, it is nobody's word.
 */
static bool is_signed_error(const struct cmp_session *s)
{
	struct sig_alg alg;

	return s->in.body == BODY_ERROR && s->client->secret != NULL &&
	       sig_alg_read(s->in.header.protection_alg, &alg) == OK;
}

enum err cmp_check_protection(struct cmp_session *s)
{
	const struct cmp_message *m = &s->in;
	bool has_anchors = trusted_anchors(s->client->trusted)->n > 0;
	enum err e;

	s->signer = (struct path){ .n = 0 };
	s->authentic = m->has_protection;
	if (!m->has_protection && m->body != BODY_ERROR)
		return err_because(E_CMP_PROTECTION, "the %s message is not protected",
		                   pki_body_name(m->body));
	if (is_signed_error(s))
		s->authentic = has_anchors;
	if (!s->authentic)
		return OK;
	s->by_signature = s->client->secret == NULL || is_signed_error(s) || is_signed_answer(s);
	e = check_kind(s);
	if (e != OK)
		return e;
	if (!s->by_signature) {
		if (m->header.protection_alg.n == 0)
			return err_because(E_CMP_PROTECTION, "protectionAlg is missing");
		return check_mac(s);
	}
	return cmp_check_signer(s);
}
