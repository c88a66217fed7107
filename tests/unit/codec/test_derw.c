/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "platform/codec/derw.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 18];

static void writes(const struct derw *w, const char *hex)
{
	struct arena a = ARENA_ON(block);
	struct span out;

	CHECK_OK(derw_end(w, &out));
	CU_ASSERT(span_equal(out, test_hex(&a, hex)));
}

#define WRITES(hex, call)                         \
	do {                                      \
		uint8_t written[64];              \
		struct derw w = DERW_ON(written); \
                                                  \
		call;                             \
		writes(&w, hex);                  \
	} while (0)

static void values(void)
{
	static const uint8_t zeros[] = { 0, 0, 0 }, high[] = { 0, 0, 0x80, 1 }, low[] = { 0x7f };

	WRITES("020100", derw_uint(&w, 0));
	WRITES("02020080", derw_uint(&w, 128));
	WRITES("020500ffffffff", derw_uint(&w, UINT32_MAX));
	WRITES("0201ff", derw_int(&w, -1));
	WRITES("020180", derw_int(&w, -128));
	WRITES("0202ff7f", derw_int(&w, -129));
	WRITES("02088000000000000000", derw_int(&w, INT64_MIN));
	WRITES("02087fffffffffffffff", derw_int(&w, INT64_MAX));
	WRITES("020100", derw_integer(&w, SPAN(zeros)));
	WRITES("020100", derw_integer(&w, NO_BYTES));
	WRITES("0203008001", derw_integer(&w, SPAN(high)));
	WRITES("02017f", derw_integer(&w, SPAN(low)));
	WRITES("0101ff", derw_bool(&w, true));
	WRITES("010100", derw_bool(&w, false));
	WRITES("0500", derw_null(&w));
	WRITES("03020080", derw_bits(&w, (struct span){ high + 2, 1 }));
	WRITES("030100", derw_bits(&w, NO_BYTES));
	WRITES("0c026f6b", derw_text(&w, DER_UTF8, "ok"));
	WRITES("0c00", derw_text(&w, DER_UTF8, ""));
	WRITES("42", derw_byte(&w, 0x42));
	WRITES("", derw_raw(&w, NO_BYTES));
	WRITES("8400", derw_put(&w, DER_CONTEXT_PRIMITIVE(4), NO_BYTES));
}

static void named_bits_end_with_the_last_set(void)
{
	WRITES("030100", derw_flags(&w, 0));
	WRITES("03020780", derw_flags(&w, 1 << 0));
	WRITES("03020001", derw_flags(&w, 1 << 7));
	WRITES("0303078080", derw_flags(&w, 1 << 0 | 1 << 8));
	WRITES("03050000000001", derw_flags(&w, UINT32_C(1) << 31));
	for (uint32_t flags = 1; flags != 0; flags += flags / 3 + 1) {
		uint8_t b[8];
		struct derw w = DERW_ON(b);
		struct span out;
		struct der c;
		enum err e;

		derw_flags(&w, flags);
		CHECK_OK(derw_end(&w, &out));
		c = der_open(out, &e);
		CU_ASSERT_EQUAL(der_flags(&c), flags);
		CHECK_OK(e);
		if (flags > UINT32_MAX / 4 * 3)
			break;
	}
}

/* RFC 5280 4.1.2.5: through 2049 UTCTime, then GeneralizedTime. */
static void times(void)
{
	WRITES("170d 3439313233313233353935395a", derw_time(&w, INT64_C(2524607999)));
	WRITES("180f 32303530303130313030303030305a", derw_time(&w, INT64_C(2524608000)));
	WRITES("170d 3530303130313030303030305a", derw_time(&w, -631152000));
	WRITES("180f 31393439313233313233353935395a", derw_time(&w, -631152001));
	WRITES("180f 32303236313132333039303030305a", derw_generalized_time(&w, 1795424400));
}

static void lengths_take_the_octets_they_need(void)
{
	static const size_t n[] = { 0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000 };
	static uint8_t content[0x10000], out[0x10000 + 16];

	for (size_t i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
		struct derw w = DERW_ON(out);
		struct span all, back;
		struct der c, inner;
		enum err e;

		IN (&w, DER_SEQUENCE) {
			derw_put(&w, DER_OCTET_STRING, (struct span){ content, n[i] });
			derw_uint(&w, 5);
		}
		CHECK_OK(derw_end(&w, &all));
		c = der_open(all, &e);
		inner = der_enter(&c, DER_SEQUENCE);
		back = der_get(&inner, DER_OCTET_STRING);
		CU_ASSERT(span_equal(back, (struct span){ content, n[i] }));
		CU_ASSERT_EQUAL(der_uint(&inner), 5);
		der_end(&inner);
		der_end(&c);
		CHECK_OK(e);
	}
}

