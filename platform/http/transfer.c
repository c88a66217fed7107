/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One exchange by libcurl, over a stream that is open already.
 *
 * libcurl sees plain http to a local socket; a handle lives for one exchange,
 * so that nothing is carried from one state of trust to the next.  It may
 * connect once: a second time would mean that it sends the request again.
 */
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "platform/base/heap.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/http/internal.h"

#ifndef ONRAMP_VERSION
#define ONRAMP_VERSION "dev"
#endif

enum { FIELD_MAX = URL_MAX + 32, FIELDS_MAX = 5 };

struct transfer {
	CURL *easy;
	CURLM *multi;
	struct local local;
	struct pump *pump;
	struct answer answer;
	bool connected; /* libcurl has had its one socket */
	bool refused;   /* an option was */
	char field[FIELDS_MAX][FIELD_MAX];
	struct curl_slist header[FIELDS_MAX];
	size_t header_count;
};

static size_t on_line(char *p, size_t size, size_t n, void *context)
{
	struct transfer *t = context;

	return answer_take_line(&t->answer, (struct span){ (uint8_t *)p, size * n }) ? size * n : 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *context)
{
	struct transfer *t = context;

	return answer_take_body(&t->answer, (struct span){ (uint8_t *)p, size * n }) ? size * n : 0;
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct transfer *t = context;

	(void)purpose;
	if (t->connected || a->family != AF_UNIX)
		return CURL_SOCKET_BAD;
	t->connected = true;
	t->pump->reader = socket(a->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return t->pump->reader;
}

static int on_close(void *context, curl_socket_t fd)
{
	struct transfer *t = context;

	t->pump->reader = -1;
	return close(fd);
}

static void set_number(struct transfer *t, CURLoption option, long value)
{
	t->refused |= curl_easy_setopt(t->easy, option, value) != CURLE_OK;
}

static void set_pointer(struct transfer *t, CURLoption option, const void *value)
{
	t->refused |= curl_easy_setopt(t->easy, option, value) != CURLE_OK;
}

static void set_rules(struct transfer *t)
{
	static const struct {
		CURLoption option;
		long value;
	} rules[] = {
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_FOLLOWLOCATION, 0 }, /* RFC 8995 5.6: the agent judges where to */
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_HTTP09_ALLOWED, 0 },
		{ CURLOPT_FORBID_REUSE, 1 },
		{ CURLOPT_FRESH_CONNECT, 1 },
		{ CURLOPT_PATH_AS_IS, 1 },
		{ CURLOPT_LOW_SPEED_LIMIT, HTTP_SLOW_BYTES },
		{ CURLOPT_LOW_SPEED_TIME, HTTP_SLOW_SECONDS },
		{ CURLOPT_BUFFERSIZE, TLS_RECORD_MAX },
	};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		set_number(t, rules[i].option, rules[i].value);
	set_pointer(t, CURLOPT_PROTOCOLS_STR, "http");
	set_pointer(t, CURLOPT_PROXY, "");
	set_pointer(t, CURLOPT_NOPROXY, "*");
}

static void set_callbacks(struct transfer *t)
{
	t->refused |= curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_line) != CURLE_OK ||
	              curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK ||
	              curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket) !=
	                      CURLE_OK ||
	              curl_easy_setopt(t->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close) != CURLE_OK;
	set_pointer(t, CURLOPT_HEADERDATA, t);
	set_pointer(t, CURLOPT_WRITEDATA, t);
	set_pointer(t, CURLOPT_OPENSOCKETDATA, t);
	set_pointer(t, CURLOPT_CLOSESOCKETDATA, t);
}

/* libcurl only reads its lists: this one needs no heap. */
static void add_field(struct transfer *t, const char *name, const char *value)
{
	size_t i = t->header_count++;
	int n = snprintf(t->field[i], FIELD_MAX, "%s:%s%s", name, *value != '\0' ? " " : "", value);

	t->refused |= n < 0 || n >= FIELD_MAX;
	t->header[i] = (struct curl_slist){ t->field[i], NULL };
	if (i > 0)
		t->header[i - 1].next = &t->header[i];
}

