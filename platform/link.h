/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A link: one connection to one server, that carries exchanges.
 *
 * Until voucher/pin.c has made a struct trusted of it, the peer may be anyone
 * and every byte from it is hostile (RFC 8995 5.1, 11).  An implementation that
 * has to reconnect demands the very certificates it saw first (RFC 8995 5), or,
 * once a judge is set, what the judge accepts.
 */
#ifndef ONRAMP_PLATFORM_LINK_H
#define ONRAMP_PLATFORM_LINK_H

#include "platform/base/arena.h"
#include "platform/base/limits.h"
#include "platform/base/octets.h"

/* Where an answer goes that is larger than answer_max: a file, written from its beginning. */
struct spool {
	int fd;
	size_t max;       /* octets */
	int64_t total_ms; /* for the whole exchange, once it is that large */
};

struct exchange {
	const char *path;            /* /.well-known/brski/requestvoucher, absolute */
	const char *sends, *accepts; /* media types */
	struct span body;
	size_t answer_max;         /* octets; 0: HTTP_BODY_MAX */
	int64_t total_ms;          /* whole exchange; 0: HTTP_TOTAL_MS */
	const struct spool *spool; /* NULL: larger answers are E_TOO_BIG */
	bool headers_of_redirects; /* the body of a 301, 302, 307 or 308 is not read */

	/* the answer */
	unsigned status;                 /* HTTP status, or the CoAP code as one */
	int64_t retry_after;             /* seconds; -1: not said or not readable */
	char media_type[MEDIA_TYPE_MAX]; /* lower case, without parameters; "" when absent */
	char location[URL_MAX];          /* "" when absent */
	struct span answer;              /* in the caller's arena; or: */
	struct octets large;             /* in the spool's file; else empty */
};

/* A captured chain, DER as sent, leaf first. */
struct chain {
	const struct span *certs;
	size_t n;
};

/* Decides whether a peer's chain will do; called before the first byte of a
   request is sent. */
struct judge {
	enum err (*accept)(void *context, struct chain chain);
	void *context;
};

struct link;
struct link_ops {
	/* OK for any complete HTTP answer, whatever its status. After an error
	   the connection is gone; the next exchange opens a new one under the
	   same-certificate rule. Nothing is ever sent twice. */
	MUST_CHECK enum err (*exchange)(struct link *l, struct exchange *x, struct arena *a);
	struct chain (*peer_chain)(const struct link *l);         /* empty: plain transport */
	void (*set_judge)(struct link *l, const struct judge *j); /* from now on; copied */
	void (*close)(struct link *l);
};
struct link {
	const struct link_ops *ops;
	char origin[URL_MAX]; /* scheme://host[:port], as configured */
};

MUST_CHECK static inline enum err link_exchange(struct link *l, struct exchange *x, struct arena *a)
{
	return l->ops->exchange(l, x, a);
}
static inline struct chain link_peer_chain(const struct link *l)
{
	return l->ops->peer_chain(l);
}
static inline void link_close(struct link *l)
{
	if (l != NULL)
		l->ops->close(l);
}

#endif
