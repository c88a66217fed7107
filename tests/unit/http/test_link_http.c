/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links: who the peer is, when it is connected to again, and what else ends one. */
#include <stdio.h>

#include "platform/clock.h"
#include "tests/unit/fake/channel.h"
#include "tests/unit/fake/client.h"
#include "tests/unit/test.h"

/* What came unasked between two exchanges ends the connection, too. */
static void unasked(void)
{
	for (size_t w = 0; w < WAYS; w++) {
		struct server s;
		struct link *l;
		struct exchange x;

		server_start(&s, ways[w].words);
		l = client_open(&s, &ways[w]);
		CHECK_OK(client_ask(l, "/late-surplus", &x));
		CU_ASSERT(clock_sleep(300));
		CHECK_OK(client_ask(l, "/good", &x));
		CU_ASSERT(span_is(x.answer, "hello"));
		CU_ASSERT_EQUAL(client_count(l, "connections "), 2);
		link_close(l);
		server_stop(&s);
	}
}

/* TLS records without data (tests/lab/onlab/records.py): in place of an answer, and after one. */
static void flooded(void)
{
	static const char *const tls[] = { "1.2", "1.3" };

	for (size_t v = 0; v < 2; v++) {
		static const char first[] = "empty-data,none";
		struct server s;
		struct link *l;
		struct exchange x;

		server_start(&s, WORDS("--tls", tls[v], "--cert", "@p256.pem", "--flood", first,
		                       "--when", "after"));
		l = client_open(&s, &ways[1 + v]);
		CHECK_ERR(client_ask(l, "/good", &x), E_HTTP);
		CHECK_OK(client_ask(l, "/good", &x));
		link_close(l);
		server_stop(&s);
		server_start(&s, WORDS("--tls", tls[v], "--cert", "@p256.pem", "--flood", first,
		                       "--when", "idle"));
		l = client_open(&s, &ways[1 + v]);
		CHECK_OK(client_ask(l, "/good", &x));
		/* until the limit has come: what comes after the request ends the exchange */
		CU_ASSERT(clock_sleep(2500));
		CHECK_OK(client_ask(l, "/good", &x));
		CU_ASSERT(span_is(x.answer, "hello"));
		CU_ASSERT_EQUAL(client_count(l, "connections "), 2);
		link_close(l);
		server_stop(&s);
	}
}

static const char *const two_certs[] = { "--tls",  "any",        "--cert", "@p256.pem",
	                                 "--cert", "@other.pem", NULL };
static const struct way changing = { "https", two_certs };

static bool peer_is(const struct link *l, const char *name)
{
	static uint8_t file[4096];
	struct arena a = ARENA_ON(file);
	struct chain chain = link_peer_chain(l);

	return chain.n == 1 && span_equal(chain.certs[0], test_file(&a, server_file(name)));
}

/* RFC 8995 5: provisionally, only the very same certificate will do. */
static void peer_changes(void)
{
	struct server s;
	struct link *l, *other;
	struct exchange x;

	server_start(&s, changing.words);
	l = client_open(&s, &changing);
	CU_ASSERT(peer_is(l, "p256.der"));
	CHECK_OK(client_ask(l, "/change", &x));
	CHECK_ERR(client_ask_after_close(l, "/good", &x), E_PEER_CHANGED);
	x = client_asks("/good");
	x.status = 200;
	x.answer = span_str("stale");
	CHECK_ERR(link_exchange(l, &x, &client_arena), E_PEER_CHANGED);
	CU_ASSERT(x.status == 0 && x.answer.n == 0 && x.retry_after == -1);
	CU_ASSERT(peer_is(l, "p256.der"));
	other = client_open(&s, &changing);
	CU_ASSERT(peer_is(other, "other.der"));
	/* only what was asked over good connections has arrived */
	CU_ASSERT_EQUAL(client_count(other, "requests "), 2);
	CHECK_OK(client_ask(other, "/change", &x));
	CHECK_OK(client_ask_after_close(l, "/good", &x));
	link_close(other);
	link_close(l);
	server_stop(&s);
}

