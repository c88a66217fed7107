/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extensions of certificates: a row for each that is read.  One with a row is
 * refused when its syntax is broken, whatever it would have said; one without is
 * passed over, and remembered when it is critical.
 */
#include <limits.h>

#include "platform/pki/internal.h"

/*
 * Extension ::= SEQUENCE {				(RFC 5280 4.1)
 *	extnID		OBJECT IDENTIFIER,
 *	critical	BOOLEAN DEFAULT FALSE,
 *	extnValue	OCTET STRING }
 */
struct extension extension_next(struct der *extensions)
{
	struct der x = der_enter(extensions, DER_SEQUENCE);
	struct extension out = { .oid = der_oid(&x) };

	out.critical = signed_bool_default(&x, DER_BOOLEAN, false);
	out.value = der_get(&x, DER_OCTET_STRING);
	der_end(&x);
	return out;
}

/* KeyUsage ::= BIT STRING { ... }: "at least one of the bits MUST be set" (RFC 5280 4.2.1.3) */
static void key_usage(struct der *v, const struct extension *x, struct cert *out)
{
	(void)x;
	out->has_key_usage = true;
	out->key_usage = signed_flags(v, DER_BIT_STRING);
	if (der_ok(v) && out->key_usage == 0)
		der_fail(v, err_because(E_RANGE, "no bit is set"));
}

/*
 * BasicConstraints ::= SEQUENCE {			(RFC 5280 4.2.1.9)
 *	cA			BOOLEAN DEFAULT FALSE,
 *	pathLenConstraint	INTEGER (0..MAX) OPTIONAL }
 */
static void basic_constraints(struct der *v, const struct extension *x, struct cert *out)
{
	struct der b = der_enter(v, DER_SEQUENCE);

	(void)x;
	out->has_basic = true;
	out->is_ca = signed_bool_default(&b, DER_BOOLEAN, false);
	if (der_more(&b)) {
		uint32_t n = der_uint(&b);

		out->path_len = n < INT_MAX ? (int)n : INT_MAX;
		if (der_ok(v) && !out->is_ca)
			der_fail(v, err_because(E_UNEXPECTED, "pathLenConstraint without cA"));
	}
	der_end(&b);
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId	(RFC 5280 4.2.1.12) */
static void ext_key_usage(struct der *v, const struct extension *x, struct cert *out)
{
	struct der list;

	out->eku = der_get(v, DER_SEQUENCE);
	out->eku_critical = x->critical;
	list = der_within(v, out->eku);
	if (der_ok(v) && !der_more(&list))
		der_fail(v, err_because(E_RANGE, "no purpose in it"));
	while (der_more(&list))
		der_oid(&list);
}

static void subject_alt_name(struct der *v, const struct extension *x, struct cert *out)
{
	struct der names;

	out->san = der_get(v, DER_SEQUENCE);
	out->san_critical = x->critical;
	names = der_within(v, out->san);
	general_names_check(&names);
}

/* SubjectKeyIdentifier ::= KeyIdentifier, OCTET STRING (RFC 5280 4.2.1.2) */
static void subject_key_identifier(struct der *v, const struct extension *x, struct cert *out)
{
	(void)x;
	out->skid = der_get(v, DER_OCTET_STRING);
}

/*
 * AuthorityKeyIdentifier ::= SEQUENCE {		(RFC 5280 4.2.1.1)
 *	keyIdentifier			[0] KeyIdentifier OPTIONAL,
 *	authorityCertIssuer		[1] GeneralNames OPTIONAL,
 *	authorityCertSerialNumber	[2] CertificateSerialNumber OPTIONAL }
 * The last two "MUST both be present or both be absent" (RFC 5280 A.2), but nobody
 * here uses them: half of the pair is passed over as the whole is.
 */
static void authority_key_identifier(struct der *v, const struct extension *x, struct cert *out)
{
	struct der a = der_enter(v, DER_SEQUENCE);

	out->aki_ext = x->value;
	if (der_at(&a, DER_CONTEXT_PRIMITIVE(0)))
		out->akid = der_get(&a, DER_CONTEXT_PRIMITIVE(0));
	if (der_at(&a, DER_CONTEXT(1))) {
		struct der names = der_enter(&a, DER_CONTEXT(1));

		general_names_check(&names);
	}
	if (der_at(&a, DER_CONTEXT_PRIMITIVE(2)))
		der_integer_of(&a, DER_CONTEXT_PRIMITIVE(2));
	der_end(&a);
}

static void name_constraints(struct der *v, const struct extension *x, struct cert *out)
{
	out->name_constraints = x->value;
	name_constraints_check(v);
}

/* AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription (RFC 5280 4.2.2.1);
   nothing is fetched from there, so a critical one is not understood. */
static void authority_info_access(struct der *v, const struct extension *x, struct cert *out)
{
	struct der list = der_enter(v, DER_SEQUENCE);

	(void)x;
	(void)out;
	if (der_ok(v) && !der_more(&list))
		der_fail(v, err_because(E_RANGE, "no access description in it"));
	while (der_more(&list)) {
		struct der access = der_enter(&list, DER_SEQUENCE);

		der_oid(&access);
		general_name_next(&access);
		der_end(&access);
	}
}

/*
 * CRLDistributionPoints (RFC 5280 4.2.1.13: SHOULD be non-critical).  It is read where a CRL
 * is looked for (crl_point.c); here only so far that a critical one can be processed.
 */
static void crl_points(struct der *v, const struct extension *x, struct cert *out)
{
	(void)out;
	if (x->critical)
		crl_points_check(v);
	else
		v->n = 0; /* passed over, whatever it is */
}

/*
 * MASAURLSyntax ::= IA5String (RFC 8995 2.3.2); the same text is met as
 * UTF8String in devices made before the RFC, and it is only ever shown.
 */
static void masa_url(struct der *v, const struct extension *x, struct cert *out)
{
	(void)x;
	out->masa_url = der_get(v, der_at(v, DER_UTF8) ? DER_UTF8 : DER_IA5);
}

/* RFC 5280 4.2: "MUST reject ... a critical extension it does not recognize": these we do
   recognize, also where 4.2.1.1 or 4.2.1.2 tell CAs not to make them critical. */
enum criticality { EITHER, NOT_UNDERSTOOD };

#define CE "\x55\x1d"
#define PE "\x2b\x06\x01\x05\x05\x07\x01"
static const struct row {
	struct span oid;
	const char *name;
	void (*read)(struct der *value, const struct extension *x, struct cert *out);
	enum criticality criticality;
} rows[] = {
	{ OCTETS(CE "\x0e"), "subjectKeyIdentifier", subject_key_identifier, EITHER },
	{ OCTETS(CE "\x0f"), "keyUsage", key_usage, EITHER },
	{ OCTETS(CE "\x11"), "subjectAltName", subject_alt_name, EITHER },
	{ OCTETS(CE "\x13"), "basicConstraints", basic_constraints, EITHER },
	{ OCTETS(CE "\x1e"), "nameConstraints", name_constraints, EITHER },
	{ OCTETS(CE "\x1f"), "cRLDistributionPoints", crl_points, EITHER },
	{ OCTETS(CE "\x20"), "certificatePolicies", certificate_policies_read, EITHER },
	{ OCTETS(CE "\x21"), "policyMappings", policy_mappings_read, EITHER },
	{ OCTETS(CE "\x23"), "authorityKeyIdentifier", authority_key_identifier, EITHER },
	{ OCTETS(CE "\x24"), "policyConstraints", policy_constraints_read, EITHER },
	{ OCTETS(CE "\x25"), "extKeyUsage", ext_key_usage, EITHER },
	{ OCTETS(CE "\x36"), "inhibitAnyPolicy", inhibit_any_policy_read, EITHER },
	{ OCTETS(PE "\x01"), "authorityInfoAccess", authority_info_access, NOT_UNDERSTOOD },
	{ OCTETS(PE "\x20"), "id-pe-masa-url", masa_url, EITHER },
};

static const struct row *row_of(struct span oid)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_equal(rows[i].oid, oid))
			return &rows[i];
	return NULL;
}

