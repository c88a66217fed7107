/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of platform/tls tell each other; wolfSSL's types end here. */
#ifndef ONRAMP_TLS_INTERNAL_H
#define ONRAMP_TLS_INTERNAL_H

#include <wolfssl/options.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "platform/tls/channel.h"

/* The socket below TLS; wolfSSL's callbacks get it as their context. */
struct wire {
	int fd;
	bool mute;                   /* the peer takes nothing any more: see wire_send() */
	bool flooded;                /* it was ended by us: TLS_USELESS_MAX */
	size_t turn;                 /* octets that may still be read before the caller's turn */
	size_t useless;              /* octets that came without application data */
	size_t record;               /* of these, the record that was begun last; 0: it had some */
	size_t header, length, left; /* where in the records the last octet was */
};
void wire_turn(struct wire *w);   /* before each call that may read; none: nothing is read */
void wire_begin(struct wire *w);  /* the handshake is done: what comes now counts anew */
void wire_useful(struct wire *w); /* application data has come */
int wire_receive(WOLFSSL *ssl, char *buf, int cap, void *wire);
int wire_send(WOLFSSL *ssl, char *buf, int n, void *wire);

/* The peer's certificates as the last Certificate message had them. */
struct capture {
	const struct judge *judge; /* NULL: provisional */
	enum err verdict;          /* not OK: why the handshake was ended by us */
	size_t n;
	struct span certs[CHAIN_MAX];
	uint8_t bytes[TLS_CHAIN_SIZE_MAX];
};

/* wolfSSL's verify callback; wolfSSL_SetCertCbCtx() gives it the struct capture. */
int capture_chain(int ok, WOLFSSL_X509_STORE_CTX *store);
struct chain capture_list(const struct capture *c);

/* What the ClientHello of a channel offers. */
struct offer {
	enum tls_version version;
	unsigned groups; /* a bit for each row of the table in groups.c */
};

/* Every group that both this build of wolfSSL and the version have. E_CRYPTO. */
MUST_CHECK enum err groups_offer(WOLFSSL_CTX *ctx, enum tls_version v, struct offer *o);
/* TLS 1.3: one key share for the hybrid group, if it is offered, and one for X25519 or
   else P-256; none for any other group. E_CRYPTO. */
MUST_CHECK enum err groups_share(WOLFSSL *ssl, const struct offer *o);
/* The name of the group that was negotiated; NULL if it was not offered. */
const char *groups_agreed(WOLFSSL *ssl, const struct offer *o);
const char *groups_name(const struct offer *o, size_t i); /* NULL: there are no more */

/* A fresh context for one channel: the one place where wolfSSL's policy is set. */
MUST_CHECK enum err context_make(WOLFSSL_CTX **out, const struct channel_request *r,
                                 struct offer *o);

/* What was negotiated is what we offered. E_TLS. */
MUST_CHECK enum err context_check(WOLFSSL *ssl, const struct offer *o);

/* No certificate of the chain has a wrong signature, as far as its issuer is there. E_TLS. */
MUST_CHECK enum err shown_check(struct chain chain);

/*
 * The fatal alert that the peer sent, in words: E_TLS_REFUSED when it is about
 * our certificate, at which the peer may be looking now or not; else the code
 * given; OK when there was none.
 */
MUST_CHECK enum err alert_received(WOLFSSL *ssl, bool looking, enum err otherwise);

#endif
