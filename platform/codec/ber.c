/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other encodings of X.690 8, taken apart and written as DER. */
#include "platform/base/limits.h"
#include "platform/codec/ber.h"
#include "platform/codec/derw.h"

enum {
	CONSTRUCTED = 0x20,
	IN_PIECES = DER_OCTET_STRING | CONSTRUCTED,
	LENGTH_OCTETS_MAX = 8 /* BER may begin a length with zeros */
};

struct head {
	uint8_t tag;
	bool indefinite;
	size_t n; /* octets of content, of a definite length */
};

/* What is left of an element's content.  One of indefinite length ends with 00 00. */
struct ber {
	const uint8_t *p;
	size_t n;
	bool indefinite;
	unsigned depth;
};

struct rewriting {
	struct derw w;
	enum err err;
};

static bool refuse(struct rewriting *r, enum err e, const char *why)
{
	if (r->err == OK)
		r->err = err_because(e, "%s", why);
	return false;
}

static uint8_t octet(struct ber *c)
{
	c->n--;
	return *c->p++;
}

/* X.690 8.1.3.3 to 8.1.3.6 */
static bool read_length(struct rewriting *r, struct ber *c, struct head *h)
{
	uint8_t first = octet(c), octets = first & 0x7f;

	h->indefinite = first == 0x80;
	h->n = first < 0x80 ? first : 0;
	if (first <= 0x80)
		return true;
	if (octets > LENGTH_OCTETS_MAX)
		return refuse(r, E_RANGE, "a length has more than eight octets");
	for (; octets > 0; octets--) {
		if (c->n == 0)
			return refuse(r, E_TRUNCATED, "a length is cut short");
		if (h->n > BER_SIZE_MAX)
			return refuse(r, E_RANGE, "a length is beyond all limits");
		h->n = h->n << 8 | octet(c);
	}
	return true;
}

static bool read_head(struct rewriting *r, struct ber *c, struct head *h)
{
	if (c->n < 2)
		return refuse(r, E_TRUNCATED, "an element is cut short");
	h->tag = octet(c);
	if ((h->tag & 0x1f) == 0x1f)
		return refuse(r, E_RANGE, "a tag above 30");
	if (!read_length(r, c, h))
		return false;
	/* X.690 8.1.3.2 */
	if (h->indefinite && !(h->tag & CONSTRUCTED))
		return refuse(r, E_NOT_DER, "a primitive element of indefinite length");
	if (h->n > c->n)
		return refuse(r, E_TRUNCATED, "an element is longer than what holds it");
	return true;
}

/* X.690 8.1.5: 00 00 ends a content of indefinite length, and is nothing anywhere else. */
static bool more(struct rewriting *r, struct ber *c)
{
	if (r->err != OK)
		return false;
	if (!c->indefinite)
		return c->n > 0;
	if (c->n < 2)
		return refuse(r, E_TRUNCATED, "an element of indefinite length has no end");
	if (c->p[0] != 0 || c->p[1] != 0)
		return true;
	c->p += 2;
	c->n -= 2;
	return false;
}

/* The content of an element whose head was read; behind it when leave() was called. */
static struct ber enter(struct rewriting *r, const struct ber *c, const struct head *h)
{
	if (c->depth == BER_DEPTH_MAX)
		refuse(r, E_RANGE, "elements are nested too deep");
	return (struct ber){ c->p, h->indefinite ? c->n : h->n, h->indefinite, c->depth + 1 };
}

static void leave(struct ber *c, const struct ber *inner)
{
	c->n -= (size_t)(inner->p - c->p);
	c->p = inner->p;
}

static struct span take(struct ber *c, const struct head *h)
{
	struct span content = { c->p, h->n };

	c->p += h->n;
	c->n -= h->n;
	return content;
}

/* X.690 8.7.3: the pieces are OCTET STRINGs, which may be in pieces themselves. */
static void join(struct rewriting *r, struct ber *c)
{
	struct head h;

	while (more(r, c) && read_head(r, c, &h)) {
		if (h.tag == DER_OCTET_STRING) {
			derw_raw(&r->w, take(c, &h));
		} else if (h.tag == IN_PIECES) {
			struct ber inner = enter(r, c, &h);

			join(r, &inner);
			leave(c, &inner);
		} else {
			refuse(r, E_NOT_DER, "a piece of an OCTET STRING that is none");
		}
	}
}

static void rewrite(struct rewriting *r, struct ber *c);

static void rewrite_constructed(struct rewriting *r, struct ber *c, const struct head *h)
{
	bool in_pieces = h->tag == IN_PIECES;
	size_t mark = derw_open(&r->w, in_pieces ? DER_OCTET_STRING : h->tag);
	struct ber inner = enter(r, c, h);

	if (in_pieces)
		join(r, &inner);
	else
		rewrite(r, &inner);
	leave(c, &inner);
	derw_close(&r->w, mark);
}

/* Recursion as deep as the elements: BER_DEPTH_MAX. */
static void rewrite(struct rewriting *r, struct ber *c)
{
	struct head h;

	while (more(r, c) && read_head(r, c, &h)) {
		if (h.tag == 0)
			refuse(r, E_NOT_DER, "an end of contents where nothing began");
		else if (h.tag & CONSTRUCTED)
			rewrite_constructed(r, c, &h);
		else
			derw_put(&r->w, h.tag, take(c, &h));
	}
}

/* An OCTET STRING in pieces has a head like any other. */
static bool all_der(struct der *c)
{
	while (der_more(c)) {
		uint8_t tag = *c->p;

		if (tag & CONSTRUCTED) {
			struct der inner = der_enter(c, tag);

			if (tag == IN_PIECES || !all_der(&inner))
				return false;
		} else {
			der_get(c, tag);
		}
	}
	return der_ok(c);
}

static bool is_der(struct span s)
{
	enum err e;
	struct der c = der_open(s, &e), rest = c;

	return der_element(&rest).n == s.n && all_der(&c);
}

static enum err rewrite_one(struct span ber, struct rewriting *r, struct span *der)
{
	struct ber c = { ber.p, ber.n, false, 0 };
	struct head h;

	if (!read_head(r, &c, &h))
		return r->err;
	if (!(h.tag & CONSTRUCTED))
		return err_because(E_NOT_DER, "a primitive element");
	rewrite_constructed(r, &c, &h);
	if (r->err == OK && c.n > 0)
		refuse(r, E_TRAILING, "elements follow that nobody asked for");
	return r->err == OK ? derw_end(&r->w, der) : r->err;
}

enum err ber_to_der(struct arena *a, struct span ber, struct span *der)
{
	size_t mark = arena_mark(a);
	struct rewriting r = { .err = OK };
	enum err e;

	*der = ber;
	if (is_der(ber))
		return OK;
	*der = NO_BYTES;
	if (ber.n > BER_SIZE_MAX)
		return err_because(E_RANGE, "BER of %zu octets, at most %d are read", ber.n,
		                   BER_SIZE_MAX);
	r.w = derw_in(a, ber.n); /* never longer: 82 xx xx is as long as 80 .. 00 00 */
	e = rewrite_one(ber, &r, der);
	if (e != OK)
		arena_rewind(a, mark);
	return e;
}
