/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ASN.1 text into nodes. The text is ours: a fault in it is a bug, found by any test. */
#include <ctype.h>
#include <stdlib.h>

#include "platform/codec/syntax_type.h"

struct compiler {
	struct grammar *g;
	const struct syntax_module *module;
	const char *at;
	enum err e;
};

static void bug(struct compiler *c, const char *why)
{
	if (c->e == OK)
		c->e = err_because(E_BUG, "syntax, at \"%.24s\": %s", c->at, why);
}

static bool in_word(char ch)
{
	return isalnum((unsigned char)ch) || ch == '-';
}

/* The next word, or the next mark. */
static struct span peek(struct compiler *c)
{
	size_t n = 0;

	while (*c->at == ' ')
		c->at++;
	while (in_word(c->at[n]))
		n++;
	return (struct span){ (const uint8_t *)c->at, n > 0 ? n : *c->at != '\0' };
}

static struct span take(struct compiler *c)
{
	struct span s = peek(c);

	c->at += s.n;
	return s;
}

static bool skip(struct compiler *c, const char *what)
{
	if (!span_is(peek(c), what))
		return false;
	take(c);
	return true;
}

static void demand(struct compiler *c, const char *what)
{
	if (!skip(c, what))
		bug(c, what);
}

static struct syntax *new_node(struct compiler *c)
{
	if (c->g->count == SYNTAX_NODES_MAX) {
		bug(c, "more than SYNTAX_NODES_MAX");
		c->g->count--;
	}
	return &c->g->nodes[c->g->count++];
}

static void set_name(struct compiler *c, struct syntax *s, struct span name)
{
	if (name.n >= sizeof s->name)
		bug(c, "this name is too long");
	else
		memcpy(s->name, name.p, name.n);
}

static void type(struct compiler *c, struct syntax *s);

/* { name Type [OPTIONAL | DEFAULT value], ... } */
static void fields(struct compiler *c, struct syntax *of)
{
	const struct syntax **end = &of->rows;

	demand(c, "{");
	do {
		struct syntax *s = new_node(c);

		set_name(c, s, take(c));
		type(c, s);
		s->optional = skip(c, "OPTIONAL");
		if (skip(c, "DEFAULT")) {
			s->optional = true;
			take(c);
		}
		*end = s;
		end = &s->next;
	} while (c->e == OK && skip(c, ","));
	demand(c, "}");
}

static void elements(struct compiler *c, struct syntax *of)
{
	struct syntax *s = new_node(c);

	of->rows = s;
	type(c, s);
}

/* { name(number), ... }, looked up where it stands */
static bool words(struct compiler *c, struct syntax *s)
{
	if (!skip(c, "{"))
		return false;
	s->words = c->at - 1;
	while (c->e == OK && !skip(c, "}"))
		if (take(c).n == 0)
			bug(c, "}");
	return true;
}

static uint8_t sequence(struct compiler *c, struct syntax *s)
{
	if (!skip(c, "OF")) {
		fields(c, s);
		return SYNTAX_SEQUENCE;
	}
	elements(c, s);
	return SYNTAX_SEQUENCE_OF;
}

static uint8_t set(struct compiler *c, struct syntax *s)
{
	demand(c, "OF");
	elements(c, s);
	return SYNTAX_SET_OF;
}

static uint8_t choice(struct compiler *c, struct syntax *s)
{
	fields(c, s);
	return SYNTAX_CHOICE;
}

static uint8_t integer(struct compiler *c, struct syntax *s)
{
	return words(c, s) ? SYNTAX_NUMBERED : SYNTAX_INTEGER;
}

static uint8_t bits(struct compiler *c, struct syntax *s)
{
	demand(c, "STRING");
	return words(c, s) ? SYNTAX_FLAGS : SYNTAX_BITS;
}

static uint8_t octets(struct compiler *c, struct syntax *s)
{
	(void)s;
	demand(c, "STRING");
	if (!skip(c, "CONTAINING"))
		return SYNTAX_OCTETS;
	demand(c, "ANY");
	return SYNTAX_OPEN_OCTETS;
}

static uint8_t any(struct compiler *c, struct syntax *s)
{
	(void)s;
	if (!skip(c, "DEFINED"))
		return SYNTAX_ANY;
	demand(c, "BY");
	take(c);
	return SYNTAX_OPEN;
}

static uint8_t identifier(struct compiler *c, struct syntax *s)
{
	(void)s;
	demand(c, "IDENTIFIER");
	return SYNTAX_OID;
}

