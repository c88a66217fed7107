/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal: one file, "onramp-journal 1 0007\n" and the caller's content. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "platform/store/internal.h"
#include "platform/store/numbers.h"

enum { HEAD_MAX = 40 };
static const char MAGIC[] = "onramp-journal 1 ";

enum err journal_write(struct store *s, const struct journal *j)
{
	struct octets octets;
	static uint8_t room[JOURNAL_MAX + HEAD_MAX];
	enum err e;
	int n = snprintf((char *)room, HEAD_MAX, "%s%04u\n", MAGIC, j->generation);

	if (j->content.n > JOURNAL_MAX)
		return err_because(E_STORE, "a journal of %zu bytes is too large", j->content.n);
	if (j->content.n > 0)
		memcpy(room + n, j->content.p, j->content.n);
	octets = octets_of((struct span){ room, (size_t)n + j->content.n });
	e = replace_at(s->dir, "journal", &octets, 0600);
	wipe(room, sizeof room);
	if (e == OK)
		s->journalled = j->generation;
	return e;
}

static bool read_head(struct span file, struct journal *out)
{
	char head[HEAD_MAX] = "";
	const uint8_t *line_end = file.n > 0 ? memchr(file.p, '\n', file.n) : NULL;
	size_t n = line_end == NULL ? 0 : (size_t)(line_end - file.p), magic = sizeof MAGIC - 1;

	if (n <= magic || n >= sizeof head || memcmp(file.p, MAGIC, magic) != 0)
		return false;
	memcpy(head, file.p + magic, n - magic);
	out->generation = generation_number(head);
	out->content = (struct span){ line_end + 1, file.n - n - 1 };
	return out->generation != 0 || strcmp(head, "0000") == 0;
}

enum err journal_look(const struct store *s, struct arena *a, bool *there, bool *whole,
                      struct journal *out)
{
	struct span file;
	bool absent;
	enum err e = read_at(s->dir, "journal", a, JOURNAL_MAX + HEAD_MAX, &file, &absent);

	*out = (struct journal){ 0, NO_BYTES };
	*there = (e == OK && !absent) || e == E_TOO_BIG;
	*whole = e == OK && (absent || read_head(file, out));
	return e == E_TOO_BIG ? OK : e;
}

enum err journal_read(const struct store *s, struct arena *a, bool *there, struct journal *out)
{
	bool whole;
	enum err e = journal_look(s, a, there, &whole, out);

	if (e != OK || whole)
		return e;
	*there = false;
	return err_because(E_STORE, "%s/journal is not a journal of onramp", s->path);
}

enum err journal_clear(struct store *s)
{
	if (unlinkat(s->dir, "journal", 0) != 0 && errno != ENOENT)
		return store_failed("cannot remove the journal in", s->path);
	s->journalled = 0;
	return sync_directory(s->dir, s->path);
}
