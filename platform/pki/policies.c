/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificate policies.  Nobody here asks for one: with any-policy wanted and no
 * explicit policy demanded (RFC 5280 6.1.1 c, f) no path fails for policies, so these
 * extensions are read, critical or not, and change nothing.  But a CA can demand an
 * explicit policy of what is below it; that is not followed, and the path is refused.
 */
#include "platform/pki/internal.h"

#define QT "\x2b\x06\x01\x05\x05\x07\x02"
static const struct span any_policy = OCTETS("\x55\x1d\x20\x00");
static const struct span qualifiers[] = { OCTETS(QT "\x01"), OCTETS(QT "\x02") }; /* cps, unotice */

static bool is_known_qualifier(struct span oid)
{
	return span_equal(oid, qualifiers[0]) || span_equal(oid, qualifiers[1]);
}

static void not_empty(struct der *list, const char *of_what)
{
	if (der_ok(list) && !der_more(list))
		der_fail(list, err_because(E_RANGE, "no %s in it", of_what));
}

/*
 * policyQualifiers ::= SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo
 * PolicyQualifierInfo ::= SEQUENCE {
 *	policyQualifierId	PolicyQualifierId,
 *	qualifier		ANY DEFINED BY policyQualifierId }
 * False when there is one that nobody here can interpret.
 */
static bool read_qualifiers(struct der *policy)
{
	bool known = true;
	struct der list;

	if (!der_more(policy))
		return true;
	list = der_enter(policy, DER_SEQUENCE);
	not_empty(&list, "qualifier");
	while (der_more(&list)) {
		struct der q = der_enter(&list, DER_SEQUENCE);

		known = is_known_qualifier(der_oid(&q)) && known;
		der_element(&q);
		der_end(&q);
	}
	return known;
}

/*
 * certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation	(RFC 5280 4.2.1.4)
 * PolicyInformation ::= SEQUENCE {
 *	policyIdentifier	CertPolicyId,
 *	policyQualifiers	SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
 * "If this extension is critical, the path validation software MUST be able to
 * interpret this extension (including the optional qualifier), or MUST reject".
 */
void certificate_policies_read(struct der *v, const struct extension *x, struct cert *out)
{
	struct der list = der_enter(v, DER_SEQUENCE);

	not_empty(&list, "policy");
	while (der_more(&list)) {
		struct der policy = der_enter(&list, DER_SEQUENCE);

		der_oid(&policy);
		if (!read_qualifiers(&policy) && x->critical)
			extension_not_understood(x, out);
		der_end(&policy);
	}
}

/*
 * PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {	(RFC 5280 4.2.1.5)
 *	issuerDomainPolicy	CertPolicyId,
 *	subjectDomainPolicy	CertPolicyId }
 * "Policies MUST NOT be mapped either to or from the special value anyPolicy".
 */
void policy_mappings_read(struct der *v, const struct extension *x, struct cert *out)
{
	struct der list = der_enter(v, DER_SEQUENCE);

	(void)x;
	(void)out;
	not_empty(&list, "mapping");
	while (der_more(&list)) {
		struct der mapping = der_enter(&list, DER_SEQUENCE);
		struct span from = der_oid(&mapping), to = der_oid(&mapping);

		der_end(&mapping);
		if (span_equal(from, any_policy) || span_equal(to, any_policy))
			der_fail(&list, err_because(E_RANGE, "anyPolicy is mapped"));
	}
}

/* SkipCerts ::= INTEGER (0..MAX) */
static void read_skip_certs(struct der *c, uint8_t tag)
{
	struct span v = der_integer_of(c, tag);

	if (der_ok(c) && (v.p[0] & 0x80))
		der_fail(c, err_because(E_RANGE, "a negative number of certificates"));
}

/*
 * PolicyConstraints ::= SEQUENCE {			(RFC 5280 4.2.1.11)
 *	requireExplicitPolicy	[0] SkipCerts OPTIONAL,
 *	inhibitPolicyMapping	[1] SkipCerts OPTIONAL }
 * "either the inhibitPolicyMapping field or the requireExplicitPolicy field MUST be present"
 */
void policy_constraints_read(struct der *v, const struct extension *x, struct cert *out)
{
	struct der p = der_enter(v, DER_SEQUENCE);

	(void)x;
	not_empty(&p, "constraint");
	out->requires_policy = der_at(&p, DER_CONTEXT_PRIMITIVE(0));
	for (uint8_t n = 0; n < 2; n++)
		if (der_at(&p, DER_CONTEXT_PRIMITIVE(n)))
			read_skip_certs(&p, DER_CONTEXT_PRIMITIVE(n));
	der_end(&p);
}

/* InhibitAnyPolicy ::= SkipCerts			(RFC 5280 4.2.1.14) */
void inhibit_any_policy_read(struct der *v, const struct extension *x, struct cert *out)
{
	(void)x;
	(void)out;
	read_skip_certs(v, DER_INTEGER);
}
