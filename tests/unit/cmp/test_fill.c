/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling a subject in: given values stay, empty ones are filled or left out. */
#include "cmp/fill.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024];
static struct arena a = ARENA_ON(room);

static struct span name(const char *text)
{
	struct span out = NO_BYTES;

	CHECK_OK(name_from_text(&a, text, &out));
	return out;
}

/* An RDNSequence with one attribute a row: arc of 2.5.4, tag, text. */
struct row {
	uint8_t arc, tag;
	const char *text;
};

static struct span wanted(const struct row *rows)
{
	struct derw w = derw_in(&a, 1024);
	struct span out;

	IN (&w, DER_SEQUENCE)
		for (; rows->arc != 0; rows++)
			IN (&w, DER_SET)
				IN (&w, DER_SEQUENCE) {
					const uint8_t type[] = { 0x55, 4, rows->arc };

					derw_put(&w, DER_OID, SPAN(type));
					derw_text(&w, rows->tag, rows->text);
				}
	CHECK_OK(derw_end(&w, &out));
	return out;
}

static struct span filled(const struct row *rows, const char *requested, const char *device)
{
	struct cmp_names names = { name(requested), name(device) };
	struct span out = NO_BYTES;

	CHECK_OK(cmp_fill_name(&names, wanted(rows), &a, &out));
	return out;
}

#define CN     3
#define SERIAL 5
#define O      10
#define OU     11

static void fills_what_is_empty(void)
{
	static const struct row rows[] = {
		{ CN, DER_UTF8, "" }, { OU, DER_UTF8, "myDept" }, { OU, DER_UTF8, "myGroup" }, { 0 }
	};
	static const struct row expected[] = { { CN, DER_UTF8, "gate" },
		                               { OU, DER_UTF8, "myDept" },
		                               { OU, DER_UTF8, "myGroup" },
		                               { 0 } };

	arena_reset(&a);
	CU_ASSERT(span_equal(filled(rows, "/CN=gate", "/CN=dev/serialNumber=7"), wanted(expected)));
	/* what the operator does not say, the device's name may */
	CU_ASSERT(span_equal(filled(rows, "/O=x", "/CN=gate/serialNumber=7"), wanted(expected)));
}

static void calls_a_nameless_device_by_its_number(void)
{
	static const struct row rows[] = { { CN, DER_UTF8, "" },
		                           { SERIAL, DER_PRINTABLE, "" },
		                           { 0 } };
	static const struct row expected[] = { { CN, DER_UTF8, "SN-7" },
		                               { SERIAL, DER_PRINTABLE, "SN-7" },
		                               { 0 } };

	arena_reset(&a);
	CU_ASSERT(span_equal(filled(rows, "/serialNumber=SN-7", "/serialNumber=SN-7"),
	                     wanted(expected)));
}

static void leaves_out_what_it_does_not_know(void)
{
	static const struct row rows[] = {
		{ OU, DER_UTF8, "" }, { O, DER_UTF8, "Example" }, { 99, DER_UTF8, "" }, { 0 }
	};
	static const struct row expected[] = { { O, DER_UTF8, "Example" }, { 0 } };
	static const struct row unknown[] = { { OU, DER_UTF8, "" }, { 0 } };

	arena_reset(&a);
	CU_ASSERT(span_equal(filled(rows, "/CN=x", "/CN=x"), wanted(expected)));
	CU_ASSERT(name_is_empty(filled(unknown, "/CN=x", "/CN=x")));
}

/* The operator's request does not overrule the CA's. */
static void keeps_what_is_given(void)
{
	static const struct row rows[] = { { CN, DER_UTF8, "given" }, { 0 } };

	arena_reset(&a);
	CU_ASSERT(span_equal(filled(rows, "/CN=requested", "/CN=dev"), wanted(rows)));
}

static void chooses_a_string_that_fits(void)
{
	static const struct row rows[] = { { CN, DER_PRINTABLE, "" }, { O, DER_BMP, "" }, { 0 } };
	static const struct row plain[] = { { CN, DER_PRINTABLE, "gate 1" },
		                            { O, DER_UTF8, "Org" },
		                            { 0 } };
	static const struct row other[] = { { CN, DER_UTF8, "gate_1" },
		                            { O, DER_UTF8, "Org" },
		                            { 0 } };

	arena_reset(&a);
	CU_ASSERT(span_equal(filled(rows, "/CN=gate 1/O=Org", "/CN=x"), wanted(plain)));
	CU_ASSERT(span_equal(filled(rows, "/CN=gate_1/O=Org", "/CN=x"), wanted(other)));
}

