/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of the flows: flow.c drives, onboard.c and life.c hold the
 * tables, ask.c asks for the voucher and outstanding.c keeps what was asked,
 * trust.c and owner.c decide whom to believe,
 * enrol.c speaks CMP, commit.c makes it durable, report.c tells the registrar.
 */
#ifndef ONRAMP_AGENT_FLOW_H
#define ONRAMP_AGENT_FLOW_H

#include "agent/candidates.h"
#include "agent/life.h"
#include "agent/onboard.h"
#include "agent/pending.h"
#include "platform/http/link_http.h"
#include "platform/pki/name.h"

/* What we hold.  A step runs only when everything it needs is held. */
enum fact {
	REGISTRAR = 1 << 0, /* an address to try */
	LINK = 1 << 1,      /* TLS is up; the peer may still be anyone */
	ANSWER = 1 << 2,    /* the peer sent something that may be a voucher */
	VOUCHER = 1 << 3,   /* MASA's signature, our serial number, our nonce */
	TRUST = 1 << 4,     /* the peer of this link is the one the voucher pins, or the owner's */
	CA_CERTS = 1 << 5,  /* CA certificates that may help to build paths */
	TEMPLATE = 1 << 6,  /* what the certificate request shall contain */
	KEY = 1 << 7,       /* operational key, staged, not in use */
	CERT = 1 << 8,      /* it is for KEY, as asked, chains to the domain, is confirmed */
	STORED = 1 << 9,    /* all of it survives power loss and is live */
	IN_USE = 1 << 10,   /* the live credential, whole, and what its owner's servers show */
	NEWS = 1 << 11,     /* the CA's answer about roots or a CRL, verified */
	RECORD = 1 << 12,   /* what will say that it is revoked: staged, journalled */
	REVOKED = 1 << 13   /* the CA has revoked the live certificate */
};

struct onboard;
struct step {
	struct step_row row;
	enum err (*run)(struct onboard *o);
	enum { MUST_WORK, MAY_FAIL } demand; /* a report: the flow goes on without it */
};

struct flow {
	const char *state; /* for status: "onboarding" */
	const struct step *steps;
	size_t count;
};
#define FLOW_OF(state, steps)                                     \
	{                                                         \
		(state), (steps), sizeof(steps) / sizeof *(steps) \
	}

/* What the CA had of late: verified, to become part of the next generation. */
struct news {
	bool any;
	struct span roots[ROOTS_MAX]; /* the whole of roots.pem */
	size_t root_count;
	struct octets crl;
};

/* All that one attempt at one server holds; gone with it. */
struct attempt {
	struct candidate *candidate;
	struct url at; /* where we talk to: the candidate, or a redirect's target */
	char origin[URL_MAX];
	int64_t turn_end; /* ticks: TURN_MAX_MS; 0: not begun */
	bool redirected;  /* to another origin: at most once (RFC 8995 5.6) */
	bool led;         /* ... by a turn of before: candidate.asked_at */
	struct link *link;
	struct voucher_request request;
	struct span answer; /* may be a voucher */
	const struct voucher *voucher;
	struct moment accepted; /* when the voucher was found good first */
	struct trusted *trusted;
	struct span ca_certs[CA_CERTS_MAX];
	size_t ca_cert_count;
	struct cmp_template template;
	struct cmp_params params;
	struct signer *key;           /* operational, staged */
	struct generation generation; /* where it is staged */
	struct cmp_issued issued;

	struct pending pending; /* what the journal says of all this */
	uint8_t *state_room;    /* CMP_STATE_MAX octets, for pending.state */
	unsigned staged;        /* the generation that the journal names */
	bool undecided;         /* the CA may have done what we asked for */

	/* of an enrolled device */
	struct credential live;
	struct owner owner;
	char home[URL_MAX]; /* the registrar of the enrolment */
	struct news news;
	struct spool spool; /* max 0: not open */
};

struct onboard {
	struct device *device;
	struct arena *arena; /* of the attempt */
	struct candidates *candidates;
	enum errand errand;
	enum crl_reason reason; /* of a revocation */
	bool again;             /* it may have been asked for before */
	struct attempt attempt;
	const struct flow *flow;
	unsigned at, facts, tries;
	int64_t deadline; /* ticks; 0: none */
	enum err last;    /* the last failure */
	bool over;        /* no turns left, or told to stop */
	bool interrupted; /* told to stop, or out of time: the journal knows how to go on */
};

/*
 * flow.c.  flow_begin() fills o, with an empty list of candidates for the caller to
 * fill; flow_run() goes down the table until all is done, nobody has a turn left,
 * something of our own is wrong, the patience is over, or clock_stop() was called.
 * After OK everything is live; otherwise nothing is, and what was staged is gone,
 * unless we were interrupted while a CA was thinking, or hold a confirmed certificate:
 * then the journal knows how to go on.
 */
void flow_begin(struct onboard *o, struct device *d, struct arena *attempt,
                const struct onboard_limits *limits);
