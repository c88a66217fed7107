/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements found by their heads, in octets that are not held. */
#include "platform/codec/der_walk.h"

enum { HEAD_MAX = 6 }; /* a tag, and a length of four octets behind its count */

void der_walk_fail(struct der_walk *c, enum err e)
{
	if (*c->err == OK)
		*c->err = e;
	c->at = c->end;
}

struct der_walk der_walk_open(const struct octets *of, struct window *w, enum err *err)
{
	*err = OK;
	w->n = 0;
	return (struct der_walk){ of, w, 0, of->n, err, 0 };
}

bool der_walk_more(const struct der_walk *c)
{
	return *c->err == OK && c->at < c->end;
}

/* The octets of the next head, as many as there are of it. */
static struct span head_octets(struct der_walk *c)
{
	size_t left = c->end - c->at;
	struct span s;
	enum err e = octets_part(c->of, c->w, c->at, left < HEAD_MAX ? left : HEAD_MAX, &s);

	if (e != OK)
		der_walk_fail(c, e);
	return s;
}

bool der_walk_at(struct der_walk *c, uint8_t tag)
{
	struct span s = der_walk_more(c) ? head_octets(c) : NO_BYTES;

	return s.n > 0 && s.p[0] == tag;
}

/* The head of the next element, which is all there and of that tag. */
static bool find(struct der_walk *c, uint8_t tag, struct der_head *h)
{
	struct span s = *c->err == OK ? head_octets(c) : NO_BYTES;
	enum err e;

	*h = (struct der_head){ 0 };
	if (*c->err != OK)
		return false;
	e = der_head(s, h);
	if (e == OK && tag != DER_ANY && h->tag != tag)
		e = err_because(E_UNEXPECTED, "found tag %02x, expected %02x", h->tag, tag);
	if (e == OK && h->n > c->end - c->at - h->size)
		e = err_because(E_TRUNCATED, "an element is longer than what holds it");
	if (e != OK)
		der_walk_fail(c, e);
	return e == OK;
}

struct octets der_walk_element(struct der_walk *c, uint8_t tag)
{
	struct octets out = NO_OCTETS;
	struct der_head h;
	enum err e;

	if (!find(c, tag, &h))
		return out;
	e = octets_within(c->of, c->at, h.size + h.n, &out);
	if (e != OK)
		der_walk_fail(c, e);
	else
		c->at += h.size + h.n;
	return out;
}

struct der_walk der_walk_enter(struct der_walk *c, uint8_t tag)
{
	struct der_walk inner = { c->of, c->w, c->end, c->end, c->err, c->depth + 1 };
	struct der_head h;

	if (!find(c, tag, &h))
		return inner;
	inner.at = c->at + h.size;
	inner.end = inner.at + h.n;
	c->at = inner.end;
	if (inner.depth > DER_DEPTH_MAX)
		der_walk_fail(&inner, err_because(E_RANGE, "elements are nested too deep"));
	return inner;
}

struct span der_walk_take(struct der_walk *c, uint8_t tag)
{
	struct span out = NO_BYTES;
	struct der_head h;
	enum err e;

	if (!find(c, tag, &h))
		return out;
	e = octets_part(c->of, c->w, c->at, h.size + h.n, &out);
	if (e != OK)
		der_walk_fail(c, e);
	else
		c->at += h.size + h.n;
	return out;
}

struct octets der_walk_rest(struct der_walk *c)
{
	struct octets out = NO_OCTETS;

	if (*c->err == OK && octets_within(c->of, c->at, c->end - c->at, &out) == OK)
		c->at = c->end;
	return out;
}

void der_walk_end(struct der_walk *c)
{
	if (der_walk_more(c))
		der_walk_fail(c,
		              err_because(E_TRAILING, "%zu octets are left over", c->end - c->at));
}
