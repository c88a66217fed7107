/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/pki/internal.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 16];
static struct arena arena;

static struct span hex(const char *s)
{
	return test_hex(&arena, s);
}

static struct span text(const char *s)
{
	struct span n = NO_BYTES;

	CHECK_OK(name_from_text(&arena, s, &n));
	return n;
}

static void begin(void)
{
	arena = (struct arena)ARENA_ON(block);
}

/* One common name of one string type. */
static struct span cn(uint8_t tag, const char *value)
{
	static const uint8_t oid[] = { 0x55, 4, 3 };
	struct derw w = derw_in(&arena, strlen(value) + 64);
	struct span out;

	IN (&w, DER_SEQUENCE)
		IN (&w, DER_SET)
			IN (&w, DER_SEQUENCE) {
				derw_put(&w, DER_OID, SPAN(oid));
				derw_text(&w, tag, value);
			}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static void compares_text(void)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{ "Example CA", "Example CA", true },
		{ "Example CA", "EXAMPLE ca", true },
		{ "Example CA", "  example   ca ", true },
		{ "Example CA", "ExampleCA", false },
		{ "Example CA", "Example CA 2", false },
		{ "Example", "Example\xc3\xa4", false },
		{ "\xc3\xa4", "\xc3\x84", false }, /* beyond ASCII: octets */
		{ "[", "{", false },
		{ "a", "", false },
		{ " ", "", true },
		{ "a b", "a  b", true },
		{ " a", "a", true },
		{ "a ", "a", true },
		{ "a\tb", "a b", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		struct span a = cn(DER_PRINTABLE, rows[i].a), b = cn(DER_UTF8, rows[i].b);

		CU_ASSERT_EQUAL(name_equal(a, b), rows[i].equal);
		CU_ASSERT_EQUAL(name_equal(b, a), rows[i].equal);
		CU_ASSERT(name_equal(a, a) && name_equal(b, b));
	}
}

static void compares_other_types_by_octets(void)
{
	begin();
	CU_ASSERT(name_equal(cn(DER_T61, "a"), cn(DER_T61, "a")));
	CU_ASSERT_FALSE(name_equal(cn(DER_T61, "a"), cn(DER_T61, "A")));
	CU_ASSERT_FALSE(name_equal(cn(DER_T61, "a"), cn(DER_UTF8, "a")));
	CU_ASSERT_FALSE(name_equal(cn(DER_IA5, "a"), cn(DER_IA5, "A")));
	CU_ASSERT(name_equal(text("/DC=example/DC=NET"), text("/DC=Example/DC=net")));
	CU_ASSERT_FALSE(name_equal(text("/emailAddress=A@b"), text("/emailAddress=a@b")));
}

static void compares_structure(void)
{
	begin();
	CU_ASSERT(name_equal(text("/O=A/CN=b"), text("/O=a/CN=B")));
	CU_ASSERT_FALSE(name_equal(text("/O=A/CN=b"), text("/CN=b/O=A")));
	CU_ASSERT_FALSE(name_equal(text("/O=A/CN=b"), text("/O=A")));
	CU_ASSERT_FALSE(name_equal(text("/O=A"), text("/O=A/CN=b")));
	CU_ASSERT_FALSE(name_equal(text("/O=A"), text("/OU=A")));
	CU_ASSERT(name_equal(text("OU=a+CN=b"), text("CN=B+OU=A")));
	CU_ASSERT_FALSE(name_equal(text("OU=a+CN=b"), text("OU=a,CN=b")));
	CU_ASSERT_FALSE(name_equal(text("OU=a+CN=b"), text("OU=a")));
	CU_ASSERT_FALSE(name_equal(text("OU=a+OU=b"), text("OU=a+OU=c")));
	/* DER's order of the SET turns round with the case: 41 < 62, but 61 < 42 is not */
	CU_ASSERT(name_equal(text("OU=A+OU=b"), text("OU=a+OU=B")));
	CU_ASSERT(name_equal(NAME_EMPTY, NAME_EMPTY));
	CU_ASSERT_FALSE(name_equal(NAME_EMPTY, text("/O=A")));
	CU_ASSERT_FALSE(name_equal(NO_BYTES, NO_BYTES));
	CU_ASSERT_FALSE(name_equal(NO_BYTES, NAME_EMPTY));
}

static void finds_what_is_within(void)
{
	begin();
	CU_ASSERT(name_within(text("/O=A"), text("/O=a/CN=b")));
	CU_ASSERT(name_within(text("/O=A/CN=b"), text("/O=a/CN=b")));
	CU_ASSERT(name_within(NAME_EMPTY, text("/O=a")));
	CU_ASSERT_FALSE(name_within(text("/O=A/CN=b"), text("/O=a")));
	CU_ASSERT_FALSE(name_within(text("/CN=b"), text("/O=a/CN=b")));
	CU_ASSERT_FALSE(name_within(text("/O=A"), text("O=a+CN=b")));
	CU_ASSERT_FALSE(name_within(NO_BYTES, text("/O=a")));
}

