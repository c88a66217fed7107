/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URLs: what is taken, what is refused, and where a Location leads. */
#include "platform/http/url.h"
#include "tests/unit/test.h"

static const struct {
	const char *text, *host;
	uint16_t port;
	const char *path, *origin;
	bool tls, literal;
} taken[] = {
	{ "https://a", "a", 443, "", "https://a", true, false },
	{ "http://a", "a", 80, "", "http://a", false, false },
	{ "HTTPS://Registrar.Example:8443/x?y=z", "Registrar.Example", 8443, "/x?y=z",
	  "https://Registrar.Example:8443", true, false },
	{ "https://a:443/", "a", 443, "/", "https://a", true, false },
	{ "http://a:443", "a", 443, "", "http://a:443", false, false },
	{ "https://a:80", "a", 80, "", "https://a:80", true, false },
	{ "https://a:1", "a", 1, "", "https://a:1", true, false },
	{ "https://a:65535", "a", 65535, "", "https://a:65535", true, false },
	{ "https://a:0443", "a", 443, "", "https://a", true, false },
	{ "https://a?q", "a", 443, "/?q", "https://a", true, false },
	{ "https://a/?@:[", NULL, 0, NULL, NULL, false, false },
	{ "https://a/b@c:d", "a", 443, "/b@c:d", "https://a", true, false },
	{ "https://a/%41%ff", "a", 443, "/%41%ff", "https://a", true, false },
	{ "https://xn--bcher-kva.example", "xn--bcher-kva.example", 443, "",
	  "https://xn--bcher-kva.example", true, false },
	{ "https://_srv.a-b.c1", "_srv.a-b.c1", 443, "", "https://_srv.a-b.c1", true, false },
	{ "https://10.0.0.1:4433", "10.0.0.1", 4433, "", "https://10.0.0.1:4433", true, true },
	{ "https://1a.b2", "1a.b2", 443, "", "https://1a.b2", true, false },
	{ "https://[::1]", "::1", 443, "", "https://[::1]", true, true },
	{ "https://[FE80:0:0::1%25eth0.1]:8443/p", "fe80::1%eth0.1", 8443, "/p",
	  "https://[fe80::1%25eth0.1]:8443", true, true },
	{ "https://[::ffff:10.0.0.1]", "::ffff:10.0.0.1", 443, "", "https://[::ffff:10.0.0.1]",
	  true, true },
};

static void good(void)
{
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		struct url u;
		char origin[URL_MAX];

		if (taken[i].host == NULL) {
			CHECK_ERR(url_read(taken[i].text, &u), E_RANGE);
			continue;
		}
		CHECK_OK(url_read(taken[i].text, &u));
		CU_ASSERT_EQUAL(u.tls, taken[i].tls);
		CU_ASSERT_EQUAL(u.literal, taken[i].literal);
		CU_ASSERT_STRING_EQUAL(u.host, taken[i].host);
		CU_ASSERT_EQUAL(u.port, taken[i].port);
		CU_ASSERT_STRING_EQUAL(u.path, taken[i].path);
		CHECK_OK(url_origin(&u, origin, sizeof origin));
		CU_ASSERT_STRING_EQUAL(origin, taken[i].origin);
	}
}

static void bad(void)
{
	static const char *const texts[] = {
		"",
		"a",
		"//a",
		"/a",
		"https",
		"https:",
		"https:/a",
		"https//a",
		"httpss://a",
		"ftp://a",
		"file:///etc/passwd",
		" https://a",
		"https://",
		"https:///a",
		"https://:443",
		"https://a:",
		"https://a:0",
		"https://a:65536",
		"https://a:-1",
		"https://a:+1",
		"https://a: 1",
		"https://a:1 ",
		"https://a:1x",
		"https://a:4294967297",
		"https://a:00000443",
		"https://u@a",
		"https://u:p@a",
		"https://a:80@b",
		"https://a@",
		"https://a#",
		"https://a/#f",
		"https://a/b#",
		"https://a b",
		"https://a/b c",
		"https://a\t",
		"https://a/\r\nX: y",
		"https://a/\x7f",
		"https://a/\x01",
		"https://a/\xc3\xa4",
		"https://b\xc3\xbc"
		"cher.example",
		"https://a%62",
		"https://a/%",
		"https://a/%4",
		"https://a/%4g",
		"https://a/<",
		"https://a/\"",
		"https://a/\\",
		"https://a/^",
		"https://a/`",
		"https://a/{",
		"https://a\\b",
		"https://a..b",
		"https://.a",
		"https://a.",
		"https://.",
		"https://a,b",
		"https://a;b",
		"https://a&b",
		"https://1",
		"https://127.1",
		"https://0x7f.1",
		"https://a.0x7f",
		"https://256.0.0.1",
		"https://1.2.3.4.5",
		"https://010.0.0.1",
		"https://2130706433",
		"https://a.1",
		"https://[",
		"https://[]",
		"https://[::1",
		"https://::1",
		"https://[::1]a",
		"https://[::1]:",
		"https://[1.2.3.4]",
		"https://[::1::]",
		"https://[:::]",
		"https://[v1.a]",
		"https://[fe80::1%eth0]",
		"https://[fe80::1%25]",
		"https://[fe80::1%25a/b]",
		"https://[fe80::1%25a b]",
		"https://[fe80::1%25a%25b]",
		"https://[fe80::1%25aaaaaaaaaaaaaaaa]",
		"https://[::1]]",
		"https://[g::1]",
		"https://[1111:1111:1111:1111:1111:1111:1111:1111:1111]",
		"https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct url u;

		if (!CHECK_ERR(url_read(texts[i], &u), E_RANGE))
			CU_FAIL(texts[i]);
		CU_ASSERT(u.host[0] == '\0' && u.path[0] == '\0' && u.port == 0);
	}
}

