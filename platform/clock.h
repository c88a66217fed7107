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

/* What the operator says of the system clock; the order of the words of trust_clock. */
enum clock_trust {
	CLOCK_NEVER, /* not to be believed, whatever it shows */
	CLOCK_ALWAYS,
	CLOCK_AUTO /* by evidence */
};

/* Why the clock has the confidence that it has. */
enum clock_basis {
	/* TIME_SET */
	CLOCK_BY_OPERATOR,
	CLOCK_SYNCHRONISED, /* the kernel says so: adjtimex(2) without STA_UNSYNC */
	CLOCK_FROM_BATTERY, /* platform/rtc.h */
	/* TIME_FLOOR */
	CLOCK_REFUSED,  /* by the operator */
	CLOCK_UNPROVEN, /* no evidence */
	CLOCK_BEHIND,   /* the system clock shows less than is known */
	CLOCK_ABSURD,   /* ... or nothing between then and the year 9999 */
	/* any */
	CLOCK_PRETENDED
};

/*
 * The moment as the system clock and the floor give it.
 *
 * The floor is the latest of the build's time and of signed times that are known
 * (clock_raise_floor()); it runs on with clock_ticks().  A system clock that is
 * behind it, by more than clocks are apart (CLOCK_SKEW_MAX_S), is not believed:
 * TIME_FLOOR with the floor.  Of one that is not behind it, evidence decides:
 * TIME_SET, or without any TIME_FLOOR with the time it shows, for it is behind
 * rather than ahead: boot scripts set it to the newest file that they find.
 *
 * Evidence that was there counts on while the process lives and nobody sets the
 * clock: the kernel takes its word back some nine hours after the last contact.
 */
struct moment clock_now(void);
enum clock_basis clock_basis(void);
const char *clock_basis_text(enum clock_basis basis); /* for operators */
void clock_trust(enum clock_trust trust);             /* CLOCK_AUTO until told */

void clock_raise_floor(int64_t seconds); /* from verified, signed times only */
int64_t clock_floor(void);

/* The judgement alone. */
struct clock_facts {
	enum clock_trust trust;
	int64_t wall, floor;
	bool synchronised, battery;
};
enum clock_basis clock_judge(const struct clock_facts *f, struct moment *out);

/* For tests: where battery clocks are. */
void clock_batteries_in(const char *dir);

/* For tests and `--at DATE`: the moment stands still at this. */
void clock_pretend(struct moment m);
void clock_pretend_no_more(void);

/*
 * Surely past (floor or set) / surely not yet (set only).  Clocks that are right are a
 * little apart, so what somebody dates by his own, whoever he is, may be ahead of ours by
 * CLOCK_SKEW_MAX_S; where a standard allows another time, by that.
 */
bool time_over(struct moment now, int64_t end);
bool time_ahead(struct moment now, int64_t begin);
bool time_ahead_by(struct moment now, int64_t begin, int64_t allowed);

/* Milliseconds, monotonic, counting suspend (CLOCK_BOOTTIME). */
int64_t clock_ticks(void);

/*
 * What ends every wait: a signal that asks to stop, or the limit of the time for all
 * that is under way (`--patience`).  Whoever waits polls clock_stop_fd() too, and asks
 * clock_check() before it waits again.
 */
bool clock_sleep(int64_t milliseconds); /* false: it ended early */
void clock_stop(void);                  /* async-signal-safe: ends this and every later wait */
int64_t clock_limit(int64_t ticks);     /* so does this moment; 0: none. What was before. */
bool clock_stopped(void);               /* by either */
MUST_CHECK enum err clock_check(void);  /* E_STOPPED by a signal, E_TIMEOUT by the limit */
int clock_stop_fd(void); /* for other waits: poll(2) finds it readable once stopped; or -1 */
void clock_go_on(void);  /* after a stop that was not the end: sleeps sleep again */

#endif
