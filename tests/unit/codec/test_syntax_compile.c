/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ASN.1 as text, compiled; texts that are none. */
#include <stdio.h>

#include "platform/codec/syntax.h"
#include "platform/codec/syntax_type.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024];
static struct arena a = ARENA_ON(room);
static struct grammar g;

static enum err compile(const char *text, bool explicit_tags)
{
	const struct syntax_module m = { .text = text, .explicit_tags = explicit_tags };
	const struct syntax_module *const modules[] = { &m, NULL };

	arena_reset(&a);
	return syntax_compile(&a, modules, &g);
}

static const struct syntax *find(const char *name)
{
	const struct syntax *s = syntax_find(&g, span_str(name));

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	return s;
}

static void types(void)
{
	static const char text[] = "A ::= SEQUENCE { a INTEGER, b BOOLEAN OPTIONAL, c C DEFAULT x }"
				   "B ::= SET OF A C ::= D D ::= INTEGER { x(0), y-z(7) }"
				   "E ::= BIT STRING { p(0), q(9) } F ::= CHOICE { a A, b B }";
	const struct syntax *s;

	CHECK_OK(compile(text, false));
	s = find("A");
	CU_ASSERT_EQUAL(s->type, SYNTAX_SEQUENCE);
	s = s->rows;
	CU_ASSERT_STRING_EQUAL(s->name, "a");
	CU_ASSERT(s->type == SYNTAX_INTEGER && !s->optional);
	s = s->next;
	CU_ASSERT(s->type == SYNTAX_BOOLEAN && s->optional);
	s = s->next;
	CU_ASSERT(s->type == SYNTAX_NUMBERED && s->optional && s->next == NULL);
	CU_ASSERT(span_is(syntax_word(s->words, 7), "y-z"));
	CU_ASSERT_EQUAL(syntax_word(s->words, 1).n, 0);
	CU_ASSERT_EQUAL(find("B")->type, SYNTAX_SET_OF);
	CU_ASSERT_PTR_EQUAL(find("B")->rows->rows, find("A")->rows);
	CU_ASSERT(span_is(syntax_word(find("E")->words, 9), "q"));
	CU_ASSERT_EQUAL(find("F")->type, SYNTAX_CHOICE);
	CU_ASSERT_PTR_NULL(syntax_find(&g, span_str("G")));
	CU_ASSERT_PTR_NULL(syntax_find(&g, span_str("")));
}

static void tags(void)
{
	static const char text[] =
		"A ::= SEQUENCE { a [0] INTEGER, b [30] IMPLICIT INTEGER, c [2] EXPLICIT INTEGER }";
	const struct syntax *s;

	CHECK_OK(compile(text, false));
	s = find("A")->rows;
	CU_ASSERT(s->tag == 0x80 && !s->wrapped);
	CU_ASSERT(s->next->tag == 0x9e && !s->next->wrapped);
	CU_ASSERT(s->next->next->tag == 0x82 && s->next->next->wrapped);
	CHECK_OK(compile(text, true));
	s = find("A")->rows;
	CU_ASSERT(s->wrapped && !s->next->wrapped && s->next->next->wrapped);
}

static void faults(void)
{
	static const char *const texts[] = {
		"A",
		"A ::=",
		"A ::= B",
		"A : = INTEGER",
		"A ::= SEQUENCE",
		"A ::= SEQUENCE {",
		"A ::= SEQUENCE { a INTEGER",
		"A ::= SEQUENCE { a INTEGER b INTEGER }",
		"A ::= SEQUENCE { a [1 INTEGER }",
		"A ::= OCTET",
		"A ::= OCTET STRING CONTAINING B",
		"A ::= BIT INTEGER",
		"A ::= INTEGER { a(0)",
		"A ::= ANY DEFINED x",
		"A ::= SET { a INTEGER }",
		"A ::= A",
		"A ::= B B ::= C C ::= A",
		"A ::= B B ::= [0] INTEGER",
		"A ::= SEQUENCE { a-name-that-is-longer-than-all-others INTEGER }",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		CHECK_ERR(compile(texts[i], false), E_BUG);
	CHECK_OK(compile("", false));
}

static void bounds(void)
{
	static char text[SYNTAX_NODES_MAX * 16];
	struct arena small = { room, SYNTAX_NODES_MAX * sizeof(struct syntax) - 1, 0 };
	const struct syntax_module m = { .text = "" };
	const struct syntax_module *const modules[] = { &m, NULL };
	size_t n = 0;

	for (int i = 0; i < SYNTAX_NODES_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "A%d ::= NULL ", i);
	CHECK_OK(compile(text, false));
	CU_ASSERT_EQUAL(g.count, SYNTAX_NODES_MAX);
	snprintf(text + n, sizeof text - n, "B ::= NULL");
	CHECK_ERR(compile(text, false), E_BUG);
	CHECK_ERR(syntax_compile(&small, modules, &g), E_SPACE);
}

static void oids(void)
{
	static const struct syntax_module m = { .text = "",
		                                .oids = "1.2.3 { a(1), b(12) }1.2.3.12 { c(4) }" };
	static const struct syntax_module none = { .text = "" };
	static const struct syntax_module *const modules[] = { &none, &m, NULL };
	static const struct {
		const char octets[8];
		size_t n;
		const char *name;
	} rows[] = {
		{ "\x2a\x03\x01", 3, "a" },
		{ "\x2a\x03\x0c", 3, "b" },
		{ "\x2a\x03\x0c\x04", 4, "c" },
		{ "\x2a\x03\x02", 3, "" },
		{ "\x2a\x03", 2, "" },
		{ "\x2a\x03\x0c\x04\x01", 5, "" },
		{ "", 0, "" },
		{ "\x2a\x03\x01\x01", 4, "" },
		{ "\x80", 1, "" },
		{ "\x2a", 1, "" },
	};

	arena_reset(&a);
	CHECK_OK(syntax_compile(&a, modules, &g));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CU_ASSERT(
			span_is(syntax_oid_name(&g, (struct span){ (const uint8_t *)rows[i].octets,
		                                                   rows[i].n }),
		                rows[i].name));
}

const struct test_suite suite_codec_syntax_compile = {
	"codec/syntax_compile",
	{
		{ "types become what they refer to", types },
		{ "tags are those of the module, or as written", tags },
		{ "a text that is none is a bug", faults },
		{ "nodes are counted", bounds },
		{ "OBJECT IDENTIFIERs have names", oids },
	}
};
