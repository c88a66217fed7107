/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walker on a syntax of its own: whole, broken in every way, hostile. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/codec/derw.h"
#include "platform/codec/syntax.h"
#include "tests/unit/test.h"

static void show_loud(struct walk *w, const struct syntax *of, const char *name,
                      const struct element *e)
{
	(void)of;
	view_word(w->view, name, "%zu, loud", e->content.n);
}

static const struct syntax_hook hooks[] = { { "Loud", show_loud }, { "", NULL } };
static const struct syntax_kind kinds[] = {
	{ "30(30 t", "Nothing", OK },
	{ "30(02 30(c", "Message", E_CMP_SYNTAX },
	{ "", "", OK },
};
static const struct syntax_module test_module = {
	.text = "Message ::= SEQUENCE {"
		" id INTEGER,"
		" pick [0] Pick,"
		" list SEQUENCE OF INTEGER,"
		" loud Loud OPTIONAL,"
		" open SEQUENCE { type OBJECT IDENTIFIER, value ANY DEFINED BY type } OPTIONAL,"
		" box [3] SEQUENCE { type OBJECT IDENTIFIER,"
		"  octets [1] EXPLICIT OCTET STRING CONTAINING ANY } OPTIONAL,"
		" self [2] Message OPTIONAL }"
		"Pick ::= CHOICE { number [0] INTEGER, name [1] IMPLICIT UTF8String }"
		"Loud ::= OCTET STRING "
		"known ::= INTEGER { zero(0), one(1) }"
		"known ::= UTF8String ",
	.oids = "1.2.3 { known(4), other(5) }",
	.kinds = kinds,
	.hooks = hooks,
};
static const struct syntax_module *const modules[] = { &test_module, NULL };

static uint8_t room[256 * 1024];
static struct arena a = ARENA_ON(room);
static struct grammar g;
static struct walk w;
static char out[VIEW_SIZE_MAX + 1];
static size_t used;

static void put(void *to, const char *s, size_t n)
{
	(void)to;
	if (n > VIEW_SIZE_MAX - used) {
		CU_FAIL("more than the limit is written");
		return;
	}
	memcpy(out + used, s, n);
	used += n;
	out[used] = '\0';
}

static enum err show_as(const char *type, struct span document)
{
	const struct syntax_kind kind = { "", "Message", OK };
	struct view v;

	if (g.nodes == NULL)
		CHECK_OK(syntax_compile(&a, modules, &g));
	used = 0;
	view_begin(&v, &VIEW_TEXT, put, NULL);
	walk_document(&w, &g, &v, type != NULL ? &kind : NULL, document);
	CU_ASSERT_EQUAL(v.depth, 1);
	CU_ASSERT_EQUAL(v.dropped, 0);
	view_end(&v);
	return w.fault;
}

static struct span hex(const char *text)
{
	static uint8_t bytes[4096];
	static struct arena hexes = ARENA_ON(bytes);

	arena_reset(&hexes);
	return test_hex(&hexes, text);
}

static void shows(const char *der, const char *as)
{
	CHECK_OK(show_as("Message", hex(der)));
	CU_ASSERT_STRING_EQUAL(out, as);
	if (strcmp(out, as) != 0)
		printf("%s", out);
}

static void follows(void)
{
	shows("30 0a 020105 a003 800107 3000", "Message:\n"
	                                       "  id: 5\n"
	                                       "  pick:\n"
	                                       "    number: 7\n"
	                                       "  list: none\n");
	shows("30 15 020105 a003 810178 3006 020101 020102 0403 010203", "Message:\n"
	                                                                 "  id: 5\n"
	                                                                 "  pick:\n"
	                                                                 "    name: \"x\"\n"
	                                                                 "  list:\n"
	                                                                 "    - 1\n"
	                                                                 "    - 2\n"
	                                                                 "  loud: 3, loud\n");
	shows("30 19 020105 a003 800107 3000 a20d 020106 a003 810179 3003 020109",
	      "Message:\n"
	      "  id: 5\n"
	      "  pick:\n"
	      "    number: 7\n"
	      "  list: none\n"
	      "  self:\n"
	      "    id: 6\n"
	      "    pick:\n"
	      "      name: \"y\"\n"
	      "    list:\n"
	      "      - 9\n");
}

#define BEFORE "020105 a003 800107 3000 "

static void open_types(void)
{
	CHECK_OK(show_as("Message", hex("3014" BEFORE "3008 06032a0304 020101")));
	CU_ASSERT(strstr(out, "  open:\n    type: known\n    value: one\n") != NULL);
	/* a second form of the same */
	CHECK_OK(show_as("Message", hex("3014" BEFORE "3008 06032a0304 0c0178")));
	CU_ASSERT(strstr(out, "    value: \"x\"\n") != NULL);
	/* none of its forms */
	CHECK_ERR(show_as("Message", hex("3014" BEFORE "3008 06032a0304 0101ff")), E_UNEXPECTED);
	CU_ASSERT_STRING_EQUAL(w.why, "found BOOLEAN, expected known");
	CU_ASSERT_STRING_EQUAL(w.where, "Message.open.value");
	CU_ASSERT(strstr(out, "    value: true\n") != NULL);
	/* nobody knows what it defines */
	CHECK_OK(show_as("Message", hex("3018" BEFORE "300c 06032a0305 3005 02010a 0500")));
	CU_ASSERT(strstr(out, "  open:\n    type: other\n    value:\n      - INTEGER: 10\n"
	                      "      - NULL: NULL\n") != NULL);
}

