/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS channels against servers that are good, bad, slow, or somebody else. */
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "platform/clock.h"
#include "platform/tls/channel.h"
#include "tests/unit/fake/server.h"
#include "tests/unit/test.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A judge that says what it is told to, and remembers that it was asked. */
struct opinion {
	enum err says;
	unsigned asked;
	size_t certs;
};

static enum err say(void *context, struct chain chain)
{
	struct opinion *o = context;

	o->asked++;
	o->certs = chain.n;
	return o->says == OK ? OK : err_because(o->says, "the judge's words");
}

static struct channel_request to(const struct server *s)
{
	return (struct channel_request){ .host = "127.0.0.1", .port = s->port };
}

static enum err try(const struct channel_request *r)
{
	struct channel *c;
	enum err e = channel_open(&c, r);

	CU_ASSERT((e == OK) == (c != NULL));
	channel_close(c);
	return e;
}

static enum err try_server(const char *const *words, enum tls_version version)
{
	struct server s;
	struct channel_request r;
	enum err e;

	server_start(&s, words);
	r = to(&s);
	r.version = version;
	e = try(&r);
	server_stop(&s);
	return e;
}

/* Sends a request over the open channel; what comes back, as text. */
static enum channel_io ask(struct channel *c, const char *path, char *out, size_t cap)
{
	char request[128];
	size_t used = 0, n;
	enum channel_io io;
	int64_t end = clock_ticks() + 5000;

	n = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n\r\n", path);
	io = channel_write(c, (uint8_t *)request, &n);
	do {
		n = cap - 1 - used;
		io = channel_read(c, (uint8_t *)out + used, &n);
		used += n;
		out[used] = '\0';
	} while ((io == CHANNEL_MOVED || io == CHANNEL_WAIT_READ) && clock_ticks() < end &&
	         strstr(out, "out\n") == NULL);
	return io;
}

