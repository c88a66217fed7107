/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded: one allocation of the process fails, once.
 *
 *	ONRAMP_FAULT_AT	which, counted from 1; 0: none
 *	ONRAMP_FAULT_LOG	a file: how many were asked for, and whether one failed
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static unsigned long asked, at;
static char log_path[512];

/* Read when the program starts: it clears its environment later. */
__attribute__((constructor)) static void begin(void)
{
	const char *number = getenv("ONRAMP_FAULT_AT"), *path = getenv("ONRAMP_FAULT_LOG");

	if (path != NULL)
		snprintf(log_path, sizeof log_path, "%s", path);
	asked = 0;
	at = number != NULL ? strtoul(number, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
	char line[64];
	int n = snprintf(line, sizeof line, "%lu %d\n", asked, at > 0 && asked >= at);
	int fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(125);
	close(fd);
}

static int fails(void)
{
	if (++asked != at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
	return fails() ? NULL : __libc_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}
