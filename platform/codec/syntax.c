/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walker: tables and bytes side by side. */
#include <stdio.h>

#include "platform/codec/syntax_type.h"

enum { CONSTRUCTED = 0x20 };

/* "PKIMessage.extraCerts[2].tbsCertificate"; what does not fit is cut. */
static void write_path(struct walk *w)
{
	size_t n = 0;

	for (unsigned i = 0; i < w->depth && n < sizeof w->where; i++) {
		const char *name = w->path[i].name;
		int written = name != NULL ? snprintf(w->where + n, sizeof w->where - n, "%s%s",
		                                      i > 0 ? "." : "", name)
		                           : snprintf(w->where + n, sizeof w->where - n, "[%u]",
		                                      w->path[i].index);

		n += written > 0 ? (size_t)written : 0;
	}
}

void walk_fault(struct walk *w, const uint8_t *at, enum err e)
{
	if (w->fault != OK)
		return;
	w->fault = e;
	w->offset = (size_t)(at - w->document.p);
	snprintf(w->why, sizeof w->why, "%s", err_reason(e));
	write_path(w);
}

static bool push(struct walk *w, const char *name, unsigned index, const struct element *e)
{
	/* two levels more are needed for what is inside of one */
	if (w->depth == VIEW_DEPTH_MAX || w->view->depth + 2 > VIEW_DEPTH_MAX) {
		walk_fault(w, e->whole.p, err_because(E_RANGE, "elements are nested too deep"));
		return false;
	}
	w->path[w->depth].name = name;
	w->path[w->depth++].index = index;
	return true;
}

bool walk_take(struct walk *w, struct span *rest, struct element *out)
{
	struct der_head head;
	enum err e = der_head(*rest, &head);
	size_t there;

	if (e != OK) {
		walk_fault(w, rest->p, e);
		return false;
	}
	there = head.n < rest->n - head.size ? head.n : rest->n - head.size;
	*out = (struct element){ .tag = head.tag,
		                 .whole = { rest->p, head.size + there },
		                 .content = { rest->p + head.size, there },
		                 .missing = head.n - there };
	rest->p += out->whole.n;
	rest->n -= out->whole.n;
	return true;
}

/* X.680 31.2.7: a tag before a type without one of its own is EXPLICIT. */
static bool wraps(const struct syntax *row)
{
	return row->tag != 0 && (row->wrapped || row->type == SYNTAX_CHOICE ||
	                         row->type == SYNTAX_ANY || row->type == SYNTAX_OPEN);
}

/* The identifier octet that a row asks for; 0: one of several, or any. */
static uint8_t tag_of(const struct syntax *row)
{
	static const uint8_t own[] = {
		[SYNTAX_SEQUENCE] = DER_SEQUENCE,
		[SYNTAX_SEQUENCE_OF] = DER_SEQUENCE,
		[SYNTAX_SET_OF] = DER_SET,
		[SYNTAX_OPEN_OCTETS] = DER_OCTET_STRING,
		[SYNTAX_BOOLEAN] = DER_BOOLEAN,
		[SYNTAX_INTEGER] = DER_INTEGER,
		[SYNTAX_OCTETS_INTEGER] = DER_INTEGER,
		[SYNTAX_BIG_INTEGER] = DER_INTEGER,
		[SYNTAX_FLAGS] = DER_BIT_STRING,
		[SYNTAX_BITS] = DER_BIT_STRING,
		[SYNTAX_OCTETS] = DER_OCTET_STRING,
		[SYNTAX_SECRET] = DER_OCTET_STRING,
		[SYNTAX_NULL] = DER_NULL,
		[SYNTAX_OID] = DER_OID,
	};
	uint8_t tag = row->type < sizeof own ? own[row->type] : 0;

	if (row->tag == 0)
		return tag;
	return row->tag | (wraps(row) ? CONSTRUCTED : tag & CONSTRUCTED);
}

