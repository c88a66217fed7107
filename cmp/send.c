/* SPDX-License-Identifier: GPL-2.0-or-later */
/* There and back: CMP over HTTP (RFC 9483 6.1, RFC 6712). */
#include <stdio.h>

#include "cmp/internal.h"

#define MEDIA_CMP "application/pkixcmp"

void cmp_tell(const struct cmp_session *s, enum cmp_event what, unsigned body, int64_t seconds)
{
	const struct cmp_watch *w = s->client->watch;

	if (w != NULL && w->event != NULL)
		w->event(w->context, what, pki_body_name(body), seconds);
}

static void show_bytes(const struct cmp_session *s, enum cmp_event what, const struct octets *der)
{
	const struct cmp_watch *w = s->client->watch;

	if (w != NULL && w->message != NULL)
		w->message(w->context, what, der);
}

int64_t cmp_time_left(const struct cmp_session *s)
{
	int64_t left = s->deadline - clock_ticks();

	return left > 0 ? left : 0;
}

/* RFC 9483 6.1: "/.well-known/cmp", "/.well-known/cmp/initialization". NULL: no label. */
void cmp_endpoint(struct cmp_session *s, const char *label)
{
	const char *base = s->client->path;
	size_t n = strlen(base);

	if (label != NULL)
		while (n > 0 && base[n - 1] == '/')
			n--;
	snprintf(s->path, sizeof s->path, "%s%.*s%s%s", base[0] == '/' ? "" : "/", (int)n, base,
	         label != NULL ? "/" : "", label != NULL ? label : "");
}

/*
 * RFC 6712 3.3, RFC 9811 3.1: a PKIMessage counts whatever the status is; its
 * protection decides.  application/pkixcmp-poll is RFC 6712's older name for
 * answers that wait.
 */
static bool carries_message(const struct exchange *x)
{
	return x->answer.n + x->large.n > 0 && (strcmp(x->media_type, MEDIA_CMP) == 0 ||
	                                        strcmp(x->media_type, MEDIA_CMP "-poll") == 0);
}

/*
 * An answer of HTTP's own. RFC 9733 4.3: 404 means that the operation is not offered
 * here.  In the middle of a transaction it is of no more meaning than a cable cut: HTTP
 * does not change the state of CMP (RFC 6712 3.3), whatever stands between us and the CA.
 */
static enum err without_message(struct cmp_session *s, const struct exchange *x)
{
	struct quoted q;
	const char *media = log_quote(&q, span_str(x->media_type));

	s->busy = x->status == 503 || x->status == 429;
	s->retry_after = x->retry_after;
	if (s->opened)
		return err_because(E_HTTP, "HTTP %u with %zu octets of %s from %s: no CMP message",
		                   x->status, x->answer.n + x->large.n, media, s->path);
	if (x->status >= 300 && x->status < 400)
		return err_because(E_REDIRECT, "HTTP %u from %s: CMP requests are not redirected",
		                   x->status, s->path);
	if (x->status == 404 || x->status == 405 || x->status == 410 || x->status == 501)
		return err_because(E_CMP_NONE, "HTTP %u from %s%s", x->status,
		                   trusted_link(s->client->trusted)->origin, s->path);
	if (x->status >= 500)
		return err_because(E_CMP_AGAIN, "HTTP %u from %s without a CMP message", x->status,
		                   s->path);
	if (x->status >= 400)
		return err_because(E_CMP_ERROR, "HTTP %u from %s without a CMP message", x->status,
		                   s->path);
	return err_because(E_MEDIA_TYPE, "HTTP %u with %zu octets of %s, expected " MEDIA_CMP,
	                   x->status, x->answer.n + x->large.n, media);
}

/* Nobody's file, unless the answer may be a large one. */
static struct spool spool_of(const struct cmp_session *s, int64_t left)
{
	struct spool spool = { .fd = -1 };

	if (s->op->large && s->client->spool != NULL)
		spool = *s->client->spool;
	if (spool.total_ms > left)
		spool.total_ms = left;
	return spool;
}

static enum err exchange(struct cmp_session *s, struct span message, struct octets *answer)
{
	int64_t left = cmp_time_left(s);
	const struct spool spool = spool_of(s, left);
	struct exchange x = {
		.path = s->path,
		.sends = MEDIA_CMP,
		.accepts = MEDIA_CMP,
		.body = message,
		.answer_max = CMP_MESSAGE_MAX,
		.total_ms = left < HTTP_TOTAL_MS ? left : HTTP_TOTAL_MS,
		.spool = spool.fd >= 0 ? &spool : NULL,
		.retry_after = -1,
	};
	enum err e;

