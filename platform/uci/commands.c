/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of a UCI file do to what was read before. */
#include "platform/uci/internal.h"

/* Letters, digits, underscore; packages a hyphen as well; types any printable. */
enum kind { NAME, PACKAGE, TYPE };

static bool is_name(const char *s, enum kind kind)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		bool plain = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
		             (*s >= 'A' && *s <= 'Z') || *s == '_';

		if (!plain && !(kind == PACKAGE && *s == '-') &&
		    !(kind == TYPE && *s >= 33 && *s <= 126))
			return false;
	}
	return true;
}

static struct uci_option entry(const struct uci_reader *r, const char *name, const char *value)
{
	return (struct uci_option){
		.type = r->type,
		.section = r->section,
		.section_number = r->number,
		.name = name,
		.value = value,
		.line = r->line,
	};
}

static void add(struct uci_reader *r, const struct uci_option *o)
{
	if (r->n == UCI_OPTIONS_MAX)
		uci_fault(r, "more options than we take");
	else
		r->options[r->n++] = *o;
}

static bool is_of(const struct uci_reader *r, const struct uci_option *o, const char *name)
{
	return o->section_number == r->number && o->name != NULL && strcmp(o->name, name) == 0;
}

/* `package onramp` is what `uci export` writes first; which one it is the file's name says. */
void uci_read_package(struct uci_reader *r)
{
	const char *name = uci_word(r);

	if (r->err == OK && !is_name(name, PACKAGE))
		uci_fault(r, "`package` wants a name");
}

/* Sections of one type and name are one section. */
static void enter_section(struct uci_reader *r, const char *type, const char *name)
{
	struct uci_option begins;

	r->type = type;
	r->section = name;
	for (size_t i = 0; i < r->n && *name != '\0'; i++)
		if (strcmp(r->options[i].section, name) == 0) {
			if (strcmp(r->options[i].type, type) != 0)
				uci_fault(r, "a section of this name has another type");
			r->number = r->options[i].section_number;
			return;
		}
	r->number = r->sections++;
	begins = entry(r, NULL, NULL);
	add(r, &begins);
}

void uci_read_config(struct uci_reader *r)
{
	const char *type = uci_word(r);
	const char *name = *type != '\0' ? uci_word(r) : "";

	if (r->err != OK)
		return;
	if (!is_name(type, TYPE))
		uci_fault(r, "`config` wants a section type");
	else if (*name != '\0' && !is_name(name, NAME))
		uci_fault(r, "a section name has letters, digits and _ only");
	else
		enter_section(r, type, name);
}

/* All values of that name are gone; the first one's place. */
static size_t forget(struct uci_reader *r, const char *name)
{
	size_t kept = 0, place = r->n;

	for (size_t i = 0; i < r->n; i++) {
		if (!is_of(r, &r->options[i], name))
			r->options[kept++] = r->options[i];
		else if (place == r->n)
			place = kept;
	}
	if (place == r->n)
		place = kept;
	r->n = kept;
	return place;
}

/* An option without a value says nothing: unset it stays unset, and set before it stays so. */
static void set_option(struct uci_reader *r, const char *name, const char *value)
{
	struct uci_option o = entry(r, name, value);
	size_t place;

	if (*value == '\0')
		return;
	place = forget(r, name);
	add(r, &o);
	if (r->err != OK)
		return;
	for (size_t i = r->n - 1; i > place; i--)
		r->options[i] = r->options[i - 1];
	r->options[place] = o;
}

/* An option that gets a further value is a list from then on. */
static void add_to_list(struct uci_reader *r, const char *name, const char *value)
{
	struct uci_option o = entry(r, name, value);

	o.list = true;
	for (size_t i = 0; i < r->n; i++)
		if (is_of(r, &r->options[i], name))
			r->options[i].list = true;
	add(r, &o);
}

static void read_value(struct uci_reader *r,
                       void (*put)(struct uci_reader *r, const char *name, const char *value))
{
	const char *name = uci_word(r);
	const char *value = *name != '\0' ? uci_word(r) : "";

	if (r->err != OK)
		return;
	if (r->type == NULL)
		uci_fault(r, "an option before any `config`");
	else if (!is_name(name, NAME))
		uci_fault(r, "an option name has letters, digits and _ only");
	else
		put(r, name, value);
}

void uci_read_option(struct uci_reader *r)
{
	read_value(r, set_option);
}

void uci_read_list(struct uci_reader *r)
{
	read_value(r, add_to_list);
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
