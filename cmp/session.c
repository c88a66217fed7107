/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A transaction: messages out and in, patience while the CA is thinking. */
#include "cmp/internal.h"

enum { JITTER = 8 }; /* a fleet that was told the same time spreads over an eighth of it */

/* RFC 9483 3.2: one kind of protection; 4.1.5: not every operation goes by MAC. */
static enum err choose_protection(struct cmp_session *s)
{
	const struct cmp_client *c = s->client;
	struct mac_params params;
	enum err e;

	if ((c->secret == NULL) == (c->signer == NULL))
		return err_because(E_BUG, "a CMP client signs or has a secret, one of the two");
	if (c->secret == NULL)
		return OK;
	if (!s->op->by_mac)
		return err_because(E_CONFIG,
		                   "%s is signed with the certificate it is about, never "
		                   "protected by a shared secret (RFC 9483 4.1.5)",
		                   pki_body_name(s->op->ask.body));
	if (c->secret->reference.n == 0 || c->secret->reference.n > CMP_NONCE_MAX)
		return err_because(E_CONFIG,
		                   "the reference of the secret has %zu octets, 1 to %d are "
		                   "possible",
		                   c->secret->reference.n, CMP_NONCE_MAX);
	if (c->secret->value.n == 0 || c->secret->value.n > CMP_SECRET_MAX)
		return err_because(E_CONFIG, "the secret has %zu octets, 1 to %d are possible",
		                   c->secret->value.n, CMP_SECRET_MAX);
	e = mac_params_new(c->secret->scheme, &params);
	return e == OK ? mac_key_derive(&params, c->secret->value, &s->mac) : e;
}

enum err cmp_session_new(const struct cmp_client *c, struct arena *a, const struct cmp_op *op,
                         struct cmp_session **out)
{
	struct cmp_session *s = arena_take(a, sizeof *s);
	int64_t longest = (int64_t)WAITING_MAX_S * 1000;
	int64_t total_ms = c->total_ms > 0 ? c->total_ms : longest;

	*out = s;
	if (s == NULL)
		return err_because(E_SPACE, "no memory left for a CMP transaction");
	if (c->profile.n > CMP_PROFILE_MAX)
		return err_because(E_CONFIG,
		                   "the certificate profile's name has %zu octets, at most "
		                   "%d are possible",
		                   c->profile.n, CMP_PROFILE_MAX);
	s->client = c;
	s->op = op;
	s->arena = a;
	s->deadline = clock_ticks() + total_ms;
	s->patience = clock_ticks() + (total_ms > longest ? total_ms : longest);
	cmp_endpoint(s, c->labels == CMP_LABELS_LONG    ? op->label
	                : c->labels == CMP_LABELS_SHORT ? op->short_label
	                                                : NULL);
	return choose_protection(s);
}

/* What later messages need of this one. */
static void remember(struct cmp_session *s)
{
	struct cmp_txn *t = &s->txn;
	const struct cmp_header *h = &s->in.header;

	s->opened = true;
	s->resumed = s->resumed && s->in.body == BODY_ERROR;
	if (!s->authentic)
		return;
	memcpy(t->peer_nonce, h->sender_nonce.p, h->sender_nonce.n);
	t->peer_nonce_size = h->sender_nonce.n;
	memcpy(t->peer, h->sender.p, h->sender.n);
	t->peer_size = h->sender.n;
	cmp_kept_add(&t->kept, &s->signer);
}

/* One message out, one message in, which holds what RFC 9483 3.5 demands. */
static enum err round_trip(struct cmp_session *s, const struct cmp_draft *d, uint32_t allowed)
{
	struct octets answer = NO_OCTETS;
	struct span request;
	enum err e = cmp_build(s, d, &request);

	s->resent = false;
	if (e == OK) {
		cmp_tell(s, CMP_SENT, d->body, 0);
		e = cmp_send(s, request, &answer);
	}
	if (e == OK)
		e = cmp_read_octets(&answer, s->arena, &s->in);
	if (e != OK)
		return e;
	cmp_tell(s, CMP_RECEIVED, s->in.body, 0);
	if (s->in.certs_ignored > 0)
		log_notice("extraCerts holds more than %d certificates, %zu are ignored", POOL_MAX,
		           s->in.certs_ignored);
	s->allowed = allowed;
	e = cmp_check(s);
	if (e == OK)
		remember(s);
	return e;
}

/*
 * PollReqContent ::= SEQUENCE OF SEQUENCE { certReqId INTEGER }
 *
 * RFC 9483 4.4: 0 for a CertResponse, -1 for a whole message.
 */
static enum err put_poll_req(struct cmp_session *s, struct derw *w)
{
	IN (w, DER_SEQUENCE)
		IN (w, DER_SEQUENCE)
			derw_int(w, s->txn.poll_id);
	return OK;
}

static const struct cmp_draft POLL_REQ = { BODY_POLL_REQ, put_poll_req };

