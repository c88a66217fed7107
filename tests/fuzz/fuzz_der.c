/* SPDX-License-Identifier: GPL-2.0-or-later */
/* der_open, der_enter and every getter of platform/codec/der.h; der_oid_text; derw_sort_set */
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/codec/der.h"
#include "platform/codec/derw.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Each getter on its own copy of the cursor: what it gives lies inside the message. */
static void get_everything(const struct der *at, struct span message)
{
	static struct span (*const spans[])(struct der *) = { der_element, der_integer, der_oid,
		                                              der_bits, der_bit_octets };

	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
		enum err e = OK;
		struct der c = { at->p, at->n, &e, at->depth };
		struct span s = spans[i](&c);
		char text[40];

		must(e == OK || s.n == 0);
		must(s.n == 0 || (s.p >= message.p && s.p + s.n <= message.p + message.n));
		must(strlen(der_oid_text(s, text, sizeof text)) < sizeof text);
	}
}

static void get_numbers(const struct der *at)
{
	enum err e = OK;
	struct der c = { at->p, at->n, &e, at->depth };
	uint32_t u = der_uint(&c);
	bool fits = e == OK;
	int64_t i;

	c = der_open((struct span){ at->p, at->n }, &e);
	i = der_int(&c);
	must(!fits || (e == OK && i == (int64_t)u));
	c = der_open((struct span){ at->p, at->n }, &e);
	must(der_flags(&c) == 0 || e == OK);
	c = der_open((struct span){ at->p, at->n }, &e);
	must(der_time(&c) == 0 || e == OK);
	c = der_open((struct span){ at->p, at->n }, &e);
	must(!der_bool(&c) || e == OK);
}

static void walk(struct der *c, struct span message)
{
	while (der_more(c)) {
		uint8_t tag = *c->p;

		get_everything(c, message);
		get_numbers(c);
		if (tag & 0x20) {
			struct der inner = der_enter(c, tag);

			walk(&inner, message);
		} else {
			der_get(c, tag);
		}
	}
}

/* What was put into order is in order, and as long as before. */
static void sort(struct span message)
{
	static uint8_t buf[4096];
	struct derw w = DERW_ON(buf);
	struct span out;

	derw_raw(&w, message);
	derw_sort_set(&w, 0);
	if (derw_end(&w, &out) == OK)
		must(out.n == message.n && der_set_ordered(out));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span message = { p, n };
	enum err e;
	struct der c = der_open(message, &e);

	walk(&c, message);
	der_end(&c);
	must(e == OK || !der_more(&c));
	der_set_ordered(message);
	sort(message);
	return 0;
}
