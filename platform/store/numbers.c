/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generations by number: listed, removed, swept. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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

static DIR *open_list(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL && fd >= 0)
		close(fd);
	return d;
}

/* The next entry; at the end NULL and OK.  Half a list is no list: who takes it for the
   whole removes what is needed. */
static struct dirent *next_entry(DIR *d, const char *name, enum err *e)
{
	struct dirent *entry;

	errno = 0;
	entry = readdir(d);
	*e = entry != NULL || errno == 0 ? OK : store_failed("cannot list", name);
	return entry;
}

enum err sync_generations(int dir)
{
	int gen = openat(dir, "gen", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	enum err e;

	if (gen < 0)
		return errno == ENOENT ? OK : store_failed("cannot open", "gen");
	e = sync_directory(gen, "gen");
	close(gen);
	return e;
}

enum err each_generation(int dir, void (*visit)(void *context, unsigned number), void *context)
{
	DIR *d = open_list(dir, "gen");
	struct dirent *entry;
	enum err e;

	if (d == NULL)
		return errno == ENOENT ? OK : store_failed("cannot list", "gen");
	while ((entry = next_entry(d, "gen", &e)) != NULL)
		if (generation_number(entry->d_name) != 0)
			visit(context, generation_number(entry->d_name));
	closedir(d);
	return e;
}

enum err remove_plain_directory(int dir, const char *name)
{
	DIR *d = open_list(dir, name);
	struct dirent *entry;
	enum err e;

	if (d == NULL)
		return store_failed("cannot open", name);
	while ((entry = next_entry(d, name, &e)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	if (e != OK)
		return e;
	return unlinkat(dir, name, AT_REMOVEDIR) == 0 ? OK : store_failed("cannot remove", name);
}

enum err remove_generation(int dir, unsigned number)
{
	char name[GENERATION_NAME];

	generation_name(number, name);
	return remove_plain_directory(dir, name);
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

unsigned store_before(const struct store *s)
{
	struct leftovers l = { .live = s->live };

	return each_generation(s->dir, find_before, &l) == OK ? l.before : 0;
}

enum err sweep_generations(struct store *s)
{
	struct leftovers l = { .dir = s->dir, .live = s->live, .journalled = s->journalled };
	enum err e = each_generation(s->dir, find_before, &l);

	return e == OK ? each_generation(s->dir, remove_leftover, &l) : e;
}
