/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as they are shown, good and malformed. */
#include <stdio.h>

#include "platform/codec/syntax.h"
#include "tests/unit/test.h"

static const struct syntax_kind kinds[] = { { "30(30(30", "V", OK }, { "", "", OK } };
static const struct syntax_module test_module = {
	.text = "V ::= SEQUENCE {"
		" v CHOICE {"
		"  flag [0] BOOLEAN, int [1] INTEGER, serial [2] CertificateSerialNumber,"
		"  size [3] Modulus, named [4] INTEGER { no(0), yes(1) },"
		"  bits [5] BIT STRING { a(0), b(1), z(9) }, raw [6] BIT STRING,"
		"  octets [7] OCTET STRING, key [8] PrivateKey, null [9] NULL,"
		"  oid [10] OBJECT IDENTIFIER, text [11] UTF8String, time [12] EXPLICIT Time } }",
	.oids = "1.2.3 { three(3) }",
	.kinds = kinds,
};
static const struct syntax_module *const modules[] = { &test_module, NULL };

static char out[8192];
static size_t used;

static void put(void *to, const char *s, size_t n)
{
	(void)to;
	if (n < sizeof out - used) {
		memcpy(out + used, s, n);
		used += n;
		out[used] = '\0';
	}
}

static enum err show(const char *value)
{
	static uint8_t room[256 * 1024];
	struct arena a = ARENA_ON(room);
	struct grammar g;
	struct walk w;
	struct view v;
	uint8_t document[300];
	struct span s = test_hex(&a, value);

	document[0] = DER_SEQUENCE;
	document[1] = (uint8_t)s.n;
	memcpy(document + 2, s.p, s.n);
	CHECK_OK(syntax_compile(&a, modules, &g));
	used = 0;
	view_begin(&v, &VIEW_TEXT, put, NULL);
	walk_document(&w, &g, &v, &kinds[0], (struct span){ document, s.n + 2 });
	view_end(&v);
	return w.fault;
}

static void values(void)
{
	static const struct {
		const char *der;
		const char *as;
		enum err e;
	} rows[] = {
		{ "8001ff", "flag: true", OK },
		{ "800100", "flag: false", OK },
		{ "800101", "flag: 01", E_NOT_DER },
		{ "8000", "flag: none", E_NOT_DER },
		{ "810100", "int: 0", OK },
		{ "8101ff", "int: -1", OK },
		{ "81027fff", "int: 32767", OK },
		{ "8106800000000000", "int: -140737488355328", OK },
		{ "810701000000000000", "int: 01000000000000", OK },
		{ "81020001", "int: 0001", E_NOT_DER },
		{ "8100", "int: none", E_NOT_DER },
		{ "820200ff", "serial: ff", OK },
		{ "820100", "serial: 00", OK },
		{ "8201ff", "serial: ff", OK },
		{ "830200ff", "size: 8 bits", OK },
		{ "83020100", "size: 9 bits", OK },
		{ "830100", "size: 0 bits", OK },
		{ "840100", "named: no", OK },
		{ "840101", "named: yes", OK },
		{ "840102", "named: 2", OK },
		{ "8401ff", "named: -1", OK },
		{ "85020780", "bits: a", OK },
		{ "850306c0c0", "bits: a, b, bit 8, z", OK },
		{ "850100", "bits: none", OK },
		{ "85020480", "bits: a", E_NOT_DER },
		{ "85020781", "bits: 0781", E_NOT_DER },
		{ "8600", "raw: none", E_NOT_DER },
		{ "86020455", "raw: 0455", E_NOT_DER },
		{ "86020450", "raw: 50", OK },
		{ "8703010203", "octets: 010203", OK },
		{ "8803010203", "key: 3 octets, not shown", OK },
		{ "8900", "null: NULL", OK },
		{ "890105", "null: 05", E_NOT_DER },
		{ "8a032a0303", "oid: three", OK },
		{ "8a032a0304", "oid: 1.2.3.4", OK },
		{ "8a0180", "oid: 80", E_NOT_DER },
		{ "8b0361220a", "text: \"a\\\"\\x0a\"", OK },
		{ "ac0f170d3236303130323033303430355a", "time: 2026-01-02T03:04:05Z", OK },
		{ "ac11180f32303530303130323033303430355a", "time: 2050-01-02T03:04:05Z", OK },
		{ "ac03170131", "time: \"1\"", E_UNEXPECTED },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char line[200];
		enum err e = show(rows[i].der);

		snprintf(line, sizeof line, "V:\n  v:\n    %s\n", rows[i].as);
		CU_ASSERT_STRING_EQUAL(out, line);
		if (rows[i].e == OK)
			CHECK_OK(e);
		CU_ASSERT_EQUAL(e == OK, rows[i].e == OK);
		if (strcmp(out, line) != 0)
			printf("%s: %s", rows[i].der, out);
	}
}

/* A key that is cut short is a key all the same. */
static void secrets(void)
{
	(void)show("8810010203");
	CU_ASSERT(strstr(out, "010203") == NULL && strstr(out, "not shown") != NULL);
}

const struct test_suite suite_codec_syntax_value = {
	"codec/syntax_value",
	{
		{ "values are shown, malformed ones by their octets", values },
		{ "a private key is never shown", secrets },
	}
};
