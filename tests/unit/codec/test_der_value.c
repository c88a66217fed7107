/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "platform/codec/der.h"
#include "tests/unit/test.h"

static uint8_t block[4096];
static enum err e;

/* A cursor on hex text; the fault is in e. */
static struct der on(const char *text)
{
	static struct arena a;

	a = (struct arena){ block, sizeof block, 0 };
	return der_open(test_hex(&a, text), &e);
}

#define FAULT(getter, text, want)                   \
	do {                                        \
		struct der fault_cursor = on(text); \
                                                    \
		(void)getter(&fault_cursor);        \
		CHECK_ERR(e, (want));               \
	} while (0)

/* A fault, and zero in place of a value. */
#define NOTHING(getter, text, want)                          \
	do {                                                 \
		struct der nothing_cursor = on(text);        \
                                                             \
		CU_ASSERT_EQUAL(getter(&nothing_cursor), 0); \
		CHECK_ERR(e, (want));                        \
	} while (0)

#define VALUE(getter, text, want)                               \
	do {                                                    \
		struct der value_cursor = on(text);             \
                                                                \
		CU_ASSERT_EQUAL(getter(&value_cursor), (want)); \
		der_end(&value_cursor);                         \
		CHECK_OK(e);                                    \
	} while (0)

static void booleans(void)
{
	struct der c;

	VALUE(der_bool, "0101ff", true);
	VALUE(der_bool, "010100", false);
	NOTHING(der_bool, "010101", E_NOT_DER);
	NOTHING(der_bool, "0100", E_NOT_DER);
	NOTHING(der_bool, "0102ffff", E_NOT_DER);
	NOTHING(der_bool, "0201ff", E_UNEXPECTED);
	NOTHING(der_bool, "", E_TRUNCATED);
	c = on("010100");
	CU_ASSERT_FALSE(der_bool_default(&c, false));
	CHECK_ERR(e, E_NOT_DER); /* an encoded DEFAULT */
	c = on("0101ff");
	CU_ASSERT(der_bool_default(&c, true));
	CHECK_ERR(e, E_NOT_DER);
	c = on("010100");
	CU_ASSERT_FALSE(der_bool_default(&c, true));
	CHECK_OK(e);
	c = on("010142");
	CU_ASSERT_FALSE(der_bool_default(&c, false));
	CHECK_ERR(e, E_NOT_DER);
}

static void nulls(void)
{
	struct der c = on("0500");

	der_null(&c);
	CHECK_OK(e);
	c = on("050100");
	der_null(&c);
	CHECK_ERR(e, E_NOT_DER);
	c = on("0400");
	der_null(&c);
	CHECK_ERR(e, E_UNEXPECTED);
}

static void unsigned_integers(void)
{
	VALUE(der_uint, "020100", 0);
	VALUE(der_uint, "02017f", 127);
	VALUE(der_uint, "02020080", 128);
	VALUE(der_uint, "02047fffffff", INT32_MAX);
	VALUE(der_uint, "020500ffffffff", UINT32_MAX);
	NOTHING(der_uint, "02050100000000", E_RANGE);
	NOTHING(der_uint, "0206008000000000", E_RANGE);
	NOTHING(der_uint, "0201ff", E_RANGE);
	NOTHING(der_uint, "020480000000", E_RANGE);
	NOTHING(der_uint, "0200", E_NOT_DER);
	NOTHING(der_uint, "02020000", E_NOT_DER);
	NOTHING(der_uint, "0202007f", E_NOT_DER);
	NOTHING(der_uint, "0202ff80", E_NOT_DER);
	NOTHING(der_uint, "0a0100", E_UNEXPECTED);
}

static void signed_integers(void)
{
	VALUE(der_int, "020100", 0);
	VALUE(der_int, "0201ff", -1);
	VALUE(der_int, "020180", -128);
	VALUE(der_int, "0202ff7f", -129);
	VALUE(der_int, "02020080", 128);
	VALUE(der_int, "02087fffffffffffffff", INT64_MAX);
	VALUE(der_int, "02088000000000000000", INT64_MIN);
	NOTHING(der_int, "0209008000000000000000", E_RANGE);
	NOTHING(der_int, "0209ff7fffffffffffffff", E_RANGE);
	NOTHING(der_int, "0202ffff", E_NOT_DER);
	NOTHING(der_int, "0202ff80", E_NOT_DER);
	NOTHING(der_int, "0200", E_NOT_DER);
}