/* Takes the answer's status in: s->status, and s->rep of a CertRepMessage. */
static enum err read_status(struct cmp_session *s)
{
	s->status = (struct cmp_status){ .status = PKI_ACCEPTED };
	if (s->in.body == BODY_ERROR)
		return cmp_error_read(s->in.content, &s->status);
	return s->in.body == s->op->answer && s->op->read != NULL ? s->op->read(s) : OK;
}

/*
 * RFC 9483 4.4: `waiting` comes in an ip, cp or kup, or in an error (RFC 9480
 * 2.19: for any request), which then must be protected.
 */
static bool has_to_wait(struct cmp_session *s)
{
	if (s->in.body == BODY_POLL_REP)
		return true;
	if (s->status.status != PKI_WAITING || !s->authentic)
		return false;
	s->txn.poll_id = s->in.body == BODY_ERROR ? NO_CERT_REQ_ID : (int32_t)s->rep.cert_req_id;
	if (!s->txn.delayed)
		memcpy(s->txn.delayed_nonce, s->txn.nonce, sizeof s->txn.nonce);
	s->txn.delayed = true;
	return true;
}

/* Upwards only: checkAfter is the least time (RFC 9483 4.4). */
static int64_t with_jitter(int64_t milliseconds)
{
	uint8_t r[2];

	if (rng_bytes(r, sizeof r) != OK)
		return milliseconds;
	return milliseconds + milliseconds / JITTER * (r[0] << 8 | r[1]) / 65536;
}

/* Frequent polls wear the flash, since each writes the journal; and the polls that we have
   must last as long as we wait. */
int64_t cmp_least_pause(unsigned polls)
{
	return polls < CMP_POLLS_QUICK    ? CMP_CHECK_AFTER_MIN_S
	       : polls < CMP_POLLS_SLOWLY ? CMP_POLL_SLOW_S
	                                  : CMP_POLL_RARELY_S;
}

/* How long to wait: what a pollRep says; at first nothing, where nothing is said. */
static enum err pause_asked_for(struct cmp_session *s, int64_t *seconds)
{
	struct cmp_poll_rep rep;
	struct quoted q;
	int64_t least = cmp_least_pause(s->txn.polls);
	enum err e;

	*seconds = s->txn.polls == 0 ? 0 : least > CMP_PAUSE_S ? least : CMP_PAUSE_S;
	if (s->in.body != BODY_POLL_REP)
		return OK;
	e = cmp_poll_rep_read(s->in.content, &rep);
	if (e != OK)
		return e;
	if (rep.cert_req_id != CERT_REQ_ID && rep.cert_req_id != NO_CERT_REQ_ID)
		return err_because(E_CMP_CONTENT, "pollRep is for certReqId %lld",
		                   (long long)rep.cert_req_id);
	if (rep.reason.n > 0)
		log_info("the CA asks to wait: %s", log_quote(&q, rep.reason));
	*seconds = rep.check_after > least ? rep.check_after : least;
	return OK;
}

/* A clock lets the next call know how much of a pause has passed meanwhile.  Without one
   only what was slept is known to have passed, and the journal has to say so. */
static enum err leave_rest(struct cmp_session *s, int64_t milliseconds)
{
	if (!s->untimed)
		return OK;
	return cmp_journal_waiting(s, milliseconds > 0 ? milliseconds : 0);
}

/* Longer than this call has time for: who goes on later waits for the rest. */
static enum err wait_in_part(struct cmp_session *s, int64_t seconds, int64_t milliseconds)
{
	int64_t left = cmp_time_left(s), begun = clock_ticks(), slept;
	enum err e;

	if (s->client->now().confidence != TIME_SET && cmp_journal_there(s))
		(void)clock_sleep(left);
	slept = clock_ticks() - begun;
	e = leave_rest(s, milliseconds - slept);
	if (e == OK && clock_check() == E_STOPPED)
		return err_within(E_CMP_TIMEOUT, E_STOPPED, "waiting for the CA");
	return e != OK ? e
	               : err_because(E_CMP_TIMEOUT,
	                             "the CA asks to wait another %lld s, we had %lld s left",
	                             (long long)(seconds - slept / 1000), (long long)(left / 1000));
}

static enum err wait_for(struct cmp_session *s, unsigned body, int64_t seconds,
                         int64_t milliseconds)
{
	int64_t begun = clock_ticks();
	enum err e;

	if (milliseconds >= cmp_time_left(s))
		return wait_in_part(s, seconds, milliseconds);
	cmp_tell(s, CMP_WAITING, body, seconds);
	if (milliseconds <= 0 || clock_sleep(milliseconds))
		return OK;
	e = leave_rest(s, milliseconds - (clock_ticks() - begun));
	return e != OK ? e : err_within(E_CMP_TIMEOUT, clock_check(), "waiting for the CA");
}

static enum err pause_before_poll(struct cmp_session *s)
{
	int64_t seconds, milliseconds;
	enum err e = pause_asked_for(s, &seconds);

