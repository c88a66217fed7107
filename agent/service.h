/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an enrolled device does by itself, and when: a table of duties, each with its
 * own due time, back-off and last result.
 */
#ifndef ONRAMP_AGENT_SERVICE_H
#define ONRAMP_AGENT_SERVICE_H

#include "agent/life.h"
#include "agent/progress.h"

enum { DUTIES = 4 };

/* Where the service stands between two turns; zero at its start. */
struct agenda {
	unsigned generation; /* that was told about */
	int64_t begun;       /* ticks when a certificate was there first; 0: not yet */
	bool renewed;        /* since then */
	struct {
		unsigned failures;  /* in a row */
		int64_t not_before; /* ticks */
		struct duty_report report;
	} duty[DUTIES];
};

/*
 * How long the service sleeps after a failure, by its consecutive count: what may
 * pass by itself (a disk that is full for a moment, an IDevID that is mounted later) is
 * tried again with back-off, a wrong configuration waits for the operator.
 */
int64_t service_pause_ms(enum err e, unsigned failures, uint32_t random);

/*
 * Does what is due now, with the store open; *in_ms: until something may be due
 * again, at most LIFE_LOOK_S, since a clock may get set meanwhile.  A duty that fails
 * is logged, reported in status.json, and tried again by its back-off: OK all the
 * same.  E_STORE when the live generation is damaged.
 */
MUST_CHECK enum err service_turn(struct device *d, struct arena *a, struct agenda *g,
                                 int64_t *in_ms);

#endif
