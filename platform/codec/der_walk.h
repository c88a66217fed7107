/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading DER that is too large to be held: der.h's cursor over octets of a file.
 *
 * A walk finds elements by their heads and passes over their contents.  What is small is
 * taken into memory and read there, by a cursor of der.h; so the rules of DER, and of
 * every value, stay in one place.  As there, all walks on a message share one error
 * cell: the first fault is kept, everything after it is empty, and loops end.
 */
#ifndef ONRAMP_CODEC_DER_WALK_H
#define ONRAMP_CODEC_DER_WALK_H

#include "platform/base/octets.h"
#include "platform/codec/der.h"

struct der_walk {
	const struct octets *of;
	struct window *w;
	size_t at, end; /* of `of` */
	enum err *err;
	unsigned depth;
};

/* Sets *err to OK.  `of` and the window outlive the walk; the window holds what was taken. */
struct der_walk der_walk_open(const struct octets *of, struct window *w, enum err *err);

bool der_walk_more(const struct der_walk *c);
bool der_walk_at(struct der_walk *c, uint8_t tag);
void der_walk_fail(struct der_walk *c, enum err e);

/* Instead of a tag: whatever comes. */
enum { DER_ANY = 0 };

/* The next element, head included, and where its content is: nothing of that is read. */
struct octets der_walk_element(struct der_walk *c, uint8_t tag);
/* A walk on its content. */
struct der_walk der_walk_enter(struct der_walk *c, uint8_t tag);
/* The next element, head included, in memory until the walk goes on. */
struct span der_walk_take(struct der_walk *c, uint8_t tag);
/* What is left of this element, all of it. */
struct octets der_walk_rest(struct der_walk *c);

void der_walk_end(struct der_walk *c); /* fault unless all was read */

#endif
