/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP connections and waits with an end. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/base/limits.h"
#include "platform/base/log.h"
#include "platform/clock.h"
#include "platform/tls/tcp.h"

void tcp_start(void)
{
	/* glibc's resolver; musl's waits five seconds in all. An operator's word stands. */
	setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
}

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

		if (clock_stopped())
			return err_because(E_TIMEOUT, "asked to stop");
		if (left <= 0)
			return err_because(E_TIMEOUT, "no answer in the time given");
		if (poll(fds, 2, left < INT32_MAX ? (int)left : INT32_MAX) < 0 && errno != EINTR)
			return err_because(E_BUG, "poll: %s", strerror(errno));
		if (fds[0].revents != 0)
			return OK;
	}
}

static enum err unreachable(int error)
{
	return err_because(E_UNREACHABLE, "%s", strerror(error));
}

/* What the attempt that poll(2) ended came to. */
static enum err connected(int fd)
{
	int error = 0;
	socklen_t n = sizeof error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
		error = errno;
	return error == 0 ? OK : unreachable(error);
}

static enum err connect_within(int fd, const struct addrinfo *to, int64_t deadline)
{
	const int on = 1;
	enum err e;

	/* requests are whole when written: waiting for more only costs a round trip */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
		return unreachable(errno);
	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return OK;
	if (errno != EINPROGRESS && errno != EINTR)
		return unreachable(errno);
	e = tcp_wait(fd, POLLOUT, deadline);
	return e == OK ? connected(fd) : e;
}

static enum err try_address(const struct addrinfo *to, int64_t deadline, int *fd)
{
	int s = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	enum err e;

	if (s < 0)
		return unreachable(errno);
	e = connect_within(s, to, deadline);
	if (e == OK)
		*fd = s;
	else
		close(s);
	return e;
}

/* One address that swallows everything must not use up the time of the others. */
static enum err try_addresses(const struct addrinfo *list, int64_t deadline, int *fd)
{
	enum err e = err_because(E_UNREACHABLE, "the name has no address");
	unsigned left = 0;

	for (const struct addrinfo *a = list; a != NULL && left < ADDRESSES_MAX; a = a->ai_next)
		left++;
	for (const struct addrinfo *a = list; left > 0; a = a->ai_next, left--) {
		int64_t share = (deadline - clock_ticks()) / left;

		e = try_address(a, tcp_deadline(share, deadline), fd);
		if (e == OK || clock_stopped())
			break;
	}
	return e;
}

/* The name itself or one below it, in any case, as an absolute name, too. */
static bool is_below(const char *host, const char *top)
{
	size_t n = strlen(host), m = strlen(top);

	n -= n > 0 && host[n - 1] == '.';
	return n >= m && strncasecmp(host + n - m, top, m) == 0 &&
	       (n == m || host[n - m - 1] == '.');
}

/*
 * RFC 6761 6.3, 6.4: names below "localhost" are this machine, those below
 * "invalid" are nothing, whatever a hosts file or a name server says.
 */
static enum err resolve(const char *host, uint16_t port, struct addrinfo **list)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	char service[8];
	int code;

	*list = NULL;
	if (is_below(host, "invalid"))
		return err_because(E_UNREACHABLE, "cannot be resolved: a name that never exists");
	snprintf(service, sizeof service, "%u", (unsigned)port);
	/* without a name: the addresses of this machine */
	code = getaddrinfo(is_below(host, "localhost") ? NULL : host, service, &hints, list);
	if (code == 0)
		return OK;
	*list = NULL;
	return err_because(E_UNREACHABLE, "cannot be resolved: %s",
	                   code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
}

enum err tcp_connect(const char *host, uint16_t port, int64_t deadline, int *fd)
{
	struct addrinfo *list;
	struct quoted q;
	enum err e;

	*fd = -1;
	e = resolve(host, port, &list);
	if (e == OK) {
		e = try_addresses(list, deadline, fd);
		freeaddrinfo(list);
	}
	if (e == OK)
		return OK;
	return err_because(e, "%s port %u: %s", log_quote(&q, span_str(host)), (unsigned)port,
	                   err_reason(e));
}
