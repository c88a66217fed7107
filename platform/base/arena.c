/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of one exchange: taken in order, wiped at once. */
#include <stdalign.h>

#include "platform/base/arena.h"

static size_t left(const struct arena *a)
{
	return a->cap - a->used;
}

void *arena_take(struct arena *a, size_t n)
{
	size_t over, skip;
	uint8_t *p;

	if (n == 0)
		return a->base + a->used;
	over = (uintptr_t)(a->base + a->used) % alignof(max_align_t);
	skip = over > 0 ? alignof(max_align_t) - over : 0;
	if (skip > left(a) || n > left(a) - skip)
		return NULL;
	p = a->base + a->used + skip;
	a->used += skip + n;
	return memset(p, 0, n);
}

enum err arena_copy(struct arena *a, struct span s, struct span *out)
{
	*out = NO_BYTES;
	if (s.n > left(a))
		return err_because(E_SPACE, "%zu bytes, but only %zu are left for this exchange",
		                   s.n, left(a));
	if (s.n > 0)
		memcpy(a->base + a->used, s.p, s.n);
	*out = (struct span){ a->base + a->used, s.n };
	a->used += s.n;
	return OK;
}

struct span arena_rest(const struct arena *a)
{
	return (struct span){ a->base + a->used, left(a) };
}

void arena_keep(struct arena *a, size_t n)
{
	a->used += n < left(a) ? n : left(a);
}

size_t arena_mark(const struct arena *a)
{
	return a->used;
}

void arena_rewind(struct arena *a, size_t mark)
{
	if (mark >= a->used)
		return;
	wipe(a->base + mark, a->used - mark);
	a->used = mark;
}

void arena_reset(struct arena *a)
{
	arena_rewind(a, 0);
}
