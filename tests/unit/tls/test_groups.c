/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of key agreement: what the ClientHello says, and who can be talked to. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <wolfssl/options.h>

#include "tests/unit/fake/channel.h"
#include "tests/unit/fake/library.h"
#include "tests/unit/fake/s_server.h"
#include "tests/unit/test.h"

enum { HYBRID = 4588, X25519 = 29, P256 = 23, P384 = 24, P521 = 25 };
#if defined(WOLFSSL_HAVE_MLKEM) && defined(WOLFSSL_PQC_HYBRIDS) && defined(HAVE_CURVE25519)
static const bool has_hybrid = true;
#else
static const bool has_hybrid = false;
#endif
#ifdef HAVE_CURVE25519
static const bool has_x25519 = true;
#else
static const bool has_x25519 = false;
#endif

struct list {
	size_t n;
	unsigned ids[16];
};

static void add(struct list *l, unsigned id)
{
	CU_ASSERT_FATAL(l->n < 16);
	l->ids[l->n++] = id;
}

static void check_list(const struct list *got, const struct list *want)
{
	bool same = got->n == want->n;

	for (size_t i = 0; same && i < got->n; i++)
		same = got->ids[i] == want->ids[i];
	CU_ASSERT(same);
	for (size_t i = 0; !same && i < got->n; i++)
		printf("got %u\n", got->ids[i]);
}

/* Big endian, from the front; what is missing is 0. */
static unsigned take(struct span *s, size_t octets)
{
	unsigned v = 0;

	for (; octets > 0; octets--) {
		v = v << 8 | (s->n > 0 ? s->p[0] : 0);
		s->p += s->n > 0;
		s->n -= s->n > 0;
	}
	return v;
}

static struct span part(struct span *s, size_t octets)
{
	struct span whole = { s->p, octets < s->n ? octets : s->n };

	s->p += whole.n;
	s->n -= whole.n;
	return whole;
}

/* RFC 8446 4.1.2, 4.2.7, 4.2.8. */
static void read_hello(struct span s, struct list *groups, struct list *shares)
{
	struct span extensions;

	CU_ASSERT_EQUAL(take(&s, 1), 22);
	part(&s, 4);
	CU_ASSERT_EQUAL(take(&s, 1), 1);
	part(&s, 3 + 2 + 32);
	part(&s, take(&s, 1));
	part(&s, take(&s, 2));
	part(&s, take(&s, 1));
	extensions = part(&s, take(&s, 2));
	while (extensions.n > 0) {
		unsigned type = take(&extensions, 2);
		struct span body = part(&extensions, take(&extensions, 2));

		if (type == 10)
			for (take(&body, 2); body.n > 0;)
				add(groups, take(&body, 2));
		if (type != 51)
			continue;
		for (take(&body, 2); body.n > 0;) {
			add(shares, take(&body, 2));
			part(&body, take(&body, 2));
		}
	}
}

/* What a server is greeted with; it answers nothing. */
static void greet(enum tls_version version, struct list *groups, struct list *shares)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;
	struct channel_request r = { .host = "127.0.0.1", .version = version };
	uint8_t hello[4096];
	size_t got = 0;
	pid_t pid;

	*groups = *shares = (struct list){ 0 };
	CU_ASSERT_FATAL(bind(listener, (struct sockaddr *)&at, n) == 0 && listen(listener, 1) == 0);
	CU_ASSERT_FATAL(getsockname(listener, (struct sockaddr *)&at, &n) == 0);
	r.port = ntohs(at.sin_port);
	pid = fork();
	if (pid == 0)
		_exit(tls_try(&r) == E_TLS ? 0 : 1);
	fd = accept(listener, NULL, NULL);
	while (got < 5 || got < 5U + (hello[3] << 8 | hello[4])) {
		ssize_t more = read(fd, hello + got, sizeof hello - got);

		if (more <= 0)
			break;
		got += (size_t)more;
	}
	close(fd);
	close(listener);
	waitpid(pid, NULL, 0);
	read_hello((struct span){ hello, got }, groups, shares);
}

/* RFC 8446 4.2.8: a share for no group but those that are offered, in their order. */
static void said_by_the_hello(void)
{
	for (int v = TLS_ANY; v <= TLS_1_3; v++) {
		struct list groups, shares, want = { 0 }, want_shares = { 0 };

		greet((enum tls_version)v, &groups, &shares);
		if (has_hybrid && v != TLS_1_2) {
			add(&want, HYBRID);
			add(&want_shares, HYBRID);
		}
		if (has_x25519)
			add(&want, X25519);
		add(&want, P256);
		add(&want, P384);
		add(&want, P521);
		if (v != TLS_1_2)
			add(&want_shares, has_x25519 ? X25519 : P256);
		check_list(&groups, &want);
		check_list(&shares, &want_shares);
	}
}

/* As OpenWrt builds it: what the library lacks is not missed. */
static void library_without_x25519(void)
{
	struct list groups, shares, want = { 0 }, want_shares = { 0 };

	fake_library.lacks = X25519;
	greet(TLS_1_2, &groups, &shares);
	add(&want, P256);
	add(&want, P384);
	add(&want, P521);
	check_list(&groups, &want);
	check_list(&shares, &want_shares);
	greet(TLS_1_3, &groups, &shares);
	add(&want_shares, P256);
	if (!has_hybrid)
		check_list(&shares, &want_shares);
	else
		CU_ASSERT(shares.n == 2 && shares.ids[0] == HYBRID && shares.ids[1] == P256);
	CHECK_OK(tls_try_server(WORDS("--tls", "any", "--cert", "@p256.pem"), TLS_ANY));
	fake_library.lacks = P256;
	greet(TLS_1_2, &groups, &shares);
	CU_ASSERT(groups.n > 0 && groups.ids[0] == (has_x25519 ? X25519 : P384));
	fake_library.lacks = 0;
}

