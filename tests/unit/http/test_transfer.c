/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests as they are sent, sizes and times of exchanges. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "platform/clock.h"
#include "tests/unit/fake/client.h"
#include "tests/unit/test.h"

static void request_as_sent(void)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct server s;
		struct link *l;
		struct exchange x;
		char want[512];

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		CHECK_OK(client_ask(l, "/echo", &x));
		snprintf(want, sizeof want,
		         "POST /echo HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: onramp/",
		         (unsigned)s.port);
		CU_ASSERT(x.answer.n > strlen(want) && memcmp(x.answer.p, want, strlen(want)) == 0);
		CU_ASSERT(client_was_told(&x, "\r\nAccept: application/x-answer\r\n"
		                              "Content-Type: application/x-question\r\n"
		                              "Content-Length: 8\r\n\r\nquestion"));
		CU_ASSERT(!client_was_told(&x, "Expect"));
		CU_ASSERT(!client_was_told(&x, "Encoding"));
		x = (struct exchange){ .path = "/echo", .accepts = "a/b" };
		CHECK_OK(link_exchange(l, &x, &client_arena));
		CU_ASSERT(client_was_told(&x, "GET /echo HTTP/1.1\r\n"));
		CU_ASSERT(!client_was_told(&x, "Content"));
		link_close(l);
		server_stop(&s);
	}
}

static void paths_checked(void)
{
	static const char *const paths[] = { "",     "echo",  "/a b",         "/a\r\nX: y",
		                             "/a#b", "/\x80", "http://other/" };
	struct server s;
	struct link *l;
	struct exchange x;

	server_start(&s, ways[0].words);
	l = client_open(&s, &ways[0]);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		CHECK_ERR(client_ask(l, paths[i], &x), E_RANGE);
	CU_ASSERT_EQUAL(client_count(l, "requests "), 1);
	link_close(l);
	server_stop(&s);
}

static bool is_pattern(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != i % 251)
			return false;
	return true;
}

/* What is larger than what is held, where the exchange has a file for it. */
static void to_a_file(struct link *l, const char *path)
{
	static uint8_t room[100000];
	FILE *f = tmpfile();
	struct spool spool = { fileno(f), sizeof room, 10000 };
	struct exchange x = client_asks(path);
	size_t used = client_arena.used;
	struct span s;

	x.answer_max = 5000;
	x.spool = &spool;
	CHECK_OK(link_exchange(l, &x, &client_arena));
	CU_ASSERT_EQUAL(client_arena.used, used);
	CU_ASSERT_EQUAL(x.answer.n, 0);
	CHECK_OK(octets_hold(&x.large, room, sizeof room, &s));
	CU_ASSERT(s.n == 100000 && is_pattern(s));
	spool.max--;
	CHECK_ERR(link_exchange(l, &x, &client_arena), E_TOO_BIG);
	CU_ASSERT(x.large.n == 0 && client_arena.used == used);
	x.path = "/good"; /* a small one is held */
	CHECK_OK(link_exchange(l, &x, &client_arena));
	CU_ASSERT(x.answer.n > 0 && x.large.n == 0);
	fclose(f);
}

static void large(void)
{
	static const char *const paths[] = { "/large", "/large-chunked" };
	static uint8_t question[90000], small[50000];

	for (size_t w = 0; w < WAYS; w++) {
		struct arena tight = ARENA_ON(small);
		struct server s;
		struct link *l;
		struct exchange x = client_asks("/echo");

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		memset(question, 'q', sizeof question);
		x.body = SPAN(question);
		arena_reset(&client_arena);
		CHECK_OK(link_exchange(l, &x, &client_arena));
		CU_ASSERT(x.answer.n > sizeof question &&
		          memcmp(x.answer.p + x.answer.n - sizeof question, question,
		                 sizeof question) == 0);
		for (size_t i = 0; i < 2; i++) {
			CHECK_OK(client_ask(l, paths[i], &x));
			CU_ASSERT(x.answer.n == 100000 && is_pattern(x.answer));
			CU_ASSERT_EQUAL(client_arena.used, 100000);
			x = client_asks(paths[i]);
			x.answer_max = 99999;
			CHECK_ERR(link_exchange(l, &x, &client_arena), E_TOO_BIG);
			CU_ASSERT_EQUAL(client_arena.used, 100000);
			CHECK_ERR(link_exchange(l, &x, &tight), E_TOO_BIG);
			CU_ASSERT_EQUAL(tight.used, 0);
			CU_ASSERT(small[0] == 0 && small[sizeof small - 1] == 0);
			CHECK_OK(client_ask(l, "/good", &x));
			to_a_file(l, paths[i]);
			CHECK_OK(client_ask(l, "/good", &x));
		}
		link_close(l);
		server_stop(&s);
	}
}

