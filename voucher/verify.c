/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place where a voucher is found good (RFC 8995 5.6.1): container and
 * signature here, then what it says.  The first failure ends it.
 */
#include "voucher/internal.h"

/*
 * Container and signature.  MASA certificates in the field have neither keyUsage
 * nor EKU, so what is demanded is that a keyUsage that is there lets them sign; who
 * may besides is signer.c's.  Of signers there is exactly one.
 */
static enum err check_signature(const struct voucher_facts *f, const struct cms *m)
{
	const struct span content_types[] = { OID_CT_ANIMA_JSON_VOUCHER, OID_CMS_DATA };
	struct cert signer;
	enum err e, outer;

	if (m->signer_count != 1)
		return err_because(E_VOUCHER_SIGNATURE, "%zu signers, expected one",
		                   m->signer_count);
	e = cms_verify(m,
	               &(struct cms_rules){
			       .content_types = content_types,
			       .content_type_count = sizeof content_types / sizeof *content_types,
			       .signed_attrs = CMS_ATTRS_DEMANDED,
			       .anchors = f->masa,
			       .now = f->now,
			       .key_usage = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION,
		       },
	               &signer);
	if (e == OK)
		return voucher_signer_check(f, &signer);
	outer = e == E_SIGNATURE || e == E_ALGORITHM || e == E_UNEXPECTED || e == E_RANGE
	                ? E_VOUCHER_SIGNATURE
	                : E_VOUCHER_SIGNER;
	/* a wrong clock looks like that, and is no wrong manufacturer */
	if (e == E_CERT_TIME)
		outer = e;
	return err_within(outer, e, "CMS");
}

static enum err read_and_check(struct arena *a, struct span cms, const struct voucher_facts *f,
                               struct voucher *v)
{
	struct cms m;
	enum err e;

	if (cms.n > VOUCHER_SIZE_MAX)
		return err_because(E_VOUCHER_SYNTAX, "%zu bytes, at most %d are read", cms.n,
		                   VOUCHER_SIZE_MAX);
	e = arena_copy(a, cms, &v->bytes);
	if (e == OK)
		e = err_within(E_VOUCHER_SYNTAX, cms_read(v->bytes, &m), "CMS");
	if (e == OK)
		e = check_signature(f, &m);
	if (e == OK)
		e = voucher_claim_read(a, m.content, ROOT_VOUCHER, &v->claim);
	if (e != OK)
		return e;
	v->signing_time = m.signers[0].signing_time;
	return voucher_check(f, v);
}

enum err voucher_verify(struct arena *a, struct span cms, const struct voucher_facts *f,
                        const struct voucher **out)
{
	size_t mark = arena_mark(a);
	struct voucher *v = arena_take(a, sizeof *v);
	enum err e;

	*out = NULL;
	if (v == NULL)
		return err_because(E_SPACE, "no room left for a voucher");
	e = read_and_check(a, cms, f, v);
	if (e == OK)
		*out = v;
	else
		arena_rewind(a, mark);
	return e;
}

const struct voucher_claim *voucher_says(const struct voucher *v)
{
	return &v->claim;
}

struct span voucher_bytes(const struct voucher *v)
{
	return v->bytes;
}

struct anchor voucher_pin(const struct voucher *v)
{
	return v->pin;
}
