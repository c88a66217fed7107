/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of the service, and its process by the lock. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "platform/base/limits.h"
#include "platform/base/log.h"
#include "platform/store/file.h"
#include "platform/store/internal.h"
#include "platform/store/service_lock.h"

static int open_lock(const char *state, int flags, char *name, size_t cap)
{
	if ((size_t)snprintf(name, cap, "%s/service", state) >= cap) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

enum err service_lock(const char *state, int *fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char name[PATH_NAME_MAX];
	enum err e = file_make_directory(state);

	*fd = -1;
	if (e != OK)
		return e;
	*fd = open_lock(state, O_RDWR | O_CREAT, name, sizeof name);
	if (*fd < 0)
		return store_failed("cannot open the service lock in", state);
	if (fcntl(*fd, F_SETLK, &whole) == 0)
		return OK;
	if (errno == EAGAIN || errno == EACCES)
		e = err_because(E_BUSY, "%s: another onramp service has this state", name);
	else
		e = store_failed("cannot lock", name);
	close(*fd);
	*fd = -1;
	return e;
}

bool service_wake(const char *state)
{
	struct flock held = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char name[PATH_NAME_MAX];
	int fd = open_lock(state, O_RDWR, name, sizeof name);
	bool found, told = false;

	if (fd < 0)
		return false;
	/* l_pid is 0 for a process outside our namespace: kill(0) would mean our own group */
	found = fcntl(fd, F_GETLK, &held) == 0 && held.l_type != F_UNLCK && held.l_pid > 0;
	if (found) {
		told = kill(held.l_pid, SIGHUP) == 0;
		if (!told)
			log_warning("the service (process %ld) was not woken", (long)held.l_pid);
	}
	close(fd);
	return told;
}
