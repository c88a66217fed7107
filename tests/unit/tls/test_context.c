/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS policy: what is offered, what is taken. */
#include <stdio.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "tests/unit/fake/channel.h"
#include "tests/unit/fake/library.h"
#include "tests/unit/test.h"

static void versions_and_keys(void)
{
	static const struct {
		const char *cert, *tls, *version;
		enum tls_version ask;
	} cases[] = {
		{ "@p256.pem", "any", "TLSv1.3", TLS_ANY },
		{ "@p384.pem", "any", "TLSv1.3", TLS_ANY },
		{ "@p521.pem", "any", "TLSv1.3", TLS_ANY },
		{ "@rsa.pem", "any", "TLSv1.3", TLS_ANY },
		{ "@chain.pem", "any", "TLSv1.3", TLS_1_3 },
		{ "@p256.pem", "any", "TLSv1.2", TLS_1_2 },
		{ "@p384.pem", "1.2", "TLSv1.2", TLS_ANY },
		{ "@p521.pem", "1.2", "TLSv1.2", TLS_ANY },
		{ "@p521.pem", "any", "TLSv1.2", TLS_1_2 },
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

/* Suites that we do not offer, keys that are too small. Groups: test_groups.c. */
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
	CHECK_ERR(tls_try_server(WORDS("--tls", "1.3", "--cert", "@weak.pem", "--ciphers",
	                               "DEFAULT:@SECLEVEL=0"),
	                         TLS_ANY),
	          E_TLS);
	CHECK_ERR(tls_try_server(WORDS("--tls", "1.2", "--cert", "@weak.pem", "--ciphers",
	                               "DEFAULT:@SECLEVEL=0"),
	                         TLS_ANY),
	          E_TLS);
}

/* wolfSSL took suites and groups that were never offered (CVE-2024-5814, CVE-2026-3230): what it
   says was negotiated is compared with what this channel offered. */
static void outcome_checked(void)
{
	static const struct {
		struct fake_library library;
		const char *tls;
		enum tls_version ask;
		enum err want;
	} rows[] = {
		{ { 0 }, "any", TLS_ANY, OK },
		{ { .suite = "AES128-SHA" }, "1.2", TLS_ANY, E_TLS },
		{ { .suite = "TLS13-AES128-CCM-SHA256" }, "1.3", TLS_ANY, E_TLS },
		{ { .suite = "ECDHE-RSA-AES128-GCM" }, "1.2", TLS_ANY, E_TLS },
		{ { .suite = "" }, "1.2", TLS_ANY, E_TLS },
		{ { .group = "SECP224R1" }, "1.2", TLS_ANY, E_TLS },
		{ { .group = "X448" }, "1.3", TLS_ANY, E_TLS },
		{ { .group = "FFDHE_2048" }, "1.3", TLS_ANY, E_TLS },
		{ { .group = "" }, "1.3", TLS_ANY, E_TLS },
		{ { .group = "SECP384R1" }, "1.3", TLS_ANY, OK },
		{ { .group = "SECP384R1", .lacks = 24 }, "1.3", TLS_ANY, E_TLS },
		{ { .group = "X25519", .lacks = 29 }, "1.3", TLS_ANY, E_TLS },
		{ { .group = "X25519MLKEM768" }, "1.2", TLS_ANY, E_TLS },
		{ { .group = "X25519MLKEM768", .lacks = 4588 }, "1.3", TLS_ANY, E_TLS },
		{ { .version = WOLFSSL_TLSV1_1 }, "1.2", TLS_ANY, E_TLS },
		{ { .version = WOLFSSL_TLSV1_2 }, "1.3", TLS_1_3, E_TLS },
		{ { .version = WOLFSSL_TLSV1_3 }, "1.2", TLS_1_2, E_TLS },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		fake_library = rows[i].library;
		if (!CHECK_ERR(tls_try_server(WORDS("--tls", rows[i].tls, "--cert", "@p256.pem"),
		                              rows[i].ask),
		               rows[i].want))
			printf("row %zu\n", i);
	}
	fake_library = (struct fake_library){ 0 };
}

const struct test_suite suite_tls_context = {
	"tls/context",
	{
		{ "versions, suites and keys of the server", versions_and_keys },
		{ "a version that was not asked for is refused", versions_apart },
		{ "suites and key sizes that were not offered are refused", policy },
		{ "what was negotiated is what this channel offered", outcome_checked },
	},
};