static void lengths(void)
{
	char text[2 * URL_MAX] = "https://a/", host[URL_MAX];
	struct url u;

	for (size_t n = strlen(text); n < sizeof text - 1; n++) {
		text[n] = 'x';
		text[n + 1] = '\0';
		CHECK_ERR(url_read(text, &u), n + 1 < URL_MAX ? OK : E_RANGE);
	}
	text[URL_MAX - 1] = '\0';
	text[9] = '?';
	CHECK_OK(url_read(text, &u));
	CU_ASSERT_EQUAL(strlen(u.path), URL_MAX - 1 - 9 + 1);
	CHECK_OK(url_read("https://a-host-name:81", &u));
	CHECK_ERR(url_host(&u, host, 14), E_SPACE);
	CHECK_OK(url_host(&u, host, 15));
	CHECK_ERR(url_origin(&u, host, 22), E_SPACE);
	CHECK_OK(url_origin(&u, host, 23));
}

static void hosts(void)
{
	static const char *const pairs[][2] = {
		{ "https://a:443/x", "a" },
		{ "https://a:80", "a:80" },
		{ "http://a:80", "a" },
		{ "https://[fe80::1%25eth0]", "[fe80::1]" },
		{ "https://[fe80::1%25eth0]:8443", "[fe80::1]:8443" },
		{ "https://192.0.2.1:8443", "192.0.2.1:8443" },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct url u;
		char host[URL_MAX];

		CHECK_OK(url_read(pairs[i][0], &u));
		CHECK_OK(url_host(&u, host, sizeof host));
		CU_ASSERT_STRING_EQUAL(host, pairs[i][1]);
	}
}

static bool same(const char *a, const char *b)
{
	struct url first, second;

	CHECK_OK(url_read(a, &first));
	CHECK_OK(url_read(b, &second));
	return url_same_origin(&first, &second);
}

static void origins(void)
{
	CU_ASSERT(same("https://a/x", "HTTPS://A:443/y?z"));
	CU_ASSERT(same("https://[fe80::1%25eth0]", "https://[FE80:0::1%25eth0]:443"));
	CU_ASSERT(!same("https://a", "http://a:443"));
	CU_ASSERT(!same("https://a", "https://a:444"));
	CU_ASSERT(!same("https://a", "https://ab"));
	CU_ASSERT(!same("https://ab", "https://a"));
	CU_ASSERT(!same("https://[fe80::1%25eth0]", "https://[fe80::1%25eth1]"));
	CU_ASSERT(!same("https://[fe80::1%25eth0]", "https://[fe80::1]"));
}

