/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP connections and waits with an end.
 *
 * The addresses of a name are tried 250 ms apart, families in turn, and all that were
 * begun stay under way: the first that connects wins (RFC 8305 4, 5).  So an address
 * that swallows everything costs a quarter of a second, whoever comes behind it.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/tcp.h>

#include "platform/base/limits.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/tls/tcp.h"

int64_t tcp_deadline(int64_t ms, int64_t end)
{
	int64_t own = clock_ticks() + ms;

	return end != 0 && end < own ? end : own;
}

enum err tcp_wait(int fd, short events, int64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = events },
		{ .fd = clock_stop_fd(), .events = POLLIN },
	};

	for (;;) {
		int64_t left = deadline - clock_ticks();
		enum err e = clock_check();

		if (e != OK)
			return e;
		if (left <= 0)
			return err_because(E_TIMEOUT, "no answer in the time given");
		if (poll(fds, 2, left < INT32_MAX ? (int)left : INT32_MAX) < 0 && errno != EINTR)
			return err_because(E_BUG, "poll: %s", strerror(errno));
		if (fds[0].revents != 0)
			return OK;
	}
}

/* ---- attempts to connect, side by side */

struct race {
	const struct addresses *to;
	size_t begun;                         /* of them */
	struct pollfd fds[1 + ADDRESSES_MAX]; /* the first is the request to stop; -1: failed */
	size_t under_way;
	int64_t next; /* ticks when the next one begins, unless all before have failed */
	int error;    /* of the last that failed */
	int winner;   /* -1: none yet */
};

static void give_up(struct race *r, size_t i, int error)
{
	r->error = error;
	close(r->fds[i].fd);
	r->fds[i].fd = -1;
	r->under_way--;
}

static void win(struct race *r, size_t i)
{
	r->winner = r->fds[i].fd;
	r->fds[i].fd = -1;
	r->under_way--;
}

static int open_socket(int family)
{
	const int on = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);

	/* requests are whole when written: waiting for more only costs a round trip */
	if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void begin_next(struct race *r)
{
	const struct address *a = &r->to->a[r->begun];
	size_t i = ++r->begun;
	int fd = open_socket(a->at.any.sa_family);

	r->next = clock_ticks() + CONNECT_STAGGER_MS;
	r->fds[i] = (struct pollfd){ .fd = fd, .events = POLLOUT };
	if (fd < 0) {
		r->error = errno;
		return;
	}
	r->under_way++;
	if (connect(fd, &a->at.any, a->n) == 0)
		win(r, i);
	else if (errno != EINPROGRESS && errno != EINTR)
		give_up(r, i, errno);
}

/* What the attempts that poll(2) ended came to. */
static void look(struct race *r)
{
	for (size_t i = 1; i <= r->begun && r->winner < 0; i++) {
		int error = 0;
		socklen_t n = sizeof error;

		if (r->fds[i].fd < 0 || r->fds[i].revents == 0)
			continue;
		if (getsockopt(r->fds[i].fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
			error = errno;
		if (error == 0)
			win(r, i);
		else
			give_up(r, i, error);
	}
}

static bool has_more(const struct race *r)
{
	return r->begun < r->to->n;
}

static enum err wait_for_them(struct race *r, int64_t deadline)
{
	int64_t now = clock_ticks(), until = has_more(r) && r->next < deadline ? r->next : deadline;
	int left = until - now < INT32_MAX ? (int)(until - now) : INT32_MAX;
	enum err e = clock_check();

	if (e != OK)
		return e;
	if (now >= deadline)
		return err_because(E_TIMEOUT, "no answer in the time given");
	if (poll(r->fds, 1 + r->begun, left > 0 ? left : 0) < 0 && errno != EINTR)
		return err_because(E_BUG, "poll: %s", strerror(errno));
	return OK;
}

static enum err run(struct race *r, int64_t deadline)
{
	enum err e = OK;

	while (e == OK && r->winner < 0) {
		while (r->winner < 0 && has_more(r) &&
		       (r->under_way == 0 || clock_ticks() >= r->next))
			begin_next(r);
		if (r->winner >= 0)
			break;
		if (r->under_way == 0)
			return err_because(E_UNREACHABLE, "%s", strerror(r->error));
		e = wait_for_them(r, deadline);
		if (e == OK)
			look(r);
	}
	return e;
}

enum err tcp_connect_any(const struct addresses *to, int64_t deadline, int *fd)
{
	struct race r = { .to = to,
		          .fds = { { .fd = clock_stop_fd(), .events = POLLIN } },
		          .winner = -1 };
	enum err e = run(&r, deadline);

	for (size_t i = 1; i <= r.begun; i++)
		if (r.fds[i].fd >= 0)
			close(r.fds[i].fd);
	*fd = r.winner;
	return e;
}

enum err tcp_connect(const char *host, uint16_t port, int64_t deadline, int *fd)
{
	struct addresses list;
	struct quoted q;
	enum err e;

	*fd = -1;
	e = names_resolve(host, port, deadline, &list);
	if (e == OK)
		e = tcp_connect_any(&list, deadline, fd);
	if (e == OK)
		return OK;
	return err_because(e, "%s port %u: %s", log_quote(&q, span_str(host)), (unsigned)port,
	                   err_reason(e));
}
