/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, read through jansson under caps, written by ourselves.
 *
 * Reading: size, nesting and number of elements are bounded before the library
 * sees the text; NUL bytes, duplicate members, \u0000, trailing bytes are
 * refused.  The document owns library heap until json_close(); strings point
 * into it.  Getters never fail on absent members: they return JSON_ABSENT, and
 * JSON_WRONG when the member has another type.
 */
#ifndef ONRAMP_CODEC_JSON_H
#define ONRAMP_CODEC_JSON_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"

struct json; /* a value inside an open document */

enum json_found { JSON_FOUND, JSON_ABSENT, JSON_WRONG };

/* E_JSON with the place (line, column) in the reason; E_TOO_BIG over a cap; E_MEMORY. */
MUST_CHECK enum err json_open(struct span text, const struct json **root);
void json_close(const struct json *root); /* NULL is fine */

/*
 * jansson exports json_object(), json_string() and json_integer() itself, and
 * would call ours instead: these names end at the compiler.
 */
#define json_object  json_get_object
#define json_string  json_get_string
#define json_integer json_get_integer

/* Members of an object.  A value that is no object has none.  *out is written
   only with JSON_FOUND. */
enum json_found json_object(const struct json *v, const char *name, const struct json **out);
enum json_found json_string(const struct json *v, const char *name, struct span *out);
enum json_found json_integer(const struct json *v, const char *name, int64_t *out);
enum json_found json_bool(const struct json *v, const char *name, bool *out);
size_t json_members(const struct json *v); /* 0 for anything but an object */

/* Visits members in document order; for `onramp show`. kind: o a s i r t n (t true/false). */
struct json_member {
	struct span name; /* empty inside arrays */
	char kind;
	struct span text; /* s */
	int64_t integer;  /* i, t */
	const struct json *value;
};
bool json_next(const struct json *v, void **iterator, struct json_member *out);

/*
 * Writing: a flat buffer, sticky error, commas by itself.  A name outside an
 * object, none inside, brackets that do not pair, more than 31 of them open:
 * E_BUG at jsonw_end().
 */
struct jsonw {
	char *buf;
	size_t cap, n;
	bool comma;
	enum err err;
	uint32_t nest; /* a bit for each open bracket, 1 for `{`, behind a leading 1 */
};
#define JSONW_ON(array)                                 \
	{                                               \
		(array), sizeof(array), 0, false, OK, 1 \
	}
/* name: of a member, NULL inside arrays and at the top.  bracket: { or [, } or ]. */
void jsonw_open(struct jsonw *w, const char *name, char bracket);
void jsonw_close(struct jsonw *w, char bracket);
/* Escaped; octets that are no UTF-8 become U+FFFD. */
void jsonw_string(struct jsonw *w, const char *name, struct span text);
void jsonw_integer(struct jsonw *w, const char *name, int64_t v);
void jsonw_bool(struct jsonw *w, const char *name, bool v);
void jsonw_base64(struct jsonw *w, const char *name, struct span octets);
/* The same by pieces, each but the last of a multiple of three octets. */
void jsonw_base64_open(struct jsonw *w, const char *name);
void jsonw_base64_add(struct jsonw *w, struct span octets);
void jsonw_base64_close(struct jsonw *w);
/* What was written; a NUL stands behind it. */
MUST_CHECK enum err jsonw_end(const struct jsonw *w, struct span *out);

#endif
