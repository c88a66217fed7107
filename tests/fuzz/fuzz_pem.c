/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pem_next, pem_certificates; pem_write on what was read */
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/codec/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t block[2 * PEM_FILE_MAX], again[2 * PEM_FILE_MAX];
static char text[4 * PEM_FILE_MAX];

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* A block that was read is written, and read again with label and content. */
static void round_trip(const struct pem *block_read)
{
	struct arena a = ARENA_ON(again);
	char label[128];
	struct pem p;
	struct span s;
	size_t used = 0;

	if (block_read->label.n >= sizeof label)
		return;
	memcpy(label, block_read->label.p, block_read->label.n);
	label[block_read->label.n] = '\0';
	must(pem_write(text, sizeof text, &used, label, block_read->der) == OK);
	s = (struct span){ (const uint8_t *)text, used };
	must(pem_next(&a, &s, &p) == OK && s.n == 0);
	must(span_equal(p.label, block_read->label) && span_equal(p.der, block_read->der));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_ON(block);
	struct span rest = { p, n }, certs[4];
	struct pem one;
	size_t count;

	if (n > PEM_FILE_MAX)
		return 0;
	while (pem_next(&a, &rest, &one) == OK && one.label.n > 0) {
		must(one.der.n > 0 && rest.n < n);
		round_trip(&one);
	}
	arena_reset(&a);
	if (pem_certificates(&a, (struct span){ p, n }, certs, 4, &count) == OK)
		must(count > 0 && count <= 4);
	return 0;
}
