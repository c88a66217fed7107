/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared inside platform/store: generations by number. */
#ifndef ONRAMP_STORE_NUMBERS_H
#define ONRAMP_STORE_NUMBERS_H

#include "platform/base/log.h"
#include "platform/store/generation.h"

enum { GENERATION_NAME = 16, GENERATION_LAST = 99999999 };

void generation_name(unsigned number, char out[GENERATION_NAME]); /* "gen/0007" */
unsigned generation_number(const char *name);                     /* "0007" -> 7, else 0 */
/* Calls visit for each one there; where `gen` is missing there is none. */
MUST_CHECK enum err each_generation(int dir, void (*visit)(void *context, unsigned number),
                                    void *context);
/* Which generations there are outlives a power cut; where `gen` is missing there is none. */
MUST_CHECK enum err sync_generations(int dir);
/* A generation holds plain files only; anything else in it stays, and so it. */
MUST_CHECK enum err remove_generation(int dir, unsigned number);
MUST_CHECK enum err remove_plain_directory(int dir, const char *name);

/* Removes all but live, the one before it, and the journalled one. */
MUST_CHECK enum err sweep_generations(struct store *s);

/* live.c: s->live by the link; the mark that there has been one; both made, both removed. */
MUST_CHECK enum err live_find(struct store *s);
MUST_CHECK enum err live_mark(const struct store *s);
MUST_CHECK enum err live_point(struct store *s, unsigned number);
MUST_CHECK enum err live_remove(struct store *s);

/* A journal that could be read but is none is OK and not *whole: only this one may go. */
MUST_CHECK enum err journal_look(const struct store *s, struct arena *a, bool *there, bool *whole,
                                 struct journal *out);

#endif