static void set_header(struct transfer *t, const struct url *at)
{
	const struct exchange *x = t->answer.x;
	char host[URL_MAX];

	t->refused |= url_host(at, host, sizeof host) != OK;
	add_field(t, "Host", host);
	add_field(t, "User-Agent", "onramp/" ONRAMP_VERSION);
	if (x->accepts != NULL)
		add_field(t, "Accept", x->accepts);
	if (x->sends != NULL) {
		add_field(t, "Content-Type", x->sends);
		add_field(t, "Expect", ""); /* libcurl would wait for 100 with a large body */
	}
	set_pointer(t, CURLOPT_HTTPHEADER, t->header);
}

static void set_request(struct transfer *t)
{
	const struct exchange *x = t->answer.x;

	set_pointer(t, CURLOPT_ABSTRACT_UNIX_SOCKET, t->local.name);
	set_pointer(t, CURLOPT_URL, "http://peer/");
	set_pointer(t, CURLOPT_REQUEST_TARGET, x->path);
	if (x->sends == NULL)
		return;
	set_number(t, CURLOPT_POST, 1);
	set_pointer(t, CURLOPT_POSTFIELDS, x->body.n > 0 ? (const char *)x->body.p : "");
	t->refused |= curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE,
	                               (curl_off_t)x->body.n) != CURLE_OK;
}

static enum err prepare(struct transfer *t, const struct url *at)
{
	t->easy = curl_easy_init();
	t->multi = curl_multi_init();
	if (t->easy == NULL || t->multi == NULL)
		return err_because(E_MEMORY, "no memory for libcurl");
	set_rules(t);
	set_callbacks(t);
	set_header(t, at);
	set_request(t);
	if (t->refused || curl_multi_add_handle(t->multi, t->easy) != CURLM_OK)
		return err_because(E_BUG, "libcurl refuses our request");
	return OK;
}

static short curl_events(short events)
{
	return (short)((events & POLLIN ? CURL_WAIT_POLLIN : 0) |
	               (events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
}

/* libcurl adds its own descriptors and timers. */
static enum err wait(struct transfer *t, int64_t deadline)
{
	const struct pump *p = t->pump;
	struct curl_waitfd fds[3] = { { .fd = clock_stop_fd(), .events = CURL_WAIT_POLLIN } };
	short stream = pump_stream_events(p);
	int64_t left = deadline - clock_ticks();
	unsigned n = 1;
	enum err e = clock_check();

	if (e != OK)
		return e;
	if (left <= 0)
		return err_because(E_TIMEOUT, "no complete answer in the time given");
	if (stream != 0)
		fds[n++] = (struct curl_waitfd){ .fd = stream_fd(p->stream),
			                         .events = curl_events(stream) };
	fds[n++] = p->local < 0
	                   ? (struct curl_waitfd){ .fd = t->local.listener,
		                                   .events = CURL_WAIT_POLLIN }
	                   : (struct curl_waitfd){ .fd = p->local,
		                                   .events = curl_events(pump_local_events(p)) };
	if (curl_multi_poll(t->multi, fds, n, left < INT32_MAX ? (int)left : INT32_MAX, NULL) !=
	    CURLM_OK)
		return err_because(E_BUG, "curl_multi_poll");
	return OK;
}

/* The listener is open for one connection, and no longer. */
static bool accept_reader(struct transfer *t)
{
	if (t->pump->local >= 0 || (t->pump->local = local_accept(&t->local)) < 0)
		return false;
	local_close(&t->local);
	return true;
}

static enum delivery delivery_now(const struct answer *a)
{
	return a->at == AT_BODY && a->framing != CHUNKED ? AT_ONCE : BY_LINES;
}

/* Until libcurl is done, for better or worse; what that was is left to outcome(). */
static enum err run(struct transfer *t, int64_t soon, int64_t late)
{
	int running = 1;
	enum err e = OK;

	while (e == OK) {
		int64_t deadline = t->answer.spooled ? late : soon;
		bool moved;

		if (curl_multi_perform(t->multi, &running) != CURLM_OK)
			return err_because(E_BUG, "curl_multi_perform");
		if (running == 0)
			return OK;
		moved = accept_reader(t);
		moved |= pump_move(t->pump, delivery_now(&t->answer));
		if (t->pump->delivered > answer_octets_max(&t->answer))
			return err_because(E_TOO_BIG, "an answer of more than %llu octets",
			                   (unsigned long long)answer_octets_max(&t->answer));
		if (!moved || clock_ticks() >= deadline)
			e = wait(t, deadline);
	}
	return e;
}

static CURLcode result(struct transfer *t)
{
	int left;
	const CURLMsg *m = curl_multi_info_read(t->multi, &left);

	return m != NULL && m->msg == CURLMSG_DONE ? m->data.result : CURLE_FAILED_INIT;
}

/* On a device libcurl's own words may be compiled out. */
static enum err describe(const struct transfer *t, CURLcode code)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		if (t->pump->delivered == 0)
			return err_because(E_TIMEOUT, "connected, but no answer for %d s",
			                   (int)HTTP_SLOW_SECONDS);
		return err_because(E_TIMEOUT, "less than %d octets a second for %d s",
		                   (int)HTTP_SLOW_BYTES, (int)HTTP_SLOW_SECONDS);
	case CURLE_OUT_OF_MEMORY:
		return err_because(E_MEMORY, "no memory for libcurl");
	case CURLE_COULDNT_CONNECT:
		return err_because(E_HTTP, "libcurl wants a second connection, or finds no first");
	case CURLE_GOT_NOTHING:
		return err_because(E_HTTP, "the server closed without an answer");
	case CURLE_UNSUPPORTED_PROTOCOL:
		return err_because(E_HTTP, "the answer does not begin with a status line");
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return err_because(E_HTTP, "the answer breaks off");
	default:
		return err_because(E_HTTP, "libcurl refuses the answer (%d)", (int)code);
	}
}

