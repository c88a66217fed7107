/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS policy: what is offered, what is taken. */
#include "tests/unit/fake/channel.h"
#include "tests/unit/test.h"

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
		r = tls_to(&s);
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
	CHECK_OK(tls_try_server(WORDS("--tls", "1.2", "--cert", "@p256.pem"), TLS_1_2));
	CHECK_ERR(tls_try_server(WORDS("--tls", "1.2", "--cert", "@p256.pem"), TLS_1_3), E_TLS);
	CHECK_ERR(tls_try_server(WORDS("--tls", "1.3", "--cert", "@p256.pem"), TLS_1_2), E_TLS);
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
		CHECK_ERR(tls_try_server(WORDS("--tls", "1.2", "--cert", "@rsa.pem", "--ciphers",
		                               suites[i]),
		                         TLS_ANY),
		          E_TLS);
	CHECK_OK(tls_try_server(WORDS("--tls", "1.2", "--cert", "@rsa.pem", "--ciphers",
	                              "ECDHE-RSA-AES256-GCM-SHA384"),
	                        TLS_ANY));
	CHECK_ERR(tls_try_server(WORDS("--tls", "1.3", "--cert", "@p256.pem", "--curve", "X25519"),
	                         TLS_ANY),
	          E_TLS);
	CHECK_OK(tls_try_server(
		WORDS("--tls", "1.3", "--cert", "@p256.pem", "--curve", "secp384r1"), TLS_ANY));
	CHECK_ERR(tls_try_server(WORDS("--tls", "1.3", "--cert", "@weak.pem", "--ciphers",
	                               "DEFAULT:@SECLEVEL=0"),
	                         TLS_ANY),
	          E_TLS);
	CHECK_ERR(tls_try_server(WORDS("--tls", "1.2", "--cert", "@weak.pem", "--ciphers",
	                               "DEFAULT:@SECLEVEL=0"),
	                         TLS_ANY),
	          E_TLS);
}

const struct test_suite suite_tls_context = {
	"tls/context",
	{
		{ "versions, suites and keys of the server", versions_and_keys },
		{ "a version that was not asked for is refused", versions_apart },
		{ "suites, groups and key sizes that were not offered are refused", policy },
	},
};
