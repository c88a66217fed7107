/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The octets below TLS.
 *
 * wolfSSL reads on for as long as records come that carry no data for us: KeyUpdate,
 * NewSessionTicket, HelloRequest, warnings, empty records.  A peer that never ends
 * them would never let go of us.  So each call into wolfSSL gets its turn of octets,
 * after which the caller looks at its deadline and at the request to stop; and what
 * comes without data has an end: in the handshake, and in all that follows it.  Data in
 * between does not begin the count anew: wolfSSL keeps each answer to a KeyUpdate in
 * memory for as long as the peer does not read.
 */
#include <errno.h>
#include <sys/socket.h>

#include "platform/clock.h"
#include "platform/tls/internal.h"

enum { RECORD_HEADER = 5 };

void wire_turn(struct wire *w)
{
	w->turn = TLS_TURN_OCTETS;
}

void wire_begin(struct wire *w)
{
	w->useless = 0;
}

/* wolfSSL does not read ahead: the data was in the record that was begun last.  All of
   it counts, padding too (RFC 8446 5.4), and once. */
void wire_useful(struct wire *w)
{
	w->useless -= w->record < w->useless ? w->record : w->useless;
	w->record = 0;
}

/* Follows the records by their headers (RFC 8446 5.1): type, version, length. */
static void count(struct wire *w, const char *octets, size_t n)
{
	w->turn -= n < w->turn ? n : w->turn;
	w->useless += n;
	while (n > 0) {
		size_t part = w->left < n ? w->left : n;

		if (w->left == 0) {
			part = 1;
			w->length = (w->length << 8 | (uint8_t)*octets) & 0xffff;
			w->header = (w->header + 1) % RECORD_HEADER;
			if (w->header == 0) {
				w->left = w->length;
				w->record = RECORD_HEADER + w->length;
			}
		} else {
			w->left -= part;
		}
		octets += part;
		n -= part;
	}
}

static int received(struct wire *w, const char *octets, ssize_t got)
{
	if (got > 0) {
		count(w, octets, (size_t)got);
		return (int)got;
	}
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
	return received(w, buf, recv(w->fd, buf, (size_t)cap, 0));
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
