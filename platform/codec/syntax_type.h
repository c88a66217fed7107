/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the walker tell each other. */
#ifndef ONRAMP_CODEC_SYNTAX_TYPE_H
#define ONRAMP_CODEC_SYNTAX_TYPE_H

#include "platform/codec/syntax.h"

enum syntax_type {
	SYNTAX_REFERENCE, /* not resolved yet */
	SYNTAX_SEQUENCE,
	SYNTAX_SEQUENCE_OF,
	SYNTAX_SET_OF,
	SYNTAX_CHOICE,
	SYNTAX_ANY,         /* whatever it is, as a tree */
	SYNTAX_OPEN,        /* ANY DEFINED BY the OBJECT IDENTIFIER before it */
	SYNTAX_OPEN_OCTETS, /* the same inside an OCTET STRING */
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
	SYNTAX_TIME
};

/* syntax_value.c: "INTEGER", "[3]"; the universal type of a tag, or SYNTAX_OCTETS. */
const char *walk_tag_name(uint8_t tag, char room[8]);
enum syntax_type walk_tag_type(uint8_t tag);

/* Is the name's text, a NUL behind it or not, this one? */
bool syntax_named(const struct syntax *s, struct span name);
/* The name of an OBJECT IDENTIFIER in the modules; empty when it has none. */
struct span syntax_oid_name(const struct grammar *g, struct span oid);

#endif
