/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading JSON: our caps first, then jansson. */
#include <jansson.h>

#include "platform/base/heap.h"
#include "platform/base/limits.h"
#include "platform/codec/json.h"

/* Where the scan stands: bytes inside strings are no structure. */
struct scan {
	size_t line, column;
	unsigned depth, nodes;
	bool quoted, escaped;
};

static enum err scan_refuse(const struct scan *s, enum err e, const char *why)
{
	return err_because(e, "line %zu, column %zu: %s", s->line, s->column, why);
}

static void scan_quoted(struct scan *s, uint8_t c)
{
	if (s->escaped)
		s->escaped = false;
	else if (c == '\\')
		s->escaped = true;
	else if (c == '"')
		s->quoted = false;
}

static void scan_structure(struct scan *s, uint8_t c)
{
	if (c == '"')
		s->quoted = true;
	if (c == '[' || c == '{')
		s->depth++;
	if ((c == ']' || c == '}') && s->depth > 0)
		s->depth--;
	if (c == ',' || c == ':' || c == '[' || c == '{')
		s->nodes++;
}

/*
 * The library's heap grows with the number of values, up to 264 times the text,
 * and its stack with the depth.  Both are counted before it sees a byte; that
 * the text is JSON at all is its business.
 */
static enum err scan(struct span text)
{
	struct scan s = { .line = 1 };

	if (text.n > JSON_SIZE_MAX)
		return err_because(E_TOO_BIG, "JSON of %zu bytes, at most %d are read", text.n,
		                   JSON_SIZE_MAX);
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		s.column++;
		if (c == '\0')
			return scan_refuse(&s, E_JSON, "a NUL byte");
		if (s.quoted)
			scan_quoted(&s, c);
		else
			scan_structure(&s, c);
		if (s.depth > JSON_DEPTH_MAX)
			return scan_refuse(&s, E_TOO_BIG, "nested too deep");
		if (s.nodes > JSON_NODES_MAX)
			return scan_refuse(&s, E_TOO_BIG, "too many values");
		if (c == '\n') {
			s.line++;
			s.column = 0;
		}
	}
	return OK;
}

/* In our words: the library's own contain the peer's text. */
static enum err refusal(const json_error_t *error)
{
	static const char *const why[] = {
		[json_error_invalid_utf8] = "not UTF-8",
		[json_error_premature_end_of_input] = "the text ends early",
		[json_error_end_of_input_expected] = "something follows the value",
		[json_error_invalid_syntax] = "not JSON",
		[json_error_null_character] = "\\u0000 in a string",
		[json_error_null_byte_in_key] = "\\u0000 in a name",
		[json_error_duplicate_key] = "a name appears twice in one object",
		[json_error_numeric_overflow] = "a number is too big",
	};
	size_t code = (size_t)json_error_code(error);
	const char *words = code < sizeof why / sizeof *why ? why[code] : NULL;

	return err_because(E_JSON, "line %d, column %d: %s", error->line, error->column,
	                   words != NULL ? words : "JSON not acceptable");
}

/* The library calls some failed allocations bad syntax, and passes over others. */
static void watch_heap(void)
{
	static bool watched;

	if (!watched)
		json_set_alloc_funcs(heap_malloc, heap_free);
	watched = true;
}

static size_t digits(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return n;
}

static bool one_of(struct span s, size_t at, const char *chars)
{
	return at < s.n && s.p[at] != '\0' && strchr(chars, s.p[at]) != NULL;
}

/*
 * number = [ "-" ] int [ "." 1*DIGIT ] [ "e" [ "-" / "+" ] 1*DIGIT ]	(RFC 8259 6)
 *
 * The length of one that may be too big for the library: 19 digits and more, or with an
 * exponent.  0: of another one, or of none.
 */
static size_t big_number(struct span s)
{
	size_t at = one_of(s, 0, "-"), whole = digits(s, at), more;
	bool exponent;

	if (whole == 0 || (whole > 1 && s.p[at] == '0'))
		return 0;
	at += whole;
	if (one_of(s, at, ".")) {
		more = digits(s, at + 1);
		if (more == 0)
			return 0;
		at += 1 + more;
	}
	exponent = one_of(s, at, "eE");
	if (exponent) {
		at += 1 + one_of(s, at + 1, "+-");
		more = digits(s, at);
		if (more == 0)
			return 0;
		at += more;
	}
	return exponent || whole >= 19 ? at : 0;
}

/*
 * RFC 8259 6 knows no number that is too big; the library does.  Such a one becomes a half:
 * no integer for whoever wants one, and passed over by everybody else (RFC 8995 5.6.1).
 */
static struct span tame_numbers(struct span text, char *room)
{
	struct scan s = { .line = 1 };
	bool inside = false; /* a number */

	memcpy(room, text.p, text.n);
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		size_t n = 0;