struct meeting {
	const char *groups; /* of the server */
	enum err want;
	const char *agreed;
	unsigned hellos;
	const char *tls;
};

static void meet(const struct meeting *m, const char *cert)
{
	struct s_server s;
	struct channel *c;
	unsigned hellos;

	s_server_start(&s, cert, WORDS("-msg", "-groups", m->groups, m->tls));
	if (!CHECK_ERR(s_server_open(&s, &c, (struct channel_request){ 0 }), m->want))
		printf("%s %s: %s\n", m->groups, m->tls, err_reason(m->want));
	if (c != NULL)
		CU_ASSERT_STRING_EQUAL(channel_group(c), m->agreed);
	channel_close(c);
	hellos = s_server_stop(&s, "ClientHello");
	CU_ASSERT(m->hellos == 0 || hellos == m->hellos);
}

static void servers_of_one_group(void)
{
	static const struct meeting meetings[] = {
		{ "P-256", OK, "P-256", has_x25519 ? 2 : 1, "-tls1_3" },
		{ "P-384", OK, "P-384", 2, "-tls1_3" },
		{ "P-521", OK, "P-521", 2, "-tls1_3" },
		{ "P-256", OK, "P-256", 1, "-tls1_2" },
		{ "P-384", OK, "P-384", 1, "-tls1_2" },
		{ "P-521", OK, "P-521", 1, "-tls1_2" },
		{ "X448", E_TLS, NULL, 1, "-tls1_3" },
		{ "X448", E_TLS, NULL, 1, "-tls1_2" },
		{ "ffdhe2048", E_TLS, NULL, 1, "-tls1_3" },
		{ "brainpoolP256r1", E_TLS, NULL, 1, "-tls1_2" },
		{ "X448:P-384", OK, "P-384", 2, "-tls1_3" },
	};

	for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++)
		meet(&meetings[i], "p256");
}

/* RFC 8446 9.1: SHOULD. */
static void servers_of_x25519(void)
{
	static const struct meeting meetings[] = {
		{ "X25519", OK, "X25519", 1, "-tls1_3" },
		{ "X25519", OK, "X25519", 1, "-tls1_2" },
		{ "P-256:X25519", OK, "X25519", 1, "-tls1_3" },
	};

	if (!has_x25519) {
		test_skip("this wolfSSL has no X25519");
		return;
	}
	for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++)
		meet(&meetings[i], "p256");
}

static bool openssl_has_hybrid(void)
{
	return system("openssl list -kem-algorithms 2> /dev/null | grep -q X25519MLKEM768") == 0;
}

static void servers_of_the_hybrid(void)
{
	static const struct meeting alone = { "X25519MLKEM768", OK, "X25519MLKEM768", 1,
		                              "-tls1_3" },
				    first = { "X25519MLKEM768:X25519", OK, "X25519MLKEM768", 1,
		                              "-tls1_3" };

	if (!has_hybrid || !openssl_has_hybrid()) {
		test_skip("wolfSSL or OpenSSL has no X25519MLKEM768");
		return;
	}
	meet(&alone, "p256");
	meet(&first, "p256");
}

/* A certificate on a curve that key agreement does not use: RFC 8422 5.1.1. */
static void certificates_of_every_curve(void)
{
	static const char *const certs[] = { "p256", "p384", "p521", "rsa" };
	static const char *const versions[] = { "-tls1_2", "-tls1_3" };

	for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
		for (size_t v = 0; v < 2; v++) {
			const struct meeting m = { "P-256:P-384:P-521", OK, "P-256", 0,
				                   versions[v] };

			meet(&m, certs[i]);
		}
}

static void names_are_those_offered(void)
{
	static const struct {
		unsigned id;
		const char *name;
	} rows[] = { { HYBRID, "X25519MLKEM768" },
		     { X25519, "X25519" },
		     { P256, "P-256" },
		     { P384, "P-384" },
		     { P521, "P-521" } };
	struct list groups, shares;
	size_t n = 0;

	greet(TLS_ANY, &groups, &shares);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (n < groups.n && groups.ids[n] == rows[i].id)
			CU_ASSERT_STRING_EQUAL(channel_groups(n++), rows[i].name);
	CU_ASSERT(n > 0 && n == groups.n);
	CU_ASSERT_PTR_NULL(channel_groups(n));
}

const struct test_suite suite_tls_groups = {
	"tls/groups",
	{
		{ "a ClientHello has key shares of groups that it offers, one of a kind",
	          said_by_the_hello },
		{ "a group that the library lacks is left out", library_without_x25519 },
		{ "servers with one group", servers_of_one_group },
		{ "servers with X25519", servers_of_x25519 },
		{ "servers with X25519MLKEM768", servers_of_the_hybrid },
		{ "certificates of every curve in both versions", certificates_of_every_curve },
		{ "the names of the groups are those of what is offered", names_are_those_offered },
	},
};
