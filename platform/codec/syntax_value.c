/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that have no elements inside, and the names of OBJECT IDENTIFIERs. */
#include <stdio.h>

#include "platform/base/date.h"
#include "platform/codec/syntax_type.h"

static const struct {
	uint8_t tag, type;
	char name[17];
} universal[] = {
	{ DER_BOOLEAN, SYNTAX_BOOLEAN, "BOOLEAN" },
	{ DER_INTEGER, SYNTAX_INTEGER, "INTEGER" },
	{ DER_BIT_STRING, SYNTAX_BITS, "BIT STRING" },
	{ DER_OCTET_STRING, SYNTAX_OCTETS, "OCTET STRING" },
	{ DER_NULL, SYNTAX_NULL, "NULL" },
	{ DER_OID, SYNTAX_OID, "OID" },
	{ DER_ENUMERATED, SYNTAX_INTEGER, "ENUMERATED" },
	{ DER_UTF8, SYNTAX_TEXT, "UTF8String" },
	{ 0x12, SYNTAX_TEXT, "NumericString" },
	{ DER_PRINTABLE, SYNTAX_TEXT, "PrintableString" },
	{ DER_T61, SYNTAX_TEXT, "TeletexString" },
	{ DER_IA5, SYNTAX_TEXT, "IA5String" },
	{ DER_UTCTIME, SYNTAX_TIME, "UTCTime" },
	{ DER_TIME, SYNTAX_TIME, "GeneralizedTime" },
	{ 0x1a, SYNTAX_TEXT, "VisibleString" },
	{ 0x1b, SYNTAX_TEXT, "GeneralString" },
	{ DER_UNIVERSAL, SYNTAX_TEXT, "UniversalString" },
	{ DER_BMP, SYNTAX_TEXT, "BMPString" },
	{ DER_SEQUENCE, SYNTAX_SEQUENCE, "SEQUENCE" },
	{ DER_SET, SYNTAX_SET_OF, "SET" },
};

enum { UNIVERSALS = sizeof universal / sizeof *universal };

static size_t universal_of(uint8_t tag)
{
	size_t i = 0;

	while (i < UNIVERSALS && universal[i].tag != tag)
		i++;
	return i;
}

enum syntax_type walk_tag_type(uint8_t tag)
{
	size_t i = universal_of(tag);

	return i < UNIVERSALS ? (enum syntax_type)universal[i].type : SYNTAX_OCTETS;
}

/* "[3]"; "tag 4b" for what is in no syntax of ours. */
const char *walk_tag_name(uint8_t tag, char room[8])
{
	size_t i = universal_of(tag);

	if (i < UNIVERSALS)
		return universal[i].name;
	snprintf(room, 8, (tag & 0xc0) == 0x80 ? "[%u]" : "tag %02x",
	         (tag & 0xc0) == 0x80 ? tag & 0x1fu : tag);
	return room;
}

