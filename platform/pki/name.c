/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Distinguished names: their syntax, and when two of them are the same. */
#include "platform/pki/internal.h"

static const uint8_t name_empty[] = { DER_SEQUENCE, 0 };
const struct span NAME_EMPTY = { name_empty, sizeof name_empty };

#define AT "\x55\x04"
const struct span OID_AT_COMMON_NAME = OCTETS(AT "\x03");
const struct span OID_AT_SERIAL_NUMBER = OCTETS(AT "\x05");
const struct span OID_AT_EMAIL_ADDRESS = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01");
static const struct span domain_component = OCTETS("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19");

/* AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY } */
struct name_attr name_attr_next(struct der *rdn)
{
	struct der a = der_enter(rdn, DER_SEQUENCE);
	struct name_attr out = { .oid = der_oid(&a) };

	out.tag = der_more(&a) ? *a.p : 0;
	out.value = der_get(&a, out.tag);
	der_end(&a);
	return out;
}

static size_t attr_count(struct der rdn)
{
	size_t n = 0;

	for (; der_more(&rdn); n++)
		name_attr_next(&rdn);
	return n;
}

/*
 * Name ::= CHOICE { rdnSequence RDNSequence }			(RFC 5280 4.1.2.4)
 * RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
 * RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
 *
 * The order of a SET OF (X.690 11.6) says nothing, and names are compared without it.
 */
void name_check(struct der *c, struct span name)
{
	struct der n = der_within(c, name);
	struct der rdns = der_enter(&n, DER_SEQUENCE);

	if (der_ok(c) && name.n > NAME_MAX_DER)
		der_fail(c, err_because(E_RANGE, "a name of %zu octets, at most %d are read",
		                        name.n, NAME_MAX_DER));
	while (der_more(&rdns)) {
		struct der rdn = der_enter(&rdns, DER_SET);
		size_t attrs = attr_count(rdn);

		if (der_ok(c) && (attrs == 0 || attrs > NAME_RDN_MAX))
			der_fail(c,
			         err_because(E_RANGE, "an RDN of %zu attributes, taken are 1 to %d",
			                     attrs, NAME_RDN_MAX));
	}
	der_end(&n);
}

/* The next octet of a string as it is compared: lower case, blanks folded; -1 at its end. */
static int folded(struct span *s, bool *begun)
{
	bool blank = false;
	uint8_t octet;

	for (; s->n > 0 && *s->p == ' '; s->p++, s->n--)
		blank = true;
	if (s->n == 0)
		return -1;
	if (blank && *begun)
		return ' ';
	*begun = true;
	octet = *s->p++;
	s->n--;
	return octet >= 'A' && octet <= 'Z' ? octet - 'A' + 'a' : octet;
}

/*
 * RFC 5280 7.1 asks for the stringprep profile of RFC 4518: case ignored,
 * insignificant blanks too.  Beyond ASCII the octets must be equal, so what is
 * taken for different may be the same, never the other way round: right for who
 * must be somebody, and for who must not be, attr_may_be_equal().
 */
static bool text_equal(struct span a, struct span b)
{
	bool a_begun = false, b_begun = false;
	int x, y;

	do {
		x = folded(&a, &a_begun);
		y = folded(&b, &b_begun);
	} while (x == y && x >= 0);
	return x == y;
}

static bool is_directory_string(uint8_t tag)
{
	return tag == DER_PRINTABLE || tag == DER_UTF8;
}

static bool attr_equal(const struct name_attr *a, const struct name_attr *b)
{
	if (!span_equal(a->oid, b->oid))
		return false;
	if (is_directory_string(a->tag) && is_directory_string(b->tag))
		return text_equal(a->value, b->value);
	/* RFC 5280 7.3: domain components without regard to case */
	if (a->tag == DER_IA5 && b->tag == DER_IA5 && span_equal(a->oid, domain_component))
		return dns_name_equal(a->value, b->value);
	return a->tag == b->tag && span_equal(a->value, b->value);
}

/* What stringprep (RFC 4518 2) leaves as it is, but for case and blanks: printable ASCII. */
static bool is_plain(const struct name_attr *a)
{
	if (!is_directory_string(a->tag) && a->tag != DER_IA5)
		return false;
	for (size_t i = 0; i < a->value.n; i++)
		if (a->value.p[i] < ' ' || a->value.p[i] > '~')
			return false;
	return true;
}

/* The same text may be written as a BMPString, or in wide letters: nobody here can tell. */
static bool attr_may_be_equal(const struct name_attr *a, const struct name_attr *b)
{
	if (!span_equal(a->oid, b->oid))
		return false;
	return attr_equal(a, b) || !is_plain(a) || !is_plain(b) || text_equal(a->value, b->value);
}

typedef bool attr_compare(const struct name_attr *a, const struct name_attr *b);

static bool rdn_has(struct der rdn, const struct name_attr *wanted, attr_compare *same)
{
	while (der_more(&rdn)) {
		struct name_attr a = name_attr_next(&rdn);

		if (der_ok(&rdn) && same(&a, wanted))
			return true;
	}
	return false;
}

static bool rdn_holds(struct der a, struct der b, attr_compare *same)
{
	while (der_more(&b)) {
		struct name_attr attr = name_attr_next(&b);

		if (!rdn_has(a, &attr, same))
			return false;
	}
	return true;
}

/* DER's order is that of the octets as they stand, so folding may have changed it. */
static bool rdn_equal(struct der a, struct der b, attr_compare *same)
{
	return attr_count(a) == attr_count(b) && rdn_holds(a, b, same) && rdn_holds(b, a, same);
}

enum whole { ALL_OF_IT, FIRST_RDNS };

static bool begins_with(struct span base, struct span name, enum whole whole, attr_compare *same)
{
	enum err e, f;
	struct der a = der_open(base, &e), b = der_open(name, &f);
	struct der a_rdns = der_enter(&a, DER_SEQUENCE), b_rdns = der_enter(&b, DER_SEQUENCE);

	name_check(&a, base);
	name_check(&b, name);
	while (der_more(&a_rdns) && der_more(&b_rdns)) {
		struct der a_rdn = der_enter(&a_rdns, DER_SET);
		struct der b_rdn = der_enter(&b_rdns, DER_SET);

		if (!rdn_equal(a_rdn, b_rdn, same))
			return false;
	}
	return e == OK && f == OK && !der_more(&a_rdns) &&
	       (whole == FIRST_RDNS || !der_more(&b_rdns));
}

bool name_equal(struct span a, struct span b)
{
	return a.n > 0 && (span_equal(a, b) || begins_with(a, b, ALL_OF_IT, attr_equal));
}

bool name_within(struct span base, struct span name)
{
	return begins_with(base, name, FIRST_RDNS, attr_equal);
}

bool name_may_be_within(struct span base, struct span name)
{
	return begins_with(base, name, FIRST_RDNS, attr_may_be_equal);
}

bool name_is_empty(struct span name)
{
	return span_equal(name, NAME_EMPTY);
}

bool name_attribute(struct span name, struct span oid, struct span *value)
{
	enum err e;
	struct der c = der_open(name, &e);
	struct der rdns = der_enter(&c, DER_SEQUENCE);

	*value = NO_BYTES;
	while (der_more(&rdns)) {
		struct der rdn = der_enter(&rdns, DER_SET);

		while (der_more(&rdn)) {
			struct name_attr a = name_attr_next(&rdn);

			if (e != OK || !span_equal(a.oid, oid))
				continue;
			*value = a.value;
			return true;
		}
	}
	return false;
}
