/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DER shown by its syntax: the standards' own ASN.1, and one walker for all of it.
 *
 * A module is ASN.1 as text.  syntax_compile() makes nodes of all modules, and
 * walk_document() follows nodes and bytes side by side and tells a view what it
 * finds.  Nothing is believed and nothing is kept: this shows, and decides
 * nothing.  Readers that decide are written by hand, and are stricter.
 *
 * Text takes less room than tables of pointers, is read beside the RFC, and is
 * compiled only when something is to be shown.  The subset: SEQUENCE, SEQUENCE OF,
 * SET OF, CHOICE, tags, OPTIONAL, DEFAULT, names of numbers and bits, ANY DEFINED
 * BY, OCTET STRING CONTAINING ANY.  Sizes are left out.  What an OBJECT IDENTIFIER
 * defines is the type of its name:
 * "keyUsage ::= BIT STRING { digitalSignature(0), ... }".
 *
 * The bytes are hostile, and may be broken anywhere.  The first fault is kept
 * with its offset, the path of the element, what was found and what was
 * expected; then the walk goes on where the frames allow it.  Of a private key no
 * octets are shown, wherever it is broken.  Depth is bounded
 * (E_RANGE), and so is the time: each octet is visited once for each level.
 */
#ifndef ONRAMP_CODEC_SYNTAX_H
#define ONRAMP_CODEC_SYNTAX_H

#include "platform/base/arena.h"
#include "platform/base/limits.h"
#include "platform/base/view.h"
#include "platform/codec/der.h"

struct walk;
struct syntax;

/* An element as far as it is there. */
struct element {
	uint8_t tag;
	struct span whole, content;
	size_t missing; /* octets that it announces, and that are not there */
};

/* Shows elements of one type in a way of its own. */
typedef void walk_show(struct walk *w, const struct syntax *of, const char *name,
                       const struct element *e);
struct syntax_hook {
	char type[24];
	walk_show *show;
};

/*
 * What a document may be, told by how its elements nest: tags in hex, `(` into an
 * element, `t` a Time, `c` any context-specific tag.  An element that is not
 * entered is passed over.  Only the beginning is looked at, so a broken one is known.
 */
struct syntax_kind {
	char shape[24]; /* "30(30(02 30 30 t" */
	char type[24];
	enum err broken; /* the code of a fault in it; OK: the fault's own */
};

struct syntax_module {
	const char *text;
	bool explicit_tags;              /* DEFINITIONS EXPLICIT TAGS; otherwise IMPLICIT */
	const char *oids;                /* "2.5.29 { keyUsage(15) } 2.5.29.37 { ... }"; or NULL */
	const struct syntax_kind *kinds; /* ended by an empty shape; or NULL */
	const struct syntax_kind *keys;  /* the same, of private keys */
	const struct syntax_hook *hooks; /* ended by NULL; or NULL */
};

/* A type, or a field of one, compiled. */
struct syntax {
	char name[32];
	uint8_t tag;  /* context-specific; 0: the type's own */
	uint8_t type; /* enum syntax_type, syntax_type.h */
	bool optional, wrapped;
	const struct syntax *next; /* of the same SEQUENCE or CHOICE; of definitions */
	const struct syntax *rows; /* the first field; of SEQUENCE OF the element */
	const char *words;         /* names of numbers or bits, from their `{` on */
	walk_show *show;
};

struct grammar {
	const struct syntax_module *const *modules; /* ended by NULL */
	struct syntax *nodes;
	size_t count;
	const struct syntax *definitions;
};

/* E_SPACE; E_BUG, with the place, for a text that is none: only ours are compiled. */
MUST_CHECK enum err syntax_compile(struct arena *a, const struct syntax_module *const *modules,
                                   struct grammar *out);

/* Which of the modules' kinds the document begins like; NULL: none. */
const struct syntax_kind *syntax_kind_of(const struct grammar *g, struct span document);
/* One of keys.  NULL is none. */
bool syntax_is_key(const struct grammar *g, const struct syntax_kind *kind);

/* The name of a number in "T ::= INTEGER { a(0), b(1) }"; empty when it has none. */
struct span syntax_word(const char *text, unsigned long number);

struct walk {
	const struct grammar *grammar;
	struct view *view;
	struct span document;
	struct span oid;     /* the last one met */
	struct span content; /* JSON inside an OCTET STRING, left to who can show it */
	bool secret;         /* a private key: names and sizes are shown, of nothing the octets */
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

/* Shows the whole document as what the kind says (NULL: as a tree); then look at fault. */
void walk_document(struct walk *w, const struct grammar *g, struct view *v,
                   const struct syntax_kind *kind, struct span document);

/* For hooks: a fault at some octet; fields; what there is to show without the hook. */
void walk_fault(struct walk *w, const uint8_t *at, enum err e);
void walk_fields(struct walk *w, const struct syntax *rows, struct span content);
void walk_primitive(struct walk *w, const struct syntax *of, const char *name,
                    const struct element *e);
/* The first element of *rest, which moves behind it; false, and the fault, when there is none. */
bool walk_take(struct walk *w, struct span *rest, struct element *out);
/* In hex, or what must not be shown by its size. */
void walk_octets(struct walk *w, const char *name, struct span s);
/* A type by its name; NULL when there is none. */
const struct syntax *syntax_find(const struct grammar *g, struct span name);

#endif