		if (s.quoted)
			scan_quoted(&s, c);
		else if (c == '"')
			s.quoted = true;
		else if (!inside)
			n = big_number((struct span){ text.p + i, text.n - i });
		inside = !s.quoted && one_of(text, i, "0123456789+-.eE");
		if (n == 0)
			continue;
		memset(room + i, ' ', n);
		memcpy(room + i, "0.5", 3);
		i += n - 1;
	}
	return (struct span){ (const uint8_t *)room, text.n };
}

static json_t *load(struct span text, json_error_t *error)
{
	static char room[JSON_SIZE_MAX];
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	json_t *v = json_loadb((const char *)text.p, text.n, flags, error);

	if (v != NULL || json_error_code(error) != json_error_numeric_overflow)
		return v;
	text = tame_numbers(text, room);
	v = json_loadb((const char *)text.p, text.n, flags, error);
	wipe(room, sizeof room);
	return v;
}

enum err json_open(struct span text, const struct json **root)
{
	enum err e = scan(text);
	unsigned long heap = heap_failures();
	json_error_t error;
	json_t *v;

	*root = NULL;
	if (e != OK)
		return e;
	if (text.n == 0)
		return err_because(E_JSON, "no JSON: the text is empty");
	watch_heap();
	v = load(text, &error);
	/* also where it noticed nothing: then octets of a string may be missing */
	if (heap_failures() != heap) {
		json_decref(v);
		return err_because(E_MEMORY, "JSON: out of memory");
	}
	if (v == NULL)
		return refusal(&error);
	*root = (const struct json *)v;
	return OK;
}

/* struct json exists only here and is the library's value under our name. */
static const json_t *theirs(const struct json *v)
{
	return (const json_t *)v;
}

void json_close(const struct json *root)
{
	json_decref((json_t *)(uintptr_t)root);
}

static const json_t *member(const struct json *v, const char *name)
{
	return v != NULL ? json_object_get(theirs(v), name) : NULL;
}

enum json_found json_object(const struct json *v, const char *name, const struct json **out)
{
	const json_t *m = member(v, name);

	if (m == NULL)
		return JSON_ABSENT;
	if (!json_is_object(m))
		return JSON_WRONG;
	*out = (const struct json *)m;
	return JSON_FOUND;
}

static struct span string_of(const json_t *v)
{
	return (struct span){ (const uint8_t *)json_string_value(v), json_string_length(v) };
}

enum json_found json_string(const struct json *v, const char *name, struct span *out)
{
	const json_t *m = member(v, name);

	if (m == NULL)
		return JSON_ABSENT;
	if (!json_is_string(m))
		return JSON_WRONG;
	*out = string_of(m);
	return JSON_FOUND;
}

enum json_found json_integer(const struct json *v, const char *name, int64_t *out)
{
	const json_t *m = member(v, name);

	if (m == NULL)
		return JSON_ABSENT;
	if (!json_is_integer(m))
		return JSON_WRONG;
	*out = json_integer_value(m);
	return JSON_FOUND;
}

enum json_found json_bool(const struct json *v, const char *name, bool *out)
{
	const json_t *m = member(v, name);

	if (m == NULL)
		return JSON_ABSENT;
	if (!json_is_boolean(m))
		return JSON_WRONG;
	*out = json_is_true(m);
	return JSON_FOUND;
}

size_t json_members(const struct json *v)
{
	return v != NULL ? json_object_size(theirs(v)) : 0;
}

static void describe(const json_t *v, struct json_member *out)
{
	static const char kinds[] = {
		[JSON_OBJECT] = 'o', [JSON_ARRAY] = 'a', [JSON_STRING] = 's', [JSON_INTEGER] = 'i',
		[JSON_REAL] = 'r',   [JSON_TRUE] = 't',  [JSON_FALSE] = 't',  [JSON_NULL] = 'n',
	};

	out->kind = kinds[json_typeof(v)];
	out->value = (const struct json *)v;
	if (json_is_string(v))
		out->text = string_of(v);
	if (json_is_integer(v))
		out->integer = json_integer_value(v);
	if (json_is_true(v))
		out->integer = 1;
}

/* The iterator of an array is the number of elements visited. */
static bool next_element(const json_t *v, void **iterator, struct json_member *out)
{
	uintptr_t i = (uintptr_t)*iterator;

	if (i >= json_array_size(v))
		return false;
	describe(json_array_get(v, i), out);
	*iterator = (void *)(i + 1);
	return true;
}

/* The library's iterators want a value that may be changed; these do not change it. */
static bool next_member(json_t *v, void **iterator, struct json_member *out)
{
	void *at = *iterator != NULL ? json_object_iter_next(v, *iterator) : json_object_iter(v);

	if (at == NULL)
		return false;
	out->name = span_str(json_object_iter_key(at));
	describe(json_object_iter_value(at), out);
	*iterator = at;
	return true;
}

bool json_next(const struct json *v, void **iterator, struct json_member *out)
{
	*out = (struct json_member){ .value = NULL };
	if (v == NULL)
		return false;
	if (json_is_array(theirs(v)))
		return next_element(theirs(v), iterator, out);
	return json_is_object(theirs(v)) && next_member((json_t *)(uintptr_t)v, iterator, out);
}
