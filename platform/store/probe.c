/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Would a generation find room, and a disk that takes it? */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/base/limits.h"
#include "platform/store/generation.h"
#include "platform/store/internal.h"

enum err enough_room(int dir, const char *path)
{
	struct statvfs v;

	if (fstatvfs(dir, &v) != 0)
		return store_failed("cannot look at the file system of", path);
	if ((unsigned long long)v.f_bavail * v.f_frsize < STORE_RESERVE)
		return err_because(E_STORE, "%s: fewer than %d bytes free", path,
		                   (int)STORE_RESERVE);
	return OK;
}

/* path itself, or what is above it when it is not there yet. */
static enum err open_nearest(char *path, int *dir)
{
	char *slash;

	for (;;) {
		*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (*dir >= 0)
			return OK;
		slash = strrchr(path, '/');
		if (errno != ENOENT || slash == NULL || path[1] == '\0')
			return store_failed("cannot open", path);
		slash[slash == path] = '\0'; /* of "/etc" stays "/" */
	}
}

enum err store_probe(const char *path)
{
	static const char name[] = "onramp-check.tmp";
	const struct octets check = octets_of(span_str("check"));
	char nearest[PATH_NAME_MAX];
	enum err e;
	int dir;

	if ((size_t)snprintf(nearest, sizeof nearest, "%s", path) >= sizeof nearest)
		return err_because(E_STORE, "the path %s is too long", path);
	if ((e = open_nearest(nearest, &dir)) != OK)
		return e;
	e = enough_room(dir, nearest);
	if (e == OK) {
		e = write_tmp(dir, name, &check, 0600);
		if (unlinkat(dir, name, 0) != 0 && e == OK)
			e = store_failed("cannot remove", name);
	}
	close(dir);
	return e;
}