/* Two attributes in one RDN: one is left out, the order is DER's. */
static void sets_of_attributes(void)
{
	struct cmp_names names = { NO_BYTES, NO_BYTES };
	struct span out = NO_BYTES;

	arena_reset(&a);
	names.requested = names.device = name("/CN=zz");
	/* SET { O "", CN "" } */
	CHECK_OK(cmp_fill_name(
		&names,
		test_hex(&a, "30 14 31 12 30 07 06 03 55 04 0a 0c 00 30 07 06 03 55 04 03 0c 00"),
		&a, &out));
	CU_ASSERT(span_equal(out, name("/CN=zz")));
	names.requested = name("/O=a/CN=zz");
	CHECK_OK(cmp_fill_name(
		&names,
		test_hex(&a, "30 14 31 12 30 07 06 03 55 04 0a 0c 00 30 07 06 03 55 04 03 0c 00"),
		&a, &out));
	CU_ASSERT(span_equal(out, test_hex(&a, "30 17 31 15 30 08 06 03 55 04 0a 0c 01 61"
	                                       "30 09 06 03 55 04 03 0c 02 7a 7a")));
}

/* A longer value comes later: the order is that of the values as they are now. */
static void puts_sets_in_order(void)
{
	struct cmp_names names = { NO_BYTES, NO_BYTES };
	struct span out = NO_BYTES;

	arena_reset(&a);
	names.requested = names.device = name("/O=a/CN=zz");
	/* SET { CN "", O "" } */
	CHECK_OK(cmp_fill_name(
		&names,
		test_hex(&a, "30 14 31 12 30 07 06 03 55 04 03 0c 00 30 07 06 03 55 04 0a 0c 00"),
		&a, &out));
	CU_ASSERT(span_equal(out, test_hex(&a, "30 17 31 15 30 08 06 03 55 04 0a 0c 01 61"
	                                       "30 09 06 03 55 04 03 0c 02 7a 7a")));
}

/* A device's name in Latin-1 is no value for a string of ours. */
static void leaves_out_what_is_not_utf8(void)
{
	static const struct row rows[] = { { CN, DER_UTF8, "" }, { O, DER_UTF8, "x" }, { 0 } };
	static const struct row latin[] = { { CN, DER_T61, "M\xfcller" }, { 0 } };
	static const struct row expected[] = { { O, DER_UTF8, "x" }, { 0 } };
	struct cmp_names names = { NO_BYTES, NO_BYTES };
	struct span out = NO_BYTES;

	arena_reset(&a);
	names.requested = names.device = wanted(latin);
	CHECK_OK(cmp_fill_name(&names, wanted(rows), &a, &out));
	CU_ASSERT(span_equal(out, wanted(expected)));
}

static void refuses_what_is_no_name(void)
{
	struct cmp_names names = { NO_BYTES, NO_BYTES };
	struct span out;

	arena_reset(&a);
	names.requested = names.device = name("/CN=x");
	CHECK_ERR(cmp_fill_name(&names, test_hex(&a, "30 02 31 00 00"), &a, &out), E_CMP_TEMPLATE);
	CHECK_ERR(cmp_fill_name(&names, test_hex(&a, "30 04 31 02 05 00"), &a, &out),
	          E_CMP_TEMPLATE);
	CHECK_ERR(cmp_fill_name(&names, test_hex(&a, "30 09 31 07 30 05 06 03 55 04 03"), &a, &out),
	          E_CMP_TEMPLATE);
}

const struct test_suite suite_cmp_fill = {
	"cmp/fill",
	{
		{ "empty values are filled in", fills_what_is_empty },
		{ "a device without a name goes by its number",
	          calls_a_nameless_device_by_its_number },
		{ "unknown values are left out", leaves_out_what_it_does_not_know },
		{ "given values stay", keeps_what_is_given },
		{ "the kind of string fits the value", chooses_a_string_that_fits },
		{ "several attributes in one RDN", sets_of_attributes },
		{ "several attributes are put in order", puts_sets_in_order },
		{ "what is not UTF-8 is left out", leaves_out_what_is_not_utf8 },
		{ "what is no name is refused", refuses_what_is_no_name },
	}
};
