/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filling a template in: the subject (RFC 9483 4.3.3).
 *
 * Values given are taken over, empty ones are filled in when we know a value and
 * left out when not; nothing is added.
 */
#include "cmp/fill.h"
#include "platform/base/utf8.h"

/* AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY } */
struct attribute {
	struct span type;
	uint8_t tag;
	struct span value;
};

/* The value as it will stand; false: neither given nor known. */
static bool value_of(const struct cmp_names *names, struct attribute *a)
{
	if (a->value.n > 0)
		return true;
	if (name_attribute(names->requested, a->type, &a->value) && a->value.n > 0)
		return true;
	if (name_attribute(names->device, a->type, &a->value) && a->value.n > 0)
		return true;
	/* a device without a common name is called by its serial number */
	if (span_equal(a->type, OID_AT_COMMON_NAME) &&
	    name_attribute(names->device, OID_AT_SERIAL_NUMBER, &a->value) && a->value.n > 0)
		return true;
	return false;
}

/* X.680 41.4 */
static bool is_printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		bool letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');

		if (b == 0 ||
		    (!letter && (b < '0' || b > '9') && strchr(" '()+,-./:=?", b) == NULL))
			return false;
	}
	return true;
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] > 0x7f)
			return false;
	return true;
}

/* The template's kind of string, if it can hold the value; else the one that always can. */
static uint8_t string_tag(uint8_t wanted, struct span value)
{
	if ((wanted == DER_PRINTABLE && is_printable(value)) ||
	    (wanted == DER_IA5 && is_ascii(value)))
		return wanted;
	return DER_UTF8;
}

static bool is_utf8(struct span s)
{
	uint32_t scalar;

	while (s.n > 0) {
		size_t n = utf8_next(s, &scalar);

		if (n == 0)
			return false;
		s = (struct span){ s.p + n, s.n - n };
	}
	return true;
}

/* The next attribute of an RDN, its value given or filled in; false: to be left out. */
static bool next_attribute(const struct cmp_names *names, struct der *rdn, struct attribute *a,
                           struct span *whole)
{
	struct der outer = der_within(rdn, *whole = der_element_of(rdn, DER_SEQUENCE));
	struct der in = der_enter(&outer, DER_SEQUENCE);
	struct der value;
	bool given;

	a->type = der_oid(&in);
	value = der_within(&in, der_element(&in));
	der_end(&in);
	if (!der_ok(&in))
		return false;
	a->tag = value.p[0];
	a->value = der_get(&value, a->tag);
	given = a->value.n > 0;
	if (!der_ok(&in) || !value_of(names, a))
		return false;
	if (!given) {
		a->tag = string_tag(a->tag, a->value);
		*whole = NO_BYTES;
	}
	return given || is_utf8(a->value);
}

static void put_attribute(struct derw *w, const struct attribute *a, struct span whole)
{
	if (whole.n > 0) {
		derw_raw(w, whole);
		return;
	}
	IN (w, DER_SEQUENCE) {
		derw_put(w, DER_OID, a->type);
		derw_put(w, a->tag, a->value);
	}
}

/* RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue */
static void fill_rdn(const struct cmp_names *names, struct der rdn, struct derw *w)
{
	struct der look = rdn;
	struct attribute a;
	struct span whole;
	bool any = false;

	while (der_more(&look))
		any = next_attribute(names, &look, &a, &whole) || any;
	if (!any)
		return;

	size_t mark = derw_open(w, DER_SET);

	while (der_more(&rdn))
		if (next_attribute(names, &rdn, &a, &whole))
			put_attribute(w, &a, whole);
	derw_sort_set(w, mark);
	derw_close(w, mark);
}

/* RDNSequence ::= SEQUENCE OF RelativeDistinguishedName */
enum err cmp_fill_name(const struct cmp_names *names, struct span wanted, struct arena *a,
                       struct span *out)
{
	struct derw w = derw_in(a, NAME_MAX_DER);
	enum err e;
	struct der c = der_open(wanted, &e);
	struct der rdns = der_enter(&c, DER_SEQUENCE);

	IN (&w, DER_SEQUENCE)
		while (der_more(&rdns))
			fill_rdn(names, der_enter(&rdns, DER_SET), &w);
	der_end(&c);
	if (e == OK)
		e = derw_end(&w, out);
	return err_within(E_CMP_TEMPLATE, e, "name");
}
