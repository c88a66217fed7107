/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TLS connection as a client, by wolfSSL: 1.3 and 1.2, mutual.
 *
 * No CA is ever loaded.  The handshake proves that the peer holds the key of
 * its certificate and gives its chain; whether that chain is good is decided by
 * the judge, before the first byte is sent (authenticated), or by voucher/pin.c
 * afterwards (provisional, RFC 8995 5.1: no judge).
 *
 * Not resumed, no tickets, no PSK, no renegotiation, no early data.  Names are
 * resolved by platform/net; IPv6 zones as "fe80::1%eth0".
 */
#ifndef ONRAMP_TLS_CHANNEL_H
#define ONRAMP_TLS_CHANNEL_H

#include "platform/link.h"
#include "platform/pki/credential.h"

struct channel; /* one of a fixed set of CHANNELS_MAX */
enum { CHANNELS_MAX = 4 };

enum tls_version { TLS_ANY, TLS_1_2, TLS_1_3 }; /* ANY: 1.3 preferred */

struct proxy; /* platform/tls/proxy.h */
struct channel_request {
	const struct proxy *proxy; /* NULL: straight to the host */
	const char *host;          /* name or address literal, no brackets */
	uint16_t port;
	const struct credential *client; /* NULL: no client certificate */
	enum tls_version version;
	const struct judge *judge;        /* NULL: provisional */
	int64_t connect_ms, handshake_ms; /* 0: HTTP_CONNECT_MS */
	int64_t deadline;                 /* clock_ticks() when all must be done; 0: none */
};

/* E_UNREACHABLE, E_TIMEOUT, E_TLS, E_TLS_REFUSED (the peer's alert about our
   certificate), or the judge's code. Every address of the name is tried. */
MUST_CHECK enum err channel_open(struct channel **out, const struct channel_request *r);

/* The peer's chain, copied from the handshake, leaf first; lives with the channel. */
struct chain channel_peer_chain(const struct channel *c);
const char *channel_version(const struct channel *c); /* "TLSv1.3" */
const char *channel_suite(const struct channel *c);
const char *channel_group(const struct channel *c); /* of the key agreement: "X25519" */

/* The groups that a channel offers, the preferred one first; NULL after the last. */
const char *channel_groups(size_t i);

int channel_fd(const struct channel *c); /* for poll(2) only */

enum channel_io {
	CHANNEL_MOVED,
	CHANNEL_WAIT_READ,
	CHANNEL_WAIT_WRITE,
	CHANNEL_CLOSED, /* close_notify */
	CHANNEL_CUT,    /* closed without, or broken */
};

/* Non-blocking. *n: in capacity, out moved. After CLOSED or CUT neither is called again. */
enum channel_io channel_read(struct channel *c, uint8_t *buf, size_t *n);
enum channel_io channel_write(struct channel *c, const uint8_t *buf, size_t *n);

/* The peer's alert after the handshake, if the channel was cut by one: E_TLS_REFUSED
   for those about our certificate (TLS 1.3 tells only now), else E_HTTP. */
enum err channel_fault(const struct channel *c);

void channel_close(struct channel *c); /* NULL is fine */

/* Once per process, before and after: the library's set-up. */
MUST_CHECK enum err channel_start(void);
void channel_stop(void);

#endif
