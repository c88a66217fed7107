/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that are known without asking, by the hosts file, and by name servers good and bad. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <arpa/inet.h>

#include "platform/clock.h"
#include "platform/net/names.h"
#include "tests/unit/fake/server.h"
#include "tests/unit/test.h"

enum { PORT = 4711, LONG_MS = 20000 };

/* A flood that no reader can keep up with: what came first comes again for ever. */
static struct {
	bool on;
	ssize_t n;
	uint8_t octets[512];
	struct sockaddr_in from;
} flood;

/* Takes the place of the library's in this program. */
ssize_t recvfrom(int fd, void *buf, size_t cap, int flags, struct sockaddr *from, socklen_t *n)
{
	if (!flood.on || flood.n == 0) {
		struct iovec part = { buf, cap };
		struct msghdr m = { .msg_name = from,
			            .msg_namelen = n != NULL ? *n : 0,
			            .msg_iov = &part,
			            .msg_iovlen = 1 };
		ssize_t got = recvmsg(fd, &m, flags);

		if (n != NULL)
			*n = m.msg_namelen;

		if (!flood.on || got <= 0 || got > (ssize_t)sizeof flood.octets || from == NULL)
			return got;
		memcpy(flood.octets, buf, (size_t)got);
		memcpy(&flood.from, from, sizeof flood.from);
		flood.n = got;
	}
	memcpy(buf, flood.octets, (size_t)flood.n);
	if (from != NULL) {
		memcpy(from, &flood.from, sizeof flood.from);
		*n = sizeof flood.from;
	}
	return flood.n;
}

static void flood_if(const char *host)
{
	flood.on = strncmp(host, "flood", 5) == 0;
	flood.n = 0;
}

static enum err look_up(const char *host, int64_t ms, struct addresses *out)
{
	enum err e;

	flood_if(host);
	e = names_resolve(host, PORT, clock_ticks() + ms, out);
	flood.on = false;
	return e;
}

static bool is_at(const struct addresses *list, size_t i, const char *text)
{
	char shown[INET6_ADDRSTRLEN] = "";
	const struct address *a = &list->a[i];
	bool v6 = a->at.any.sa_family == AF_INET6;

	if (i >= list->n)
		return false;
	inet_ntop(a->at.any.sa_family,
	          v6 ? (const void *)&a->at.v6.sin6_addr : (const void *)&a->at.v4.sin_addr, shown,
	          sizeof shown);
	if (strcmp(shown, text) != 0)
		printf("    address %zu is %s, expected %s\n", i, shown, text);
	return strcmp(shown, text) == 0 &&
	       ntohs(v6 ? a->at.v6.sin6_port : a->at.v4.sin_port) == PORT;
}

/* A server that answers by the first label: tests/lab/onlab/dnsd.py. */
static void begin(struct server *s)
{
	static char at[32];

	server_start_script(s, "tests/lab/onlab/dnsd.py", WORDS("127.0.0.1"));
	snprintf(at, sizeof at, "127.0.0.1:%u", (unsigned)s->port);
	names_servers(at);
}

static void end(struct server *s)
{
	names_servers(NULL);
	server_stop(s);
}

static void literals(void)
{
	static const char *const wrong[] = { "::1%no-such-if", "fe80::1%", "1::2::3", ":",
		                             "::1%4294967296" };
	struct addresses a;

	CHECK_OK(look_up("192.0.2.1", 0, &a));
	CU_ASSERT(a.n == 1 && is_at(&a, 0, "192.0.2.1"));
	CHECK_OK(look_up("2001:db8::1", 0, &a));
	CU_ASSERT(a.n == 1 && is_at(&a, 0, "2001:db8::1") && a.a[0].at.v6.sin6_scope_id == 0);
	CHECK_OK(look_up("fe80::1%1", 0, &a));
	CU_ASSERT(a.n == 1 && a.a[0].at.v6.sin6_scope_id == 1);
	CHECK_OK(look_up("fe80::1%lo", 0, &a));
	CU_ASSERT(a.n == 1 && a.a[0].at.v6.sin6_scope_id == 1);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_ERR(look_up(wrong[i], 0, &a), E_UNREACHABLE);
}

