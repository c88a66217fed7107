/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name constraints, RFC 5280 4.2.1.10: directoryName, dNSName, rfc822Name,
 * uniformResourceIdentifier and iPAddress.  A name of another form is refused
 * where that form is constrained, and so is one that cannot be compared.
 */
#include "platform/pki/internal.h"

/*
 * GeneralSubtree ::= SEQUENCE {
 *	base		GeneralName,
 *	minimum		[0] BaseDistance DEFAULT 0,
 *	maximum		[1] BaseDistance OPTIONAL }
 * "the minimum MUST be zero, and maximum MUST be absent": so only the base, and
 * the DEFAULT where it is encoded.
 */
static struct general_name subtree_next(struct der *list)
{
	struct der t = der_enter(list, DER_SEQUENCE);
	struct general_name base = general_name_next(&t);
	struct span minimum = NO_BYTES;

	if (der_at(&t, DER_CONTEXT_PRIMITIVE(0)))
		minimum = der_integer_of(&t, DER_CONTEXT_PRIMITIVE(0));
	if (der_more(&t) || minimum.n > 1 || (minimum.n == 1 && minimum.p[0] != 0))
		der_fail(&t, err_because(E_RANGE, "a subtree with minimum or maximum"));
	der_end(&t);
	if (der_ok(list) && name_forms[base.form].base_valid != NULL &&
	    !name_forms[base.form].base_valid(base.value))
		der_fail(list, err_because(E_RANGE, "a %s of a subtree is malformed",
		                           name_forms[base.form].word));
	return base;
}

enum { PERMITTED, EXCLUDED };

static size_t check_subtrees(struct der *c, uint8_t which)
{
	struct der list;
	size_t n = 0;

	if (!der_at(c, DER_CONTEXT(which)))
		return 0;
	list = der_enter(c, DER_CONTEXT(which));
	if (der_ok(c) && !der_more(&list))
		der_fail(c, err_because(E_RANGE, "a list of subtrees is empty"));
	for (; der_more(&list); n++)
		subtree_next(&list);
	return n;
}

/*
 * NameConstraints ::= SEQUENCE {
 *	permittedSubtrees	[0] GeneralSubtrees OPTIONAL,
 *	excludedSubtrees	[1] GeneralSubtrees OPTIONAL }
 * GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
 */
void name_constraints_check(struct der *c)
{
	struct der n = der_enter(c, DER_SEQUENCE);
	size_t subtrees = check_subtrees(&n, PERMITTED);

	subtrees += check_subtrees(&n, EXCLUDED);
	der_end(&n);
	if (der_ok(c) && (subtrees == 0 || subtrees > NAME_SUBTREES_MAX))
		der_fail(c, err_because(E_RANGE, "%zu subtrees, taken are 1 to %d", subtrees,
		                        NAME_SUBTREES_MAX));
}

/* What one list says about a name. */
struct verdict_of_list {
	bool constrains; /* it has a subtree of the name's form */
	bool within, touches;
};

static struct verdict_of_list look_up(struct der *n, uint8_t which, const struct general_name *g)
{
	struct verdict_of_list v = { false, false, false };
	const struct name_form_rules *f = &name_forms[g->form];
	struct der list;

	if (!der_at(n, DER_CONTEXT(which)))
		return v;
	list = der_enter(n, DER_CONTEXT(which));
	while (der_more(&list)) {
		struct general_name base = subtree_next(&list);

		if (!der_ok(n) || base.form != g->form)
			continue;
		v.constrains = true;
		if (f->valid == NULL || !f->valid(g->value))
			continue;
		v.within = v.within || f->within(base.value, g->value);
		v.touches = v.touches || f->touches(base.value, g->value);
	}
	return v;
}

static enum err refuse(const struct general_name *g, const char *why)
{
	struct quoted q;

	return err_because(E_CERT_NAMES, "%s %s %s", name_forms[g->form].word,
	                   g->form == FORM_DIRECTORY ? name_text(&q, g->value)
	                   : g->form == FORM_IP      ? log_hex(&q, g->value)
	                                             : log_quote(&q, g->value),
	                   why);
}

static enum err check_name(struct span constraints, const struct general_name *g)
{
	enum err e;
	struct der c = der_open(constraints, &e);
	struct der n = der_enter(&c, DER_SEQUENCE);
	struct verdict_of_list permitted = look_up(&n, PERMITTED, g);
	struct verdict_of_list excluded = look_up(&n, EXCLUDED, g);
	const struct name_form_rules *f = &name_forms[g->form];

	if (e != OK)
		return err_within(E_CERT_SYNTAX, e, "nameConstraints");
	if (!permitted.constrains && !excluded.constrains)
		return OK;
	if (f->valid == NULL || !f->valid(g->value))
		return refuse(g, "cannot be compared with the nameConstraints above it");
	if (excluded.touches && !excluded.within)
		return refuse(g, "may be one that the nameConstraints above it exclude");
	if (excluded.touches)
		return refuse(g, "is excluded by the nameConstraints above it");
	if (permitted.constrains && !permitted.within)
		return refuse(g, "is not permitted by the nameConstraints above it");
	return OK;
}

static enum err check_subject(struct span constraints, const struct cert *c)
{
	struct general_name name = { FORM_DIRECTORY, c->subject };

	return name_is_empty(c->subject) ? OK : check_name(constraints, &name);
}

/* "when the certificate does not include a subject alternative name": RFC 5280 4.2.1.10 */
static enum err check_legacy_mail(struct span constraints, struct span subject)
{
	enum err e, verdict = OK;
	struct der c = der_open(subject, &e);
	struct der rdns = der_enter(&c, DER_SEQUENCE);

	while (verdict == OK && der_more(&rdns)) {
		struct der rdn = der_enter(&rdns, DER_SET);

		while (verdict == OK && der_more(&rdn)) {
			struct name_attr a = name_attr_next(&rdn);
			struct general_name mail = { FORM_RFC822, a.value };

			if (e == OK && span_equal(a.oid, OID_AT_EMAIL_ADDRESS))
				verdict = check_name(constraints, &mail);
		}
	}
	return verdict;
}

static enum err check_alternatives(struct span constraints, struct span san)
{
	enum err e, verdict = OK;
	struct der names = der_open(san, &e);
	size_t n = 0;

	while (verdict == OK && der_more(&names)) {
		struct general_name g = general_name_next(&names);

		if (n++ == CERT_NAMES_MAX)
			return err_because(E_CERT_NAMES, "more than %d names under constraints",
			                   CERT_NAMES_MAX);
		if (e == OK)
			verdict = check_name(constraints, &g);
	}
	return e != OK ? err_within(E_CERT_SYNTAX, e, "subjectAltName") : verdict;
}

enum err name_constraints_apply(struct span constraints, const struct cert *c)
{
	enum err e;

	if (constraints.n == 0)
		return OK;
	e = check_subject(constraints, c);
	if (e != OK)
		return e;
	if (c->san.n == 0)
		return check_legacy_mail(constraints, c->subject);
	return check_alternatives(constraints, c->san);
}
