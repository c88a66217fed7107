/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state directory: opened, locked, cleaned of what a dead run left. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/store/file.h"
#include "platform/store/generation.h"
#include "platform/store/internal.h"
#include "platform/store/numbers.h"

static const char SPOOL[] = "spool.tmp";

/* Replaced atomically, so no crash of ours made a journal that is none: begun anew.  One
   that only cannot be read now may be whole the next time, and what it names with it. */
static enum err look_at_journal(struct store *s)
{
	static uint8_t room[JOURNAL_MAX + 64];
	struct arena a = ARENA_ON(room);
	struct journal j;
	bool there, whole;
	enum err e = journal_look(s, &a, &there, &whole, &j);

	arena_reset(&a);
	if (e != OK)
		return e;
	s->journalled = j.generation;
	if (!whole)
		log_warning("%s/journal is not a journal of onramp: dropped, and what it named",
		            s->path);
	if (!whole || (s->live != 0 && s->journalled == s->live))
		return journal_clear(s); /* the power went after the link, before this */
	return OK;
}

static enum err sweep(struct store *s)
{
	enum err e = look_at_journal(s);

	if (e == OK)
		e = sweep_generations(s);
	unlinkat(s->dir, "live.tmp", 0);
	unlinkat(s->dir, "journal.tmp", 0);
	unlinkat(s->dir, SPOOL, 0);
	return e;
}

static enum err open_directory(struct store *s, const char *path)
{
	*s = (struct store){ .dir = -1, .lock = -1 };
	if ((size_t)snprintf(s->path, sizeof s->path, "%s", path) >= sizeof s->path)
		return err_because(E_STORE, "the path %s is too long", path);
	s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return store_failed("cannot open", path);
	return OK;
}

static enum err lock(struct store *s)
{
	char name[PATH_NAME_MAX + sizeof "/lock"];

	snprintf(name, sizeof name, "%s/lock", s->path);
	s->lock = openat(s->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return store_failed("cannot open the lock in", s->path);
	return hold_lock(s->lock, name);
}

static enum err open_locked(struct store *s, const char *path)
{
	enum err e = file_make_directory(path);

	*s = (struct store){ .dir = -1, .lock = -1 };
	if (e == OK)
		e = open_directory(s, path);
	return e == OK ? lock(s) : e;
}

static enum err make_ready(struct store *s)
{
	enum err e = live_find(s);

	if (e == OK && mkdirat(s->dir, "gen", 0700) != 0 && errno != EEXIST)
		e = store_failed("cannot make gen in", s->path);
	if (e == OK && s->live != 0 && live_mark(s) != OK)
		log_warning("the state is not marked as owned: %s", err_reason(E_STORE));
	return e == OK ? sweep(s) : e;
}

enum err store_open(struct store *s, const char *path)
{
	enum err e = open_locked(s, path);

	if (e == OK)
		e = make_ready(s);
	if (e != OK)
		store_close(s);
	return e;
}

enum err store_open_to_wipe(struct store *s, const char *path)
{
	enum err e = open_locked(s, path);

	if (e != OK)
		store_close(s);
	return e;
}

enum err store_look(struct store *s, const char *path)
{
	enum err e;

	*s = (struct store){ .dir = -1, .lock = -1 };
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return OK;
	e = open_directory(s, path);
	if (e == OK)
		e = live_find(s);
	if (e != OK)
		store_close(s);
	return e;
}

void store_close(struct store *s)
{
	if (s->lock >= 0)
		close(s->lock);
	if (s->dir >= 0)
		close(s->dir);
	s->lock = s->dir = -1;
	s->live = 0;
}

enum { LIVE_PATH_MAX = GENERATION_NAME + PATH_NAME_MAX };

static enum err live_path(const struct store *s, const char *name, char path[LIVE_PATH_MAX])
{
	char gen[GENERATION_NAME];

	if (s->live == 0)
		return err_because(E_STORE, "%s: no live generation", s->path);
	generation_name(s->live, gen);
	snprintf(path, LIVE_PATH_MAX, "%s/%s", gen, name);
	return OK;
}

enum err store_find(const struct store *s, struct arena *a, const char *name, struct span *content,
                    bool *absent)
{
	char path[LIVE_PATH_MAX];
	enum err e = live_path(s, name, path);

	return e == OK ? read_at(s->dir, path, a, STORED_FILE_MAX, content, absent) : e;
}

enum err store_open_file(const struct store *s, const char *name, size_t max, struct octets *out,
                         bool *absent)
{
	char path[LIVE_PATH_MAX];
	enum err e = live_path(s, name, path);

	*out = NO_OCTETS;
	return e == OK ? open_at(s->dir, path, max, out, absent) : e;
}

enum err store_spool(const struct store *s, int *fd, size_t *max)
{
	struct statvfs v;
	uint64_t left;

	*max = 0;
	unlinkat(s->dir, SPOOL, 0);
	*fd = openat(s->dir, SPOOL, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*fd < 0)
		return store_failed("cannot create", SPOOL);
	unlinkat(s->dir, SPOOL, 0);
	if (fstatvfs(*fd, &v) != 0)
		return store_failed("cannot look at the file system of", s->path);
	left = (uint64_t)v.f_bavail * v.f_frsize;
	left = left > STORE_RESERVE ? (left - STORE_RESERVE) / 2 : 0;
	*max = left < SIZE_MAX ? (size_t)left : SIZE_MAX;
	return OK;
}

enum err store_get(const struct store *s, struct arena *a, const char *name, struct span *content)
{
	return store_find(s, a, name, content, NULL);
}

struct wiping {
	int dir;
	bool failed;
};

static void wipe_one(void *context, unsigned number)
{
	struct wiping *w = context;

	if (remove_generation(w->dir, number) != OK)
		w->failed = true;
}

/* What is under way first, then live: from then on the device is a factory-new one, and
   what is cut here goes at the next store_open(). */
enum err store_wipe(struct store *s)
{
	struct wiping w = { .dir = s->dir };
	enum err e = journal_clear(s);

	if (e == OK)
		e = live_remove(s);
	if (e == OK)
		e = each_generation(s->dir, wipe_one, &w);
	if (e == OK)
		e = sync_generations(s->dir); /* keys that are gone stay so */
	return e == OK && w.failed ? E_STORE : e;
}
