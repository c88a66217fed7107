/* SPDX-License-Identifier: GPL-2.0-or-later */
/* name_equal, name_within, name_text, name_from_text, general names, host names */
#include <stdlib.h>

#include "platform/pki/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t block[8192];

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool readable(struct span name)
{
	enum err e;
	struct der c = der_open(name, &e);

	name_check(&c, name);
	return e == OK;
}

static void compare(struct span a, struct span b)
{
	struct quoted q;
	struct span value;

	must(name_equal(a, b) == name_equal(b, a));
	must(name_equal(a, a) == (a.n > 0));
	must(name_within(a, a) == readable(a));
	must(!name_equal(a, b) || span_equal(a, b) || (name_within(a, b) && name_within(b, a)));
	must(!name_within(a, b) || name_may_be_within(a, b));
	must(!readable(a) || name_within(NAME_EMPTY, a));
	must(strlen(name_text(&q, a)) < sizeof q.text);
	must(!name_attribute(a, OID_AT_COMMON_NAME, &value) || value.n == 0 ||
	     (value.p >= a.p && value.p + value.n <= a.p + a.n));
}

static void write(struct span input)
{
	struct arena a = ARENA_ON(block);
	char *text = arena_take(&a, input.n + 1);
	struct span name;

	if (text == NULL || input.n > 2048)
		return;
	memcpy(text, input.p, input.n);
	if (name_from_text(&a, text, &name) == OK && name.n <= NAME_MAX_DER) {
		enum err e;
		struct der c = der_open(name, &e);

		/* more attributes in one RDN than are read may be written, nothing else */
		name_check(&c, name);
		must(e == OK || e == E_RANGE);
	}
}

static void read_general_names(struct span input)
{
	const struct cert c = { .san = input };
	enum err e;
	struct der names = der_open(input, &e);

	while (der_more(&names)) {
		struct general_name g = general_name_next(&names);

		must(e != OK || g.form < FORMS);
	}
	cert_matches_host(&c, "a.example.net");
	cert_matches_host(&c, "2001:db8::1");
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span input = { p, n };
	size_t half = n > 0 ? 1 + p[0] % n : 0;

	compare(input, input);
	compare((struct span){ p, half }, (struct span){ p + half, n - half });
	write(input);
	read_general_names(input);
	must(!dns_name_valid(input) || dns_name_within(NO_BYTES, input));
	return 0;
}
