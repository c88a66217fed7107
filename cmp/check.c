/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The generic validation of a message received, in the order of RFC 9483 3.5.
 * (The first check, of the syntax, is reading it: read.c.)
 */
#include <inttypes.h>

#include "cmp/internal.h"
#include "platform/base/date.h"

/* "The pvno MUST be cmp2000(2) or cmp2021(3)." */
static enum err check_version(struct cmp_session *s)
{
	uint32_t v = s->in.header.pvno;

	return v == 2 || v == 3 ? OK : err_because(E_CMP_VERSION, "pvno is %u", v);
}

static enum err check_transaction(struct cmp_session *s)
{
	struct span id = s->in.header.transaction_id;
	struct quoted q, ours;

	if (span_equal_secret(id, SPAN(s->txn.id)))
		return OK;
	return err_because(E_CMP_TRANSACTION, "transactionID is %s, ours %s",
	                   id.n > 0 ? log_hex(&q, id) : "missing", log_hex(&ours, SPAN(s->txn.id)));
}

static enum err check_body(struct cmp_session *s)
{
	char expected[96];
	struct cmp_text t = CMP_TEXT_ON(expected);

	if ((s->allowed & BODY_BIT(s->in.body)) != 0)
		return OK;
	for (unsigned body = 0; body <= BODY_LAST; body++)
		if ((s->allowed & BODY_BIT(body)) != 0)
			cmp_say(&t, "%s%s", t.n > 0 ? ", " : "", pki_body_name(body));
	return err_because(E_CMP_BODY, "it is a %s message, expected %s", pki_body_name(s->in.body),
	                   expected);
}

/* "MUST contain at least 128 bits of data" */
static enum err check_sender_nonce(struct cmp_session *s)
{
	size_t n = s->in.header.sender_nonce.n;

	return n >= CMP_NONCE_MIN ? OK
	                          : err_because(E_CMP_NONCE,
	                                        "senderNonce has %zu octets, at least "
	                                        "%d are needed",
	                                        n, CMP_NONCE_MIN);
}

/*
 * The senderNonce of our last message; or, when an answer was delayed and now
 * comes, that of the request it answers (RFC 9483 3.1, 4.4).  RFC 9483 5.1.5 lets
 * whoever delayed it choose.  A pollRep answers its pollReq only.
 */
static enum err check_recip_nonce(struct cmp_session *s)
{
	const struct cmp_txn *t = &s->txn;
	struct span nonce = s->in.header.recip_nonce;
	struct quoted q, ours;

	if (span_equal_secret(nonce, SPAN(t->nonce)))
		return OK;
	if (t->delayed && s->in.body != BODY_POLL_REP &&
	    span_equal_secret(nonce, SPAN(t->delayed_nonce)))
		return OK;
	return err_because(E_CMP_NONCE, "recipNonce is %s, our last senderNonce %s",
	                   nonce.n > 0 ? log_hex(&q, nonce) : "missing",
	                   log_hex(&ours, SPAN(t->nonce)));
}

/*
 * "MUST be close to the current time", for who has it.  It is the time of
 * production: an answer that was waited for may be as old as its request; where no
 * clock knew then how late it was, as old as it says.  The nonces stop replays.
 */
static enum err check_time(struct cmp_session *s)
{
	const struct cmp_header *h = &s->in.header;
	struct moment now = s->client->now(), begun = s->txn.begun;
	struct date_text theirs, ours;
	int64_t oldest;

	if (!s->authentic || !h->has_time || now.confidence != TIME_SET)
		return OK;
	oldest = begun.confidence == TIME_SET && begun.seconds < now.seconds ? begun.seconds
	         : begun.confidence != TIME_SET && s->txn.delayed            ? h->time
	                                                                     : now.seconds;
	if (h->time >= oldest - CLOCK_SKEW_MAX_S && !time_ahead(now, h->time))
		return OK;
	return err_because(E_CMP_TIME, "messageTime is %s, our clock says %s",
	                   date_to_rfc3339(&theirs, h->time), date_to_rfc3339(&ours, now.seconds));
}

/* The CA's own words in an error or a rejection; NULL: it is neither. */
static const char *what_refuses(const struct cmp_session *s, struct cmp_status *said)
{
	struct cmp_cert_rep rep;
	bool read = false;

	*said = (struct cmp_status){ .status = PKI_ACCEPTED };
	if (s->in.body == BODY_ERROR)
		return cmp_error_read(s->in.content, said) == OK ? "an error" : NULL;
	if (s->in.body == BODY_RP)
		read = cmp_revocation_read(s->in.content, said) == OK;
	else if (s->op->certifies && s->in.body == s->op->answer)
		read = cmp_cert_rep_read(s->in.content, &rep) == OK;
	if (read && s->in.body != BODY_RP)
		*said = rep.status;
	return read && said->status == PKI_REJECTION ? "a rejection" : NULL;
}

/* What a refusal says is of use even where it cannot be believed. */
static enum err with_its_words(const struct cmp_session *s, enum err e)
{
	struct cmp_fault fault = { 0 };
	struct cmp_status said;
	char words[ERR_REASON_MAX];
	struct cmp_text t = CMP_TEXT_ON(words);
	const char *what;

	cmp_fault_keep(&fault, e);
	what = what_refuses(s, &said);
	if (what == NULL)
		return cmp_fault_say(&fault);
	cmp_status_words(&t, &said);
	return err_because(e, "%s; the message is %s: %s", fault.why, what, words);
}

enum err cmp_check(struct cmp_session *s)
{
	static enum err (*const in_order[])(struct cmp_session *) = {
		check_version,     check_transaction,    check_body, check_sender_nonce,
		check_recip_nonce, cmp_check_protection, check_time,
	};

	for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++) {
		enum err e = in_order[i](s);

		if (e != OK)
			return with_its_words(s, e);
	}
	return OK;
}