static void versions_and_keys(void)
{
	static const struct {
		const char *cert, *tls, *version;
		enum tls_version ask;
	} cases[] = {
		{ "@p256.pem", "any", "TLSv1.3", TLS_ANY },
		{ "@p384.pem", "any", "TLSv1.3", TLS_ANY },
		{ "@rsa.pem", "any", "TLSv1.3", TLS_ANY },
		{ "@chain.pem", "any", "TLSv1.3", TLS_1_3 },
		{ "@p256.pem", "any", "TLSv1.2", TLS_1_2 },
		{ "@p384.pem", "1.2", "TLSv1.2", TLS_ANY },
		{ "@rsa.pem", "1.2", "TLSv1.2", TLS_ANY },
		{ "@chain.pem", "1.2", "TLSv1.2", TLS_1_2 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct server s;
		struct channel_request r;
		struct channel *c;

		server_start(&s, WORDS("--tls", cases[i].tls, "--cert", cases[i].cert));
		r = to(&s);
		r.version = cases[i].ask;
		CHECK_OK(channel_open(&c, &r));
		if (c != NULL) {
			CU_ASSERT_STRING_EQUAL(channel_version(c), cases[i].version);
			CU_ASSERT(strstr(channel_suite(c), "-GCM-") != NULL);
		}
		channel_close(c);
		server_stop(&s);
	}
}

static void versions_apart(void)
{
	CHECK_OK(try_server(WORDS("--tls", "1.2", "--cert", "@p256.pem"), TLS_1_2));
	CHECK_ERR(try_server(WORDS("--tls", "1.2", "--cert", "@p256.pem"), TLS_1_3), E_TLS);
	CHECK_ERR(try_server(WORDS("--tls", "1.3", "--cert", "@p256.pem"), TLS_1_2), E_TLS);
}

/* Suites and groups that we do not offer, keys that are too small. */
static void policy(void)
{
	static const char *const suites[] = {
		"AES128-GCM-SHA256",           "AES128-SHA",
		"ECDHE-ECDSA-AES128-SHA",      "ECDHE-RSA-AES128-SHA256",
		"DHE-RSA-AES128-GCM-SHA256",   "aNULL:@SECLEVEL=0",
		"AECDH-AES128-SHA@SECLEVEL=0",
	};

	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		CHECK_ERR(try_server(WORDS("--tls", "1.2", "--cert", "@rsa.pem", "--ciphers",
		                           suites[i]),
		                     TLS_ANY),
		          E_TLS);
	CHECK_OK(try_server(WORDS("--tls", "1.2", "--cert", "@rsa.pem", "--ciphers",
	                          "ECDHE-RSA-AES256-GCM-SHA384"),
	                    TLS_ANY));
	CHECK_ERR(try_server(WORDS("--tls", "1.3", "--cert", "@p256.pem", "--curve", "X25519"),
	                     TLS_ANY),
	          E_TLS);
	CHECK_OK(try_server(WORDS("--tls", "1.3", "--cert", "@p256.pem", "--curve", "secp384r1"),
	                    TLS_ANY));
	CHECK_ERR(try_server(WORDS("--tls", "1.3", "--cert", "@weak.pem", "--ciphers",
	                           "DEFAULT:@SECLEVEL=0"),
	                     TLS_ANY),
	          E_TLS);
	CHECK_ERR(try_server(WORDS("--tls", "1.2", "--cert", "@weak.pem", "--ciphers",
	                           "DEFAULT:@SECLEVEL=0"),
	                     TLS_ANY),
	          E_TLS);
}

static bool is_file(struct span cert, const char *name)
{
	uint8_t room[4096];
	struct arena a = ARENA_ON(room);

	return span_equal(cert, test_file(&a, server_file(name)));
}

static void chain_captured(void)
{
	for (int v = TLS_1_2; v <= TLS_1_3; v++) {
		struct server s;
		struct opinion o = { OK, 0, 0 };
		struct judge judge = { say, &o };
		struct channel_request r;
		struct channel *c;
		struct chain chain;

		server_start(&s, WORDS("--tls", "any", "--cert", "@chain.pem"));
		r = to(&s);
		r.version = (enum tls_version)v;
		r.judge = &judge;
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_FATAL(c != NULL);
		chain = channel_peer_chain(c);
		CU_ASSERT_EQUAL(chain.n, 2);
		CU_ASSERT(chain.n == 2 && is_file(chain.certs[0], "leaf.der"));
		CU_ASSERT(chain.n == 2 && is_file(chain.certs[1], "sub.der"));
		CU_ASSERT_EQUAL(o.asked, 1);
		CU_ASSERT_EQUAL(o.certs, 2);
		channel_close(c);
		server_stop(&s);
	}
}

static void chain_limits(void)
{
	static const char *const tls[] = { "1.2", "1.3" };

	for (size_t i = 0; i < 2; i++) {
		CHECK_OK(try_server(WORDS("--tls", tls[i], "--cert", "@nine.pem"), TLS_ANY));
		CHECK_ERR(try_server(WORDS("--tls", tls[i], "--cert", "@ten.pem"), TLS_ANY), E_TLS);
		CHECK_ERR(try_server(WORDS("--tls", tls[i], "--cert", "@large.pem"), TLS_ANY),
		          E_TLS);
	}
}

static const enum tls_version both[] = { TLS_1_2, TLS_1_3 };

static const char *const demanding[] = { "--tls",     "any",         "--cert",
	                                 "@p256.pem", "--client-ca", "@clientroot.crt",
	                                 NULL };
static const char *const refusing[] = { "--tls",       "any",        "--cert", "@p256.pem",
	                                "--client-ca", "@other.crt", NULL };

static void client_accepted(void)
{
	struct server s;
	struct credential client;
	char text[2048];

	server_credential(&client);
	server_start(&s, demanding);
	for (size_t i = 0; i < 2; i++) {
		struct channel_request r = to(&s);
		struct channel *c;

		r.version = both[i];
		r.client = &client;
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_FATAL(c != NULL);
		ask(c, "/state", text, sizeof text);
		CU_ASSERT(strstr(text, "handshake done") != NULL);
		CU_ASSERT(strstr(text, "\nclient-chain 0\n") == NULL);
		channel_close(c);
	}
	server_stop(&s);
	server_credential_close(&client);
}

/* The judge's no comes before our certificate, in both versions. */
static void judge_refuses(void)
{
	struct server s;
	struct credential client;
	char text[2048];

	server_credential(&client);
	server_start(&s, demanding);
	for (size_t i = 0; i < 2; i++) {
		struct opinion o = { E_CERT_CHAIN, 0, 0 };
		struct judge judge = { say, &o };
		struct channel_request r = to(&s);
		struct channel *c;

		r.version = both[i];
		r.client = &client;
		r.judge = &judge;
		CHECK_ERR(channel_open(&c, &r), E_CERT_CHAIN);
		CU_ASSERT_STRING_EQUAL(err_reason(E_CERT_CHAIN), "the judge's words");
		CU_ASSERT_EQUAL(o.asked, 1);
		CU_ASSERT_PTR_NULL(c);
		r.judge = NULL;
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_FATAL(c != NULL);
		ask(c, "/state", text, sizeof text);
		CU_ASSERT(strstr(text, "before ") != NULL);
		CU_ASSERT(strstr(text, "before done") == NULL);
		CU_ASSERT(strstr(text, ", client-chain 0\n") != NULL);
		channel_close(c);
	}
	server_stop(&s);
	server_credential_close(&client);
}

/* TLS 1.2 tells in the handshake, TLS 1.3 after it. */
static void refused(const char *const *words, const struct credential *client)
{
	struct server s;
	struct channel_request r;
	struct channel *c;
	char text[2048];

	server_start(&s, words);
	r = to(&s);
	r.client = client;
	r.version = TLS_1_2;
	CHECK_ERR(channel_open(&c, &r), E_TLS_REFUSED);
	channel_close(c);
	r.version = TLS_1_3;
	CHECK_OK(channel_open(&c, &r));
	CU_ASSERT_FATAL(c != NULL);
	CU_ASSERT_EQUAL(ask(c, "/good", text, sizeof text), CHANNEL_CUT);
	CHECK_ERR(channel_fault(c), E_TLS_REFUSED);
	channel_close(c);
	server_stop(&s);
}

static void client_refused(void)
{
	struct credential client;

	server_credential(&client);
	refused(refusing, &client);
	refused(demanding, NULL);
	server_credential_close(&client);
}

/* A server with a certificate, and the key of another. */
static void impostor(int listener, const char *cert, const char *key)
{
	WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfSSLv23_server_method());
	int fd = accept(listener, NULL, NULL);
	WOLFSSL *ssl = NULL;

	if (ctx != NULL &&
	    wolfSSL_CTX_use_certificate_file(ctx, cert, WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS &&
	    wolfSSL_CTX_use_PrivateKey_file(ctx, key, WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS)
		ssl = wolfSSL_new(ctx);
	if (ssl == NULL || wolfSSL_set_fd(ssl, fd) != WOLFSSL_SUCCESS)
		_exit(2);
	_exit(wolfSSL_accept(ssl) == WOLFSSL_SUCCESS ? 0 : 1);
}

static enum err meet_impostor(const char *cert, const char *key, enum tls_version version)
{
	char cert_path[512], key_path[512];
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0), status = -1;
	struct channel_request r = { .host = "127.0.0.1", .version = version };
	pid_t pid;
	enum err e;

	snprintf(cert_path, sizeof cert_path, "%s", server_file(cert));
	snprintf(key_path, sizeof key_path, "%s", server_file(key));
	CU_ASSERT_FATAL(bind(listener, (struct sockaddr *)&at, n) == 0 && listen(listener, 1) == 0);
	CU_ASSERT_FATAL(getsockname(listener, (struct sockaddr *)&at, &n) == 0);
	r.port = ntohs(at.sin_port);
	pid = fork();
	if (pid == 0)
		impostor(listener, cert_path, key_path);
	e = try(&r);
	close(listener);
	waitpid(pid, &status, 0);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) != 2);
	return e;
}

