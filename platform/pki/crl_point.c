/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Distribution points: where a certificate says that its CRL is, and what a CRL says it is of. */
#include "platform/pki/crl.h"
#include "platform/pki/internal.h"

/*
 * DistributionPointName ::= CHOICE {			(RFC 5280 4.2.1.13, IMPLICIT TAGS)
 *	fullName		[0] GeneralNames,
 *	nameRelativeToCRLIssuer	[1] RelativeDistinguishedName }
 *
 * The second says nothing by itself; CAs "SHOULD NOT use" it.
 */
static struct span full_name(struct der *point)
{
	struct der outer = der_enter(point, DER_CONTEXT(0));
	struct span name = der_element(&outer);
	struct der choice = der_within(&outer, name);
	struct der names;

	der_end(&outer);
	if (!der_at(&choice, DER_CONTEXT(0))) {
		der_get(&choice, DER_CONTEXT(1));
		return NO_BYTES;
	}
	names = der_enter(&choice, DER_CONTEXT(0));
	general_names_check(&names);
	return name;
}

/*
 * DistributionPoint ::= SEQUENCE {
 *	distributionPoint	[0] DistributionPointName OPTIONAL,
 *	reasons			[1] ReasonFlags OPTIONAL,
 *	cRLIssuer		[2] GeneralNames OPTIONAL }
 *
 * A name that is for all reasons and the issuer's own; else none.
 */
static struct span point_next(struct der *list)
{
	struct der point = der_enter(list, DER_SEQUENCE);
	struct span name = NO_BYTES;

	if (der_at(&point, DER_CONTEXT(0)))
		name = full_name(&point);
	if (der_at(&point, DER_CONTEXT_PRIMITIVE(1))) {
		signed_flags(&point, DER_CONTEXT_PRIMITIVE(1));
		name = NO_BYTES;
	}
	if (der_skip(&point, DER_CONTEXT(2)))
		name = NO_BYTES;
	der_end(&point);
	return name;
}

void crl_points_check(struct der *value)
{
	struct der list = der_enter(value, DER_SEQUENCE);

	do
		point_next(&list);
	while (der_more(&list));
	der_end(&list);
}

static const uint8_t ce_crl_distribution_points[] = { 0x55, 0x1d, 31 };

/*
 * CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
 *
 * The first name that is like the one given; the first of all when none is.
 */
static enum err find_point(const struct cert *c, struct span like, struct span *name)
{
	struct span value = NO_BYTES;
	bool critical;
	enum err e;
	struct der whole, list;

	*name = NO_BYTES;
	if (!cert_extension(c, SPAN(ce_crl_distribution_points), &critical, &value))
		return OK;
	whole = der_open(value, &e);
	list = der_enter(&whole, DER_SEQUENCE);
	do {
		struct span found = point_next(&list);

		if (name->n == 0 && (like.n == 0 || crl_point_equal(like, found)))
			*name = found;
	} while (der_more(&list));
	der_end(&whole);
	if (e != OK)
		*name = NO_BYTES;
	return err_within(E_CERT_SYNTAX, e, "cRLDistributionPoints");
}

enum err cert_crl_point(const struct cert *c, struct span *name)
{
	return find_point(c, NO_BYTES, name);
}

static bool has_name(struct span full_name, const struct general_name *wanted)
{
	enum err e;
	struct der c = der_open(full_name, &e);
	struct der names = der_enter(&c, DER_CONTEXT(0));

	while (der_more(&names)) {
		struct general_name g = general_name_next(&names);

		if (g.form == wanted->form &&
		    (g.form == FORM_DIRECTORY ? name_equal(g.value, wanted->value)
		                              : span_equal(g.value, wanted->value)))
			return true;
	}
	return false;
}

/* RFC 5280 6.3.3 b 2 i: "verify that one of the names ... matches one of the names". */
bool crl_point_equal(struct span a, struct span b)
{
	enum err e;
	struct der c = der_open(a, &e);
	struct der names = der_enter(&c, DER_CONTEXT(0));

	while (der_more(&names)) {
		struct general_name g = general_name_next(&names);

		if (der_ok(&names) && has_name(b, &g))
			return true;
	}
	return false;
}

/* [n] BOOLEAN DEFAULT FALSE */
static bool flag(struct der *c, uint8_t n)
{
	return signed_bool_default(c, DER_CONTEXT_PRIMITIVE(n), false);
}

/*
 * IssuingDistributionPoint ::= SEQUENCE {		(RFC 5280 5.2.5, IMPLICIT TAGS)
 *	distributionPoint		[0] DistributionPointName OPTIONAL,
 *	onlyContainsUserCerts		[1] BOOLEAN DEFAULT FALSE,
 *	onlyContainsCACerts		[2] BOOLEAN DEFAULT FALSE,
 *	onlySomeReasons			[3] ReasonFlags OPTIONAL,
 *	indirectCRL			[4] BOOLEAN DEFAULT FALSE,
 *	onlyContainsAttributeCerts	[5] BOOLEAN DEFAULT FALSE }
 *
 * Empty it "MUST NOT" be, and says nothing.  True when it is a list we can use: of all reasons, of the issuer's own public key
 * certificates, under a name that says something.
 */
bool crl_scope_read(struct der *value, struct crl_scope *out)
{
	struct der in = der_enter(value, DER_SEQUENCE);
	bool named = der_at(&in, DER_CONTEXT(0)), some_reasons, indirect, attributes;

	out->stated = true;
	if (named)
		out->point = full_name(&in);
	out->only_users = flag(&in, 1);
	out->only_cas = flag(&in, 2);
	some_reasons = der_skip(&in, DER_CONTEXT_PRIMITIVE(3));
	indirect = flag(&in, 4);
	attributes = flag(&in, 5);
	der_end(&in);
	return !some_reasons && !indirect && !attributes && !(out->only_users && out->only_cas) &&
	       !(named && out->point.n == 0);
}

bool crl_covers(const struct crl_scope *s, const struct cert *c)
{
	struct span name;

	if ((s->only_users && c->is_ca) || (s->only_cas && !c->is_ca))
		return false;
	return s->point.n == 0 || (find_point(c, s->point, &name) == OK && name.n > 0);
}
