/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Durable state: generations of files that change together or not at all.
 *
 *	STATE/gen/0007/...	one generation, 0700
 *	STATE/live -> gen/0007	the one in use
 *	STATE/owned		there has been a live one: without the link something is wrong
 *	STATE/journal		what is under way
 *	STATE/lock		flock(2): one agent at a time
 *	STATE/service		fcntl(2): one service at a time (service_lock.h)
 *
 * A generation is written and fsynced file by file, its directory and `gen`
 * fsynced, then made live by one rename of the symlink and an fsync of STATE.
 * A crash at any point leaves the old or the new generation live, never a
 * mixture; leftovers go at the next store_open(), and so does a journal whose
 * generation has become live: what it was about is done.
 *
 * Nothing is removed on account of what could not be read.  A link, a mark, a
 * list or a journal that fails to be read, a live that is no link, leads elsewhere
 * or is missing beside the mark, is E_STORE from opening, and all files stay: until
 * the disk answers, the operator has put the link back, or store_wipe().
 */
#ifndef ONRAMP_STORE_GENERATION_H
#define ONRAMP_STORE_GENERATION_H

#include "platform/base/arena.h"
#include "platform/base/limits.h"
#include "platform/base/octets.h"

struct store {
	int dir; /* STATE, -1 when closed */
	int lock;
	char path[PATH_NAME_MAX];
	unsigned live;       /* number of the live generation; 0: none */
	unsigned journalled; /* that the journal names; 0: none */
};

/* Opens (making it 0700) and locks. E_BUSY when another holds it; E_STORE.
   Generations that are neither live, nor its predecessor, nor named by the
   journal are removed. */
MUST_CHECK enum err store_open(struct store *s, const char *path);
/* The same for looking only: no lock, nothing made or removed. OK and live 0 when absent. */
MUST_CHECK enum err store_look(struct store *s, const char *path);
/* For store_wipe() alone: locked, and nothing read, so that damage is no obstacle. */
MUST_CHECK enum err store_open_to_wipe(struct store *s, const char *path);
void store_close(struct store *s);

/* Room for a generation, and a file written, fsynced and removed: in path, or where it is not
   there yet in what is above it. For looking only: no lock, nothing is left. */
MUST_CHECK enum err store_probe(const char *path);

struct generation {
	struct store *store;
	unsigned number;
	int dir; /* gen/NNNN, -1 when closed */
};

/* A new one, numbered after the highest there; free space checked (STORE_RESERVE). */
MUST_CHECK enum err generation_begin(struct store *s, struct generation *g);
/* One that a journal names, to go on with. */
MUST_CHECK enum err generation_resume(struct store *s, unsigned number, struct generation *g);
/* A file of it: 0600 when secret, else 0644; written, fsynced. Replaces one of the same name. */
enum file_kind { FILE_PUBLIC, FILE_SECRET };
MUST_CHECK enum err generation_put(struct generation *g, const char *name, enum file_kind kind,
                                   struct span content);
/* The same of octets that are not held. */
MUST_CHECK enum err generation_put_octets(struct generation *g, const char *name,
                                          enum file_kind kind, const struct octets *content);
MUST_CHECK enum err generation_get(const struct generation *g, struct arena *a, const char *name,
                                   struct span *content);
/* The same, but one that is not there is OK with *absent. */
MUST_CHECK enum err generation_find(const struct generation *g, struct arena *a, const char *name,
                                    struct span *content, bool *absent);
/* The file as the live generation has it; OK and nothing done when that has none. */
MUST_CHECK enum err generation_carry(struct generation *g, struct arena *a, const char *name,
                                     enum file_kind kind);
/* Makes it live. After OK it survives power loss. The one before is kept, older go. */
MUST_CHECK enum err generation_adopt(struct generation *g);
/* Removes it (not when live). */
void generation_discard(struct generation *g);
void generation_close(struct generation *g);

/* The one before the live one, which is kept; 0: there is none, or no telling. */
unsigned store_before(const struct store *s);

/* A file of the live generation; E_STORE when there is none. */
MUST_CHECK enum err store_get(const struct store *s, struct arena *a, const char *name,
                              struct span *content);
/* The same, but one that is not there is OK with *absent. */
MUST_CHECK enum err store_find(const struct store *s, struct arena *a, const char *name,
                               struct span *content, bool *absent);

/* A file that may be large: open, not read; octets_close(). E_TOO_BIG above max. */
MUST_CHECK enum err store_open_file(const struct store *s, const char *name, size_t max,
                                    struct octets *out, bool *absent);

/* A file for what comes over the network, gone with its descriptor.  *max: how large it may
   become so that a generation may hold a copy of it, and STORE_RESERVE stays free. */
MUST_CHECK enum err store_spool(const struct store *s, int *fd, size_t *max);

/*
 * The journal: what is under way, and which generation it is staged in (0: none
 * yet).  At most JOURNAL_MAX octets, replaced atomically, durable on OK.  The
 * content is the caller's; a file that is not a whole journal is E_STORE.
 */
struct journal {
	unsigned generation;
	struct span content;
};
MUST_CHECK enum err journal_write(struct store *s, const struct journal *j);
MUST_CHECK enum err journal_read(const struct store *s, struct arena *a, bool *there,
                                 struct journal *out);
MUST_CHECK enum err journal_clear(struct store *s);

/* Factory reset of the state: journal, mark, live and all generations go. Cut anywhere, the
   device is still its owner's or as new. */
MUST_CHECK enum err store_wipe(struct store *s);

#endif