/* Words that begin a type: with more behind them, or alone. */
static const struct {
	char word[24];
	uint8_t type;
	uint8_t (*more)(struct compiler *c, struct syntax *s);
} begins[] = {
	{ "SEQUENCE", 0, sequence },
	{ "SET", 0, set },
	{ "CHOICE", 0, choice },
	{ "INTEGER", 0, integer },
	{ "ENUMERATED", 0, integer },
	{ "BIT", 0, bits },
	{ "OCTET", 0, octets },
	{ "ANY", 0, any },
	{ "OBJECT", 0, identifier },
	{ "BOOLEAN", SYNTAX_BOOLEAN, NULL },
	{ "NULL", SYNTAX_NULL, NULL },
	{ "Time", SYNTAX_TIME, NULL },
	{ "GeneralizedTime", SYNTAX_TIME, NULL },
	{ "UTF8String", SYNTAX_TEXT, NULL },
	{ "IA5String", SYNTAX_TEXT, NULL },
	{ "DirectoryString", SYNTAX_TEXT, NULL },
	/* shown in a way of their own */
	{ "CertificateSerialNumber", SYNTAX_OCTETS_INTEGER, NULL },
	{ "Modulus", SYNTAX_BIG_INTEGER, NULL },
	{ "PrivateKey", SYNTAX_SECRET, NULL },
};

static void untagged(struct compiler *c, struct syntax *s)
{
	struct span word = peek(c);

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
		if (!span_is(word, begins[i].word))
			continue;
		take(c);
		s->type = begins[i].more != NULL ? begins[i].more(c, s) : begins[i].type;
		return;
	}
	s->type = SYNTAX_REFERENCE;
	s->words = (const char *)take(c).p;
}

/* [n] [IMPLICIT | EXPLICIT] Type */
static void type(struct compiler *c, struct syntax *s)
{
	if (skip(c, "[")) {
		s->tag = (uint8_t)(0x80 | strtoul((const char *)take(c).p, NULL, 10));
		demand(c, "]");
		s->wrapped = c->module->explicit_tags;
		if (skip(c, "IMPLICIT"))
			s->wrapped = false;
		else if (skip(c, "EXPLICIT"))
			s->wrapped = true;
	}
	untagged(c, s);
}

static walk_show *hook_of(const struct syntax_module *m, const struct syntax *s)
{
	for (const struct syntax_hook *h = m->hooks; h != NULL && h->show != NULL; h++)
		if (strcmp(h->type, s->name) == 0)
			return h->show;
	return NULL;
}

/* Name ::= Type ... */
static void definitions(struct compiler *c, const struct syntax ***end)
{
	while (c->e == OK && peek(c).n > 0) {
		struct syntax *s = new_node(c);

		set_name(c, s, take(c));
		demand(c, ":");
		demand(c, ":");
		demand(c, "=");
		type(c, s);
		s->show = hook_of(c->module, s);
		**end = s;
		*end = &s->next;
	}
}

bool syntax_named(const struct syntax *s, struct span name)
{
	/* most differ at once: every reference looks at every definition */
	return name.n > 0 && name.n < sizeof s->name && s->name[0] == (char)name.p[0] &&
	       s->name[name.n] == '\0' && memcmp(s->name, name.p, name.n) == 0;
}

const struct syntax *syntax_find(const struct grammar *g, struct span name)
{
	const struct syntax *s = g->definitions;

	while (s != NULL && !syntax_named(s, name))
		s = s->next;
	return s;
}

/* A reference becomes what it refers to, through as many names as it takes. */
static void resolve(struct compiler *c, struct syntax *s)
{
	walk_show *show = s->show;

	for (size_t i = 0; s->type == SYNTAX_REFERENCE && c->e == OK; i++) {
		const struct syntax *to;

		c->at = s->words;
		to = syntax_find(c->g, peek(c));
		if (to == NULL || to->tag != 0 || i == c->g->count) {
			bug(c, "no such type");
			return;
		}
		s->type = to->type;
		s->rows = to->rows;
		s->words = to->words;
		if (show == NULL)
			show = to->show;
	}
	s->show = show;
}

enum err syntax_compile(struct arena *a, const struct syntax_module *const *modules,
                        struct grammar *out)
{
	struct compiler c = { .g = out, .e = OK };
	const struct syntax **end = &out->definitions;

	*out = (struct grammar){ .modules = modules };
	out->nodes = arena_take(a, SYNTAX_NODES_MAX * sizeof *out->nodes);
	if (out->nodes == NULL)
		return err_because(E_SPACE, "no memory for the syntax of what is to be shown");
	for (; *modules != NULL; modules++) {
		c.module = *modules;
		c.at = c.module->text;
		definitions(&c, &end);
	}
	for (size_t i = 0; i < out->count; i++)
		resolve(&c, &out->nodes[i]);
	return c.e;
}
