/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name constraints, RFC 5280 4.2.1.10: directoryName, dNSName, rfc822Name,
 * uniformResourceIdentifier and iPAddress.  A name of another form is refused
 * where that form is constrained, and so is one that cannot be compared.
 */
#include "platform/pki/internal.h"

static bool address_base_valid(struct span base)
{
	size_t half = base.n / 2;
	bool ended = false;

	if (base.n != 8 && base.n != 32)
		return false;
	/* RFC 4632: a mask is ones, then zeros */
	for (size_t bit = 0; bit < 8 * half; bit++) {
		bool one = (base.p[half + bit / 8] & 0x80 >> bit % 8) != 0;

		if (one && ended)
			return false;
		ended = !one;
	}
	return true;
}

static bool address_within(struct span base, struct span address)
{
	if (base.n != 2 * address.n)
		return false;
	for (size_t i = 0; i < address.n; i++)
		if ((base.p[i] ^ address.p[i]) & base.p[address.n + i])
			return false;
	return true;
}

static struct span after(struct span s, size_t n)
{
	return (struct span){ s.p + n, s.n - n };
}

/* What is behind "*." of a wildcard; the name itself when it is none. */
static struct span wildcard_base(struct span name)
{
	return name.n > 2 && name.p[0] == '*' && name.p[1] == '.' ? after(name, 2) : name;
}

static bool is_wildcard(struct span name)
{
	return wildcard_base(name).n != name.n;
}

static bool dns_valid(struct span name)
{
	return dns_name_valid(wildcard_base(name));
}

/* All that a wildcard stands for is within when what is behind it is. */
static bool dns_within(struct span base, struct span name)
{
	return dns_name_within(base, wildcard_base(name));
}

/* ... and some of it is, when the base is one label longer. */
static bool dns_touches(struct span base, struct span name)
{
	const uint8_t *dot = base.n > 0 ? memchr(base.p, '.', base.n) : NULL;

	return dns_within(base, name) ||
	       (is_wildcard(name) && dot != NULL &&
	        dns_name_equal(wildcard_base(name), after(base, (size_t)(dot - base.p) + 1)));
}

/* ".example.com": names below it; "example.com": that host alone. */
static bool host_within(struct span base, struct span host)
{
	if (base.n > 0 && base.p[0] == '.')
		return host.n >= base.n && dns_name_within(after(base, 1), host);
	return dns_name_equal(base, host);
}

static bool host_base_valid(struct span base)
{
	return host_name_valid(base.n > 0 && base.p[0] == '.' ? after(base, 1) : base);
}

/* The domain of a mailbox, and the length of its local part; empty when there is no `@`. */
static struct span mail_domain(struct span mailbox, size_t *local)
{
	size_t i = mailbox.n;

	while (i > 0 && mailbox.p[i - 1] != '@')
		i--;
	*local = i > 0 ? i - 1 : 0;
	return i > 0 ? after(mailbox, i) : NO_BYTES;
}

static bool mail_valid(struct span mailbox)
{
	size_t local;
	struct span domain = mail_domain(mailbox, &local);

	return local > 0 && dns_name_valid(domain);
}

static bool mail_base_valid(struct span base)
{
	return mail_valid(base) || host_base_valid(base);
}

static bool mail_within(struct span base, struct span mailbox)
{
	size_t base_local, local;
	struct span base_domain = mail_domain(base, &base_local);
	struct span domain = mail_domain(mailbox, &local);

	if (base_local == 0)
		return host_within(base, domain);
	return base_local == local && memcmp(base.p, mailbox.p, local) == 0 &&
	       dns_name_equal(base_domain, domain);
}

/* URI = scheme ":" "//" [ userinfo "@" ] host [ ":" port ] ... (RFC 3986 3); host or empty */
static struct span uri_host(struct span uri)
{
	size_t begin = 0, end;

	while (begin < uri.n && uri.p[begin] != ':')
		begin++;
	if (uri.n - begin < 3 || memcmp(uri.p + begin, "://", 3) != 0)
		return NO_BYTES;
	begin += 3;
	for (end = begin; end < uri.n && memchr("/?#", uri.p[end], 3) == NULL; end++)
		if (uri.p[end] == '@')
			begin = end + 1;
	for (size_t i = begin; i < end; i++)
		if (uri.p[i] == ':')
			end = i;
	return (struct span){ uri.p + begin, end - begin };
}

/* RFC 5280 4.2.1.10: without a host name as authority it MUST be refused. */
static bool uri_valid(struct span uri)
{
	return host_name_valid(uri_host(uri));
}

static bool uri_within(struct span base, struct span uri)
{
	return host_within(base, uri_host(uri));
}

static bool dns_base_valid(struct span base)
{
	return base.n == 0 || dns_name_valid(base);
}

static bool address_valid(struct span address)
{
	return address.n == 4 || address.n == 16;
}

/* directoryName has been read with its frame */
static bool always(struct span name)
{
	(void)name;
	return true;
}

/* touches: some of what the name stands for is in the subtree. */
static const struct form_row {
	const char *word;
	bool (*base_valid)(struct span base);
	bool (*valid)(struct span name);
	bool (*within)(struct span base, struct span name);
	bool (*touches)(struct span base, struct span name);
} forms[FORMS] = {
	[FORM_OTHER] = { .word = "otherName" },
	[FORM_RFC822] = { "rfc822Name", mail_base_valid, mail_valid, mail_within, mail_within },
	[FORM_DNS] = { "dNSName", dns_base_valid, dns_valid, dns_within, dns_touches },
	[FORM_X400] = { .word = "x400Address" },
	[FORM_DIRECTORY] = { "directoryName", always, always, name_within, name_within },
	[FORM_EDI] = { .word = "ediPartyName" },
	[FORM_URI] = { "URI", host_base_valid, uri_valid, uri_within, uri_within },
	[FORM_IP] = { "iPAddress", address_base_valid, address_valid, address_within,
	              address_within },
	[FORM_REGISTERED] = { .word = "registeredID" },
};

/*
 * GeneralSubtree ::= SEQUENCE {
 *	base		GeneralName,
 *	minimum		[0] BaseDistance DEFAULT 0,
 *	maximum		[1] BaseDistance OPTIONAL }
 * "the minimum MUST be zero, and maximum MUST be absent": so only the base.
 */
static struct general_name subtree_next(struct der *list)
{
	struct der t = der_enter(list, DER_SEQUENCE);
	struct general_name base = general_name_next(&t);

	if (der_more(&t))
		der_fail(&t, err_because(E_RANGE, "a subtree with minimum or maximum"));
	der_end(&t);
	if (der_ok(list) && forms[base.form].base_valid != NULL &&
	    !forms[base.form].base_valid(base.value))
		der_fail(list, err_because(E_RANGE, "a %s of a subtree is malformed",
		                           forms[base.form].word));
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
	const struct form_row *f = &forms[g->form];
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

	return err_because(E_CERT_NAMES, "%s %s %s", forms[g->form].word,
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
	const struct form_row *f = &forms[g->form];

	if (e != OK)
		return err_within(E_CERT_SYNTAX, e, "nameConstraints");
	if (!permitted.constrains && !excluded.constrains)
		return OK;
	if (f->valid == NULL || !f->valid(g->value))
		return refuse(g, "cannot be compared with the nameConstraints above it");
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
