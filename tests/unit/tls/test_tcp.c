/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections that are refused, that nobody answers, that are found at the second address. */
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "platform/clock.h"
#include "platform/tls/tcp.h"
#include "tests/unit/fake/channel.h"
#include "tests/unit/test.h"

/* A queue that is full: the kernel drops what comes then. */
static void connect_times_out(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0), waiting[4];
	struct channel_request r = { .host = "127.0.0.1", .connect_ms = 300 };
	int64_t begin;

	CU_ASSERT_FATAL(bind(listener, (struct sockaddr *)&at, n) == 0 && listen(listener, 0) == 0);
	CU_ASSERT_FATAL(getsockname(listener, (struct sockaddr *)&at, &n) == 0);
	for (size_t i = 0; i < 4; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(waiting[i], (struct sockaddr *)&at, n) != 0)
			CU_ASSERT(waiting[i] >= 0);
	}
	r.port = ntohs(at.sin_port);
	begin = clock_ticks();
	CHECK_ERR(tls_try(&r), E_TIMEOUT);
	CU_ASSERT(clock_ticks() - begin >= 300 && clock_ticks() - begin < 6000);
	for (size_t i = 0; i < 4; i++)
		close(waiting[i]);
	close(listener);
}

/* A listener on a loopback address of a port that is free there. */
static int listen_at(const char *text, uint16_t *port, int queue)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(*port) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(inet_pton(AF_INET, text, &at.sin_addr) == 1);
	CU_ASSERT_FATAL(bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, queue) == 0);
	CU_ASSERT_FATAL(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* So that nobody who comes after it is answered. */
static void fill(const char *text, uint16_t port, int *fds, size_t count)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };

	CU_ASSERT_FATAL(inet_pton(AF_INET, text, &at.sin_addr) == 1);
	for (size_t i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(fds[i], (struct sockaddr *)&at, sizeof at) != 0)
			CU_ASSERT(fds[i] >= 0);
	}
}

static void add(struct addresses *list, const char *text, uint16_t port)
{
	struct address *a = &list->a[list->n++];

	*a = (struct address){ .n = sizeof a->at.v4, .at.v4.sin_family = AF_INET };
	a->at.v4.sin_port = htons(port);
	CU_ASSERT_FATAL(inet_pton(AF_INET, text, &a->at.v4.sin_addr) == 1);
}

/* RFC 8305 5: dead ones cost a quarter of a second each, not their whole time. */
static void first_that_connects(void)
{
	static const char *const full[] = { "127.0.0.11", "127.0.0.12", "127.0.0.13" };
	struct addresses list = { 0 };
	uint16_t port = server_no_port();
	int listeners[4], waiting[3][4], fd;
	unsigned fds = server_open_fds();
	int64_t begun;

	for (size_t i = 0; i < 3; i++) {
		listeners[i] = listen_at(full[i], &port, 0);
		fill(full[i], port, waiting[i], 4);
		add(&list, full[i], port);
	}
	listeners[3] = listen_at("127.0.0.14", &port, 8);
	add(&list, "127.0.0.14", port);
	begun = clock_ticks();
	CHECK_OK(tcp_connect_any(&list, begun + 60000, &fd));
	CU_ASSERT(clock_ticks() - begun >= 3 * CONNECT_STAGGER_MS && clock_ticks() - begun < 20000);
	close(fd);
	/* and one that refuses costs nothing */
	list.n = 0;
	add(&list, "127.0.0.15", port);
	add(&list, "127.0.0.16", port);
	add(&list, "127.0.0.14", port);
	begun = clock_ticks();
	CHECK_OK(tcp_connect_any(&list, begun + 60000, &fd));
	close(fd);
	list.n = 2;
	CHECK_ERR(tcp_connect_any(&list, begun + 60000, &fd), E_UNREACHABLE);
	CU_ASSERT(fd == -1);
	/* nobody answers: all of it takes its time once, not once for each */
	list.n = 0;
	for (size_t i = 0; i < 3; i++)
		add(&list, full[i], port);
	begun = clock_ticks();
	CHECK_ERR(tcp_connect_any(&list, begun + 700, &fd), E_TIMEOUT);
	CU_ASSERT(clock_ticks() - begun >= 700 && clock_ticks() - begun < 20000);
	for (size_t i = 0; i < 4; i++)
		close(listeners[i]);
	for (size_t i = 0; i < 12; i++)
		close(waiting[i / 4][i % 4]);
	CU_ASSERT(server_open_fds() <= fds + 4); /* those of clock_stop_fd() */
}

static void unreachable(void)
{
	struct channel_request r = { .host = "127.0.0.1", .port = server_no_port() };
	struct server s;

	CHECK_ERR(tls_try(&r), E_UNREACHABLE);
	r.host = "no-such-host.invalid";
	CHECK_ERR(tls_try(&r), E_UNREACHABLE);
	r.host = "fe80::1%no-such-if";
	CHECK_ERR(tls_try(&r), E_UNREACHABLE);
	/* only one of its addresses has a server */
	server_start(&s, WORDS("--tls", "any", "--cert", "@p256.pem"));
	r.host = "localhost";
	r.port = s.port;
	CHECK_OK(tls_try(&r));
	server_stop(&s);
}

/* What no hosts file has, and none has to have (RFC 6761 6.3, 6.4). */
static void special_names(void)
{
	static const char *const here[] = { "localhost", "LocalHost.", "a.localhost",
		                            "a.b.LOCALHOST." };
	static const char *const nowhere[] = { "invalid", "localhost.invalid", "a.INVALID." };
	struct server s;
	int fd;

	server_start(&s, WORDS("--tls", "any", "--cert", "@p256.pem"));
	for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
		CHECK_OK(tcp_connect(here[i], s.port, tcp_deadline(10000, 0), &fd));
		close(fd);
	}
	for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
		CHECK_ERR(tcp_connect(nowhere[i], s.port, tcp_deadline(10000, 0), &fd),
		          E_UNREACHABLE);
		CU_ASSERT(strstr(err_reason(E_UNREACHABLE), "never exists") != NULL);
	}
	server_stop(&s);
}

const struct test_suite suite_tls_tcp = {
	"tls/tcp",
	{
		{ "a connection that is not answered ends in time", connect_times_out },
		{ "localhost and invalid need no file and no server", special_names },
		{ "the first address that connects wins", first_that_connects },
		{ "unreachable, unknown, and reachable by the second address", unreachable },
	},
};