/* No file and no server is asked: there is none that would answer. */
static void special_names(void)
{
	static const char *const local[] = { "localhost", "LocalHost", "localhost.",
		                             "a.b.localhost" };
	static const char *const others[] = { "invalid", "no-such.INVALID", "x.invalid." };
	struct addresses a;

	names_servers("127.0.0.1:1");
	for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
		CHECK_OK(look_up(local[i], 0, &a));
		CU_ASSERT(a.n == 2 && is_at(&a, 0, "::1") && is_at(&a, 1, "127.0.0.1"));
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK_ERR(look_up(others[i], 0, &a), E_UNREACHABLE);
	CU_ASSERT(strstr(err_reason(E_UNREACHABLE), "RFC 6761") != NULL);
	CHECK_ERR(look_up("notlocalhost", 0, &a), E_UNREACHABLE);
	CHECK_ERR(look_up("localhost.example", 0, &a), E_UNREACHABLE);
	CU_ASSERT(strstr(err_reason(E_UNREACHABLE), "RFC 6761") == NULL);
	names_servers(NULL);
}

static const char *write_hosts(const char *text)
{
	static char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/hosts", test_tmpdir());
	f = fopen(path, "w");
	CU_ASSERT_FATAL(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
	return path;
}

static void hosts_file(void)
{
	struct addresses a;
	struct server s;
	char text[4000];
	int n = snprintf(text, sizeof text,
	                 "# 192.0.2.66 good.example\n192.0.2.1\tgood.example "
	                 "good # more\nnonsense good.example\n"
	                 "2001:db8::1   other GOOD.example\n\n 192.0.2.2 x good.example\n"
	                 "192.0.2.3 ");

	memset(text + n, 'a', 3000); /* a line that is too long, with a name behind it */
	snprintf(text + n + 3000, sizeof text - (size_t)n - 3000, " good.example\n192.0.2.4 last");
	begin(&s);
	names_files(NULL, write_hosts(text));
	CHECK_OK(look_up("good.example", LONG_MS, &a));
	CU_ASSERT(a.n == 3 && is_at(&a, 0, "2001:db8::1") && is_at(&a, 1, "192.0.2.1") &&
	          is_at(&a, 2, "192.0.2.2"));
	CHECK_OK(look_up("last", LONG_MS, &a));
	CU_ASSERT(a.n == 1 && is_at(&a, 0, "192.0.2.4"));
	/* what it does not know, DNS may; also where there is no file */
	CHECK_OK(look_up("four.example", LONG_MS, &a));
	CU_ASSERT(a.n == 1 && is_at(&a, 0, "127.0.0.1"));
	names_files(NULL, "/nonexistent/hosts");
	CHECK_OK(look_up("good.example", LONG_MS, &a));
	CU_ASSERT(a.n == 2 && is_at(&a, 0, "::1"));
	names_files(NULL, "/etc/hosts");
	end(&s);
}

/* Both files may be others, a resolv.conf too: here one that names nobody who answers. */
static void resolv_conf(void)
{
	struct addresses a;
	char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/resolv.conf", test_tmpdir());
	f = fopen(path, "w");
	CU_ASSERT_FATAL(f != NULL && fputs("nameserver 127.255.255.254\n", f) >= 0 &&
	                fclose(f) == 0);
	names_files(path, NULL);
	CHECK_ERR(look_up("good.example", 3000, &a), E_UNREACHABLE);
	names_files("/etc/resolv.conf", NULL);
}

static void all_addresses(void)
{
	static const struct {
		const char *host, *found[6];
	} rows[] = {
		{ "good.example", { "::1", "127.0.0.1" } },
		{ "four.example", { "127.0.0.1" } },
		{ "six.example", { "::1" } },
		{ "cname.example", { "::1", "127.0.0.1" } },
		{ "slow.example", { "::1", "127.0.0.1" } },
		{ "truncated-then-good.example", { "::1", "127.0.0.1" } },
		{ "silent-aaaa.example", { "127.0.0.1" } },
		{ "silent-a.example", { "::1" } },
	};
	struct addresses a;
	struct server s;
	size_t v6 = 0;

	begin(&s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t begun = clock_ticks();
		size_t n = 0;

		if (!CHECK_OK(look_up(rows[i].host, LONG_MS, &a)))
			printf("    %s\n", rows[i].host);
		for (; rows[i].found[n] != NULL; n++)
			CU_ASSERT(is_at(&a, n, rows[i].found[n]));
		CU_ASSERT(a.n == n);
		/* not until the library gives the other family up, after six */
		CU_ASSERT(clock_ticks() - begun < 5000);
	}
	/* families in turn, RFC 8305 4 */
	CHECK_OK(look_up("many.example", LONG_MS, &a));
	CU_ASSERT(a.n == 5 && a.a[0].at.any.sa_family == AF_INET6 &&
	          a.a[1].at.any.sa_family == AF_INET && a.a[2].at.any.sa_family == AF_INET6 &&
	          a.a[3].at.any.sa_family == AF_INET && a.a[4].at.any.sa_family == AF_INET);
	/* an answer of 64 kB, in either family: as many as there is room for, of both */
	CHECK_OK(look_up("huge.example", LONG_MS, &a));
	for (size_t i = 0; i < a.n; i++)
		v6 += a.a[i].at.any.sa_family == AF_INET6;
	CU_ASSERT(a.n == ADDRESSES_MAX && v6 == ADDRESSES_MAX / 2);
	end(&s);
}

static void bad_servers(void)
{
	static const struct {
		const char *host, *says;
	} rows[] = {
		{ "nx.example", "not found" },    { "none.example", "no data" },
		{ "servfail.example", "" },       { "refused.example", "" },
		{ "garbage.example", "" },        { "cname-loop.example", "" },
		{ "pointer-loop.example", "" },   { "silent.example", "" },
		{ "truncated.example", "" },      { "wrong-id.example", "" },
		{ "wrong-question.example", "" }, { "drip.example", "" },
		{ "flood.example", "" },
	};
	struct addresses a;
	struct server s;

	begin(&s);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t begun = clock_ticks();

		if (!CHECK_ERR(look_up(rows[i].host, 1200, &a), E_UNREACHABLE))
			printf("    %s\n", rows[i].host);
		CU_ASSERT(clock_ticks() - begun < 5000 && a.n == 0); /* c-ares: six */
		if (strstr(err_reason(E_UNREACHABLE), rows[i].says) == NULL) {
			printf("    %s: %s\n", rows[i].host, err_reason(E_UNREACHABLE));
			CU_FAIL("says something else");
		}
	}
	end(&s);
	names_servers("127.0.0.1:1"); /* nobody is there */
	CHECK_ERR(look_up("good.example", LONG_MS, &a), E_UNREACHABLE);
	names_servers(NULL);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
	clock_stop();
}