static void possession_proved(void)
{
	for (size_t i = 0; i < 2; i++) {
		CHECK_OK(meet_impostor("p256.crt", "p256.key", both[i]));
		CHECK_ERR(meet_impostor("p256.crt", "other.key", both[i]), E_TLS);
	}
}

static void no_tls(void)
{
	CHECK_ERR(try_server(WORDS("--greeting", "garbage"), TLS_ANY), E_TLS);
	CHECK_ERR(try_server(WORDS("--greeting", "close"), TLS_ANY), E_TLS);
	CHECK_ERR(try_server(WORDS("--greeting", "reset"), TLS_ANY), E_TLS);
	CHECK_ERR(try_server(WORDS("--greeting", "alert"), TLS_ANY), E_TLS);
	CU_ASSERT(strstr(err_reason(E_TLS), "handshake_failure") != NULL);
}

static void slow(void)
{
	static const char *const kinds[] = { "mute", "trickle" };

	for (size_t i = 0; i < 2; i++) {
		struct server s;
		struct channel_request r;
		int64_t begin;

		server_start(&s, WORDS("--greeting", kinds[i]));
		r = to(&s);
		r.handshake_ms = 400;
		begin = clock_ticks();
		CHECK_ERR(try(&r), E_TIMEOUT);
		CU_ASSERT(clock_ticks() - begin >= 400 && clock_ticks() - begin < 6000);
		r.handshake_ms = 0;
		r.deadline = clock_ticks() + 300;
		CHECK_ERR(try(&r), E_TIMEOUT);
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
	r = to(&s);
	sigaction(SIGALRM, &on, &was);
	begin = clock_ticks();
	setitimer(ITIMER_REAL, &in_200_ms, NULL);
	CHECK_ERR(try(&r), E_TIMEOUT);
	CU_ASSERT(clock_ticks() - begin >= 190 && clock_ticks() - begin < 6000);
	CHECK_ERR(try(&r), E_TIMEOUT);
	clock_go_on();
	sigaction(SIGALRM, &was, NULL);
	server_stop(&s);
}

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
	CHECK_ERR(try(&r), E_TIMEOUT);
	CU_ASSERT(clock_ticks() - begin >= 300 && clock_ticks() - begin < 6000);
	for (size_t i = 0; i < 4; i++)
		close(waiting[i]);
	close(listener);
}