/* The leaf is the same, what comes after it is not: RFC 8995 5.1 verifies all of it. */
static void peer_chain_changes(void)
{
	static const char *const later[] = { "@chain-again.pem", "@short.pem" };

	for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
		const char *const words[] = { "--tls",  "any",    "--cert", "@chain.pem",
			                      "--cert", later[i], NULL };
		struct server s;
		struct link *l;
		struct exchange x;

		server_start(&s, words);
		l = client_open(&s, &(struct way){ "https", words });
		CHECK_OK(client_ask(l, "/change", &x));
		CHECK_ERR(client_ask_after_close(l, "/good", &x), E_PEER_CHANGED);
		link_close(l);
		server_stop(&s);
	}
}

static void peer_changes_before_judge(void)
{
	struct server s;
	struct link *l;
	struct exchange x;
	struct opinion o = { E_CERT_CHAIN, 0, 0 };

	server_start(&s, changing.words);
	l = client_open(&s, &changing);
	l->ops->set_judge(l, &(struct judge){ opinion_say, &o });
	CHECK_OK(client_ask(l, "/silently", &x));
	CHECK_OK(client_ask_after_close(l, "/change", &x));
	CU_ASSERT_EQUAL(o.asked, 0);
	CHECK_ERR(client_ask_after_close(l, "/good", &x), E_CERT_CHAIN);
	CU_ASSERT_EQUAL(o.asked, 1);
	CU_ASSERT(peer_is(l, "p256.der"));
	o.says = OK;
	CHECK_OK(client_ask(l, "/good", &x));
	CU_ASSERT_EQUAL(o.asked, 2);
	CU_ASSERT(peer_is(l, "other.der"));
	link_close(l);
	server_stop(&s);
}

static enum err open_judged(const struct server *s, const char *scheme, struct opinion *o)
{
	struct judge judge = { opinion_say, o };
	char url[64];
	struct link_request r = { .url = url, .judge = &judge };
	struct link *l;
	enum err e;

	snprintf(url, sizeof url, "%s://localhost:%u/ignored", scheme, (unsigned)s->port);
	e = link_http_open(&l, &r);
	CU_ASSERT((e == OK) == (l != NULL));
	link_close(l);
	return e;
}

static void judged_at_once(void)
{
	struct server s;
	struct opinion o = { E_CERT_NAMES, 0, 0 };

	server_start(&s, changing.words);
	CHECK_ERR(open_judged(&s, "https", &o), E_CERT_NAMES);
	o.says = OK;
	CHECK_OK(open_judged(&s, "https", &o));
	CU_ASSERT_EQUAL(o.asked, 2);
	/* nobody to be judged: fail closed */
	CHECK_ERR(open_judged(&s, "http", &o), E_CONFIG);
	server_stop(&s);
}

static void ask_refused(const char *const *words, const struct credential *client)
{
	static uint8_t question[200000];
	struct server s;
	char url[64];
	struct link_request r = { .url = url, .client = client, .version = TLS_1_2 };
	struct link *l;
	struct exchange x;

	server_start(&s, words);
	snprintf(url, sizeof url, "https://127.0.0.1:%u", (unsigned)s.port);
	CHECK_ERR(link_http_open(&l, &r), E_TLS_REFUSED);
	r.version = TLS_1_3;
	for (size_t i = 0; i < 10; i++) {
		CHECK_OK(link_http_open(&l, &r));
		x = client_asks("/good");
		x.body.p = question;
		x.body.n = i * sizeof question / 10;
		/* before the alert is here, while it comes, and after */
		CU_ASSERT(clock_sleep(i % 3 * 5));
		CHECK_ERR(link_exchange(l, &x, &client_arena), E_TLS_REFUSED);
		CHECK_ERR(link_exchange(l, &x, &client_arena), E_TLS_REFUSED);
		link_close(l);
	}
	server_stop(&s);
}

static void client_refused(void)
{
	struct credential client;

	server_credential(&client);
	ask_refused(WORDS("--tls", "any", "--cert", "@p256.pem", "--client-ca", "@other.crt"),
	            &client);
	ask_refused(WORDS("--tls", "any", "--cert", "@p256.pem", "--client-ca", "@clientroot.crt"),
	            NULL);
	server_credential_close(&client);
}

