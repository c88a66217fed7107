/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/codec/der.h"
#include "tests/unit/test.h"

static uint8_t block[4096];

static struct span hex(const char *text)
{
	static struct arena a;

	a = (struct arena){ block, sizeof block, 0 };
	return test_hex(&a, text);
}

/* Exactly as many bytes as there are on the heap, so that the sanitizer sees one too far. */
static uint8_t *exact(struct span s)
{
	uint8_t *p = malloc(s.n > 0 ? s.n : 1);

	if (p != NULL && s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

/* The fault that reading one element with this header leads to. */
static enum err element(const char *text)
{
	enum err e;
	struct der c = der_open(hex(text), &e);
	struct span s = der_element(&c);

	CU_ASSERT(e == OK ? s.n >= 2 : s.n == 0 && s.p == NULL);
	der_end(&c);
	CU_ASSERT_EQUAL(c.n, 0);
	return e;
}

static void lengths_are_minimal_and_definite(void)
{
	CHECK_OK(element("04 00"));
	CHECK_OK(element("04 01 00"));
	CHECK_ERR(element(""), E_TRUNCATED);
	CHECK_ERR(element("04"), E_TRUNCATED);
	CHECK_ERR(element("04 01"), E_TRUNCATED);
	CHECK_ERR(element("04 81"), E_TRUNCATED);
	CHECK_ERR(element("04 82 01"), E_TRUNCATED);
	CHECK_ERR(element("04 81 80"), E_TRUNCATED);
	CHECK_ERR(element("04 81 01 00"), E_NOT_DER);
	CHECK_ERR(element("04 81 7f"), E_NOT_DER);
	CHECK_ERR(element("04 82 00 80"), E_NOT_DER);
	CHECK_ERR(element("04 83 00 ff ff"), E_NOT_DER);
	CHECK_ERR(element("30 80 00 00"), E_NOT_DER);
	CHECK_ERR(element("04 84 00 00 00 01 00"), E_NOT_DER);
	CHECK_ERR(element("04 85 01 00 00 00 00 00"), E_RANGE);
	CHECK_ERR(element("04 84 ff ff ff ff"), E_TRUNCATED);
	CHECK_ERR(element("04 ff"), E_RANGE);
	CHECK_ERR(element("04 83 ff ff ff"), E_TRUNCATED);
	CHECK_ERR(element("04 00 00"), E_TRAILING);
}

static void a_single_byte_is_more(void)
{
	enum err e;
	struct der c = der_open(hex("05"), &e);

	CU_ASSERT(der_more(&c) && der_at(&c, DER_NULL));
	der_fail(&c, E_RANGE);
	CU_ASSERT_EQUAL(c.n, 0);
}

static void tags_of_no_syntax_are_refused(void)
{
	CHECK_ERR(element("00 00"), E_UNEXPECTED);
	CHECK_ERR(element("1f 01 00"), E_UNEXPECTED);
	CHECK_ERR(element("3f 01 00"), E_UNEXPECTED);
	CHECK_ERR(element("bf 1f 00"), E_UNEXPECTED);
	CHECK_OK(element("be 00"));
	CHECK_OK(element("80 00"));
}

static void every_length_form_is_read(void)
{
	static uint8_t big[0x10000 + 8];
	static const struct {
		size_t n, head;
		uint8_t octets[5];
	} form[] = {
		{ 0x7f, 2, { 4, 0x7f } },
		{ 0x80, 3, { 4, 0x81, 0x80 } },
		{ 0xff, 3, { 4, 0x81, 0xff } },
		{ 0x100, 4, { 4, 0x82, 1, 0 } },
		{ 0xffff, 4, { 4, 0x82, 0xff, 0xff } },
		{ 0x10000, 5, { 4, 0x83, 1, 0, 0 } },
	};

	for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
		enum err e;
		struct der c;
		struct span content;

		memcpy(big, form[i].octets, form[i].head);
		c = der_open((struct span){ big, form[i].head + form[i].n }, &e);
		content = der_get(&c, DER_OCTET_STRING);
		der_end(&c);
		CHECK_OK(e);
		CU_ASSERT_EQUAL(content.n, form[i].n);
		CU_ASSERT_PTR_EQUAL(content.p, big + form[i].head);
		c = der_open((struct span){ big, form[i].head + form[i].n - 1 }, &e);
		der_get(&c, DER_OCTET_STRING);
		CHECK_ERR(e, E_TRUNCATED);
	}
}

/*
 * A syntax with one field of each kind:
 *
 * SEQUENCE { version INTEGER, critical BOOLEAN DEFAULT FALSE, serial INTEGER,
 *     id OBJECT IDENTIFIER, key BIT STRING, usage [1] KeyUsage OPTIONAL,
 *     when Time, names SET OF UTF8String, nothing NULL }
 */
struct sample {
	uint32_t version;
	bool critical;
	struct span serial, id, key, name;
	uint32_t usage;
	int64_t when;
};

static const char sample_hex[] = "30 39 020103 0101ff 02020080 0603 2a0304 0303 00abcd 8102 0186"
				 "170d 3236313132333039303030305a 310a 0c0161 0c026263 0c0164"
				 "0500 0c02 6f6b";

static enum err sample_read(struct span in, struct sample *out)
{
	enum err e;
	struct der c = der_open(in, &e);
	struct der s = der_enter(&c, DER_SEQUENCE);
	struct der names;

	out->version = der_uint(&s);
	out->critical = der_bool_default(&s, false);
	out->serial = der_integer(&s);
	out->id = der_oid(&s);
	out->key = der_bit_octets(&s);
	if (der_at(&s, DER_CONTEXT_PRIMITIVE(1)))
		out->usage = der_flags_of(&s, DER_CONTEXT_PRIMITIVE(1));
	out->when = der_time(&s);
	names = der_enter(&s, DER_SET);
	while (der_more(&names))
		out->name = der_get(&names, DER_UTF8);
	der_end(&names);
	der_null(&s);
	out->name = der_get(&s, DER_UTF8);
	der_end(&s);
	der_end(&c);
	return e;
}

static void a_parser_is_its_syntax(void)
{
	struct sample v = { 0 };

	CHECK_OK(sample_read(hex(sample_hex), &v));
	CU_ASSERT_EQUAL(v.version, 3);
	CU_ASSERT(v.critical);
	CU_ASSERT(v.serial.n == 2 && v.serial.p[1] == 0x80);
	CU_ASSERT_EQUAL(v.id.n, 3);
	CU_ASSERT(v.key.n == 2 && v.key.p[0] == 0xab);
	CU_ASSERT_EQUAL(v.usage, 1 << 0 | 1 << 5 | 1 << 6);
	CU_ASSERT_EQUAL(v.when, 1795424400);
	CU_ASSERT(span_is(v.name, "ok"));
}

static void every_prefix_is_refused(void)
{
	struct span good = hex(sample_hex);
	struct sample v;

	for (size_t n = 0; n < good.n; n++) {
		uint8_t *p = exact((struct span){ good.p, n });

		CHECK_ERR(sample_read((struct span){ p, n }, &v), E_TRUNCATED);
		free(p);
	}
	CHECK_OK(sample_read(good, &v));
}

/* Also with the outer length corrected, so that the fault is met deep inside. */
static void every_shortened_content_is_refused(void)
{
	struct span good = hex(sample_hex);
	struct sample v;

	for (size_t n = 2; n < good.n; n++) {
		uint8_t *p = exact((struct span){ good.p, n });

		p[1] = (uint8_t)(n - 2);
		CU_ASSERT_NOT_EQUAL(sample_read((struct span){ p, n }, &v), OK);
		free(p);
	}
}

static void random_changes_do_no_harm(void)
{
	struct span good = hex(sample_hex);
	uint32_t seed = 7;
	unsigned accepted = 0;

	for (int round = 0; round < 100000; round++) {
		uint8_t *p = exact(good);
		struct sample v;

		for (int k = 0; k < 2; k++) {
			seed = seed * 1664525 + 1013904223;
			p[(seed >> 8) % good.n] = (uint8_t)(seed >> 24);
		}
		accepted += sample_read((struct span){ p, good.n }, &v) == OK;
		free(p);
	}
	CU_ASSERT(accepted > 0 && accepted < 50000);
}

static void the_first_fault_is_kept(void)
{
	enum err e;
	struct der c = der_open(hex("0201ff 0101ff"), &e);

	CU_ASSERT(der_ok(&c) && der_more(&c));
	CU_ASSERT_EQUAL(der_uint(&c), 0);
	CHECK_ERR(e, E_RANGE);
	CU_ASSERT_STRING_EQUAL(err_reason(e), "an INTEGER is negative");
	CU_ASSERT_FALSE(der_bool(&c));
	der_null(&c);
	der_end(&c);
	CU_ASSERT_PTR_NULL(der_element(&c).p);
	CU_ASSERT_EQUAL(der_get(&c, DER_BOOLEAN).n, 0);
	CU_ASSERT_EQUAL(der_int(&c), 0);
	CU_ASSERT_EQUAL(der_flags(&c), 0);
	CU_ASSERT_EQUAL(der_time(&c), 0);
	CU_ASSERT_FALSE(der_skip(&c, DER_BOOLEAN));
	CU_ASSERT(!der_ok(&c) && !der_more(&c) && !der_at(&c, DER_BOOLEAN));
	CU_ASSERT_FALSE(der_bool_default(&c, false));
	CU_ASSERT(der_bool_default(&c, true));
	CHECK_ERR(e, E_RANGE);
	CU_ASSERT_STRING_EQUAL(err_reason(e), "an INTEGER is negative");
}

static void a_callers_fault_stops_all_cursors(void)
{
	enum err e;
	struct der c = der_open(hex("3003 020101 0500"), &e);
	struct der inner = der_enter(&c, DER_SEQUENCE);

	der_fail(&inner, E_ALGORITHM);
	der_fail(&inner, E_RANGE);
	der_null(&c);
	CHECK_ERR(e, E_ALGORITHM);
	CU_ASSERT_FALSE(der_more(&c));
}

static void optional_fields(void)
{
	enum err e;
	struct der c = der_open(hex("0500 0101ff"), &e);

	CU_ASSERT_FALSE(der_skip(&c, DER_BOOLEAN));
	CU_ASSERT(der_skip(&c, DER_NULL));
	CU_ASSERT_FALSE(der_skip(&c, DER_NULL));
	CU_ASSERT(der_bool_default(&c, false));
	CU_ASSERT(der_bool_default(&c, true)); /* absent */
	der_end(&c);
	CHECK_OK(e);
}

static void elements_keep_their_header(void)
{
	enum err e;
	struct span in = hex("3003 020107 0500");
	struct der c = der_open(in, &e);
	struct span s = der_element_of(&c, DER_SEQUENCE);
	struct der again = der_within(&c, s);
	struct der inner = der_enter(&again, DER_SEQUENCE);

	CU_ASSERT(s.p == in.p && s.n == 5);
	CU_ASSERT_EQUAL(der_uint(&inner), 7);
	der_end(&inner);
	CHECK_OK(e);
	der_element_of(&c, DER_OCTET_STRING);
	CHECK_ERR(e, E_UNEXPECTED);
	CU_ASSERT_STRING_EQUAL(err_reason(e), "found tag 05, expected 04");
}

static void depth_is_bounded(void)
{
	uint8_t nest[2 * (DER_DEPTH_MAX + 2)];
	enum err e;
	struct der c;
	unsigned depth = 0;

	for (size_t i = 0; i < sizeof nest; i += 2) {
		nest[i] = DER_SEQUENCE;
		nest[i + 1] = (uint8_t)(sizeof nest - i - 2);
	}
	c = der_open(SPAN(nest), &e);
	while (der_more(&c)) {
		c = der_enter(&c, DER_SEQUENCE);
		depth++;
	}
	CHECK_ERR(e, E_RANGE);
	CU_ASSERT_EQUAL(depth, DER_DEPTH_MAX + 1);
	c = der_open((struct span){ nest + 4, sizeof nest - 4 }, &e);
	while (der_more(&c))
		c = der_enter(&c, DER_SEQUENCE);
	CHECK_OK(e);
}

static void sets_are_in_order(void)
{
	CU_ASSERT(der_set_ordered(NO_BYTES));
	CU_ASSERT(der_set_ordered(hex("0c0161")));
	CU_ASSERT(der_set_ordered(hex("0c0161 0c0162 0c020000")));
	CU_ASSERT(der_set_ordered(hex("0c0161 0c0161")));
	CU_ASSERT(der_set_ordered(hex("0201ff 0c0100")));
	CU_ASSERT_FALSE(der_set_ordered(hex("0c0162 0c0161")));
	CU_ASSERT_FALSE(der_set_ordered(hex("0c0161 0c0163 0c0162")));
	CU_ASSERT_FALSE(der_set_ordered(hex("0c020000 0c0161"))); /* the length decides */
	CU_ASSERT_FALSE(der_set_ordered(hex("0c0161 0c02")));
}

const struct test_suite suite_codec_der = {
	"codec/der",
	{
		{ "lengths are minimal and definite", lengths_are_minimal_and_definite },
		{ "a single byte is more", a_single_byte_is_more },
		{ "tags of no syntax are refused", tags_of_no_syntax_are_refused },
		{ "every form of a length is read", every_length_form_is_read },
		{ "a parser is its syntax", a_parser_is_its_syntax },
		{ "every prefix is refused", every_prefix_is_refused },
		{ "every shortened content is refused", every_shortened_content_is_refused },
		{ "random changes do no harm", random_changes_do_no_harm },
		{ "the first fault is kept", the_first_fault_is_kept },
		{ "a caller's fault stops all cursors", a_callers_fault_stops_all_cursors },
		{ "optional fields", optional_fields },
		{ "elements keep their header", elements_keep_their_header },
		{ "depth is bounded", depth_is_bounded },
		{ "sets are in order", sets_are_in_order },
	}
};
