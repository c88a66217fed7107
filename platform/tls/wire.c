/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The octets below TLS.
 *
 * wolfSSL reads on for as long as records come that carry no data for us: KeyUpdate,
 * NewSessionTicket, HelloRequest, warnings, empty records.  A peer that never ends
 * them would never let go of us.  So each call into wolfSSL gets its turn of octets,
 * after which the caller looks at its deadline and at the request to stop; and what
 * comes in a row without data has an end, in the handshake and after it.
 */
#include <errno.h>
#include <sys/socket.h>

#include "platform/clock.h"
#include "platform/tls/internal.h"

void wire_turn(struct wire *w)
{
	w->turn = TLS_TURN_OCTETS;
}

void wire_useful(struct wire *w)
{
	w->useless = 0;
}

static int received(struct wire *w, ssize_t got)
{
	size_t n = got > 0 ? (size_t)got : 0;

	w->turn -= n < w->turn ? n : w->turn;
	w->useless += n;
	if (got > 0)
		return (int)got;
	if (got == 0)
		return WOLFSSL_CBIO_ERR_CONN_CLOSE;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return WOLFSSL_CBIO_ERR_WANT_READ;
	return errno == EINTR ? WOLFSSL_CBIO_ERR_ISR : WOLFSSL_CBIO_ERR_CONN_RST;
}

int wire_receive(WOLFSSL *ssl, char *buf, int cap, void *context)
{
	struct wire *w = context;

	(void)ssl;
	if (w->useless >= TLS_USELESS_MAX) {
		w->flooded = true;
		return WOLFSSL_CBIO_ERR_GENERAL;
	}
	if (w->turn == 0 || clock_stopped())
		return WOLFSSL_CBIO_ERR_WANT_READ;
	return received(w, recv(w->fd, buf, (size_t)cap, 0));
}

/*
 * A peer that refuses our certificate sends an alert and closes; what we write
 * meanwhile is answered by a reset.  wolfSSL would stop at the failed write and
 * leave the alert unread.  So a dead connection swallows, and the next read
 * finds what the peer said last, or its end.
 */
int wire_send(WOLFSSL *ssl, char *buf, int n, void *context)
{
	struct wire *w = context;
	ssize_t sent = w->mute ? n : send(w->fd, buf, (size_t)n, MSG_NOSIGNAL);

	(void)ssl;
	if (sent >= 0)
		return (int)sent;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return WOLFSSL_CBIO_ERR_WANT_WRITE;
	if (errno == EINTR)
		return WOLFSSL_CBIO_ERR_ISR;
	w->mute = true;
	return n;
}
