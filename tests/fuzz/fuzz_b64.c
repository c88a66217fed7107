/* SPDX-License-Identifier: GPL-2.0-or-later */
/* b64_decode in its three kinds; b64_encode on what was read */
#include <stdlib.h>

#include "platform/codec/b64.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t block[1 << 16], other[1 << 16];

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Strict base64 has one form: what it accepts is what the encoder writes. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span text = { p, n }, strict, any, back;
	bool accepted = false;

	if (n > sizeof block / 2)
		return 0;
	for (enum b64_kind kind = B64_STRICT; kind <= B64_LINES; kind++) {
		struct arena a = ARENA_ON(block), b = ARENA_ON(other);

		if (b64_decode(&a, kind, text, &any) != OK) {
			must(a.used == 0 && !accepted);
			continue;
		}
		must(any.n <= n / 4 * 3 + 2);
		if (kind == B64_STRICT) {
			must(b64_encode(&b, any, &back) == OK && span_equal(back, text));
			accepted = true;
		} else if (accepted) { /* and the other kinds agree */
			must(b64_decode(&b, B64_STRICT, text, &strict) == OK);
			must(span_equal(strict, any));
		}
	}
	return 0;
}