	if (e != OK)
		return e;
	if (s->txn.polls >= CMP_POLLS_MAX)
		return err_because(E_CMP_GONE, "asked %u times, and still no decision",
		                   s->txn.polls);
	s->txn.polls++;
	milliseconds = with_jitter(seconds * 1000);
	e = cmp_journal_waiting(s, milliseconds);
	return e == OK ? wait_for(s, s->in.body, seconds, milliseconds) : e;
}

/* An error message, or a rejection in its place: the operation ends (RFC 9483 3.6). */
static enum err verdict(const struct cmp_session *s)
{
	if (s->in.body == BODY_ERROR)
		return cmp_status_refused(&s->status, E_CMP_ERROR,
		                          s->authentic ? "error" : "unprotected error");
	if (s->status.status == PKI_REJECTION)
		return cmp_status_refused(&s->status, E_CMP_REJECTED, "answer");
	return OK;
}

/* One message out and in, and the status it brought. */
static enum err turn(struct cmp_session *s, const struct cmp_draft *d, uint32_t allowed)
{
	enum err e = round_trip(s, d, allowed);

	return e == OK ? read_status(s) : e;
}

/*
 * RFC 9483 3.6.4: the CA is in trouble, and wants the request in a new transaction.  So
 * nobody polls for the old one any more, if it was the CA that said so; but a certificate
 * that came is confirmed once more.
 */
static enum err end_of_waiting(struct cmp_session *s, enum err e)
{
	struct cmp_fault why = { 0 };

	if (e != E_CMP_AGAIN || !s->authentic || !s->txn.delayed || s->issued != NULL)
		return e;
	cmp_fault_keep(&why, e);
	e = cmp_journal_ended(s);
	return e == OK ? cmp_fault_say(&why) : e;
}

/* Polls as long as the CA asks for patience; what was received last is in s->in. */
static enum err settle(struct cmp_session *s, uint32_t final, size_t mark, enum err e)
{
	while (e == OK && has_to_wait(s)) {
		e = pause_before_poll(s);
		arena_rewind(s->arena, mark);
		if (e == OK)
			e = turn(s, &POLL_REQ, final | BODY_BIT(BODY_POLL_REP));
	}
	return end_of_waiting(s, e == OK ? verdict(s) : e);
}

enum err cmp_ask(struct cmp_session *s, const struct cmp_draft *d, unsigned answer)
{
	uint32_t final = BODY_BIT(answer) | BODY_BIT(BODY_ERROR);
	size_t mark = arena_mark(s->arena);

	s->txn.delayed = false;
	s->txn.polls = 0;
	return settle(s, final, mark, turn(s, d, final));
}

enum err cmp_ask_resume(struct cmp_session *s, unsigned answer, int64_t milliseconds)
{
	uint32_t final = BODY_BIT(answer) | BODY_BIT(BODY_ERROR);
	size_t mark = arena_mark(s->arena);
	enum err e = milliseconds > 0
	                     ? wait_for(s, BODY_POLL_REP, (milliseconds + 999) / 1000, milliseconds)
	                     : OK;

	if (e != OK)
		return e;
	s->opened = true;
	return settle(s, final, mark, turn(s, &POLL_REQ, final | BODY_BIT(BODY_POLL_REP)));
}

static enum err begin(struct cmp_session *s)
{
	s->opened = false;
	s->authentic = false;
	wipe(&s->txn, sizeof s->txn);
	s->txn.begun = s->client->now();
	return rng_bytes(s->txn.id, sizeof s->txn.id);
}

/* RFC 9483 3.6.4: "should resend the request in a new transaction". */
static bool wants_another_id(const struct cmp_session *s, enum err e)
{
	return e == E_CMP_AGAIN && (s->status.fail_info & FAIL_TRANSACTION_ID_IN_USE) != 0;
}

/* A server may close a connection just when we ask on it.  To ask for information once
   more, in a new transaction, costs nobody anything. */
static bool asks_harmlessly(const struct cmp_session *s, enum err e)
{
	return e == E_HTTP && s->op->info_type.n > 0 && !s->opened;
}

static bool may_begin_anew(const struct cmp_session *s, enum err e, unsigned restarts)
{
	return (restarts < CMP_RESTARTS_MAX && wants_another_id(s, e)) ||
	       (restarts == 0 && asks_harmlessly(s, e));
}

enum err cmp_open(struct cmp_session *s)
{
	size_t mark = arena_mark(s->arena);

	for (unsigned restarts = 0;; restarts++) {
		enum err e = begin(s);

		s->status = (struct cmp_status){ .status = PKI_ACCEPTED };
		if (e == OK)
			e = cmp_ask(s, &s->op->ask, s->op->answer);
		if (!may_begin_anew(s, e, restarts))
			return e;
		log_info("%s; once more in a new transaction", err_reason(e));
		arena_rewind(s->arena, mark);
	}
}
