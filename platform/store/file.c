/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files: read under a cap, replaced so that a crash leaves old or new. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/base/limits.h"
#include "platform/store/file.h"
#include "platform/store/internal.h"

enum { LOCK_TRIES = 100 };

static char root[PATH_NAME_MAX];

enum err store_failed(const char *what, const char *name)
{
	return err_because(E_STORE, "%s %s: %s", what, name, strerror(errno));
}

enum err write_all(int fd, const char *name, struct span content)
{
	while (content.n > 0) {
		ssize_t n = write(fd, content.p, content.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return store_failed("cannot write", name);
		content.p += n;
		content.n -= (size_t)n;
	}
	return OK;
}

enum err read_all(int fd, const char *name, struct arena *a, size_t max, struct span *out)
{
	struct span room = arena_rest(a);
	uint8_t *to = a->base + a->used;
	size_t cap = room.n < max ? room.n : max, got = 0;
	uint8_t more;

	for (;;) {
		ssize_t n = got < cap ? read(fd, to + got, cap - got) : read(fd, &more, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return store_failed("cannot read", name);
		if (n == 0)
			break;
		if (got == cap)
			return err_because(E_TOO_BIG, "%s is larger than %zu bytes", name, cap);
		got += (size_t)n;
	}
	*out = (struct span){ to, got };
	arena_keep(a, got);
	return OK;
}

enum err sync_directory(int dir, const char *name)
{
	return fsync(dir) == 0 ? OK : store_failed("cannot sync directory", name);
}

/* -1 when it is not there, and that is told. */
static enum err open_regular(int dir, const char *name, int *fd, size_t *size, bool *absent)
{
	struct stat st;
	enum err e = OK;

	*fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (absent != NULL)
		*absent = *fd < 0 && errno == ENOENT;
	if (absent != NULL && *absent)
		return OK;
	if (*fd < 0)
		return store_failed("cannot open", name);
	if (fstat(*fd, &st) != 0)
		e = store_failed("cannot look at", name);
	else if (!S_ISREG(st.st_mode))
		e = err_because(E_STORE, "%s is not a regular file", name);
	if (e != OK) {
		close(*fd);
		*fd = -1;
		return e;
	}
	*size = (uintmax_t)st.st_size < SIZE_MAX ? (size_t)st.st_size : SIZE_MAX;
	return OK;
}

enum err read_at(int dir, const char *name, struct arena *a, size_t max, struct span *out,
                 bool *absent)
{
	size_t size;
	int fd;
	enum err e = open_regular(dir, name, &fd, &size, absent);

	*out = NO_BYTES;
	if (e != OK || fd < 0)
		return e;
	e = read_all(fd, name, a, max, out);
	close(fd);
	return e;
}

enum err open_at(int dir, const char *name, size_t max, struct octets *out, bool *absent)
{
	size_t size = 0;
	int fd;
	enum err e = open_regular(dir, name, &fd, &size, absent);

	*out = NO_OCTETS;
	if (e != OK || fd < 0)
		return e;
	if (size > max)
		e = err_because(E_TOO_BIG, "%s is larger than %zu bytes", name, max);
	if (e == OK && size > 0)
		*out = octets_in(fd, 0, size);
	else
		close(fd);
	return e;
}

enum err file_open(const char *path, size_t max, struct octets *out)
{
	return open_at(AT_FDCWD, path, max, out, NULL);
}

enum err file_unnamed(const char *directory, int *fd)
{
	char path[PATH_NAME_MAX];

	*fd = -1;
	if ((size_t)snprintf(path, sizeof path, "%s/.onramp-XXXXXX", directory) >= sizeof path)
		return err_because(E_STORE, "the path %s is too long", directory);
	*fd = mkstemp(path);
	if (*fd < 0)
		return store_failed("cannot make a temporary file in", directory);
	unlink(path);
	return fcntl(*fd, F_SETFD, FD_CLOEXEC) == 0 ? OK : store_failed("cannot keep", path);
}

static enum err write_octets(int fd, const char *name, const struct octets *content)
{
	struct window w = NO_WINDOW;
	size_t at = 0;
	enum err e = OK;

	while (e == OK && at < content->n) {
		struct span piece;

		e = octets_next(content, &w, &at, &piece);
		if (e == OK)
			e = write_all(fd, name, piece);
	}
	return e;
}

/* The tmp is ours alone (the store's lock), so an old one is a dead run's. */
enum err write_tmp(int dir, const char *tmp, const struct octets *content, unsigned mode)
{
	enum err e;
	int fd;

	if (unlinkat(dir, tmp, 0) != 0 && errno != ENOENT)
		return store_failed("cannot remove", tmp);
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return store_failed("cannot create", tmp);
	e = write_octets(fd, tmp, content);
	if (e == OK && fchmod(fd, (mode_t)mode) != 0)
		e = store_failed("cannot set the mode of", tmp);
	if (e == OK && fsync(fd) != 0)
		e = store_failed("cannot sync", tmp);
	if (close(fd) != 0 && e == OK)
		e = store_failed("cannot close", tmp);
	return e;
}

enum err replace_at(int dir, const char *name, const struct octets *content, unsigned mode)
{
	char tmp[PATH_NAME_MAX];
	enum err e;