static void open_octets(void)
{
	CHECK_OK(show_as("Message", hex("3018" BEFORE "a30c 06032a0304 a105 0403 020100")));
	CU_ASSERT(strstr(out, "  box:\n    type: known\n    octets: zero\n") != NULL);
	CHECK_ERR(show_as("Message", hex("3019" BEFORE "a30d 06032a0304 a106 0404 02010005")),
	          E_TRAILING);
	CU_ASSERT_EQUAL(w.offset, 26);
	CHECK_ERR(show_as("Message", hex("3018" BEFORE "a30c 06032a0304 a105 0403 02020001")),
	          E_TRUNCATED);
	CHECK_OK(show_as("Message", hex("3018" BEFORE "a30c 06032a0305 a105 0403 020100")));
	CU_ASSERT(strstr(out, "    octets: 020100\n") != NULL);
	CU_ASSERT_EQUAL(w.content.n, 0);
	CHECK_OK(show_as("Message", hex("3018" BEFORE "a30c 06032a0305 a105 0403 7b207d")));
	CU_ASSERT(strstr(out, "    octets: 3 octets\n") != NULL);
	CU_ASSERT(span_is(w.content, "{ }"));
}

struct broken {
	const char *der;
	enum err e;
	size_t offset;
	const char *where, *why;
};

