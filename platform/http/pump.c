/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves octets between libcurl's socket and the stream, and counts them. */
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/http/internal.h"

void pump_begin(struct pump *p, struct stream *s)
{
	p->stream = s;
	p->local = p->reader = -1;
	p->end = CHANNEL_MOVED;
	p->wants_write = false;
	p->delivered = 0;
	p->last = 0;
	p->up.from = p->up.to = p->down.from = p->down.to = 0;
}

static bool is_empty(const struct buffer *b)
{
	return b->from == b->to;
}

static void fill(struct buffer *b, size_t n)
{
	b->from = 0;
	b->to = n;
}

static bool take_from_local(struct pump *p)
{
	ssize_t n;

	if (p->local < 0 || !is_empty(&p->up))
		return false;
	n = recv(p->local, p->up.octets, sizeof p->up.octets, 0);
	if (n <= 0)
		return false;
	fill(&p->up, (size_t)n);
	return true;
}

static bool give_to_stream(struct pump *p)
{
	size_t n = p->up.to - p->up.from;
	enum channel_io io;

	if (n == 0)
		return false;
	/* nobody is there any more; libcurl looks at the answer when it is rid of its request */
	if (p->end != CHANNEL_MOVED) {
		p->up.from = p->up.to;
		return true;
	}
	io = stream_write(p->stream, p->up.octets + p->up.from, &n);
	p->up.from += n;
	p->wants_write |= io == CHANNEL_WAIT_WRITE;
	if (io == CHANNEL_CLOSED || io == CHANNEL_CUT)
		p->end = io;
	return io == CHANNEL_MOVED;
}

static bool take_from_stream(struct pump *p)
{
	size_t n = sizeof p->down.octets;
	enum channel_io io;

	if (!is_empty(&p->down) || p->end != CHANNEL_MOVED)
		return false;
	io = stream_read(p->stream, p->down.octets, &n);
	fill(&p->down, n);
	p->wants_write |= io == CHANNEL_WAIT_WRITE; /* TLS has something to answer */
	if (io == CHANNEL_CLOSED || io == CHANNEL_CUT)
		p->end = io;
	return io != CHANNEL_WAIT_READ && io != CHANNEL_WAIT_WRITE;
}

/* libcurl has read all that it was given. */
static bool reader_is_done(const struct pump *p)
{
	int unread = 0;

	return p->reader < 0 || ioctl(p->reader, FIONREAD, &unread) != 0 || unread == 0;
}

static size_t first_line(const struct buffer *b)
{
	const uint8_t *from = b->octets + b->from, *newline;

	newline = memchr(from, '\n', b->to - b->from);
	return newline != NULL ? (size_t)(newline - from) + 1 : b->to - b->from;
}

static bool give_to_local(struct pump *p, enum delivery how)
{
	size_t n = p->down.to - p->down.from;
	ssize_t sent;

	if (p->local < 0 || n == 0)
		return false;
	if (how == BY_LINES) {
		if (!reader_is_done(p))
			return false;
		n = first_line(&p->down);
	}
	sent = send(p->local, p->down.octets + p->down.from, n, MSG_NOSIGNAL);
	if (sent <= 0)
		return false;
	p->down.from += (size_t)sent;
	p->last = p->down.octets[p->down.from - 1];
	p->delivered += (size_t)sent;
	return true;
}

/* The peer has ended, and libcurl has all of it: now it may see the end too. */
static void pass_end_on(struct pump *p)
{
	if (p->local >= 0 && p->end != CHANNEL_MOVED && is_empty(&p->down))
		shutdown(p->local, SHUT_WR);
}

/* Reads before it writes: what the peer said last may be why it takes no more. */
bool pump_move(struct pump *p, enum delivery how)
{
	bool moved;

	p->wants_write = false;
	moved = take_from_stream(p);
	moved |= give_to_local(p, how);
	moved |= take_from_local(p);
	moved |= give_to_stream(p);
	pass_end_on(p);
	return moved;
}

short pump_stream_events(const struct pump *p)
{
	short events = p->wants_write ? POLLOUT : 0;

	if (p->end != CHANNEL_MOVED)
		return 0;
	return is_empty(&p->down) ? events | POLLIN : events;
}

short pump_local_events(const struct pump *p)
{
	short events = is_empty(&p->up) ? POLLIN : 0;

	return is_empty(&p->down) ? events : events | POLLOUT;
}

bool pump_is_empty(struct pump *p)
{
	return !take_from_local(p) && is_empty(&p->up) && is_empty(&p->down);
}

void pump_end(struct pump *p)
{
	if (p->local >= 0)
		close(p->local);
	p->local = -1;
	wipe(&p->up, sizeof p->up);
	wipe(&p->down, sizeof p->down);
}
