/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alternative names that may be requested for (RFC 5280 4.2.1.6), and what is none. */
#include <stdio.h>

#include "cmp/fill.h"
#include "tests/unit/test.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static void all(enum cmp_name_kind kind, const char *const *names, enum err want)
{
	for (; *names != NULL; names++) {
		enum err e = cmp_name_param(kind, *names);

		if (e != want)
			printf("        %d %s\n", kind, *names);
		CU_ASSERT_EQUAL(e, want);
	}
}

static void dns_names(void)
{
	static const char *const good[] = { "a",
		                            "router-1.example",
		                            "4711.example",
		                            "1.2.3.a4",
		                            "xn--mller-kva.example",
		                            "*.example",
		                            LABEL_63 ".x",
		                            NULL };
	static const char *const bad[] = { "",
		                           ".",
		                           "a.",
		                           ".a",
		                           "a..b",
		                           "-a",
		                           "a-",
		                           "a.-b.c",
		                           "a_b",
		                           "a,b",
		                           "a b",
		                           "a/b",
		                           "https://x/y",
		                           "x:443",
		                           "300.1.1.1",
		                           "10.0.0.1",
		                           "4711",
		                           "m\xc3\xbcller",
		                           "*",
		                           "*.",
		                           "a.*.b",
		                           "**.a",
		                           "a*.b",
		                           LABEL_63 "x.x",
		                           "a@b.example",
		                           "a\nb",
		                           LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63,
		                           NULL };

	all(CMP_NAME_DNS, good, OK);
	all(CMP_NAME_DNS, bad, E_CONFIG);
}

static void addresses(void)
{
	static const char *const good[] = { "10.0.0.1", "::1", "2001:db8::1", "::ffff:10.0.0.1",
		                            NULL };
	static const char *const bad[] = {
		"",      "300.1.1.1",  "10.0.0", "10.0.0.1/8", "fe80::1%eth0",
		"[::1]", "010.0.0.1x", "1",      NULL
	};

	all(CMP_NAME_IP, good, OK);
	all(CMP_NAME_IP, bad, E_CONFIG);
}

static void uris(void)
{
	static const char *const good[] = { "https://x/y",
		                            "http://x.example:8080/a?b=c#d",
		                            "coaps://[2001:db8::1]:5684/x",
		                            "urn:dev:ops:32473-1",
		                            "https://u@h/%20",
		                            "sip:a@b.example",
		                            "ldap://10.0.0.1/",
		                            NULL };
	static const char *const bad[] = { "",
		                           "x",
		                           "/y",
		                           "//x/y",
		                           ":x",
		                           "http:",
		                           "1http://x",
		                           "http://",
		                           "http:///y",
		                           "http://a b/",
		                           "http://a_b/",
		                           "http://x:port/",
		                           "http://x:/y z",
		                           "http://x/%2",
		                           "http://x/%zz",
		                           "http://[::1/",
		                           "http://[10.0.0.1]/",
		                           "http://300.1.1.1/",
		                           "http://x/\xc3\xbc",
		                           "ht_tp://x",
		                           "http://x/<>",
		                           NULL };

	all(CMP_NAME_URI, good, OK);
	all(CMP_NAME_URI, bad, E_CONFIG);
}

static void mail_addresses(void)
{
	static const char *const good[] = { "a@b.example", "first.last+tag@x", "o'neil@b", NULL };
	static const char *const bad[] = { "",      "a",         "@b",         "a@",
		                           "a@b@c", ".a@b",      "a.@b",       "a..b@c",
		                           "a b@c", "\"a b\"@c", "<a@b>",      "a@[10.0.0.1]",
		                           "a@b_c", "a,b@c",     "mailto:a@b", NULL };

	all(CMP_NAME_EMAIL, good, OK);
	all(CMP_NAME_EMAIL, bad, E_CONFIG);
}

static void written_as_general_names(void)
{
	static const struct {
		enum cmp_name_kind kind;
		const char *text;
		uint8_t der[16];
		size_t n;
	} rows[] = {
		{ CMP_NAME_EMAIL, "a@b", { 0x81, 3, 'a', '@', 'b' }, 5 },
		{ CMP_NAME_DNS, "b.c", { 0x82, 3, 'b', '.', 'c' }, 5 },
		{ CMP_NAME_URI, "u:1", { 0x86, 3, 'u', ':', '1' }, 5 },
		{ CMP_NAME_IP, "10.0.0.1", { 0x87, 4, 10, 0, 0, 1 }, 6 },
	};
	static uint8_t room[64];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = ARENA_ON(room);
		struct derw w = derw_in(&a, 32);
		struct span got;

		CHECK_OK(cmp_put_name(&w, rows[i].kind, rows[i].text));
		CHECK_OK(derw_end(&w, &got));
		CU_ASSERT(span_equal(got, (struct span){ rows[i].der, rows[i].n }));
	}
}

const struct test_suite suite_cmp_altname = {
	"cmp/altname",
	{
		{ "DNS names: the preferred syntax", dns_names },
		{ "addresses", addresses },
		{ "URIs: absolute, with a host", uris },
		{ "mail addresses", mail_addresses },
		{ "written as general names", written_as_general_names },
	},
};
