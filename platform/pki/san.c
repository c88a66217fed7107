/* SPDX-License-Identifier: GPL-2.0-or-later */
/* General names: the alternative names of a subject, and DNS names among them. */
#include "platform/pki/internal.h"

/* IA5String is ASCII; internationalized names are in ACE form (RFC 5280 7.2). */
static void ascii(struct der *c, struct span s)
{
	for (size_t i = 0; der_ok(c) && i < s.n; i++)
		if (s.p[i] >= 0x80 || s.p[i] == 0)
			der_fail(c,
			         err_because(E_UNEXPECTED, "octet %02x in an IA5String", s.p[i]));
}

/* OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY } */
static void other_name(struct der *c, struct span content)
{
	struct der o = der_within(c, content);
	struct der value;

	der_oid(&o);
	value = der_enter(&o, DER_CONTEXT(0));
	der_element(&value);
	der_end(&value);
	der_end(&o);
}

/*
 * GeneralName ::= CHOICE {				(RFC 5280 4.2.1.6)
 *	otherName			[0] OtherName,
 *	rfc822Name			[1] IA5String,
 *	dNSName				[2] IA5String,
 *	x400Address			[3] ORAddress,
 *	directoryName			[4] Name,
 *	ediPartyName			[5] EDIPartyName,
 *	uniformResourceIdentifier	[6] IA5String,
 *	iPAddress			[7] OCTET STRING,
 *	registeredID			[8] OBJECT IDENTIFIER }
 */
struct general_name general_name_next(struct der *c)
{
	struct general_name g = { .form = FORMS };
	uint8_t tag = der_more(c) ? *c->p : 0;

	g.form = tag & 0x1f;
	g.value = der_get(c, tag);
	switch (tag) {
	case DER_CONTEXT(FORM_OTHER):
		other_name(c, g.value);
		break;
	case DER_CONTEXT_PRIMITIVE(FORM_RFC822):
	case DER_CONTEXT_PRIMITIVE(FORM_DNS):
	case DER_CONTEXT_PRIMITIVE(FORM_URI):
		ascii(c, g.value);
		break;
	case DER_CONTEXT(FORM_DIRECTORY):
		name_check(c, g.value);
		break;
	case DER_CONTEXT(FORM_X400):
	case DER_CONTEXT(FORM_EDI):
	case DER_CONTEXT_PRIMITIVE(FORM_IP):
	case DER_CONTEXT_PRIMITIVE(FORM_REGISTERED):
		break;
	default:
		if (der_ok(c))
			der_fail(c, err_because(E_UNEXPECTED, "tag %02x is no GeneralName", tag));
	}
	return g;
}

/* GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName; c is on its content. */
void general_names_check(struct der *c)
{
	if (der_ok(c) && !der_more(c))
		der_fail(c, err_because(E_RANGE, "no name in GeneralNames"));
	while (der_more(c)) {
		struct general_name g = general_name_next(c);

		if (der_ok(c) && g.value.n == 0)
			der_fail(c, err_because(E_RANGE, "an alternative name is empty"));
		if (der_ok(c) && g.form == FORM_IP && g.value.n != 4 && g.value.n != 16)
			der_fail(c, err_because(E_RANGE, "an iPAddress of %zu octets", g.value.n));
	}
}

static bool label_octet(uint8_t c)
{
	uint8_t lower = c | 0x20;

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool dns_name_valid(struct span name)
{
	size_t label = 0;

	if (name.n == 0 || name.n > 253)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		bool dot = name.p[i] == '.';

		if (dot ? label == 0 : !label_octet(name.p[i]) || label == 63)
			return false;
		label = dot ? 0 : label + 1;
	}
	return label > 0;
}

/* "127.1" and its like are addresses to some resolvers: never a name. */
static bool ends_in_number(struct span host)
{
	size_t digits = 0;

	while (digits < host.n && host.p[host.n - 1 - digits] >= '0' &&
	       host.p[host.n - 1 - digits] <= '9')
		digits++;
	return digits > 0 && (digits == host.n || host.p[host.n - 1 - digits] == '.');
}

bool host_name_valid(struct span host)
{
	return dns_name_valid(host) && !ends_in_number(host);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

bool dns_name_equal(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool dns_name_within(struct span base, struct span name)
{
	if (base.n == 0 || base.n > name.n)
		return base.n == 0;
	if (name.n > base.n && name.p[name.n - base.n - 1] != '.')
		return false;
	return dns_name_equal(base, (struct span){ name.p + name.n - base.n, base.n });
}
