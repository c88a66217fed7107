/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a certificate is to be renewed: pure arithmetic over the certificate, the
 * operator's settings and what is known of the time.  Nothing is remembered, so a
 * reboot changes nothing.
 */
#ifndef ONRAMP_AGENT_SCHEDULE_H
#define ONRAMP_AGENT_SCHEDULE_H

#include "platform/clock.h"

struct lifetime {
	int64_t not_before, not_after;
	uint32_t seed; /* of the certificate: where in the jitter this device stands */
};

struct schedule_params {
	unsigned share;  /* percent of the lifetime after which to renew */
	unsigned jitter; /* percent of the lifetime by which devices spread, earlier */
	int64_t margin;  /* seconds before the end by which it must have begun */
};

/* The moment at which renewal begins; within the lifetime, whatever the settings. */
int64_t schedule_renewal(const struct lifetime *l, const struct schedule_params *w);

enum due {
	DUE_LATER,   /* *in_s seconds from now, by a floor at the latest: it runs */
	DUE_NOW,     /* surely past the moment */
	DUE_ENDED,   /* surely past the end: no longer good for a kur (RFC 9483 4.1.3) */
	DUE_UNKNOWN, /* no clock: look again once there may be one */
	DUE_NEVER    /* no well-defined end (RFC 5280 4.1.2.5) */
};
enum due schedule_look(const struct lifetime *l, const struct schedule_params *w, struct moment now,
                       int64_t *in_s);

/*
 * How long to leave a certificate alone that has just come, in seconds: a third of
 * what is left of it.  A CA that backdates by more than our share would otherwise be
 * asked without end.
 */
int64_t schedule_rest(const struct lifetime *l, struct moment now);

/*
 * Where no clock tells how old a certificate is: how long after the start of a process
 * that has it to renew it whatever its age, in seconds.  Time enough for a clock to get
 * set; each device at its moment, for a power cut starts them all at once.
 */
int64_t schedule_blind(const struct lifetime *l);

/* When to ask for a CRL's successor: before nextUpdate, each device at its moment in
   the last eighth of what lies between it and thisUpdate. */
int64_t schedule_crl(int64_t this_update, int64_t next_update, uint32_t seed);

#endif
