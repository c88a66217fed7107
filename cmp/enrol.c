/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking for a certificate, from the request to its confirmation (RFC 9483 4.1). */
#include "cmp/internal.h"

/* RFC 9483 4.1.6: the private key that came along is the certificate's, or nothing counts. */
static enum err open_key(struct cmp_session *s, struct cmp_issued *out)
{
	size_t mark = arena_mark(s->arena);
	struct derw w = derw_in(s->arena, s->rep.enveloped.n + 8);
	struct span enveloped;
	struct cert cert;
	enum err e = cert_read(out->cert, &cert);

	if (s->spki.n > 0)
		return OK;
	derw_put(&w, DER_SEQUENCE, s->rep.enveloped);
	if (e == OK)
		e = derw_end(&w, &enveloped);
	if (e == OK)
		e = cmp_key_delivery(s, enveloped, cert.spki, &out->key);
	arena_rewind(s->arena, mark);
	return e;
}

/* Whoever gets an error gets no key. */
static enum err without_key(struct cmp_issued *out, enum err e)
{
	if (e != OK) {
		signer_close(out->key);
		out->key = NULL;
	}
	return e;
}

/*
 * Implicit confirmation counts only where it was asked for.  The certificate is
 * made durable before anybody is told that we have it.
 */
static enum err take(struct cmp_session *s, const struct cmp_keep *keep, struct cmp_issued *out)
{
	bool implicit = s->params->confirm == CMP_CONFIRM_IMPLICIT && s->in.header.implicit_confirm;
	struct cmp_pool pool = { .n = 0 };
	enum err e;

	cmp_pool_fill(&pool, s);
	s->new_cert = s->rep.cert;
	s->giver = s->signer.n > 0 ? s->signer.certs[0] : NO_BYTES;
	s->issued = out;
	e = cmp_issued_check(s, &pool, out);
	out->confirmed_implicitly = implicit;
	if (e == OK)
		e = open_key(s, out);
	if (e == OK && keep != NULL)
		e = keep->store(keep->context, out);
	return without_key(out, implicit ? e : cmp_confirm(s, e));
}

enum err cmp_enrol(const struct cmp_client *c, enum cmp_request kind, struct arena *a,
                   const struct cmp_params *w, const struct cmp_keep *keep, struct cmp_issued *out)
{
	struct cmp_session *s;
	enum err e = cmp_session_new(c, a, cmp_request_op(kind), &s);

	*out = (struct cmp_issued){ 0 };
	if (e == OK)
		e = cmp_session_params(s, kind, w);
	if (e == OK)
		e = cmp_open(s);
	return e == OK ? take(s, keep, out) : e;
}

/* The CA does not know the transaction, or not as we do: nothing is left of it. */
static enum err gone(enum err e)
{
	return err_within(E_CMP_GONE, e, "going on with the transaction");
}

/*
 * A file is nobody's word: what it calls issued is judged by what judged the answer.
 * Chain, anchor and caPubs help as what came along did; where they lead is found anew.
 */
static enum err judge_again(struct cmp_session *s, const struct cmp_state *state,
                            struct cmp_issued *out)
{
	const struct cmp_issued *was = &state->issued;
	struct cmp_pool pool = { .n = 0 };
	enum err e = OK;

	s->rep = (struct cmp_cert_rep){ .cert = was->cert, .cert_req_id = state->cert_req_id };
	s->rep.status.status = was->with_modifications ? PKI_GRANTED_WITH_MODS : PKI_ACCEPTED;
	s->rep.ca_pubs_count = was->ca_pubs_count;
	for (size_t i = 0; i < was->ca_pubs_count; i++)
		s->rep.ca_pubs[i] = was->ca_pubs[i];
	s->new_cert = was->cert;
	s->giver = state->signer;
	cmp_pool_fill(&pool, s);
	cmp_pool_add(&pool, was->chain, was->chain_count);
	if (was->ca_pubs_count > 0 && (s->client->secret == NULL || state->signer.n > 0))
		e = cmp_check_signer_again(s, state->signer, &pool);
	return e == OK ? cmp_issued_check(s, &pool, out) : e;
}

/* The certificate was there and checked; what is open is its confirmation. */
static enum err confirm_on(struct cmp_session *s, const struct cmp_state *state,
                           const struct cmp_keep *keep, struct cmp_issued *out)
{
	enum err e = judge_again(s, state, out);

	if (e != OK)
		return gone(e);
	s->issued = out;
	s->opened = true;
	if (keep != NULL)
		e = keep->store(keep->context, out);
	if (e != OK)
		return e;
	return s->txn.delayed ? cmp_confirm_resume(s, state->pause_ms) : cmp_confirm(s, OK);
}

enum err cmp_resume(const struct cmp_client *c, struct span saved, struct arena *a,
                    const struct cmp_params *w, const struct cmp_keep *keep, struct cmp_issued *out)
{
	struct cmp_state state;
	struct cmp_session *s;
	enum err e = cmp_state_kind(saved, &state.kind);

	*out = (struct cmp_issued){ 0 };
	if (e == OK)
		e = cmp_session_new(c, a, cmp_request_op(state.kind), &s);
	if (e == OK)
		e = cmp_session_params(s, state.kind, w);
	if (e == OK)
		e = cmp_state_restore(saved, s, &state);
	if (e != OK)
		return e;
	s->resumed = true;
	e = state.has_issued ? confirm_on(s, &state, keep, out)
	                     : cmp_ask_resume(s, s->op->answer, state.pause_ms);
	if (e == E_CMP_ERROR && s->resumed)
		return gone(e);
	return e == OK && !state.has_issued ? take(s, keep, out) : e;
}