static void unreachable(void)
{
	struct channel_request r = { .host = "127.0.0.1", .port = server_no_port() };
	struct server s;

	CHECK_ERR(try(&r), E_UNREACHABLE);
	r.host = "no-such-host.invalid";
	CHECK_ERR(try(&r), E_UNREACHABLE);
	r.host = "fe80::1%no-such-if";
	CHECK_ERR(try(&r), E_UNREACHABLE);
	/* only one of its addresses has a server */
	server_start(&s, WORDS("--tls", "any", "--cert", "@p256.pem"));
	r.host = "localhost";
	r.port = s.port;
	CHECK_OK(try(&r));
	server_stop(&s);
}

static bool name_seen(const struct server *s, const char *host, bool send, const char *want)
{
	struct channel_request r = { .host = host, .port = s->port, .send_sni = send };
	struct channel *c;
	char text[2048] = "";

	CHECK_OK(channel_open(&c, &r));
	if (c != NULL)
		ask(c, "/state", text, sizeof text);
	channel_close(c);
	return strstr(text, want) != NULL;
}

static void server_names(void)
{
	struct server s;

	server_start(&s, WORDS("--tls", "any", "--cert", "@p256.pem"));
	CU_ASSERT(name_seen(&s, "localhost", true, "name localhost\n"));
	CU_ASSERT(name_seen(&s, "localhost", false, "name None\n"));
	CU_ASSERT(name_seen(&s, "127.0.0.1", true, "name None\n"));
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
		r = to(&s);
		r.version = both[i];
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_EQUAL(ask(c, "/until-close", text, sizeof text), CHANNEL_CLOSED);
		channel_close(c);
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_EQUAL(ask(c, "/until-cut", text, sizeof text), CHANNEL_CUT);
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
	r = to(&s);
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

	unreachable();
	before = server_open_fds();
	client_refused();
	judge_refuses();
	no_tls();
	slow();
	unreachable();
	CU_ASSERT_EQUAL(server_open_fds(), before);
}

const struct test_suite suite_tls_channel = {
	"tls/channel",
	{
		{ "versions, suites and keys of the server", versions_and_keys },
		{ "a version that was not asked for is refused", versions_apart },
		{ "suites, groups and key sizes that were not offered are refused", policy },
		{ "the chain is captured as it was sent", chain_captured },
		{ "too many or too large certificates are refused", chain_limits },
		{ "the client's certificate and chain are taken", client_accepted },
		{ "a server that the judge refuses does not see our certificate", judge_refuses },
		{ "a server that refuses us is told from one that is broken", client_refused },
		{ "a server without the key of its certificate is refused", possession_proved },
		{ "what is no TLS is refused", no_tls },
		{ "a slow handshake ends in time", slow },
		{ "a request to stop ends the handshake", stopped },
		{ "a connection that is not answered ends in time", connect_times_out },
		{ "unreachable, unknown, and reachable by the second address", unreachable },
		{ "the server's name is sent when asked, and no address", server_names },
		{ "an orderly end is told from a cut", ends_told_apart },
		{ "there are so many channels and no more", fixed_set },
		{ "no descriptor is left open", nothing_leaks },
	},
};