static void breaks(void)
{
	static const struct broken rows[] = {
		{ "", E_TRUNCATED, 0, "Message", "ends, expected Message" },
		{ "02 01 05", E_UNEXPECTED, 0, "Message",
		  "found INTEGER, expected Message, SEQUENCE" },
		{ "30 03 020105", E_TRUNCATED, 5, "Message", "ends, expected pick" },
		{ "30 0a 0c0105 a003 800107 3000", E_UNEXPECTED, 2, "Message",
		  "found UTF8String, expected id, INTEGER" },
		{ "30 0a 020105 a103 800107 3000", E_UNEXPECTED, 5, "Message",
		  "found [1], expected pick, [0]" },
		{ "30 0a 020105 a003 820107 3000", E_UNEXPECTED, 7, "Message.pick",
		  "found [2], expected pick" },
		{ "30 0c 020105 a003 800107 3000 0500", E_TRAILING, 12, "Message",
		  "2 octets follow that belong to nothing" },
		{ "30 0a 020105 a003 800107 3000 00", E_TRAILING, 12, "Message",
		  "1 octets follow that belong to nothing" },
		{ "30 10 020105 a003 800107 3006 020101 0c0102", E_UNEXPECTED, 15, "Message.list",
		  "found UTF8String, expected an element, INTEGER" },
		{ "30 0c 020105 a005 800107 0500 3000", E_TRAILING, 10, "Message.pick",
		  "2 octets follow it in its frame" },
		{ "30 0b 02020005 a003 800107 3000", E_NOT_DER, 2, "Message.id",
		  "an INTEGER is not in its shortest form" },
		{ "30 80 020105 0000", E_NOT_DER, 0, "Message", "a length is indefinite" },
		{ "30 0a 020105 a003 800107 3080", E_NOT_DER, 10, "Message",
		  "a length is indefinite" },
		{ "30 20 020105 a003 800107 3000", E_TRUNCATED, 0, "Message",
		  "it announces 32 octets, 10 are there" },
		{ "30 13 020105 a003 800107 3010 020101 020a01", E_TRUNCATED, 15, "Message.list[1]",
		  "it announces 10 octets, 1 are there" },
		{ "30 0e 020105 a003 800107 3006 020101 02", E_TRUNCATED, 15, "Message.list",
		  "an element is cut short" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CHECK_ERR(show_as("Message", hex(rows[i].der)), rows[i].e);
		CU_ASSERT_EQUAL(w.offset, rows[i].offset);
		CU_ASSERT_STRING_EQUAL(w.where, rows[i].where);
		CU_ASSERT_STRING_EQUAL(w.why, rows[i].why);
		if (strcmp(w.why, rows[i].why) != 0 || w.offset != rows[i].offset)
			printf("%s: %zu, %s: %s\n", rows[i].der, w.offset, w.where, w.why);
	}
}

/* What is there is shown, and the walk goes on behind a fault whose frame is whole. */
static void goes_on(void)
{
	CHECK_ERR(show_as("Message", hex("30 0c 02020005 a003 800107 3001 05")), E_NOT_DER);
	CU_ASSERT(strstr(out, "  id: 0005\n  pick:\n    number: 7\n") != NULL);
	CHECK_ERR(show_as("Message", hex("30 0c 020105 a003 800107 3000 0101")), E_TRAILING);
	CU_ASSERT(strstr(out, "  list: none\n  unexpected:\n    - BOOLEAN: ") != NULL);
	CHECK_ERR(show_as("Message", hex("30 20 020105 a020 8010 7071")), E_TRUNCATED);
	CU_ASSERT(strstr(out, "  id: 5\n  pick:\n    number: 7071\n") != NULL);
}

static void prefixes(void)
{
	static const char whole[] =
		"30 19 020105 a003 800107 3000 a20d 020106 a003 810179 3003 020109";
	struct span s = hex(whole);

	CHECK_OK(show_as("Message", s));
	for (size_t n = 0; n < s.n; n++) {
		uint8_t *exact = malloc(n > 0 ? n : 1);

		memcpy(exact, s.p, n);
		CHECK_ERR(show_as("Message", (struct span){ exact, n }), E_TRUNCATED);
		CU_ASSERT(w.offset <= n);
		free(exact);
	}
}

static void tree(void)
{
	CHECK_OK(show_as(NULL, hex("31 11 020105 a103 040161 0c0178 8001ff 0101ff")));
	CU_ASSERT_STRING_EQUAL(out, "DER:\n"
	                            "  - INTEGER: 5\n"
	                            "  - [1]:\n"
	                            "      - OCTET STRING: 61\n"
	                            "  - UTF8String: \"x\"\n"
	                            "  - [0]: ff\n"
	                            "  - BOOLEAN: true\n");
	CHECK_OK(show_as(NULL, hex("0403 010203")));
	CU_ASSERT_STRING_EQUAL(out, "DER: 010203\n");
	CHECK_ERR(show_as(NULL, hex("30 05 020105 1f01")), E_UNEXPECTED);
	CU_ASSERT_EQUAL(w.offset, 5);
}

/* Elements in elements, as many as fit: an error, not a crash. */
static void deep(void)
{
	static uint8_t s[60000];
	size_t at = sizeof s;

	while (at >= 4) {
		size_t n = sizeof s - at;

		if (n < 0x80) {
			s[--at] = (uint8_t)n;
		} else {
			s[--at] = (uint8_t)n;
			if (n > 0xff)
				s[--at] = (uint8_t)(n >> 8);
			s[at - 1] = n > 0xff ? 0x82 : 0x81;
			at--;
		}
		s[--at] = DER_SEQUENCE;
	}
	CHECK_ERR(show_as(NULL, (struct span){ s + at, sizeof s - at }), E_RANGE);
	CU_ASSERT(strstr(w.why, "nested too deep") != NULL);
	CU_ASSERT(strlen(w.where) > 60 && strlen(w.where) < sizeof w.where);
}

/* As many elements as fit: the output ends, the time too. */
static void many(void)
{
	static uint8_t s[SHOW_FILE_MAX] = { 0x30, 0x83, (SHOW_FILE_MAX - 5) >> 16,
		                            ((SHOW_FILE_MAX - 5) >> 8) & 0xff,
		                            (SHOW_FILE_MAX - 5) & 0xff };

	for (size_t i = 5; i + 1 < sizeof s; i += 2)
		s[i] = DER_OID;
	(void)show_as(NULL, SPAN(s));
	CU_ASSERT(used < VIEW_SIZE_MAX);
}

static void kinds_are_told(void)
{
	CHECK_OK(show_as("Message", hex("30 0a 020105 a003 800107 3000")));
	CU_ASSERT(syntax_kind_of(&g, hex("30 0a 020105 a003 800107 3000")) == NULL);
	CU_ASSERT_PTR_EQUAL(syntax_kind_of(&g, hex("30 20 020105 3003 800107 3000")), &kinds[1]);
	CU_ASSERT_PTR_EQUAL(syntax_kind_of(&g, hex("30 20 020105 3003 80")), NULL);
	CU_ASSERT_PTR_EQUAL(syntax_kind_of(&g, hex("30 20 3003 800107 17 00")), &kinds[0]);
	CU_ASSERT_PTR_EQUAL(syntax_kind_of(&g, hex("30 20 3003 800107 18 00")), &kinds[0]);
	CU_ASSERT_PTR_EQUAL(syntax_kind_of(&g, hex("30 20 3003 800107 16 00")), NULL);
	CU_ASSERT_PTR_EQUAL(syntax_kind_of(&g, NO_BYTES), NULL);
}

const struct test_suite suite_codec_syntax = {
	"codec/syntax",
	{
		{ "bytes follow their syntax", follows },
		{ "an OBJECT IDENTIFIER defines what follows", open_types },
		{ "and what is inside of octets", open_octets },
		{ "a fault has its offset, path, finding and expectation", breaks },
		{ "what can be read is shown around a fault", goes_on },
		{ "every prefix is shown, and is a fault", prefixes },
		{ "anything else is a tree", tree },
		{ "depth is bounded", deep },
		{ "the number of elements is bounded", many },
		{ "kinds are told by their shape", kinds_are_told },
	}
};