void extension_not_understood(const struct extension *x, struct cert *out)
{
	if (out->unknown_critical)
		return;
	out->unknown_critical = true;
	out->unknown_critical_oid = x->oid;
}

/* A device cannot mend the certificate that it was made with. */
static void read_or_leave(const struct row *r, const struct extension *x, struct cert *out)
{
	const struct cert before = *out;
	enum err e;
	struct der value = der_open(x->value, &e);

	r->read(&value, x, out);
	der_end(&value);
	if (e == OK)
		return;
	*out = before;
	log_warning("own certificate: ignoring %s, not critical: %s", r->name, err_reason(e));
}

static void read_one(struct der *c, const struct extension *x, struct cert *out, const char **place)
{
	const struct row *r = row_of(x->oid);
	struct der value;

	if (x->critical && (r == NULL || r->criticality == NOT_UNDERSTOOD))
		extension_not_understood(x, out);
	if (r == NULL)
		return;
	if (out->own && !x->critical) {
		read_or_leave(r, x, out);
		return;
	}
	*place = r->name;
	value = der_within(c, x->value);
	r->read(&value, x, out);
	der_end(&value);
}

/* Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension (RFC 5280 4.1); an empty one says nothing. */
void extensions_read(struct der *c, struct cert *out, const char **place)
{
	struct der list = der_within(c, out->extensions);
	struct extension_list seen = { .n = 0 };

	while (der_more(&list)) {
		struct extension x = extension_next(&list);

		if (!der_ok(c) || !extension_is_first(&list, &seen, &x))
			return;
		read_one(&list, &x, out, place);
		if (der_ok(c))
			*place = "extensions";
	}
}

bool cert_extension(const struct cert *c, struct span oid, bool *critical, struct span *value)
{
	enum err e;
	struct der list = der_open(c->extensions, &e);

	while (der_more(&list)) {
		struct extension x = extension_next(&list);

		if (e != OK || !span_equal(x.oid, oid))
			continue;
		*critical = x.critical;
		*value = x.value;
		return true;
	}
	return false;
}

const struct span OID_PE_MASA_URL = OCTETS(PE "\x20");

#define KP "\x2b\x06\x01\x05\x05\x07\x03"
const struct span OID_EKU_SERVER_AUTH = OCTETS(KP "\x01");
const struct span OID_EKU_CLIENT_AUTH = OCTETS(KP "\x02");
const struct span OID_EKU_CMC_CA = OCTETS(KP "\x1b");
const struct span OID_EKU_CMC_RA = OCTETS(KP "\x1c");
const struct span OID_EKU_CM_KGA = OCTETS(KP "\x20");
const struct span OID_EKU_ANY = OCTETS(CE "\x25\x00");

bool cert_has_eku(const struct cert *c, struct span oid)
{
	enum err e;
	struct der list = der_open(c->eku, &e);

	while (der_more(&list))
		if (span_equal(der_oid(&list), oid))
			return true;
	return false;
}
