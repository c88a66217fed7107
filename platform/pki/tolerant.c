/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What certificates and CRLs of the field have that DER does not allow.  Taken is
 * what has one meaning only, and lies under the issuer's signature, which is over
 * the octets as they are.  Messages, CMS and vouchers are read without this.
 */
#include "platform/pki/internal.h"

/* X.690 11.5 leaves out what equals the DEFAULT; encoded it says the same. */
bool signed_bool_default(struct der *c, uint8_t tag, bool dflt)
{
	return der_at(c, tag) ? der_bool_of(c, tag) : dflt;
}

/* X.690 11.2.2 ends named bits with the last one that is set; zeros behind it say nothing. */
uint32_t signed_flags(struct der *c, uint8_t tag)
{
	struct span s = der_bits_of(c, tag);
	uint32_t flags = 0;

	if (!der_ok(c))
		return 0;
	for (size_t bit = 0; bit < 8 * (s.n - 1); bit++) {
		if ((s.p[1 + bit / 8] & 0x80 >> bit % 8) == 0)
			continue;
		if (bit >= 32)
			return der_fail(c, err_because(E_RANGE, "more than 32 named bits")), 0;
		flags |= UINT32_C(1) << bit;
	}
	return flags;
}

/* Extensions of one list, each OID once (RFC 5280 4.2): two of a kind contradict each other. */
bool extension_is_first(struct der *list, struct extension_list *seen, const struct extension *x)
{
	for (size_t i = 0; i < seen->n; i++)
		if (span_equal(seen->oids[i], x->oid))
			der_fail(list, err_because(E_UNEXPECTED, "one is there twice"));
	if (seen->n == CERT_EXTENSIONS_MAX)
		der_fail(list, err_because(E_RANGE, "more than %d", CERT_EXTENSIONS_MAX));
	if (!der_ok(list))
		return false;
	seen->oids[seen->n++] = x->oid;
	return true;
}
