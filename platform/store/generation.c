/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One generation: begun, filled, made live by one rename, or discarded. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/store/internal.h"
#include "platform/store/numbers.h"

static void highest(void *context, unsigned number)
{
	unsigned *top = context;

	if (number > *top)
		*top = number;
}

static enum err open_generation(struct store *s, unsigned number, struct generation *g)
{
	char name[GENERATION_NAME];

	generation_name(number, name);
	*g = (struct generation){ s, number, -1 };
	g->dir = openat(s->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return g->dir >= 0 ? OK : store_failed("cannot open", name);
}

enum err generation_begin(struct store *s, struct generation *g)
{
	char name[GENERATION_NAME];
	unsigned top = s->live;
	enum err e;

	*g = (struct generation){ s, 0, -1 };
	/* a full flash must be known before, not found out half-way */
	if ((e = enough_room(s->dir, s->path)) != OK ||
	    (e = each_generation(s->dir, highest, &top)) != OK)
		return e;
	if (top >= GENERATION_LAST)
		return err_because(E_STORE, "%s: generation numbers are used up", s->path);
	generation_name(top + 1, name);
	if (mkdirat(s->dir, name, 0700) != 0)
		return store_failed("cannot make", name);
	return open_generation(s, top + 1, g);
}

enum err generation_resume(struct store *s, unsigned number, struct generation *g)
{
	return open_generation(s, number, g);
}

enum err generation_put_octets(struct generation *g, const char *name, enum file_kind kind,
                               const struct octets *content)
{
	return replace_at(g->dir, name, content, kind == FILE_SECRET ? 0600 : 0644);
}

enum err generation_put(struct generation *g, const char *name, enum file_kind kind,
                        struct span content)
{
	const struct octets octets = octets_of(content);

	return generation_put_octets(g, name, kind, &octets);
}

enum err generation_get(const struct generation *g, struct arena *a, const char *name,
                        struct span *content)
{
	return read_at(g->dir, name, a, STORED_FILE_MAX, content, NULL);
}

enum err generation_find(const struct generation *g, struct arena *a, const char *name,
                         struct span *content, bool *absent)
{
	return read_at(g->dir, name, a, STORED_FILE_MAX, content, absent);
}

enum err generation_carry(struct generation *g, struct arena *a, const char *name,
                          enum file_kind kind)
{
	size_t mark = arena_mark(a);
	struct span content;
	bool absent;
	enum err e = store_find(g->store, a, name, &content, &absent);

	if (e == OK && !absent)
		e = generation_put(g, name, kind, content);
	arena_rewind(a, mark);
	return e;
}

enum err generation_adopt(struct generation *g)
{
	struct store *s = g->store;
	enum err e = sync_directory(g->dir, "the generation");

	if (e == OK)
		e = sync_generations(s->dir);
	if (e == OK)
		e = live_point(s, g->number);
	if (e != OK)
		return e;
	if (live_mark(s) != OK)
		log_warning("the next start marks the state as owned: %s", err_reason(E_STORE));
	if (sweep_generations(s) != OK)
		log_warning("old generations stay: %s", err_reason(E_STORE));
	return OK;
}

void generation_discard(struct generation *g)
{
	unsigned number = g->number;
	struct store *s = g->store;

	generation_close(g);
	if (number != 0 && number != s->live && remove_generation(s->dir, number) != OK)
		log_warning("a discarded generation stays: %s", err_reason(E_STORE));
	g->number = 0;
}

void generation_close(struct generation *g)
{
	if (g->dir >= 0)
		close(g->dir);
	g->dir = -1;
}
