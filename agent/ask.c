/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding a registrar, and asking it for a voucher: RFC 8995 5.1 to 5.6 up to
 * the bytes of the answer.
 */
#include <stdio.h>

#include "agent/flow.h"
#include "agent/progress.h"
#include "agent/retry.h"

const struct credential *flow_identity(const struct onboard *o)
{
	bool by_ours = o->errand == ERRAND_RENEW || o->errand == ERRAND_REVOKE;

	return o->attempt.live.key != NULL && by_ours ? &o->attempt.live : &o->device->idevid;
}

/* An outstanding request goes to where it was left, past the redirect that led there. */
static enum err lead_to(struct attempt *t, const struct candidate *c)
{
	if (!candidate_is_asked(c) || !c->elsewhere)
		return err_within(E_CONFIG, url_read(c->at.url, &t->at), "registrar");
	t->led = true;
	t->at = c->asked_at;
	t->redirected = c->redirected;
	return OK;
}

enum err find_registrar(struct onboard *o)
{
	int64_t in_ms;
	struct candidate *c = candidates_next(o->candidates, clock_ticks(), &in_ms);
	enum err e;

	if (c == NULL) {
		o->over = true;
		return OK;
	}
	if (in_ms > 0)
		flow_pause(o, in_ms, "until a registrar's turn comes");
	if (o->over)
		return OK;
	o->attempt.candidate = c;
	if ((e = lead_to(&o->attempt, c)) != OK)
		return e;
	progress_subject(c->at.url);
	return OK;
}

/* It begins with the first connection; a registrar that says 202 begins a new one. */
static int64_t turn_end(struct onboard *o)
{
	if (o->attempt.turn_end == 0)
		o->attempt.turn_end = clock_ticks() + TURN_MAX_MS;
	return o->attempt.turn_end;
}

enum err connect_to(struct onboard *o, const struct url *to)
{
	struct attempt *t = &o->attempt;
	struct link_request r = {
		.url = t->origin,
		.client = flow_identity(o),
		.version = o->device->settings.tls_version,
		.deadline = turn_end(o),
		.proxy = o->device->settings.proxy,
		.no_proxy = o->device->settings.no_proxy.s,
		.no_proxy_count = o->device->settings.no_proxy.n,
	};
	enum err e = url_origin(to, t->origin, sizeof t->origin);

	if (e != OK)
		return e;
	t->at = *to;
	link_close(t->link);
	t->link = NULL;
	e = link_http_open(&t->link, &r);
	candidates_connected(o->candidates, t->candidate, e);
	if (e == OK)
		progress_detail("%s", link_http_describe(t->link));
	return e;
}

enum err open_link(struct onboard *o)
{
	return connect_to(o, &o->attempt.at);
}

/* SHA-256 over the chain as the handshake gave it. */
static enum err chain_digest(struct onboard *o, struct digest *out)
{
	struct chain chain = link_peer_chain(o->attempt.link);
	size_t mark = arena_mark(o->arena), n = 0;
	uint8_t *all;
	enum err e;

	for (size_t i = 0; i < chain.n; i++)
		n += chain.certs[i].n;
	if ((all = arena_take(o->arena, n)) == NULL)
		return err_because(E_SPACE, "a chain of %zu bytes", n);
	n = 0;
	for (size_t i = 0; i < chain.n; i++) {
		memcpy(all + n, chain.certs[i].p, chain.certs[i].n);
		n += chain.certs[i].n;
	}
	e = hash_of(HASH_SHA256, (struct span){ all, n }, out);
	arena_rewind(o->arena, mark);
	return e;
}

/* RFC 8995 5.6: after 202 the same bytes again, if the peer still is the one
   they name; a registrar that rolled its certificate over gets a new request. */
static bool resume_request(struct onboard *o, const struct digest *chain)
{
	struct candidate *c = o->attempt.candidate;

	if (!candidate_is_asked(c))
		return false;
	if (!span_equal(digest_span(&c->chain), digest_span(chain))) {
		if (!o->attempt.led)
			log_notice("the registrar shows other certificates: it gets a new "
			           "voucher-request");
		return false;
	}
	log_info("resending the outstanding voucher-request");
	o->attempt.request.nonce = c->nonce;
	o->attempt.request.bytes = (struct span){ c->request, c->request_size };
	return true;
}

/* Kept where the candidate's turns come and go. */
static void keep_request(struct attempt *t, const struct digest *chain)
{
	struct candidate *c = t->candidate;

	c->nonce = t->request.nonce;
	c->chain = *chain;
	c->request_size = t->request.bytes.n;
	memcpy(c->request, t->request.bytes.p, t->request.bytes.n);
	t->request.bytes.p = c->request;
}

static enum err make_request(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	size_t mark = arena_mark(o->arena);
	struct chain chain = link_peer_chain(t->link);
	struct digest digest;
	enum err e = chain_digest(o, &digest);

	if (e != OK || resume_request(o, &digest))
		return e;
	if (t->led) /* only who is configured, or was led to just now, is asked anew */
		return err_because(E_PEER_CHANGED,
		                   "%s, where %s once redirected, shows other certificates",
		                   t->origin, t->candidate->at.url);
	e = outstanding_forget(o, t->candidate);
	if (e == OK)
		e = voucher_request_write(o->arena, &o->device->idevid, chain.certs[0], clock_now(),
		                          &t->request);
	if (e != OK)
		return e;
	if (t->request.bytes.n > PVR_SIZE_MAX)
		return err_because(E_SPACE, "a voucher-request of %zu bytes", t->request.bytes.n);
	keep_request(t, &digest);
	arena_rewind(o->arena, mark);
	return OK;
}

static enum err say_status(const struct exchange *x, enum err e)
{
	struct quoted q;
	struct span text = x->answer;

