/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telemetry: voucher_status and enrollstatus (RFC 8995 5.7, 5.9.4).  The answer
 * is ignored, and a report that cannot be delivered stops nothing.
 */
#include "agent/flow.h"
#include "agent/progress.h"

#define VOUCHER_STATUS "/.well-known/brski/voucher_status"
#define ENROLL_STATUS  "/.well-known/brski/enrollstatus"

static enum err report(struct onboard *o, struct link *link, const char *path, const char *reason)
{
	struct exchange x = {
		.path = path,
		.sends = "application/json",
		.accepts = "*/*",
		.answer_max = 4096,
		.total_ms = HTTP_CONNECT_MS,
	};
	size_t mark = arena_mark(o->arena);
	enum err e = status_write(o->arena, reason, &x.body);

	if (e == OK)
		e = link_exchange(link, &x, o->arena);
	if (e == OK)
		progress_detail("%s", reason == NULL ? "success" : reason);
	if (e == OK && x.status != 200)
		progress_detail("the registrar answered %u", x.status);
	arena_rewind(o->arena, mark);
	return e;
}

enum err tell_voucher_status(struct onboard *o)
{
	return report(o, o->attempt.link, VOUCHER_STATUS, NULL);
}

/* The peer may be an attacker: it learns the kind of failure, no particulars. */
void report_failure(struct onboard *o, enum err e, bool after_trust)
{
	const char *path = after_trust ? ENROLL_STATUS : VOUCHER_STATUS;
	enum err told;

	if (o->attempt.link == NULL || err_verdict(e) == WAIT)
		return;
	/* of a stored voucher the good news has been told */
	if (!after_trust && o->attempt.staged != 0)
		return;
	told = report(o, o->attempt.link, path, err_text(e));
	if (told != OK)
		log_notice("negative report not delivered: %s", err_reason(told));
}

/* RFC 8995 5.9.4: always a new connection, with the new LDevID; which only the peer of
   before, or one that the pin accepts, gets to see. */
static enum err open_with_ldevid(struct onboard *o, struct credential *ldevid, struct link **link)
{
	struct attempt *t = &o->attempt;
	struct judge judge = pin_judge(t->trusted);
	struct link_request r = {
		.url = t->origin,
		.client = ldevid,
		.version = o->device->settings.tls_version,
		.proxy = o->device->settings.proxy,
		.no_proxy = o->device->settings.no_proxy.s,
		.no_proxy_count = o->device->settings.no_proxy.n,
		.judge = &judge,
	};
	enum err e = device_live_credential(o->device, o->arena, ldevid);

	link_close(t->link);
	t->link = NULL;
	return e == OK ? link_http_open(link, &r) : e;
}

enum err tell_enrolled(struct onboard *o)
{
	struct credential ldevid = { .key = NULL };
	struct link *link = NULL;
	enum err e = open_with_ldevid(o, &ldevid, &link);

	if (e == OK)
		e = report(o, link, ENROLL_STATUS, NULL);
	link_close(link);
	signer_close(ldevid.key);
	return e;
}
