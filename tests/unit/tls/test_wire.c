/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Peers that send TLS records without data and without end (tests/lab/onlab/records.py). */
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/tls/internal.h"
#include "tests/unit/fake/channel.h"
#include "tests/unit/test.h"

#define BOTH                                                                          \
	"tickets,warnings,no-renegotiation,empty-data,empty-handshake,hello-request," \
	"hello-requests-packed,ccs,long-message"
static const char kinds_13[] = "key-update,key-update-answered,key-update-packed,"
			       "key-update-packed-answered,"
			       "ccs-in-clear," BOTH;
static const char between_data[] = "between-data";
static const char kinds_12[] = BOTH;
static const char kinds_clear[] = "warnings,hello-request,hello-requests-packed,"
				  "empty-handshake,empty-data,ccs-in-clear";

static size_t count_of(const char *kinds)
{
	size_t n = 1;

	while ((kinds = strchr(kinds, ',')) != NULL) {
		kinds++;
		n++;
	}
	return n;
}

/* Reads as pump.c does: waits where the channel says so.  How it ended, in how many turns. */
static enum channel_io read_on(struct channel *c, unsigned *turns)
{
	int64_t end = clock_ticks() + 20000;
	enum channel_io io;
	uint8_t octet;
	size_t n;

	*turns = 0;
	do {
		struct pollfd fd = { .fd = channel_fd(c), .events = POLLIN };

		poll(&fd, 1, 1000);
		n = 1;
		io = channel_read(c, &octet, &n);
		++*turns;
	} while ((io == CHANNEL_WAIT_READ || io == CHANNEL_WAIT_WRITE || io == CHANNEL_MOVED) &&
	         clock_ticks() < end);
	return io;
}

static void ask(struct channel *c)
{
	const char request[] = "GET / HTTP/1.1\r\n\r\n";
	size_t n = sizeof request - 1;

	CU_ASSERT_EQUAL(channel_write(c, (const uint8_t *)request, &n), CHANNEL_MOVED);
}

static void ends(const char *kinds, const char *tls, const char *when)
{
	struct server s;
	struct channel_request r;

	server_start(&s,
	             WORDS("--tls", tls, "--cert", "@p256.pem", "--flood", kinds, "--when", when));
	r = tls_to(&s);
	for (size_t i = 0; i < count_of(kinds); i++) {
		struct channel *c;
		unsigned turns;

		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_FATAL(c != NULL);
		if (strcmp(when, "before") != 0)
			ask(c);
		if (read_on(c, &turns) != CHANNEL_CUT) {
			printf("kind %zu, TLS %s, %s\n", i, tls, when);
			CU_FAIL_FATAL("the flood goes on");
		}
		CHECK_ERR(channel_fault(c), E_HTTP);
		channel_close(c);
	}
	server_stop(&s);
}

static void floods_end(void)
{
	static const char *const whens[] = { "before", "after", "idle" };

	for (size_t i = 0; i < 3; i++) {
		ends(kinds_13, "1.3", whens[i]);
		ends(kinds_12, "1.2", whens[i]);
	}
	ends(between_data, "1.3", "after");
}

static void refused(const char *kinds, const char *tls, const char *when)
{
	struct server s;
	struct channel_request r;

	server_start(&s,
	             WORDS("--tls", tls, "--cert", "@p256.pem", "--flood", kinds, "--when", when));
	r = tls_to(&s);
	for (size_t i = 0; i < count_of(kinds); i++)
		if (!CHECK_ERR(tls_try(&r), E_TLS))
			printf("kind %zu, TLS %s, %s\n", i, tls, when);
	server_stop(&s);
}

static void handshakes_end(void)
{
	refused(kinds_clear, "1.2", "clear");
	refused(kinds_13, "1.3", "begun");
}