static void big_integers(void)
{
	struct der c = on("0215 00ffffffffffffffffffffffffffffffffffffffff");
	struct span s = der_integer(&c);

	CHECK_OK(e);
	CU_ASSERT_EQUAL(s.n, 21);
	CU_ASSERT(s.p[0] == 0 && s.p[20] == 0xff);
	FAULT(der_integer, "0200", E_NOT_DER);
	FAULT(der_integer, "02030000ff", E_NOT_DER);
	FAULT(der_integer, "0203ffff00", E_NOT_DER);
}

static void bit_strings(void)
{
	struct der c = on("0303 04abc0");
	struct span s = der_bits(&c);

	CHECK_OK(e);
	CU_ASSERT(s.n == 3 && s.p[0] == 4);
	FAULT(der_bits, "0300", E_NOT_DER);
	FAULT(der_bits, "030101", E_NOT_DER); /* no bits to be unused */
	FAULT(der_bits, "03020800", E_NOT_DER);
	FAULT(der_bits, "0302ff00", E_NOT_DER);
	FAULT(der_bits, "03020101", E_NOT_DER);
	FAULT(der_bits, "0302077f", E_NOT_DER);
	FAULT(der_bits, "2303030100", E_UNEXPECTED); /* constructed: BER */
	c = on("030100");
	CU_ASSERT_EQUAL(der_bits(&c).n, 1);
	CHECK_OK(e);
	c = on("030100");
	CU_ASSERT_EQUAL(der_bit_octets(&c).n, 0);
	CHECK_OK(e);
	c = on("0303 00abcd");
	s = der_bit_octets(&c);
	CHECK_OK(e);
	CU_ASSERT(s.n == 2 && s.p[0] == 0xab);
	FAULT(der_bit_octets, "030204a0", E_RANGE);
	FAULT(der_bit_octets, "0300", E_NOT_DER);
}

static void flags(void)
{
	VALUE(der_flags, "030100", 0);
	VALUE(der_flags, "03020780", 1 << 0);
	VALUE(der_flags, "03020001", 1 << 7);
	VALUE(der_flags, "0303078080", 1 << 0 | 1 << 8);
	VALUE(der_flags, "0303070080", 1 << 8);
	VALUE(der_flags, "030205a0", 1 << 0 | 1 << 2);
	VALUE(der_flags, "03050000000001", UINT32_C(1) << 31);
	VALUE(der_flags, "030500ffffffff", UINT32_MAX);
	NOTHING(der_flags, "03020080", E_NOT_DER); /* zero bits at the end */
	NOTHING(der_flags, "03020700", E_NOT_DER);
	NOTHING(der_flags, "03020000", E_NOT_DER);
	NOTHING(der_flags, "0303008000", E_NOT_DER);
	NOTHING(der_flags, "0306070000000080", E_RANGE);
	NOTHING(der_flags, "0300", E_NOT_DER);

	struct der c = on("81020780");

	CU_ASSERT_EQUAL(der_flags_of(&c, DER_CONTEXT_PRIMITIVE(1)), 1);
	CHECK_OK(e);
	c = on("810107");
	CU_ASSERT_EQUAL(der_flags_of(&c, DER_CONTEXT_PRIMITIVE(1)), 0);
	CHECK_ERR(e, E_NOT_DER);
}

static void times(void)
{
	VALUE(der_time, "170d 3236313132333039303030305a", 1795424400);
	VALUE(der_time, "180f 32303236313132333039303030305a", 1795424400);
	VALUE(der_generalized_time, "180f 32303236313132333039303030305a", 1795424400);
	VALUE(der_time, "180f 39393939313233313233353935395a", INT64_C(253402300799));
	NOTHING(der_generalized_time, "170d 3236313132333039303030305a", E_UNEXPECTED);
	NOTHING(der_time, "0401 00", E_UNEXPECTED);
	NOTHING(der_time, "1700", E_TEXT);
	NOTHING(der_time, "170b 32363131323330393030 5a", E_TEXT); /* without seconds: BER */
	NOTHING(der_time, "1811 32303236313132333039303030302e355a", E_TEXT);
	NOTHING(der_time, "170d 3236313333333039303030305a", E_RANGE);
	NOTHING(der_time, "", E_TRUNCATED);
}

