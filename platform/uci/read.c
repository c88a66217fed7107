/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a UCI file, in the grammar of OpenWrt's uci:
 *
 *	config TYPE ['NAME']
 *		option NAME VALUE
 *		list NAME VALUE
 *
 * A word is any run of '...' (nothing special inside), "..." (backslash escapes)
 * and bare text (backslash escapes); quotes may hold line breaks.  A # that
 * begins a word begins a comment.
 */
#include <stdio.h>

#include "platform/base/log.h"
#include "platform/uci/uci.h"

struct reader {
	struct arena *arena;
	const uint8_t *p, *end;
	unsigned line;
	struct uci_option *options;
	size_t n;
	const char *type, *section; /* of the section we are in; type NULL before any */
	unsigned number, sections;
	enum err err;
};

static void fault(struct reader *r, const char *what)
{
	if (r->err == OK)
		r->err = err_because(E_CONFIG, "line %u: %s", r->line, what);
}

static bool more(const struct reader *r)
{
	return r->err == OK && r->p < r->end;
}

static bool control(uint8_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct reader *r)
{
	while (more(r) && blank(*r->p))
		r->p++;
	if (more(r) && *r->p == '#')
		while (more(r) && *r->p != '\n')
			r->p++;
}

/* One character of a word into the arena's rest. */
static void keep(struct reader *r, uint8_t *word, size_t *n)
{
	if (control(*r->p))
		fault(r, "a control byte");
	else if (*n >= UCI_LINE_MAX || *n + 1 >= arena_rest(r->arena).n)
		fault(r, "a value longer than we take");
	else
		word[(*n)++] = *r->p;
	if (*r->p == '\n')
		r->line++;
	r->p++;
}

static void quoted(struct reader *r, uint8_t *word, size_t *n)
{
	uint8_t quote = *r->p++;

	while (more(r) && *r->p != quote) {
		if (quote == '"' && *r->p == '\\' && ++r->p == r->end)
			break;
		keep(r, word, n);
	}
	if (r->err == OK && r->p == r->end)
		fault(r, "a quote is not closed");
	r->p++;
}

/* The next word of this line; NULL at its end. */
static const char *word(struct reader *r)
{
	uint8_t *start = r->arena->base + r->arena->used;
	size_t n = 0;

	skip_blanks(r);
	if (!more(r) || *r->p == '\n')
		return NULL;
	while (more(r) && !blank(*r->p) && *r->p != '\n') {
		if (*r->p == '\'' || *r->p == '"') {
			quoted(r, start, &n);
			continue;
		}
		if (*r->p == ';')
			fault(r, "a `;` outside quotes");
		if (*r->p == '\\' && ++r->p == r->end)
			fault(r, "a backslash at the end of the file");
		else if (more(r))
			keep(r, start, &n);
	}
	if (arena_rest(r->arena).n <= n)
		fault(r, "the file needs more memory than we take");
	if (r->err != OK)
		return NULL;
	start[n] = '\0';
	arena_keep(r->arena, n + 1);
	return (const char *)start;
}

/* uci_validate_str: letters, digits, underscore; types any printable. */
static bool is_name(const char *s, bool type)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (type ? *s < 33 || *s > 126
		         : !((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
		             (*s >= 'A' && *s <= 'Z') || *s == '_'))
			return false;
	return true;
}

static void add(struct reader *r, const char *name, const char *value, bool list)
{
	if (r->n == UCI_OPTIONS_MAX) {
		fault(r, "more options than we take");
		return;
	}
	r->options[r->n++] = (struct uci_option){
		.type = r->type,
		.section = r->section,
		.section_number = r->number,
		.name = name,
		.value = value,
		.list = list,
		.line = r->line,
	};
}

/* Sections of one type and name are one section. */
static void enter_section(struct reader *r, const char *type, const char *name)
{
	r->type = type;
	r->section = name == NULL ? "" : name;
	for (size_t i = 0; i < r->n && *r->section != '\0'; i++)
		if (strcmp(r->options[i].section, r->section) == 0) {
			if (strcmp(r->options[i].type, type) != 0)
				fault(r, "a section of this name has another type");
			r->number = r->options[i].section_number;
			return;
		}
	r->number = r->sections++;
	add(r, NULL, NULL, false);
}

static void config_line(struct reader *r)
{
	const char *type = word(r), *name = word(r);

	if (r->err != OK)
		return;
	if (type == NULL || !is_name(type, true))
		fault(r, "`config` wants a section type");
	else if (name != NULL && *name != '\0' && !is_name(name, false))
		fault(r, "a section name has letters, digits and _ only");
	else
		enter_section(r, type, name);
}

static void option_line(struct reader *r, bool list)
{
	const char *name = word(r), *value = word(r);

	if (r->err != OK)
		return;
	if (r->type == NULL)
		fault(r, "an option before any `config`");
	else if (name == NULL || !is_name(name, false))
		fault(r, "an option name has letters, digits and _ only");
	else if (value == NULL)
		fault(r, "an option without a value");
	else
		add(r, name, value, list);
}

static void line(struct reader *r)
{
	const char *key = word(r);

	if (key == NULL)
		return;
	if (strcmp(key, "config") == 0)
		config_line(r);
	else if (strcmp(key, "option") == 0)
		option_line(r, false);
	else if (strcmp(key, "list") == 0)
		option_line(r, true);
	else
		fault(r, "expected `config`, `option` or `list`");
	if (r->err == OK && word(r) != NULL)
		fault(r, "too many words");
}

enum err uci_read(struct arena *a, struct span text, struct uci *out)
{
	struct reader r = { .arena = a, .p = text.p, .end = text.p + text.n, .line = 1 };

	*out = (struct uci){ NULL, 0 };
	if (text.n > UCI_FILE_MAX)
		return err_because(E_CONFIG, "larger than %d bytes", (int)UCI_FILE_MAX);
	r.options = arena_take(a, UCI_OPTIONS_MAX * sizeof *r.options);
	if (r.options == NULL)
		return err_because(E_SPACE, "no memory for a UCI file");
	while (more(&r)) {
		line(&r);
		if (more(&r)) { /* at the line break */
			r.p++;
			r.line++;
		}
	}
	if (r.err == OK)
		*out = (struct uci){ r.options, r.n };
	return r.err;
}

const char *uci_get(const struct uci *u, const char *section, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < u->n; i++)
		if (u->options[i].name != NULL && strcmp(u->options[i].section, section) == 0 &&
		    strcmp(u->options[i].name, name) == 0)
			value = u->options[i].value;
	return value;
}