	if ((size_t)snprintf(tmp, sizeof tmp, "%s.tmp", name) >= sizeof tmp)
		return err_because(E_STORE, "the name %s is too long", name);
	e = write_tmp(dir, tmp, content, mode);
	if (e == OK && renameat(dir, tmp, dir, name) != 0)
		e = store_failed("cannot rename to", name);
	if (e == OK)
		return sync_directory(dir, name);
	unlinkat(dir, tmp, 0);
	return e;
}

enum err file_read(struct arena *a, const char *path, size_t max, struct span *out, bool *absent)
{
	return read_at(AT_FDCWD, path, a, max, out, absent);
}

/* Splits at the last slash: an open directory and the name in it. */
static enum err open_parent(const char *path, int *dir, const char **name)
{
	char parent[PATH_NAME_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	*name = slash == NULL ? path : slash + 1;
	if (n >= sizeof parent)
		return err_because(E_STORE, "the path %s is too long", path);
	memcpy(parent, path, n);
	parent[n] = '\0';
	*dir = open(slash == NULL ? "."
	            : n == 0      ? "/"
	                          : parent,
	            O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir >= 0 ? OK : store_failed("cannot open the directory of", path);
}

enum err file_replace_octets(const char *path, const struct octets *content, unsigned mode)
{
	const char *name;
	int dir;
	enum err e = open_parent(path, &dir, &name);

	if (e != OK)
		return e;
	e = replace_at(dir, name, content, mode);
	close(dir);
	return e;
}

enum err file_replace(const char *path, struct span content, unsigned mode)
{
	const struct octets octets = octets_of(content);

	return file_replace_octets(path, &octets, mode);
}

static enum err replace_link_at(int dir, const char *name, const char *target)
{
	char tmp[PATH_NAME_MAX];

	if ((size_t)snprintf(tmp, sizeof tmp, ".%s.tmp", name) >= sizeof tmp)
		return err_because(E_STORE, "the name %s is too long", name);
	if (unlinkat(dir, tmp, 0) != 0 && errno != ENOENT)
		return store_failed("cannot remove", tmp);
	if (symlinkat(target, dir, tmp) != 0)
		return store_failed("cannot make the link", name);
	if (renameat(dir, tmp, dir, name) == 0)
		return sync_directory(dir, name);
	(void)store_failed("cannot rename to", name);
	unlinkat(dir, tmp, 0);
	return E_STORE;
}

enum err file_replace_link(const char *path, const char *target)
{
	const char *name;
	int dir;
	enum err e = open_parent(path, &dir, &name);

	if (e != OK)
		return e;
	e = replace_link_at(dir, name, target);
	close(dir);
	return e;
}

enum err file_append(const char *path, struct span content, unsigned mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
	enum err e;

	if (fd < 0)
		return store_failed("cannot open", path);
	e = write_all(fd, path, content);
	if (close(fd) != 0 && e == OK)
		e = store_failed("cannot close", path);
	return e;
}

enum err file_remove(const char *path)
{
	const char *name;
	int dir;
	enum err e = open_parent(path, &dir, &name);

	if (e != OK)
		return e;
	if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		e = store_failed("cannot remove", path);
	if (e == OK)
		e = sync_directory(dir, path);
	close(dir);
	return e;
}

enum err hold_lock(int fd, const char *name)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return OK;
	if (errno == EWOULDBLOCK)
		return err_because(E_BUSY, "%s is held by another onramp", name);
	return store_failed("cannot lock", name);
}

/* What we hold may have been unlinked by who held it before: then it excludes nobody. */
static bool is_there(const char *name, int fd)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && lstat(name, &named) == 0 && held.st_ino == named.st_ino &&
	       held.st_dev == named.st_dev;
}

enum err file_lock(const char *path, int *fd)
{
	char name[PATH_NAME_MAX];
	enum err e;

	*fd = -1;
	if ((size_t)snprintf(name, sizeof name, "%s.lock", path) >= sizeof name)
		return err_because(E_STORE, "the path %s is too long", path);
	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		*fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (*fd < 0)
			return store_failed("cannot open", name);
		e = hold_lock(*fd, name);
		if (e == OK && is_there(name, *fd))
			return OK;
		close(*fd);
		*fd = -1;
		if (e != OK)
			return e;
	}
	return err_because(E_BUSY, "%s changes hands all the time", name);
}

void file_unlock(const char *path, int *fd)
{
	char name[PATH_NAME_MAX];

	if (*fd < 0)
		return;
	snprintf(name, sizeof name, "%s.lock", path);
	unlink(name); /* while it is held, so that it is ours that goes */
	close(*fd);
	*fd = -1;
}

/* A directory whose own name a power cut takes away loses all that is in it. */
static enum err make_one_directory(const char *path)
{
	const char *name;
	int dir;
	enum err e;

	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? OK : store_failed("cannot make directory", path);
	e = open_parent(path, &dir, &name);
	if (e != OK)
		return e;
	e = sync_directory(dir, path);
	close(dir);
	return e;
}

enum err file_make_directory(const char *path)
{
	char part[PATH_NAME_MAX];
	size_t n = strlen(path);
	enum err e;

	if (n >= sizeof part)
		return err_because(E_STORE, "the path %s is too long", path);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if ((e = make_one_directory(part)) != OK)
			return e;
	}
	return OK;
}

void file_root(const char *prefix)
{
	snprintf(root, sizeof root, "%s", prefix);
}

enum err file_rooted(const char *path, char *out, size_t cap)
{
	if ((size_t)snprintf(out, cap, "%s%s", root, path) >= cap)
		return err_because(E_SPACE, "the path %s%s is too long", root, path);
	return OK;
}