/* RFC 4518 2: what may be prepared to the same string is not told apart. */
static void finds_what_may_be_within(void)
{
	static const struct {
		uint8_t tag;
		const char *value;
		bool may_be;
	} rows[] = {
		{ DER_UTF8, "example", true },
		{ DER_UTF8, "examples", false },
		{ DER_IA5, "example", true },
		{ DER_IA5, "examples", false },
		{ DER_BMP, "anything", true },
		{ DER_T61, "anything", true },
		{ DER_UTF8, "anything\xc3\xa4", true },
		{ DER_UTF8, "any\x01thing", true }, /* mapped to nothing: RFC 4518 2.2 */
		{ DER_UTF8, "anything\x7f", true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		struct span base = cn(DER_PRINTABLE, "Example"),
			    is = cn(rows[i].tag, rows[i].value);

		CU_ASSERT_EQUAL(name_may_be_within(base, is), rows[i].may_be);
		CU_ASSERT_EQUAL(name_may_be_within(is, base), rows[i].may_be);
		CU_ASSERT(name_may_be_within(is, is));
	}
	begin();
	CU_ASSERT(name_may_be_within(NAME_EMPTY, cn(DER_UTF8, "a")));
	CU_ASSERT_FALSE(name_may_be_within(cn(DER_BMP, "ab"), NAME_EMPTY));
	CU_ASSERT_FALSE(name_may_be_within(cn(DER_BMP, "ab"), text("/O=ab")));
	CU_ASSERT_FALSE(name_may_be_within(text("/O=A"), text("O=a+CN=b")));
}

static enum err syntax(struct span name)
{
	enum err e;
	struct der c = der_open(name, &e);

	name_check(&c, name);
	return e;
}

/* A malformed name equals nothing but itself. */
static void refuses_malformed(void)
{
	static const char *const rows[] = {
		"300c 310a 3008 0603550403 0c0141 0500", /* bytes behind */
		"300e 310c 300a 0603550403 0c0141 0500", /* a third in the attribute */
		"3009 3107 3005 0603550403",             /* no value */
		"3002 3100",                             /* empty RDN */
		"300c 300a 3008 0603550403 0c0141",      /* SEQUENCE for SET */
		"300b 310a 3008 0603550403 0c0141",      /* cut short */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin();
		struct span bad = hex(rows[i]), good = hex(NAME_A);

		CU_ASSERT_NOT_EQUAL(syntax(bad), OK);
		CHECK_OK(syntax(good));
		CU_ASSERT(name_equal(bad, bad));
		CU_ASSERT_FALSE(name_equal(bad, good));
		CU_ASSERT_FALSE(name_equal(good, bad));
		CU_ASSERT_FALSE(name_within(good, bad));
		CU_ASSERT_FALSE(name_within(bad, good));
	}
}

/* Attributes of one RDN are compared each with each: few are taken. */
static void bounds_an_rdn(void)
{
	begin();
	struct span most = text("OU=1+OU=2+OU=3+OU=4+OU=5+OU=6+OU=7+OU=8");
	struct span more = text("OU=1+OU=2+OU=3+OU=4+OU=5+OU=6+OU=7+OU=8+OU=9");

	CHECK_OK(syntax(most));
	CHECK_ERR(syntax(more), E_RANGE);
	CU_ASSERT(name_within(most, most));
	CU_ASSERT_FALSE(name_within(more, more));
}

static void bounds_size(void)
{
	for (int more = 0; more < 2; more++) {
		static char value[NAME_MAX_DER];
		struct span n;

		begin();
		memset(value, 'x', sizeof value - 1);
		/* four headers of four octets but the attribute's type, of five */
		value[NAME_MAX_DER - 21 + more] = '\0';
		n = cn(DER_UTF8, value);
		CU_ASSERT_EQUAL(n.n, (size_t)NAME_MAX_DER + more);
		CHECK_ERR(syntax(n), more ? E_RANGE : OK);
	}
}

static void finds_attributes(void)
{
	struct span v;

	begin();
	CU_ASSERT(name_attribute(text("/O=x/serialNumber=7/serialNumber=8"), OID_AT_SERIAL_NUMBER,
	                         &v));
	CU_ASSERT(span_is(v, "7"));
	CU_ASSERT(name_attribute(text("CN=a+serialNumber=9"), OID_AT_COMMON_NAME, &v));
	CU_ASSERT(span_is(v, "a"));
	CU_ASSERT_FALSE(name_attribute(text("/O=x"), OID_AT_COMMON_NAME, &v));
	CU_ASSERT_EQUAL(v.n, 0);
	CU_ASSERT_FALSE(
		name_attribute(hex("300c 310a 3008 0603550403 0c"), OID_AT_COMMON_NAME, &v));
	CU_ASSERT_FALSE(name_attribute(NO_BYTES, OID_AT_COMMON_NAME, &v));
}

static void tells_the_empty_one(void)
{
	begin();
	CU_ASSERT(name_is_empty(NAME_EMPTY));
	CU_ASSERT(name_is_empty(text("/")));
	CU_ASSERT_FALSE(name_is_empty(text("/O=x")));
	CU_ASSERT_FALSE(name_is_empty(NO_BYTES)); /* no name at all */
}

const struct test_suite suite_pki_name = {
	"pki/name",
	{
		{ "text is compared", compares_text },
		{ "other types are compared by octets", compares_other_types_by_octets },
		{ "structure is compared", compares_structure },
		{ "what is within is found", finds_what_is_within },
		{ "what may be within is found", finds_what_may_be_within },
		{ "malformed names equal nothing", refuses_malformed },
		{ "an RDN is bounded", bounds_an_rdn },
		{ "the size is bounded", bounds_size },
		{ "attributes are found", finds_attributes },
		{ "the empty name is told", tells_the_empty_one },
	}
};
