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

/* The table of steps, for docs and tests: name, needs, gives. NULL behind the last. */
struct step_row {
	const char *name;
	unsigned needs, gives;
};
const struct step_row *onboard_steps(size_t *count);

#endif