static enum err outcome(struct transfer *t, CURLcode code)
{
	if (t->answer.e != OK || t->answer.enough)
		return t->answer.e;
	/* at an end of the stream libcurl goes without the last newline */
	if (code == CURLE_OK && t->answer.framing == CHUNKED && t->pump->last != '\n')
		code = CURLE_PARTIAL_FILE;
	if (code == CURLE_OK)
		return answer_end(&t->answer, t->pump->end);
	/* why it broke off is known better down there */
	return t->pump->end == CHANNEL_CUT ? stream_fault(t->pump->stream) : describe(t, code);
}

/* The answer is all that came, and the request has gone out. */
static bool ended_exactly(struct transfer *t)
{
	const struct answer *a = &t->answer;
	curl_off_t sent = -1;

	if (curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &sent) != CURLE_OK ||
	    sent != (curl_off_t)a->x->body.n || !pump_is_empty(t->pump))
		return false;
	/* chunks and bodiless answers were delivered line by line, to the last */
	return a->framing == CHUNKED || t->pump->delivered == a->header + a->body;
}

static void clean_up(struct transfer *t)
{
	if (t->multi != NULL && t->easy != NULL)
		curl_multi_remove_handle(t->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_multi_cleanup(t->multi);
	local_close(&t->local);
	pump_end(t->pump);
}

enum err transfer_run(struct stream *s, const struct url *at, struct exchange *x, struct arena *a,
                      int64_t deadline, bool *reusable)
{
	static struct pump pump; /* one exchange at a time */
	struct transfer t = { .pump = &pump };
	/* a large answer takes longer */
	int64_t late = x->spool != NULL ? clock_ticks() + x->spool->total_ms : deadline;
	unsigned long heap = heap_failures();
	enum err e;

	*reusable = false;
	pump_begin(&pump, s);
	answer_begin(&t.answer, x, a);
	e = local_listen(&t.local);
	if (e == OK)
		e = prepare(&t, at);
	if (e == OK)
		e = run(&t, deadline, late);
	if (e == OK)
		e = outcome(&t, result(&t));
	if (e == OK)
		*reusable = t.answer.keep && !t.answer.enough && pump.end == CHANNEL_MOVED &&
		            ended_exactly(&t);
	else
		answer_drop(&t.answer);
	clean_up(&t);
	return heap_judge(heap, e, "HTTP"); /* whatever libcurl or wolfSSL made of it */
}
