/* SPDX-License-Identifier: GPL-2.0-or-later */
/* crl_read, crl_find, crl_judge */
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

/* Ed25519 with a key of zeros: nobody's, so that no list is good. */
static uint8_t spki[44] = { 0x30, 42, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 33, 0 };

static void judge(const struct octets *der, const struct crl *l)
{
	static const uint8_t number[] = { 0x10, 0x01 };
	const struct cert issuer = { .subject = l->issuer, .spki = SPAN(spki) };
	const struct cert c = { .subject = NAME_EMPTY, .serial = SPAN(number) };
	struct path_request r = { .crls = der, .crl_count = 1 };

	r.revocation = REVOCATION_IF_KNOWN;
	must(crl_judge(&r, &c, &issuer, &issuer) == OK);
	r.revocation = REVOCATION_REQUIRED;
	must(crl_judge(&r, &c, &issuer, &issuer) == E_REVOKED);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span der = { p, n };
	const struct octets octets = octets_of(der);
	static const uint8_t number[] = { 0x10, 0x01 };
	struct crl l;
	bool listed;

	if (crl_read(&octets, &l) != OK)
		return 0;
	inside((struct span){ l.tbs.p, l.tbs.n }, der);
	inside(l.issuer, der);
	inside((struct span){ l.entries.p, l.entries.n }, der);
	inside(l.signature, der);
	inside(l.scope.point, der);
	must(l.scope.stated || (l.scope.point.n == 0 && !l.scope.only_users && !l.scope.only_cas));
	/* faults of the entries were found by crl_read() */
	must(crl_find(&l, SPAN(number), &listed) == OK);
	must(!listed || l.entries.n > 0);
	judge(&octets, &l);
	return 0;
}
