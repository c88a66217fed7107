/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared inside platform/store: generations by number. */
#ifndef ONRAMP_STORE_NUMBERS_H
#define ONRAMP_STORE_NUMBERS_H

#include "platform/base/log.h"
#include "platform/store/generation.h"

enum { GENERATION_NAME = 16, GENERATION_LAST = 99999999 };

void generation_name(unsigned number, char out[GENERATION_NAME]); /* "gen/0007" */
unsigned generation_number(const char *name);                     /* "0007" -> 7, else 0 */
MUST_CHECK enum err each_generation(int dir, void (*visit)(void *context, unsigned number),
                                    void *context);
MUST_CHECK enum err remove_generation(int dir, unsigned number);

/* Removes all but live, the one before it, and the journalled one. */
MUST_CHECK enum err sweep_generations(struct store *s);

#endif