/*
 * An answer that comes before the request is out is one; the rest is not sent to nobody.
 * The request is more than the kernel takes for both ends, however slow the server is.
 */
static void early_answer(void)
{
	static uint8_t question[40000000];

	for (size_t w = 0; w < WAYS; w++) {
		struct server s;
		struct link *l;
		struct exchange x = client_asks("/early");

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		x.body = SPAN(question);
		CHECK_OK(link_exchange(l, &x, &client_arena));
		CU_ASSERT_EQUAL(x.status, 413);
		CHECK_OK(client_ask(l, "/good", &x));
		CU_ASSERT_EQUAL(client_count(l, "connections "), 2);
		link_close(l);
		server_stop(&s);
	}
}

static void slow_answers(void)
{
	static const char *const paths[] = { "/stall", "/stall-body", "/trickle", "/trickle-body" };

	for (size_t w = 0; w < WAYS; w += 2) {
		struct server s;
		struct link *l;

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		for (size_t i = 0; i < 4; i++) {
			struct exchange x = client_asks(paths[i]);
			int64_t begin = clock_ticks();

			x.total_ms = 500;
			CHECK_ERR(link_exchange(l, &x, &client_arena), E_TIMEOUT);
			CU_ASSERT(clock_ticks() - begin >= 500 && clock_ticks() - begin < 6000);
			CU_ASSERT(x.status == 0 && x.answer.n == 0);
			CHECK_OK(client_ask(l, "/good", &x));
		}
		link_close(l);
		server_stop(&s);
	}
}

static void on_alarm(int signal)
{
	(void)signal;
	clock_stop();
}

static void stopped(void)
{
	struct server s;
	struct link *l;
	struct exchange x = client_asks("/stall");
	struct sigaction was, on = { .sa_handler = on_alarm };
	struct itimerval in_200_ms = { .it_value.tv_usec = 200000 };
	int64_t begin;

	server_start(&s, ways[2].words);
	l = client_open(&s, &ways[2]);
	sigaction(SIGALRM, &on, &was);
	begin = clock_ticks();
	setitimer(ITIMER_REAL, &in_200_ms, NULL);
	x.total_ms = 12000;
	CHECK_ERR(link_exchange(l, &x, &client_arena), E_STOPPED);
	CU_ASSERT(clock_ticks() - begin >= 190 && clock_ticks() - begin < 6000);
	CHECK_ERR(client_ask(l, "/good", &x), E_STOPPED);
	clock_go_on();
	sigaction(SIGALRM, &was, NULL);
	CHECK_OK(client_ask(l, "/good", &x));
	link_close(l);
	server_stop(&s);
}

/* One connection, and no more than a segment each way for what fits one. */
static void one_connection(void)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct server s;
		struct link *l;
		struct exchange x;
		unsigned before, after;

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		before = client_count(l, "segments ");
		for (size_t i = 0; i < 10; i++)
			CHECK_OK(client_ask(l, "/good", &x));
		after = client_count(l, "segments ");
		CU_ASSERT_EQUAL(client_count(l, "connections "), 1);
		/* a request; sometimes an acknowledgement that found nothing to ride on */
		CU_ASSERT(after - before >= 11 && after - before <= 22);
		link_close(l);
		server_stop(&s);
	}
}

const struct test_suite suite_http_transfer = {
	"http/transfer",
	{
		{ "the request is what it should be", request_as_sent },
		{ "paths that are none are not sent", paths_checked },
		{ "large requests and answers, and their limits", large },
		{ "an early answer counts, and ends the connection", early_answer },
		{ "slow answers end in time", slow_answers },
		{ "a request to stop ends the exchange", stopped },
		{ "exchanges share one connection", one_connection },
	},
};
