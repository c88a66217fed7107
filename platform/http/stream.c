/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to the peer: a TLS channel, or TCP alone. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/http/internal.h"

bool stream_is_open(const struct stream *s)
{
	return s->tls != NULL || s->fd >= 0;
}

int stream_fd(const struct stream *s)
{
	return s->tls != NULL ? channel_fd(s->tls) : s->fd;
}

static enum channel_io moved(ssize_t got, size_t *n, enum channel_io wait)
{
	*n = got > 0 ? (size_t)got : 0;
	if (got > 0)
		return CHANNEL_MOVED;
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return wait;
	return got == 0 ? CHANNEL_CLOSED : CHANNEL_CUT;
}

enum channel_io stream_read(struct stream *s, uint8_t *buf, size_t *n)
{
	if (s->tls != NULL)
		return channel_read(s->tls, buf, n);
	return moved(recv(s->fd, buf, *n, 0), n, CHANNEL_WAIT_READ);
}

/*
 * A server that answers before it has read all may close at once: what we write
 * meanwhile is answered by a reset, with the answer not read yet.  So a dead
 * connection swallows, as TLS's does (platform/tls/channel.c), and reading finds
 * what the peer said last, or its end.
 */
enum channel_io stream_write(struct stream *s, const uint8_t *buf, size_t *n)
{
	size_t all = *n;
	enum channel_io io;

	if (s->tls != NULL)
		return channel_write(s->tls, buf, n);
	io = moved(s->mute ? (ssize_t)all : send(s->fd, buf, all, MSG_NOSIGNAL), n,
	           CHANNEL_WAIT_WRITE);
	if (io != CHANNEL_CUT)
		return io;
	s->mute = true;
	*n = all;
	return CHANNEL_MOVED;
}

enum err stream_fault(const struct stream *s)
{
	if (s->tls != NULL)
		return channel_fault(s->tls);
	return err_because(E_HTTP, "the server broke the connection off");
}

void stream_close(struct stream *s)
{
	if (s->tls != NULL)
		channel_close(s->tls);
	else if (s->fd >= 0)
		close(s->fd);
	*s = STREAM_CLOSED;
}
