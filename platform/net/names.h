/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the name of a host to its addresses.
 *
 * Looked up in this order: an address literal; the names that RFC 6761 keeps for
 * themselves (localhost, invalid); /etc/hosts; DNS, by c-ares, with the servers and
 * search domains of /etc/resolv.conf.  The first that knows the name answers.
 *
 * What a name server does is bounded: nothing here outlasts the deadline, and
 * clock_stop() ends it at once.
 */
#ifndef ONRAMP_NET_NAMES_H
#define ONRAMP_NET_NAMES_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include "platform/base/err.h"
#include "platform/base/limits.h"

struct address {
	socklen_t n;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
};

/* In the order in which they are to be tried: RFC 8305 4, families in turn. */
struct addresses {
	size_t n;
	struct address a[ADDRESSES_MAX];
};

/*
 * Every address of the host, up to ADDRESSES_MAX, IPv6 first.  host: a name, an IPv4
 * literal, or an IPv6 literal without brackets, with a zone as "fe80::1%eth0".
 * E_UNREACHABLE: it has none, or nobody told in time; or what clock_check() says.
 */
MUST_CHECK enum err names_resolve(const char *host, uint16_t port, int64_t deadline,
                                  struct addresses *out);

/* Other files than those in /etc; NULL: as before. */
void names_files(const char *resolv_conf, const char *hosts);
/* For tests: these servers, "127.0.0.1:5353", and none of a file; NULL: as before. */
void names_servers(const char *servers);

#endif
