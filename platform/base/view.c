/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of a decoder, written as indented text or as JSON. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "platform/base/limits.h"
#include "platform/base/log.h"
#include "platform/base/utf8.h"
#include "platform/base/view.h"

enum {
	VALUE_ROOM = 8 * VIEW_STRING_MAX, /* no value is longer, and all brackets fit behind it */
	LAST_WORD = 4 * VALUE_ROOM
};

/* How a form differs from the other. */
struct view_form {
	void (*lead)(struct view *v, const char *name);  /* what stands before a value */
	const char *open[2], *close[2];                  /* of a group, of a list */
	const char *none;                                /* in place of what is in an empty one */
	const char *gap;                                 /* between a name and a value */
	const char *quote;                               /* around words */
	size_t (*escape)(struct view *v, struct span s); /* how many octets of s are written */
};

static void put(struct view *v, const char *s, size_t n)
{
	v->left -= n < v->left ? n : v->left;
	v->begun = true;
	v->put(v->to, s, n);
}

static void word(struct view *v, const char *s)
{
	put(v, s, strlen(s));
}

static bool in_list(const struct view *v)
{
	return (v->lists >> (v->depth - 1) & 1) != 0;
}

/* `- ` before each element of a list; a group or list in a list goes on behind it. */
static void text_lead(struct view *v, const char *name)
{
	bool behind_dash = v->fresh && v->depth > 1 && (v->lists >> (v->depth - 2) & 1) != 0;

	if (!behind_dash) {
		if (v->begun)
			word(v, "\n");
		for (unsigned i = 1; i < v->depth; i++)
			word(v, "  ");
	}
	if (in_list(v))
		word(v, "- ");
	if (name != NULL) {
		word(v, name);
		word(v, ":");
	}
}

/* The same characters as in a log line (log_quote()), octet by octet. */
static size_t text_escape(struct view *v, struct span s)
{
	char escape[8];

	snprintf(escape, sizeof escape, "\\x%02x", s.p[0]);
	word(v, escape);
	return 1;
}

static void json_lead(struct view *v, const char *name)
{
	if (!v->fresh)
		word(v, ",");
	if (name != NULL) {
		word(v, "\"");
		word(v, name);
		word(v, "\":");
	}
}

/* RFC 8259 7: above U+FFFF a pair of surrogates; an octet that is no UTF-8 is U+FFFD. */
static size_t json_escape(struct view *v, struct span s)
{
	char escape[16];
	uint32_t c = 0xfffd;
	size_t n = utf8_next(s, &c);

	if (c > 0xffff)
		snprintf(escape, sizeof escape, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10),
		         0xdc00 + (c & 0x3ff));
	else
		snprintf(escape, sizeof escape, "\\u%04x", c);
	word(v, escape);
	return n > 0 ? n : 1;
}

const struct view_form VIEW_TEXT = {
	.lead = text_lead,
	.open = { "", "" },
	.close = { "", "" },
	.none = " none",
	.gap = " ",
	.quote = "",
	.escape = text_escape,
};
const struct view_form VIEW_JSON = {
	.lead = json_lead,
	.open = { "{", "[" },
	.close = { "}", "]" },
	.none = "",
	.gap = "",
	.quote = "\"",
	.escape = json_escape,
};

void view_begin(struct view *v, const struct view_form *form,
                void (*to_put)(void *to, const char *s, size_t n), void *to)
{
	*v = (struct view){ .form = form,
		            .put = to_put,
		            .to = to,
		            .left = VIEW_SIZE_MAX - LAST_WORD,
		            .depth = 1,
		            .fresh = true };
	word(v, form->open[0]);
	v->begun = false;
}

void view_end(struct view *v)
{
	word(v, v->form->close[0]);
	word(v, "\n");
}

bool view_full(const struct view *v)
{
	return v->full;
}

void view_reserve(struct view *v)
{
	v->full = false;
	v->left += LAST_WORD;
}

/* The name of what comes; false when there is no room for it. */
static bool lead(struct view *v, const char *name)
{
	v->full = v->full || v->left < VALUE_ROOM;
	if (v->full)
		return false;
	v->form->lead(v, in_list(v) ? NULL : name);
	v->fresh = false;
	return true;
}

