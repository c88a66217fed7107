/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pending_read; what was read is written and read again, the same */
#include <stdlib.h>
#include <string.h>

#include "agent/pending.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t room[256 * 1024];
	struct arena a = ARENA_ON(room);
	struct pending first, again;
	struct span json;

	if (pending_read(&a, (struct span){ p, n }, &first) == OK) {
		must(first.registrar[0] != '\0' && first.origin[0] != '\0');
		must(first.state.n <= CMP_STATE_MAX && first.nonce.n <= NONCE_MAX);
		must(pending_write(&a, &first, &json) == OK);
		must(pending_read(&a, json, &again) == OK);
		must(first.errand == again.errand);
		must(first.confirmed == again.confirmed && first.nonce.n == again.nonce.n);
		must(strcmp(first.registrar, again.registrar) == 0);
		must(strcmp(first.origin, again.origin) == 0);
		must(span_equal(first.state, again.state));
		must(span_equal(first.request, again.request));
		must(span_equal(first.chain, again.chain) && first.waited_s == again.waited_s);
	}
	arena_reset(&a);
	return 0;
}