/* RFC 3986 5.4, as far as a Location can be one of ours; "" where it is refused. */
static void locations(void)
{
	static const struct {
		const char *base, *location, *origin, *path;
	} cases[] = {
		{ "http://a/b/c/d;p?q", "g", "http://a", "/b/c/g" },
		{ "http://a/b/c/d;p?q", "./g", "http://a", "/b/c/g" },
		{ "http://a/b/c/d;p?q", "g/", "http://a", "/b/c/g/" },
		{ "http://a/b/c/d;p?q", "/g", "http://a", "/g" },
		{ "http://a/b/c/d;p?q", "//g", "http://g", "" },
		{ "http://a/b/c/d;p?q", "?y", "http://a", "/b/c/d;p?y" },
		{ "http://a/b/c/d;p?q", "g?y", "http://a", "/b/c/g?y" },
		{ "http://a/b/c/d;p?q", "#s", "http://a", "/b/c/d;p?q" },
		{ "http://a/b/c/d;p?q", "g#s", "http://a", "/b/c/g" },
		{ "http://a/b/c/d;p?q", "g?y#s", "http://a", "/b/c/g?y" },
		{ "http://a/b/c/d;p?q", ";x", "http://a", "/b/c/;x" },
		{ "http://a/b/c/d;p?q", "", "http://a", "/b/c/d;p?q" },
		{ "http://a/b/c/d;p?q", ".", "http://a", "/b/c/" },
		{ "http://a/b/c/d;p?q", "./", "http://a", "/b/c/" },
		{ "http://a/b/c/d;p?q", "..", "http://a", "/b/" },
		{ "http://a/b/c/d;p?q", "../", "http://a", "/b/" },
		{ "http://a/b/c/d;p?q", "../g", "http://a", "/b/g" },
		{ "http://a/b/c/d;p?q", "../..", "http://a", "/" },
		{ "http://a/b/c/d;p?q", "../../g", "http://a", "/g" },
		{ "http://a/b/c/d;p?q", "../../../g", "http://a", "/g" },
		{ "http://a/b/c/d;p?q", "/./g", "http://a", "/g" },
		{ "http://a/b/c/d;p?q", "/../g", "http://a", "/g" },
		{ "http://a/b/c/d;p?q", "g.", "http://a", "/b/c/g." },
		{ "http://a/b/c/d;p?q", "..g", "http://a", "/b/c/..g" },
		{ "http://a/b/c/d;p?q", "./../g", "http://a", "/b/g" },
		{ "http://a/b/c/d;p?q", "g/./h", "http://a", "/b/c/g/h" },
		{ "http://a/b/c/d;p?q", "g/../h", "http://a", "/b/c/h" },
		{ "http://a/b/c/d;p?q", "g?y/../x", "http://a", "/b/c/g?y/../x" },
		{ "http://a/b/c/d;p?q", "g#s/../x", "http://a", "/b/c/g" },
		{ "http://a/b/c/d;p?q", "https://g:8443/h", "https://g:8443", "/h" },
		{ "https://a", "g", "https://a", "/g" },
		{ "https://a", "?y", "https://a", "/?y" },
		{ "https://a", "", "https://a", "/" },
		{ "https://a/x", "//b:444/y/./z", "https://b:444", "/y/z" },
		{ "https://[fe80::1%25e]:8443/x", "/y", "https://[fe80::1%25e]:8443", "/y" },
		{ "https://a/x", "ftp://b/", "", "" },
		{ "https://a/x", "javascript:x", "", "" },
		{ "https://a/x", "g:h", "", "" },
		{ "https://a/x", "///y", "", "" },
		{ "https://a/x", "//u@b/", "", "" },
		{ "https://a/x", "/y z", "", "" },
		{ "https://a/x", "/y\r\nX: z", "", "" },
		{ "https://a/x", "/\xff", "", "" },
		{ "https://a/x", "\\\\b\\y", "", "" },
		{ "https://a/x", ":8443/y", "", "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct url base, to;
		char origin[URL_MAX] = "";
		bool refused = cases[i].origin[0] == '\0';

		CHECK_OK(url_read(cases[i].base, &base));
		if (!CHECK_ERR(url_resolve(&base, cases[i].location, &to), refused ? E_RANGE : OK))
			CU_FAIL(cases[i].location);
		if (refused)
			continue;
		CHECK_OK(url_origin(&to, origin, sizeof origin));
		CU_ASSERT_STRING_EQUAL(origin, cases[i].origin);
		CU_ASSERT_STRING_EQUAL(to.path, cases[i].path);
	}
}

static void far_locations(void)
{
	char location[2 * URL_MAX];
	struct url base, to;

	CHECK_OK(url_read("https://a/x", &base));
	for (size_t n = 1; n < sizeof location; n++) {
		memset(location, 'y', n);
		location[0] = '/';
		location[n] = '\0';
		CHECK_ERR(url_resolve(&base, location, &to),
		          n + strlen("https://a") < URL_MAX ? OK : E_RANGE);
	}
}

const struct test_suite suite_http_url = {
	"http/url",
	{
		{ "good URLs are taken apart", good },
		{ "bad ones are refused", bad },
		{ "lengths", lengths },
		{ "the Host field", hosts },
		{ "origins are compared", origins },
		{ "a Location is resolved", locations },
		{ "a Location that leads too far is refused", far_locations },
	},
};
