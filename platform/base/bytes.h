/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spans: bytes that someone else owns. */
#ifndef ONRAMP_BASE_BYTES_H
#define ONRAMP_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* { NULL, 0 } is the empty span; p may be anything when n is 0. */
struct span {
	const uint8_t *p;
	size_t n;
};

/* Arrays only: a pointer in its place does not compile. */
#define SPAN(array) ((struct span){ (array), sizeof(array) * NO_POINTER(array) })
/* clang-format off */
#define NO_POINTER(x) _Generic(&(x),				\
	uint8_t **: (void *)0,					\
	uint8_t *const *: (void *)0,				\
	const uint8_t **: (void *)0,				\
	const uint8_t *const *: (void *)0,			\
	default: 1)
/* clang-format on */

#define NO_BYTES ((struct span){ NULL, 0 })

static inline struct span span_str(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* Not for secrets: stops at the first difference. */
static inline bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool span_is(struct span a, const char *s)
{
	return span_equal(a, span_str(s));
}

/* For MACs, nonces and keys: looks at every byte whatever the first says. */
bool span_equal_secret(struct span a, struct span b);

/* Overwrites n bytes; the compiler may not leave it out. Copies that the
   compiler made in registers or spilled are out of its reach. */
void wipe(void *p, size_t n);

#endif
