/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which generation is live.  "None" means factory-new, and everything there is goes at
 * the next sweep; so it is said only of a link that is surely not there and, by the mark
 * beside it, never was.  Whatever else is wrong is an error before anything is removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/store/internal.h"
#include "platform/store/numbers.h"

static const char MARK[] = "owned";

static enum err find_mark(const struct store *s, bool *there)
{
	struct stat st;

	*there = fstatat(s->dir, MARK, &st, AT_SYMLINK_NOFOLLOW) == 0;
	return *there || errno == ENOENT ? OK : store_failed("cannot look for", MARK);
}

static enum err none_live(const struct store *s)
{
	bool owned;
	enum err e = find_mark(s, &owned);

	if (e == OK && owned)
		return err_because(E_STORE, "%s/live is missing, though this device has an owner",
		                   s->path);
	return e;
}

static enum err must_be_there(const struct store *s, unsigned number)
{
	char name[GENERATION_NAME];
	struct stat st;

	generation_name(number, name);
	if (fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return store_failed("live cannot be used:", name);
	if (!S_ISDIR(st.st_mode))
		return err_because(E_STORE, "live cannot be used: %s is no directory", name);
	return OK;
}

enum err live_find(struct store *s)
{
	char to[GENERATION_NAME + 1];
	ssize_t n = readlinkat(s->dir, "live", to, sizeof to - 1);
	unsigned number;
	enum err e;

	s->live = 0;
	if (n < 0 && errno == ENOENT)
		return none_live(s);
	if (n < 0 && errno == EINVAL)
		return err_because(E_STORE, "%s/live is not a link to a generation", s->path);
	if (n < 0)
		return store_failed("cannot read the link live in", s->path);
	to[n] = '\0';
	number = strncmp(to, "gen/", 4) == 0 ? generation_number(to + 4) : 0;
	if (number == 0)
		return err_because(E_STORE, "%s/live leads elsewhere than to a generation",
		                   s->path);
	if ((e = must_be_there(s, number)) == OK)
		s->live = number;
	return e;
}

enum err live_mark(const struct store *s)
{
	bool there;
	enum err e = find_mark(s, &there);
	int fd;

	if (e != OK || there)
		return e;
	fd = openat(s->dir, MARK, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return store_failed("cannot make", MARK);
	close(fd);
	return sync_directory(s->dir, s->path);
}

/* The new symlink is renamed over the old one.  From then on the generation is the live
   one, whatever the disk says to the fsync: it must not be taken for a leftover. */
enum err live_point(struct store *s, unsigned number)
{
	char name[GENERATION_NAME];

	generation_name(number, name);
	if (unlinkat(s->dir, "live.tmp", 0) != 0 && errno != ENOENT)
		return store_failed("cannot remove live.tmp in", s->path);
	if (symlinkat(name, s->dir, "live.tmp") != 0)
		return store_failed("cannot make live.tmp in", s->path);
	if (renameat(s->dir, "live.tmp", s->dir, "live") != 0)
		return store_failed("cannot rename live.tmp in", s->path);
	s->live = number;
	return sync_directory(s->dir, s->path);
}

static enum err remove_live(const struct store *s)
{
	if (unlinkat(s->dir, "live", 0) == 0 || errno == ENOENT)
		return OK;
	if (errno == EISDIR || errno == EPERM) /* POSIX has EPERM: a backup followed the link */
		return remove_plain_directory(s->dir, "live");
	return store_failed("cannot remove live in", s->path);
}

/* The mark first: cut in between, the device is still its owner's, and marked so again. */
enum err live_remove(struct store *s)
{
	enum err e;

	if (unlinkat(s->dir, MARK, 0) != 0 && errno != ENOENT)
		return store_failed("cannot remove", MARK);
	if ((e = sync_directory(s->dir, s->path)) != OK || (e = remove_live(s)) != OK)
		return e;
	s->live = 0;
	return sync_directory(s->dir, s->path);
}
