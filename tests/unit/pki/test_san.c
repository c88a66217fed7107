/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/pki/internal.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[4096];

static const struct {
	const char *name;
	bool name_valid, host_valid;
} names[] = {
	{ "example.net", true, true }, { "a", true, true },
	{ "a-b_c.09.zZ", true, true }, { "xn--628h.example", true, true },
	{ "", false, false },          { ".", false, false },
	{ ".a", false, false },        { "a.", false, false },
	{ "a..b", false, false },      { "a b", false, false },
	{ "a@b", false, false },       { "a[b", false, false },
	{ "a`b", false, false },       { "a{b", false, false },
	{ "a/b", false, false },       { "a:b", false, false },
	{ "*.a", false, false },       { "\xc3\xa4", false, false },
	{ "a.1", true, false },        { "a.0", true, false },
	{ "a.9", true, false },        { "a.19", true, false },
	{ "1", true, false },          { "90", true, false },
	{ "1.2.3.4", true, false },    { "a.1b", true, true },
	{ "a.b1", true, true },        { "1.a", true, true },
};

static void tells_names_from_hosts(void)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct span name = span_str(names[i].name);

		test_check_err(dns_name_valid(name) == names[i].name_valid ? OK : E_BUG, OK,
		               names[i].name, __FILE__, __LINE__);
		test_check_err(host_name_valid(name) == names[i].host_valid ? OK : E_BUG, OK,
		               names[i].name, __FILE__, __LINE__);
	}
}

/* RFC 1035 2.3.4: labels of 63 octets, names of 255 with their frame. */
static void bounds_labels_and_names(void)
{
	char name[256];

	memset(name, 'a', sizeof name);
	CU_ASSERT(dns_name_valid((struct span){ (uint8_t *)name, 63 }));
	CU_ASSERT_FALSE(dns_name_valid((struct span){ (uint8_t *)name, 64 }));
	for (size_t i = 63; i < sizeof name; i += 64)
		name[i] = '.';
	CU_ASSERT(dns_name_valid((struct span){ (uint8_t *)name, 253 }));
	CU_ASSERT_FALSE(dns_name_valid((struct span){ (uint8_t *)name, 254 }));
}

static void compares_names(void)
{
	struct span upper = span_str("ABCXYZ.019"), lower = span_str("abcxyz.019");

	CU_ASSERT(dns_name_equal(upper, lower));
	CU_ASSERT_FALSE(dns_name_equal(span_str("[a"), span_str("{a")));
	CU_ASSERT_FALSE(dns_name_equal(span_str("@a"), span_str("`a")));
	CU_ASSERT_FALSE(dns_name_equal(span_str("a"), span_str("ab")));
	CU_ASSERT_FALSE(dns_name_equal(span_str("ab"), span_str("a")));
	CU_ASSERT(dns_name_within(span_str("a.b"), span_str("A.B")));
	CU_ASSERT(dns_name_within(span_str("a.b"), span_str("x.a.b")));
	CU_ASSERT_FALSE(dns_name_within(span_str("a.b"), span_str("xa.b")));
	CU_ASSERT_FALSE(dns_name_within(span_str("a.b"), span_str("b")));
	CU_ASSERT(dns_name_within(NO_BYTES, span_str("b")));
}

static enum err read(const char *hex)
{
	struct arena a = ARENA_ON(block);
	enum err e;
	struct der c = der_open(test_hex(&a, hex), &e);

	general_names_check(&c);
	der_end(&c);
	return e;
}

static void holds_the_syntax(void)
{
	CHECK_OK(read("a008 0602 2a03 a002 0500"));
	CHECK_ERR(read("a00a 0602 2a03 a002 0500 0500"), E_TRAILING);
	CHECK_ERR(read("a00a 0602 2a03 a004 0500 0500"), E_TRAILING);
	CHECK_ERR(read("a006 0602 2a03 0500"), E_UNEXPECTED);
	CHECK_OK(read("8201 7f"));
	CHECK_ERR(read("8201 80"), E_UNEXPECTED);
	CHECK_ERR(read("8201 00"), E_UNEXPECTED);
	CHECK_ERR(read("8101 ff"), E_UNEXPECTED);
	CHECK_ERR(read("8601 ff"), E_UNEXPECTED);
	CHECK_ERR(read("8200"), E_RANGE);
	CHECK_ERR(read(""), E_RANGE);
	CHECK_OK(read("8704 c0000201"));
	CHECK_ERR(read("8703 c00002"), E_RANGE);
	CHECK_OK(read("a40e " NAME_A));
	CHECK_ERR(read("a410 " NAME_A " 0500"), E_TRAILING);
	CHECK_ERR(read("840e " NAME_A), E_UNEXPECTED);
	CHECK_ERR(read("0c01 61"), E_UNEXPECTED);
	CHECK_ERR(read("4201 61"), E_UNEXPECTED);
	CHECK_ERR(read("8902 2a03"), E_UNEXPECTED);
}

const struct test_suite suite_pki_san = {
	"pki/san",
	{
		{ "names are told from hosts", tells_names_from_hosts },
		{ "labels and names are bounded", bounds_labels_and_names },
		{ "names are compared", compares_names },
		{ "the syntax is held", holds_the_syntax },
	}
};