	s->busy = false;
	if (left == 0)
		return err_because(E_CMP_TIMEOUT, "the time for the whole operation is over");
	e = link_exchange(trusted_link(s->client->trusted), &x, s->arena);
	if (e != OK)
		return e;
	if (!carries_message(&x))
		return without_message(s, &x);
	*answer = x.large.n > 0 ? x.large : octets_of(x.answer);
	return OK;
}

/*
 * The operation label is only a SHOULD (RFC 9483 6.1): a server that does not
 * know it may know the bare path.  Where it answers, certConf and pollReq go, too.
 * The optional operations are not asked for twice (RFC 9733 4.3).
 */
static enum err exchange_at_label_or_bare(struct cmp_session *s, struct span message,
                                          struct octets *answer)
{
	struct cmp_fault at_label = { 0 };
	enum err e = exchange(s, message, answer);

	if (e != E_CMP_NONE || s->opened || !s->op->certifies ||
	    s->client->labels == CMP_LABELS_NONE)
		return e;
	cmp_fault_keep(&at_label, e);
	log_info("%s; once more without the operation label", err_reason(e));
	cmp_endpoint(s, NULL);
	e = exchange(s, message, answer);
	return e == E_CMP_NONE ? cmp_fault_say(&at_label) : e;
}

/* The request may have arrived, its answer got lost on the way. */
static bool answer_is_lost(enum err e)
{
	return e == E_UNREACHABLE || e == E_TIMEOUT || e == E_HTTP || e == E_CMP_AGAIN;
}

/* Longer each time, where the server does not say how long (RFC 9110 10.2.3). */
static int64_t busy_pause_s(const struct cmp_session *s, unsigned busy)
{
	int64_t own = (int64_t)CMP_PAUSE_S << (busy < 4 ? busy : 4);

	if (s->retry_after < 0)
		return own < RETRY_AFTER_MAX_S ? own : RETRY_AFTER_MAX_S;
	return s->retry_after > CMP_CHECK_AFTER_MIN_S ? s->retry_after : CMP_CHECK_AFTER_MIN_S;
}

/*
 * 503 and 429 (RFC 9110 15.6.4, RFC 6585 4): a server that is there, and has no time.
 * Where nothing outlives us, to give up would cost what the CA has decided.
 */
static enum err wait_while_busy(const struct cmp_session *s, unsigned busy, enum err e)
{
	int64_t pause = busy_pause_s(s, busy), left = cmp_time_left(s);

	if (pause > left / 1000)
		return err_because(E_CMP_TIMEOUT,
		                   "%s; the server asks to wait %lld s, we had %lld s left",
		                   err_reason(e), (long long)pause, (long long)(left / 1000));
	log_notice("%s: sending the same again in %lld s", err_reason(e), (long long)pause);
	return clock_sleep(pause * 1000)
	               ? OK
	               : err_within(E_CMP_TIMEOUT, clock_check(), "while the server was busy");
}

/* A moment before the second attempt; a lost answer is no reason to wait before the first. */
static enum err wait_after_loss(unsigned lost, enum err e)
{
	log_info("%s; sending the same once more", err_reason(e));
	if (lost == 1 || clock_sleep(CMP_PAUSE_S * 1000))
		return OK;
	return err_within(e, clock_check(), "before sending the same once more");
}

/*
 * RFC 9483 6: certConf and pollReq may be sent again, as they were.  Not so the
 * request that opens a transaction: the repeat would meet transactionIdInUse.
 */
enum err cmp_send(struct cmp_session *s, struct span message, struct octets *answer)
{
	const struct octets sent = octets_of(message);
	unsigned lost = 0, busy = 0;
	enum err e;

	show_bytes(s, CMP_SENT, &sent);
	e = exchange_at_label_or_bare(s, message, answer);
	while (s->opened && answer_is_lost(e)) {
		enum err waited;

		if (s->busy && s->client->outlasts_busy)
			waited = wait_while_busy(s, busy++, e);
		else if (lost++ < CMP_RESENDS_MAX)
			waited = wait_after_loss(lost, e);
		else
			break;
		if (waited != OK)
			return waited;
		s->resent = true;
		e = exchange(s, message, answer);
	}
	if (e == OK)
		show_bytes(s, CMP_RECEIVED, answer);
	return e;
}