/* Numbers within what every reader of JSON takes; others as octets. */
static void show_integer(struct view *v, const char *name, struct span s)
{
	int64_t number = s.p[0] >= 0x80 ? -1 : 0;

	if (s.n > 6) {
		view_hex(v, name, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		number = number * 256 + s.p[i];
	view_number(v, name, number);
}

/* The octet that is there for the sign alone is left away. */
static struct span magnitude(struct span s)
{
	return s.n > 1 && s.p[0] == 0 ? (struct span){ s.p + 1, s.n - 1 } : s;
}

static unsigned bit_length(struct span s)
{
	unsigned bits = 8 * (unsigned)s.n;

	for (uint8_t top = s.p[0]; bits > 0 && (top & 0x80) == 0; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static void show_numbered(struct view *v, const char *name, const char *words, struct span s)
{
	struct span word = s.n == 1 && s.p[0] < 0x80 ? syntax_word(words, s.p[0]) : NO_BYTES;

	if (word.n > 0)
		view_word(v, name, "%.*s", (int)word.n, (const char *)word.p);
	else
		show_integer(v, name, s);
}

/* "keyCertSign, cRLSign"; bits without a name by their number. */
static void show_flags(struct view *v, const char *name, const char *words, struct span s)
{
	char text[ERR_REASON_MAX] = "";
	size_t n = 0;

	for (unsigned bit = 0; bit < 8 * (s.n - 1) && n < sizeof text; bit++) {
		struct span word = syntax_word(words, bit);
		const char *before = n > 0 ? ", " : "";

		if ((s.p[1 + bit / 8] & 0x80 >> bit % 8) == 0)
			continue;
		n += (size_t)(word.n > 0 ? snprintf(text + n, sizeof text - n, "%s%.*s", before,
		                                    (int)word.n, (const char *)word.p)
		                         : snprintf(text + n, sizeof text - n, "%sbit %u", before,
		                                    bit));
	}
	view_word(v, name, "%s", n > 0 ? text : "none");
}

static void show_time(struct walk *w, const char *name, const struct element *e)
{
	struct date_text text;
	int64_t seconds;
	enum err err = e->tag == DER_UTCTIME ? date_from_utctime(e->content, &seconds)
	                                     : date_from_generalized(e->content, &seconds);

	if (err == OK) {
		view_word(w->view, name, "%s", date_to_rfc3339(&text, seconds));
		return;
	}
	walk_fault(w, e->whole.p, err);
	view_text(w->view, name, e->content);
}

static void show_oid(struct walk *w, const char *name, struct span oid)
{
	struct span known = syntax_oid_name(w->grammar, oid);
	char room[80];

	w->oid = oid;
	if (known.n > 0)
		view_word(w->view, name, "%.*s", (int)known.n, (const char *)known.p);
	else
		view_word(w->view, name, "%s", der_oid_text(oid, room, sizeof room));
}

static void show_size(struct walk *w, const char *name, struct span s)
{
	view_word(w->view, name, "%zu octets, not shown", s.n);
}

/* Types of which any octets are a value. */
static bool show_plain(struct walk *w, const struct syntax *row, const char *name,
                       const struct element *e)
{
	switch (row->type) {
	case SYNTAX_TIME:
		show_time(w, name, e);
		return true;
	case SYNTAX_TEXT:
		view_text(w->view, name, e->content);
		return true;
	case SYNTAX_SECRET:
		show_size(w, name, e->content);
		return true;
	case SYNTAX_BOOLEAN:
	case SYNTAX_INTEGER:
	case SYNTAX_OCTETS_INTEGER:
	case SYNTAX_BIG_INTEGER:
	case SYNTAX_NUMBERED:
	case SYNTAX_FLAGS:
	case SYNTAX_BITS:
	case SYNTAX_NULL:
	case SYNTAX_OID:
		return false;
	default:
		view_hex(w->view, name, e->content);
		return true;
	}
}

/* The others, once they are known to be in DER's form. */
static void show_strict(struct walk *w, const struct syntax *row, const char *name, struct span s)
{
	switch (row->type) {
	case SYNTAX_INTEGER:
		show_integer(w->view, name, s);
		break;
	case SYNTAX_OCTETS_INTEGER:
		view_hex(w->view, name, magnitude(s));
		break;
	case SYNTAX_BIG_INTEGER:
		view_word(w->view, name, "%u bits", bit_length(magnitude(s)));
		break;
	case SYNTAX_NUMBERED:
		show_numbered(w->view, name, row->words, s);
		break;
	case SYNTAX_FLAGS:
		show_flags(w->view, name, row->words, s);
		break;
	case SYNTAX_BITS:
		view_hex(w->view, name, (struct span){ s.p + 1, s.n - 1 });
		break;
	case SYNTAX_BOOLEAN:
		view_bool(w->view, name, s.p[0] != 0);
		break;
	case SYNTAX_NULL:
		view_word(w->view, name, "NULL");
		break;
	default:
		show_oid(w, name, s);
	}
}

/* Whether it is in DER's form: the fault is in the cursor. */
static void check(uint8_t type, struct der *c, uint8_t tag)
{
	switch (type) {
	case SYNTAX_BOOLEAN:
		der_bool_of(c, tag);
		break;
	case SYNTAX_NULL:
		if (der_get(c, tag).n > 0)
			der_fail(c, err_because(E_NOT_DER, "a NULL has content"));
		break;
	case SYNTAX_OID:
		der_oid_of(c, tag);
		break;
	case SYNTAX_BITS:
	case SYNTAX_FLAGS:
		der_bits_of(c, tag);
		break;
	default:
		der_integer_of(c, tag);
	}
}

void walk_octets(struct walk *w, const char *name, struct span s)
{
	if (w->secret)
		show_size(w, name, s);
	else
		view_hex(w->view, name, s);
}

/*
 * What may be shown of a key: versions, counts, algorithms that have a name.  A
 * longer number, or an OBJECT IDENTIFIER that nobody knows, may be the key itself
 * behind a head that was damaged.
 */
static bool is_open(struct walk *w, uint8_t type, struct span s)
{
	if (!w->secret || s.n == 0)
		return true;
	if (type == SYNTAX_OID)
		return syntax_oid_name(w->grammar, s).n > 0;
	return (type == SYNTAX_INTEGER || type == SYNTAX_NUMBERED) && s.n <= 4;
}

/* Extensions are an issuer's, signed as they are: their readers take zeros behind named bits. */
static bool in_extension(const struct walk *w)
{
	for (unsigned i = 0; i < w->depth; i++)
		if (w->path[i].name != NULL && strcmp(w->path[i].name, "extnValue") == 0)
			return true;
	return false;
}

void walk_primitive(struct walk *w, const struct syntax *row, const char *name,
                    const struct element *e)
{
	enum err err;
	struct der c = der_open(e->whole, &err);

	if (!is_open(w, row->type, e->content)) {
		show_size(w, name, e->content);
		return;
	}
	if (e->missing > 0 && row->type != SYNTAX_SECRET) {
		walk_octets(w, name, e->content);
		return;
	}
	if (show_plain(w, row, name, e))
		return;
	check(row->type, &c, e->tag);
	if (err != OK) {
		walk_fault(w, e->whole.p, err);
		walk_octets(w, name, e->content);
		return;
	}
	show_strict(w, row, name, e->content);
	/* X.690 11.2.2: what they say is clear all the same */
	c = der_open(e->whole, &err);
	if (row->type == SYNTAX_FLAGS && !in_extension(w) && (der_flags_of(&c, e->tag), err != OK))
		walk_fault(w, e->whole.p, err);
}
