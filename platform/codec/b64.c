/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64 (RFC 4648). */
#include "platform/codec/b64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Which of the two alphabets was seen: `+/` is section 4, `-_` section 5. */
enum dialect { EITHER, SECTION_4, SECTION_5 };

struct reader {
	uint8_t *out;
	size_t n, cap;
	uint32_t bits; /* the sextets of the open group */
	unsigned sextets, pads;
	enum dialect dialect;
};

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

static enum err refuse(const char *what)
{
	return err_because(E_TEXT, "not base64: %s", what);
}

/* Alphabets are not mixed, and only B64_ANY knows the second. */
static bool dialect_fits(struct reader *r, enum b64_kind kind, uint8_t c)
{
	enum dialect d = c == '+' || c == '/'   ? SECTION_4
	                 : c == '-' || c == '_' ? SECTION_5
	                                        : EITHER;

	if (d == EITHER)
		return true;
	if (r->dialect == EITHER)
		r->dialect = kind == B64_ANY ? d : SECTION_4;
	return r->dialect == d;
}

static enum err put_octets(struct reader *r, unsigned octets)
{
	uint32_t group = r->bits << (24 - 6 * r->sextets);

	if (octets > r->cap - r->n)
		return err_because(E_SPACE, "base64 of more than %zu octets", r->cap);
	if ((group & 0xffffffu >> 8 * octets) != 0)
		return refuse("unused bits of the last character are set");
	for (unsigned i = 0; i < octets; i++)
		r->out[r->n++] = (uint8_t)(group >> (16 - 8 * i));
	r->bits = 0;
	r->sextets = 0;
	return OK;
}

static enum err take(struct reader *r, enum b64_kind kind, uint8_t c)
{
	int v = sextet(c);

	if (c == '=') {
		r->pads++;
		return OK;
	}
	if (v < 0 || !dialect_fits(r, kind, c))
		return refuse("a character is not of the alphabet");
	if (r->pads > 0)
		return refuse("characters after the padding");
	r->bits = r->bits << 6 | (uint32_t)v;
	return ++r->sextets == 4 ? put_octets(r, 3) : OK;
}

/* RFC 4648 4: two or three characters are left over, filled up to four by `=`. */
static enum err finish(struct reader *r, enum b64_kind kind)
{
	unsigned sextets = r->sextets;

	if (sextets == 1)
		return refuse("a single character is left over");
	if (kind == B64_ANY && r->pads == 0)
		return sextets > 0 ? put_octets(r, sextets - 1) : OK;
	if (r->pads != (4 - sextets) % 4)
		return refuse("wrong padding");
	return sextets > 0 ? put_octets(r, sextets - 1) : OK;
}

static bool blank(uint8_t c)
{
	return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

enum err b64_decode(struct arena *a, enum b64_kind kind, struct span text, struct span *out)
{
	struct reader r = { .out = a->base + a->used, .cap = a->cap - a->used };
	enum err e = OK;

	*out = NO_BYTES;
	for (size_t i = 0; e == OK && i < text.n; i++)
		if (kind != B64_LINES || !blank(text.p[i]))
			e = take(&r, kind, text.p[i]);
	if (e == OK)
		e = finish(&r, kind);
	if (e != OK) {
		wipe(r.out, r.n); /* may be half a key, and is behind what a reset wipes */
		return e;
	}
	arena_keep(a, r.n);
	*out = (struct span){ r.out, r.n };
	return OK;
}

size_t b64_write(char *out, struct span octets)
{
	char *to = out;

	for (size_t i = 0; i < octets.n; i += 3) {
		size_t n = octets.n - i < 3 ? octets.n - i : 3;
		uint32_t group = (uint32_t)octets.p[i] << 16;

		if (n > 1)
			group |= (uint32_t)octets.p[i + 1] << 8;
		if (n > 2)
			group |= octets.p[i + 2];
		*to++ = alphabet[group >> 18];
		*to++ = alphabet[group >> 12 & 63];
		*to++ = n > 1 ? alphabet[group >> 6 & 63] : '=';
		*to++ = n > 2 ? alphabet[group & 63] : '=';
	}
	return (size_t)(to - out);
}

enum err b64_encode(struct arena *a, struct span octets, struct span *out)
{
	char *to = (char *)a->base + a->used;
	size_t room = a->cap - a->used;

	*out = NO_BYTES;
	if (room == 0 || octets.n > (room - 1) / 4 * 3)
		return err_because(E_SPACE, "base64 of %zu octets, with room for %zu characters",
		                   octets.n, room);
	*out = (struct span){ (const uint8_t *)to, b64_write(to, octets) };
	to[out->n] = '\0';
	arena_keep(a, out->n + 1);
	return OK;
}