static bool matches(const struct syntax *row, uint8_t tag)
{
	uint8_t own = tag_of(row);

	if (own != 0)
		return tag == own;
	switch (row->type) {
	case SYNTAX_CHOICE:
		for (row = row->rows; row != NULL; row = row->next)
			if (matches(row, tag))
				return true;
		return false;
	case SYNTAX_NUMBERED:
		return tag == DER_INTEGER || tag == DER_ENUMERATED;
	case SYNTAX_TEXT:
	case SYNTAX_TIME:
		return walk_tag_type(tag) == (enum syntax_type)row->type;
	default:
		return true;
	}
}

/* What is there, and what should be. */
static void unexpected(struct walk *w, const struct syntax *row, struct span rest)
{
	char found[8], expected[8];
	const char *of = row->name[0] != '\0' ? row->name : "an element";
	uint8_t tag = tag_of(row);

	if (rest.n == 0)
		walk_fault(w, rest.p, err_because(E_TRUNCATED, "ends, expected %s", of));
	else
		walk_fault(w, rest.p,
		           err_because(E_UNEXPECTED, "found %s, expected %s%s%s",
		                       walk_tag_name(rest.p[0], found), of, tag != 0 ? ", " : "",
		                       tag != 0 ? walk_tag_name(tag, expected) : ""));
}

static void tree(struct walk *w, const char *name, const struct element *e);
static void walk_value(struct walk *w, const struct syntax *row, const char *name,
                       const struct element *e);

/* Elements of a list, each a group of one that is named like its type. */
static void trees(struct walk *w, struct span rest)
{
	struct element e;

	if (w->secret && rest.n > 0) {
		walk_octets(w, NULL, rest);
		return;
	}
	for (unsigned i = 0; rest.n > 0 && !view_full(w->view); i++) {
		char room[8];

		if (!walk_take(w, &rest, &e)) {
			walk_octets(w, NULL, rest);
			return;
		}
		if (!push(w, NULL, i, &e))
			return;
		view_group(w->view, NULL);
		tree(w, walk_tag_name(e.tag, room), &e);
		view_close(w->view);
		w->depth--;
	}
}

static void cut_short(struct walk *w, const struct element *e)
{
	if (e->missing > 0)
		walk_fault(w, e->whole.p,
		           err_because(E_TRUNCATED, "it announces %zu octets, %zu are there",
		                       e->content.n + e->missing, e->content.n));
}

static void tree(struct walk *w, const char *name, const struct element *e)
{
	const struct syntax row = { .type = (uint8_t)walk_tag_type(e->tag) };

	if (e->tag & CONSTRUCTED) {
		view_list(w->view, name);
		trees(w, e->content);
		view_close(w->view);
	} else {
		walk_primitive(w, &row, name, e);
	}
	cut_short(w, e);
}

/* What no row asked for is shown all the same. */
static void others(struct walk *w, struct span rest)
{
	if (rest.n == 0)
		return;
	walk_fault(w, rest.p,
	           err_because(E_TRAILING, "%zu octets follow that belong to nothing", rest.n));
	view_list(w->view, "unexpected");
	trees(w, rest);
	view_close(w->view);
}

static void field(struct walk *w, const struct syntax *row, const struct element *e)
{
	if (!push(w, row->name, 0, e))
		return;
	walk_value(w, row, row->name, e);
	w->depth--;
}

void walk_fields(struct walk *w, const struct syntax *rows, struct span rest)
{
	struct element e;

	for (; rows != NULL && !view_full(w->view); rows = rows->next) {
		bool here = rest.n > 0 && matches(rows, rest.p[0]);

		if (!here && rows->optional)
			continue;
		if (!here)
			unexpected(w, rows, rest);
		if (!here || !walk_take(w, &rest, &e))
			break;
		field(w, rows, &e);
	}
	others(w, rest);
}

static void list(struct walk *w, const struct syntax *row, struct span rest)
{
	struct element e;

	for (unsigned i = 0; rest.n > 0 && !view_full(w->view); i++) {
		if (!matches(row, rest.p[0])) {
			unexpected(w, row, rest);
			break;
		}
		if (!walk_take(w, &rest, &e))
			break;
		if (!push(w, NULL, i, &e))
			return;
		walk_value(w, row, NULL, &e);
		w->depth--;
	}
	trees(w, rest);
}

