/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libraries' heap is the C library's, with its failures counted. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/base/heap.h"

static unsigned long failures;
static void *(*take)(void *p, size_t n) = realloc;

void heap_use(void *(*source)(void *p, size_t n))
{
	take = source != NULL ? source : realloc;
}

void *heap_realloc(void *p, size_t n)
{
	void *got = take(p, n);

	failures += got == NULL && n > 0;
	return got;
}

void *heap_malloc(size_t n)
{
	return heap_realloc(NULL, n);
}

void *heap_calloc(size_t count, size_t n)
{
	size_t all = n > 0 && count > SIZE_MAX / n ? SIZE_MAX : count * n;
	void *p = heap_realloc(NULL, all);

	return p != NULL ? memset(p, 0, all) : NULL;
}

char *heap_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = heap_malloc(n);

	return copy != NULL ? memcpy(copy, s, n) : NULL;
}

void heap_free(void *p)
{
	free(p);
}

unsigned long heap_failures(void)
{
	return failures;
}

enum err heap_judge(unsigned long before, enum err e, const char *what)
{
	if (e == OK || failures == before)
		return e;
	return err_because(E_MEMORY, "%s: out of memory", what);
}