static void object_identifiers(void)
{
	struct der c = on("0603 2a8603");

	CU_ASSERT_EQUAL(der_oid(&c).n, 3);
	CHECK_OK(e);
	FAULT(der_oid, "0600", E_NOT_DER);
	FAULT(der_oid, "0601 80", E_NOT_DER);
	FAULT(der_oid, "0602 2a80", E_NOT_DER);
	FAULT(der_oid, "0602 2a86", E_NOT_DER);
	FAULT(der_oid, "0602 8001", E_NOT_DER);
	FAULT(der_oid, "0603 2a8001", E_NOT_DER);
	FAULT(der_oid, "0604 2a868001", OK); /* 80 inside an arc is a digit like others */
	FAULT(der_oid, "0d01 2a", E_UNEXPECTED);
}

static void oid_is(const char *text, const char *want)
{
	struct der c = on(text);
	char out[64];

	CU_ASSERT_STRING_EQUAL(der_oid_text(der_oid(&c), out, sizeof out), want);
	CHECK_OK(e);
}

static void oids_as_text(void)
{
	oid_is("0601 00", "0.0");
	oid_is("0601 27", "0.39");
	oid_is("0601 28", "1.0");
	oid_is("0601 4f", "1.39");
	oid_is("0601 50", "2.0");
	oid_is("0603 8837 03", "2.999.3");
	oid_is("0609 2a864886f70d010702", "1.2.840.113549.1.7.2");
	oid_is("0606 2a 8fffffff7f", "1.2.4294967295");
	oid_is("0606 2a 9080808000", "1.2.4294967296");
	oid_is("060b 2a 81ffffffffffffffff7f", "1.2.18446744073709551615");
	oid_is("060b 2a 82808080808080808000", "1.2...");
	oid_is("060c 2a 8280808080808080808000 ", "1.2...");
	oid_is("060b 81ffffffffffffffff7f 01", "2.18446744073709551535.1");
}

/* Room is given for one character less each time: never too long, and cut at an arc. */
static void oid_text_is_cut_at_an_arc(void)
{
	static const char whole[] = "1.2.840.113549";
	struct der c = on("0606 2a864886f70d");
	struct span oid = der_oid(&c);
	char out[32];

	for (size_t cap = 0; cap <= sizeof out; cap++) {
		const char *text = der_oid_text(oid, out, cap);
		const char *dots = strstr(text, "...");

		CU_ASSERT(cap == 0 || strlen(text) < cap);
		if (cap >= sizeof whole) {
			CU_ASSERT_STRING_EQUAL(text, whole);
		} else if (cap >= 4) {
			CU_ASSERT_PTR_NOT_NULL_FATAL(dots);
			CU_ASSERT(strncmp(text, whole, (size_t)(dots - text)) == 0);
			CU_ASSERT(dots == text || whole[dots - text] == '.');
		} else {
			CU_ASSERT_STRING_EQUAL(text, "");
		}
	}
	CU_ASSERT_STRING_EQUAL(der_oid_text(oid, out, 8), "1.2...");
	c = on("0602 2a03");
	oid = der_oid(&c);
	CU_ASSERT_STRING_EQUAL(der_oid_text(oid, out, 6), "1.2.3");
	CU_ASSERT_STRING_EQUAL(der_oid_text(oid, out, 5), "...");
	CU_ASSERT_STRING_EQUAL(der_oid_text(NO_BYTES, out, sizeof out), "");
}

const struct test_suite suite_codec_der_value = {
	"codec/der_value",
	{
		{ "BOOLEAN", booleans },
		{ "NULL", nulls },
		{ "INTEGER up to 32 bits", unsigned_integers },
		{ "INTEGER up to eight octets", signed_integers },
		{ "INTEGER of any size", big_integers },
		{ "BIT STRING", bit_strings },
		{ "named bits", flags },
		{ "Time", times },
		{ "OBJECT IDENTIFIER", object_identifiers },
		{ "OBJECT IDENTIFIER as text", oids_as_text },
		{ "its text is cut at an arc", oid_text_is_cut_at_an_arc },
	}
};
