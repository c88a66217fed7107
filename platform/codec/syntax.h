/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DER shown by its syntax: ASN.1 as tables, and one walker for all of them.
 *
 * A type is an array of rows in the order of the standard, ended by an empty one.
 * The walker follows the tables and the bytes side by side and tells a view what
 * it finds.  Nothing is believed and nothing is kept: this shows, and decides
 * nothing.  Readers that decide are written by hand, and are stricter.
 *
 *	Validity ::= SEQUENCE { notBefore Time, notAfter Time }
 *
 *	static const struct syntax validity[] = {
 *		{ "notBefore", TIME },
 *		{ "notAfter", TIME },
 *		ROWS_END,
 *	};
 *
 * The bytes are hostile, and may be broken anywhere.  The first fault is kept
 * with its offset, the path of the element, what was found and what was
 * expected; then the walk goes on where the frames allow it.  Depth is bounded
 * (E_RANGE), and so is the time: each octet is visited once for each level.
 */
#ifndef ONRAMP_CODEC_SYNTAX_H
#define ONRAMP_CODEC_SYNTAX_H

#include "platform/base/limits.h"
#include "platform/base/view.h"
#include "platform/codec/der.h"

struct walk;
struct element;

enum syntax_type {
	SYNTAX_END,
	SYNTAX_SEQUENCE,
	SYNTAX_SEQUENCE_OF,
	SYNTAX_SET_OF,
	SYNTAX_CHOICE,
	SYNTAX_ANY,         /* whatever it is, as a tree */
	SYNTAX_OPEN,        /* ANY DEFINED BY the OBJECT IDENTIFIER before it */
	SYNTAX_OPEN_OCTETS, /* the same inside an OCTET STRING */
	SYNTAX_CONTENT,     /* the same; JSON in it is left to whoever can show it */
	SYNTAX_BOOLEAN,
	SYNTAX_INTEGER,
	SYNTAX_OCTETS_INTEGER, /* INTEGER as octets: serial numbers */
	SYNTAX_BIG_INTEGER,    /* INTEGER of which the size matters */
	SYNTAX_NUMBERED,       /* INTEGER or ENUMERATED with names */
	SYNTAX_FLAGS,          /* BIT STRING with names */
	SYNTAX_BITS,
	SYNTAX_OCTETS,
	SYNTAX_SECRET, /* OCTET STRING: the size alone */
	SYNTAX_NULL,
	SYNTAX_OID,
	SYNTAX_TEXT, /* of any string type */
	SYNTAX_TIME,
	SYNTAX_OWN_SEQUENCE, /* shown by a function */
	SYNTAX_OWN_OCTETS,
	SYNTAX_OWN_BITS
};

/* Inline names: no pointer to relocate for each of some 400 rows. */
struct syntax {
	char name[29];
	uint8_t tag;  /* context-specific; 0: the type's own */
	uint8_t type; /* enum syntax_type */
	bool optional : 1;
	bool wrapped : 1; /* EXPLICIT */
	union {
		const struct syntax *rows; /* SEQUENCE, CHOICE: its rows; SEQUENCE OF: the one */
		const char *words;         /* names of numbers or bits, "a\0b\0" */
		void (*show)(struct walk *w, const char *name, const struct element *e);
	};
};