	if (text.n == 0)
		return err_because(e, "HTTP %u, empty body", x->status);
	return err_because(e, "the registrar answered %u: %s", x->status, log_quote(&q, text));
}

static bool is_trouble(unsigned status)
{
	return status >= 500 && status < 600;
}

static bool is_redirect(unsigned status)
{
	return status == 301 || status == 302 || status == 307 || status == 308;
}

/* RFC 8995 5.6 and 5.3: what each status means to a pledge. */
static enum err status_meaning(const struct exchange *x)
{
	static const struct {
		unsigned status;
		enum err e;
	} meanings[] = {
		{ 400, E_REG_MALFORMED }, { 401, E_REG_PROXIMITY }, { 403, E_REG_FORBIDDEN },
		{ 404, E_REG_UNKNOWN },   { 406, E_REG_FORMAT },    { 415, E_REG_FORMAT },
	};

	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].status == x->status)
			return say_status(x, meanings[i].e);
	return say_status(x, is_trouble(x->status) ? E_REG_TROUBLE : E_REG_STATUS);
}

/* Media types that carry a CMS voucher (RFC 8995 8.3.1). */
static enum err take_answer(struct onboard *o, const struct exchange *x)
{
	struct quoted q;

	if (x->answer.n == 0)
		return err_because(E_REG_STATUS, "the registrar answered 200 without a voucher");
	if (strcmp(x->media_type, MEDIA_VOUCHER_CMS) != 0)
		return err_because(E_MEDIA_TYPE, "the registrar sent %s, expected %s",
		                   log_quote(&q, span_str(x->media_type)), MEDIA_VOUCHER_CMS);
	o->attempt.answer = x->answer;
	progress_detail("%zu bytes asked, %zu answered", x->body.n, x->answer.n);
	return OK;
}

/* 202: from now on the request is outstanding. */
static enum err answer_later(struct onboard *o, const struct exchange *x)
{
	struct candidate *c = o->attempt.candidate;
	int64_t pause = retry_after_ms(x->retry_after);
	enum err e = candidate_waits(c, clock_ticks(), pause), kept;

	if (e != E_WAITING) {
		candidate_answered(c);
		return e;
	}
	c->failures = 0;
	if ((kept = candidate_asked_at(c, &o->attempt.at)) != OK)
		return kept;
	if ((kept = outstanding_keep(o, c)) != OK)
		return kept;
	return err_because(e, "the registrar answered 202, again in %lld s",
	                   (long long)pause / 1000);
}

/* RFC 8995 5.6: within the origin the same request goes elsewhere; to another
   origin at most once, over a new link and so with a new request. */
static enum err follow(struct onboard *o, const struct exchange *x)
{
	struct attempt *t = &o->attempt;
	struct quoted q;
	struct url to;
	enum err e = url_resolve(&t->at, x->location, &to);

	if (e != OK)
		return err_within(E_REDIRECT, e, "Location");
	if (!to.tls)
		return err_because(E_REDIRECT, "the registrar redirects to %s, which is not https",
		                   log_quote(&q, span_str(x->location)));
	t->led = false;
	if (url_same_origin(&t->at, &to)) {
		t->at = to;
		return OK;
	}
	if (t->redirected)
		return err_because(E_REDIRECT, "a second redirect to another origin, %s",
		                   log_quote(&q, span_str(x->location)));
	log_notice("redirected to %s", log_quote(&q, span_str(x->location)));
	t->redirected = true;
	if ((e = connect_to(o, &to)) != OK)
		return e;
	return make_request(o);
}

/* A word on the request itself, good or bad: whoever comes next asks anew. */
static void note_answer(struct onboard *o, unsigned status)
{
	if (status == 202 || is_trouble(status) || is_redirect(status))
		return;
	candidate_answered(o->attempt.candidate);
	o->attempt.request.bytes = NO_BYTES;
}

static enum err post_request(struct onboard *o, struct exchange *x)
{
	static const char standard[] = "/.well-known/brski/requestvoucher";
	const char *path = o->attempt.at.path;
	int64_t left = turn_end(o) - clock_ticks();

	if (left <= 0)
		return err_because(E_TIMEOUT, "no voucher within %d s of connecting",
		                   TURN_MAX_MS / 1000);
	*x = (struct exchange){
		.path = path[0] == '\0' || strcmp(path, "/") == 0 ? standard : path,
		.sends = MEDIA_VOUCHER_CMS,
		.accepts = MEDIA_VOUCHER_CMS,
		.body = o->attempt.request.bytes,
		.answer_max = VOUCHER_SIZE_MAX,
		.total_ms = left < HTTP_TOTAL_MS ? left : HTTP_TOTAL_MS,
		.headers_of_redirects = true,
	};
	return link_exchange(o->attempt.link, x, o->arena);
}

static enum err take_no_voucher(struct onboard *o, const struct exchange *x, unsigned hops)
{
	if (x->status == 202)
		return answer_later(o, x);
	if (!is_redirect(x->status))
		return status_meaning(x);
	if (hops == REDIRECTS_MAX)
		return err_because(E_REDIRECT, "more than %d redirects", (int)REDIRECTS_MAX);
	return follow(o, x);
}

/* What is no voucher leaves nothing in the arena: a 202 may come every minute for days. */
enum err ask_voucher(struct onboard *o)
{
	struct exchange x;
	enum err e = make_request(o);

	for (unsigned hops = 0; e == OK; hops++) {
		size_t mark = arena_mark(o->arena);

		if ((e = post_request(o, &x)) != OK)
			return e;
		note_answer(o, x.status);
		if (x.status == 200)
			return take_answer(o, &x);
		e = take_no_voucher(o, &x, hops);
		arena_rewind(o->arena, mark);
	}
	return e;
}
