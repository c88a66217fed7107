/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of the flow: onboard.c orders, ask.c asks for the voucher,
 * enrol.c speaks CMP, commit.c makes it durable, report.c tells the registrar.
 */
#ifndef ONRAMP_AGENT_FLOW_H
#define ONRAMP_AGENT_FLOW_H

#include "agent/candidates.h"
#include "agent/onboard.h"
#include "platform/http/link_http.h"
#include "platform/pki/name.h"

/* All that one attempt at one registrar holds; gone with it. */
struct attempt {
	struct candidate *candidate;
	struct url at; /* where we talk to: the candidate, or a redirect's target */
	char origin[URL_MAX];
	bool redirected; /* to another origin: at most once (RFC 8995 5.6) */
	struct link *link;
	struct voucher_request request;
	struct span answer; /* may be a voucher */
	const struct voucher *voucher;
	struct trusted *trusted;
	struct span ca_certs[POOL_MAX];
	size_t ca_cert_count;
	struct cmp_template template;
	struct cmp_wishes wishes;
	struct signer *key;           /* operational, staged */
	struct generation generation; /* where it is staged */
	struct cmp_issued issued;
};

struct onboard {
	struct device *device;
	struct arena *arena; /* of the attempt */
	struct candidates *candidates;
	struct attempt attempt;
	unsigned at, facts, tries;
	int64_t deadline; /* ticks; 0: none */
	enum err last;    /* the last failure */
	bool over;        /* no turns left, or told to stop */
};

/* The steps, in the order of the table in onboard.c. */
enum err find_registrar(struct onboard *o);
enum err open_link(struct onboard *o);
enum err ask_voucher(struct onboard *o);
enum err check_voucher(struct onboard *o);
enum err pin_link(struct onboard *o);
enum err tell_voucher_status(struct onboard *o);
enum err fetch_ca_certs(struct onboard *o);
enum err fetch_template(struct onboard *o);
enum err make_key(struct onboard *o);
enum err enrol(struct onboard *o);
enum err commit(struct onboard *o);
enum err tell_enrolled(struct onboard *o);

/* Connects the attempt to a URL; provisional (RFC 8995 5.1). */
MUST_CHECK enum err connect_to(struct onboard *o, const struct url *to);

/* Writes key, certificate and the rest into the staged generation. */
MUST_CHECK enum err stage_issued(struct onboard *o, const struct cmp_issued *issued);

/* RFC 8995 5.7, 5.9.4: negative reports; failures of them are only logged. */
void report_failure(struct onboard *o, enum err e, bool after_trust);

/* The operator's name for the peer, by which it may prove its role; NULL when
   the name came from the network (handbook rule behind RFC 7030 3.6.1). */
const char *operator_host(const struct onboard *o);

/* Sleeps until ticks or the deadline; sets over when told to stop or past it. */
void flow_pause(struct onboard *o, int64_t milliseconds, const char *why);

#endif
