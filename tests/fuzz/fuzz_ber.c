/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ber_to_der */
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/codec/ber.h"
#include "platform/codec/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Heads are DER's, all the way down. */
static void walk(struct der *c)
{
	while (der_more(c)) {
		uint8_t tag = *c->p;

		must(tag != 0x24);
		if (tag & 0x20) {
			struct der inner = der_enter(c, tag);

			walk(&inner);
		} else {
			der_get(c, tag);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t room[1 << 17];
	struct arena a = ARENA_ON(room);
	struct span der, again;
	enum err e = ber_to_der(&a, (struct span){ p, n }, &der);
	struct der c;

	must(e == OK || (der.n == 0 && a.used == 0));
	if (e != OK)
		return 0;
	must(der.n <= n);
	c = der_open(der, &e);
	walk(&c);
	der_end(&c);
	must(e == OK);
	/* twice is once */
	must(ber_to_der(&a, der, &again) == OK && again.p == der.p && again.n == der.n);
	return 0;
}
