/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP as a client, and waiting: what TLS and plain http stand on.
 *
 * Deadlines are clock_ticks().  Every wait ends early, as E_TIMEOUT, when the
 * agent is asked to stop (clock_stop()).  The resolver's own waiting is bounded
 * by resolv.conf and by tcp_start() alone: getaddrinfo(3) cannot be ended.
 */
#ifndef ONRAMP_TLS_TCP_H
#define ONRAMP_TLS_TCP_H

#include <stdint.h>

#include "platform/base/err.h"

/* The earlier of `ms` from now and `end`; 0 is no end. */
int64_t tcp_deadline(int64_t ms, int64_t end);

/* OK as soon as poll(2) finds one of the events, or a fault, on fd. */
MUST_CHECK enum err tcp_wait(int fd, short events, int64_t deadline);

/*
 * Every address of the name in turn, each with its share of the time that is
 * left.  The socket does not block, is closed on exec, and sends small segments
 * at once.  E_UNREACHABLE or E_TIMEOUT with what the last address said.
 */
MUST_CHECK enum err tcp_connect(const char *host, uint16_t port, int64_t deadline, int *fd);

/* Once per process: the resolver gives up after seconds, not after a minute. */
void tcp_start(void);

#endif
