/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must not be optimised: wiping, and comparing without telling where. */
#include "platform/base/bytes.h"

bool span_equal_secret(struct span a, struct span b)
{
	volatile uint8_t difference = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		difference |= a.p[i] ^ b.p[i];
	return difference == 0;
}

/* Volatile stores may not be left out; the barrier keeps later frees and
   returns from being moved before them. */
void wipe(void *p, size_t n)
{
	volatile uint8_t *at = p;

	while (n-- > 0)
		*at++ = 0;
	__asm__ __volatile__("" : : "r"(p) : "memory");
}
