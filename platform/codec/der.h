/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading DER (X.690).
 *
 * A cursor walks the content of one element.  Every cursor opened on a message
 * shares one error cell: the first fault is kept, everything read after it is
 * empty, zero or false, and der_more() says false, so loops end.  A parser is
 * thus a straight list of the fields of the syntax with one test at the end.
 * Nothing is copied: spans point into the message and live as long as it does.
 *
 * Refused: indefinite and overlong lengths, tags above 30, lengths over four
 * octets, non-minimal INTEGERs, BOOLEANs but 00 and FF, set bits in the unused
 * part of a BIT STRING, cursors nested deeper than DER_DEPTH_MAX.  Left to the caller: encoded DEFAULTs
 * (der_bool_default() helps), SET OF order (der_set_ordered()), and der_end()
 * on every cursor, without which trailing bytes pass.
 */
#ifndef ONRAMP_CODEC_DER_H
#define ONRAMP_CODEC_DER_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"

struct der {
	const uint8_t *p;
	size_t n; /* bytes left in this element */
	enum err *err;
	unsigned depth; /* elements around this one */
};

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_T61 = 0x14,
	DER_IA5 = 0x16,
	DER_UTCTIME = 0x17,
	DER_TIME = 0x18,
	DER_UNIVERSAL = 0x1c,
	DER_BMP = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};
#define DER_CONTEXT(n)           (0xa0 | (n)) /* [n] EXPLICIT, or IMPLICIT constructed */
#define DER_CONTEXT_PRIMITIVE(n) (0x80 | (n)) /* [n] IMPLICIT primitive */

/* What an element says of itself, before it is known whether all of it is there. */
struct der_head {
	uint8_t tag;
	size_t size; /* octets of the head: identifier and length */
	size_t n;    /* octets of content that it announces */
};
MUST_CHECK enum err der_head(struct span s, struct der_head *out);

/* Sets *err to OK.  The message is what der_end() on this cursor must exhaust. */
struct der der_open(struct span message, enum err *err);

/* A further cursor on bytes already taken, sharing the error cell of c. */
struct der der_within(const struct der *c, struct span content);

bool der_more(const struct der *c);
bool der_at(const struct der *c, uint8_t tag);
bool der_ok(const struct der *c);

/* Records a fault of the caller's own finding (value out of range...). */
void der_fail(struct der *c, enum err e);

struct span der_element(struct der *c);                 /* next element, header included */
struct span der_element_of(struct der *c, uint8_t tag); /* the same, tag demanded */
struct span der_get(struct der *c, uint8_t tag);        /* its content */
struct der der_enter(struct der *c, uint8_t tag);       /* a cursor on its content */
bool der_skip(struct der *c, uint8_t tag);              /* OPTIONAL: true if it was there */

bool der_bool(struct der *c);
bool der_bool_default(struct der *c, bool dflt); /* OPTIONAL; an encoded DEFAULT is E_NOT_DER */
void der_null(struct der *c);
uint32_t der_uint(struct der *c);          /* INTEGER 0..2^32-1 */
int64_t der_int(struct der *c);            /* INTEGER of at most 8 octets */
struct span der_integer(struct der *c);    /* INTEGER of any size, content octets */
struct span der_oid(struct der *c);        /* content octets; arcs in fewest octets */
struct span der_bits(struct der *c);       /* BIT STRING: count of unused bits, bits */
struct span der_bit_octets(struct der *c); /* BIT STRING of whole octets: the octets */

/* The content of these under another tag, IMPLICIT, to the same effect. */
bool der_bool_of(struct der *c, uint8_t tag);
struct span der_integer_of(struct der *c, uint8_t tag);
struct span der_oid_of(struct der *c, uint8_t tag);
struct span der_bits_of(struct der *c, uint8_t tag);

/* Named BIT STRING (no trailing zero bits, X.690 11.2.2), bit 0 as 1 << 0; at most 32 bits. */
uint32_t der_flags(struct der *c);
/* The content of a named BIT STRING under another tag, to the same effect. */
uint32_t der_flags_of(struct der *c, uint8_t tag);

/* Time ::= CHOICE { UTCTime, GeneralizedTime }; GeneralizedTime alone. Seconds since 1970. */
int64_t der_time(struct der *c);
int64_t der_generalized_time(struct der *c);

/* The elements of a SET OF stand in X.690 11.6 order. */
bool der_set_ordered(struct span set_content);

void der_end(struct der *c); /* fault unless all was read */

/* "1.2.840..." of OID content octets; cut with `...` when it does not fit. */
const char *der_oid_text(struct span oid, char *out, size_t cap);

#endif
