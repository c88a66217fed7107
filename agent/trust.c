/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an answer to trust: RFC 8995 5.6.1 and 5.6.2 as steps of the flow. */
#include "agent/flow.h"
#include "agent/progress.h"

enum err check_voucher(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct voucher_facts facts = {
		.idevid = &o->device->idevid,
		.nonce = &t->request.nonce,
		.masa = &o->device->masa,
		.signers = &o->device->settings.masa_signers,
		.now = clock_now(),
		.accepted = t->accepted,
		.accept_nonceless = o->device->settings.accept_nonceless,
	};
	struct quoted q;
	enum err e = voucher_verify(o->arena, t->answer, &facts, &t->voucher);

	if (e != OK)
		return e;
	if (t->accepted.confidence == TIME_UNSET)
		t->accepted = facts.now;
	progress_detail("for serial number %s",
	                log_quote(&q, voucher_says(t->voucher)->serial_number));
	return OK;
}

const char *operator_host(const struct onboard *o)
{
	return o->attempt.redirected ? NULL : o->attempt.at.host;
}

enum err pin_link(struct onboard *o)
{
	struct attempt *t = &o->attempt;
	struct cert registrar;
	struct quoted q;
	enum err e = pin_by_voucher(o->arena, t->voucher, t->link, operator_host(o), clock_now(),
	                            &t->trusted);

	if (e == OK && cert_read(link_peer_chain(t->link).certs[0], &registrar) == OK)
		progress_detail("%s", name_text(&q, registrar.subject));
	return e;
}