MUST_CHECK enum err flow_run(struct onboard *o, const struct flow *f);

/* Sleeps until ticks or the deadline; sets over and interrupted when told to stop or past it. */
void flow_pause(struct onboard *o, int64_t milliseconds, const char *why);

/* The steps, in the order of the tables. */
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
const char *profile_asked(const struct onboard *o); /* certProfile of this errand; "": none */
enum err commit(struct onboard *o);
enum err tell_enrolled(struct onboard *o);

/*
 * The voucher-request that a candidate has outstanding: outstanding.c.  Kept in the
 * journal; forgotten, also there; and that of the journal given back to the candidate
 * whose it is.  A registrar whose transaction the journal has, has had its turns.
 */
MUST_CHECK enum err outstanding_keep(struct onboard *o, struct candidate *c);
MUST_CHECK enum err outstanding_forget(struct onboard *o, struct candidate *c);
MUST_CHECK enum err take_up_request(struct onboard *o);

/* ... of what was interrupted: resume.c */
enum err find_interrupted(struct onboard *o);
enum err take_up_voucher(struct onboard *o);
enum err take_up_key(struct onboard *o);
/* Of a revocation: nothing in the attempt when it is not whole. */
MUST_CHECK enum err take_up_record(struct onboard *o);
/* Before one: a renewal that the CA takes for ours becomes live, and a revocation of
   before keeps its reason. */
MUST_CHECK enum err resume_before_revoking(struct device *d, struct arena *a,
                                           const struct onboard_limits *limits,
                                           enum crl_reason *reason, bool *again);

/* ... of an enrolled device: owner.c, upkeep.c */
enum err load_in_use(struct onboard *o);
enum err pin_owner_link(struct onboard *o);
enum err ask_roots(struct onboard *o);
enum err ask_crl(struct onboard *o);
enum err commit_upkeep(struct onboard *o);
enum err stage_record(struct onboard *o);
enum err revoke_in_use(struct onboard *o);
enum err record_revocation(struct onboard *o);

extern const struct flow FLOW_ONBOARD, FLOW_ONBOARD_RESUME; /* onboard.c */
extern const struct flow FLOW_RENEW, FLOW_RENEW_RESUME, FLOW_REVOKE, FLOW_ROOTS,
	FLOW_CRL; /* life.c */

/* Connects the attempt to a URL; the peer may be anyone (RFC 8995 5.1). */
MUST_CHECK enum err connect_to(struct onboard *o, const struct url *to);

/* As whom we speak: the IDevID, or the certificate in use. */
const struct credential *flow_identity(const struct onboard *o);
/* Where CMP is served, and how, by the settings of this errand. */
struct cmp_client flow_client(const struct onboard *o, char *room, size_t cap);
/* A file of the state for answers to c that are too large to be held, up to max octets. What
   came in it lasts until the next one, or the attempt's end. */
MUST_CHECK enum err flow_spool(struct onboard *o, size_t max, struct cmp_client *c);

/*
 * The journal: journal.c.  What stands in it, of which generation; it is about a
 * revocation; a generation that is not live, if it is there, is discarded.
 */
MUST_CHECK enum err read_pending(const struct device *d, struct arena *a, bool *there,
                                 unsigned *generation, struct pending *out);
bool is_revoking(const struct device *d, struct arena *a);
void discard_staged(struct device *d, unsigned generation);
/* What it is to say: whom we ask, for what. */
void describe_attempt(struct onboard *o);
/* Durable before anything depends on it: where the attempt stands, and in which generation;
   the generation that waited before is gone then. */
MUST_CHECK enum err journal_put(struct onboard *o, const struct pending *p);

/* What the generation holds besides the certificate: voucher, pin, template. */
MUST_CHECK enum err stage_sources(struct onboard *o);
/* Writes certificate, chain, roots and the views of them into the staged generation. */
MUST_CHECK enum err stage_issued(struct onboard *o, const struct cmp_issued *issued);
/* The UCI view of a certificate; state: "enrolled", "revoked". */
MUST_CHECK enum err stage_view(struct onboard *o, struct span cert, const char *state);
/* crl.der: as it came, for it may be long; empty: none. */
MUST_CHECK enum err stage_crl(struct onboard *o, const struct octets *der);
/* roots.pem: these, one after the other. */
MUST_CHECK enum err stage_roots(struct onboard *o, const struct span *roots, size_t count);
/* The generation becomes live, and is read back; expected: its certificate, or empty. */
MUST_CHECK enum err make_live(struct device *d, struct arena *a, struct generation *g,
                              struct span expected);

/* RFC 8995 5.7, 5.9.4: negative reports; failures of them are only logged. */
void report_failure(struct onboard *o, enum err e, bool after_trust);

/* The operator's name or address for the peer, by which it may prove its role; NULL
   when it came from the network (handbook rule behind RFC 7030 3.6.1). */
const char *operator_host(const struct onboard *o);

#endif
