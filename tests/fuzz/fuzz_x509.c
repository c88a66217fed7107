/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cert_read, what is asked of a certificate, name_constraints_apply, path_check */
#include <stdlib.h>

#include "platform/pki/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void inside(struct span s, struct span der)
{
	must(s.n == 0 || (s.p >= der.p && s.p + s.n <= der.p + der.n));
}

static void views_are_inside(const struct cert *c, struct span der)
{
	const struct span views[] = { c->tbs,       c->serial,
		                      c->issuer,    c->subject,
		                      c->spki,      c->sig_alg,
		                      c->signature, c->extensions,
		                      c->eku,       c->san,
		                      c->skid,      c->aki_ext,
		                      c->akid,      c->name_constraints,
		                      c->masa_url,  c->unknown_critical_oid };

	must(span_equal(c->der, der));
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		inside(views[i], der);
	must(c->version >= 1 && c->version <= 3 && c->path_len >= PATH_LEN_NONE);
	must(c->version == 3 || c->extensions.n == 0);
	must(span_equal(cert_peek_subject(der), c->subject));
}

static void ask(const struct cert *c)
{
	static const uint8_t basic[] = { 0x55, 29, 19 };
	struct quoted q;
	struct span value;
	bool critical;

	must(cert_extension(c, SPAN(basic), &critical, &value) == c->has_basic);
	cert_has_eku(c, OID_EKU_CMC_RA);
	cert_serial_number(c, &value);
	cert_matches_host(c, "reg.example.net");
	cert_matches_host(c, "192.0.2.7");
	must(strlen(name_text(&q, c->subject)) < sizeof q.text);
	must(name_equal(c->issuer, c->subject) == name_equal(c->subject, c->issuer));
	must(cert_self_issued(c) == name_equal(c->issuer, c->subject));
	/* faults of the constraints were found by cert_read() */
	must(name_constraints_apply(c->name_constraints, c) != E_CERT_SYNTAX);
}

/* It leads to itself, and to nothing else that it may bring along. */
static void find_paths(const struct cert *c)
{
	static const uint8_t nobody[] = { 0x30, 0 };
	struct anchors anchors = { .n = 0 };
	struct path path;
	struct path_request r = { .target = c,
		                  .anchors = &anchors,
		                  .pool = &c->der,
		                  .pool_count = 1,
		                  .revocation = REVOCATION_REQUIRED };

	must(path_check(&r, &path) != OK && path.n == 0);
	must(anchors_add(&anchors, ANCHOR_CERT, SPAN(nobody)) == OK);
	must(path_check(&r, &path) != OK && path.n == 0);
	must(anchors_add(&anchors, ANCHOR_CERT, c->der) == OK);
	must(path_check(&r, &path) != OK || path.n == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span der = { p, n };
	struct cert c;

	if (cert_read(der, &c) != OK) {
		must(c.der.n == 0 && c.subject.n == 0);
		return 0;
	}
	views_are_inside(&c, der);
	ask(&c);
	find_paths(&c);
	return 0;
}