/* clang-format off */
#define ROWS_END       { .type = SYNTAX_END }
/* clang-format on */
#define OPTIONAL       .optional = true
#define IMPLICIT(n)    .tag = 0x80 | (n)
#define EXPLICIT(n)    .tag = 0x80 | (n), .wrapped = true
#define SEQUENCE(r)    .type = SYNTAX_SEQUENCE, .rows = (r)
#define SEQUENCE_OF(r) .type = SYNTAX_SEQUENCE_OF, .rows = (r)
#define SET_OF(r)      .type = SYNTAX_SET_OF, .rows = (r)
#define CHOICE(r)      .type = SYNTAX_CHOICE, .rows = (r)
#define NUMBERED(w)    .type = SYNTAX_NUMBERED, .words = (w)
#define FLAGS(w)       .type = SYNTAX_FLAGS, .words = (w)
#define SEQUENCE_BY(f) .type = SYNTAX_OWN_SEQUENCE, .show = (f)
#define OCTETS_BY(f)   .type = SYNTAX_OWN_OCTETS, .show = (f)
#define BITS_BY(f)     .type = SYNTAX_OWN_BITS, .show = (f)
#define ANY            .type = SYNTAX_ANY
#define OPEN           .type = SYNTAX_OPEN
#define OPEN_OCTETS    .type = SYNTAX_OPEN_OCTETS
#define CONTENT        .type = SYNTAX_CONTENT
#define BOOLEAN        .type = SYNTAX_BOOLEAN
#define INTEGER        .type = SYNTAX_INTEGER
#define OCTETS_INTEGER .type = SYNTAX_OCTETS_INTEGER
#define BIG_INTEGER    .type = SYNTAX_BIG_INTEGER
#define BIT_STRING     .type = SYNTAX_BITS
#define OCTET_STRING   .type = SYNTAX_OCTETS
#define SECRET         .type = SYNTAX_SECRET
#define NULL_VALUE     .type = SYNTAX_NULL
#define OID            .type = SYNTAX_OID
#define TEXT           .type = SYNTAX_TEXT
#define TIME           .type = SYNTAX_TIME

/*
 * Names of OBJECT IDENTIFIERs, by what they have in common: the octets before the
 * last arc, and the arcs with their names.  A row of values, named like the
 * OBJECT IDENTIFIER, is the type that it defines.
 */
struct oid_family {
	struct span prefix;
	const char *names; /* "14 subjectKeyIdentifier\0" "15 keyUsage\0" */
};
struct oid_book {
	const struct oid_family *families; /* ended by an empty prefix */
	const struct syntax *values;
};

/* An element as far as it is there. */
struct element {
	uint8_t tag;
	struct span whole, content;
	size_t missing; /* octets that it announces, and that are not there */
};

struct walk {
	struct view *view;
	const struct oid_book *const *books; /* ended by NULL */
	struct span document;
	struct span oid;     /* the last one met */
	struct span content; /* JSON of a SYNTAX_CONTENT, not shown */
	struct {
		const char *name; /* NULL: index of a list */
		unsigned index;
	} path[VIEW_DEPTH_MAX];
	unsigned depth;

	enum err fault; /* the first one */
	size_t offset;  /* where in the document */
	char where[SYNTAX_WHERE_MAX];
	char why[ERR_REASON_MAX];
};

/* Shows the whole document as what the row says, under its name; then look at fault. */
void walk_document(struct walk *w, struct view *v, const struct oid_book *const *books,
                   const struct syntax *row, struct span document);

/*
 * What a document may be, told by how its elements nest: tags in hex, `(` into an
 * element, `t` a Time, `c` any context-specific tag.  An element that is not
 * entered is passed over.  Only the beginning is looked at, so a broken one is known.
 */
struct syntax_kind {
	const char *shape; /* "30(30(02 30 30 t" */
	struct syntax row;
	enum err broken; /* the code of a fault in it; OK: the fault's own */
};
bool syntax_fits(const char *shape, struct span document);

/* Any DER. */
extern const struct syntax SYNTAX_TREE;

/* For functions of SYNTAX_OWN_*: a fault at some octet, the content's fields, and an element. */
void walk_fault(struct walk *w, const uint8_t *at, enum err e);
void walk_fields(struct walk *w, const struct syntax *rows, struct span content);
void walk_value(struct walk *w, const struct syntax *row, const char *name,
                const struct element *e);

/* The first element of *rest, which moves behind it; false, and the fault, when there is none. */
bool walk_take(struct walk *w, struct span *rest, struct element *out);

/* "keyUsage", or "1.2.3" in room. */
const char *walk_oid_name(const struct walk *w, struct span oid, char *room, size_t cap);
/* The type that the last OBJECT IDENTIFIER defines, or NULL. */
const struct syntax *walk_defined(const struct walk *w);

/* syntax_value.c: everything that has no elements inside. */
void walk_primitive(struct walk *w, const struct syntax *row, const char *name,
                    const struct element *e);
/* "INTEGER", "[3]" */
const char *walk_tag_name(uint8_t tag, char room[8]);
/* The universal type of a tag; SYNTAX_OCTETS where there is none to know. */
enum syntax_type walk_tag_type(uint8_t tag);

#endif
