/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The peer's chain, its key, and the judge who is asked about it. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "tests/unit/fake/channel.h"
#include "tests/unit/test.h"

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
		struct judge judge = { opinion_say, &o };
		struct channel_request r;
		struct channel *c;
		struct chain chain;

		server_start(&s, WORDS("--tls", "any", "--cert", "@chain.pem"));
		r = tls_to(&s);
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

/* RFC 8995 5.1: as far as they go; without its issuer nobody can tell. */
static void signatures_count(void)
{
	static const struct {
		const char *file;
		enum err want;
	} rows[] = {
		{ "@chain.pem", OK },          { "@short.pem", OK },
		{ "@unordered.pem", OK },      { "@p256.pem", OK },
		{ "@nine.pem", OK },           { "@forged-alone.pem", OK },
		{ "@forged-leaf.pem", E_TLS }, { "@forged-sub.pem", E_TLS },
		{ "@forged-self.pem", E_TLS },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t v = 0; v < 2; v++) {
			enum err e = tls_try_server(WORDS("--tls", "any", "--cert", rows[i].file),
			                            tls_both[v]);

			if (!CHECK_ERR(e, rows[i].want))
				printf("%s\n", rows[i].file);
		}
}

static void chain_limits(void)
{
	static const char *const tls[] = { "1.2", "1.3" };

	for (size_t i = 0; i < 2; i++) {
		CHECK_OK(tls_try_server(WORDS("--tls", tls[i], "--cert", "@nine.pem"), TLS_ANY));
		CHECK_ERR(tls_try_server(WORDS("--tls", tls[i], "--cert", "@ten.pem"), TLS_ANY),
		          E_TLS);
		CHECK_ERR(tls_try_server(WORDS("--tls", tls[i], "--cert", "@large.pem"), TLS_ANY),
		          E_TLS);
	}
}

static const char *const demanding[] = { "--tls",     "any",         "--cert",
	                                 "@p256.pem", "--client-ca", "@clientroot.crt",
	                                 NULL };
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
		struct judge judge = { opinion_say, &o };
		struct channel_request r = tls_to(&s);
		struct channel *c;

		r.version = tls_both[i];
		r.client = &client;
		r.judge = &judge;
		CHECK_ERR(channel_open(&c, &r), E_CERT_CHAIN);
		CU_ASSERT_STRING_EQUAL(err_reason(E_CERT_CHAIN), "the judge's words");
		CU_ASSERT_EQUAL(o.asked, 1);
		CU_ASSERT_PTR_NULL(c);
		r.judge = NULL;
		CHECK_OK(channel_open(&c, &r));
		CU_ASSERT_FATAL(c != NULL);
		tls_ask(c, "/state", text, sizeof text);
		CU_ASSERT(strstr(text, "before ") != NULL);
		CU_ASSERT(strstr(text, "before done") == NULL);
		CU_ASSERT(strstr(text, ", client-chain 0\n") != NULL);
		channel_close(c);
	}
	server_stop(&s);
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
	e = tls_try(&r);
	close(listener);
	waitpid(pid, &status, 0);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) != 2);
	return e;
}

static void possession_proved(void)
{
	for (size_t i = 0; i < 2; i++) {
		CHECK_OK(meet_impostor("p256.crt", "p256.key", tls_both[i]));
		CHECK_ERR(meet_impostor("p256.crt", "other.key", tls_both[i]), E_TLS);
	}
}

const struct test_suite suite_tls_capture = {
	"tls/capture",
	{
		{ "the chain is captured as it was sent", chain_captured },
		{ "signatures count, as far as they go", signatures_count },
		{ "too many or too large certificates are refused", chain_limits },
		{ "a server that the judge refuses does not see our certificate", judge_refuses },
		{ "a server without the key of its certificate is refused", possession_proved },
	},
};
