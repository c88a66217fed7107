/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of platform/http tell each other.
 *
 *	link_http.c   one link: connects, reconnects under its rule, closes
 *	transfer.c    one exchange: libcurl, run until it ends or its time does
 *	answer.c      what the answer's header says, its body into the arena
 *	pump.c        octets between libcurl and the stream, counted
 *	local.c       the socket that libcurl takes for a server
 *	stream.c      the connection to the peer: TLS, or TCP alone
 */
#ifndef ONRAMP_HTTP_INTERNAL_H
#define ONRAMP_HTTP_INTERNAL_H

#include "platform/http/link_http.h"

/* Either a TLS channel, or a TCP socket. */
struct stream {
	struct channel *tls;
	int fd;    /* -1: not open */
	bool mute; /* the peer takes nothing any more: see stream_write() */
};
#define STREAM_CLOSED           \
	(struct stream)         \
	{                       \
		NULL, -1, false \
	}

bool stream_is_open(const struct stream *s);
int stream_fd(const struct stream *s); /* for poll(2) only */
enum channel_io stream_read(struct stream *s, uint8_t *buf, size_t *n);
enum channel_io stream_write(struct stream *s, const uint8_t *buf, size_t *n);
enum err stream_fault(const struct stream *s); /* why it was CUT, never OK */
void stream_close(struct stream *s);

/* libcurl connects to a socket of ours in the abstract namespace, once. */
struct local {
	int listener;
	char name[16]; /* without its leading NUL */
};
MUST_CHECK enum err local_listen(struct local *l);
int local_accept(const struct local *l); /* -1: this process has not connected yet */
void local_close(struct local *l);

/* One answer as it comes in. */
enum framing { UNTIL_CLOSE, BY_LENGTH, CHUNKED };
struct answer {
	struct exchange *x;
	struct arena *arena;
	enum err e; /* the first fault; nothing is taken after it */
	enum { AT_STATUS, IN_INTERIM, IN_FIELDS, AT_BODY } at;
	bool old;                      /* HTTP/1.0 */
	bool keep;                     /* the peer will keep the connection */
	bool closes;                   /* it said so */
	bool far;                      /* a Location that is too long */
	bool enough;                   /* the header is all that is wanted: the body stays unread */
	uint8_t field[HTTP_FIELD_MAX]; /* the one that may still go on (obs-fold) ... */
	size_t field_n;
	bool folded, field_cut; /* ... over several lines; and beyond what we take */
	enum framing framing;
	bool has_length;
	uint64_t length;       /* what Content-Length says */
	uint64_t header, body; /* octets so far */
	size_t body_max;       /* of the exchange, or what the arena has left; or the spool's */
	bool spooled;          /* the body goes to the spool */
};
void answer_clear(struct exchange *x); /* no answer yet */
void answer_begin(struct answer *a, struct exchange *x, struct arena *arena);
/* One line, with its end; false after a fault, or when no more is wanted. */
bool answer_take_line(struct answer *a, struct span line);
bool answer_take_body(struct answer *a, struct span part);
/* What the answer may have on the wire, so far as it is known. */
uint64_t answer_octets_max(const struct answer *a);
/* After the last octet, or the stream's end (CHANNEL_MOVED: it goes on): the body
   is kept in the arena. */
MUST_CHECK enum err answer_end(struct answer *a, enum channel_io end);
void answer_drop(struct answer *a); /* nothing of it is left */

struct buffer {
	uint8_t octets[TLS_RECORD_MAX];
	size_t from, to;
};

/*
 * Whole lines at a time: libcurl reads as much as it gets, and forgets what is
 * behind the end of an answer.  A header and a chunked body end at the end of a
 * line, so that what is behind it stays here and is seen.
 */
enum delivery { BY_LINES, AT_ONCE };
struct pump {
	struct stream *stream;
	int local;           /* our end towards libcurl; -1: none */
	int reader;          /* libcurl's own end */
	enum channel_io end; /* CHANNEL_MOVED: the stream is open */
	bool wants_write;
	uint8_t last;       /* octet given to libcurl */
	uint64_t delivered; /* octets given to libcurl */
	struct buffer up, down;
};
void pump_begin(struct pump *p, struct stream *s);
bool pump_move(struct pump *p, enum delivery how); /* false: nothing to do before poll(2) */
short pump_stream_events(const struct pump *p);
short pump_local_events(const struct pump *p);
/* libcurl has closed its end: nothing is left in either direction. */
bool pump_is_empty(struct pump *p);
void pump_end(struct pump *p);

/*
 * One request and its answer over an open stream.  *reusable: both ended where
 * they should, and the peer keeps the connection.
 */
MUST_CHECK enum err transfer_run(struct stream *s, const struct url *at, struct exchange *x,
                                 struct arena *a, int64_t deadline, bool *reusable);

#endif
