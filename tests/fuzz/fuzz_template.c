/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmp_template_read, cmp_apply_template, cmp_fill_name, cmp_fill_extensions */
#include <stdlib.h>

#include "cmp/fill.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint8_t room[1 << 18];

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void inside(struct span part, struct span whole)
{
	must(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

/* CN=gate+O=x; serialNumber=SN-1: what the operator asks for, what the maker wrote. */
static const uint8_t requested[] = { 0x30, 0x1c, 0x31, 0x1a, 0x30, 8,   6,   3,   0x55, 4,
	                             10,   0x0c, 1,    'x',  0x30, 14,  6,   3,   0x55, 4,
	                             3,    0x0c, 7,    'g',  'a',  't', 'e', '.', 'e',  'x' };
static const uint8_t serial[] = { 0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 6,   3,  0x55,
	                          4,    5,    0x13, 4,    'S',  'N',  '-', '1' };
static const char *const dns[] = { "gate.example", "b.example" };
static const char *const ip[] = { "10.0.0.1", "2001:db8::1" };

/* What comes out is DER, and each empty value is gone. */
static void is_a_name(struct span name)
{
	enum err e;
	struct der c = der_open(name, &e);
	struct der rdns = der_enter(&c, DER_SEQUENCE);

	while (der_more(&rdns)) {
		struct der rdn = der_enter(&rdns, DER_SET);

		must(e != OK || der_set_ordered((struct span){ rdn.p, rdn.n }));
		while (der_more(&rdn)) {
			struct der attribute = der_enter(&rdn, DER_SEQUENCE);

			der_oid(&attribute);
			must(der_element(&attribute).n > 2 || e != OK);
			der_end(&attribute);
		}
	}
	der_end(&c);
	must(e == OK);
}

static void are_extensions(struct span extensions)
{
	enum err e;
	struct der c = der_open(extensions, &e);

	while (der_more(&c)) {
		struct der x = der_enter(&c, DER_SEQUENCE);

		der_oid(&x);
		der_bool_default(&x, false);
		must(der_get(&x, DER_OCTET_STRING).n > 0 || e != OK);
		der_end(&x);
	}
	must(e == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span input = { p, n };
	struct arena a = ARENA_ON(room);
	struct credential device = { .leaf = { .subject = SPAN(serial) } };
	struct cmp_names names = { SPAN(requested), SPAN(serial) };
	struct cmp_facts f = { .idevid = &device,
		               .dns_names = dns,
		               .dns_count = 2,
		               .ip_addresses = ip,
		               .ip_count = 2 };
	struct cmp_params w = { .key = NULL };
	struct cmp_template t;
	struct span name;

	log_limit(LOG_LEVEL_ERROR);
	if (cmp_fill_name(&names, input, &a, &name) == OK)
		is_a_name(name);
	if (cmp_template_read(input, &t) != OK) {
		must(!t.present && !t.has_key_kind);
		return 0;
	}
	inside(t.subject, input);
	inside(t.extensions, input);
	inside(t.issuer, input);
	inside(t.validity, input);
	must(!t.has_key_kind || key_kind_available(t.key_kind));
	if (cmp_apply_template(&t, &f, &a, &w) != OK)
		return 0;
	is_a_name(w.subject);
	are_extensions(w.extensions);
	return 0;
}
