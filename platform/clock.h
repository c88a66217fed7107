/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wall time, with how far to believe it, and ticks for time-outs.
 *
 * A router at first boot has no clock.  RFC 8995 2.6.1: a pledge with a clock
 * it trusts checks every date, one without may ignore them.  So the time comes
 * with a confidence, and dates are judged only by time_over() and time_ahead();
 * nothing else compares a date with "now".
 */
#ifndef ONRAMP_PLATFORM_CLOCK_H
#define ONRAMP_PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/base/err.h"

/* 2026-11-24: where the build gives no BUILD_TIME, no build is older than its source. */
#define CLOCK_SOURCE_DATE INT64_C(1795478400)

enum confidence {
	TIME_UNSET, /* nothing known: no date can be judged */
	TIME_FLOOR, /* it is at least this late: what is over, is over */
	TIME_SET    /* believed: both ends can be judged */
};

struct moment {
	enum confidence confidence;
	int64_t seconds; /* since 1970 UTC; 0 when unset */
};

/*
 * The moment as the system clock and the floor give it: the floor is the
 * latest of build time and times raised by clock_raise_floor().  A system
 * clock before the floor is not believed (TIME_FLOOR with the floor); one
 * after it is TIME_SET, unless the operator says that the clock is not to be
 * trusted (clock_distrust()).
 */
struct moment clock_now(void);
void clock_raise_floor(int64_t seconds); /* from verified, signed times only */
int64_t clock_floor(void);
void clock_distrust(void);

/* For tests and `--at DATE`: the moment stands still at this. */
void clock_pretend(struct moment m);
void clock_pretend_no_more(void);

/* Surely past (floor or set) / surely not yet (set only). */
bool time_over(struct moment now, int64_t end);
bool time_ahead(struct moment now, int64_t begin);

/* Milliseconds, monotonic, counting suspend (CLOCK_BOOTTIME). */
int64_t clock_ticks(void);

/* Sleeps; returns early with false when a signal asks to stop (clock_stop()). */
bool clock_sleep(int64_t milliseconds);
void clock_stop(void); /* async-signal-safe: ends this and every later sleep */
bool clock_stopped(void);
int clock_stop_fd(void); /* for other waits: poll(2) finds it readable once stopped; or -1 */
void clock_go_on(void);  /* after a stop that was not the end: sleeps sleep again */

#endif
