/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections that are refused, that nobody answers, that are found at the second address. */
#include <sys/socket.h>
#include <unistd.h>

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
		{ "unreachable, unknown, and reachable by the second address", unreachable },
	},
};
