/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1.1 links, by libcurl: over a TLS channel of ours, or plain (for CMP
 * messages, which protect themselves).
 *
 * libcurl only ever speaks http:// into a local socket for https links; bytes
 * are moved between it and the channel.  Every cap of limits.h holds: header
 * bytes, body bytes, total time, low speed.  Redirects are reported, never
 * followed.  An exchange that does not end exactly at its last byte ends the
 * connection (left-over bytes would be the next answer).
 */
#ifndef ONRAMP_HTTP_LINK_HTTP_H
#define ONRAMP_HTTP_LINK_HTTP_H

#include "platform/http/url.h"
#include "platform/link.h"
#include "platform/tls/channel.h"

struct link_request {
	const char *url; /* https://... or http://...; a path is ignored */
	const struct credential *client;
	enum tls_version version;
	const struct judge *judge; /* NULL: provisional, and the same chain ever after */
	int64_t deadline;          /* ticks when it must be there; 0: HTTP_CONNECT_MS alone */
	/*
	 * "http://proxy:3128": https through CONNECT, http as RFC 9112 3.2.2 has it; NULL or
	 * "": straight.  So also for hosts that are among no_proxy or below them; "*": all.
	 */
	const char *proxy;
	const char *const *no_proxy;
	size_t no_proxy_count;
};
/* Whether it is such a URL: E_RANGE. */
MUST_CHECK enum err proxy_check(const char *url);

/* Connects at once (https: handshake done, chain captured, judged).
   One of a fixed set of LINKS_MAX. */
enum { LINKS_MAX = 4 };
MUST_CHECK enum err link_http_open(struct link **out, const struct link_request *r);

/* "https, TLSv1.3, TLS13-AES128-GCM-SHA256, X25519" for the log; "http" when plain. */
const char *link_http_describe(const struct link *l);

/* Once per process, before and after: library set-up. */
MUST_CHECK enum err http_start(void);
void http_stop(void);

#endif
