/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing JSON (RFC 8259) into one buffer. */
#include <inttypes.h>
#include <stdio.h>

#include "platform/base/utf8.h"
#include "platform/codec/b64.h"
#include "platform/codec/json.h"

static bool fits(struct jsonw *w, size_t n)
{
	/* one byte stays for the NUL behind the text */
	if (w->err == OK && n >= w->cap - w->n)
		w->err = err_because(E_SPACE, "JSON of more than %zu bytes", w->cap);
	return w->err == OK;
}

static void put(struct jsonw *w, struct span s)
{
	if (s.n == 0 || !fits(w, s.n))
		return;
	memcpy(w->buf + w->n, s.p, s.n);
	w->n += s.n;
}

static void put_char(struct jsonw *w, char c)
{
	put(w, (struct span){ (const uint8_t *)&c, 1 });
}

static void bug(struct jsonw *w, const char *why)
{
	if (w->err == OK)
		w->err = err_because(E_BUG, "JSON written with %s", why);
}

/* RFC 8259 7: quotes, backslash and controls must be escaped; DEL is no help to anybody. */
static void put_escaped(struct jsonw *w, uint8_t c)
{
	char u[8];

	switch (c) {
	case '"':
		put(w, span_str("\\\""));
		break;
	case '\\':
		put(w, span_str("\\\\"));
		break;
	case '\n':
		put(w, span_str("\\n"));
		break;
	case '\r':
		put(w, span_str("\\r"));
		break;
	case '\t':
		put(w, span_str("\\t"));
		break;
	default:
		snprintf(u, sizeof u, "\\u%04x", c);
		put(w, span_str(u));
	}
}

static bool must_escape(uint32_t scalar)
{
	return scalar < 0x20 || scalar == 0x7f || scalar == '"' || scalar == '\\';
}

static void put_quoted(struct jsonw *w, struct span s)
{
	put_char(w, '"');
	while (s.n > 0) {
		uint32_t scalar;
		size_t n = utf8_next(s, &scalar);

		if (n == 0)
			put(w, span_str("\xef\xbf\xbd")); /* U+FFFD for each bad octet */
		else if (must_escape(scalar))
			put_escaped(w, s.p[0]);
		else
			put(w, (struct span){ s.p, n });
		n = n > 0 ? n : 1;
		s.p += n;
		s.n -= n;
	}
	put_char(w, '"');
}

/* What stands before a value: comma, and in an object the name. */
static void lead(struct jsonw *w, const char *name)
{
	bool in_object = w->nest > 1 && (w->nest & 1) != 0;

	if (in_object != (name != NULL))
		bug(w, in_object ? "a member without a name" : "a name outside an object");
	if (w->nest == 1 && w->n > 0)
		bug(w, "a second value");
	if (w->comma)
		put_char(w, ',');
	if (name != NULL) {
		put_quoted(w, span_str(name));
		put_char(w, ':');
	}
	w->comma = true;
}

void jsonw_open(struct jsonw *w, const char *name, char bracket)
{
	lead(w, name);
	if (w->nest >> 31 != 0)
		bug(w, "too many open brackets");
	w->nest = w->nest << 1 | (bracket == '{');
	put_char(w, bracket);
	w->comma = false;
}

void jsonw_close(struct jsonw *w, char bracket)
{
	if (w->nest <= 1 || (w->nest & 1) != (bracket == '}'))
		bug(w, "brackets that do not pair");
	w->nest >>= 1;
	put_char(w, bracket);
	w->comma = true;
}

void jsonw_string(struct jsonw *w, const char *name, struct span text)
{
	lead(w, name);
	put_quoted(w, text);
}

void jsonw_integer(struct jsonw *w, const char *name, int64_t v)
{
	char digits[24];

	lead(w, name);
	snprintf(digits, sizeof digits, "%" PRId64, v);
	put(w, span_str(digits));
}

void jsonw_bool(struct jsonw *w, const char *name, bool v)
{
	lead(w, name);
	put(w, span_str(v ? "true" : "false"));
}

void jsonw_base64_open(struct jsonw *w, const char *name)
{
	lead(w, name);
	put_char(w, '"');
}

void jsonw_base64_add(struct jsonw *w, struct span octets)
{
	if (fits(w, octets.n < w->cap ? B64_SIZE(octets.n) : w->cap))
		w->n += b64_write(w->buf + w->n, octets);
}

void jsonw_base64_close(struct jsonw *w)
{
	put_char(w, '"');
}

void jsonw_base64(struct jsonw *w, const char *name, struct span octets)
{
	jsonw_base64_open(w, name);
	jsonw_base64_add(w, octets);
	jsonw_base64_close(w);
}

enum err jsonw_end(const struct jsonw *w, struct span *out)
{
	enum err e = w->err;

	*out = NO_BYTES;
	if (e == OK && w->nest != 1)
		e = err_because(E_BUG, "JSON written with brackets left open");
	if (e == OK && w->n >= w->cap)
		e = err_because(E_SPACE, "JSON without a buffer");
	if (e != OK)
		return e;
	w->buf[w->n] = '\0';
	*out = (struct span){ (const uint8_t *)w->buf, w->n };
	return OK;
}