/* A pipe that is always full. */
static void fill(int fd)
{
	static const char zeros[4096];

	while (send(fd, zeros, sizeof zeros, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		continue;
}

/* Between any two turns the caller looks at the time and at the request to stop. */
static void turns_are_short(void)
{
	int fd[2], code = 0;
	struct wire w = { 0 };
	char buf[1000];
	size_t total = 0, turn = 0, turns = 0;

	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0);
	w.fd = fd[0];
	CU_ASSERT_EQUAL(wire_receive(NULL, buf, sizeof buf, &w), WOLFSSL_CBIO_ERR_WANT_READ);
	while (code != WOLFSSL_CBIO_ERR_GENERAL && turns < 100) {
		fill(fd[1]);
		wire_turn(&w);
		turn = 0;
		while ((code = wire_receive(NULL, buf, sizeof buf, &w)) > 0)
			turn += (size_t)code;
		CU_ASSERT(turn <= 16384 + sizeof buf);
		total += turn;
		turns++;
	}
	CU_ASSERT(w.flooded);
	CU_ASSERT(turns >= 4);
	CU_ASSERT(total <= 65536 + sizeof buf);
	close(fd[0]);
	close(fd[1]);
}

/* A peer that floods, and is not read yet. */
static struct channel *flooded_channel(struct server *s)
{
	struct channel_request r;
	struct channel *c;
	struct pollfd fd = { .events = POLLIN };

	server_start(s, WORDS("--tls", "1.3", "--cert", "@p256.pem", "--flood", "key-update",
	                      "--when", "before"));
	r = tls_to(s);
	CHECK_OK(channel_open(&c, &r));
	CU_ASSERT_FATAL(c != NULL);
	fd.fd = channel_fd(c);
	CU_ASSERT_EQUAL(poll(&fd, 1, 10000), 1);
	return c;
}

static void stop_ends_turns(void)
{
	int fd[2];
	struct wire w = { 0 };
	char octet;

	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0);
	w.fd = fd[0];
	fill(fd[1]);
	wire_turn(&w);
	CU_ASSERT_EQUAL(wire_receive(NULL, &octet, 1, &w), 1);
	clock_stop();
	CU_ASSERT_EQUAL(wire_receive(NULL, &octet, 1, &w), WOLFSSL_CBIO_ERR_WANT_READ);
	clock_go_on();
	CU_ASSERT_EQUAL(wire_receive(NULL, &octet, 1, &w), 1);
	close(fd[0]);
	close(fd[1]);
}

/* We say goodbye, and do not listen to the end of theirs. */
static void closing_reads_nothing(void)
{
	struct server s;
	struct channel *c = flooded_channel(&s);
	int64_t begin = clock_ticks();

	channel_close(c);
	CU_ASSERT(clock_ticks() - begin < 5000);
	server_stop(&s);
}

/* More than the limit, and all of it data. */
static void data_counts(void)
{
	struct server s;
	struct channel_request r;
	struct channel *c;
	uint8_t part[4096];
	const char request[] = "GET /large HTTP/1.1\r\n\r\n";
	size_t n = sizeof request - 1, total = 0;
	int64_t end = clock_ticks() + 20000;

	server_start(&s, WORDS("--tls", "1.3", "--cert", "@p256.pem"));
	r = tls_to(&s);
	CHECK_OK(channel_open(&c, &r));
	CU_ASSERT_FATAL(c != NULL);
	CU_ASSERT_EQUAL(channel_write(c, (const uint8_t *)request, &n), CHANNEL_MOVED);
	while (total < 100000 && clock_ticks() < end) {
		enum channel_io io;

		n = sizeof part;
		io = channel_read(c, part, &n);
		CU_ASSERT_FATAL(io == CHANNEL_MOVED || io == CHANNEL_WAIT_READ);
		total += n;
	}
	CU_ASSERT(total > TLS_USELESS_MAX);
	channel_close(c);
	server_stop(&s);
}

/* Records of 16 kB, each with an octet of data. */
static void padding_counts(void)
{
	struct server s;
	struct channel_request r;
	struct channel *c;
	int64_t end = clock_ticks() + 20000;
	size_t total = 0;

	server_start(&s, WORDS("--tls", "1.3", "--cert", "@p256.pem", "--flood", "padded", "--when",
	                       "before"));
	r = tls_to(&s);
	CHECK_OK(channel_open(&c, &r));
	CU_ASSERT_FATAL(c != NULL);
	while (total < 20 && clock_ticks() < end) {
		uint8_t octet;
		size_t n = 1;
		enum channel_io io = channel_read(c, &octet, &n);

		CU_ASSERT_FATAL(io == CHANNEL_MOVED || io == CHANNEL_WAIT_READ);
		total += n;
	}
	CU_ASSERT_EQUAL(total, 20);
	channel_close(c);
	server_stop(&s);
}

const struct test_suite suite_tls_wire = {
	"tls/wire",
	{
		{ "records without data come to an end", floods_end },
		{ "records without data end the handshake", handshakes_end },
		{ "the caller gets its turn in a flood", turns_are_short },
		{ "a request to stop ends a flood at once", stop_ends_turns },
		{ "closing does not wait for the end of a flood", closing_reads_nothing },
		{ "data may come for as long as it likes", data_counts },
		{ "data may come in records full of padding", padding_counts },
	},
};
