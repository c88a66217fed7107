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
	struct {
		unsigned failures;  /* in a row */
		int64_t not_before; /* ticks */
		struct duty_report report;
	} duty[DUTIES];
};

/*
 * Does what is due now, with the store open; *in_ms: until something may be due
 * again, at most LIFE_LOOK_S, since a clock may get set meanwhile.  A duty that fails
 * is logged, reported in status.json, and tried again by its back-off: OK all the
 * same.  E_STORE when the live generation is damaged.
 */
MUST_CHECK enum err service_turn(struct device *d, struct arena *a, struct agenda *g,
                                 int64_t *in_ms);

#endif
