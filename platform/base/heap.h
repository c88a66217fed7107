/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The libraries' heap, watched.  We have none of our own (docs/architecture.md).
 *
 * A library that gets no memory may call it by any name: bad input, a signature that does
 * not verify, no certificate.  Each allocation that fails is counted here, so that an
 * adapter can tell a library's failure from its verdict, whatever code it chose.
 */
#ifndef ONRAMP_BASE_HEAP_H
#define ONRAMP_BASE_HEAP_H

#include <stddef.h>

#include "platform/base/err.h"

/* For the libraries' hooks alone. */
void *heap_malloc(size_t n);
void *heap_calloc(size_t count, size_t n);
void *heap_realloc(void *p, size_t n);
char *heap_strdup(const char *s);
void heap_free(void *p);

/* Whence it comes, by the contract of realloc, which NULL means.  For tests. */
void heap_use(void *(*source)(void *p, size_t n));

/* How many allocations have failed since the process began. */
unsigned long heap_failures(void);

/*
 * What a library's work ended with: e, or E_MEMORY instead of a failure when an allocation
 * has failed since `before`, a value of heap_failures(): then it is no verdict.
 */
MUST_CHECK enum err heap_judge(unsigned long before, enum err e, const char *what);

#endif