static void client_shown_again(void)
{
	struct credential client;
	struct server s;
	char url[64];
	struct link_request r = { .url = url, .client = &client };
	struct link *l;
	struct exchange x;

	server_credential(&client);
	server_start(
		&s, WORDS("--tls", "any", "--cert", "@p256.pem", "--client-ca", "@clientroot.crt"));
	snprintf(url, sizeof url, "https://localhost:%u", (unsigned)s.port);
	CHECK_OK(link_http_open(&l, &r));
	CHECK_OK(client_ask(l, "/silently", &x));
	CU_ASSERT(client_count(l, "\nclient-chain ") > 0);
	CU_ASSERT_EQUAL(client_count(l, "connections "), 2);
	link_close(l);
	server_stop(&s);
	server_credential_close(&client);
}

static void described(void)
{
	struct server s;
	struct link *l;
	struct link_request r = { .url = "ftp://127.0.0.1" };
	char want[64];

	server_start(&s, ways[0].words);
	l = client_open(&s, &ways[0]);
	CU_ASSERT_STRING_EQUAL(link_http_describe(l), "http");
	CU_ASSERT_EQUAL(link_peer_chain(l).n, 0);
	snprintf(want, sizeof want, "http://127.0.0.1:%u", (unsigned)s.port);
	CU_ASSERT_STRING_EQUAL(l->origin, want);
	link_close(l);
	server_stop(&s);
	server_start(&s, ways[1].words);
	l = client_open(&s, &ways[1]);
	CU_ASSERT(strncmp(link_http_describe(l), "https, TLSv1.2, ECDHE-ECDSA-", 28) == 0);
	link_close(l);
	server_stop(&s);
	CHECK_ERR(link_http_open(&l, &r), E_RANGE);
	snprintf(want, sizeof want, "http://127.0.0.1:%u", (unsigned)server_no_port());
	r.url = want;
	CHECK_ERR(link_http_open(&l, &r), E_UNREACHABLE);
}

static void over_ipv6(void)
{
	struct server s;
	struct link *l;
	struct link_request r;
	struct exchange x;
	char url[64], want[64];

	server_start(&s, WORDS("--family", "6", "--tls", "any", "--cert", "@p256.pem"));
	snprintf(url, sizeof url, "https://[::1]:%u", (unsigned)s.port);
	r = (struct link_request){ .url = url };
	CHECK_OK(link_http_open(&l, &r));
	CU_ASSERT_FATAL(l != NULL);
	CHECK_OK(client_ask(l, "/echo", &x));
	snprintf(want, sizeof want, "\r\nHost: [::1]:%u\r\n", (unsigned)s.port);
	CU_ASSERT(client_was_told(&x, want));
	CHECK_OK(client_ask(l, "/state", &x));
	CU_ASSERT(client_was_told(&x, "name None\n"));
	link_close(l);
	server_stop(&s);
}

static void fixed_set(void)
{
	struct server s;
	struct link *all[LINKS_MAX], *more;
	char url[64];
	struct link_request r = { .url = url };

	server_start(&s, ways[0].words);
	snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)s.port);
	for (size_t i = 0; i < LINKS_MAX; i++)
		CHECK_OK(link_http_open(&all[i], &r));
	CHECK_ERR(link_http_open(&more, &r), E_BUG);
	CU_ASSERT_PTR_NULL(more);
	for (size_t i = 0; i < LINKS_MAX; i++)
		link_close(all[i]);
	server_stop(&s);
}

static void nothing_leaks(void)
{
	unsigned before = server_open_fds();

	unasked();
	judged_at_once();
	peer_changes();
	client_refused();
	described();
	CU_ASSERT_EQUAL(server_open_fds(), before);
}

const struct test_suite suite_http_link_http = {
	"http/link_http",
	{
		{ "what comes unasked is no answer", unasked },
		{ "a flood of empty records ends the exchange, and not the link", flooded },
		{ "another certificate later: not while provisional", peer_changes },
		{ "another chain of the same certificate later: not while provisional",
	          peer_chain_changes },
		{ "another certificate later: as the judge says", peer_changes_before_judge },
		{ "a judge from the beginning", judged_at_once },
		{ "a refusal of our certificate is named as such", client_refused },
		{ "our certificate is shown again when connecting again", client_shown_again },
		{ "descriptions, and addresses that cannot be", described },
		{ "IPv6 literals", over_ipv6 },
		{ "there are so many links and no more", fixed_set },
		{ "no descriptor is left open", nothing_leaks },
	},
};