static void stop_in(int milliseconds)
{
	const struct itimerval t = { .it_value = { .tv_usec = milliseconds * 1000 } };
	struct sigaction act = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
}

static void stopped(void)
{
	static const char *const hosts[] = { "silent.example", "truncated.example", "flood.example",
		                             "drip.example" };
	unsigned fds = server_open_fds();
	struct addresses a;
	struct server s;

	begin(&s);
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		int64_t begun = clock_ticks();

		stop_in(300);
		CHECK_ERR(look_up(hosts[i], LONG_MS, &a), E_STOPPED);
		CU_ASSERT(clock_ticks() - begun < 10000);
		clock_go_on();
		/* and so by the time for all of it */
		CU_ASSERT_EQUAL(clock_limit(clock_ticks() + 300), 0);
		CHECK_ERR(look_up(hosts[i], LONG_MS, &a), E_TIMEOUT);
		CU_ASSERT(clock_limit(0) != 0 && clock_ticks() - begun < 15000);
	}
	end(&s);
	CU_ASSERT(server_open_fds() <= fds + 4); /* those of clock_stop_fd() */
}

const struct test_suite suite_net_names = {
	"net/names",
	{
		{ "literals are read, with zones", literals },
		{ "localhost and invalid need nobody", special_names },
		{ "the hosts file comes before DNS", hosts_file },
		{ "a resolv.conf may be another", resolv_conf },
		{ "every address is found, families in turn", all_addresses },
		{ "a bad name server has its time, and no more", bad_servers },
		{ "a look-up can be stopped", stopped },
	},
};