/* Something with length octets that grow after the content was written. */
static void put_nested(struct derw *w)
{
	static const uint8_t octets[120] = { 1, 2, 3 };

	IN (w, DER_SEQUENCE) {
		derw_uint(w, 2);
		IN (w, DER_CONTEXT(0)) {
			IN (w, DER_SEQUENCE) {
				derw_put(w, DER_OCTET_STRING, SPAN(octets));
				derw_put(w, DER_OCTET_STRING, SPAN(octets));
				derw_bool(w, true);
			}
		}
		derw_flags(w, 5);
	}
}

static void running_out_of_room_is_kept(void)
{
	static uint8_t whole[512];
	struct derw all = DERW_ON(whole);
	struct span out, part;

	put_nested(&all);
	CHECK_OK(derw_end(&all, &out));
	for (size_t cap = 0; cap <= out.n; cap++) {
		uint8_t *small = malloc(cap > 0 ? cap : 1); /* the sanitizer watches its end */
		struct derw w = { small, cap, 0, 0, OK };

		put_nested(&w);
		if (cap < out.n) {
			CHECK_ERR(derw_end(&w, &part), E_SPACE);
			CU_ASSERT_PTR_NULL(part.p);
		} else {
			CHECK_OK(derw_end(&w, &part));
			CU_ASSERT(span_equal(part, out));
		}
		free(small);
	}
}

static void an_element_left_open_is_a_bug(void)
{
	uint8_t b[16];
	struct derw w = DERW_ON(b);
	struct span out;

	derw_open(&w, DER_SEQUENCE);
	CHECK_ERR(derw_end(&w, &out), E_BUG);
	CU_ASSERT_EQUAL(out.n, 0);
}

static void writers_live_in_an_arena(void)
{
	uint8_t small[64];
	struct arena a = ARENA_ON(small);
	struct derw w = derw_in(&a, 16), none;
	struct span out;

	derw_uint(&w, 1);
	CHECK_OK(derw_end(&w, &out));
	CU_ASSERT(out.p >= small && out.p < small + sizeof small);
	none = derw_in(&a, 64);
	derw_null(&none);
	CHECK_ERR(derw_end(&none, &out), E_SPACE);
}

static void sets_are_sorted(void)
{
	static uint8_t sorted[2048];
	uint32_t seed = 3;

	for (int round = 0; round < 300; round++) {
		struct derw w = DERW_ON(sorted);
		struct span out, content;
		struct der c;
		enum err e;
		size_t sum = 0, want = 0, mark = derw_open(&w, DER_SET);

		for (int k = 0; k < round % 12; k++) {
			uint8_t b[8];
			size_t n;

			seed = seed * 1664525 + 1013904223;
			n = seed >> 24 & 3;
			for (size_t i = 0; i < sizeof b; i++)
				b[i] = (uint8_t)(seed >> (8 + i) & 3);
			for (size_t i = 0; i < n; i++)
				want += b[i] + 1u;
			derw_put(&w, k % 3 ? DER_UTF8 : DER_OCTET_STRING, (struct span){ b, n });
		}
		derw_sort_set(&w, mark);
		derw_close(&w, mark);
		CHECK_OK(derw_end(&w, &out));
		c = der_open(out, &e);
		content = der_get(&c, DER_SET);
		CU_ASSERT(der_set_ordered(content));
		c = der_open(content, &e); /* nothing got lost on the way */
		while (der_more(&c)) {
			struct span s = der_get(&c,
			                        der_at(&c, DER_UTF8) ? DER_UTF8 : DER_OCTET_STRING);

			for (size_t i = 0; i < s.n; i++)
				sum += s.p[i] + 1u;
		}
		CHECK_OK(e);
		CU_ASSERT_EQUAL(sum, want);
	}
}

