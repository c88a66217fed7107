/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long to wait: pure arithmetic, random numbers are the caller's. */
#ifndef ONRAMP_AGENT_RETRY_H
#define ONRAMP_AGENT_RETRY_H

#include <stdint.h>

/*
 * RFC 8995 4.1: exponential, at most an hour. failures: 1 for the first.  The
 * pause lies between half and the whole of the step, so that devices that came
 * back together after a power cut do not stay together.
 */
int64_t retry_backoff_ms(unsigned failures, uint32_t random);

/* The same while there is no network yet: at most a minute, as nobody is there to be spared. */
int64_t retry_no_network_ms(unsigned failures, uint32_t random);

/* RFC 8995 5.6: what Retry-After asks for (-1: nothing), within 5 to 60 seconds. */
int64_t retry_after_ms(int64_t seconds);

#endif
