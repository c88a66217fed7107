/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flow: from a trigger to committed configuration.
 *
 * The caller owns device and arenas; onboard() blocks until the device is
 * enrolled, nobody has a turn left, something of our own is wrong, or
 * clock_stop() was called.  Nothing is on disk but a whole new generation (OK),
 * or nothing.
 */
#ifndef ONRAMP_AGENT_ONBOARD_H
#define ONRAMP_AGENT_ONBOARD_H

#include "agent/device.h"

struct onboard_limits {
	unsigned rounds;     /* attempts at each registrar; 0: no end */
	int64_t patience_ms; /* for all of it; 0: no end */
};

/* OK, a HALT error, or the last failure when turns or patience are used up. */
MUST_CHECK enum err onboard(struct device *d, struct arena *attempt,
                            const struct onboard_limits *limits);

/*
 * Resumes the interrupted attempt that the journal describes (agent/pending.h).  OK with
 * *resumed: the device has reached its goal.  OK without: there was nothing to resume;
 * what cannot be resumed has been removed and logged.  An error: we were stopped, or no
 * server could be reached yet; the journal is kept until another registrar has come as far.
 */
MUST_CHECK enum err resume_interrupted(struct device *d, struct arena *attempt,
                                       const struct onboard_limits *limits, bool *resumed);

/* A registrar is configured besides the one that the journal waits for; onboard() asks no
   other then. */
bool resume_leaves_others(const struct device *d, struct arena *attempt);

/* A row of a table of steps: what one needs and gives (enum fact of agent/flow.h). */
struct step_row {
	const char *name;
	unsigned needs, gives;
};

#endif
