/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What things are called: numbers, OBJECT IDENTIFIERs, and documents by their shape. */
#include <ctype.h>
#include <stdlib.h>

#include "platform/codec/syntax_type.h"

/* `name(number)` in a list that ends with `}`. */
static struct span word_in(const char *list, unsigned long number)
{
	while (*list != '}' && *list != '\0') {
		struct span name = { (const uint8_t *)list, 0 };

		while (isalnum((unsigned char)list[name.n]) || list[name.n] == '-')
			name.n++;
		if (name.n == 0) {
			list++;
			continue;
		}
		list += name.n;
		if (*list == '(' && strtoul(list + 1, NULL, 10) == number)
			return name;
		list += strcspn(list, ",}");
	}
	return NO_BYTES;
}

struct span syntax_word(const char *text, unsigned long number)
{
	const char *list = strchr(text, '{');

	return word_in(list != NULL ? list + 1 : text, number);
}

/* "2.5.29 { ... } 2.5.29.37 { ... }" */
static struct span oid_in(const char *text, const char *prefix, size_t n, unsigned long arc)
{
	while (*text != '\0') {
		if (strncmp(text, prefix, n) == 0 && text[n] == ' ')
			return syntax_word(text, arc);
		text += strcspn(text, "}");
		text += strspn(text, "} ");
	}
	return NO_BYTES;
}

struct span syntax_oid_name(const struct grammar *g, struct span oid)
{
	char dotted[80];
	const char *last = strrchr(der_oid_text(oid, dotted, sizeof dotted), '.');
	struct span name = NO_BYTES;

	if (last == NULL || !isdigit((unsigned char)last[1]))
		return NO_BYTES;
	for (const struct syntax_module *const *m = g->modules; *m != NULL && name.n == 0; m++)
		if ((*m)->oids != NULL)
			name = oid_in((*m)->oids, dotted, (size_t)(last - dotted),
			              strtoul(last + 1, NULL, 10));
	return name;
}

static bool tag_fits(const char *shape, uint8_t tag)
{
	if (*shape == 't')
		return walk_tag_type(tag) == SYNTAX_TIME;
	if (*shape == 'c')
		return (tag & 0xc0) == 0x80;
	return strtoul((char[]){ shape[0], shape[1], '\0' }, NULL, 16) == tag;
}

static bool fits(const char *shape, struct span rest)
{
	struct der_head head;

	while (*shape != '\0') {
		size_t there;

		if (der_head(rest, &head) != OK || !tag_fits(shape, head.tag))
			return false;
		shape += *shape == 't' || *shape == 'c' ? 1 : 2;
		there = head.n < rest.n - head.size ? head.n : rest.n - head.size;
		rest = *shape == '(' ? (struct span){ rest.p + head.size, there }
		                     : (struct span){ rest.p + head.size + there,
			                              rest.n - head.size - there };
		shape += strspn(shape, "( ");
	}
	return true;
}

static const struct syntax_kind *kind_in(const struct syntax_kind *k, struct span document)
{
	for (; k != NULL && *k->shape; k++)
		if (fits(k->shape, document))
			return k;
	return NULL;
}

const struct syntax_kind *syntax_kind_of(const struct grammar *g, struct span document)
{
	const struct syntax_kind *found = NULL;

	for (const struct syntax_module *const *m = g->modules; *m != NULL && !found; m++) {
		found = kind_in((*m)->keys, document);
		if (found == NULL)
			found = kind_in((*m)->kinds, document);
	}
	return found;
}

bool syntax_is_key(const struct grammar *g, const struct syntax_kind *kind)
{
	for (const struct syntax_module *const *m = g->modules; *m != NULL; m++)
		for (const struct syntax_kind *k = (*m)->keys; k != NULL && *k->shape; k++)
			if (k == kind)
				return true;
	return false;
}