/* The one element inside another: [n] EXPLICIT, or the octets of a string. */
static void inner(struct walk *w, const struct syntax *row, const char *name, struct span rest)
{
	struct element e;

	if (rest.n == 0 || !matches(row, rest.p[0])) {
		unexpected(w, row, rest);
		walk_octets(w, name, rest);
		return;
	}
	if (!walk_take(w, &rest, &e)) {
		walk_octets(w, name, rest);
		return;
	}
	walk_value(w, row, name, &e);
	if (rest.n > 0)
		walk_fault(w, rest.p,
		           err_because(E_TRAILING, "%zu octets follow it in its frame", rest.n));
}

static void choice(struct walk *w, const struct syntax *rows, const char *name,
                   const struct element *e)
{
	while (rows != NULL && !matches(rows, e->tag))
		rows = rows->next;
	view_group(w->view, name);
	if (rows != NULL)
		field(w, rows, e);
	view_close(w->view);
}

/* The type that the last OBJECT IDENTIFIER defines; of several, the one that has the tag. */
static const struct syntax *defined(const struct walk *w, uint8_t tag)
{
	struct span name = syntax_oid_name(w->grammar, w->oid);
	const struct syntax *first = name.n > 0 ? syntax_find(w->grammar, name) : NULL;

	for (const struct syntax *s = first; s != NULL; s = s->next)
		if (syntax_named(s, name) && matches(s, tag))
			return s;
	return first;
}

static void open_type(struct walk *w, const char *name, const struct element *e)
{
	const struct syntax *row = defined(w, e->tag);

	if (row != NULL && matches(row, e->tag)) {
		walk_value(w, row, name, e);
		return;
	}
	if (row != NULL)
		unexpected(w, row, e->whole);
	tree(w, name, e);
}

static void open_octets(struct walk *w, const char *name, const struct element *e)
{
	struct span s = e->content;
	const struct syntax *row = s.n > 0 ? defined(w, s.p[0]) : NULL;

	if (row != NULL) {
		inner(w, row, name, s);
	} else if (s.n > 0 && s.p[0] == '{' && !w->secret) {
		w->content = s;
		view_word(w->view, name, "%zu octets", s.n);
	} else {
		walk_octets(w, name, s);
	}
}

static void walk_value(struct walk *w, const struct syntax *row, const char *name,
                       const struct element *e)
{
	if (wraps(row)) {
		struct syntax bare = *row;

		bare.tag = 0;
		bare.wrapped = false;
		inner(w, &bare, name, e->content);
		cut_short(w, e);
		return;
	}
	switch (row->show != NULL ? SYNTAX_REFERENCE : row->type) {
	case SYNTAX_REFERENCE:
		row->show(w, row, name, e);
		break;
	case SYNTAX_SEQUENCE:
		view_group(w->view, name);
		walk_fields(w, row->rows, e->content);
		view_close(w->view);
		break;
	case SYNTAX_SEQUENCE_OF:
	case SYNTAX_SET_OF:
		view_list(w->view, name);
		list(w, row->rows, e->content);
		view_close(w->view);
		break;
	case SYNTAX_CHOICE:
		choice(w, row->rows, name, e);
		break;
	case SYNTAX_ANY:
		tree(w, name, e);
		break;
	case SYNTAX_OPEN:
		open_type(w, name, e);
		break;
	case SYNTAX_OPEN_OCTETS:
		open_octets(w, name, e);
		break;
	default:
		walk_primitive(w, row, name, e);
	}
	cut_short(w, e);
}

void walk_document(struct walk *w, const struct grammar *g, struct view *v,
                   const struct syntax_kind *kind, struct span document)
{
	static const struct syntax tree_row = { .name = "DER", .type = SYNTAX_ANY };
	const struct syntax *row = kind != NULL ? syntax_find(g, span_str(kind->type)) : &tree_row;
	struct span rest = document;
	struct element e;

	*w = (struct walk){ .grammar = g, .view = v, .document = document, .fault = OK };
	w->secret = syntax_is_key(g, kind);
	if (row == NULL)
		row = &tree_row;
	w->path[w->depth++].name = row->name;
	if (document.n == 0 || !matches(row, document.p[0]))
		unexpected(w, row, document);
	else if (walk_take(w, &rest, &e))
		walk_value(w, row, row->name, &e);
	others(w, rest);
}
