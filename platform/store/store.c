/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state directory: opened, locked, cleaned of what a dead run left. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/store/file.h"
#include "platform/store/generation.h"
#include "platform/store/internal.h"
#include "platform/store/numbers.h"

void generation_name(unsigned number, char out[GENERATION_NAME])
{
	snprintf(out, GENERATION_NAME, "gen/%04u", number);
}

/* "0007" -> 7; 0 for anything that is not a generation's directory. */
unsigned generation_number(const char *name)
{
	unsigned v = 0;
	size_t n = strlen(name);

	if (n < 4 || n > 8)
		return 0;
	for (; *name != '\0'; name++) {
		if (*name < '0' || *name > '9')
			return 0;
		v = v * 10 + (unsigned)(*name - '0');
	}
	return v;
}

static unsigned read_live(int dir)
{
	char to[GENERATION_NAME + 1];
	ssize_t n = readlinkat(dir, "live", to, sizeof to - 1);

	if (n <= 4)
		return 0;
	to[n] = '\0';
	return strncmp(to, "gen/", 4) == 0 ? generation_number(to + 4) : 0;
}

/* Calls visit for each generation there; a directory that is missing has none. */
enum err each_generation(int dir, void (*visit)(void *context, unsigned number), void *context)
{
	int fd = openat(dir, "gen", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (d == NULL && fd >= 0)
		close(fd);
	if (d == NULL)
		return errno == ENOENT ? OK : store_failed("cannot list", "gen");
	while ((entry = readdir(d)) != NULL)
		if (generation_number(entry->d_name) != 0)
			visit(context, generation_number(entry->d_name));
	closedir(d);
	return OK;
}

/* A generation holds plain files only; anything else in it stays, and so it. */
enum err remove_generation(int dir, unsigned number)
{
	char name[GENERATION_NAME];
	struct dirent *entry;
	DIR *d;
	int fd;

	generation_name(number, name);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL)
		return store_failed("cannot open", name);
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(fd, entry->d_name, 0);
	closedir(d);
	return unlinkat(dir, name, AT_REMOVEDIR) == 0 ? OK : store_failed("cannot remove", name);
}

struct leftovers {
	int dir;
	unsigned live, before, journalled;
};

static void find_before(void *context, unsigned number)
{
	struct leftovers *l = context;

	if (number < l->live && number > l->before)
		l->before = number;
}

static void remove_leftover(void *context, unsigned number)
{
	struct leftovers *l = context;

	if (number != l->live && number != l->before && number != l->journalled &&
	    remove_generation(l->dir, number) != OK)
		log_warning("leftover state: %s", err_reason(E_STORE));
}

enum err sweep_generations(struct store *s)
{
	struct leftovers l = { .dir = s->dir, .live = s->live, .journalled = s->journalled };
	enum err e = each_generation(s->dir, find_before, &l);

	return e == OK ? each_generation(s->dir, remove_leftover, &l) : e;
}

static enum err sweep(struct store *s)
{
	static uint8_t room[JOURNAL_MAX + 64];
	struct arena a = ARENA_ON(room);
	struct journal j;
	bool there;
	enum err e = journal_read(s, &a, &there, &j);

	s->journalled = j.generation;
	if (e != OK) { /* replaced atomically, so no crash of ours made it: start anew */
		log_warning("%s: dropped, and what it named", err_reason(e));
		e = journal_clear(s);
	}
	if (e == OK && s->live != 0 && s->journalled == s->live)
		e = journal_clear(s); /* the power went after the link, before this */
	if (e == OK)
		e = sweep_generations(s);
	arena_reset(&a);
	unlinkat(s->dir, "live.tmp", 0);
	unlinkat(s->dir, "journal.tmp", 0);
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
	s->live = read_live(s->dir);
	return OK;
}

static enum err lock(struct store *s)
{
	s->lock = openat(s->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return store_failed("cannot open the lock in", s->path);
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return OK;
	if (errno == EWOULDBLOCK)
		return err_because(E_BUSY, "%s/lock is held by another onramp", s->path);
	return store_failed("cannot lock", s->path);
}

enum err store_open(struct store *s, const char *path)
{
	enum err e = file_make_directory(path);

	*s = (struct store){ .dir = -1, .lock = -1 };
	if (e == OK)
		e = open_directory(s, path);
	if (e == OK)
		e = lock(s);
	if (e == OK) {
		s->live = read_live(s->dir); /* not of before the lock */
		if (mkdirat(s->dir, "gen", 0700) != 0 && errno != EEXIST)
			e = store_failed("cannot make gen in", path);
	}
	if (e == OK)
		e = sweep(s);
	if (e != OK)
		store_close(s);
	return e;
}

enum err store_look(struct store *s, const char *path)
{
	*s = (struct store){ .dir = -1, .lock = -1 };
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return OK;
	return open_directory(s, path);
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

enum err store_find(const struct store *s, struct arena *a, const char *name, struct span *content,
                    bool *absent)
{
	char path[GENERATION_NAME + PATH_NAME_MAX], gen[GENERATION_NAME];

	if (s->live == 0)
		return err_because(E_STORE, "%s: no live generation", s->path);
	generation_name(s->live, gen);
	snprintf(path, sizeof path, "%s/%s", gen, name);
	return read_at(s->dir, path, a, PEM_FILE_MAX, content, absent);
}

enum err store_get(const struct store *s, struct arena *a, const char *name, struct span *content)
{
	return store_find(s, a, name, content, NULL);
}

static void wipe_one(void *context, unsigned number)
{
	struct leftovers *l = context;

	if (remove_generation(l->dir, number) != OK)
		l->before = number;
}

/* live first: from then on the device is a factory-new one. */
enum err store_wipe(struct store *s)
{
	struct leftovers l = { .dir = s->dir };
	enum err e;

	if (unlinkat(s->dir, "live", 0) != 0 && errno != ENOENT)
		return store_failed("cannot remove live in", s->path);
	s->live = 0;
	if ((e = sync_directory(s->dir, s->path)) != OK || (e = journal_clear(s)) != OK)
		return e;
	e = each_generation(s->dir, wipe_one, &l);
	return e == OK && l.before != 0 ? E_STORE : e;
}
