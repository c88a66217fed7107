/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS channels: opened in time or not, read, written, closed. */
#include <signal.h>
#include <sys/time.h>

#include "platform/clock.h"
#include "tests/unit/fake/channel.h"
#include "tests/unit/test.h"

static const char *const demanding[] = { "--tls",     "any",         "--cert",
	                                 "@p256.pem", "--client-ca", "@clientroot.crt",
	                                 NULL };
static void client_accepted(void)
{
	struct server s;
	struct credential client;
	char text[2048];

	server_credential(&client);
	server_start(&s, demanding);
	for (size_t i = 0; i < 2; i++) {
		struct channel_request r = tls_to(&s);
		struct channel *c;

		r.version = tls_both[i];
		r.client = &client;
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_FATAL(c != NULL);
		tls_ask(c, "/state", text, sizeof text);
		CU_ASSERT(strstr(text, "handshake done") != NULL);
		CU_ASSERT(strstr(text, "\nclient-chain 0\n") == NULL);
		channel_close(c);
	}
	server_stop(&s);
	server_credential_close(&client);
}

static void no_tls(void)
{
	CHECK_ERR(tls_try_server(WORDS("--greeting", "garbage"), TLS_ANY), E_TLS);
	CHECK_ERR(tls_try_server(WORDS("--greeting", "close"), TLS_ANY), E_TLS);
	CHECK_ERR(tls_try_server(WORDS("--greeting", "reset"), TLS_ANY), E_TLS);
}

static void slow(void)
{
	static const char *const kinds[] = { "mute", "trickle" };

	for (size_t i = 0; i < 2; i++) {
		struct server s;
		struct channel_request r;
		int64_t begin;

		server_start(&s, WORDS("--greeting", kinds[i]));
		r = tls_to(&s);
		r.handshake_ms = 400;
		begin = clock_ticks();
		CHECK_ERR(tls_try(&r), E_TIMEOUT);
		CU_ASSERT(clock_ticks() - begin >= 400 && clock_ticks() - begin < 6000);
		r.handshake_ms = 0;
		r.deadline = clock_ticks() + 300;
		CHECK_ERR(tls_try(&r), E_TIMEOUT);
		CU_ASSERT(clock_ticks() - r.deadline < 6000);
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
	struct channel_request r;
	struct sigaction was, on = { .sa_handler = on_alarm };
	struct itimerval in_200_ms = { .it_value.tv_usec = 200000 };
	int64_t begin;

	server_start(&s, WORDS("--greeting", "mute"));
	r = tls_to(&s);
	sigaction(SIGALRM, &on, &was);
	begin = clock_ticks();
	setitimer(ITIMER_REAL, &in_200_ms, NULL);
	CHECK_ERR(tls_try(&r), E_STOPPED);
	CU_ASSERT(clock_ticks() - begin >= 190 && clock_ticks() - begin < 6000);
	CHECK_ERR(tls_try(&r), E_STOPPED);
	clock_go_on();
	sigaction(SIGALRM, &was, NULL);
	server_stop(&s);
}

static bool name_seen(const struct server *s, const char *host, const char *want)
{
	struct channel_request r = { .host = host, .port = s->port };
	struct channel *c;
	char text[2048] = "";

	CHECK_OK(channel_open(&c, &r));
	if (c != NULL)
		tls_ask(c, "/state", text, sizeof text);
	channel_close(c);
	return strstr(text, want) != NULL;
}

static void server_names(void)
{
	struct server s;

	server_start(&s, WORDS("--tls", "any", "--cert", "@p256.pem"));
	CU_ASSERT(name_seen(&s, "localhost", "name localhost\n"));
	CU_ASSERT(name_seen(&s, "127.0.0.1", "name None\n"));
	server_stop(&s);
}

static void ends_told_apart(void)
{
	for (size_t i = 0; i < 2; i++) {
		struct server s;
		struct channel_request r;
		struct channel *c;
		char text[512];
		size_t n = 1;

		server_start(&s, WORDS("--tls", "any", "--cert", "@p256.pem"));
		r = tls_to(&s);
		r.version = tls_both[i];
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_EQUAL(tls_ask(c, "/until-close", text, sizeof text), CHANNEL_CLOSED);
		channel_close(c);
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_EQUAL(tls_ask(c, "/until-cut", text, sizeof text), CHANNEL_CUT);
		CHECK_ERR(channel_fault(c), E_HTTP);
		CU_ASSERT_EQUAL(channel_read(c, (uint8_t *)text, &n), CHANNEL_CUT);
		CU_ASSERT_EQUAL(n, 0);
		channel_close(c);
		server_stop(&s);
	}
}

static void fixed_set(void)
{
	struct server s;
	struct channel_request r;
	struct channel *all[CHANNELS_MAX], *more;

	server_start(&s, WORDS("--tls", "any", "--cert", "@p256.pem"));
	r = tls_to(&s);
	for (size_t i = 0; i < CHANNELS_MAX; i++)
		CHECK_OK(channel_open(&all[i], &r));
	CHECK_ERR(channel_open(&more, &r), E_BUG);
	channel_close(all[1]);
	CHECK_OK(channel_open(&all[1], &r));
	for (size_t i = 0; i < CHANNELS_MAX; i++)
		channel_close(all[i]);
	server_stop(&s);
}

/* Every way out closes what it opened; the first one makes what stays. */
static void nothing_leaks(void)
{
	unsigned before;

	no_tls();
	before = server_open_fds();
	client_accepted();
	ends_told_apart();
	no_tls();
	slow();
	CU_ASSERT_EQUAL(server_open_fds(), before);
}

const struct test_suite suite_tls_channel = {
	"tls/channel",
	{
		{ "the client's certificate and chain are taken", client_accepted },
		{ "what is no TLS is refused", no_tls },
		{ "a slow handshake ends in time", slow },
		{ "a request to stop ends the handshake", stopped },
		{ "the server's name is sent, and no address", server_names },
		{ "an orderly end is told from a cut", ends_told_apart },
		{ "there are so many channels and no more", fixed_set },
		{ "no descriptor is left open", nothing_leaks },
	},
};