static bool begin(struct view *v, const char *name)
{
	if (!lead(v, name))
		return false;
	if (!in_list(v))
		word(v, v->form->gap);
	return true;
}

static void open(struct view *v, const char *name, bool list)
{
	v->full = v->full || v->depth == VIEW_DEPTH_MAX;
	if (!lead(v, name)) {
		v->dropped++;
		return;
	}
	word(v, v->form->open[list]);
	v->lists &= ~(UINT64_C(1) << v->depth);
	v->lists |= (uint64_t)list << v->depth++;
	v->fresh = true;
}

void view_group(struct view *v, const char *name)
{
	open(v, name, false);
}

void view_list(struct view *v, const char *name)
{
	open(v, name, true);
}

void view_close(struct view *v)
{
	if (v->dropped > 0) {
		v->dropped--;
		return;
	}
	if (v->fresh)
		word(v, v->form->none);
	word(v, v->form->close[in_list(v)]);
	v->depth--;
	v->fresh = false;
}

/* What both forms escape alike stays readable. */
static void escaped(struct view *v, struct span s)
{
	while (s.n > 0) {
		size_t n = log_plain(s);

		if (*s.p == '"' || *s.p == '\\') {
			word(v, "\\");
			n = 1;
		}
		if (n > 0)
			put(v, (const char *)s.p, n);
		else
			n = v->form->escape(v, s);
		s.p += n;
		s.n -= n;
	}
}

void view_number(struct view *v, const char *name, int64_t number)
{
	char digits[24];

	if (!begin(v, name))
		return;
	snprintf(digits, sizeof digits, "%" PRId64, number);
	word(v, digits);
}

void view_bool(struct view *v, const char *name, bool value)
{
	if (begin(v, name))
		word(v, value ? "true" : "false");
}

void view_word(struct view *v, const char *name, const char *format, ...)
{
	char words[ERR_REASON_MAX + SYNTAX_WHERE_MAX];
	va_list args;

	if (!begin(v, name))
		return;
	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	word(v, v->form->quote);
	if (*v->form->quote != '\0')
		escaped(v, span_str(words));
	else
		word(v, words);
	word(v, v->form->quote);
}

void view_hex(struct view *v, const char *name, struct span octets)
{
	char rest[40];

	if (!begin(v, name))
		return;
	word(v, v->form->quote);
	for (size_t i = 0; i < octets.n && i < VIEW_HEX_MAX; i++) {
		static const char digits[] = "0123456789abcdef";

		put(v, &digits[octets.p[i] >> 4], 1);
		put(v, &digits[octets.p[i] & 15], 1);
	}
	if (octets.n == 0 && *v->form->quote == '\0')
		word(v, "none");
	if (octets.n > VIEW_HEX_MAX) {
		snprintf(rest, sizeof rest, "... (%zu octets)", octets.n);
		word(v, rest);
	}
	word(v, v->form->quote);
}

void view_text_open(struct view *v, const char *name)
{
	v->string = 0;
	if (begin(v, name))
		word(v, "\"");
}

/* Cut between characters, where they are well-formed. */
void view_text_add(struct view *v, struct span piece)
{
	size_t room = VIEW_STRING_MAX - v->string;

	if (v->full || v->string > VIEW_STRING_MAX)
		return;
	if (piece.n > room) {
		v->string = VIEW_STRING_MAX + 1;
		piece.n = room;
		while (piece.n > 0 && (piece.p[piece.n] & 0xc0) == 0x80 && room - piece.n < 3)
			piece.n--;
	} else {
		v->string += piece.n;
	}
	escaped(v, piece);
}

void view_text_close(struct view *v)
{
	if (v->full)
		return;
	if (v->string > VIEW_STRING_MAX)
		word(v, "...");
	word(v, "\"");
}

void view_text(struct view *v, const char *name, struct span text)
{
	view_text_open(v, name);
	view_text_add(v, text);
	view_text_close(v);
}
