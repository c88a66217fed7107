/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registrars that may be ours, and whose turn it is.
 *
 * Each has its own back-off and its own outstanding voucher-request: one that
 * answers 202 for days only ever gets the pauses of the others (RFC 8995 4.1,
 * 5.6).  Times are clock_ticks() in milliseconds; nothing here sleeps.
 */
#ifndef ONRAMP_AGENT_CANDIDATES_H
#define ONRAMP_AGENT_CANDIDATES_H

#include "agent/settings.h"
#include "platform/http/url.h"
#include "voucher/voucher.h"

struct candidate {
	struct registrar_setting at;
	unsigned failures;  /* in a row */
	unsigned rounds;    /* failed attempts in all */
	int64_t not_before; /* ticks; 0: at once */
	bool no_network;    /* the last attempt reached nobody, nor had any before */

	bool waiting; /* for an answer, or for a CA out of reach */
	int64_t waiting_since;

	/* What has to be sent again, byte for byte, and to whom, while the last word
	   on it is 202 (RFC 8995 5.6). */
	struct nonce nonce;
	struct digest chain; /* SHA-256 of the chain the request was made for */
	size_t request_size;
	uint8_t request[PVR_SIZE_MAX];
	struct url asked_at; /* where the 202 came from: the candidate, or a redirect's target */
	bool elsewhere;      /* that is not the candidate's own URL ... */
	bool redirected;     /* ... and has not even its origin */
	bool journalled;     /* it is what the journal has */
	int64_t journalled_s;
};

struct candidates {
	struct candidate c[CANDIDATES_MAX];
	size_t n;
	unsigned rounds_max; /* attempts each; 0: no end */
	bool met;            /* somebody was reached: there is a network */
};

void candidates_from(struct candidates *cs, const struct settings *s, unsigned rounds_max);

/* The one and only; the setting's strings must outlive the candidates. */
void candidates_only(struct candidates *cs, const struct registrar_setting *at,
                     unsigned rounds_max);

/* Whose turn is next, and in how many milliseconds (0: now). Among equals the
   order of the configuration decides. NULL: nobody has a turn left. */
struct candidate *candidates_next(struct candidates *cs, int64_t now, int64_t *in_ms);

/* True when someone else than c is due before the moment. */
bool candidates_others_due(const struct candidates *cs, const struct candidate *c, int64_t when);

/* The one whose outstanding request the journal has; NULL. */
struct candidate *candidates_journalled(struct candidates *cs);

/*
 * RFC 8995 4.1: a back-off begins anew when the network comes.  Connecting to c ended
 * so; while nobody was ever reached, pauses stay short, and afterwards they begin anew.
 */
void candidates_connected(struct candidates *cs, struct candidate *c, enum err e);

/* True while its request is outstanding. */
bool candidate_is_asked(const struct candidate *c);

/* The request has got its answer, or is of the past: no more of it. */
void candidate_answered(struct candidate *c);

/* 202 came from there. */
MUST_CHECK enum err candidate_asked_at(struct candidate *c, const struct url *at);

/* What is outstanding at a redirect's target is asked for at the candidate's own URL from
   now on.  True: it was elsewhere. */
bool candidate_goes_home(struct candidate *c);

/* The attempt failed: back-off.  An outstanding request is not to blame, and stays
   until its four days are over. */
void candidate_failed(struct candidate *c, int64_t now, uint32_t random);

/* 202: the same request again after a pause. E_WAITING, or E_TIMEOUT after four days. */
enum err candidate_waits(struct candidate *c, int64_t now, int64_t pause_ms);

#endif