static void sorting_what_is_no_der_fails(void)
{
	uint8_t b[16];
	struct derw w = DERW_ON(b);
	struct span out;
	size_t mark = derw_open(&w, DER_SET);

	derw_byte(&w, 0x0c);
	derw_byte(&w, 5);
	derw_sort_set(&w, mark);
	derw_close(&w, mark);
	CU_ASSERT_NOT_EQUAL(derw_end(&w, &out), OK);
}

static void put_one_of_each(struct derw *w)
{
	static const uint8_t oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d };
	static const uint8_t octets[120] = { 1, 2, 3 };
	size_t mark;

	IN (w, DER_SEQUENCE) {
		derw_int(w, -129);
		derw_uint(w, UINT32_MAX);
		derw_put(w, DER_OID, SPAN(oid));
		derw_bool(w, true);
		derw_null(w);
		derw_time(w, 1795424400);
		derw_generalized_time(w, 1795424400);
		derw_put(w, DER_OCTET_STRING, SPAN(octets));
		derw_flags(w, 5);
		mark = derw_open(w, DER_SET);
		derw_text(w, DER_UTF8, "b");
		derw_text(w, DER_UTF8, "a");
		derw_text(w, DER_PRINTABLE, "a");
		derw_sort_set(w, mark);
		derw_close(w, mark);
	}
}

/* How each line of the foreign judge begins: offset, depth, lengths, type, value. */
static const char *const judged[] = {
	"    0:d=0  hl=3 l= 193 cons: SEQUENCE",
	"    3:d=1  hl=2 l=   2 prim: INTEGER           :-81",
	"    7:d=1  hl=2 l=   5 prim: INTEGER           :FFFFFFFF",
	"   14:d=1  hl=2 l=   6 prim: OBJECT            :",
	"   22:d=1  hl=2 l=   1 prim: BOOLEAN           :255",
	"   25:d=1  hl=2 l=   0 prim: NULL",
	"   27:d=1  hl=2 l=  13 prim: UTCTIME           :261123090000Z",
	"   42:d=1  hl=2 l=  15 prim: GENERALIZEDTIME   :20261123090000Z",
	"   59:d=1  hl=2 l= 120 prim: OCTET STRING      [HEX DUMP]:010203000000",
	"  181:d=1  hl=2 l=   2 prim: BIT STRING",
	"  185:d=1  hl=2 l=   9 cons: SET",
	"  187:d=2  hl=2 l=   1 prim: UTF8STRING        :a",
	"  190:d=2  hl=2 l=   1 prim: UTF8STRING        :b",
	"  193:d=2  hl=2 l=   1 prim: PRINTABLESTRING   :a",
};

static void openssl_reads_it(void)
{
	char path[256], command[512], line[512];
	uint8_t message[256];
	struct derw w = DERW_ON(message);
	struct span out;
	FILE *f;

	if (system("openssl version >/dev/null 2>&1") != 0) {
		test_skip("openssl is not here");
		return;
	}
	put_one_of_each(&w);
	CHECK_OK(derw_end(&w, &out));
	snprintf(path, sizeof path, "%s/message.der", test_tmpdir());
	f = fopen(path, "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fwrite(out.p, 1, out.n, f), out.n);
	fclose(f);
	snprintf(command, sizeof command, "openssl asn1parse -inform DER -in %s 2>&1", path);
	f = popen(command, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
		if (fgets(line, sizeof line, f) == NULL)
			strcpy(line, "nothing");
		line[strlen(judged[i])] = '\0'; /* each begins so */
		CU_ASSERT_STRING_EQUAL(line, judged[i]);
	}
	CU_ASSERT_PTR_NULL(fgets(line, sizeof line, f));
	CU_ASSERT_EQUAL(pclose(f), 0);
}

const struct test_suite suite_codec_derw = {
	"codec/derw",
	{
		{ "values", values },
		{ "named bits end with the last one set", named_bits_end_with_the_last_set },
		{ "times", times },
		{ "lengths take the octets they need", lengths_take_the_octets_they_need },
		{ "running out of room is kept", running_out_of_room_is_kept },
		{ "an element left open is a bug", an_element_left_open_is_a_bug },
		{ "writers live in an arena", writers_live_in_an_arena },
		{ "sets are sorted", sets_are_sorted },
		{ "sorting what is no DER fails", sorting_what_is_no_der_fails },
		{ "openssl reads it", openssl_reads_it },
	}
};
