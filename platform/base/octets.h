/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets that lie in memory or in a file: for what may be too large to be held.
 *
 * Where they are is the maker's business; who reads takes pieces through a window, which
 * is all the memory that a file needs.  The file stays open as long as anybody reads,
 * and is not written meanwhile.
 */
#ifndef ONRAMP_BASE_OCTETS_H
#define ONRAMP_BASE_OCTETS_H

#include "platform/base/bytes.h"
#include "platform/base/err.h"
#include "platform/base/limits.h"

/* { 0 } is empty. */
struct octets {
	const uint8_t *p; /* in memory; NULL: in the file */
	size_t n;
	int fd;
	uint64_t from; /* where in the file */
};

static inline struct octets octets_of(struct span s)
{
	return (struct octets){ .p = s.p, .n = s.n, .fd = -1 };
}
static inline struct octets octets_in(int fd, uint64_t from, size_t n)
{
	return (struct octets){ .n = n, .fd = fd, .from = from };
}
#define NO_OCTETS ((struct octets){ .fd = -1 })

/* n of them from `at` on; those that are not there are E_BUG. */
MUST_CHECK enum err octets_within(const struct octets *o, size_t at, size_t n, struct octets *out);

/* Closes the file that they are in, if they are in one. */
void octets_close(struct octets *o);

/* All of them as memory that the kernel may give away and read again: for who only looks.
   What follows from them is decided by pieces. */
MUST_CHECK enum err octets_map(const struct octets *o, struct span *out);
void octets_unmap(const struct octets *o, struct span s);

struct window {
	uint8_t room[OCTETS_WINDOW];
	int fd;
	uint64_t from;
	size_t n; /* 0: nothing yet */
};
#define NO_WINDOW ((struct window){ .n = 0 })

/*
 * n of them from `at` on, in memory until the window is used again.  E_TOO_BIG: more than
 * OCTETS_WINDOW out of a file.  E_STORE: the file cannot be read, or ends before.
 */
MUST_CHECK enum err octets_part(const struct octets *o, struct window *w, size_t at, size_t n,
                                struct span *out);

/* As many as fit, from *at on, which moves behind them; none at the end. */
MUST_CHECK enum err octets_next(const struct octets *o, struct window *w, size_t *at,
                                struct span *out);

/* All of them, in order, into room of cap octets: E_TOO_BIG. Those in memory are not copied. */
MUST_CHECK enum err octets_hold(const struct octets *o, uint8_t *room, size_t cap,
                                struct span *out);

#endif
