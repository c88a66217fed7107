/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server's alert says of our certificate. */
#include <unistd.h>

#include "tests/unit/fake/channel.h"
#include "tests/unit/fake/s_server.h"
#include "tests/unit/test.h"

static const char *const demanding[] = { "--tls",     "any",         "--cert",
	                                 "@p256.pem", "--client-ca", "@clientroot.crt",
	                                 NULL };
static const char *const refusing[] = { "--tls",       "any",        "--cert", "@p256.pem",
	                                "--client-ca", "@other.crt", NULL };

/* TLS 1.2 tells in the handshake, TLS 1.3 after it. */
static void refused(const char *const *words, const struct credential *client)
{
	struct server s;
	struct channel_request r;
	struct channel *c;
	char text[2048];

	server_start(&s, words);
	r = tls_to(&s);
	r.client = client;
	r.version = TLS_1_2;
	CHECK_ERR(channel_open(&c, &r), E_TLS_REFUSED);
	channel_close(c);
	r.version = TLS_1_3;
	CHECK_OK(channel_open(&c, &r));
	CU_ASSERT_FATAL(c != NULL);
	CU_ASSERT_EQUAL(tls_ask(c, "/good", text, sizeof text), CHANNEL_CUT);
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

/* A server that has not even shown its own certificate says nothing of ours. */
static void too_early(void)
{
	CHECK_ERR(tls_try_server(WORDS("--greeting", "alert-40"), TLS_ANY), E_TLS);
	CU_ASSERT(strstr(err_reason(E_TLS), "handshake_failure (40)") != NULL);
	CHECK_ERR(tls_try_server(WORDS("--greeting", "alert-48"), TLS_ANY), E_TLS);
	CU_ASSERT(strstr(err_reason(E_TLS), "unknown_ca (48)") != NULL);
	CHECK_ERR(tls_try_server(WORDS("--greeting", "alert-200"), TLS_ANY), E_TLS);
	CU_ASSERT(strstr(err_reason(E_TLS), "alert (200)") != NULL);
}

/* RFC 5246 7.2.2: a client may refuse to renegotiate; OpenSSL then gives up. */
static void no_renegotiation(void)
{
	struct s_server s;
	struct channel *c;
	char text[64];

	s_server_start(&s, "p256", WORDS("-tls1_2"));
	CHECK_OK(s_server_open(&s, &c, (struct channel_request){ 0 }));
	CU_ASSERT_FATAL(c != NULL);
	CU_ASSERT_EQUAL(write(s.in, "R\n", 2), 2);
	CU_ASSERT_EQUAL(tls_ask(c, "/", text, sizeof text), CHANNEL_CUT);
	CHECK_ERR(channel_fault(c), E_HTTP);
	CU_ASSERT(strstr(err_reason(E_HTTP), "handshake_failure (40)") != NULL);
	channel_close(c);
	s_server_stop(&s, "");
}

const struct test_suite suite_tls_alert = {
	"tls/alert",
	{
		{ "a server that refuses us is told from one that is broken", client_refused },
		{ "an alert before it is another matter", too_early },
		{ "there is no renegotiation", no_renegotiation },
	},
};
