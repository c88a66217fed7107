/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands before the C library's functions, as the program's own symbols do. */
#define _GNU_SOURCE /* syscall */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/fake/calls.h"

struct fake_calls fake_calls;

static void plant(int dir)
{
	int kept = errno, fd = openat(dir, fake_calls.plants, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t n = strlen(fake_calls.content);

	if (fd >= 0 && write(fd, fake_calls.content, n) != (ssize_t)n)
		fake_calls.plants = NULL;
	if (fd >= 0)
		close(fd);
	errno = kept;
}

int unlinkat(int dir, const char *path, int flags)
{
	int result = (int)syscall(SYS_unlinkat, dir, path, flags);

	if (fake_calls.plants != NULL && strcmp(path, fake_calls.plants) == 0)
		plant(dir);
	return result;
}

int fchmod(int fd, mode_t mode)
{
	struct stat st;

	if (fstat(fd, &st) == 0)
		fake_calls.mode_before = st.st_mode;
	return (int)syscall(SYS_fchmod, fd, mode);
}
