/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmp_root_update_read, cmp_root_update_prove: the input is the old root and, behind it, the
   infoValue of the genp */
#include <stdlib.h>

#include "cmp/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct moment now(void)
{
	return (struct moment){ TIME_SET, INT64_C(1800000000) };
}

/* Whatever proved it, it is a root of its own, and not the old one. */
static void is_a_root(const struct cmp_root_update *u, struct span old)
{
	struct cert new, link;

	must(u->present && cert_read(u->new_with_new, &new) == OK);
	must(new.is_ca);
	must(cert_self_issued(&new) && cert_signed_by(&new, &new) == OK);
	must(!span_equal(u->new_with_new, old));
	must(u->by_hash || u->new_with_old.n > 0);
	if (u->new_with_old.n > 0) {
		must(cert_read(u->new_with_old, &link) == OK);
		must(span_equal(link.spki, new.spki));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span input = { p, n };
	enum err e;
	struct der c = der_open(input, &e);
	struct span old = der_element(&c);
	struct span value = { c.p, e == OK ? c.n : 0 };
	struct cmp_client client = { .now = now };
	struct cmp_root_update u;

	log_limit(LOG_LEVEL_ERROR);
	must(cmp_root_update_read(input, &u) != OK || u.new_with_new.n > 0);
	e = cmp_root_update_read(value, &u);
	must(u.present == (e == OK));
	if (e != OK)
		return 0;
	e = cmp_root_update_prove(&client, old, &u);
	must(e == OK || e == E_ROOT_UPDATE);
	if (e == OK)
		is_a_root(&u, old);
	else
		must(!u.present && u.new_with_new.n == 0);
	return 0;
}
