/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[4096];

/* A certificate with one alternative name. */
static struct cert with(uint8_t tag, struct span value)
{
	static struct arena a;
	struct derw w;
	struct cert c = { .path_len = PATH_LEN_NONE };

	a = (struct arena)ARENA_ON(block);
	w = derw_in(&a, 1024);
	derw_put(&w, DER_CONTEXT_PRIMITIVE(2), span_str("first.example"));
	derw_put(&w, tag, value);
	CHECK_OK(derw_end(&w, &c.san));
	return c;
}

static const struct {
	const char *presented, *host;
	bool matches;
} names[] = {
	{ "reg.example.net", "reg.example.net", true },
	{ "reg.example.net", "first.example", true },
	{ "reg.example.net", "REG.Example.NET", true },
	{ "REG.example.net", "reg.example.net", true },
	{ "reg.example.net", "reg.example.net.", true },
	{ "reg.example.net.", "reg.example.net", false },
	{ "reg.example.net", "reg.example.net..", false },
	{ "reg.example.net", "example.net", false },
	{ "example.net", "reg.example.net", false },
	{ "reg.example.net", "", false },
	{ "reg.example.net", ".", false },
	{ "a.example.net", "b.example.net", false },
	{ "localhost", "localhost", true },
	{ "reg", "reg", true },
	{ "a_b.example.net", "a_b.example.net", true },
	/* wildcards: one whole label, the first, two behind it */
	{ "*.example.net", "reg.example.net", true },
	{ "*.example.net", "xn--628h.example.net", true },
	{ "*.example.net", "REG.EXAMPLE.net", true },
	{ "*.example.net", "example.net", false },
	{ "*.example.net", "a.b.example.net", false },
	{ "*.example.net", ".example.net", false },
	{ "*.example.net", "*.example.net", false },
	{ "*.net", "example.net", false },
	{ "*.", "net", false },
	{ "*", "net", false },
	{ "*", "example.net", false },
	{ "r*.example.net", "reg.example.net", false },
	{ "*g.example.net", "reg.example.net", false },
	{ "reg.*.net", "reg.example.net", false },
	{ "*.*.net", "reg.example.net", false },
	{ "*.*.example.net", "a.b.example.net", false },
	{ "**.example.net", "a.example.net", false },
	/* an address is no name, whatever a resolver makes of it */
	{ "192.0.2.1", "192.0.2.1", false },
	{ "127.1", "127.1", false },
	{ "*.0.2.1", "192.0.2.1", false },
	{ "1.2.3.4.5", "1.2.3.4.5", false },
	{ "::1", "::1", false },
	/* what is no name matches nothing, not even itself */
	{ "a b", "a b", false },
	{ "a/b", "a/b", false },
	{ "a..b", "a..b", false },
	{ "\xc3\xa4.example", "\xc3\xa4.example", false },
};

static void matches_names(void)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct cert c = with(DER_CONTEXT_PRIMITIVE(2), span_str(names[i].presented));
		char what[128];

		snprintf(what, sizeof what, "%s for %s", names[i].presented, names[i].host);
		test_check_err(cert_matches_host(&c, names[i].host) == names[i].matches ? OK
		                                                                        : E_BUG,
		               OK, what, __FILE__, __LINE__);
	}
}

static void matches_addresses(void)
{
	static const uint8_t v4[] = { 192, 0, 2, 7 }, v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 7 };
	struct cert c = with(DER_CONTEXT_PRIMITIVE(7), SPAN(v4));

	CU_ASSERT(cert_matches_host(&c, "192.0.2.7"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "192.0.2.8"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "192.0.2.7."));
	CU_ASSERT_FALSE(cert_matches_host(&c, "192.0.2.007"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "::ffff:192.0.2.7"));
	c = with(DER_CONTEXT_PRIMITIVE(7), SPAN(v6));
	CU_ASSERT(cert_matches_host(&c, "2001:db8::1"));
	CU_ASSERT(cert_matches_host(&c, "2001:DB8:0:0::1"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "[2001:db8::1]"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "2001:db8::2"));
	c = with(DER_CONTEXT_PRIMITIVE(7), SPAN(mapped));
	CU_ASSERT_FALSE(cert_matches_host(&c, "192.0.2.7"));
}

static void takes_no_other_kind(void)
{
	static const uint8_t four[] = "reg1";
	struct cert c = with(DER_CONTEXT_PRIMITIVE(1), span_str("reg.example.net"));

	CU_ASSERT_FALSE(cert_matches_host(&c, "reg.example.net"));
	c = with(DER_CONTEXT_PRIMITIVE(6), span_str("https://reg.example.net"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "reg.example.net"));
	c = with(DER_CONTEXT_PRIMITIVE(7), (struct span){ four, 4 });
	CU_ASSERT_FALSE(cert_matches_host(&c, "reg1"));
	c = with(DER_CONTEXT_PRIMITIVE(2), span_str("reg.example.net"));
	c.san.n--;
	CU_ASSERT_FALSE(cert_matches_host(&c, "reg.example.net"));
}

static void takes_no_common_name(void)
{
	struct arena a = ARENA_ON(block);
	struct cert c;

	CHECK_OK(cert_read(fake_x509_file(&a, "leaf.der"), &c));
	CU_ASSERT(cert_matches_host(&c, "reg.example.net"));
	CU_ASSERT(cert_matches_host(&c, "a.lab.example.net"));
	CU_ASSERT(cert_matches_host(&c, "192.0.2.7"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "Registrar"));
	c.san = NO_BYTES;
	CU_ASSERT_FALSE(cert_matches_host(&c, "Registrar"));
	CU_ASSERT_FALSE(cert_matches_host(&c, "reg.example.net"));
}

const struct test_suite suite_pki_hostname = {
	"pki/hostname",
	{
		{ "names match", matches_names },
		{ "addresses match", matches_addresses },
		{ "no other kind of name is taken", takes_no_other_kind },
		{ "the common name is not taken", takes_no_common_name },
	}
};
