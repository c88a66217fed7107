/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of one exchange: a fixed block, handed out in order, wiped at once.
 *
 * The caller owns the block.  Nothing is freed singly; arena_reset() wipes what
 * was used and makes every pointer into the arena invalid.  Hostile input can
 * only use the block up: arena_take() then returns NULL, and the reader says
 * E_SPACE or E_TOO_BIG.
 */
#ifndef ONRAMP_BASE_ARENA_H
#define ONRAMP_BASE_ARENA_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"

struct arena {
	uint8_t *base;
	size_t cap, used;
};

#define ARENA_ON(array)                   \
	{                                 \
		(array), sizeof(array), 0 \
	}

/* n bytes, zeroed, aligned for any type; NULL if they do not fit. n may be 0. */
void *arena_take(struct arena *a, size_t n);

/* A copy of s in the arena; E_SPACE if it does not fit. */
MUST_CHECK enum err arena_copy(struct arena *a, struct span s, struct span *out);

/* What is left, for a reader that fills it bit by bit. arena_keep() then takes
   the first n bytes of it. */
struct span arena_rest(const struct arena *a);
void arena_keep(struct arena *a, size_t n);

/* Back to where a mark was taken: what came after is wiped. */
size_t arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, size_t mark);
void arena_reset(struct arena *a);

#endif
