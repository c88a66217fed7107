/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection through an HTTP proxy: CONNECT (RFC 9110 9.3.6), before TLS begins.
 *
 * The proxy sees where to, and TLS records.  What it answers is read octet by octet up to
 * its empty line, so that nothing of the server's is lost; everything in it but the status
 * is passed over.
 */
#ifndef ONRAMP_TLS_PROXY_H
#define ONRAMP_TLS_PROXY_H

#include "platform/base/limits.h"
#include "platform/tls/tcp.h"

struct proxy {
	char host[URL_MAX];
	uint16_t port;
};

/*
 * Through the proxy, or straight where that is NULL.  E_UNREACHABLE: the proxy is not
 * there, or does not let us through; E_HTTP: it is none.  The reason names it.
 */
MUST_CHECK enum err proxy_connect(const struct proxy *p, const char *host, uint16_t port,
                                  int64_t deadline, int *fd);

#endif
