/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS, by c-ares.
 *
 * The library has a limit for each try, and none that holds for all: a flood of
 * datagrams that answer nothing keeps it reading, a server that says "truncated" and
 * then nothing over TCP costs it try after try.  So its sockets are ours: it reads a
 * turn of them, after which the deadline and the request to stop are looked at.
 *
 * Both families are asked at once, apart: a server that never answers for one of them
 * does not hold up the other.
 */
#define CARES_NO_DEPRECATED /* 1.34 renames what 1.18 has alone */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <ares.h>

#include "platform/base/heap.h"
#include "platform/clock.h"
#include "platform/net/internal.h"

/* What is known of one family. */
struct family {
	bool over;
	int status; /* of c-ares */
	struct addresses *found;
};

struct resolver {
	ares_channel channel;
	unsigned turn; /* reads left before the caller's turn */
	size_t sockets;
	struct pollfd fds[1 + DNS_SOCKETS_MAX]; /* the first is the request to stop */
	struct family v6, v4;
	int64_t settled; /* ticks when one family has addresses: the other one's last chance */
};

/* ---- sockets */

static ares_socket_t make_socket(int family, int type, int protocol, void *context)
{
	(void)context;
	return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int close_socket(ares_socket_t fd, void *context)
{
	(void)context;
	return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *to, ares_socklen_t n,
                          void *context)
{
	(void)context;
	return connect(fd, to, n);
}

static ares_ssize_t receive(ares_socket_t fd, void *buf, size_t cap, int flags,
                            struct sockaddr *from, ares_socklen_t *n, void *context)
{
	struct resolver *r = context;

	if (r->turn == 0 || clock_stopped()) {
		errno = EAGAIN;
		return -1;
	}
	r->turn--;
	return recvfrom(fd, buf, cap, flags, from, n);
}

static ares_ssize_t send_all(ares_socket_t fd, const struct iovec *parts, int count, void *context)
{
	const struct msghdr m = { .msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count };

	(void)context;
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

static const struct ares_socket_functions sockets = { make_socket, close_socket, connect_socket,
	                                              receive, send_all };

/* Which of them wait for what; one for which there is no room is never read. */
static void watch(void *context, ares_socket_t fd, int readable, int writable)
{
	struct resolver *r = context;
	short events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
	size_t i = 1;

	while (i <= r->sockets && r->fds[i].fd != fd)
		i++;
	if (events == 0 && i <= r->sockets)
		r->fds[i] = r->fds[r->sockets--];
	else if (events != 0 && i <= DNS_SOCKETS_MAX) {
		r->fds[i] = (struct pollfd){ .fd = fd, .events = events };
		r->sockets = i > r->sockets ? i : r->sockets;
	}
}

/* ---- answers */

static void take_addresses(struct family *f, const struct ares_addrinfo *found)
{
	for (const struct ares_addrinfo_node *n = found->nodes; n != NULL; n = n->ai_next) {
		struct address a = { .n = n->ai_addrlen };

		if (a.n > sizeof a.at)
			continue;
		memcpy(&a.at, n->ai_addr, a.n);
		addresses_add(f->found, &a);
	}
}

static void take_answer(void *context, int status, int timeouts, struct ares_addrinfo *found)
{
	struct family *f = context;

	(void)timeouts;
	f->over = true;
	f->status = status;
	if (status == ARES_SUCCESS && found != NULL)
		take_addresses(f, found);
	if (found != NULL)
		ares_freeaddrinfo(found);
}

static void ask(struct resolver *r, const char *name, int family, struct family *f)
{
	const struct ares_addrinfo_hints hints = { .ai_family = family,
		                                   .ai_socktype = SOCK_STREAM };

	ares_getaddrinfo(r->channel, name, NULL, &hints, take_answer, f);
}

static bool has_addresses(const struct resolver *r)
{
	return r->v6.found->n > 0 || r->v4.found->n > 0;
}

/* RFC 8305 3: who has addresses of one family does not wait long for the other. */
static bool is_over(struct resolver *r)
{
	if (r->v6.over && r->v4.over)
		return true;
	if (has_addresses(r) && r->settled == 0)
		r->settled = clock_ticks() + DNS_OTHER_FAMILY_MS;
	return r->settled != 0 && clock_ticks() >= r->settled;
}

/* ---- time */

static int time_until(struct resolver *r, int64_t deadline)
{
	struct timeval most = { .tv_sec = DNS_TRY_MS / 1000 }, room, *next;
	int64_t left = deadline - clock_ticks(), until;

	if (r->settled != 0 && r->settled < deadline)
		left = r->settled - clock_ticks();
	next = ares_timeout(r->channel, &most, &room);
	until = (int64_t)next->tv_sec * 1000 + next->tv_usec / 1000 + 1;
	left = left < until ? left : until;
	return left > 0 ? (int)left : 0;
}

static void process(struct resolver *r)
{
	struct pollfd ready[1 + DNS_SOCKETS_MAX];
	size_t n = r->sockets;

	memcpy(ready, r->fds, sizeof ready); /* c-ares opens and closes meanwhile */
	r->turn = DNS_TURN_READS;
	for (size_t i = 1; i <= n; i++)
		if (ready[i].revents != 0)
			ares_process_fd(r->channel,
			                ready[i].revents & ~POLLOUT ? ready[i].fd : ARES_SOCKET_BAD,
			                ready[i].revents & POLLOUT ? ready[i].fd : ARES_SOCKET_BAD);
	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static enum err run(struct resolver *r, int64_t deadline)
{
	while (!is_over(r)) {
		enum err e = clock_check();

		if (e != OK)
			return e;
		if (clock_ticks() >= deadline)
			return has_addresses(r)
			               ? OK
			               : err_because(E_UNREACHABLE, "cannot be resolved: no "
			                                            "name server answers");
		if (poll(r->fds, 1 + r->sockets, time_until(r, deadline)) < 0 && errno != EINTR)
			return err_because(E_BUG, "poll: %s", strerror(errno));
		process(r);
	}
	return OK;
}

/* ---- the whole */

static enum err failed(int status)
{
	return err_because(E_UNREACHABLE, "cannot be resolved: %s", ares_strerror(status));
}

/* A family that the name does not have says less than a server that failed. */
static enum err outcome(const struct resolver *r)
{
	if (has_addresses(r))
		return OK;
	return failed(r->v4.status == ARES_ENODATA || r->v4.status == ARES_ENOTFOUND
	                      ? r->v6.status
	                      : r->v4.status);
}

static int set_up(struct resolver *r, const struct dns_source *from)
{
	char lookups[] = "b", path[PATH_NAME_MAX] = "";
	struct ares_options o = { .timeout = DNS_TRY_MS,
		                  .tries = DNS_TRIES,
		                  .lookups = lookups, /* DNS alone: hosts_find() was before */
		                  .sock_state_cb = watch,
		                  .sock_state_cb_data = r };
	int given = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
	int status;

	if (from->resolv_conf != NULL) {
		snprintf(path, sizeof path, "%s", from->resolv_conf);
		o.resolvconf_path = path;
		given |= ARES_OPT_RESOLVCONF;
	}
	status = ares_init_options(&r->channel, &o, given);
	if (status != ARES_SUCCESS)
		return status;
	ares_set_socket_functions(r->channel, &sockets, r);
	return from->servers != NULL ? ares_set_servers_ports_csv(r->channel, from->servers)
	                             : ARES_SUCCESS;
}

static void watch_heap(void)
{
	static bool watched;

	if (!watched)
		watched = ares_library_init_mem(ARES_LIB_INIT_ALL, heap_malloc, heap_free,
		                                heap_realloc) == ARES_SUCCESS;
}

enum err dns_find(const struct dns_source *from, const char *name, int64_t deadline,
                  struct addresses *v6, struct addresses *v4)
{
	struct resolver r = { .turn = DNS_TURN_READS,
		              .fds = { { .fd = clock_stop_fd(), .events = POLLIN } },
		              .v6 = { .found = v6 },
		              .v4 = { .found = v4 } };
	unsigned long heap = heap_failures();
	int status;
	enum err e;

	v6->n = v4->n = 0;
	watch_heap();
	status = set_up(&r, from);
	if (status == ARES_SUCCESS) {
		ask(&r, name, AF_INET6, &r.v6);
		ask(&r, name, AF_INET, &r.v4);
		e = run(&r, deadline);
		if (e == OK)
			e = outcome(&r);
	} else {
		e = failed(status);
	}
	if (r.channel != NULL)
		ares_destroy(r.channel); /* what is asked still ends by that, in take_answer() */
	return heap_judge(heap, e, "DNS");
}
