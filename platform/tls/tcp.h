/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP as a client, and waiting: what TLS and plain http stand on.
 *
 * Deadlines are clock_ticks().  Every wait ends early with what clock_check() says.
 */
#ifndef ONRAMP_TLS_TCP_H
#define ONRAMP_TLS_TCP_H

#include <stdint.h>

#include "platform/net/names.h"

/* The earlier of `ms` from now and `end`; 0 is no end. */
int64_t tcp_deadline(int64_t ms, int64_t end);

/* OK as soon as poll(2) finds one of the events, or a fault, on fd. */
MUST_CHECK enum err tcp_wait(int fd, short events, int64_t deadline);

/*
 * The first of the addresses that connects; the next one is begun after 250 ms, or as
 * soon as all before it have failed.  The socket does not block, is closed on exec, and
 * sends small segments at once.  E_UNREACHABLE: all have failed, with what the last one
 * said; E_TIMEOUT: some had not answered.  *fd is -1 then.
 */
MUST_CHECK enum err tcp_connect_any(const struct addresses *to, int64_t deadline, int *fd);

/* The same for all addresses of a name (platform/net/names.h). */
MUST_CHECK enum err tcp_connect(const char *host, uint16_t port, int64_t deadline, int *fd);

#endif
